package automation_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/flow"
)

// TestAStepIsTriedAgainAsItSays has steps fail that say how often, and how long between.
func TestAStepIsTriedAgainAsItSays(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		var at []time.Duration
		s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) {
			at = append(at, s.clock().Sub(start))
			return nil, &connector.Error{Kind: connector.Temporary, Message: "HighLevel is closed."}
		})
		minutes := func(n int) flow.Duration { return flow.Duration(time.Duration(n) * time.Minute) }
		for i, c := range []struct {
			fail  string
			retry automation.Retry
			want  []int // minutes
			ends  automation.State
		}{
			{"", automation.Retry{Tries: 4, First: minutes(2), Longest: minutes(5)}, []int{0, 2, 6, 11}, automation.Parked},
			{automation.Skip, automation.Retry{Tries: 2, First: minutes(30)}, []int{0, 30}, automation.Done},
			{automation.End, automation.Retry{First: minutes(1)}, []int{0, 1, 3}, automation.Ended},
			{"", automation.Retry{Tries: 1}, []int{0}, automation.Parked},
		} {
			at = nil
			begun := s.clock().Sub(start)
			st := step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "x"})
			st.Fail, st.Retry = c.fail, c.retry
			f := s.fire(s.publishAs(fmt.Sprint("tries ", i), doing(st)), "1", map[string]any{"id": "c1"})
			for f = s.work(f); f.State == automation.Waiting; f = s.work(f) {
				s.pass(f.Due.Sub(s.clock()))
			}
			var took []int
			for _, d := range at {
				took = append(took, int((d - begun).Minutes()))
			}
			if f.State != c.ends || !slices.Equal(took, c.want) {
				s.Errorf("%d: %s after tries at %v, want %v", i, f.State, took, c.want)
			}
		}
	})
}
