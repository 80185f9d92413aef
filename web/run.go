package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/templates"
)

// runView is a run with what is needed to say it.
type runView struct {
	house
	run    engine.Run
	pair   engine.Pair
	clock  templates.Clock
	labels map[string][2]string
	// found counts the entries by result, changed the records that were created or updated: a pair may be two of these.
	found   map[engine.Result]int
	changed int
	// lost counts the values that gave way.
	lost    int
	orphans *templates.Orphans
}

// runView reads a run of the workspace.
func (s *Server) runView(ctx context.Context, ws, id string) (v runView, err error) {
	if v.run, err = s.o.Store.RunByID(ctx, ws, id); err != nil {
		return v, err
	}
	if v.house, err = s.house(ctx, ws); err != nil {
		return v, err
	}
	v.pair = v.pairs[v.run.Pair]
	if v.clock, err = s.clock(ctx, ws); err != nil {
		return v, err
	}
	if v.labels, err = s.o.Store.FieldNames(ctx, ws, id); err != nil {
		return v, err
	}
	if v.found, err = s.o.Store.CountEntries(ctx, ws, id); err != nil {
		return v, err
	}
	if v.changed, err = s.o.Store.CountChanged(ctx, ws, id); err != nil {
		return v, err
	}
	if v.lost, err = s.o.Store.CountLosses(ctx, ws, id); err != nil {
		return v, err
	}
	v.orphans, err = s.orphans(ctx, ws, v.house, v.pair, v.run.Waiting)
	return v, err
}

// systems are those of the two sides.
func (v runView) systems() [2]templates.System { return v.house.systems(v.pair.Conns, v.pair.Object) }

func (v runView) names() [2]string { return v.house.names(v.pair.Conns) }

// field is what a field of the map is called on a side.
func (v runView) field(key string, side connector.Side) string {
	if l := v.labels[key][side]; l != "" {
		return l
	}
	return v.label(v.pair.Conns, v.pair.Object, rowOf(key), side)
}

// sheet is the page without what its tab shows.
func (v runView) sheet() templates.RunPage {
	p := templates.RunPage{Clock: v.clock, Run: v.run, Flow: v.runFlow(v.run), Ends: v.ends(v.pair.Conns, v.pair.Object), State: v.state(), Why: v.began()}
	if f, ok := v.flow(v.run.Flow); ok {
		p.FlowID, p.On = f.ID, v.cannotRun(f.ID) == ""
	}
	p.Stop, p.Orphans = v.stop(), v.orphans
	if u := v.run.Undo; u != nil {
		p.Undid, p.UndidText = "/runs/"+u.Run, v.undidText()
	}
	p.CanUndo = v.wrote() && v.run.Status.Final()
	f, _ := v.flow(v.run.Flow)
	for _, d := range v.run.Drift {
		p.Drift = append(p.Drift, driftWords(f, d, v.names()))
	}
	calls := 0
	for _, c := range v.run.APICalls {
		calls += c.Read + c.Write
	}
	all := 0
	for _, n := range v.found {
		all += n
	}
	p.Tabs = []templates.RunTab{{ID: "problems", Name: "Problems", N: v.found[engine.ResultFailed]}, {ID: "needs", Name: "Needs you", N: v.run.Asked},
		{ID: "changed", Name: v.changedWord(), N: v.changed}, {ID: "calls", Name: "Requests", N: calls}, {ID: "all", Name: "All", N: all}}
	if v.lost > 0 {
		p.Tabs = slices.Insert(p.Tabs, 3, templates.RunTab{ID: "lost", Name: "Gave way", N: v.lost})
	}
	return p
}

// state is that of the run's couplet.
func (v runView) state() string {
	switch {
	case !v.run.Status.Final():
		return templates.Running
	case v.run.Status == engine.Failed || v.found[engine.ResultFailed] > 0:
		return templates.Failed
	case v.run.Status == engine.Cancelled:
		return templates.Off
	case v.run.Status == engine.Paused || v.run.Asked > 0:
		return templates.Attention
	}
	return templates.InStep
}

// began says in a sentence why the run began.
func (v runView) began() string {
	by := v.run.By
	if by == "" {
		by = "hand"
	}
	switch v.run.Trigger {
	case "schedule":
		return "Started by its schedule"
	case "webhook":
		return "Started because a system told of a change"
	case "recovery":
		return "Started to go on with what an earlier run left"
	case engine.Rehearse:
		return "A rehearsal, asked for on the preview" + v.asker()
	case engine.SwitchedOn:
		return "Started because the flow was switched on" + v.asker()
	case engine.Trial:
		return "One record, tried before the flow is switched on" + v.asker()
	case engine.Once:
		return "Started by " + by + ", to go beyond the brake this once"
	case engine.Undo:
		return v.undid()
	}
	return "Started by " + by
}

