package engine

import "context"

// beside stops a run of a flow that is not the only one for its records. Both would work off one inbox, so that each misses what
// the other one looks at first. Of two that are on, the one that was made first goes on. A look at what a flow would do, and an
// undo, take nothing from the inbox.
func (s *session) beside(ctx context.Context) error {
	if s.run.Undo != nil || s.run.DryRun && !s.run.Watch {
		return nil
	}
	all, err := s.e.Store.Flows(ctx, s.ws)
	if err != nil {
		return err
	}
	rival, found := s.flow.Rival(all)
	if !found || s.flow.Enabled && s.flow.ID < rival.ID {
		return nil
	}
	return &stopError{Halt: Halt{Why: HaltRival, Side: noSide}, Note: "This run changed nothing: " + s.flow.Beside(rival) + "."}
}
