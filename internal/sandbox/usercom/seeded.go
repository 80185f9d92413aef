package usercom

import (
	"html"
	"regexp"
	"strings"
	"time"
)

// Seeded is a task or note that was there before the sandbox started. Owner is the email of an agent, "" for nobody.
type Seeded struct {
	Title, Body string
	Due         time.Time
	Done        bool
	Owner       string
	Made        time.Time
}

// The types of ActivityTypes that tasks and notes have here.
const (
	TaskType = 3
	NoteType = 4
)

// AddTask puts a seeded task on a contact and returns its id. One without a due date is not possible through the API
// (section 8), but a workspace may hold it from before.
func (c *CRM) AddTask(contactID string, s Seeded) string {
	a := activity{Type: TaskType, Name: s.Title, Description: s.Body, Done: s.Done}
	if !s.Due.IsZero() {
		a.Due = s.Due.UnixMicro()
	}
	return c.addActivity(contactID, a, s)
}

// AddNote puts a seeded note on a contact and returns its id: an activity that is done (section 9, option A).
func (c *CRM) AddNote(contactID string, s Seeded) string {
	return c.addActivity(contactID, activity{Type: NoteType, Name: firstWords(s.Body), Description: s.Body, Done: true, Due: s.Made.UnixMicro()}, s)
}

func (c *CRM) addActivity(contactID string, a activity, s Seeded) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	a.ID, a.User, a.AssignedTo = c.activities.newID(), parseID(contactID), c.agentOf(s.Owner)
	a.Created, a.Updated = s.Made.UnixMicro(), s.Made.UnixMicro()
	if a.Done {
		a.DoneAt = a.Created
	}
	c.activities.put(a.ID, &a)
	return formatID(a.ID)
}

var anyTag = regexp.MustCompile(`<[^>]*>`)

// firstWords is the title of a note.
func firstWords(body string) string {
	words := []rune(strings.Join(strings.Fields(html.UnescapeString(anyTag.ReplaceAllString(body, " "))), " "))
	if len(words) > 60 {
		return string(words[:60]) + "…"
	}
	return string(words)
}
