package engine

import "testing"

// people build a small world for the matcher: records by side, each with "email" and "phone" ("" for none).
type people map[string][2]string

func findIn(sides [2]people, linked map[string]bool, side Side, id string) Match {
	candidate := func(side Side, id string) Candidate {
		c := Candidate{ID: id, Keys: map[string]string{}, Own: map[string][]string{}, Across: map[string][]string{}, Linked: linked[id]}
		for i, kind := range []string{"email", "phone"} {
			v := sides[side][id][i]
			if v == "" {
				continue
			}
			c.Keys[kind] = v
			for s, into := range map[Side]map[string][]string{side: c.Own, side.Other(): c.Across} {
				for other, p := range sides[s] {
					if p[i] == v {
						into[kind] = append(into[kind], other)
					}
				}
			}
		}
		return c
	}
	return FindPartner(candidate(side, id), []string{"email", "phone"}, func(id string) (Candidate, bool) {
		_, ok := sides[side.Other()][id]
		return candidate(side.Other(), id), ok
	})
}

// TestMatching holds the rule of sync-semantics 5.8 step 3 and 5.14, a case a line.
func TestMatching(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		a, b   people
		linked string
		kind   MatchKind
		reason string
	}{
		{name: "same email, both unique", a: people{"a": {"e", ""}}, b: people{"b": {"e", ""}}, kind: MatchLink},
		{name: "nobody there", a: people{"a": {"e", "p"}}, b: people{}, kind: MatchCreate},
		{name: "by phone when there is no email", a: people{"a": {"", "p"}}, b: people{"b": {"e", "p"}}, kind: MatchLink},
		{name: "no key at all", a: people{"a": {"", ""}}, b: people{}, kind: MatchReview, reason: "no_key"},
		{name: "two here share the email", a: people{"a": {"e", ""}, "a2": {"e", ""}}, b: people{"b": {"e", ""}}, kind: MatchReview, reason: "shared_key"},
		{name: "two there share the email", a: people{"a": {"e", ""}}, b: people{"b": {"e", ""}, "b2": {"e", ""}}, kind: MatchReview, reason: "shared_key"},
		{name: "email and phone lead to different people", a: people{"a": {"e", "p"}}, b: people{"b": {"e", ""}, "b2": {"", "p"}}, kind: MatchReview, reason: "keys_disagree"},
		{name: "one phone, two emails: a family", a: people{"a": {"e1", "p"}}, b: people{"b": {"e2", "p"}}, kind: MatchReview, reason: "keys_disagree"},
		{name: "a shared phone does not block a unique email", a: people{"a": {"e1", "p"}, "a2": {"e2", "p"}}, b: people{"b": {"e1", "p"}}, kind: MatchLink},
		{name: "a shared phone does not block a create", a: people{"a": {"e1", "p"}, "a2": {"e2", "p"}}, b: people{"b": {"e9", "p"}}, kind: MatchCreate},
		{name: "the match has a partner already", a: people{"a": {"e", ""}}, b: people{"b": {"e", ""}}, linked: "b", kind: MatchReview, reason: "linked_elsewhere"},
		{name: "the match leads back to two", a: people{"a": {"e", ""}, "a2": {"", "p"}}, b: people{"b": {"e", "p"}}, kind: MatchReview, reason: "keys_disagree"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := findIn([2]people{c.a, c.b}, map[string]bool{c.linked: c.linked != ""}, A, "a")
			if m.Kind != c.kind || m.Reason != c.reason {
				t.Errorf("got %s %q, want %s %q", m.Kind, m.Reason, c.kind, c.reason)
			}
		})
	}
}
