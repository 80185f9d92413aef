package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// RunDoc is a run in JSON (cli.md).
type RunDoc struct {
	Run         string                  `json:"run"`
	Flow        string                  `json:"flow"`
	Status      engine.Status           `json:"status"`
	DryRun      bool                    `json:"dry_run"`
	Recovered   bool                    `json:"recovered"`
	AToB        engine.Counts           `json:"a_to_b"`
	BToA        engine.Counts           `json:"b_to_a"`
	Linked      int                     `json:"linked"`
	Unchanged   int                     `json:"unchanged"`
	NeedsReview int                     `json:"needs_review"`
	APICalls    map[string]engine.Calls `json:"api_calls"`
	DurationMS  int64                   `json:"duration_ms"`
	Trigger     string                  `json:"trigger"`
	StartedAt   time.Time               `json:"started_at"`
	FinishedAt  *time.Time              `json:"finished_at,omitempty"`
	Note        string                  `json:"note,omitempty"`
}

// RunJSON is a run as JSON has it.
func RunJSON(r engine.Run) RunDoc {
	d := RunDoc{Run: r.ID, Flow: r.FlowName, Status: r.Status, DryRun: r.DryRun, Recovered: r.Recovered,
		AToB: r.To[engine.B], BToA: r.To[engine.A], Linked: r.Linked, Unchanged: r.Same, NeedsReview: r.Review,
		APICalls: map[string]engine.Calls{"a": r.APICalls[engine.A], "b": r.APICalls[engine.B]},
		Trigger:  r.Trigger, StartedAt: r.Started.UTC().Truncate(time.Millisecond), Note: r.Note}
	if !r.Finished.IsZero() {
		at := r.Finished.UTC().Truncate(time.Millisecond) // as it is stored, so that `run` and `runs` say the same
		d.FinishedAt = &at
		d.DurationMS = at.Sub(d.StartedAt).Milliseconds()
	}
	return d
}

// RunsDoc is a list of runs. Next names the place where it goes on, "" at its end; of the command line it is always "".
type RunsDoc struct {
	Runs []RunDoc `json:"runs"`
	Next string   `json:"next,omitempty"`
}

// EntryDoc is a record of a run in JSON.
type EntryDoc struct {
	A       string               `json:"a,omitempty"`
	B       string               `json:"b,omitempty"`
	Result  engine.Result        `json:"result"`
	To      string               `json:"to,omitempty"`
	Reason  string               `json:"reason,omitempty"`
	Why     string               `json:"why,omitempty"`
	Fields  []engine.FieldChange `json:"fields"`
	Calls   []CallDoc            `json:"calls,omitempty"`
	At      time.Time            `json:"at"`
	Planned bool                 `json:"planned,omitempty"`
}

// CallDoc is one request to a system.
type CallDoc struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Status int    `json:"status"`
	TookMS int64  `json:"took_ms"`
}

