package web

import (
	"cmp"
	"context"
	"slices"

	"couplet/templates"
)

// Which flows use an operation is what their last runs asked for: a flow that keeps records the same makes the calls of its systems by
// itself, and says nowhere which.

// usesOf are the flows of a workspace by the requests that their last runs made: by system, method and path.
func (s *Server) usesOf(ctx context.Context, ws string) (map[[3]string][]templates.OperationUse, error) {
	h, err := s.house(ctx, ws)
	if err != nil {
		return nil, err
	}
	flowOf := map[string]int{}
	var ids []string
	for i, f := range h.flows {
		runs, err := s.o.Store.Runs(ctx, ws, f.ID, runsLooked, "")
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			flowOf[r.ID] = i
			ids = append(ids, r.ID)
		}
	}
	calls, err := s.o.Store.CallsOf(ctx, ws, ids)
	if err != nil {
		return nil, err
	}
	uses := map[[3]string][]templates.OperationUse{}
	for run, counts := range calls {
		f := h.flows[flowOf[run]]
		for _, c := range counts {
			at := [3]string{h.conns[f.Connections[c.Side]].System, c.Method, plainPath(c.Path)}
			i := slices.IndexFunc(uses[at], func(u templates.OperationUse) bool { return u.Flow == f.ID })
			if i < 0 {
				i = len(uses[at])
				uses[at] = append(uses[at], templates.OperationUse{Flow: f.ID, Name: f.Name})
			}
			uses[at][i].N += c.N
		}
	}
	for _, list := range uses {
		slices.SortFunc(list, func(a, b templates.OperationUse) int { return cmp.Compare(a.Name, b.Name) })
	}
	return uses, nil
}
