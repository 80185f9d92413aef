package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// runsOnPage is how many finished runs a page of the list shows.
const runsOnPage = 50

// times and results are the words of addresses for what is shown; the first of each is meant where nothing is said.
var (
	runTimes = map[string]time.Duration{"24h": 24 * time.Hour, "7d": 7 * 24 * time.Hour, "30d": 30 * 24 * time.Hour, "all": 0}
	runKinds = map[string]store.RunResult{"all": "", "changed": store.RunsChanged, "needs": store.RunsAsked, "failed": store.RunsFailed}
)

// runsPage lists runs. What an address asks for that nobody knows is left out.
func (s *Server) runsPage(c echo.Context) error {
	ctx := c.Request().Context()
	v := templates.RunsPage{Frame: frame(c, "Runs", "runs"), Live: c.QueryParam("live") != "off", MayEdit: may(visitorOf(c).Role, editor)}
	v.Filter = templates.RunsFilter{Flow: c.QueryParam("flow"), When: c.QueryParam("when"), Result: c.QueryParam("result"),
		Text: strings.TrimSpace(c.QueryParam("q")), Quiet: c.QueryParam("quiet") == "1"}
	if _, ok := runTimes[v.Filter.When]; !ok {
		v.Filter.When = "7d"
	}
	if _, ok := runKinds[v.Filter.Result]; !ok {
		v.Filter.Result = "all"
	}
	h, err := s.house(ctx, ws(c))
	if err != nil {
		return err
	}
	if _, ok := h.flow(v.Filter.Flow); !ok {
		v.Filter.Flow = ""
	}
	for _, f := range h.flows {
		v.Flows = append(v.Flows, templates.Choice{ID: f.ID, Name: f.Name})
	}
	if v.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return err
	}
	if err := s.listRuns(ctx, ws(c), h, c.QueryParam("before"), &v); err != nil {
		return err
	}
	if v.Running, err = s.runnings(ctx, ws(c), h, v.Clock); err != nil {
		return err
	}
	v.Running.MayEdit = v.MayEdit
	return pageOr(c, http.StatusOK, templates.RunsList(v), "found")
}

// listRuns fills in the finished runs.
func (s *Server) listRuns(ctx context.Context, ws string, h house, before string, v *templates.RunsPage) error {
	f := store.RunFilter{Flow: v.Filter.Flow, Result: runKinds[v.Filter.Result], Quiet: v.Filter.Quiet || v.Filter.Text != ""}
	if d := runTimes[v.Filter.When]; d > 0 {
		f.Since = v.Clock.Now.Add(-d)
	}
	if v.Filter.Text != "" {
		f.Since = time.Time{}
		if err := s.lookFor(ctx, ws, h, v.Filter.Text, &f, v); err != nil {
			return err
		}
	}
	n, err := s.o.Store.CountFinished(ctx, ws, f)
	if err != nil {
		return err
	}
	v.All, v.Changed, v.Needs, v.Failed, v.Quiet = n.All, n.Changed, n.Asked, n.Failed, n.Quiet
	runs, err := s.o.Store.FinishedRuns(ctx, ws, f, before, runsOnPage+1)
	if err != nil {
		return err
	}
	if more := len(runs) > runsOnPage; more {
		runs = runs[:runsOnPage]
		v.Older = v.Filter.Href()
		v.Older += map[bool]string{true: "&", false: "?"}[strings.Contains(v.Older, "?")] + "before=" + runs[len(runs)-1].ID
	}
	v.Paged = before != ""
	for _, r := range runs {
		d := v.DayOf(r.Started)
		d.Lines = append(d.Lines, h.runLine(r))
		v.Shown++
	}
	if n.All == 0 && v.Filter.Text == "" {
		any, err := s.o.Store.FinishedRuns(ctx, ws, store.RunFilter{Quiet: true}, "", 1)
		if err != nil {
			return err
		}
		v.None = len(any) == 0
	}
	if f.Quiet || f.Result != "" {
		return nil
	}
	return s.foldQuiet(ctx, ws, f, runs, before, v)
}

// foldQuiet counts the runs without anything to do, by day, between the newest and the oldest line of the page.
func (s *Server) foldQuiet(ctx context.Context, ws string, f store.RunFilter, runs []engine.Run, before string, v *templates.RunsPage) error {
	from, to := f.Since, v.Clock.Now.Add(time.Minute)
	if before != "" {
		r, err := s.o.Store.RunByID(ctx, ws, before)
		if err != nil {
			return err
		}
		to = r.Started
	}
	if v.Older != "" {
		from = runs[len(runs)-1].Started
	}
	quiet, err := s.o.Store.QuietRuns(ctx, ws, f.Flow, from, to)
	if err != nil {
		return err
	}
	for _, q := range quiet {
		v.DayOf(q.At).Quiet += q.N
	}
	slices.SortStableFunc(v.Days, func(a, b templates.RunsDay) int { return b.At.Compare(a.At) })
	return nil
}

