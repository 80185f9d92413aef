package web

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// failures gathers the causes for which a system does not take records.
func (n *needsOf) failures(ctx context.Context) error {
	for _, x := range n.needs {
		key := failureKey(x.Pair, x.Reason)
		if x.Kind != store.NeedParked || n.shown["failure"] >= linesOnPage && key != n.page.Item {
			continue
		}
		first, err := n.s.o.Store.Parked(ctx, n.ws, x.Pair, x.Reason, 1)
		if err != nil {
			return err
		}
		l := needLine{kind: "failure", more: x.N - 1, NeedLine: templates.NeedLine{Key: key}, open: func(ctx context.Context) error {
			f, err := n.failure(ctx, x)
			if err != nil {
				return err
			}
			met, err := n.met(ctx)
			if f.Href = met[x.Reason]; f.Href == "" {
				f.Href = "/runs?flow=" + n.flow.ID + "&result=failed&when=all"
			}
			n.page.Failures = []templates.NeedFailure{f}
			return err
		}}
		for _, h := range first {
			l.ids[h.Side], l.Since = h.ID, h.At
		}
		l.Sub, _, _ = n.view.trouble(x.Reason)
		n.shown["failure"]++
		n.put(l)
	}
	return nil
}

// halts gathers the flows that a run left waiting for a person, which is as urgent as a record.
func (s *Server) halts(ctx context.Context, ws string, h house, v *templates.NeedsPage, lines []needLine) ([]needLine, error) {
	var ids []string
	for _, f := range h.flows {
		if f.Enabled && (v.Flow == "" || v.Flow == f.ID) {
			ids = append(ids, f.ID)
		}
	}
	last, err := s.o.Store.LastRuns(ctx, ws, ids)
	for _, id := range ids {
		r, ran := last[id]
		if !ran || r.Status != engine.Paused {
			continue
		}
		stop := runView{house: h, run: r, pair: h.pairs[r.Pair], clock: v.Clock}.stop()
		v.Counts["stop"]++
		lines = append(lines, needLine{kind: "stop", NeedLine: templates.NeedLine{Key: stopKey(r.ID), Name: r.FlowName, Sub: stop.Title, Since: r.Finished}, open: func(context.Context) error {
			v.Stop, v.StopFlow, v.StopRun, v.StopAt = stop, r.FlowName, r.ID, r.Finished
			return nil
		}})
	}
	return lines, err
}

func (n *needsOf) failure(ctx context.Context, x store.Need) (templates.NeedFailure, error) {
	p := n.view.problem(store.Cause{Result: engine.ResultFailed, Reason: x.Reason, N: x.N})
	f := templates.NeedFailure{Title: p.Title, Why: p.Why, Fix: p.Fix, Flow: n.flow.Name, FlowID: n.flow.ID, Pair: x.Pair, Problem: x.Reason, Try: tryText(x.N), N: x.N}
	parked, err := n.s.o.Store.Parked(ctx, n.ws, x.Pair, x.Reason, ofEach)
	if err != nil {
		return f, err
	}
	for _, side := range []engine.Side{engine.A, engine.B} {
		var ids []string
		for _, h := range parked {
			if h.Side == side {
				ids = append(ids, h.ID)
			}
		}
		records, err := n.s.others(ctx, n.ws, n.view, side, ids)
		if err != nil {
			return f, err
		}
		f.Records = append(f.Records, records...)
	}
	return f, nil
}

// lookedBack is how many runs that failed are asked for a cause.
const lookedBack = 10

// met leads, for each cause, to the newest of the last runs that met it, at the place that shows its records.
func (n *needsOf) met(ctx context.Context) (map[string]string, error) {
	found := map[string]string{}
	runs, err := n.s.o.Store.FinishedRuns(ctx, n.ws, store.RunFilter{Flow: n.flow.ID, Result: store.RunsFailed, Quiet: true}, "", lookedBack)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.DryRun || r.Pair != n.view.pair.ID {
			continue
		}
		causes, err := n.s.o.Store.Causes(ctx, n.ws, r.ID, engine.ResultFailed)
		if err != nil {
			return nil, err
		}
		for _, c := range causes {
			if found[c.Reason] == "" {
				found[c.Reason] = "/runs/" + r.ID + "?tab=problems&cause=" + c.First
			}
		}
	}
	return found, nil
}
