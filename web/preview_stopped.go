package web

import (
	"context"
	"net/url"

	"couplet/internal/engine"
	"couplet/templates"
)

// stopped says why a rehearsal came to nothing, once, and leads to what mends it.
func (s *Server) stopped(ctx context.Context, ws string, p prospect, r engine.Run) (*templates.Stopped, error) {
	if r.Halt.Why != engine.HaltPermit || r.Halt.Side < 0 || r.Halt.Side > 1 {
		return p.stopped(r), nil
	}
	l, err := s.turnedAway(ctx, ws, r, p.conns[r.Halt.Side], p.specs[r.Halt.Side])
	if err != nil {
		return nil, err
	}
	out := &templates.Stopped{At: r.Started, Title: l.title(), Text: l.why + " " + l.fix}
	if !l.mended {
		out.Fixes = []templates.Link{{Text: l.button(), Href: again(l.conn, p.path("preview"))}}
	}
	return out, nil
}

func (p prospect) stopped(r engine.Run) *templates.Stopped {
	out := &templates.Stopped{At: r.Started, Title: "The rehearsal could not be finished", Text: r.Note}
	toMap := templates.Link{Text: "Open the map", Href: p.path("map")}
	switch r.Halt.Why {
	case engine.HaltKey:
		sides := []int{r.Halt.Side}
		if r.Halt.Side < 0 {
			sides = []int{0, 1}
		}
		for _, side := range sides {
			out.Fixes = append(out.Fixes, templates.Link{Text: "Connect " + p.specs[side].Name + " again", Href: again(p.conns[side], p.path("preview"))})
		}
		if len(sides) == 1 {
			out.Title = p.specs[sides[0]].Name + " did not let us in"
		}
	case engine.HaltMap:
		out.Title = "A pair of the map cannot work"
		if row := r.Halt.N - 1; row >= 0 && row < len(p.flow.Map) && r.Revision == p.flow.Revision() { // it is still that row
			toMap = templates.Link{Text: "Open the pair", Href: address(p.path("map"), url.Values{"open": {p.flow.Map[row].Key()}})}
		}
		out.Fixes = []templates.Link{toMap}
	case engine.HaltObject:
		out.Fixes = []templates.Link{toMap}
	}
	if r.Status == engine.Cancelled {
		out.Title = "The rehearsal was stopped"
	}
	if out.Text == "" {
		out.Text = "The log of the run has the details."
	}
	return out
}
