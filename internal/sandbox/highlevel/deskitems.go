package highlevel

import (
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// ItemKinds are what can be put on a contact.
func (c *CRM) ItemKinds() []string {
	return []string{"task", "note", "appointment", "opportunity", "message"}
}

// Items lists the tasks, then the notes and then the rest of a contact.
func (c *CRM) Items(contactID string) []kit.Item {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []kit.Item
	for _, id := range c.tasks.byContact[contactID] {
		t := c.tasks.byID[id]
		all = append(all, kit.Item{Kind: "task", ID: t.ID, Title: t.Title, Text: t.Body, Due: time.UnixMilli(int64(t.DueDate)).UTC(),
			Done: t.Completed, Owner: c.userEmail(t.AssignedTo)})
	}
	for _, n := range c.notes[contactID] {
		all = append(all, kit.Item{Kind: "note", ID: n.ID, Title: n.Title, Text: n.Body, Owner: c.userEmail(n.UserID)})
	}
	return append(all, c.bookedItems(contactID)...)
}

func (c *CRM) userEmail(id string) string {
	for _, u := range c.users {
		if u.ID == id {
			return u.Email
		}
	}
	return id
}

// The choices of an input that says whether a task is done.
const taskOpen, taskDone = "open", "done"

// ItemForm is the form of something of a contact, of a new one when id is empty; ok is false when there is none.
func (c *CRM) ItemForm(contactID, kind, id string) (fields []kit.Field, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.contacts[contactID] == nil {
		return nil, false
	}
	var staff []string
	for _, u := range c.users {
		staff = append(staff, u.Email)
	}
	switch kind {
	case "task":
		t := &Task{DueDate: stampOf(c.now().Add(24 * time.Hour).Truncate(time.Hour))}
		if id != "" {
			if t = c.tasks.byID[id]; t == nil || t.ContactID != contactID {
				return nil, false
			}
		}
		state := taskOpen
		if t.Completed {
			state = taskDone
		}
		return []kit.Field{
			{Name: "title", Label: "Title", Value: t.Title, Type: "text"},
			{Name: "body", Label: "Description", Value: t.Body, Type: "textarea"},
			{Name: "dueDate", Label: "Due", Value: time.UnixMilli(int64(t.DueDate)).UTC().Format(time.RFC3339), Type: "text", Help: "Such as 2031-05-20T15:00:00Z."},
			{Name: "completed", Label: "State", Value: state, Options: []string{taskOpen, taskDone}},
			{Name: "assignedTo", Label: "Assigned to", Value: c.userEmail(t.AssignedTo), Options: staff},
		}, true
	case "note":
		n := &Note{}
		if id != "" {
			owner, at, ok := c.noteByID(id)
			if !ok || owner != contactID {
				return nil, false
			}
			n = c.notes[owner][at]
		}
		return []kit.Field{
			{Name: "body", Label: "Text", Value: n.Body, Type: "textarea", Help: "HTML, as the editor of the real one writes it."},
			{Name: "userId", Label: "Written by", Value: c.userEmail(n.UserID), Options: staff},
		}, true
	}
	return c.bookedForm(contactID, kind, id)
}

// SaveItem writes what a person typed, by the names of ItemForm, and makes a new record when id is empty. Fields that are
// not named stay.
func (c *CRM) SaveItem(contactID, kind, id string, typed map[string]string) error {
	if family := booked[kind]; family != "" {
		return c.saveBooked(contactID, kind, id, typed)
	}
	fields, needed := map[string]any{"contactId": contactID}, map[string]string{"task": "title", "note": "body"}[kind]
	for name, v := range typed {
		switch v = strings.TrimSpace(v); name {
		case "completed":
			fields[name] = v == taskDone
		case "assignedTo", "userId":
			c.mu.Lock()
			fields[name] = c.userID(v)
			c.mu.Unlock()
		case "dueDate":
			if _, ok := parseInstant(v); !ok {
				return invalid("dueDate must be a valid ISO 8601 date string")
			}
			fields[name] = v
		default:
			if v == "" && name == needed {
				return invalid(name + " should not be empty")
			}
			fields[name] = v
		}
	}
	var err error
	if id == "" {
		if fields[needed] == nil {
			return invalid(needed + " should not be empty")
		}
		_, err = c.Create(kind+"s", fields)
	} else {
		_, err = c.Update(kind+"s", id, fields)
	}
	return err
}

// DropItem deletes it as a person would.
func (c *CRM) DropItem(kind, id string) error {
	if family := booked[kind]; family != "" {
		return c.Delete(family, id)
	}
	return c.Delete(kind+"s", id)
}

// TurnTask completes a task, or opens it again.
func (c *CRM) TurnTask(id string, done bool) error {
	_, err := c.Update("tasks", id, map[string]any{"completed": done})
	return err
}
