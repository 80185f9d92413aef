package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"couplet/internal/flow"
)

// Trial is one record that a person wants brought into step before a flow is switched on: the ids that it has, the dry run in which
// they saw what happens to it, and which line of that it is.
type Trial struct {
	Records   []string  `json:"records"`
	Rehearsal string    `json:"rehearsal"`
	Entry     string    `json:"entry"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
}

func trialSetting(flow string) string { return "trial/" + flow }

// AskTrial keeps what a person wants tried, and what the dry run foretold of it: nothing else is written. It fails as [Store.KeepPlan]
// does.
func (s *Store) AskTrial(ctx context.Context, ws, flow string, t Trial) error {
	if err := s.KeepPlan(ctx, ws, flow, t.Rehearsal); err != nil {
		return err
	}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return s.SaveSetting(ctx, ws, trialSetting(flow), string(text))
}

// AskedTrial is what was asked for last.
func (s *Store) AskedTrial(ctx context.Context, ws, flow string) (t Trial, asked bool, err error) {
	text, err := s.Setting(ctx, ws, trialSetting(flow))
	if err != nil || text == "" {
		return t, false, err
	}
	return t, true, json.Unmarshal([]byte(text), &t)
}

// TrialOf is a flow as it is edited, about that one record and approved for it alone. The flow itself stays as it is. It fails with
// ErrNotFound where nobody asked, or the flow was switched on since.
func (s *Store) TrialOf(ctx context.Context, ws, id string) (f flow.Flow, err error) {
	t, asked, err := s.AskedTrial(ctx, ws, id)
	if err != nil {
		return f, err
	}
	if f, _, err = s.Draft(ctx, ws, id); err != nil {
		return f, err
	}
	if !asked || f.Enabled || f.Approval != nil {
		return f, fmt.Errorf("%w: a trial of flow %s", ErrNotFound, id)
	}
	f.Scope, f.Watch = flow.Scope{Only: flow.ScopeThese, Records: t.Records}, false
	f.Approval = &flow.Approval{By: t.By, At: t.At, How: "trial", Rehearsal: t.Rehearsal, Revision: f.Revision()}
	return f, nil
}
