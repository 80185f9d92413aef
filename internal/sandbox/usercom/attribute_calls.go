package usercom

import (
	"net/http"
	"strings"
	"time"
)

func formatTime(micros int64) string { return time.UnixMicro(micros).UTC().Format(stamp) }

// writeAttribute writes the answer of section 7; dialect 1 says user for
// clientuser. The choices of a fixed attribute are added, UNVERIFIED.
func writeAttribute(o *out, a *attribute, d dialect) {
	o.open('{')
	o.int("id", a.ID)
	o.str("name", a.Name)
	o.str("name_std", a.NameStd)
	o.str("value_type", a.ValueType)
	kind := a.ContentType
	if d == d1 && kind == "clientuser" {
		kind = "user"
	}
	o.str("content_type", kind)
	if a.ValueType == "fixed" {
		o.any("choices", a.Choices)
		o.bool("allow_multiple_choices", a.Multiple)
	}
	o.close('}')
}

func attributeReply(status int, a *attribute, d dialect) reply {
	o := out{}
	writeAttribute(&o, a, d)
	return reply{status, o.b}
}

func listAttributes(c *CRM, q *call) reply {
	rows := c.attributes.rows
	return c.envelope(q, source{
		n:     len(rows),
		pos:   func(i int) int64 { return rows[i].ID },
		write: func(o *out, i int) { writeAttribute(o, rows[i], q.d) },
	})
}

func createAttribute(c *CRM, q *call) reply {
	a, p := c.newAttribute(q.fields)
	if p != nil {
		return refuse(p)
	}
	return attributeReply(http.StatusCreated, a, q.d)
}

func getAttribute(c *CRM, q *call) reply {
	if a := c.attributes.get(q.id); a != nil {
		return attributeReply(http.StatusOK, a, q.d)
	}
	return refuse(notFound())
}

func deleteAttribute(c *CRM, q *call) reply {
	a := c.attributes.get(q.id)
	if a == nil {
		return refuse(notFound())
	}
	c.dropAttribute(a)
	return gone
}

// dropAttribute deletes an attribute with all its values, so that one made later
// under the same name starts empty. It moves nobody's updated_at (UNVERIFIED).
func (c *CRM) dropAttribute(a *attribute) {
	c.attributes.remove(a.ID)
	c.regroup()
	gone := droppedAttribute{a, map[int64]any{}}
	switch a.ContentType {
	case "clientuser":
		for _, u := range c.users.rows {
			if v, had := u.Attributes[a.NameStd]; had {
				gone.values[u.ID] = v
			}
			_ = setValue(&u.Attributes, a, nil)
		}
	case "company":
		for _, co := range c.companies.rows {
			_ = setValue(&co.Attributes, a, nil)
		}
	case "activity":
		for _, act := range c.activities.rows {
			_ = setValue(&act.Attributes, a, nil)
		}
	}
	c.dropped[a.ID] = gone
}

// attributeType is GET /attribute-type/:name_std/users/ (section 7).
func attributeType(c *CRM, q *call) reply {
	kind := "clientuser"
	if strings.HasSuffix(q.pattern, "/companies/") {
		kind = "company"
	}
	if a := c.attributeNamed(kind, q.arg); a != nil {
		return answer(http.StatusOK, map[string]string{"value_type": a.ValueType})
	}
	return refuse(notFound())
}
