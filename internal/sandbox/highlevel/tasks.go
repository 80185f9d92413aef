package highlevel

import (
	"net/http"
	"strings"
)

// Task is a contact's task as it is held (section 5). The two dates are shown by
// the location search only.
type Task struct {
	ID          string `json:"id"`
	ContactID   string `json:"contactId"`
	Title       string `json:"title"`
	Body        string `json:"body,omitempty"`
	AssignedTo  string `json:"assignedTo,omitempty"`
	DueDate     Stamp  `json:"dueDate"`
	Completed   bool   `json:"completed"`
	DateAdded   Stamp  `json:"dateAdded"`
	DateUpdated Stamp  `json:"dateUpdated"`
}

// taskView is a task as the contact's own operations answer it.
type taskView struct {
	*Task
	DateAdded   *struct{} `json:"dateAdded,omitempty"`
	DateUpdated *struct{} `json:"dateUpdated,omitempty"`
}

var (
	taskChange = dto{"title": filled, "body": text, "dueDate": instant, "completed": boolean, "assignedTo": text}
	taskBody   = taskChange.with(dto{"title": must(filled), "dueDate": must(instant), "completed": must(boolean)})
	doneBody   = dto{"completed": must(boolean)}
)

// write puts fields into a task; an offset in dueDate is turned into UTC (section 5 [U]).
func (t *Task) write(fields map[string]any) {
	for name, field := range map[string]*string{"title": &t.Title, "body": &t.Body, "assignedTo": &t.AssignedTo} {
		if v, present := fields[name]; present {
			*field, _ = v.(string)
		}
	}
	if s, ok := fields["dueDate"].(string); ok {
		if at, ok := parseInstant(s); ok {
			t.DueDate = stampOf(at)
		}
	}
	if done, ok := fields["completed"].(bool); ok {
		t.Completed = done
	}
}

func (c *CRM) listTasks(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	contact, err := c.find(q)
	if err != nil {
		return 0, nil, err
	}
	tasks := []taskView{}
	for _, id := range c.tasks.byContact[contact.ID] {
		tasks = append(tasks, taskView{Task: c.tasks.byID[id]})
	}
	return http.StatusOK, map[string]any{"tasks": tasks, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) postTask(q *call) (int, any, *apiError) {
	if err := taskBody.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	contact, err := c.find(q)
	if err != nil {
		return 0, nil, err
	}
	c.ignore(q.body, "title", "dueDate")
	t := c.createTask(contact.ID, q.body)
	return c.created(http.StatusCreated, map[string]any{"task": taskView{Task: t}, "traceId": c.ids.UUID()})
}

func (c *CRM) createTask(contactID string, fields map[string]any) *Task {
	now := stampOf(c.now())
	t := &Task{ID: c.newID(), ContactID: contactID, DateAdded: now, DateUpdated: now, DueDate: now}
	t.write(fields)
	c.keepTask(t)
	c.taskEvent("TaskCreate", t)
	return t
}

// findTask needs the task to be the contact's own; a missing task is 404 [U].
func (c *CRM) findTask(q *call) (*Task, *apiError) {
	contact, err := c.find(q)
	if err != nil {
		return nil, err
	}
	t := c.tasks.byID[q.PathValue("taskId")]
	if t == nil || t.ContactID != contact.ID {
		return nil, resourceGone("Task", q.PathValue("taskId"))
	}
	return t, nil
}

func (c *CRM) getTask(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := c.findTask(q)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"task": taskView{Task: t}, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) putTask(q *call) (int, any, *apiError)          { return c.editTask(q, taskChange) }
func (c *CRM) putTaskCompleted(q *call) (int, any, *apiError) { return c.editTask(q, doneBody) }

func (c *CRM) editTask(q *call, rules dto) (int, any, *apiError) {
	if err := rules.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := c.findTask(q)
	if err != nil {
		return 0, nil, err
	}
	c.ignore(q.body)
	t = c.changeTask(t, q.body)
	return http.StatusOK, map[string]any{"task": taskView{Task: t}, "traceId": c.ids.UUID()}, nil
}

// changeTask fires TaskComplete when a task becomes done, and nothing for any
// other edit (section 11.5).
func (c *CRM) changeTask(old *Task, fields map[string]any) *Task {
	next := *old
	next.write(fields)
	if next == *old {
		return old
	}
	next.DateUpdated = stampOf(c.now())
	c.keepTask(&next)
	if next.Completed && !old.Completed {
		c.taskEvent("TaskComplete", &next)
	}
	return &next
}

func (c *CRM) deleteTask(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := c.findTask(q)
	if err != nil {
		return 0, nil, err
	}
	c.dropTask(t)
	return http.StatusOK, map[string]any{"succeded": true, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) dropTask(t *Task) {
	c.loseTask(t)
	c.taskEvent("TaskDelete", t)
}

// mentions is the free text of the location search.
func (t *Task) mentions(text string) bool {
	return strings.Contains(strings.ToLower(t.Title+"\n"+t.Body), text)
}
