package usercom

import (
	"net/http"
	"slices"
)

func init() {
	for pattern, m := range map[string]methods{
		"/deals/":                                    {get: listThings(deals), post: createThing(deals)},
		"/deals/update_or_create/":                   {post: upsertDeal},
		"/deals/{id}/":                               {get: getThing(deals), put: updateThing(deals), del: deleteThing(deals)},
		"/deals-by-id/{custom_id}/":                  {put: updateThing(deals)},
		"/tickets/":                                  {get: listThings(tickets), post: createThing(tickets)},
		"/events/":                                   {get: listThings(events), post: createEvent},
		"/events/{id}/":                              {get: getThing(events)},
		"/users/{id}/events/":                        {get: thingsOfUser(events)},
		"/users-by-id/{custom_id}/events/":           {get: thingsOfUser(events), post: createEvent},
		"/products/{id}/product_event/":              {post: createProductEvent},
		"/products-by-id/{custom_id}/product_event/": {post: createProductEvent},
		"/products-by-id/{custom_id}/details/":       {get: getThing(products)},
		"/site-views/":                               {post: createVisit},
		"/users/{id}/ping_hits/":                     {get: thingsOfUser(visits)},
		"/users/{id}/product_events/":                {get: thingsOfUser(productEvents)},
		"/users/{id}/timeline/":                      {get: timeline},
		"/users/{id}/segments/":                      {get: segmentsOfUser},
		"/users/{id}/emails/":                        {get: emailsOfUser},
		"/users/{id}/conversations/":                 {post: createTalk},
		"/segments/{id}/users/":                      {get: usersOfSegment},
	} {
		routes[pattern] = m
	}
}

// CheckedOnly are the calls whose requests are checked and answered although nothing is held for them: no email was ever sent.
func CheckedOnly() []string { return []string{"GET /users/{id}/emails/"} }

// thing finds what a path names, by number or by the client's id.
func (c *CRM) thing(name string, q *call) *thing {
	if q.byID {
		return c.thingNamed(name, q.arg)
	}
	return c.thingsOf(name).get(q.id)
}

func (c *CRM) thingReply(status int, name string, t *thing) reply {
	o := out{}
	c.writeThing(&o, name, t)
	return reply{status, o.b}
}

func (c *CRM) thingPage(q *call, name string, keep func(*thing) bool) reply {
	rows := c.rowsOf(name)
	s := source{
		n: len(rows), pos: func(i int) int64 { return rows[i].ID },
		write: func(o *out, i int) { c.writeThing(o, name, rows[i]) },
	}
	if keep != nil {
		s.keep = func(i int) bool { return keep(rows[i]) }
	}
	return c.envelope(q, s)
}

// rowsOf reads without making a table: a read holds the lock for reading only.
func (c *CRM) rowsOf(name string) []*thing {
	if t := c.things[name]; t != nil {
		return t.rows
	}
	return nil
}

func listThings(name string) handler {
	return func(c *CRM, q *call) reply { return c.thingPage(q, name, nil) }
}

func thingsOfUser(name string) handler {
	return func(c *CRM, q *call) reply {
		u := c.user(q)
		if u == nil {
			return refuse(notFound())
		}
		return c.thingPage(q, name, func(t *thing) bool { return t.User == u.ID })
	}
}

func getThing(name string) handler {
	return func(c *CRM, q *call) reply {
		rows := c.rowsOf(name)
		i := slices.IndexFunc(rows, func(t *thing) bool { return q.byID && t.text("custom_id") == q.arg || !q.byID && t.ID == q.id })
		if i < 0 {
			return refuse(notFound())
		}
		return c.thingReply(http.StatusOK, name, rows[i])
	}
}

func createThing(name string) handler {
	return func(c *CRM, q *call) reply {
		c.drop(q.fields, needs(name)...)
		t, p := c.newThing(name, q.fields)
		if p != nil {
			return refuse(p)
		}
		return c.thingReply(http.StatusCreated, name, t)
	}
}

// needs are the fields that a thing is not made without, and those that say whose it is.
func needs(name string) []string {
	names := []string{"custom_id", "user_id", "user_custom_id"}
	for _, f := range shapes[name].fields {
		if f.need {
			names = append(names, f.name)
		}
	}
	return names
}

func updateThing(name string) handler {
	return func(c *CRM, q *call) reply {
		t := c.thing(name, q)
		if t == nil {
			return refuse(notFound())
		}
		c.drop(q.fields)
		if p := c.changeThing(name, t, q.fields); p != nil {
			return refuse(p)
		}
		return c.thingReply(http.StatusOK, name, t)
	}
}

func deleteThing(name string) handler {
	return func(c *CRM, q *call) reply {
		if c.thing(name, q) == nil {
			return refuse(notFound())
		}
		c.thingsOf(name).remove(q.id)
		return gone
	}
}

