package highlevel

import "time"

// index is what POST /contacts/search and the deprecated list see: contacts as
// they were some time ago (section 1.7).
type index struct {
	lag     time.Duration
	docs    map[string]*doc
	added   timeline
	updated timeline
	waiting []change   // in the order in which they become visible
	version int        // moves with every visible change
	order   sortedList // the last order that no timeline has
	counted counted    // the last total of a filter
}

type change struct {
	at      time.Time
	id      string
	contact *Contact // nil: deleted
}

func newIndex(lag time.Duration) *index {
	return &index{
		lag: lag, docs: map[string]*doc{},
		added:   timeline{of: func(c *Contact) Stamp { return c.DateAdded }},
		updated: timeline{of: func(c *Contact) Stamp { return c.DateUpdated }},
	}
}

// put takes in a change; it shows after the lag.
func (x *index) put(now time.Time, id string, contact *Contact) {
	if x.lag <= 0 && len(x.waiting) == 0 {
		x.show(id, contact)
		return
	}
	x.waiting = append(x.waiting, change{now.Add(x.lag), id, contact})
}

// catchUp shows everything whose lag is over.
func (x *index) catchUp(now time.Time) {
	n := 0
	for n < len(x.waiting) && !x.waiting[n].at.After(now) {
		x.show(x.waiting[n].id, x.waiting[n].contact)
		n++
	}
	if x.waiting = x.waiting[n:]; len(x.waiting) == 0 {
		x.waiting = nil
	}
}

func (x *index) show(id string, contact *Contact) {
	d := x.docs[id]
	if d == nil {
		d = &doc{id: id}
		x.docs[id] = d
	}
	from := d.visible
	d.visible = contact
	if contact == nil {
		delete(x.docs, id)
	}
	x.added.replace(d, from, contact)
	x.updated.replace(d, from, contact)
	x.version++
}

// size is how many contacts are visible.
func (x *index) size() int { return x.added.live }
