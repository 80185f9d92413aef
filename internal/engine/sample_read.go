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
// partners of those that the pages do not show: a page, and two or three calls for each sample. It writes nothing in either account.
func (e *Engine) Samples(ctx context.Context, ws string, f flow.Flow, g Ground, n int) (Sampling, error) {
	s := &sampler{e: e, ws: ws, f: f, g: g, n: n}
	s.open(ctx)
	m, _ := mapping.Compile(f.Map, g.Fields[A], g.Fields[B], g.Options(f))
	s.g.Fields = m.Keyed(g.Fields)
	s.list(ctx)
	if err := s.pair(ctx); err != nil {
		return Sampling{}, err
	}
	if s.f.Parent() != "" {
		if err := s.children(ctx); err != nil {
			return Sampling{}, err
		}
	}
	s.alone(ctx)
	s.read(ctx)
	s.telling()
	return Sampling{Samples: s.out, Problem: s.problem}, ctx.Err()
}

// telling puts first what the map changes most, for that is what a person wants to see.
func (s *sampler) telling() {
	m, _ := mapping.Compile(s.f.Map, s.g.Fields[A], s.g.Fields[B], s.g.Options(s.f))
	writes := func(x Sample) int {
		d := x.Decide(m, s.f, s.g, nil)
		n := len(d.Writes[A]) + len(d.Writes[B])
		if x.Both() {
			n += len(m.Rules) // a new record writes everything and tells least
		}
		return n
	}
	slices.SortStableFunc(s.out, func(x, y Sample) int { return cmp.Compare(writes(y), writes(x)) })
}

type sampler struct {
	e  *Engine
	ws string
	f  flow.Flow
	g  Ground
	n  int

	conn    [2]connector.Connector
	page    [2][]connector.Record
	whole   [2]bool                         // the page is all there is
	keys    [2]map[string]map[string]string // id -> kind -> value
	holders [2]map[Key][]string
	used    [2]map[string]bool
	fresh   [2]map[string]connector.Record
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
		s.fresh[side] = map[string]connector.Record{}
	}
}

// list reads the first page of each side.
func (s *sampler) list(ctx context.Context) {
	var wait errgroup.Group
	for _, side := range []Side{A, B} {
		if s.conn[side] == nil {
			continue
		}
		if o, ok := s.conn[side].Spec().Object(s.f.Object); ok && o.PerParent {
			continue // there is no list to take samples from
		}
		wait.Go(func() error {
			page, err := s.conn[side].List(ctx, connector.ListRequest{Object: s.f.Object, Fields: s.wanted(side)})
			if err != nil {
				s.failed(side, err)
				return nil
			}
			s.page[side], s.whole[side] = page.Records, page.Next == "" && !page.Partial
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
		if f.KeyKind() != "" && f.Read {
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
	if s.f.Parent() != "" { // it has no keys, and whom it hangs on has no partner yet
		s.used[side][id] = true
		s.add(ids[A], ids[B], "", "")
		return
	}
	switch found, problem := s.seek(ctx, side, id); {
	case problem != nil:
		s.failed(other, problem)
		why = ""
	default:
		for _, r := range found {
			s.learn(other, r)
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
	i := slices.IndexFunc(s.g.Fields[side], func(f connector.Field) bool { return f.KeyKind() == k.Kind && f.Read })
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
			if known, ok := s.fresh[side][ref.ID]; ok {
				s.out[i].Records[side] = known
				continue
			}
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
