package highlevel

import (
	"cmp"
	"slices"
)

// find answers a query: one page of contacts and how many match in all. A sort by
// one date walks a timeline from the asked place on; any other sort is made once
// and kept until the index changes.
func (x *index) find(s *query) (page []*Contact, total int) {
	total = x.count(s)
	skip := s.skip
	take := func(c *Contact) bool {
		if s.want != nil && !s.want(c) {
			return true
		}
		if skip > 0 {
			skip--
			return true
		}
		page = append(page, c)
		return len(page) < s.limit
	}
	first := s.sorts[0]
	line := map[string]*timeline{"dateAdded": &x.added, "dateUpdated": &x.updated}[first.field]
	if len(s.sorts) == 1 && line != nil {
		var from *position
		if s.after != nil {
			at, _ := ordinal(s.after[0])
			id, _ := s.after[1].(string)
			from = &position{Stamp(at), id}
		}
		line.walk(from, first.down, take)
		return page, total
	}
	all := x.sorted(s.sorts)
	start := 0
	if s.after != nil {
		start, _ = slices.BinarySearchFunc(all, s.after, func(c *Contact, after []any) int {
			if compareAfter(afterOf(c, s.sorts), after, s.sorts) <= 0 {
				return -1
			}
			return 1
		})
	}
	for _, c := range all[start:] {
		if !take(c) {
			break
		}
	}
	return page, total
}

// counted is a total that holds until the index changes.
type counted struct {
	wanted  string
	version int
	total   int
}

// count is the number of matches. Without a filter it is known; with one it is
// counted over everything, once for all pages of an unchanged index.
func (x *index) count(s *query) int {
	if s.want == nil {
		return x.size()
	}
	if x.counted.wanted == s.wanted && x.counted.version == x.version {
		return x.counted.total
	}
	n := 0
	x.added.walk(nil, false, func(c *Contact) bool {
		if s.want(c) {
			n++
		}
		return true
	})
	x.counted = counted{s.wanted, x.version, n}
	return n
}

// sortedList is the last order that was made.
type sortedList struct {
	sorts   []sorting
	version int
	all     []*Contact
}

func (x *index) sorted(sorts []sorting) []*Contact {
	if x.order.all != nil && x.order.version == x.version && slices.Equal(x.order.sorts, sorts) {
		return x.order.all
	}
	type keyed struct {
		key     []any
		contact *Contact
	}
	list := make([]keyed, 0, len(x.docs))
	for _, d := range x.docs {
		if d.visible != nil {
			list = append(list, keyed{afterOf(d.visible, sorts), d.visible})
		}
	}
	slices.SortFunc(list, func(a, b keyed) int { return compareAfter(a.key, b.key, sorts) })
	all := make([]*Contact, len(list))
	for i := range list {
		all[i] = list[i].contact
	}
	x.order = sortedList{sorts, x.version, all}
	return all
}

// compareAfter orders two searchAfter values; the id goes the way of the last sorting.
func compareAfter(a, b []any, sorts []sorting) int {
	for i, v := range a {
		n := compareKeys(v, b[i])
		if n != 0 {
			if sorts[min(i, len(sorts)-1)].down && v != nil && b[i] != nil {
				return -n
			}
			return n
		}
	}
	return 0
}

// compareKeys puts unset values last, whatever the direction, as the engine behind the real search does [U].
func compareKeys(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(nilRank(a), nilRank(b))
	}
	if s, ok := a.(string); ok {
		t, _ := b.(string)
		return cmp.Compare(s, t)
	}
	return cmp.Compare(number64(a), number64(b))
}

func nilRank(v any) int {
	if v == nil {
		return 1
	}
	return 0
}

func number64(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}
