package usercom

import "net/http"

// list is a hand-kept list of contacts, section 10.
type list struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

func writeList(o *out, l *list) {
	o.open('{')
	o.int("id", l.ID)
	o.str("name", l.Name)
	o.str("description", l.Description)
	o.close('}')
}

func listReply(status int, l *list) reply {
	o := out{}
	writeList(&o, l)
	return reply{status, o.b}
}

func listLists(c *CRM, q *call) reply {
	rows := c.lists.rows
	return c.envelope(q, source{
		n:     len(rows),
		pos:   func(i int) int64 { return rows[i].ID },
		write: func(o *out, i int) { writeList(o, rows[i]) },
	})
}

// fillList takes a body into a list; a name is needed, though that is UNVERIFIED.
func fillList(l *list, fields map[string]any) *Problem {
	next := *l
	errs := fieldErrors{}
	for key, at := range map[string]*string{"name": &next.Name, "description": &next.Description} {
		if v, ok := fields[key]; ok {
			s, no := asText(v)
			if no != "" {
				errs.add(key, no)
			}
			*at = s
		}
	}
	if next.Name == "" {
		errs.add("name", required)
	}
	if p := errs.problem(); p != nil {
		return p
	}
	*l = next
	return nil
}

func (c *CRM) newList(fields map[string]any) (*list, *Problem) {
	l := &list{}
	if p := fillList(l, fields); p != nil {
		return nil, p
	}
	l.ID = c.lists.newID()
	c.lists.put(l.ID, l)
	return l, nil
}

func createList(c *CRM, q *call) reply {
	l, p := c.newList(q.fields)
	if p != nil {
		return refuse(p)
	}
	return listReply(http.StatusCreated, l)
}

func updateList(c *CRM, q *call) reply {
	l := c.lists.get(q.id)
	if l == nil {
		return refuse(notFound())
	}
	if p := fillList(l, q.fields); p != nil {
		return refuse(p)
	}
	return listReply(http.StatusOK, l)
}

func deleteList(c *CRM, q *call) reply {
	if c.lists.get(q.id) == nil {
		return refuse(notFound())
	}
	c.lists.remove(q.id)
	return gone
}
