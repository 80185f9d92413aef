package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Samples of tasks and notes: what hangs on a few contacts that are linked already, joined by what it says, as a run joins it.

// household is a linked parent with what its two sides show.
type household struct {
	parent [2]string
	known  [2]connector.Fields
	kids   [2][]Mirror
	// all says that a side showed everything, so that what is not there has no partner.
	all [2]bool
}

// children takes samples of records that hang on others. Those whose parent is not linked wait, and are shown as they are.
func (s *sampler) children(ctx context.Context) error {
	if err := s.parents(ctx); err != nil {
		return err
	}
	homes, err := s.households(ctx)
	if err != nil {
		return err
	}
	m, _ := mapping.Compile(s.f.Map, s.g.Fields[A], s.g.Fields[B], s.g.Options(s.f))
	var objects [2]*connector.Object
	for side := range objects {
		objects[side], _ = s.g.Specs[side].Object(s.f.Object)
	}
	k := &kin{}
	k.alike, k.all = likeness(m, objects)
	x := &session{flow: s.f, rules: m, kin: k}
	var pairs, alone []Sample
	for _, h := range homes {
		taken := map[string]bool{}
		for _, side := range []Side{A, B} {
			own, across := h.kids[side], h.kids[side.Other()]
			for _, c := range own {
				if side == B && taken[c.ID] {
					continue
				}
				one := Sample{On: h.known, Why: "new_" + side.String()}
				one.Records[side].Ref = connector.Ref{Object: s.f.Object, ID: c.ID, Parent: h.parent[side]}
				if t := x.twin(own, across, side, c); t.Kind == MatchLink {
					taken[t.Partner] = true
					one.By, one.Why = t.By, ""
					one.Records[side.Other()].Ref = connector.Ref{Object: s.f.Object, ID: t.Partner, Parent: h.parent[side.Other()]}
					pairs = append(pairs, one)
					continue
				}
				if !h.all[side.Other()] {
					one.Why = "" // it may be further on
				}
				alone = append(alone, one)
			}
		}
	}
	for _, one := range slices.Concat(pairs[:min(len(pairs), max(s.n-2-len(s.out), 0))], alone) {
		if len(s.out) < s.n {
			s.out = append(s.out, one)
			s.used[A][one.Records[A].ID], s.used[B][one.Records[B].ID] = true, true
		}
	}
	return nil
}

// parents says on whom the samples hang that are linked already.
func (s *sampler) parents(ctx context.Context) error {
	for i := range s.out {
		one := &s.out[i]
		for side := range one.Records {
			conn, ref := s.f.Connections[side], &one.Records[side].Ref
			seen, err := s.e.Store.Mirrors(ctx, s.ws, conn, s.f.Object, []string{ref.ID})
			if err != nil {
				return err
			}
			ref.Parent = seen[ref.ID].Parent
			known, err := s.e.Store.Mirrors(ctx, s.ws, conn, s.f.Parent(), []string{ref.Parent})
			if err != nil {
				return err
			}
			one.On[side] = known[ref.Parent].Fields
		}
	}
	return nil
}

// households reads what hangs on a few linked parents, rather on those that have something on both sides.
func (s *sampler) households(ctx context.Context) ([]household, error) {
	parent := s.f.Parent()
	pair, found, err := s.e.Store.PairBetween(ctx, s.ws, s.f.Connections, parent)
	if err != nil || !found {
		return nil, err
	}
	sides := [2]Side{A, B}
	if pair.Conns[A] != s.f.Connections[A] {
		sides = [2]Side{B, A}
	}
	linked, shown := map[string][2]string{}, map[string]int{}
	for side, page := range s.page {
		var ids []string
		for _, r := range page {
			ids = append(ids, r.Parent)
		}
		links, err := s.e.Store.LinksOf(ctx, s.ws, pair.ID, sides[side], ids)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			if l.State == On {
				linked[l.ID] = [2]string{l.IDs[sides[A]], l.IDs[sides[B]]}
				shown[l.ID]++
			}
		}
	}
	some := slices.SortedFunc(maps.Keys(linked), func(x, y string) int { return cmp.Or(cmp.Compare(shown[y], shown[x]), cmp.Compare(x, y)) })
	var homes []household
	for _, id := range some[:min(len(some), s.n)] {
		h := household{parent: linked[id]}
		for _, side := range []Side{A, B} {
			if err := s.home(ctx, &h, side, parent); err != nil {
				return nil, err
			}
		}
		homes = append(homes, h)
	}
	return homes, nil
}

// home reads one side of a household: who the parent is, and what hangs on it and has no partner.
func (s *sampler) home(ctx context.Context, h *household, side Side, parent string) error {
	known, err := s.e.Store.Mirrors(ctx, s.ws, s.f.Connections[side], parent, []string{h.parent[side]})
	if err != nil {
		return err
	}
	h.known[side] = known[h.parent[side]].Fields
	if s.conn[side] == nil {
		return nil
	}
	page := connector.Page{Records: s.page[side]}
	if !s.whole[side] {
		if page, err = s.conn[side].List(ctx, connector.ListRequest{Object: s.f.Object, Parent: h.parent[side], Fields: s.wanted(side)}); err != nil {
			s.failed(side, err)
			return nil
		}
	}
	h.all[side] = page.Next == "" && !page.Partial
	for _, r := range page.Records {
		if r.Parent != h.parent[side] {
			continue
		}
		s.fresh[side][r.ID] = r
		if !s.used[side][r.ID] {
			h.kids[side] = append(h.kids[side], Mirror{ID: r.ID, Parent: r.Parent, Fields: r.Fields})
		}
	}
	slices.SortFunc(h.kids[side], func(x, y Mirror) int { return cmp.Or(cmp.Compare(len(x.ID), len(y.ID)), cmp.Compare(x.ID, y.ID)) })
	return nil
}
