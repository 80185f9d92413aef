package usercom

import (
	"net/http"
	"reflect"
	"slices"
)

// save stores what a write made of a contact. A write that changes nothing moves
// no updated_at and starts no automation; that is UNVERIFIED.
func (c *CRM) save(old *contact, next contact) {
	if reflect.DeepEqual(*old, next) {
		return
	}
	before := old.Companies
	c.replace(old, next)
	c.settle(old, before)
	c.automate(old, eventUpdated)
}

// add stores a new contact.
func (c *CRM) add(u contact) *contact {
	row := c.insert(u)
	c.settle(row, nil)
	c.automate(row, eventCreated)
	return row
}

// settle tells the companies a contact newly belongs to about it.
func (c *CRM) settle(u *contact, before []membership) {
	for _, m := range u.Companies {
		if slices.Contains(before, m) {
			continue
		}
		if co := c.companies.get(m.Company); co != nil && !slices.Contains(co.Employees, u.ID) {
			c.noteCompany(co.ID, co)
			co.Employees = append(co.Employees, u.ID)
			co.Updated = c.now()
		}
	}
}

// createUser is POST /users/: nothing is mandatory, and a known e-mail makes a
// second contact (sections 6.3, 6.4 [I]).
func createUser(c *CRM, q *call) reply {
	c.drop(q.fields)
	u := c.newContact()
	if p := c.fill(&u, q.d, q.fields, false); p != nil {
		return refuse(p)
	}
	return c.userReply(http.StatusCreated, c.add(u), q.d)
}

func getUser(c *CRM, q *call) reply {
	u := c.user(q)
	if u == nil {
		return refuse(notFound())
	}
	return c.userReply(http.StatusOK, u, q.d)
}

// updateUser is PUT, which behaves as a partial update (section 6.3).
func updateUser(c *CRM, q *call) reply {
	u := c.user(q)
	if u == nil {
		return refuse(notFound())
	}
	c.drop(q.fields)
	if p := c.change(u, q); p != nil {
		return refuse(p)
	}
	return c.userReply(http.StatusOK, u, q.d)
}

func (c *CRM) change(u *contact, q *call) *Problem {
	next := *u
	if p := c.fill(&next, q.d, q.fields, false); p != nil {
		return p
	}
	c.save(u, next)
	return nil
}

func deleteUser(c *CRM, q *call) reply {
	u := c.user(q)
	if u == nil {
		return refuse(notFound())
	}
	c.discard(u)
	return gone
}

// upsertUser is POST /users/update_or_create/: keyed on custom_id alone, blind to
// e-mail, answering `{created, id}` (sections 6.3, 6.4). Without a custom_id:
// UNVERIFIED, refused.
func upsertUser(c *CRM, q *call) reply {
	key := q.d.pick("user_id", "custom_id")
	custom, no := asText(q.fields[key])
	if no != "" || custom == "" {
		return refuse(invalid(key, required))
	}
	c.drop(q.fields, key)
	type result struct {
		Created bool  `json:"created"`
		ID      int64 `json:"id"`
	}
	if u := c.users.get(c.byCustom[custom]); u != nil {
		if p := c.change(u, q); p != nil {
			return refuse(p)
		}
		return answer(http.StatusOK, result{false, u.ID})
	}
	u := c.newContact()
	if p := c.fill(&u, q.d, q.fields, false); p != nil {
		return refuse(p)
	}
	return answer(http.StatusCreated, result{true, c.add(u).ID})
}

// massUpdate is PUT /users/mass_update_…/ (section 6.3): one value for many
// contacts. Ids that are not there are passed over; UNVERIFIED.
func massUpdate(c *CRM, q *call) reply {
	errs := fieldErrors{}
	name, _ := asText(q.fields["attribute"])
	standard := q.pattern == "/users/mass_update_standard_attributes/"
	_, known := userFields[name]
	known = known || name == "company_id"
	if standard != known || !standard && c.attributeNamed("clientuser", name) == nil {
		errs.add("attribute", `"`+name+`" is not a valid choice.`)
	}
	list, ok := q.fields["ids"].([]any)
	if !ok {
		errs.add("ids", "Expected a list of items.")
	}
	if _, given := q.fields["value"]; !given {
		errs.add("value", required)
	}
	if p := errs.problem(); p != nil {
		return refuse(p)
	}
	q.fields = map[string]any{name: q.fields["value"]}
	for _, v := range list {
		id, _ := asInt(v)
		if u := c.users.get(id); u != nil {
			if p := c.change(u, q); p != nil {
				return refuse(p)
			}
		}
	}
	return answer(http.StatusOK, map[string]string{"status": "ok"})
}
