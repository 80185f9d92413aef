package highlevel

import (
	"net/http"
	"slices"
)

// Note is a contact's note: there is no dateUpdated (section 6).
type Note struct {
	ID        string `json:"id"`
	ContactID string `json:"contactId"`
	Body      string `json:"body"`
	UserID    string `json:"userId,omitempty"`
	Title     string `json:"title,omitempty"`
	Color     string `json:"color,omitempty"`
	Pinned    bool   `json:"pinned"`
	DateAdded Stamp  `json:"dateAdded"`
}

var (
	noteChange = dto{"body": text, "userId": text, "title": text, "color": text, "pinned": boolean}
	noteBody   = noteChange.with(dto{"body": must(filled)})
)

func (n *Note) write(fields map[string]any) {
	for name, field := range map[string]*string{
		"body": &n.Body, "userId": &n.UserID, "title": &n.Title, "color": &n.Color,
	} {
		if v, present := fields[name]; present {
			*field, _ = v.(string)
		}
	}
	if pinned, ok := fields["pinned"].(bool); ok {
		n.Pinned = pinned
	}
}

func (c *CRM) listNotes(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	contact, err := c.find(q)
	if err != nil {
		return 0, nil, err
	}
	notes := append([]*Note{}, c.notes[contact.ID]...)
	return http.StatusOK, map[string]any{"notes": notes, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) postNote(q *call) (int, any, *apiError) {
	if err := noteBody.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	contact, err := c.find(q)
	if err != nil {
		return 0, nil, err
	}
	c.ignore(q.body, "body")
	n := c.createNote(contact.ID, q.body)
	return c.created(http.StatusCreated, map[string]any{"note": n, "traceId": c.ids.UUID()})
}

func (c *CRM) createNote(contactID string, fields map[string]any) *Note {
	n := &Note{ID: c.newID(), ContactID: contactID, DateAdded: stampOf(c.now())}
	n.write(fields)
	c.notes[contactID] = append(c.notes[contactID], n)
	c.noteEvent("NoteCreate", n)
	return n
}

// findNote returns a note's place in its contact's list; a missing note is 404 [U].
func (c *CRM) findNote(q *call) (contactID string, at int, err *apiError) {
	contact, err := c.find(q)
	if err != nil {
		return "", 0, err
	}
	id := q.PathValue("id")
	at = slices.IndexFunc(c.notes[contact.ID], func(n *Note) bool { return n.ID == id })
	if at < 0 {
		return "", 0, resourceGone("Note", id)
	}
	return contact.ID, at, nil
}

func (c *CRM) getNote(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	contactID, at, err := c.findNote(q)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"note": c.notes[contactID][at], "traceId": c.ids.UUID()}, nil
}

func (c *CRM) putNote(q *call) (int, any, *apiError) {
	if err := noteChange.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	contactID, at, err := c.findNote(q)
	if err != nil {
		return 0, nil, err
	}
	c.ignore(q.body)
	n := c.changeNote(contactID, at, q.body)
	return http.StatusOK, map[string]any{"note": n, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) changeNote(contactID string, at int, fields map[string]any) *Note {
	old := c.notes[contactID][at]
	next := *old
	next.write(fields)
	if next == *old {
		return old
	}
	c.notes[contactID][at] = &next
	c.noteEvent("NoteUpdate", &next)
	return &next
}

func (c *CRM) deleteNote(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	contactID, at, err := c.findNote(q)
	if err != nil {
		return 0, nil, err
	}
	c.dropNote(contactID, at)
	return http.StatusOK, map[string]any{"succeded": true, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) dropNote(contactID string, at int) {
	n := c.notes[contactID][at]
	if c.notes[contactID] = slices.Delete(c.notes[contactID], at, at+1); len(c.notes[contactID]) == 0 {
		delete(c.notes, contactID)
	}
	c.noteEvent("NoteDelete", n)
}
