package engine

import (
	"context"
	"errors"
	"time"

	"couplet/internal/connector"
)

// patiently repeats a call that changes nothing, or that may be repeated safely, while the other side has a passing
// problem, with the flow's own retry settings. Waiting for an allowance is the budget's business and costs no attempt.
//
// A run that waits here says so, in its status and in the log: a system that cannot be reached must not look like work.
func (s *session) patiently(ctx context.Context, side Side, call func() error) error {
	told := false
	for attempt := 0; ; attempt++ {
		err := call()
		if err == nil && told {
			s.waitFor(Wait{For: ForAnswer, Side: int(side)}, false)
			s.setStatus(ctx, Running, "")
		}
		kind := connector.KindOf(err)
		passing := kind == connector.Temporary || kind == connector.Unknown || kind == connector.RateLimited
		if err == nil || !passing || fatal(err) != nil || attempt+1 >= s.flow.Retry.MaxAttempts {
			return s.blame(side, err)
		}
		pause := s.flow.Retry.Delay(attempt, s.e.Random)
		if kind == connector.RateLimited {
			attempt, pause = attempt-1, max(limitedFor(err), time.Second)
		}
		if pause > time.Second {
			told = true
			at := s.e.Now().Add(pause)
			until := at.UTC().Format("15:04:05")
			s.waitFor(Wait{For: ForAnswer, Side: int(side), Until: at, Why: sentence(err)}, true)
			s.setStatus(ctx, Waiting, sentence(err)+" Tried again at "+until+" UTC.")
			s.e.Log.Warn("a system does not answer as it should", "run", s.run.ID, "attempt", attempt+1, "again_at", until, "problem", sentence(err))
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// sentence is what a system says for itself, or else what an error says.
func sentence(err error) string {
	var ce *connector.Error
	if errors.As(err, &ce) {
		return ce.Message
	}
	return err.Error()
}
