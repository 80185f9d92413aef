package usercom

import (
	"slices"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// ItemKinds are what can be put on a contact.
func (c *CRM) ItemKinds() []string { return []string{"task", "note", "event"} }

// Items lists the tasks and then the notes of a contact: its activities of the two types. Others, such as meetings, are
// not shown.
func (c *CRM) Items(contactID string) []kit.Item {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var tasks, notes []kit.Item
	for _, a := range c.activities.rows {
		if a.User != parseID(contactID) || a.User == 0 {
			continue
		}
		item := kit.Item{ID: formatID(a.ID), Title: a.Name, Text: a.Description, Owner: c.agentEmail(a.AssignedTo)}
		switch a.Type {
		case TaskType:
			item.Kind, item.Done = "task", a.Done
			if a.Due != 0 {
				item.Due = time.UnixMicro(a.Due).UTC()
			}
			tasks = append(tasks, item)
		case NoteType:
			item.Kind = "note"
			notes = append(notes, item)
		}
	}
	all := append(tasks, notes...)
	for _, t := range c.rowsOf(events) {
		if id := parseID(contactID); t.User == id && id != 0 {
			at, _ := t.Fields["timestamp"].(float64)
			all = append(all, kit.Item{Kind: "event", ID: formatID(t.ID), Title: t.text("name"), Facts: "An event, " + time.UnixMicro(int64(at)).UTC().Format("2006-01-02 15:04") + " UTC", Fixed: true})
		}
	}
	return all
}

// The choices of an input that says whether a task is done.
const taskOpen, taskDone = "open", "done"

var itemTypes = map[string]int64{"task": TaskType, "note": NoteType}

// ItemForm is the form of a task or note of a contact, of a new one when id is empty; ok is false when there is none.
func (c *CRM) ItemForm(contactID, kind, id string) (fields []kit.Field, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if kind == "event" && c.users.get(parseID(contactID)) != nil {
		if id == "" {
			return []kit.Field{{Name: "name", Label: "Name", Type: "text", Help: "What happened, such as booked."}}, true
		}
		i := slices.IndexFunc(c.rowsOf(events), func(t *thing) bool { return formatID(t.ID) == id && t.User == parseID(contactID) })
		return nil, i >= 0 // it can be deleted, and not be edited
	}
	if c.users.get(parseID(contactID)) == nil || itemTypes[kind] == 0 {
		return nil, false
	}
	a := &activity{Due: c.opts.Clock.Now().Add(24 * time.Hour).Truncate(time.Hour).UnixMicro()}
	if id != "" {
		if a = c.activities.get(parseID(id)); a == nil || a.User != parseID(contactID) || a.Type != itemTypes[kind] {
			return nil, false
		}
	}
	var staff []string
	for _, one := range c.agents.rows {
		staff = append(staff, one.Email)
	}
	owner := kit.Field{Name: "assigned_to", Label: "Assigned to", Value: c.agentEmail(a.AssignedTo), Options: staff}
	if kind == "note" {
		return []kit.Field{
			{Name: "name", Label: "Title", Value: a.Name, Type: "text", Help: "The first words of the text, when it is left empty."},
			{Name: "description", Label: "Text", Value: a.Description, Type: "textarea", Help: "HTML. Notes are activities of the type Note here, because no notes of the real service are known."},
			owner,
		}, true
	}
	due, state := "", taskOpen
	if a.Due != 0 {
		due = time.UnixMicro(a.Due).UTC().Format(time.RFC3339)
	}
	if a.Done {
		state = taskDone
	}
	return []kit.Field{
		{Name: "name", Label: "Name", Value: a.Name, Type: "text"},
		{Name: "description", Label: "Description", Value: a.Description, Type: "textarea"},
		{Name: "due_date", Label: "Due", Value: due, Type: "text", Help: "Such as 2031-05-20T15:00:00Z. Every task has one."},
		{Name: "done", Label: "State", Value: state, Options: []string{taskOpen, taskDone}},
		owner,
	}, true
}

// SaveItem writes what a person typed, by the names of ItemForm, and makes a new record when id is empty. Fields that are
// not named stay.
func (c *CRM) SaveItem(contactID, kind, id string, typed map[string]string) error {
	if kind == "event" {
		name := strings.TrimSpace(typed["name"])
		if name == "" {
			return invalid("name", "This field may not be blank.")
		}
		_, err := c.Create(events, map[string]any{"user_id": parseID(contactID), "name": name, "timestamp": c.opts.Clock.Now().Unix()})
		return err
	}
	body := map[string]any{}
	for name, v := range typed {
		switch v = strings.TrimSpace(v); name {
		case "done":
			c.doneBody(body, v == taskDone)
		case "assigned_to":
			body[name] = nil
			c.mu.RLock()
			if a := c.agentOf(v); a != 0 {
				body[name] = a
			}
			c.mu.RUnlock()
		default:
			body[name] = v
		}
	}
	text, _ := body["description"].(string)
	if kind == "note" {
		if _, given := body["description"]; (given || id == "") && text == "" {
			return invalid("description", "This field may not be blank.")
		}
		if name, given := body["name"]; name == "" || !given && id == "" {
			body["name"] = firstWords(text)
			if text == "" {
				delete(body, "name")
			}
		}
	}
	var err error
	if id != "" {
		_, err = c.Update("activities", id, body)
		return err
	}
	body["activity_type"], body["user_id"] = itemTypes[kind], parseID(contactID)
	if kind == "note" {
		c.doneBody(body, true)
		body["due_date"] = body["done_date"]
	}
	_, err = c.Create("activities", body)
	return err
}

func (c *CRM) doneBody(body map[string]any, done bool) {
	body["done"], body["done_date"] = done, nil
	if done {
		body["done_date"] = c.opts.Clock.Now().UTC().Format(time.RFC3339)
	}
}

// DropItem deletes it as a person would.
func (c *CRM) DropItem(kind, id string) error {
	if kind == "event" {
		return c.Delete(events, id)
	}
	return c.Delete("activities", id)
}

// TurnTask completes a task, or opens it again.
func (c *CRM) TurnTask(id string, done bool) error {
	body := map[string]any{}
	c.doneBody(body, done)
	_, err := c.Update("activities", id, body)
	return err
}
