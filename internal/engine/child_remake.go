package engine

import "slices"

// remakeChild decides whether the partner of a task or note is made again, under the contact where its own one is linked. It is
// not when somebody made the same one anew, and not when nobody is there whom it could hang on. begun says that it may be there.
func (s *session) remakeChild(v *view, j job, begun bool) job {
	other, m := j.side.Other(), j.m[j.side]
	under, linked := s.underParent(v, j)
	if !linked {
		j.do, j.why = part, fateAlone.reason(other)
		return j
	}
	if begun {
		return s.unsettled(under)
	}
	if slices.ContainsFunc(s.unlinked(v, other, under.parent[other]), func(c Mirror) bool { return s.agree2(j.side, s.kin.all, m.Fields, c.Fields) }) {
		return s.freed(v, j)
	}
	under.do = remake
	return under
}
