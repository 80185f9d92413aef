package highlevel

import (
	"strings"
	"time"
)

// Seeded is a task or note that was there before the sandbox started. Owner is the email of a user, "" for nobody.
type Seeded struct {
	Title, Body string
	Due         time.Time
	Done        bool
	Owner       string
	Made        time.Time
}

// AddUser makes sure that somebody works in the location, without webhooks, and returns the user's id.
func (c *CRM) AddUser(first, last, email string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id := c.userID(email); id != "" {
		return id
	}
	return c.addUser(map[string]any{"firstName": first, "lastName": last, "email": email}).ID
}

func (c *CRM) userID(email string) string {
	for _, u := range c.users {
		if strings.EqualFold(u.Email, email) {
			return u.ID
		}
	}
	return ""
}

// AddTask puts a seeded task on a contact, without webhooks, and returns its id.
func (c *CRM) AddTask(contactID string, s Seeded) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &Task{
		ID: c.newID(), ContactID: contactID, Title: s.Title, Body: s.Body, AssignedTo: c.userID(s.Owner),
		DueDate: stampOf(s.Due), Completed: s.Done, DateAdded: stampOf(s.Made), DateUpdated: stampOf(s.Made),
	}
	c.tasks.keep(t)
	c.taskIndex.seen.keep(t) // what was there before the sandbox started is indexed
	return t.ID
}

// AddNote puts a seeded note on a contact, without webhooks, and returns its id.
func (c *CRM) AddNote(contactID string, s Seeded) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := &Note{ID: c.newID(), ContactID: contactID, Body: s.Body, UserID: c.userID(s.Owner), DateAdded: stampOf(s.Made)}
	c.notes[contactID] = append(c.notes[contactID], n)
	return n.ID
}
