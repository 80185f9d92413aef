package command

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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
		doc.Versions[i].Changes = differs(all[i+1].Flow, v.Flow)
	}
	return doc, nil
}

// differs is how two states of a flow differ.
func differs(was, now flow.Flow) []DifferDoc {
	out := []DifferDoc{}
	for _, x := range flow.Compare(was, now) {
		out = append(out, DifferDoc{x.Setting, x.Pair, x.Was, x.Now})
	}
	return out
}

// DifferenceDoc is in JSON how two states of a flow differ: versions by their number, or the draft.
type DifferenceDoc struct {
	Flow    string      `json:"flow"`
	From    string      `json:"from"`
	To      string      `json:"to"`
	Changes []DifferDoc `json:"changes"`
}

// DraftWord stands for the draft where a version has its number.
const DraftWord = "draft"

// Difference compares two states of a flow.
func (d Desk) Difference(ctx context.Context, name, from, to string) (doc DifferenceDoc, err error) {
	f, err := d.Flow(ctx, name)
	if err != nil {
		return doc, err
	}
	var states [2]flow.Flow
	for i, word := range []string{from, to} {
		if states[i], err = d.state(ctx, f, word); err != nil {
			return doc, err
		}
	}
	return DifferenceDoc{Flow: f.Name, From: from, To: to, Changes: differs(states[0], states[1])}, nil
}

// state is a version of a flow by its number, or the draft.
func (d Desk) state(ctx context.Context, f flow.Flow, word string) (flow.Flow, error) {
	if word == DraftWord {
		draft, err := d.Store.DraftState(ctx, d.Workspace, f.ID)
		return draft.Flow, err
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return flow.Flow{}, &Refusal{Kind: NotMeant, What: fmt.Sprintf("%q is no version of flow %s", word, f.Name), Command: "give the numbers of two versions, or the word " + DraftWord,
			Request: "give from and to as numbers of versions, or as the word " + DraftWord, Err: err}
	}
	v, err := d.version(ctx, f, n)
	return v.Flow, err
}

// version is one version of a flow.
func (d Desk) version(ctx context.Context, f flow.Flow, n int) (store.FlowVersion, error) {
	v, err := d.Store.FlowVersionOf(ctx, d.Workspace, f.ID, n)
	if errors.Is(err, store.ErrNotFound) {
		err = &Refusal{Kind: NotThere, What: fmt.Sprintf("flow %s has no version %d, it has 1 to %d", f.Name, n, f.Version),
			Command: "`couplet flows versions` lists them", Request: "GET /api/v1/flows/" + f.Name + "/versions lists them", Err: err}
	}
	return v, err
}

// RestoredDoc is in JSON that a version is the draft of its flow now. Changed says whether the draft said something else before.
type RestoredDoc struct {
	Flow    string `json:"flow"`
	Version int    `json:"version"`
	Changed bool   `json:"changed"`
}

// Restore makes a version of a flow its draft, and reports whether that changed the draft.
func (d Desk) Restore(ctx context.Context, name string, version int) (f flow.Flow, changed bool, err error) {
	if f, err = d.Flow(ctx, name); err != nil {
		return f, false, err
	}
	v, err := d.version(ctx, f, version)
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
