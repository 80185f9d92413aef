package highlevel

import (
	"cmp"
	"slices"
	"sort"
)

// doc is one contact in the search index: the version that searches see now, nil
// once its deletion has become visible.
type doc struct {
	id      string
	visible *Contact
}

// timeline keeps docs in the order of one of their dates and then their id. An
// entry whose date is no longer its doc's is dead and is skipped; dead entries are
// swept out when they outnumber the others. Appending at the end, which is what
// live writes do, costs nothing; what arrives far out of order is sorted in once,
// at the next read.
type timeline struct {
	of      func(*Contact) Stamp
	entries []entry
	live    int
	dirty   bool
}

type entry struct {
	at  Stamp
	doc *doc
}

func (e entry) compare(at Stamp, id string) int {
	return cmp.Or(cmp.Compare(e.at, at), cmp.Compare(e.doc.id, id))
}

func (t *timeline) alive(e entry) bool {
	return e.doc.visible != nil && t.of(e.doc.visible) == e.at
}

// replace is called after d changed from one visible version to another; either may be nil.
func (t *timeline) replace(d *doc, from, to *Contact) {
	switch {
	case from == nil && to == nil:
		return
	case from != nil && to != nil && t.of(from) == t.of(to):
		return
	}
	if from != nil {
		t.live--
	}
	if to != nil {
		t.live++
		t.insert(entry{t.of(to), d})
	}
	if len(t.entries) > 2*t.live+1024 {
		t.entries = slices.DeleteFunc(t.entries, func(e entry) bool { return !t.alive(e) })
	}
}

func (t *timeline) insert(e entry) {
	n := len(t.entries)
	if t.dirty || n == 0 || t.entries[n-1].compare(e.at, e.doc.id) < 0 {
		t.entries = append(t.entries, e)
		return
	}
	at := t.seek(e.at, e.doc.id)
	if at < n && t.entries[at] == e {
		return // it was dead, and its date came back
	}
	if n-at > 4096 {
		t.entries, t.dirty = append(t.entries, e), true
		return
	}
	t.entries = slices.Insert(t.entries, at, e)
}

// ready sorts what arrived out of order.
func (t *timeline) ready() {
	if t.dirty {
		slices.SortFunc(t.entries, func(a, b entry) int { return a.compare(b.at, b.doc.id) })
		t.entries, t.dirty = slices.Compact(t.entries), false
	}
}

// seek is the first entry at or after a position.
func (t *timeline) seek(at Stamp, id string) int {
	return sort.Search(len(t.entries), func(i int) bool { return t.entries[i].compare(at, id) >= 0 })
}

// walk goes through the living contacts strictly beyond a position, upwards or
// downwards, until yield says stop. from nil is the respective end.
func (t *timeline) walk(from *position, down bool, yield func(*Contact) bool) {
	t.ready()
	i, step, end := 0, 1, len(t.entries)
	if from != nil {
		i = t.seek(from.at, from.id)
	}
	if down {
		step, end = -1, -1
		if from == nil {
			i = len(t.entries)
		}
		i--
	} else if from != nil && i < len(t.entries) && t.entries[i].compare(from.at, from.id) == 0 {
		i++
	}
	for ; i != end && i >= 0 && i < len(t.entries); i += step {
		if e := t.entries[i]; t.alive(e) && !yield(e.doc.visible) {
			return
		}
	}
}

// position is a place in a timeline: after this contact.
type position struct {
	at Stamp
	id string
}
