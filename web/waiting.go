package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"couplet/internal/engine"
	"couplet/templates"
)

// orphans says what waits until its contact has a partner, in words and with what helps; nil where nothing does. waiting are
// the numbers of a run.
func (s *Server) orphans(ctx context.Context, ws string, h house, pair engine.Pair, waiting [2]int) (*templates.Orphans, error) {
	n := waiting[0] + waiting[1]
	object, ok := h.specs(h.conns[pair.Conns[0]].System).Object(pair.Object)
	if n == 0 || !ok || object.Parent == "" {
		return nil, nil
	}
	own, above := h.systems(pair.Conns, pair.Object), h.systems(pair.Conns, object.Parent)[0]
	out := &templates.Orphans{Title: fmt.Sprintf("Waiting for their %s: %s", above.One, templates.Count(n, own[0].One, own[0].Many)),
		Why: templates.Capital(inEach(waiting, own)) + fmt.Sprintf(": each hangs on a %s that has no partner on the other side. It comes over once that has one, and nothing of it is lost.", above.One)}
	if n == 1 {
		out.Title = fmt.Sprintf("Waiting for its %s: 1 %s", above.One, own[0].One)
	}
	parents, there := engine.Pair{}, false
	for _, p := range h.pairs {
		if p.Object == object.Parent && slices.Contains(p.Conns[:], pair.Conns[0]) && slices.Contains(p.Conns[:], pair.Conns[1]) {
			parents, there = p, true
		}
	}
	f, ok := h.of(parents.ID)
	if !there || !ok {
		out.Fix = fmt.Sprintf("No flow keeps the %s of these two accounts in step. Make one first.", above.Many)
		out.Buttons = []templates.Link{{Text: "Make that flow", Href: "/new"}}
		return out, nil
	}
	reviews, err := s.o.Store.CountReviews(ctx, ws, parents.ID)
	switch {
	case err != nil:
		return nil, err
	case !f.Enabled:
		out.Fix = fmt.Sprintf("The flow “%s” is off, so nothing links the %s. Switch it on.", f.Name, above.Many)
		out.Buttons = []templates.Link{{Text: "Switch it on", Href: "/flows/" + f.ID + "/on"}}
	case reviews > 0:
		out.Fix = fmt.Sprintf("%s of the flow “%s” cannot be told apart: say who they are.", templates.Count(reviews, above.One, above.Many), f.Name)
		out.Buttons = []templates.Link{{Text: "Say who they are", Href: address("/needs-you", url.Values{"flow": {f.ID}, "kind": {"review"}})}}
	default:
		out.Fix = fmt.Sprintf("The flow “%s” links the %s with its next run. What that flow leaves out stays where it is.", f.Name, above.Many)
		out.Buttons = []templates.Link{{Text: "See its runs", Href: address("/runs", url.Values{"flow": {f.ID}})}}
	}
	return out, nil
}

// inEach is a number split by side: "2 in A and 1 in B".
func inEach(n [2]int, x [2]templates.System) string {
	switch {
	case n[0] == 0:
		return templates.Number(n[1]) + " in " + x[1].Name
	case n[1] == 0:
		return templates.Number(n[0]) + " in " + x[0].Name
	}
	return templates.Number(n[0]) + " in " + x[0].Name + " and " + templates.Number(n[1]) + " in " + x[1].Name
}
