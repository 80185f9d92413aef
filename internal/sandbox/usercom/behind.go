package usercom

import (
	"slices"
	"time"
)

// behind is what lists and searches see of a table while the search index is behind: rows as they were Options.SearchLag ago.
// Whether the real index is behind is not measured; a direct read is always the truth.
type behind[T any] struct{ past []was[T] }

// was is how a row stood until a write; nil: it was not there.
type was[T any] struct {
	until time.Time
	id    int64
	row   *T
}

// note keeps how a row stood before a write. Rows are changed in place, so that it is a copy.
func (b *behind[T]) note(now time.Time, lag time.Duration, id int64, before *T) {
	b.past = slices.DeleteFunc(b.past, func(w was[T]) bool { return !w.until.After(now) })
	if lag <= 0 {
		return
	}
	if before != nil {
		row := *before
		before = &row
	}
	b.past = append(b.past, was[T]{now.Add(lag), id, before})
}

// rows is the table as it is seen, by id: of each row that was written lately, how it stood before the first of those writes. id
// reads a row's own.
func (b *behind[T]) rows(now time.Time, t *table[T], id func(*T) int64) []*T {
	old := map[int64]*T{}
	for _, w := range b.past {
		if _, earlier := old[w.id]; !earlier && w.until.After(now) {
			old[w.id] = w.row
		}
	}
	if len(old) == 0 {
		return t.rows
	}
	var seen []*T
	for i, row := range t.rows {
		if _, late := old[t.ids[i]]; !late {
			seen = append(seen, row)
		}
	}
	for _, row := range old {
		if row != nil {
			seen = append(seen, row)
		}
	}
	slices.SortFunc(seen, func(a, b *T) int { return int(max(-1, min(1, id(a)-id(b)))) })
	return seen
}

// SetSearchLag says how far lists and searches are behind from now on. None has them catch up at once; what was written under
// another lag keeps its own.
func (c *CRM) SetSearchLag(lag time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.opts.SearchLag = max(lag, 0); lag <= 0 {
		c.catchUp()
	}
}

// SearchLag is how far lists and searches are behind.
func (c *CRM) SearchLag() time.Duration {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.opts.SearchLag
}

// catchUp has lists show everything as it is. The caller holds the lock.
func (c *CRM) catchUp() {
	c.oldUsers.past, c.oldCompanies.past, c.oldActivities.past = nil, nil, nil
}

func (c *CRM) noteUser(id int64, before *contact) {
	c.oldUsers.note(c.opts.Clock.Now(), c.opts.SearchLag, id, before)
}

func (c *CRM) noteCompany(id int64, before *company) {
	c.oldCompanies.note(c.opts.Clock.Now(), c.opts.SearchLag, id, before)
}

func (c *CRM) noteActivity(id int64, before *activity) {
	c.oldActivities.note(c.opts.Clock.Now(), c.opts.SearchLag, id, before)
}

// seenUsers are the contacts as lists show them.
func (c *CRM) seenUsers() []*contact {
	return c.oldUsers.rows(c.opts.Clock.Now(), &c.users, func(u *contact) int64 { return u.ID })
}

// found are the contacts that an index holds under a value, by id; what index reads of a contact is read where lists are behind.
func (c *CRM) found(x index, value string, read func(*contact) string) (rows []*contact) {
	if len(c.oldUsers.past) == 0 {
		for _, id := range slices.Sorted(slices.Values(x[value])) {
			rows = append(rows, c.users.get(id))
		}
		return rows
	}
	for _, u := range c.seenUsers() {
		if value != "" && read(u) == value {
			rows = append(rows, u)
		}
	}
	return rows
}

func (c *CRM) seenCompanies() []*company {
	return c.oldCompanies.rows(c.opts.Clock.Now(), &c.companies, func(co *company) int64 { return co.ID })
}

func (c *CRM) seenActivities() []*activity {
	return c.oldActivities.rows(c.opts.Clock.Now(), &c.activities, func(a *activity) int64 { return a.ID })
}
