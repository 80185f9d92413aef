package flow

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCronFollowsTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	// Lisbon: clocks go from 01:00 to 02:00 on 29 March 2026 and from 02:00 back to 01:00 on 25 October 2026.
	// New York: from 02:00 to 03:00 on 8 March 2026.
	for _, c := range []struct{ rule, cron, zone, after, next string }{
		{"no zone is UTC", "30 3 * * *", "", "2026-06-01T00:00:00Z", "2026-06-01T03:30:00Z"},
		{"winter", "30 3 * * *", "Europe/Lisbon", "2026-01-10T00:00:00Z", "2026-01-10T03:30:00Z"},
		{"summer is an hour earlier in UTC", "30 3 * * *", "Europe/Lisbon", "2026-06-01T00:00:00Z", "2026-06-01T02:30:00Z"},
		{"exactly now is not after now", "30 3 * * *", "", "2026-06-01T03:30:00Z", "2026-06-02T03:30:00Z"},
		{"weekday", "0 9 * * 1", "Europe/Lisbon", "2026-06-02T00:00:00Z", "2026-06-08T08:00:00Z"},
		{"a skipped time happens when clocks jump", "30 1 * * *", "Europe/Lisbon", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"and at its own time the day after", "30 1 * * *", "Europe/Lisbon", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		{"skipped in another zone", "15 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", "2026-03-08T07:00:00Z"},
		{"the first minute of the skipped hour", "0 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", "2026-03-08T07:00:00Z"},
		{"a time just after the jump is its own", "0 3 * * *", "America/New_York", "2026-03-08T00:00:00Z", "2026-03-08T07:00:00Z"},
		{"often: nothing changes over the jump", "*/20 * * * *", "Europe/Lisbon", "2026-03-29T00:40:00Z", "2026-03-29T01:00:00Z"},
		{"a repeated time happens the first time", "30 1 * * *", "Europe/Lisbon", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"and not again an hour later", "30 1 * * *", "Europe/Lisbon", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"often: the repeated hour is looked at too", "*/20 * * * *", "Europe/Lisbon", "2026-10-25T00:50:00Z", "2026-10-25T01:00:00Z"},
		{"every hour: the repeated hour is one", "0 * * * *", "Europe/Lisbon", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z"},
		{"leap day", "0 0 29 2 *", "", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
	} {
		got := Schedule{Cron: c.cron, TimeZone: c.zone}.Next(at(t, c.after), "flow_1")
		if !got.Equal(at(t, c.next)) {
			t.Errorf("%s: %q after %s is %s, want %s", c.rule, c.cron, c.after, got.UTC().Format(time.RFC3339), c.next)
		}
	}
}

func TestAScheduleThatCannotBeHasNoNextTime(t *testing.T) {
	t.Parallel()
	for _, s := range []Schedule{{}, {Cron: "0 0 30 2 *"}, {Cron: "nonsense"}, {Cron: "* * * * *", TimeZone: "Nowhere/Land"}} {
		if got := s.Next(time.Unix(1e9, 0), "x"); !got.IsZero() {
			t.Errorf("%+v comes at %s", s, got)
		}
	}
}

func TestAnIntervalKeepsItsBeatWhateverHappensInBetween(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		every := time.Duration(rapid.Int64Range(int64(30*time.Second), int64(744*time.Hour)).Draw(t, "every"))
		after := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "after"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		id := rapid.String().Draw(t, "id")
		s := Schedule{Every: Duration(every)}
		next := s.Next(after, id)
		if wait := next.Sub(after); wait <= 0 || wait > every {
			t.Fatalf("next is %s away", wait)
		}
		if then := s.Next(next, id); then.Sub(next) != every {
			t.Fatalf("the beat is %s, want %s", then.Sub(next), every)
		}
		if again := s.Next(after.Add(next.Sub(after)/2), id); !again.Equal(next) {
			t.Fatalf("asked halfway it is %s, want %s", again, next)
		}
	})
}

func TestFlowsOfOneIntervalDoNotAllBeginAtOnce(t *testing.T) {
	t.Parallel()
	s, start := Schedule{Every: Duration(5 * time.Minute)}, time.Unix(1.8e9, 0)
	perMinute := [5]int{}
	for i := range 1000 {
		next := s.Next(start, "flow_"+string(rune('a'+i%26))+time.Duration(i).String())
		perMinute[int(next.Sub(start)/time.Minute)%5]++
	}
	for minute, n := range perMinute {
		if n < 120 {
			t.Errorf("minute %d has %d of 1000: %v", minute, n, perMinute)
		}
	}
}

func TestARetryWaitsAnywhereBelowItsGrowingBound(t *testing.T) {
	t.Parallel()
	r := Retry{MaxAttempts: 12, Base: Duration(2 * time.Second), Max: Duration(6 * time.Hour)}
	for _, c := range []struct {
		attempt int
		rnd     float64
		want    time.Duration
	}{
		{0, 1, 2 * time.Second}, {0, 0, 0}, {0, 0.5, time.Second}, {1, 1, 4 * time.Second}, {5, 0.25, 16 * time.Second},
		{13, 1, 16384 * time.Second}, {14, 1, 6 * time.Hour}, {1000, 1, 6 * time.Hour}, {math.MaxInt, 1, 6 * time.Hour}, {-1, 1, 2 * time.Second},
	} {
		if got := r.Delay(c.attempt, func() float64 { return c.rnd }); got != c.want {
			t.Errorf("attempt %d at %v: %s, want %s", c.attempt, c.rnd, got, c.want)
		}
	}
}
