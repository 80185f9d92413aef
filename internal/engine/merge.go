package engine

import (
	"context"
	"slices"

	"couplet/internal/connector"
)

// Neither system says that two records were merged: one of them is gone, and the other has what it had. When that can be
// seen, the one that is gone is never made again and its partner never deleted or tagged: a person is asked to merge the
// partners, too (sync-semantics 5.13). Children that moved with it go on with their partners meanwhile, and when those have moved, too.

// heirs looks for a record that the one that is gone on a side was merged into, and for that one's partner. What it finds
// was there before the other was gone, and shows one of these: a child of the other hangs on it; it carries the other's reference; it has the other's email,
// by which both systems merge, be it as one of several; it has the other's phone, and changed within the last sweep.
func (s *session) heirs(ctx context.Context, j job, side Side) (found [2]string, err error) {
	m, conn := j.m[side], s.flow.Connections[side]
	if s.kin != nil {
		return found, nil
	}
	moved, err := s.e.Store.MovedChildren(ctx, s.ws, conn, j.link.ID, m.ID)
	if err != nil {
		return found, err
	}
	var keys []Key
	for _, kind := range s.flow.Match {
		if v := m.Keys[kind]; v != "" {
			keys = append(keys, Key{kind, v})
		}
	}
	held, err := s.e.Store.Holders(ctx, s.ws, conn, s.flow.Object, keys, 3)
	if err != nil {
		return found, err
	}
	bearers, err := s.bearers(ctx, side, m)
	if err != nil {
		return found, err
	}
	stamped, err := s.e.Store.Stamped(ctx, s.ws, conn, s.flow.Object, s.stamp(j.link.IDs[side.Other()]))
	if err != nil {
		return found, err
	}
	moved = append(append(moved, bearers...), stamped...)
	ids := slices.Clone(moved)
	for _, k := range keys {
		ids = append(ids, held[k]...)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == m.ID })
	if len(ids) == 0 {
		return found, nil
	}
	near, err := s.e.Store.Mirrors(ctx, s.ws, conn, s.flow.Object, ids)
	if err != nil {
		return found, err
	}
	for _, id := range ids {
		c := near[id]
		late := c.Changed.After(m.Seen.Add(-sweepEvery))
		if c.ID == "" || !c.Gone.IsZero() || !c.Suspect.IsZero() || !c.First.Before(m.Suspect) {
			continue
		}
		if slices.Contains(moved, id) || c.Keys["email"] != "" && c.Keys["email"] == m.Keys["email"] || late {
			found[side] = id
			break
		}
	}
	if found[side] == "" {
		return found, nil
	}
	links, err := s.e.Store.LinksOf(ctx, s.ws, s.pair.ID, side, []string{found[side]})
	if l, ok := links[found[side]]; ok {
		found[side.Other()] = l.IDs[side.Other()]
	}
	return found, err
}

// bearers asks a side who holds the email of a record that is gone there, also as an address beside the first.
func (s *session) bearers(ctx context.Context, side Side, m Mirror) ([]string, error) {
	i := slices.IndexFunc(s.fields[side], func(f connector.Field) bool { return f.KeyKind() == string(connector.Email) })
	if i < 0 || m.Keys["email"] == "" || !slices.Contains(s.flow.Match, "email") {
		return nil, nil
	}
	list, err := s.conn[side].Find(ctx, s.flow.Object, "", connector.Fields{s.fields[side][i].Name: m.Keys["email"]})
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	return ids, err
}
