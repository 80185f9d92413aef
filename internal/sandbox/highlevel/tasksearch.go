package highlevel

import (
	"net/http"
	"slices"
	"strings"
)

var taskSearchBody = dto{
	"contactId": texts, "completed": boolean, "assignedTo": texts, "query": text, "limit": number, "skip": number,
	"businessId": text, "searchAfter": array,
}

// searchTasks is POST /locations/{lid}/tasks/search: rows with _id, more dates than
// the task itself has, no total, 201 where the specification says 200 (section 5
// [M]). It is an index like that of contacts (taskindex.go). It takes no filter by dateUpdated. Rows come oldest first [U]; a task's
// searchAfter is its place in that order.
func (c *CRM) searchTasks(q *call) (int, any, *apiError) {
	if err := taskSearchBody.validate(q.body); err != nil {
		return 0, nil, err
	}
	limit, skip := 25, 0
	if n, ok := q.body["limit"].(float64); ok {
		limit = int(n)
	}
	if n, ok := q.body["skip"].(float64); ok {
		skip = max(int(n), 0)
	}
	if limit < 1 || limit > 500 {
		return 0, nil, invalid("limit must not be greater than 500")
	}
	done, byState := q.body["completed"].(bool)
	contacts, owners := strs(q.body["contactId"]), strs(q.body["assignedTo"])
	words, _ := q.body["query"].(string)
	words = strings.ToLower(words)
	after, paged := q.body["searchAfter"].([]any)

	c.mu.Lock()
	defer c.mu.Unlock()
	c.taskIndex.catchUp(c.now())
	rows := []map[string]any{}
	for _, t := range c.taskIndex.seen.all() {
		if len(contacts) > 0 && !slices.Contains(contacts, t.ContactID) ||
			len(owners) > 0 && !slices.Contains(owners, t.AssignedTo) ||
			byState && t.Completed != done || words != "" && !t.mentions(words) ||
			paged && !t.after(after) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if rows = append(rows, c.taskRow(t)); len(rows) == limit {
			break
		}
	}
	return http.StatusCreated, map[string]any{"tasks": rows, "traceId": c.ids.UUID()}, nil
}

func (t *Task) after(place []any) bool {
	if len(place) != 2 {
		return false
	}
	at, _ := place[0].(float64)
	id, _ := place[1].(string)
	return t.DateAdded > Stamp(at) || t.DateAdded == Stamp(at) && t.ID > id
}

func (c *CRM) taskRow(t *Task) map[string]any {
	status := "to_do"
	if t.Completed {
		status = "completed"
	}
	row := map[string]any{
		"_id": t.ID, "locationId": c.location.ID, "contactId": t.ContactID, "title": t.Title, "body": t.Body,
		"assignedTo": t.AssignedTo, "dueDate": t.DueDate, "completed": t.Completed,
		"status": status, "statusGroup": status, "deleted": false,
		"dateAdded": t.DateAdded, "dateUpdated": t.DateUpdated, "updatedAt": t.DateUpdated,
		"searchAfter": []any{int64(t.DateAdded), t.ID},
	}
	if contact := c.contacts[t.ContactID]; contact != nil {
		row["contactDetails"] = map[string]any{"firstName": contact.FirstName, "lastName": contact.LastName}
	}
	for _, u := range c.users {
		if u.ID == t.AssignedTo {
			row["assignedToUserDetails"] = map[string]any{"id": u.ID, "firstName": u.FirstName, "lastName": u.LastName}
		}
	}
	return row
}
