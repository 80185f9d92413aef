package engine

import "couplet/internal/connector"

// candidate is a record as the matcher sees it.
func (v *view) candidate(side Side, id string) Candidate {
	m := v.mirror[side][id]
	c := Candidate{ID: id, Keys: m.Keys, Own: map[string][]string{}, Across: map[string][]string{}}
	_, c.Linked = v.link[side][id]
	for k, val := range m.Keys {
		c.Own[k] = v.held[side][Key{k, val}]
		c.Across[k] = v.held[side.Other()][Key{k, val}]
	}
	return c
}

// buried reports whether one of the record's keys belonged to a record that was deleted.
func (v *view) buried(side Side, m Mirror) bool {
	for k, val := range m.Keys {
		if v.grave[side][v.hash(Key{k, val})] {
			return true
		}
	}
	return false
}

// refOf points at a record of this flow's object.
func (s *session) refOf(m Mirror) connector.Ref {
	return connector.Ref{Object: s.flow.Object, ID: m.ID, Parent: m.Parent}
}
