package web

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// failures gathers the causes for which a system does not take records, with a few records of each.
func (n *needsOf) failures(ctx context.Context) error {
	needs, err := n.s.o.Store.Needs(ctx, n.ws)
	if err != nil {
		return err
	}
	var met map[string]string
	shown := 0
	for _, x := range needs {
		if x.Kind != store.NeedParked || x.Pair != n.view.pair.ID {
			continue
		}
		if shown++; shown > needsOnPage {
			n.page.More = true
			break
		}
		if met == nil {
			if met, err = n.met(ctx); err != nil {
				return err
			}
		}
		f, err := n.failure(ctx, x)
		if err != nil {
			return err
		}
		if f.Href = met[x.Reason]; f.Href == "" {
			f.Href = "/runs?flow=" + n.flow.ID + "&result=failed&when=all"
		}
		n.page.Failures = append(n.page.Failures, f)
	}
	return nil
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
