package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"couplet/internal/automation"
	"couplet/internal/engine"
	"couplet/internal/store"
)

// Say is what somebody says about firings: an answer of package automation.
type Say struct {
	Answer string
	// Sure leaves those alone of which nobody knows whether what their step asked for happened, unless the answer is about that.
	Sure bool
}

// Said is what came of it: the firings that go on or were ended, those that begin anew, and how many were left as they were, of
// which Doubt for the doubt.
type Said struct {
	Changed, Begun []automation.Firing
	Left, Doubt    int
}

// Automations are those that have something to do now.
func (s Said) Automations() (ids []string) {
	for _, f := range append(slices.Clone(s.Changed), s.Begun...) {
		if !f.State.Over() && !slices.Contains(ids, f.Automation) {
			ids = append(ids, f.Automation)
		}
	}
	return ids
}

// sayBatch is how many firings one transaction is about.
const sayBatch = 200

// Say has firings go on as somebody says. One that it does not fit stays as it is.
func (d Desk) Say(ctx context.Context, ids []string, say Say) (out Said, err error) {
	names, err := d.Store.AutomationNames(ctx, d.Workspace)
	if err != nil {
		return out, err
	}
	newest, now := map[string]int{}, d.Connect.Now()
	for _, a := range names {
		newest[a.ID] = a.Version
	}
	doubt := map[string]bool{}
	change := func(f *automation.Firing, entries []automation.Entry) ([]automation.Entry, []automation.Firing, error) {
		if doubt[f.ID] = f.InDoubt(entries); doubt[f.ID] && say.Sure {
			return nil, nil, automation.ErrStands
		}
		doubt[f.ID] = false
		if say.Answer == automation.OnceMore || say.Answer == automation.OnceOwn {
			version := newest[f.Automation]
			if say.Answer == automation.OnceOwn {
				version = f.Version
			}
			again := f.Again(d.By, engine.NewID("again", now), version)
			if f.State == automation.Parked {
				entries, err := f.Answer(automation.EndIt, d.By, entries, 0, now)
				return entries, []automation.Firing{again}, err
			}
			if !f.State.Over() {
				return nil, nil, automation.ErrStands
			}
			return nil, []automation.Firing{again}, nil
		}
		changed, err := f.Answer(say.Answer, d.By, entries, newest[f.Automation], now)
		return changed, nil, err
	}
	for part := range slices.Chunk(ids, sayBatch) {
		changed, begun, err := d.Store.ChangeFirings(ctx, d.Workspace, part, change)
		if err != nil {
			return out, err
		}
		out.Changed, out.Begun = append(out.Changed, changed...), append(out.Begun, begun...)
	}
	for _, yes := range doubt {
		if yes {
			out.Doubt++
		}
	}
	out.Left = len(ids) - len(out.Changed)
	return out, nil
}

// Firing finds a firing of the workspace by its id.
func (d Desk) Firing(ctx context.Context, id string) (automation.Firing, error) {
	f, err := d.Store.Firing(ctx, d.Workspace, id)
	if errors.Is(err, store.ErrNotFound) {
		err = &Refusal{Kind: NotThere, What: fmt.Sprintf("there is no firing %q in this workspace, or it was forgotten with its time", id), Command: "`couplet firings` lists those that there are",
			Request: "GET /api/v1/firings lists those that there are", Err: err}
	}
	return f, err
}