// PathDoc is how often a run called a path of a side with one outcome.
type PathDoc struct {
	Side   string `json:"side"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Status int    `json:"status"`
	Count  int    `json:"count"`
}

// ShownRunDoc is one run with its records and their reasons. Next is as in [RunsDoc].
type ShownRunDoc struct {
	Run     RunDoc     `json:"run"`
	Records []EntryDoc `json:"records"`
	Calls   []PathDoc  `json:"calls"`
	Next    string     `json:"next,omitempty"`
}

// Results are what a record of a run can be.
var Results = []string{string(engine.ResultCreated), string(engine.ResultUpdated), string(engine.ResultLinked), string(engine.ResultSkipped),
	string(engine.ResultConflict), string(engine.ResultReview), string(engine.ResultFailed), string(engine.ResultGone), string(engine.ResultDeleted)}

// ShownRun is a run with a page of its records: the same for people and as JSON.
type ShownRun struct {
	Run     engine.Run
	Flow    flow.Flow
	Names   [2]string
	Entries []engine.Entry
	More    bool
	Calls   []PathDoc
}

// Runs lists runs, the newest first: those of a flow, or with "" all. before is the id of a run, or "".
func (d Desk) Runs(ctx context.Context, name, before string, limit int) ([]engine.Run, error) {
	id := ""
	if name != "" {
		f, err := d.Flow(ctx, name)
		if err != nil {
			return nil, err
		}
		id = f.ID
	}
	runs, err := d.Store.Runs(ctx, d.Workspace, id, limit, before)
	if errors.Is(err, store.ErrNotFound) {
		return nil, NoCursor // or a run that is no longer kept
	}
	return runs, err
}

// FindRun finds a run of the workspace by its id.
func (d Desk) FindRun(ctx context.Context, id string) (engine.Run, error) {
	r, err := d.Store.RunByID(ctx, d.Workspace, id)
	if errors.Is(err, store.ErrNotFound) {
		err = &Refusal{Kind: NotThere, What: fmt.Sprintf("there is no run %q in this workspace", id), Command: "`couplet runs` lists those that are kept, which is 30 days",
			Request: "GET /api/v1/runs lists those that are kept, which is 30 days", Err: err}
	}
	return r, err
}

// ShowRun is a run with its records of one result, or with "" of any, that come after the entry of an id.
func (d Desk) ShowRun(ctx context.Context, id, result, after string, limit int) (s ShownRun, err error) {
	if s.Run, err = d.FindRun(ctx, id); err != nil {
		return s, err
	}
	if s.Flow, err = d.Store.FlowByID(ctx, d.Workspace, s.Run.Flow); err != nil {
		return s, err
	}
	s.Names = d.Names(ctx, s.Flow)
	if s.Entries, err = d.Store.Entries(ctx, d.Workspace, s.Run.ID, after, limit+1, engine.Result(result)); err != nil {
		return s, err
	}
	s.More = len(s.Entries) > limit
	s.Entries = s.Entries[:min(len(s.Entries), limit)]
	calls, err := d.Store.CallCounts(ctx, d.Workspace, s.Run.ID)
	s.Calls = make([]PathDoc, len(calls))
	for i, c := range calls {
		s.Calls[i] = PathDoc{Side: c.Side.String(), Method: c.Method, Path: c.Path, Status: c.Status, Count: c.N}
	}
	return s, err
}

// JSON is it as JSON has it.
func (s ShownRun) JSON() ShownRunDoc {
	d := ShownRunDoc{Run: RunJSON(s.Run), Records: make([]EntryDoc, len(s.Entries)), Calls: s.Calls}
	for i, e := range s.Entries {
		d.Records[i] = entryJSON(e, s.Flow.Object, s.Names)
	}
	return d
}

func entryJSON(e engine.Entry, object string, names [2]string) EntryDoc {
	d := EntryDoc{A: e.IDs[0], B: e.IDs[1], Result: e.Result, Reason: e.Reason, At: e.At.UTC(), Planned: e.Planned, Fields: e.Fields}
	if d.Fields == nil {
		d.Fields = []engine.FieldChange{}
	}
	if e.To >= 0 {
		d.To = engine.Side(e.To).String()
	}
	if e.Reason != "" {
		d.Why = engine.ExplainOf(object, e.Reason, names, e.By)
	}
	for _, x := range e.Calls {
		d.Calls = append(d.Calls, CallDoc{Method: x.Method, Path: x.Path, Status: x.Status, TookMS: x.Took.Milliseconds()})
	}
	return d
}

// Undoing finds what somebody wants taken back: a run, of it one record, or one field, named in the words of either system.
func (d Desk) Undoing(ctx context.Context, id, record, field string) (target engine.Run, f flow.Flow, u engine.Undoing, err error) {
	if target, err = d.FindRun(ctx, id); err != nil {
		return target, f, u, err
	}
	if f, err = d.Store.FlowByID(ctx, d.Workspace, target.Flow); err != nil {
		return target, f, u, &Refusal{Kind: NotNow, What: fmt.Sprintf("the flow of run %s is gone, so there is nobody to undo it", id), Command: "make the flow again with couplet apply",
			Request: "make the flow again with POST /api/v1/apply", Err: err}
	}
	u.Run = target.ID
	u.Link, u.Field, err = d.meant(ctx, target, record, field)
	return target, f, u, err
}

// meant finds the link and the field that a person names in the words of either system.
func (d Desk) meant(ctx context.Context, r engine.Run, record, field string) (link, key string, err error) {
	for after := ""; record != "" && link == "" || field != "" && key == ""; {
		page, err := d.Store.Entries(ctx, d.Workspace, r.ID, after, 500, "")
		if err != nil {
			return "", "", err
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].ID
		for _, e := range page {
			if record != "" && slices.Contains([]string{e.IDs[0], e.IDs[1], e.Link}, record) {
				link = e.Link
			}
			for _, x := range e.Fields {
				names := strings.FieldsFunc(x.Field, func(r rune) bool { return r == '=' || r == '+' })
				if field != "" && (x.Field == field || slices.Contains(names, field)) {
					key = x.Field
				}
			}
		}
	}
	what := ""
	switch {
	case record != "" && link == "":
		what = fmt.Sprintf("run %s wrote nothing to a record %s", r.ID, record)
	case field != "" && key == "":
		what = fmt.Sprintf("run %s wrote to no field %q", r.ID, field)
	default:
		return link, key, nil
	}
	return "", "", &Refusal{Kind: NotThere, What: what, Command: fmt.Sprintf("`couplet runs show %s` lists those that it did", r.ID), Request: "GET /api/v1/runs/" + r.ID + " lists those that it did"}
}
