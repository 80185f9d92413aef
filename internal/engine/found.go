package engine

import (
	"context"
	"slices"
	"time"

	"couplet/internal/connector"
)

// What a search on the other side shows, before and after a create.

// find asks the other side for records that hold one of the record's keys, or its stamp.
func (s *session) find(ctx context.Context, j job, stamped bool) ([]connector.Record, error) {
	to := j.side.Other()
	if s.kin != nil {
		return s.siblings(ctx, to, j.parent[to])
	}
	if s.few(to) {
		return s.siblings(ctx, to, "")
	}
	var queries []connector.Fields
	if stamped && s.stampField[to] != "" {
		queries = append(queries, connector.Fields{s.stampField[to]: j.intent.Stamp})
	}
	for _, kind := range s.flow.Match {
		v := j.m[j.side].Keys[kind]
		for _, f := range s.fields[to] {
			if v != "" && f.KeyKind() == kind {
				queries = append(queries, connector.Fields{f.Name: v})
				break
			}
		}
	}
	var all []connector.Record
	for _, q := range queries {
		found, err := s.conn[to].Find(ctx, s.flow.Object, "", q)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	// An index may still show the record that is to be made again.
	return slices.DeleteFunc(all, func(r connector.Record) bool { return r.ID == j.link.IDs[to] }), nil
}

// discovered puts found records that the mirror did not know into it, and has the matcher decide again.
func (s *session) discovered(ctx context.Context, j job, found []connector.Record, asked time.Time) (c Commit, news bool, err error) {
	to := j.side.Other()
	ids := make([]string, len(found))
	for i, r := range found {
		ids[i] = r.ID
	}
	known, err := s.e.Store.Mirrors(ctx, s.ws, s.flow.Connections[to], s.flow.Object, ids)
	if err != nil || len(found) == 0 {
		return c, false, err
	}
	var others []Hint
	for _, r := range found {
		if err := s.doubtEmpty(ctx, to, known[r.ID].Fields, r.Fields); err != nil {
			return c, false, err
		}
		m, changed, keep := s.merge(to, known[r.ID], r, asked)
		if s.mayLag(to, known[r.ID], r, Cursor{Began: asked}, asked) {
			m, changed, keep = known[r.ID], true, true
			m.Missing = s.need[to]
		}
		if keep {
			c.Mirrors[to] = append(c.Mirrors[to], m)
		}
		news = news || changed
		if changed {
			others = append(others, s.cameUpon(to, r.ID, r.Parent, asked))
		}
	}
	c.Again = append([]Hint{j.again("", s.e.Now(), "")}, others...)
	c.Again[0].Attempts = j.hint.Attempts
	return c, news, nil
}

// cameUpon is the hint for a record that the search for another one has found: the mirror knows it from then on, and no later
// reading would find anything new about it.
func (s *session) cameUpon(side Side, id, parent string, at time.Time) Hint {
	return Hint{Side: side, ID: id, Parent: parent, Reason: "poll", At: at, Due: s.e.Now()}
}

// carries finds the record that carries a stamp. One that is linked to somebody else got it by a merge, and was not made by us for this.
func (s *session) carries(ctx context.Context, side Side, stamp string, found []connector.Record) (connector.Record, bool, error) {
	for _, r := range found {
		if has, _ := r.Fields[s.stampField[side]].(string); has != stamp {
			continue
		}
		links, err := s.e.Store.LinksOf(ctx, s.ws, s.pair.ID, side, []string{r.ID})
		if err != nil {
			return r, false, err
		}
		if _, linked := links[r.ID]; !linked {
			return r, true, nil
		}
	}
	return connector.Record{}, false, nil
}
