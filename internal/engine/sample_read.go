package engine

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// Sampling is what reading samples came to.
type Sampling struct {
	Samples []Sample
	// Problem says why a side could not be read; what the other one shows is there all the same.
	Problem [2]error
}

// sampleLimit is how many calls of one kind are under way at once, for something that a person waits for.
const sampleLimit = 4

// Samples reads up to n real people for a flow: linked ones first, then those that its keys would join, then one of each
// side that has no partner. It reads one page of each side, then each of the chosen records once, and looks for the
// partners of those that the pages do not show: a page, and about five calls for each sample. It writes nothing in either account.
func (e *Engine) Samples(ctx context.Context, ws string, f flow.Flow, g Ground, n int) (Sampling, error) {
	s := &sampler{e: e, ws: ws, f: f, g: g, n: n}
	s.open(ctx)
	s.list(ctx)
	if err := s.pair(ctx); err != nil {
		return Sampling{}, err
	}
	s.alone(ctx)
	s.read(ctx)
	return Sampling{Samples: s.out, Problem: s.problem}, ctx.Err()
}

type sampler struct {
	e  *Engine
	ws string
	f  flow.Flow
	g  Ground
	n  int

	conn    [2]connector.Connector
	page    [2][]connector.Record
	keys    [2]map[string]map[string]string // id -> kind -> value
	holders [2]map[Key][]string
	used    [2]map[string]bool
	out     []Sample

	mu      sync.Mutex
	problem [2]error
}

func (s *sampler) failed(side Side, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.problem[side] == nil {
		s.problem[side] = err
	}
}

func (s *sampler) open(ctx context.Context) {
	for _, side := range []Side{A, B} {
		var err error
		if s.conn[side], err = s.e.Links.Open(ctx, s.ws, s.f.Connections[side], nil); err != nil {
			s.failed(side, err)
		}
		s.keys[side], s.holders[side], s.used[side] = map[string]map[string]string{}, map[Key][]string{}, map[string]bool{}
	}
}

// list reads the first page of each side.
func (s *sampler) list(ctx context.Context) {
	var wait errgroup.Group
	for _, side := range []Side{A, B} {
		if s.conn[side] == nil {
			continue
		}
		wait.Go(func() error {
			page, err := s.conn[side].List(ctx, connector.ListRequest{Object: s.f.Object, Fields: s.wanted(side)})
			if err != nil {
				s.failed(side, err)
				return nil
			}
			s.page[side] = page.Records
			for _, r := range page.Records {
				s.know(side, r)
			}
			// What says much is shown before what says little.
			slices.SortStableFunc(s.page[side], func(x, y connector.Record) int { return cmp.Compare(filled(y.Fields), filled(x.Fields)) })
			return nil
		})
	}
	_ = wait.Wait() // nothing in it fails
}

