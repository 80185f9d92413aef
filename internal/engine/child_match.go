package engine

import (
	"cmp"
	"encoding/json"
	"slices"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Children have no keys. An unlinked one is found to be the partner of another by what it says, among the unlinked children
// of the two parents, and one to one: the third of three equal tasks goes with the third of the other side. Such twins are
// paired in order only where nobody could tell them apart; what is merely alike is joined when there is one of each.

// pairChild decides about a child that has no partner.
func (s *session) pairChild(v *view, j job) job {
	other := j.side.Other()
	m := j.m[j.side]
	if v.grave[j.side][m.ID] {
		j.do, j.why = drop, "detached"
		return j
	}
	j, linked := s.underParent(v, j)
	if !linked {
		return j
	}
	j.lock = j.parentLink + "\x00" + s.form(j.side, m.Fields)
	if source, ours := s.source(m.Stamp); ours {
		return s.stamped(v, j, source)
	}
	in, begun := v.intent[j.side][m.ID]
	j.intent = in
	if begun && in.State != Absent {
		return s.unsettled(j)
	}
	across := s.unlinked(v, other, j.parent[other])
	if s.stampField[j.side] == "" || m.Stamp == "" {
		for _, c := range across { // it may be what one of them was being made into
			if in, ok := v.intent[other][c.ID]; ok && in.State != Absent && s.madeOf(in, m.Fields) {
				return s.behind(j, in, c)
			}
		}
	}
	j.match = s.twin(s.unlinked(v, j.side, j.parent[j.side]), across, j.side, m)
	if j.match.By == "likeness" && s.copied(v, j) {
		j.match = Match{Kind: MatchCreate}
	}
	if j.match.Kind == MatchLink {
		partner := v.mirror[other][j.match.Partner]
		if in, ok := v.intent[other][partner.ID]; ok && in.State != Absent {
			return s.behind(j, in, partner)
		}
		j.do, j.m[other] = join, partner
		return j
	}
	if !s.flow.Direction.To(other) {
		j.do, j.why = drop, "one_way"
		return j
	}
	return s.timedChild(v, j)
}

// unlinked are the live children of a parent that have no partner and wait for nobody, in the order of their ids.
func (s *session) unlinked(v *view, side Side, parent string) []Mirror {
	var out []Mirror
	for _, id := range v.kin.kids[side][parent] {
		m := v.mirror[side][id]
		_, linked := v.link[side][id]
		r, asked := v.review[side][id]
		_, ours := s.source(m.Stamp) // it has a partner already, who need only be told
		if linked || asked && !r.Held() || ours || v.grave[side][id] || m.ID == "" || !m.Gone.IsZero() || m.Parent != parent {
			continue
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(x, y Mirror) int { return cmp.Or(cmp.Compare(len(x.ID), len(y.ID)), cmp.Compare(x.ID, y.ID)) })
	return out
}

// twin finds the partner of a child among those of the partner parent. It finds the same pairs from both sides.
func (s *session) twin(own, across []Mirror, side Side, m Mirror) Match {
	if i, ok := s.same(own, across, side, m); ok {
		return Match{Kind: MatchLink, Partner: across[i].ID, By: "content"}
	}
	other := side.Other()
	alone := func(side Side, own, across []Mirror, like func(Mirror) bool) (left []Mirror) {
		for _, o := range own {
			if !like(o) {
				continue
			}
			if _, taken := s.same(own, across, side, o); !taken {
				left = append(left, o)
			}
		}
		return left
	}
	mine := alone(side, own, across, func(o Mirror) bool { return s.equal(side, s.kin.alike, o.Fields, m.Fields) })
	theirs := alone(other, across, own, func(c Mirror) bool { return s.agree2(side, s.kin.alike, m.Fields, c.Fields) })
	if len(mine) == 1 && len(theirs) == 1 {
		return Match{Kind: MatchLink, Partner: theirs[0].ID, By: "likeness"}
	}
	return Match{Kind: MatchCreate}
}

// copied reports whether one that looks like the child has a partner that was made from it: they were more than two then, and
// nobody could tell which was which. What is left over of them is no pair either.
func (s *session) copied(v *view, j job) bool {
	for _, id := range v.kin.kids[j.side][j.parent[j.side]] {
		l, linked := v.link[j.side][id]
		if linked && l.Made != "match" && s.equal(j.side, s.kin.alike, v.mirror[j.side][id].Fields, j.m[j.side].Fields) {
			return true
		}
	}
	return false
}

// same finds the child of the other side that says the same in everything and has the same place among its equals.
func (s *session) same(own, across []Mirror, side Side, m Mirror) (int, bool) {
	place := 0
	for _, o := range own {
		if o.ID == m.ID {
			break
		}
		if s.equal(side, s.kin.all, o.Fields, m.Fields) {
			place++
		}
	}
	for i, c := range across {
		if !s.agree2(side, s.kin.all, m.Fields, c.Fields) {
			continue
		}
		if place--; place < 0 {
			return i, true
		}
	}
	return 0, false
}

// equal reports whether two children of one side mean the same by the rules.
func (s *session) equal(side Side, rules []*mapping.Rule, x, y connector.Fields) bool {
	return !slices.ContainsFunc(rules, func(r *mapping.Rule) bool {
		a, _ := r.Read(side, x)
		b, _ := r.Read(side, y)
		return !r.Same(side, a, b)
	})
}

// agree2 reports whether a child of a side and one of the other say the same by the rules. What a system cut or filled in
// by itself is no difference.
func (s *session) agree2(side Side, rules []*mapping.Rule, mine, theirs connector.Fields) bool {
	return !slices.ContainsFunc(rules, func(r *mapping.Rule) bool {
		x, _ := r.Read(side, mine)
		y, shown := r.Read(side.Other(), theirs)
		return !shown || !says(r, side, x, y)
	})
}

func says(r *mapping.Rule, side Side, x, y mapping.Value) bool {
	a, b := x, y
	if side == B {
		a, b = y, x
	}
	return r.Agree(a, b) || r.Cut(B, a, b) || r.Cut(A, b, a)
}

// form is what a child says in the rules by which it is recognised, in one form for both sides.
func (s *session) form(side Side, f connector.Fields) string {
	forms := make([]string, len(s.kin.alike))
	for i, r := range s.kin.alike {
		v, _ := r.Read(side, f)
		forms[i] = r.Form(side, v)
	}
	return mapping.Canon(forms)
}

// content is what a create is made of, for recognising what it made, and for telling what people change until then. It is
// kept with the intent, because the source may say something else by then.
func (s *session) content(j job) string {
	if len(s.told) == 0 {
		return ""
	}
	said := map[string]any{}
	for i := range s.rules.Rules {
		r := &s.rules.Rules[i]
		if v, _ := r.Read(j.side, j.m[j.side].Fields); r.Kind == mapping.Single && !mapping.Empty(v) {
			said[r.Key] = v
		}
	}
	text, _ := json.Marshal(said) // texts, numbers and booleans always marshal
	return string(text)
}

// madeFrom is what both sides agreed on when an intent made the record that was found: what the source said then, and what
// was made of it. So what somebody has typed into either since counts as a change, and nothing else does. A field that did not arrive has
// no agreement, and is filled in.
func (s *session) madeFrom(in Intent, shows connector.Fields) map[string]Base {
	var said map[string]any
	if json.Unmarshal([]byte(in.Content), &said) != nil {
		return nil
	}
	from, agreed := in.Side.Other(), map[string]Base{}
	for i := range s.rules.Rules {
		r := &s.rules.Rules[i]
		v := r.Restore(from, said[r.Key])
		sent, err := r.Convert(in.Side, v)
		got, shown := r.Read(in.Side, shows)
		if mapping.Empty(v) || err != nil || !shown || mapping.Empty(got) || !r.Direction.To(in.Side) {
			continue
		}
		if says(r, from, v, got) {
			sent = got
		} else if yes, answers := got.(bool); answers && !yes { // as it is where the value did not arrive
			continue
		}
		b := Base{Run: s.run.ID, Rule: "new_" + from.String(), At: s.e.Now().UnixMilli()}
		b.V[from], b.V[in.Side] = v, sent
		agreed[r.Key] = b
	}
	return agreed
}

// madeOf reports whether a record is what an intent would have made.
func (s *session) madeOf(in Intent, f connector.Fields) bool {
	var said map[string]any
	if json.Unmarshal([]byte(in.Content), &said) != nil {
		return false
	}
	from := in.Side.Other()
	for _, r := range s.told {
		v := r.Restore(from, said[r.Key])
		got, shown := r.Read(in.Side, f)
		if mapping.Empty(v) && shown { // it was left to the system, or filled in for it
			continue
		}
		if !shown || !says(r, from, v, got) && !r.Shortened(v, got) {
			return false
		}
	}
	return len(said) > 0
}

// timedChild decides when a child may be created: when the partner parent's children were read after a twin would have
// shown.
func (s *session) timedChild(v *view, j job) job {
	other := j.side.Other()
	j = s.timed(j)
	seen := s.kin.passed[other]
	if s.kin.lists[other] {
		seen = v.kin.read[other][j.parent[other]].At
	}
	switch {
	case !seen.IsZero() && !seen.Before(j.until):
		j.do, j.why = create, ""
	case j.do == create: // by a reading of the whole side, which is not what showed this parent's children
		j.do = search
	}
	return j
}
