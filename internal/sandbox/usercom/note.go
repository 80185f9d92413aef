package usercom

import "net/http"

// note is NOT a thing of the real service: section 9 found no notes in its API.
// The resource exists only with Options.MockNotes, for trying out an adapter.
type note struct {
	ID      int64  `json:"id"`
	User    int64  `json:"user_id"`
	Content string `json:"content"`
	Custom  string `json:"custom_id,omitempty"`
	Created int64  `json:"created_at"`
	Updated int64  `json:"updated_at"`
}

func writeNote(o *out, n *note) {
	o.open('{')
	o.bool("not_real", true)
	o.int("id", n.ID)
	o.int("user_id", n.User)
	o.str("content", n.Content)
	o.str("custom_id", n.Custom)
	o.time("created_at", n.Created)
	o.time("updated_at", n.Updated)
	o.close('}')
}

func noteReply(status int, n *note) reply {
	o := out{}
	writeNote(&o, n)
	return reply{status, o.b}
}

func listNotes(c *CRM, q *call) reply {
	rows := c.notes.rows
	return c.envelope(q, source{
		n:     len(rows),
		pos:   func(i int) int64 { return rows[i].ID },
		write: func(o *out, i int) { writeNote(o, rows[i]) },
	})
}

func createNote(c *CRM, q *call) reply {
	user, no := asInt(q.fields["user_id"])
	content, bad := asText(q.fields["content"])
	switch {
	case no != "":
		return refuse(invalid("user_id", no))
	case bad != "" || content == "":
		return refuse(invalid("content", required))
	case c.users.get(user) == nil:
		return refuse(notFound())
	}
	custom, _ := asText(q.fields["custom_id"])
	n := &note{ID: c.notes.newID(), User: user, Content: content, Custom: custom, Created: c.now()}
	n.Updated = n.Created
	c.notes.put(n.ID, n)
	return noteReply(http.StatusCreated, n)
}

func getNote(c *CRM, q *call) reply {
	if n := c.notes.get(q.id); n != nil {
		return noteReply(http.StatusOK, n)
	}
	return refuse(notFound())
}

func updateNote(c *CRM, q *call) reply {
	n := c.notes.get(q.id)
	if n == nil {
		return refuse(notFound())
	}
	content, no := asText(q.fields["content"])
	if no != "" || content == "" {
		return refuse(invalid("content", required))
	}
	if content != n.Content {
		n.Content, n.Updated = content, c.now()
	}
	return noteReply(http.StatusOK, n)
}

func deleteNote(c *CRM, q *call) reply {
	if c.notes.get(q.id) == nil {
		return refuse(notFound())
	}
	c.notes.remove(q.id)
	return gone
}