// asker names who asked for a run at the end of a sentence, where that is known.
func (v runView) asker() string {
	if v.run.By == "" {
		return ""
	}
	return " by " + v.run.By
}

// undid says what an undo was asked to take back, and by whom.
func (v runView) undid() string {
	u := v.run.Undo
	text := "An undo of an earlier run"
	if u != nil && u.Field != "" {
		text = "An undo of one value of an earlier run"
	} else if u != nil && u.Link != "" {
		text = "An undo of what an earlier run wrote to one record"
	}
	if u != nil && u.By != "" {
		text += ", asked for by " + u.By
	}
	return text
}

// undidText says what an undo did.
func (v runView) undidText() string {
	given, deleted := 0, 0
	for _, x := range v.run.To {
		given, deleted = given+x.Updated, deleted+x.Deleted
	}
	gone := "It deleted " + templates.Count(deleted, "record", "records") + " that an earlier run had made and nobody had touched since"
	switch {
	case v.run.DryRun:
		return "It shows what would go back to what was there before an earlier run."
	case given > 0 && deleted > 0:
		return "It gave back what was there before an earlier run, where that still stood as it was written. " + gone + "."
	case deleted > 0:
		return gone + ". It gave no value back."
	case given > 0:
		return "It gave back what was there before an earlier run, where that still stood as it was written."
	case v.run.Status.Final():
		return "It changed nothing."
	}
	return "It gives back what was there before an earlier run, where that still stands as it was written."
}

// tabOr is the tab that an address names, or the first one where it names none of ours.
func (v runView) tabOr(p templates.RunPage, name string) string {
	if slices.ContainsFunc(p.Tabs, func(t templates.RunTab) bool { return t.ID == name }) {
		return name
	}
	return v.firstTab()
}

// firstTab is the tab that is shown where the address names none: what matters most.
func (v runView) firstTab() string {
	switch {
	case v.found[engine.ResultFailed] > 0:
		return "problems"
	case v.beyond():
		return "changed"
	case v.run.Asked > 0:
		return "needs"
	}
	return "changed"
}

// runPage shows a run. The tab, and where in it one is, stand in the address.
func (s *Server) runPage(c echo.Context) error {
	ctx, w := c.Request().Context(), ws(c)
	v, err := s.runView(ctx, w, c.Param("id"))
	if err != nil {
		return err
	}
	p := v.sheet()
	p.Frame = frame(c, p.Flow.Name, "runs")
	p.MayEdit = may(visitorOf(c).Role, editor)
	p.Live = !v.run.Status.Final() && c.QueryParam("live") != "off"
	p.Tab = v.tabOr(p, c.QueryParam("tab"))
	if p.CanUndo {
		if p.Undone, err = s.undone(ctx, w, v); err != nil {
			return err
		}
	}
	if err := s.brakeFields(ctx, w, v, &p); err != nil {
		return err
	}
	switch p.Tab {
	case "problems":
		err = s.runProblems(ctx, w, v, c.QueryParam("cause"), c.QueryParam("after"), &p)
	case "calls":
		p.Calls, err = s.runCalls(ctx, w, v)
	case "lost":
		err = s.runLosses(ctx, w, v, c.QueryParam("after"), &p)
	default:
		err = s.runRecords(ctx, w, v, c.QueryParam("after"), &p)
	}
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.RunDetail(p))
}

// runEvents streams the head of a run until it is over.
func (s *Server) runEvents(c echo.Context) error {
	w, id, edits, tab := ws(c), c.Param("id"), may(visitorOf(c).Role, editor), c.QueryParam("tab")
	if _, err := s.o.Store.RunByID(c.Request().Context(), w, id); err != nil {
		return err
	}
	return s.stream(c, 500*time.Millisecond, func(ctx context.Context) (templ.Component, bool, error) {
		v, err := s.runView(ctx, w, id)
		if err != nil {
			return nil, false, err
		}
		p := v.sheet()
		p.Live, p.MayEdit, p.Tab = true, edits, v.tabOr(p, tab)
		return templates.RunHead(p), v.run.Status.Final(), nil
	})
}

// runCalls are the requests of a run by path.
func (s *Server) runCalls(ctx context.Context, ws string, v runView) (out []templates.RunCall, err error) {
	counts, err := s.o.Store.CallCounts(ctx, ws, v.run.ID)
	systems := v.systems()
	for _, c := range counts {
		out = append(out, templates.RunCall{System: systems[c.Side], Method: c.Method, Path: c.Path, Status: c.Status, N: c.N})
	}
	return out, err
}

// changedWord is what the tab of changed records is called.
func (v runView) changedWord() string {
	if v.beyond() {
		return "Would change"
	}
	return "Changed"
}
