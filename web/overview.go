package web

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// The overview is read anew for each look. Every part of it is a handful of rows, whatever the number of records.

// overviewEvery is how often a watched overview may change.
const overviewEvery = time.Second

// overviewPage shows how everything is. live=off holds it still.
func (s *Server) overviewPage(c echo.Context) error {
	v, err := s.overview(c.Request().Context(), ws(c))
	if err != nil {
		return err
	}
	v.Frame = frame(c, "Overview", "overview")
	v.Live, v.MayEdit = c.QueryParam("live") != "off", may(visitorOf(c).Role, editor)
	return page(c, http.StatusOK, templates.OverviewPage(v))
}

// overviewEvents streams the overview while somebody watches.
func (s *Server) overviewEvents(c echo.Context) error {
	w, edits := ws(c), may(visitorOf(c).Role, editor)
	return s.stream(c, overviewEvery, func(ctx context.Context) (templ.Component, bool, error) {
		v, err := s.overview(ctx, w)
		v.Live, v.MayEdit = true, edits
		return templates.OverviewBody(v), false, err
	})
}

// overview is the state of a workspace.
func (s *Server) overview(ctx context.Context, ws string) (v templates.Overview, err error) {
	if v.Clock, err = s.clock(ctx, ws); err != nil {
		return v, err
	}
	w, err := s.watched(ctx, ws, v.Clock)
	if err != nil {
		return v, err
	}
	from := firstHour(v.Clock.Now)
	hours, err := s.o.Store.Hours(ctx, ws, from)
	if err != nil {
		return v, err
	}
	for _, f := range w.flows {
		v.Flows = append(v.Flows, w.line(f, barsOf(hours, from, f.ID)))
	}
	v.Day = barsOf(hours, from, "")
	v.Needs = append(append(w.driftLines(), w.needLines()...), w.firingLines()...)
	if v.Automations, err = s.automationDay(ctx, ws, w, from); err != nil {
		return v, err
	}
	v.Conns = s.allowances(w, hours)
	return v, nil
}

// watched gathers what the states of a workspace's flows are told from.
func (s *Server) watched(ctx context.Context, ws string, clock templates.Clock) (w watched, err error) {
	w = watched{clock: clock, next: map[string]store.FlowState{}, labels: map[string]map[string][2]string{}}
	if w.house, err = s.house(ctx, ws); err != nil {
		return w, err
	}
	if w.open, err = s.o.Store.OpenRuns(ctx, ws); err != nil {
		return w, err
	}
	ids := make([]string, len(w.flows))
	for i, f := range w.flows {
		ids[i] = f.ID
	}
	if w.last, err = s.o.Store.LastRuns(ctx, ws, ids); err != nil {
		return w, err
	}
	for _, f := range w.flows {
		if _, ran := w.last[f.ID]; !ran && f.Enabled {
			if w.next[f.ID], err = s.o.Store.FlowStateOf(ctx, ws, f.ID); err != nil {
				return w, err
			}
		}
	}
	if w.needs, err = s.o.Store.Needs(ctx, ws); err != nil {
		return w, err
	}
	for _, n := range w.needs {
		f, _ := w.of(n.Pair)
		if _, named := w.labels[f.ID]; named || n.Kind == store.NeedReview {
			continue
		}
		if w.labels[f.ID], err = s.o.Store.NewestFieldNames(ctx, ws, f.ID); err != nil {
			return w, err
		}
	}
	if w.firings, err = s.o.Store.FiringNeeds(ctx, ws); err != nil {
		return w, err
	}
	w.known, err = s.o.Store.Drift(ctx, ws)
	return w, err
}

// line is a flow as it is shown.
func (w watched) line(f flow.Flow, day templates.Bars) templates.OverviewFlow {
	line := templates.OverviewFlow{ID: f.ID, Name: f.Name, When: templates.ScheduleWords(f.Schedule), On: f.Enabled, WasOn: f.Approval != nil,
		Ends: w.ends(f.Connections, f.Object), Direction: way(f.Direction), Day: day}
	w.state(f, &line)
	return line
}

// dayHours is how many hours a chart shows: the one that is under way and those before it.
const dayHours = 24

func firstHour(now time.Time) time.Time {
	return now.UTC().Truncate(time.Hour).Add(-(dayHours - 1) * time.Hour)
}

// barsOf are the hours of a flow, or of all flows together ("").
func barsOf(hours []store.Hour, from time.Time, flow string) templates.Bars {
	bars := make(templates.Bars, dayHours)
	for i := range bars {
		bars[i].At = from.Add(time.Duration(i) * time.Hour)
	}
	for _, h := range hours {
		i := int(h.At.Sub(from) / time.Hour)
		if i >= 0 && i < len(bars) && (flow == "" || h.Flow == flow) {
			b := &bars[i]
			b.Created, b.Updated, b.Failed = b.Created+h.Created, b.Updated+h.Updated, b.Failed+h.Failed
		}
	}
	return bars
}

// allowances are the connections with what was used of their allowance: as the system counts it where it told this
// process, else as the runs of the last day counted it.
func (s *Server) allowances(w watched, hours []store.Hour) (out []templates.OverviewConnection) {
	used := map[string]int{}
	for _, h := range hours {
		for side, conn := range w.pairs[h.Pair].Conns {
			used[conn] += h.Calls[side]
		}
	}
	var told map[string]connection.Snapshot
	if s.o.Connect.Pool != nil {
		told = s.o.Connect.Pool.Snapshots()
	}
	for _, c := range sortedConnections(w.conns) {
		spec := w.specs(c.System)
		line := templates.OverviewConnection{ID: c.ID, Name: c.Name, System: w.system(c.ID, ""), Used: used[c.ID], Most: spec.Limits.Daily}
		switch c.State {
		case connection.OK:
			line.Kind, line.Icon, line.Word = "ok", "check", "Connected"
		case connection.NeedsKey:
			line.Kind, line.Icon, line.Word = "warn", "key-round", "Needs a key"
		default:
			line.Kind, line.Icon, line.Word = "bad", "circle-x", "Connect again"
		}
		if t, ok := told[c.ID]; ok {
			if t.DailyRemaining >= 0 && line.Most > 0 {
				line.Used, line.Told = max(0, line.Most-t.DailyRemaining), true
			}
			if t.PausedUntil.After(w.clock.Now) {
				line.Waits = "Waits until " + w.clock.Hour(t.PausedUntil) + ": " + t.Why
			}
		}
		out = append(out, line)
	}
	return out
}
