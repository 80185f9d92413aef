package usercom

import (
	"net/http"
	"reflect"
	"slices"
)

// companyOf finds the company a path names, by id or by the client's id.
func (c *CRM) companyOf(q *call) *company {
	if q.byID {
		return c.companies.get(c.coCustom[q.arg])
	}
	return c.companies.get(q.id)
}

// saveCompany stores what a write made of a company, and moves updated_at when
// anything changed.
func (c *CRM) saveCompany(old *company, next company) {
	if reflect.DeepEqual(*old, next) {
		return
	}
	c.unindexCompany(old)
	c.noteCompany(old.ID, old)
	next.Updated = c.now()
	*old = next
	c.indexCompany(old)
}

func (c *CRM) companyReply(status int, co *company, d dialect) reply {
	o := out{}
	c.writeCompany(&o, co, d)
	return reply{status, o.b}
}

func (c *CRM) companyPage(q *call, keep func(*company) bool) reply {
	rows := c.seenCompanies()
	s := source{
		n:     len(rows),
		pos:   func(i int) int64 { return rows[i].ID },
		write: func(o *out, i int) { c.writeCompany(o, rows[i], q.d) },
	}
	if keep != nil {
		s.keep = func(i int) bool { return keep(rows[i]) }
	}
	return c.envelope(q, s)
}

func listCompanies(c *CRM, q *call) reply { return c.companyPage(q, nil) }

func createCompany(c *CRM, q *call) reply {
	c.drop(q.fields, "name")
	co := company{}
	if p := c.fillCompanyFields(&co, q.d, q.fields); p != nil {
		return refuse(p)
	}
	return c.companyReply(http.StatusCreated, c.insertCompany(co), q.d)
}

// withCompany runs a call on the company its path names; change works on a copy.
func (c *CRM) withCompany(q *call, change func(next *company) *Problem) reply {
	co := c.companyOf(q)
	if co == nil {
		return refuse(notFound())
	}
	next := *co
	if p := change(&next); p != nil {
		return refuse(p)
	}
	c.saveCompany(co, next)
	return c.companyReply(http.StatusOK, co, q.d)
}

func getCompany(c *CRM, q *call) reply {
	if co := c.companyOf(q); co != nil {
		return c.companyReply(http.StatusOK, co, q.d)
	}
	return refuse(notFound())
}

func updateCompany(c *CRM, q *call) reply {
	c.drop(q.fields, "name")
	return c.withCompany(q, func(next *company) *Problem { return c.fillCompanyFields(next, q.d, q.fields) })
}

func deleteCompany(c *CRM, q *call) reply {
	co := c.companyOf(q)
	if co == nil {
		return refuse(notFound())
	}
	c.dropCompany(co)
	return gone
}

func setCompanyAttribute(c *CRM, q *call) reply {
	name, p := named(q)
	if p != nil {
		return refuse(p)
	}
	q.fields = map[string]any{name: q.fields["value"]}
	return setCompanyAttributes(c, q)
}

func setCompanyAttributes(c *CRM, q *call) reply {
	r := c.withCompany(q, func(next *company) *Problem { return c.setValues("company", &next.Attributes, q.fields) })
	if r.status == http.StatusOK {
		return done
	}
	return r
}

func addCompanyTag(c *CRM, q *call) reply {
	co := c.companyOf(q)
	if co == nil {
		return refuse(notFound())
	}
	return c.tagIt(q, func(name string) {
		next := *co
		next.Tags = c.withTags(co.Tags, []string{name})
		c.saveCompany(co, next)
	})
}

func removeCompanyTag(c *CRM, q *call) reply {
	co := c.companyOf(q)
	name, _ := asText(q.fields["name"])
	id := c.tagNames[name]
	if co == nil || id == 0 {
		return refuse(notFound())
	}
	if slices.Contains(co.Tags, id) {
		next := *co
		next.Tags = without(co.Tags, id)
		c.saveCompany(co, next)
	}
	return removed(q)
}

// addMember takes `{"user_id": 59, "user_custom_id": "x"}`, either of which names
// the contact (section 10). That the contact counts as changed is UNVERIFIED.
func addMember(c *CRM, q *call) reply {
	co := c.companyOf(q)
	id, no := asInt(q.fields["user_id"])
	if no != "" {
		custom, _ := asText(q.fields["user_custom_id"])
		id = c.byCustom[custom]
	}
	u := c.users.get(id)
	if co == nil || u == nil {
		return refuse(notFound())
	}
	next := *u
	c.join(&next, co.ID)
	c.save(u, next)
	return c.companyReply(http.StatusOK, co, q.d)
}
