package engine

import (
	"context"
	"time"

	"couplet/internal/connector"
)

// patiently repeats a call that changes nothing, or that may be repeated safely, while the other side has a passing
// problem, with the flow's own retry settings. Waiting for an allowance is the budget's business and costs no attempt.
func (s *session) patiently(ctx context.Context, call func() error) error {
	for attempt := 0; ; attempt++ {
		err := call()
		kind := connector.KindOf(err)
		passing := kind == connector.Temporary || kind == connector.Unknown || kind == connector.RateLimited
		if err == nil || !passing || fatal(err) != nil || attempt+1 >= s.flow.Retry.MaxAttempts {
			return err
		}
		pause := s.flow.Retry.Delay(attempt, s.e.Random)
		if kind == connector.RateLimited {
			attempt, pause = attempt-1, max(limitedFor(err), time.Second)
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
