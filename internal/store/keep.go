package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"couplet/internal/flow"
)

// The settings that hold what an owner chose for a workspace, as documents.
const (
	keepsSetting    = "keeps"
	defaultsSetting = "defaults"
)

// Keeps is how long a workspace keeps what happened: as an owner chose, never less or more than the bounds.
func (s *Store) Keeps(ctx context.Context, ws string) (Policy, error) {
	p := DefaultPolicy
	err := s.settingInto(ctx, ws, keepsSetting, &p)
	return p.bounded(), err
}

// KeepsRuns implements engine.Store.
func (s *Store) KeepsRuns(ctx context.Context, ws string) (time.Duration, error) {
	p, err := s.Keeps(ctx, ws)
	return p.Runs, err
}

// SaveKeeps chooses how long a workspace keeps what happened, in place of what somebody saw. What is older is gone after the next
// tidying up. It fails with ErrOutdated when something else was chosen since.
func (s *Store) SaveKeeps(ctx context.Context, ws string, was, p Policy) error {
	return changeDocument(ctx, s, ws, keepsSetting, func() (Policy, error) { return s.Keeps(ctx, ws) }, was.bounded(), p.bounded())
}

// bounded is the policy within the bounds. Runs that found nothing to do are kept no longer than the others.
func (p Policy) bounded() Policy {
	within := func(d, least, most time.Duration) time.Duration { return min(max(d, least), most) }
	p.Runs, p.Events = within(p.Runs, LeastPolicy.Runs, MostPolicy.Runs), within(p.Events, LeastPolicy.Events, MostPolicy.Events)
	p.Conflicts = within(p.Conflicts, LeastPolicy.Conflicts, MostPolicy.Conflicts)
	p.QuietRuns = min(within(p.QuietRuns, LeastPolicy.QuietRuns, MostPolicy.QuietRuns), p.Runs)
	p.Batch = DefaultPolicy.Batch
	return p
}

// Defaults is what new flows of a workspace begin with, beside what their template says.
func (s *Store) Defaults(ctx context.Context, ws string) (d flow.Defaults, err error) {
	err = s.settingInto(ctx, ws, defaultsSetting, &d)
	return d, err
}

// SaveDefaults chooses what new flows of a workspace begin with, in place of what somebody saw. It fails with ErrOutdated when something
// else was chosen since.
func (s *Store) SaveDefaults(ctx context.Context, ws string, was, d flow.Defaults) error {
	return changeDocument(ctx, s, ws, defaultsSetting, func() (flow.Defaults, error) { return s.Defaults(ctx, ws) }, was, d)
}

// changeDocument changes a setting that is a document, if what it says is what somebody saw. Its text may say that in other words, those
// of an earlier version; so the text is read first, and that one is replaced.
func changeDocument[T comparable](ctx context.Context, s *Store, ws, name string, now func() (T, error), was, is T) error {
	text, err := s.Setting(ctx, ws, name)
	if err != nil {
		return err
	}
	switch says, err := now(); {
	case err != nil:
		return err
	case says != was:
		return ErrOutdated
	}
	return s.ChangeSetting(ctx, ws, name, text, jsonOf(is))
}

// settingInto reads a setting that is a document into v, which stays as it is where it was never set.
func (s *Store) settingInto(ctx context.Context, ws, name string, v any) error {
	text, err := s.Setting(ctx, ws, name)
	if err != nil || text == "" {
		return err
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("setting %s of workspace %s: %w", name, ws, err)
	}
	return nil
}
