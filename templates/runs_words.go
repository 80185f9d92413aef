package templates

import (
	"fmt"
	"time"

	"couplet/internal/engine"
)

// Words about runs, for every page that shows one.

// RunningWord says that a run is under way and how far it has come: "Running, 64 %".
func RunningWord(r engine.Run) string {
	switch {
	case r.Status == engine.Waiting && len(r.Progress.Waits) > 0:
		return "Waiting"
	case r.Progress.Due > 0:
		return fmt.Sprintf("Running, %d %%", min(99, 100*r.Progress.Done/r.Progress.Due))
	}
	return "Running"
}

// SoFar is how far a run has come, in numbers: "412 of 640", or what was read so far.
func SoFar(r engine.Run) string {
	if p := r.Progress; p.Due > 0 {
		return Number(p.Done) + " of " + Number(p.Due)
	}
	if n := r.Progress.Read[0].N + r.Progress.Read[1].N; n > 0 {
		return Number(n) + " read"
	}
	return ""
}

// TookOf is how long a run has taken by now.
func TookOf(r engine.Run, now time.Time) time.Duration {
	if r.Finished.IsZero() {
		return max(0, now.Sub(r.Started))
	}
	return max(0, r.Finished.Sub(r.Started))
}
