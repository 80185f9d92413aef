package jobs

import (
	"context"
	"fmt"
	"testing"

	"couplet/db"
	"couplet/internal/engine"
)

// More first syncs than there are workers hold up neither the calls nor the schedules of other workspaces (I16).
func TestFirstSyncsHoldNobodyElseUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder()
		over, begun := make(chan struct{}), make(chan struct{}, 20)
		defer close(over)
		j := started(t, newJobs(t, d, func(ctx context.Context, ws, flow, trigger, by string) error {
			if trigger == engine.SwitchedOn {
				begun <- struct{}{}
				select {
				case <-over:
				case <-ctx.Done():
				}
				return nil
			}
			return r.work(ctx, ws, flow, trigger, by)
		}))
		for i := range 20 {
			if err := j.Wake(t.Context(), "busy", fmt.Sprint("first ", i), engine.SwitchedOn, ""); err != nil {
				t.Fatal(err)
			}
		}
		for range j.o.Workers {
			next(t, begun)
		}
		for _, want := range []Due{{"quiet", "people", Webhook}, {"quiet", "people", "schedule"}} {
			if err := j.Wake(t.Context(), want.Workspace, want.Flow, want.Trigger, ""); err != nil {
				t.Fatal(err)
			}
			if got := next(t, r.got); got != want {
				t.Errorf("worked on %v, want %v", got, want)
			}
		}
	})
}
