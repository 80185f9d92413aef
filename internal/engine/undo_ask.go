package engine

import (
	"errors"
	"fmt"
	"time"

	"couplet/internal/flow"
)

// ErrNoUndo says that a run has nothing that could be taken back, with the reason.
var ErrNoUndo = errors.New("it cannot be undone")

// UndoFor is how long a run can be taken back where nothing else was chosen: so long are kept the values from before it.
const UndoFor = 30 * 24 * time.Hour

// askedFor is how long a run that was asked for waits for its turn. What somebody looked at longer ago is no reason to write.
const askedFor = time.Hour

// NoUndo is a reason why a run cannot be taken back.
type NoUndo string

// The reasons.
const (
	NoUndoDry    NoUndo = "dry"    // it wrote nothing
	NoUndoOpen   NoUndo = "open"   // it is not over
	NoUndoOld    NoUndo = "old"    // the values from before are not kept any more
	NoUndoParted NoUndo = "parted" // its flow joins other accounts by now
)

// Undoable says why a run cannot be taken back by a flow that works on a pair, "" when it can. keeps is how long the values from
// before a run are kept.
func Undoable(r Run, pair string, now time.Time, keeps time.Duration) NoUndo {
	switch {
	case r.DryRun:
		return NoUndoDry
	case !r.Status.Final():
		return NoUndoOpen
	case now.Sub(r.Started) > keeps:
		return NoUndoOld
	case r.Pair != pair:
		return NoUndoParted
	}
	return ""
}

// why is the reason for the command line and the log.
func (n NoUndo) why(run string) error {
	text := map[NoUndo]string{
		NoUndoDry:    "run %s was a dry run, so it wrote nothing",
		NoUndoOpen:   "run %s is not over yet; stop it or wait for its end first",
		NoUndoOld:    "run %s is older than the values from before a run are kept; the settings of the workspace say how long that is",
		NoUndoParted: "the flow of run %s joins other accounts by now",
	}[n]
	return fmt.Errorf("%w: "+text, ErrNoUndo, run)
}

// AskUndo is a run that a person asks for on a page, to be stored: whoever works on the flow next carries it out. A dry one
// only looks. What is asked for after a look may write beyond the brake, because the person saw how much that is.
func AskUndo(f flow.Flow, target Run, u Undoing, dry bool, now time.Time) Run {
	return Run{ID: NewID("run", now), Workspace: target.Workspace, Flow: f.ID, FlowName: f.Name, Pair: target.Pair, Version: f.Version, Trigger: Undo,
		Status: Queued, DryRun: dry, Allow: !dry, Started: now, Beat: now, Revision: f.Revision(), Undo: &u}
}

// takeUp begins a run that a person asked for.
func (s *session) takeUp(r Run) Run {
	now := s.e.Now()
	if now.Sub(r.Started) > askedFor {
		r.Status, r.Finished, r.Beat = Failed, now, now
		r.Note = "It waited more than an hour for its turn, so nothing was written. Look again at what would go back."
		return r
	}
	r.Status, r.Owner, r.Started, r.Beat = Running, s.e.Owner, now, now
	r.Revision, r.Version = s.flow.Revision(), s.flow.Version
	return r
}
