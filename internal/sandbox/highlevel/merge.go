package highlevel

import (
	"slices"
	"strings"
)

// Merge makes one contact of two, as a person does in the CRM: the API has no such call, and tells nobody that it happened
// (section 11.4 lists no event of it). The loser is gone, the keeper gets its email and phone where it has none, and its
// tasks and notes. What is told is what is told of such changes in any case [U]: that the one changed and that the other was
// deleted; nothing of the tasks and notes.
func (c *CRM) Merge(keep, lose string) (map[string]any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, lost := c.contacts[keep], c.contacts[lose]
	switch {
	case kept == nil:
		return nil, contactGone(keep)
	case lost == nil:
		return nil, contactGone(lose)
	case keep == lose:
		return nil, badRequest("a contact cannot be merged with itself")
	}
	tasks, notes := slices.Clone(c.tasks.byContact[lose]), c.notes[lose]
	for _, id := range tasks {
		moved := *c.tasks.byID[id]
		moved.ContactID = keep
		c.keepTask(&moved)
	}
	all := slices.Clone(c.notes[keep])
	for _, n := range notes {
		moved := *n
		moved.ContactID = keep
		all = append(all, &moved)
	}
	slices.SortStableFunc(all, func(a, b *Note) int { return int(a.DateAdded - b.DateAdded) })
	if delete(c.notes, lose); len(all) > 0 {
		c.notes[keep] = all
	}
	c.move(lose, keep)
	next := *kept
	if strings.TrimSpace(next.Email) == "" {
		next.Email = lost.Email
	}
	if next.Phone == "" {
		next.Phone = lost.Phone
	}
	c.remove(lost)
	now, err := plain(viewOf(c.save(kept, &next)))
	return map[string]any{"kept": now, "lost": lose, "tasks": len(tasks), "notes": len(notes)}, err
}
