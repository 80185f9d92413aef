package engine

import "slices"

// Matching finds the partner of a record that has none (sync-semantics 5.8 step 3 and 5.14). Keys are tried in the
// order that the person chose. A key value that more than one record of a side holds identifies nobody: it never
// links, and it never blocks a better key. What cannot be told apart by these rules is left to a person.

// Candidate is one record with its keys, as the matcher sees it.
type Candidate struct {
	ID   string
	Keys map[string]string // kind -> normalised value
	// Own and Across list the ids that hold each kind's value on the record's own side and on the other side. Own holds
	// the record itself. Two ids are enough to know that a value is shared.
	Own, Across map[string][]string
	// Linked says that the record already has a partner.
	Linked bool
}

// MatchKind is the matcher's answer.
type MatchKind string

// The answers.
const (
	MatchLink   MatchKind = "link"
	MatchCreate MatchKind = "create"
	MatchReview MatchKind = "review"
)

// Match is the matcher's answer with its reason.
type Match struct {
	Kind    MatchKind
	Partner string
	By      string // the kind of key that joined them
	Reason  string // for a review: no_key, shared_key, keys_disagree, linked_elsewhere
	// Others are the records that made it ambiguous.
	Candidates, Twins []string
}

// ours reports whether a record was found to be one that we made.
func (m Match) ours() bool { return m.By == "stamp" || m.By == "made" }

type standing int

const (
	absent standing = iota // the record has no such key
	free                   // unique here, nobody there
	edge                   // unique here, exactly one there
	shared                 // held more than once on a side
)

func stand(c Candidate, kind string) (standing, string) {
	if c.Keys[kind] == "" {
		return absent, ""
	}
	own, across := len(c.Own[kind]), len(c.Across[kind])
	switch {
	case own <= 1 && across == 0:
		return free, ""
	case own <= 1 && across == 1:
		return edge, c.Across[kind][0]
	}
	return shared, ""
}

// FindPartner decides about s. partner returns the record of the other side with that id as the matcher sees it.
func FindPartner(s Candidate, order []string, partner func(id string) (Candidate, bool)) Match {
	id, by, review := reach(s, order)
	switch {
	case review != "":
		return giveUp(s, review)
	case id == "":
		return alone(s, order)
	}
	c, ok := partner(id)
	switch {
	case !ok:
		return giveUp(s, "keys_disagree")
	case c.Linked:
		return giveUp(s, "linked_elsewhere")
	case contradicts(s, c, order, by):
		return giveUp(s, "keys_disagree")
	}
	if back, _, review := reach(c, order); review != "" || back != s.ID {
		return giveUp(s, "keys_disagree")
	}
	return Match{Kind: MatchLink, Partner: id, By: by}
}

// reach follows the record's keys to at most one record of the other side.
func reach(s Candidate, order []string) (id, by, review string) {
	some := false
	for _, kind := range order {
		st, to := stand(s, kind)
		if st != absent {
			some = true
		}
		if st != edge {
			continue
		}
		if id != "" && id != to {
			return "", "", "keys_disagree"
		}
		if id == "" {
			id, by = to, kind
		}
	}
	if !some {
		return "", "", "no_key"
	}
	return id, by, ""
}

// contradicts reports whether the two records have different values under a stronger key than the one that joins them.
func contradicts(s, c Candidate, order []string, by string) bool {
	for _, kind := range order[:slices.Index(order, by)] {
		if s.Keys[kind] != "" && c.Keys[kind] != "" && s.Keys[kind] != c.Keys[kind] {
			return true
		}
	}
	return false
}

// alone decides about a record that no key leads from.
func alone(s Candidate, order []string) Match {
	for _, kind := range order {
		switch st, _ := stand(s, kind); st {
		case free:
			return Match{Kind: MatchCreate}
		case shared:
			return giveUp(s, "shared_key")
		}
	}
	return giveUp(s, "no_key")
}

func giveUp(s Candidate, reason string) Match {
	m := Match{Kind: MatchReview, Reason: reason}
	for _, ids := range s.Across {
		m.Candidates = append(m.Candidates, ids...)
	}
	for _, ids := range s.Own {
		for _, id := range ids {
			if id != s.ID {
				m.Twins = append(m.Twins, id)
			}
		}
	}
	slices.Sort(m.Candidates)
	slices.Sort(m.Twins)
	m.Candidates, m.Twins = slices.Compact(m.Candidates), slices.Compact(m.Twins)
	return m
}
