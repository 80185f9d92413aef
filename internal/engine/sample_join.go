package engine

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"couplet/internal/connector"
)

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
				s.out = append(s.out, Sample{Records: s.refs(l.IDs[A], l.IDs[B]), Linked: true, Link: l.ID, base: l.Base})
			}
			s.used[A][l.IDs[A]], s.used[B][l.IDs[B]] = true, true
		}
	}
	return s.join(ctx, pair, both)
}

// rounds is how often further pairs are tried in place of those that turned out to be none.
const rounds = 3

// join adds pairs that one key of both pages joins, until there are enough. A page shows only the beginning: somebody
// further on may hold the same key, and then it joins nobody. So who else holds it is asked before.
func (s *sampler) join(ctx context.Context, pair Pair, enough int) error {
	tried := map[string]bool{}
	for range rounds {
		type couple struct {
			a, b string
			key  Key
		}
		var some []couple
		for _, r := range s.page[A] {
			if len(s.out)+len(some) >= enough {
				break
			}
			if id, by := s.partner(A, r.ID); id != "" && !tried[r.ID] {
				tried[r.ID] = true
				some = append(some, couple{r.ID, id, Key{by, s.keys[A][r.ID][by]}})
			}
		}
		var keys []Key
		for _, c := range some {
			keys = append(keys, c.key)
		}
		if err := s.lookUp(ctx, pair, keys); err != nil || len(some) == 0 {
			return err
		}
		for _, c := range some {
			if id, by := s.partner(A, c.a); id == c.b {
				s.add(c.a, c.b, by, "")
			}
		}
	}
	return nil
}

// lookUp learns who holds keys on each side: from what runs have seen of everybody, else by asking.
func (s *sampler) lookUp(ctx context.Context, pair Pair, keys []Key) error {
	if !pair.Seeded.IsZero() {
		for _, side := range []Side{A, B} {
			held, err := s.e.Store.Holders(ctx, s.ws, s.f.Connections[side], s.f.Object, keys, 3)
			if err != nil {
				return err
			}
			for k, ids := range held {
				for _, id := range ids {
					if !slices.Contains(s.holders[side][k], id) {
						s.holders[side][k] = append(s.holders[side][k], id)
					}
				}
			}
		}
		return nil
	}
	var wait errgroup.Group
	found := make([][2][]connector.Record, len(keys))
	for i, k := range keys {
		for _, side := range []Side{A, B} {
			wait.Go(func() (err error) {
				if found[i][side], err = s.find(ctx, side, k); err != nil {
					s.failed(side, err)
				}
				return nil
			})
		}
	}
	_ = wait.Wait() // nothing in it fails
	for _, both := range found {
		for side, records := range both {
			for _, r := range records {
				s.learn(Side(side), r)
			}
		}
	}
	return nil
}

// learn keeps a record that was read afresh, so that it need not be read again.
func (s *sampler) learn(side Side, r connector.Record) {
	s.know(side, r)
	s.fresh[side][r.ID] = r
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
