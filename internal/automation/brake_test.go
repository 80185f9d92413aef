package automation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
)

// counted is an automation that makes a tag for each contact with an email, and begins twice an hour at most.
func (s *shop) counted(most int) string {
	a := doing(step("tag", "highlevel", "tag-create", map[string]string{"name": "{{contact.email}}"}))
	a.PerHour = most
	a.Filter = automation.Filter{Value: "contact.email", Op: "not_empty"}
	s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tags++
		return map[string]any{}, nil
	})
	return s.publish(a)
}

// came sets an automation off for some and works on that.
func (s *shop) came(id, name string, n int) (out []automation.Firing) {
	s.Helper()
	for i := range n {
		out = append(out, s.fire(id, fmt.Sprint(name, i), map[string]any{"id": fmt.Sprint(name, i), "email": fmt.Sprint(name, i, "@example.com")}))
	}
	s.must(s.run.Work(s.Context(), s.ws, id))
	return out
}

// did fails unless so many steps were done, and so many are held.
func (s *shop) did(id string, tags, held int) {
	s.Helper()
	all, err := s.st.HeldFirings(s.Context(), s.ws)
	s.must(err)
	if s.mu.Lock(); s.tags != tags || all[id] != held {
		s.Errorf("%d were done and %d are held, want %d and %d", s.tags, all[id], tags, held)
	}
	s.mu.Unlock()
}

func TestTheBrakeHoldsWhatIsMoreThanAnHourMayBegin(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		id := s.counted(3)
		s.fire(id, "none", map[string]any{"id": "c0"}) // which the filter does not let through
		s.came(id, "a", 2)
		s.did(id, 2, 0)
		held := s.came(id, "b", 3)
		s.did(id, 3, 2)
		var one automation.Firing
		for _, f := range held {
			if f = s.stored(f); f.Held {
				one = s.state(f, automation.Parked)
			}
		}
		if !strings.Contains(one.Reason, "Held by the brake: 3 began within an hour") || one.Step != "" {
			s.Errorf("it is held as %+v", one)
		}

		// It stays on: after the hour, too, until a person says something. What somebody starts by hand is no mistake of a filter.
		s.pass(2 * time.Hour)
		s.came(id, "c", 1)
		s.did(id, 3, 3)
		again := one.Again("ann", "x", 1)
		if _, err := s.st.AddFirings(s.Context(), s.ws, []automation.Firing{again}); err != nil {
			s.Fatal(err)
		}
		s.must(s.run.Work(s.Context(), s.ws, id))
		s.did(id, 4, 3)

		// One goes on by itself, then all: they count for no hour.
		_, err := s.st.ChangeFiring(s.Context(), s.ws, one.ID, func(f *automation.Firing, e []automation.Entry) ([]automation.Entry, error) {
			return f.Answer(automation.DoAgain, "ann", e, 1, s.clock())
		})
		s.must(err)
		s.must(s.run.Work(s.Context(), s.ws, id))
		s.did(id, 5, 2)
		n, err := s.st.LooseFirings(s.Context(), s.ws, id, "ann", false)
		if s.must(err); n != 2 {
			s.Errorf("%d are let go on", n)
		}
		s.must(s.run.Work(s.Context(), s.ws, id))
		s.did(id, 7, 0)
		s.came(id, "d", 4)
		s.did(id, 10, 1)

		// A higher limit has them counted anew when it is published; what is ended is done never.
		a, err := s.st.Automation(s.Context(), s.ws, id)
		s.must(err)
		next := a.Draft
		next.PerHour = 5
		a, err = s.st.ChangeAutomation(s.Context(), s.ws, "ann", next, a.Revision)
		s.must(err)
		s.must(s.run.Work(s.Context(), s.ws, id))
		s.did(id, 10, 1)
		_, _, err = s.st.PublishAutomation(s.Context(), s.ws, "ann", id, a.Revision)
		s.must(err)
		s.must(s.run.Work(s.Context(), s.ws, id))
		s.did(id, 11, 0)
		last := s.came(id, "e", 3)
		s.did(id, 12, 2)
		n, err = s.st.LooseFirings(s.Context(), s.ws, id, "ann", true)
		if s.must(err); n != 2 {
			s.Errorf("%d are ended", n)
		}
		s.must(s.run.Work(s.Context(), s.ws, id))
		s.did(id, 12, 0)
		ended := 0
		for _, f := range last {
			if f = s.stored(f); f.State == automation.Ended {
				ended++
				if f.Reason != "Ended by ann." || f.Over.IsZero() {
					s.Errorf("it ended as %+v", f)
				}
			}
		}
		if ended != 2 {
			s.Errorf("%d ended", ended)
		}
	})
}

// perishing is a store whose process dies at a write, after it was stored.
type perishing struct {
	automation.Firings
	begin, settle bool
}

func (p *perishing) BeginFiring(ctx context.Context, ws string, f automation.Firing, now time.Time) (time.Time, int, error) {
	begun, most, err := p.Firings.BeginFiring(ctx, ws, f, now)
	if err == nil && p.begin {
		err = errKilled
	}
	return begun, most, err
}

func (p *perishing) Settle(ctx context.Context, ws string, f automation.Firing) error {
	if p.settle {
		return errKilled
	}
	return p.Firings.Settle(ctx, ws, f)
}

// TestAKillLosesNothingThatTheBrakeCounts kills the process after one was let begin, and before it is stored that one is held.
func TestAKillLosesNothingThatTheBrakeCounts(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		id := s.counted(2)
		dead := &automation.Runner{Accounts: s, Systems: systems(), Now: s.clock, Random: func() float64 { return 1 }, Owner: "dead", Log: s.run.Log}
		p := &perishing{Firings: s.st, begin: true}
		dead.Store = p
		f := s.fire(id, "first", map[string]any{"id": "c1", "email": "c1@example.com"})
		if err := dead.Work(s.Context(), s.ws, id); !errors.Is(err, errKilled) {
			s.Fatal(err)
		}
		s.did(id, 0, 0)
		s.pass(time.Minute)
		s.work(f)
		s.state(f, automation.Done)
		s.came(id, "b", 1) // the second: the first counted once
		s.did(id, 2, 0)
		over := s.fire(id, "over", map[string]any{"id": "c3", "email": "c3@example.com"})
		p.begin, p.settle = false, true
		if err := dead.Work(s.Context(), s.ws, id); !errors.Is(err, errKilled) {
			s.Fatal(err)
		}
		s.did(id, 2, 0)
		s.pass(time.Minute)
		s.work(over)
		s.did(id, 2, 1)
		s.state(over, automation.Parked)
	})
}

func TestOfManyAtOnceNoMoreBeginThanMay(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		id := s.counted(5)
		for i := range 20 {
			s.fire(id, fmt.Sprint(i), map[string]any{"id": fmt.Sprint(i), "email": fmt.Sprint(i, "@example.com")})
		}
		others := make(chan error, 3)
		for range 3 { // processes that work on the same database
			r := &automation.Runner{Store: s.st, Accounts: s, Systems: systems(), Now: s.clock, Random: func() float64 { return 1 }, Owner: "other", Log: s.run.Log}
			go func() { others <- r.Work(s.Context(), s.ws, id) }()
		}
		for range 3 {
			s.must(<-others)
		}
		s.did(id, 5, 15)
	})
}
