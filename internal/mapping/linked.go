package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connector"
)

// A field of type Linked says what a record belongs to: the company of a contact. Its ids mean nothing on the other side; what
// they go by there is what a flow has linked. A side may hold several. The two sides agree as soon as one of the one side is the partner
// of one of the other: who belongs to further ones on a side that can hold them has not moved.

// Partners says which records of an object are which on the other side.
type Partners struct {
	to [2]map[string]string
	// Unknown says in words why nothing is known of them, "" when it is.
	Unknown string
}

// PairRecords makes Partners of linked ids.
func PairRecords(linked [][2]string) *Partners {
	p := &Partners{to: [2]map[string]string{{}, {}}}
	for _, ids := range linked {
		p.to[connector.B][ids[connector.A]], p.to[connector.A][ids[connector.B]] = ids[connector.B], ids[connector.A]
	}
	return p
}

// isLinked reports whether both sides of a rule say what a record belongs to.
func (r *Rule) isLinked() bool { return r.bothAre(connector.Linked) }

// Linked reports whether the rule is about what a record belongs to.
func (r *Rule) Linked() bool { return r.isLinked() }

// Translated reports whether values mean something on their own side only, and go over as their partners there: what has
// none waits for one.
func (r *Rule) Translated() bool { return r.isStaff() || r.isLinked() }

func (r *Rule) bothAre(t connector.Type) bool {
	return len(r.Fields[0]) == 1 && len(r.Fields[1]) == 1 && r.Fields[0][0].Type == t && r.Fields[1][0].Type == t
}

// ids are those of a value, in order.
func ids(v Value) []string {
	var out []string
	for id := range strings.SplitSeq(text(v), ",") {
		if id = strings.TrimSpace(id); id != "" {
			out = append(out, id)
		}
	}
	return out
}

// linked is the partner of the first of the ids that has one. The error says why there is none.
func (r *Rule) linked(to connector.Side, v Value) (Value, error) {
	one, there, here := r.Fields[to][0].Object, r.systems[to], r.systems[to.Other()]
	if r.partners == nil {
		return nil, fmt.Errorf("it is not known which %s of %s is which in %s", one, here, there)
	}
	if r.partners.Unknown != "" {
		return nil, errors.New(r.partners.Unknown)
	}
	for _, id := range ids(v) {
		if partner := r.partners.to[to][id]; partner != "" {
			return partner, nil
		}
	}
	return nil, fmt.Errorf("the %s that it belongs to in %s has no partner in %s yet", one, here, there)
}

// belongs reports whether a record of side A and one of side B belong to partners.
func (r *Rule) belongs(a, b Value) bool {
	there := ids(b)
	return r.partners != nil && slices.ContainsFunc(ids(a), func(id string) bool {
		partner := r.partners.to[connector.B][id]
		return partner != "" && slices.Contains(there, partner)
	})
}

// Took reports whether a side that was sent a value holds it: the same, or, of what a record belongs to, that among others.
func (r *Rule) Took(side connector.Side, sent, got Value) bool {
	if r.Same(side, sent, got) {
		return true
	}
	want, has := ids(sent), ids(got)
	return r.isLinked() && len(want) > 0 && !slices.ContainsFunc(want, func(id string) bool { return !slices.Contains(has, id) })
}

// Refers lists the objects whose links have to be known before a map can be compiled in full.
func Refers(rows []Row, a, b []connector.Field) []string {
	var out []string
	for _, row := range rows {
		if len(row.A) != 1 || len(row.B) != 1 {
			continue
		}
		x, _ := connector.FieldNamed(a, row.A[0])
		y, _ := connector.FieldNamed(b, row.B[0])
		if x.Object != "" && x.Object == y.Object && !slices.Contains(out, x.Object) {
			out = append(out, x.Object)
		}
	}
	return out
}
