package usercom

import (
	"net/http"
	"slices"
)

// tag is a label of contacts and companies, section 10.
type tag struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func writeTag(o *out, t *tag) {
	o.open('{')
	o.int("id", t.ID)
	o.str("name", t.Name)
	o.close('}')
}

func tagReply(status int, t *tag) reply {
	o := out{}
	writeTag(&o, t)
	return reply{status, o.b}
}

// tagID finds a tag by name and makes it when missing (section 6.1). Names are
// told apart by case; UNVERIFIED.
func (c *CRM) tagID(name string) int64 {
	id, ok := c.tagNames[name]
	if !ok {
		id = c.tags.newID()
		c.tags.put(id, &tag{id, name})
		c.tagNames[name] = id
	}
	return id
}

// tagName checks the name of a tag about to be made or renamed. A taken name is
// refused; UNVERIFIED.
func (c *CRM) tagName(fields map[string]any, self int64) (string, *Problem) {
	name, no := asText(fields["name"])
	if no == "" && name == "" {
		no = required
	}
	if owner := c.tagNames[name]; no == "" && owner != 0 && owner != self {
		no = "tag with this name already exists."
	}
	if no != "" {
		return "", invalid("name", no)
	}
	return name, nil
}

func (c *CRM) rename(t *tag, name string) {
	delete(c.tagNames, t.Name)
	t.Name = name
	c.tagNames[name] = t.ID
}

func (c *CRM) dropTag(t *tag) {
	delete(c.tagNames, t.Name)
	c.tags.remove(t.ID)
}

func listTags(c *CRM, q *call) reply {
	rows := c.tags.rows
	return c.envelope(q, source{
		n:     len(rows),
		pos:   func(i int) int64 { return rows[i].ID },
		write: func(o *out, i int) { writeTag(o, rows[i]) },
	})
}

func createTag(c *CRM, q *call) reply {
	name, p := c.tagName(q.fields, 0)
	if p != nil {
		return refuse(p)
	}
	return tagReply(http.StatusCreated, c.tags.get(c.tagID(name)))
}

func renameTag(c *CRM, q *call) reply {
	t := c.tags.get(q.id)
	if t == nil {
		return refuse(notFound())
	}
	name, p := c.tagName(q.fields, t.ID)
	if p != nil {
		return refuse(p)
	}
	c.rename(t, name)
	return tagReply(http.StatusOK, t)
}

func deleteTag(c *CRM, q *call) reply {
	t := c.tags.get(q.id)
	if t == nil {
		return refuse(notFound())
	}
	c.dropTag(t)
	return gone
}

func usersOfTag(c *CRM, q *call) reply {
	t := c.tags.get(q.id)
	if t == nil {
		return refuse(notFound())
	}
	return c.userPage(q, func(u *contact) bool { return slices.Contains(u.Tags, t.ID) })
}

func companiesOfTag(c *CRM, q *call) reply {
	t := c.tags.get(q.id)
	if t == nil {
		return refuse(notFound())
	}
	return c.companyPage(q, func(co *company) bool { return slices.Contains(co.Tags, t.ID) })
}

// tagIt runs an add_tag call: `{"name": …}` in, `{created, tag}` out (section 6.3).
func (c *CRM) tagIt(q *call, add func(name string)) reply {
	name, no := asText(q.fields["name"])
	if no == "" && name == "" {
		no = required
	}
	if no != "" {
		return refuse(invalid("name", no))
	}
	_, known := c.tagNames[name]
	add(name)
	o := out{}
	o.open('{')
	o.bool("created", !known)
	o.key("tag")
	writeTag(&o, c.tags.get(c.tagID(name)))
	o.close('}')
	if known {
		return reply{http.StatusOK, o.b}
	}
	return reply{http.StatusCreated, o.b}
}
