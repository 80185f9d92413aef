package templates

import (
	"testing"
	"time"

	"couplet/internal/flow"
)

func TestTimesAreSaidTheWayTheDesignSays(t *testing.T) {
	t.Parallel()
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	c := Clock{Now: time.Date(2025, 7, 2, 0, 30, 0, 0, time.UTC), Zone: lisbon} // 01:30 of 2 July there
	for _, x := range []struct {
		back                       time.Duration
		ago, hour, day, inSentence string
	}{
		{0, "just now", "01:30", "Today", "today at 01:30"},
		{40 * time.Second, "40 s ago", "01:29", "Today", "today at 01:29"},
		{2 * time.Minute, "2 min ago", "01:28", "Today", "today at 01:28"},
		{85 * time.Minute, "1 h 25 min ago", "00:05", "Today", "today at 00:05"},
		{95 * time.Minute, "1 h 35 min ago", "23:55", "Yesterday", "yesterday at 23:55"}, // midnight there, not in UTC
		{23*time.Hour + 59*time.Minute, "23 h ago", "01:31", "Yesterday", "yesterday at 01:31"},
		{26 * time.Hour, "30 Jun 2025", "23:30", "30 Jun 2025", "30 Jun 2025 at 23:30"},
		{-90 * time.Second, "in 1 min", "01:31", "Today", "today at 01:31"},
		{-23 * time.Hour, "in 23 h", "00:30", "3 Jul 2025", "tomorrow at 00:30"},
		{-72 * time.Hour, "on 5 Jul 2025", "01:30", "5 Jul 2025", "5 Jul 2025 at 01:30"},
	} {
		at := c.Now.Add(-x.back)
		if got := [4]string{c.Ago(at), c.Hour(at), c.Day(at), c.Moment(at)}; got != [4]string{x.ago, x.hour, x.day, x.inSentence} {
			t.Errorf("%v back: %q", x.back, got)
		}
	}
	if c.Ago(time.Time{}) != "" || c.Until(time.Time{}) != "" {
		t.Error("never is not said as nothing")
	}
	if got := (Clock{Now: c.Now}).Exact(c.Now); got != "2 Jul 2025, 00:30:00 UTC" {
		t.Errorf("without a zone: %s", got)
	}
	for d, want := range map[time.Duration]string{300 * time.Millisecond: "under 1 s", 48 * time.Second: "48 s", 61 * time.Second: "1 min",
		3*time.Hour + 20*time.Minute: "3 h 20 min", 7*time.Hour + 20*time.Minute: "7 h", 50 * time.Hour: "2 days", 30 * time.Hour: "1 day"} {
		if got := Took(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestSchedulesAreSaidInWords(t *testing.T) {
	t.Parallel()
	minutes := func(n int) flow.Schedule { return flow.Schedule{Every: flow.Duration(time.Duration(n) * time.Minute)} }
	cron := func(line string) flow.Schedule { return flow.Schedule{Cron: line, TimeZone: "Europe/Lisbon"} }
	for want, s := range map[string]flow.Schedule{
		"Every minute": minutes(1), "Every 5 minutes": minutes(5), "Every 90 minutes": minutes(90), "Every 2 hours": minutes(120), "Every day": minutes(24 * 60),
		"Every 15 minutes": cron("*/15 * * * *"), "Every 6 hours": cron("0 */6 * * *"), "Every hour": cron("19 * * * *"),
		"Every day at 02:00, Europe/Lisbon": cron("0 2 * * *"), "Every Sunday at 02:05, Europe/Lisbon": cron("5 2 * * 0"), "On weekdays at 08:30, Europe/Lisbon": cron("30 8 * * 1-5"),
		"By the cron line 0 2 1 * *": cron("0 2 1 * *"), "By the cron line 0 2 * * 1,3": cron("0 2 * * 1,3"), "When you run it": {},
	} {
		if got := ScheduleWords(s); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}