// upsertDeal looks for the deal of the custom_id, without which nothing can be found (section 10).
func upsertDeal(c *CRM, q *call) reply {
	custom, _ := asText(q.fields["custom_id"])
	if custom == "" {
		return refuse(invalid("custom_id", required))
	}
	t := c.thingNamed(deals, custom)
	if t == nil {
		return createThing(deals)(c, q)
	}
	if name, given := q.fields["name"]; !given || name == "" { // mandatory on both
		return refuse(invalid("name", required))
	}
	if p := c.changeThing(deals, t, q.fields); p != nil {
		return refuse(p)
	}
	return c.thingReply(http.StatusOK, deals, t)
}

// createEvent answers whether the name occurs for the first time ever (section 10). Whose id it is, is UNVERIFIED: the
// occurrence's. One without a timestamp is of now.
func createEvent(c *CRM, q *call) reply {
	name, _ := asText(q.fields["name"])
	known := slices.ContainsFunc(c.rowsOf(events), func(t *thing) bool { return t.text("name") == name })
	t, p := c.happens(events, q)
	if p != nil {
		return refuse(p)
	}
	c.happened(t)
	return answer(http.StatusCreated, map[string]any{"id": t.ID, "created": !known})
}

// happens makes an occurrence; a path by the client's id names the contact.
func (c *CRM) happens(name string, q *call) (*thing, *Problem) {
	if q.byID && q.pattern == "/users-by-id/{custom_id}/events/" {
		u := c.user(q)
		if u == nil {
			return nil, notFound()
		}
		q.fields["user_id"] = u.ID
	}
	t, p := c.newThing(name, q.fields)
	if p == nil && t.Fields["timestamp"] == nil {
		t.Fields["timestamp"] = float64(t.Created)
	}
	return t, p
}

func createProductEvent(c *CRM, q *call) reply {
	product := c.thing(products, q)
	if product == nil {
		return refuse(notFound())
	}
	q.fields["product"] = product.ID
	t, p := c.happens(productEvents, q)
	if p != nil {
		return refuse(p)
	}
	return answer(http.StatusCreated, map[string]any{"id": t.ID})
}

// createVisit takes the key of a browser; one that nobody has is refused, which is UNVERIFIED.
func createVisit(c *CRM, q *call) reply {
	key, _ := asText(q.fields["client_user"])
	id := c.byKey.first(key)
	switch {
	case key == "":
		return refuse(invalid("client_user", required))
	case id == 0:
		return refuse(notFound())
	}
	q.fields["user_id"] = id
	t, p := c.happens(visits, q)
	if p != nil {
		return refuse(p)
	}
	return answer(http.StatusCreated, map[string]any{"id": t.ID})
}

// createTalk keeps what was said and sends it to nobody.
func createTalk(c *CRM, q *call) reply {
	u := c.user(q)
	if u == nil {
		return refuse(notFound())
	}
	q.fields["user_id"] = u.ID
	t, p := c.newThing(talks, q.fields)
	if p != nil {
		return refuse(p)
	}
	return answer(http.StatusCreated, map[string]any{
		"id": t.ID, "user": map[string]any{"id": u.ID, "key": u.Key, "name": u.name(), "email": u.Email}, "active": true, "agent": nil, "messages": 1,
	})
}

// timeline is what happened with a contact, in the order of the ids of its shapes; the rows are UNVERIFIED.
func timeline(c *CRM, q *call) reply {
	u := c.user(q)
	if u == nil {
		return refuse(notFound())
	}
	type entry struct {
		kind string
		*thing
	}
	var rows []entry
	for _, kind := range []string{visits, events, productEvents} { // their ids rise in this order
		for _, t := range c.rowsOf(kind) {
			if t.User == u.ID {
				rows = append(rows, entry{kind, t})
			}
		}
	}
	return c.envelope(q, source{
		n: len(rows), pos: func(i int) int64 { return rows[i].ID },
		write: func(o *out, i int) {
			o.open('{')
			o.str("type", rows[i].kind)
			o.key("entry")
			c.writeThing(o, rows[i].kind, rows[i].thing)
			o.close('}')
		},
	})
}

func segmentsOfUser(c *CRM, q *call) reply {
	u := c.user(q)
	if u == nil {
		return refuse(notFound())
	}
	return c.envelope(q, source{
		n: len(segments), pos: func(i int) int64 { return segments[i].ID }, keep: func(i int) bool { return segments[i].Has(u) },
		write: func(o *out, i int) {
			o.open('{')
			o.int("id", segments[i].ID)
			o.str("name", segments[i].Name)
			o.null("description")
			o.close('}')
		},
	})
}

func usersOfSegment(c *CRM, q *call) reply {
	for _, s := range segments {
		if s.ID == q.id {
			return c.userPage(q, s.Has)
		}
	}
	return refuse(notFound())
}

func emailsOfUser(c *CRM, q *call) reply {
	if c.user(q) == nil {
		return refuse(notFound())
	}
	return c.envelope(q, source{})
}

// follow hands the things of one contact to another; 0 is nobody, and what cannot be nobody's goes.
func (c *CRM) follow(from, to int64) {
	for name, table := range c.things {
		for _, t := range slices.Clone(table.rows) {
			switch {
			case t.User != from:
			case to == 0 && shapes[name].whose:
				table.remove(t.ID)
			default:
				t.User = to
			}
		}
	}
}
