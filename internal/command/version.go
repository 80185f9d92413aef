package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"couplet/internal/flow"
	"couplet/internal/store"
)

// VersionsDoc are versions of a flow in JSON, the newest first.
type VersionsDoc struct {
	Flow     string       `json:"flow"`
	Versions []VersionDoc `json:"versions"`
	// More says that there are earlier ones.
	More bool `json:"more"`
}

// VersionDoc is what was published once, with what it changed. How is page, file or rule.
type VersionDoc struct {
	Version int         `json:"version"`
	At      time.Time   `json:"at"`
	By      string      `json:"by,omitempty"`
	How     string      `json:"how,omitempty"`
	Changes []DifferDoc `json:"changes"`
}

// DifferDoc is one thing in which two versions differ, in the words of a flow file.
type DifferDoc struct {
	Setting string `json:"setting"`
	Pair    string `json:"pair,omitempty"`
	Was     string `json:"was"`
	Now     string `json:"now"`
}

// Versions lists what was published of a flow before a version, with 0 from the newest on.
func (d Desk) Versions(ctx context.Context, name string, before, limit int) (VersionsDoc, error) {
	f, err := d.Flow(ctx, name)
	if err != nil {
		return VersionsDoc{}, err
	}
	all, err := d.Store.FlowVersions(ctx, d.Workspace, f.ID, max(before, 0), limit+1) // with the one before the last
	if err != nil {
		return VersionsDoc{}, err
	}
	doc := VersionsDoc{Flow: f.Name, Versions: make([]VersionDoc, min(len(all), limit)), More: len(all) > limit}
	for i, v := range all[:len(doc.Versions)] {
		doc.Versions[i] = VersionDoc{Version: v.Flow.Version, At: v.Saved.UTC(), By: v.By, How: v.How, Changes: []DifferDoc{}}
		if i+1 == len(all) {
			continue // the first one
		}
		for _, x := range flow.Compare(all[i+1].Flow, v.Flow) {
			doc.Versions[i].Changes = append(doc.Versions[i].Changes, DifferDoc{x.Setting, x.Pair, x.Was, x.Now})
		}
	}
	return doc, nil
}

// Restore makes a version of a flow its draft, and reports whether that changed the draft.
func (d Desk) Restore(ctx context.Context, name string, version int) (f flow.Flow, changed bool, err error) {
	if f, err = d.Flow(ctx, name); err != nil {
		return f, false, err
	}
	v, err := d.Store.FlowVersionOf(ctx, d.Workspace, f.ID, version)
	if errors.Is(err, store.ErrNotFound) {
		return f, false, &Refusal{Kind: NotThere, What: fmt.Sprintf("flow %s has no version %d, it has 1 to %d", f.Name, version, f.Version),
			Command: "`couplet flows versions` lists them", Request: "the versions of the flow list them", Err: err}
	}
	if err != nil {
		return f, false, err
	}
	draft, err := d.Store.DraftState(ctx, d.Workspace, f.ID)
	if err != nil {
		return f, false, err
	}
	next := draft.Flow.As(v.Flow)
	if len(flow.Compare(draft.Flow, next)) == 0 {
		return f, false, nil
	}
	if _, err = d.Store.ChangeDraft(ctx, d.Workspace, d.By, next, draft.Revision); errors.Is(err, store.ErrChanged) {
		err = &Refusal{Kind: NotNow, What: fmt.Sprintf("somebody changed the draft of %s this very moment, so nothing was changed", f.Name), Command: "look at it, then try again",
			Request: "look at it, then try again", Err: err}
	}
	return f, err == nil, err
}