// wanted are the fields that choosing samples needs: those that identify people, and those of the map.
func (s *sampler) wanted(side Side) []string {
	var names []string
	for _, f := range s.g.Fields[side] {
		if f.Key() && !f.Custom && f.Read {
			names = append(names, f.Name)
		}
	}
	for _, row := range s.f.Map {
		for _, name := range row.Side(side) {
			if f, ok := connector.FieldNamed(s.g.Fields[side], name); ok && f.Read && !slices.Contains(names, name) && !slices.Contains(s.g.Made[side], name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func (s *sampler) know(side Side, r connector.Record) {
	keys := mapping.Keys(s.g.Fields[side], r.Fields, s.f.Region)
	s.keys[side][r.ID] = keys
	for kind, value := range keys {
		k := Key{kind, value}
		if !slices.Contains(s.holders[side][k], r.ID) {
			s.holders[side][k] = append(s.holders[side][k], r.ID)
		}
	}
}

func filled(f connector.Fields) (n int) {
	for _, v := range f {
		if !mapping.Empty(v) {
			n++
		}
	}
	return n
}

// pair takes those that are linked already, and those of both pages that one key joins and no other keeps apart.
func (s *sampler) pair(ctx context.Context) error {
	both := max(s.n-2, 1)
	pair, err := s.e.Store.PairFor(ctx, s.ws, s.f.Connections, s.f.Object, NewID("pair", s.e.Now()))
	if err != nil {
		return err
	}
	for _, side := range []Side{A, B} {
		var ids []string
		for _, r := range s.page[side] {
			ids = append(ids, r.ID)
		}
		links, err := s.e.Store.LinksOf(ctx, s.ws, pair.ID, side, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			l, ok := links[id]
			if !ok || l.State != On {
				continue
			}
			if len(s.out) < both && !s.used[A][l.IDs[A]] {
				s.out = append(s.out, Sample{Records: s.refs(l.IDs[A], l.IDs[B]), Linked: true, base: l.Base})
			}
			s.used[A][l.IDs[A]], s.used[B][l.IDs[B]] = true, true
		}
	}
	for _, r := range s.page[A] {
		if len(s.out) >= both {
			break
		}
		id, by := s.partner(A, r.ID)
		if id == "" {
			continue
		}
		// A page shows only the beginning: somebody further on may hold the same key, and then it joins nobody.
		if err := s.lookUp(ctx, pair, Key{by, s.keys[A][r.ID][by]}); err != nil {
			return err
		}
		if again, _ := s.partner(A, r.ID); again == id {
			s.add(r.ID, id, by, "")
		}
	}
	return nil
}

// lookUp learns who holds a key on each side: from what runs have seen of everybody, else by asking.
func (s *sampler) lookUp(ctx context.Context, pair Pair, k Key) error {
	for _, side := range []Side{A, B} {
		if !pair.Seeded.IsZero() {
			held, err := s.e.Store.Holders(ctx, s.ws, s.f.Connections[side], s.f.Object, []Key{k}, 3)
			if err != nil {
				return err
			}
			for _, id := range held[k] {
				if !slices.Contains(s.holders[side][k], id) {
					s.holders[side][k] = append(s.holders[side][k], id)
				}
			}
			continue
		}
		found, err := s.find(ctx, side, k)
		if err != nil {
			s.failed(side, err)
			return nil
		}
		for _, r := range found {
			s.know(side, r)
		}
	}
	return nil
}

func (s *sampler) add(a, b, by, why string) {
	s.out = append(s.out, Sample{Records: s.refs(a, b), By: by, Why: why})
	s.used[A][a], s.used[B][b] = true, true
}

func (s *sampler) refs(a, b string) (out [2]connector.Record) {
	for side, id := range [2]string{a, b} {
		out[side].Ref = connector.Ref{Object: s.f.Object, ID: id}
	}
	return out
}

// partner is the record of the other page that the match keys lead to, by the matcher's own rules.
func (s *sampler) partner(side Side, id string) (partner, by string) {
	if s.used[side][id] {
		return "", ""
	}
	m := FindPartner(s.candidate(side, id), s.f.Match, func(p string) (Candidate, bool) { return s.candidate(side.Other(), p), true })
	if m.Kind != MatchLink || s.used[side.Other()][m.Partner] {
		return "", ""
	}
	return m.Partner, m.By
}

func (s *sampler) candidate(side Side, id string) Candidate {
	c := Candidate{ID: id, Keys: s.keys[side][id], Own: map[string][]string{}, Across: map[string][]string{}, Linked: s.used[side][id]}
	for kind, value := range c.Keys {
		c.Own[kind] = s.holders[side][Key{kind, value}]
		c.Across[kind] = s.holders[side.Other()][Key{kind, value}]
	}
	return c
}

// alone adds people of one side whose partner the other page does not show: it is looked for by their keys.
func (s *sampler) alone(ctx context.Context) {
	places := []Side{A, B}
	for tried := [2]int{}; len(s.out) < s.n && len(places) > 0; {
		for _, side := range slices.Clone(places) {
			i := s.next(side)
			if i < 0 || len(s.out) >= s.n || tried[side] >= s.n {
				places = slices.DeleteFunc(places, func(p Side) bool { return p == side })
				continue
			}
			tried[side]++
			s.lonely(ctx, side, s.page[side][i].ID)
		}
	}
}

// next is the place in a page of somebody to look at: rather of one whom nobody of the other page resembles. -1 is none.
func (s *sampler) next(side Side) int {
	some := -1
	for i, r := range s.page[side] {
		if s.used[side][r.ID] {
			continue
		}
		c := s.candidate(side, r.ID)
		if some < 0 {
			some = i
		}
		if !slices.ContainsFunc(s.f.Match, func(kind string) bool { return len(c.Across[kind]) > 0 }) {
			return i
		}
	}
	return some
}

func (s *sampler) lonely(ctx context.Context, side Side, id string) {
	ids := [2]string{}
	ids[side] = id
	why := "new_" + side.String()
	by := ""
	other := side.Other()
	switch found, problem := s.seek(ctx, side, id); {
	case problem != nil:
		s.failed(other, problem)
		why = ""
	default:
		for _, r := range found {
			s.know(other, r)
		}
		m := FindPartner(s.candidate(side, id), s.f.Match, func(p string) (Candidate, bool) { return s.candidate(other, p), true })
		switch m.Kind {
		case MatchLink:
			ids[other], by, why = m.Partner, m.By, ""
		case MatchReview:
			why = m.Reason
		}
	}
	s.used[side][id] = true
	s.add(ids[A], ids[B], by, why)
}

// seek asks the other side for records that hold one of the keys.
func (s *sampler) seek(ctx context.Context, side Side, id string) ([]connector.Record, error) {
	var all []connector.Record
	for _, kind := range s.f.Match {
		if value := s.keys[side][id][kind]; value != "" {
			found, err := s.find(ctx, side.Other(), Key{kind, value})
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

// find asks a side for the records that hold a key.
func (s *sampler) find(ctx context.Context, side Side, k Key) ([]connector.Record, error) {
	if s.conn[side] == nil {
		return nil, s.problem[side]
	}
	i := slices.IndexFunc(s.g.Fields[side], func(f connector.Field) bool { return string(f.Type) == k.Kind && !f.Custom && f.Read })
	if i < 0 {
		return nil, nil
	}
	return s.conn[side].Find(ctx, s.f.Object, "", connector.Fields{s.g.Fields[side][i].Name: k.Value})
}

// read gets the truth about every chosen record; one that is gone meanwhile is left out.
func (s *sampler) read(ctx context.Context) {
	var wait errgroup.Group
	wait.SetLimit(sampleLimit)
	gone := make([][2]bool, len(s.out))
	for i := range s.out {
		for _, side := range []Side{A, B} {
			ref := s.out[i].Records[side].Ref
			if ref.ID == "" || s.conn[side] == nil {
				continue
			}
			wait.Go(func() error {
				r, err := s.conn[side].Get(ctx, ref)
				switch {
				case connector.KindOf(err) == connector.NotFound:
					gone[i][side] = true
				case err != nil:
					s.failed(side, err)
					gone[i][side] = true
				default:
					s.out[i].Records[side] = r
				}
				return nil
			})
		}
	}
	_ = wait.Wait() // nothing in it fails
	s.changes(ctx)
	var kept []Sample
	for i := range s.out {
		if gone[i] == [2]bool{} {
			kept = append(kept, s.out[i])
		}
	}
	s.out = kept
}

// changes says since when each record is as it is, where a run has seen it before.
func (s *sampler) changes(ctx context.Context) {
	for _, side := range []Side{A, B} {
		var ids []string
		for _, x := range s.out {
			if x.Both() {
				ids = append(ids, x.Records[side].ID)
			}
		}
		known, err := s.e.Store.Mirrors(ctx, s.ws, s.f.Connections[side], s.f.Object, ids)
		if err != nil {
			continue // without it no order of changes can be told, and a tie is shown
		}
		for i := range s.out {
			s.out[i].changed[side] = known[s.out[i].Records[side].ID].Changed
		}
	}
}