// lookFor turns what was typed into what runs are looked for by: the runs of a person, by email or phone, or a part of a
// run's id.
func (s *Server) lookFor(ctx context.Context, ws string, h house, text string, f *store.RunFilter, v *templates.RunsPage) error {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	var keys []string
	switch {
	case strings.Contains(text, "@"):
		keys = append(keys, mapping.Normal(connector.Email, text, ""))
	case len(digits) >= 7 && strings.Trim(text, "0123456789+-() ./") == "":
		for _, region := range append(h.regions(), "US") {
			keys = append(keys, mapping.Normal(connector.Phone, text, region))
		}
	default:
		f.Text = strings.ToLower(text)
		return nil
	}
	f.IDs = []string{}
	for _, key := range keys {
		ids, err := s.o.Store.RunsOfRecord(ctx, ws, key)
		if err != nil {
			return err
		}
		f.IDs = append(f.IDs, ids...)
	}
	v.Looked = "Runs that linked, made or last changed the records with this " + map[bool]string{true: "email", false: "phone"}[strings.Contains(text, "@")] + "."
	return nil
}

// regions are the countries that phone numbers without prefix belong to here.
func (h house) regions() (out []string) {
	for _, f := range h.flows {
		for _, region := range []string{f.Region, h.conns[f.Connections[0]].Identity.Region, h.conns[f.Connections[1]].Identity.Region} {
			if region != "" && !slices.Contains(out, region) {
				out = append(out, region)
			}
		}
	}
	return out
}

// runFlow is which flow a run is of, also when the flow is gone.
func (h house) runFlow(r engine.Run) templates.RunFlow {
	p := h.pairs[r.Pair]
	x := templates.RunFlow{Name: r.FlowName, Systems: h.systems(p.Conns, p.Object), Direction: "both"}
	if f, ok := h.flow(r.Flow); ok {
		x.Name, x.Direction = f.Name, way(f.Direction)
	}
	return x
}

// schedule is when the flow of a run looks by itself, in words.
func (h house) schedule(r engine.Run) string {
	if f, ok := h.flow(r.Flow); ok && f.Schedule != (flow.Schedule{}) {
		return templates.ScheduleWords(f.Schedule)
	}
	return "By its schedule"
}

// runLine is a finished run as a line of a list.
func (h house) runLine(r engine.Run) templates.RunLine {
	l := templates.RunLine{ID: r.ID, Flow: h.runFlow(r), Why: templates.Began(r, h.schedule(r)), Took: templates.TookOf(r, r.Finished), Started: r.Started,
		Rehearsal: r.DryRun, Watched: r.Watch, Recovered: r.Recovered}
	l.Kind, l.Icon, l.Word = templates.Ended(r)
	for _, c := range r.To {
		l.Created, l.Updated, l.Failed = l.Created+c.Created, l.Updated+c.Updated+c.Deleted, l.Failed+c.Failed
	}
	return l
}

// runnings are the runs under way.
func (s *Server) runnings(ctx context.Context, ws string, h house, clock templates.Clock) (v templates.Runnings, err error) {
	v.Clock = clock
	open, err := s.o.Store.OpenRuns(ctx, ws)
	for _, r := range open {
		v.Boxes = append(v.Boxes, templates.RunBox{Run: r, Flow: h.runFlow(r)})
	}
	return v, err
}

// runsEvery is how often the runs under way may change on a page.
const runsEvery = 500 * time.Millisecond

// mostEnded is how many runs that ended while they were watched stay on the page.
const mostEnded = 5

// runsEvents streams the runs under way. One that ends stays as a line, until the page is loaded again.
func (s *Server) runsEvents(c echo.Context) error {
	w, edits := ws(c), may(visitorOf(c).Role, editor)
	watched := map[string]bool{}
	var ended []templates.RunLine
	return s.stream(c, runsEvery, func(ctx context.Context) (templ.Component, bool, error) {
		h, err := s.house(ctx, w)
		if err != nil {
			return nil, false, err
		}
		clock, err := s.clock(ctx, w)
		if err != nil {
			return nil, false, err
		}
		v, err := s.runnings(ctx, w, h, clock)
		if err != nil {
			return nil, false, err
		}
		now := map[string]bool{}
		for _, b := range v.Boxes {
			now[b.Run.ID] = true
		}
		for id := range watched {
			if now[id] {
				continue
			}
			r, err := s.o.Store.RunByID(ctx, w, id)
			if err != nil && !isNotFound(err) {
				return nil, false, err
			}
			if err == nil {
				ended = append([]templates.RunLine{h.runLine(r)}, ended...)
			}
		}
		watched, ended = now, ended[:min(len(ended), mostEnded)]
		v.MayEdit, v.Ended = edits, ended
		return templates.RunningNow(v), false, nil
	})
}
