package usercom

import (
	"net/http"
	"slices"
)

// done is the body of calls of which clients were only seen to use the status
// (section 6.3); its words are taken from the mass update, UNVERIFIED.
var done = reply{http.StatusOK, []byte(`{"status":"ok"}`)}

// removed answers a removal: 204 for DELETE, and 200 for the POST that stands for
// it under the client's id (section 6.3).
func removed(q *call) reply {
	if q.r.Method == del {
		return gone
	}
	return done
}

// without is a copy of ids that lacks one.
func without(ids []int64, id int64) []int64 {
	var left []int64
	for _, one := range ids {
		if one != id {
			left = append(left, one)
		}
	}
	return left
}

// setUserAttribute takes `{"attribute": …, "value": …}` (section 6.3).
func setUserAttribute(c *CRM, q *call) reply {
	name, p := named(q)
	if p != nil {
		return refuse(p)
	}
	return c.setOnUser(q, map[string]any{name: q.fields["value"]})
}

// setUserAttributes takes `{"loyalty_level": "gold", …}` (section 6.3).
func setUserAttributes(c *CRM, q *call) reply {
	c.drop(q.fields)
	return c.setOnUser(q, q.fields)
}

// named is the attribute that a body of attribute and value is about. Both have to be there; null empties it.
func named(q *call) (string, *Problem) {
	name, _ := asText(q.fields["attribute"])
	if name == "" {
		return "", invalid("attribute", required)
	}
	if _, given := q.fields["value"]; !given {
		return "", invalid("value", required)
	}
	return name, nil
}

func (c *CRM) setOnUser(q *call, values map[string]any) reply {
	u := c.user(q)
	if u == nil {
		return refuse(notFound())
	}
	next := *u
	if p := c.setValues("clientuser", &next.Attributes, values); p != nil {
		return refuse(p)
	}
	c.save(u, next)
	return done
}

// setValues sets custom attributes by name. Unknown ones follow the rule for
// contact bodies (section 13, point 11).
func (c *CRM) setValues(kind string, into *map[string]any, values map[string]any) *Problem {
	errs := fieldErrors{}
	for name, v := range values {
		a := c.attributeNamed(kind, name)
		if a == nil {
			if c.opts.UnknownAttribute400 {
				errs.add(name, "Unknown attribute.")
			}
			continue
		}
		if no := setValue(into, a, v); no != "" {
			errs.add(name, no)
		}
	}
	return errs.problem()
}

// removeUserAttribute takes `{"attribute": …}` (section 6.3).
func removeUserAttribute(c *CRM, q *call) reply {
	u := c.user(q)
	name, _ := asText(q.fields["attribute"])
	a := c.attributeNamed("clientuser", name)
	if u == nil || a == nil {
		return refuse(notFound())
	}
	next := *u
	_ = setValue(&next.Attributes, a, nil)
	c.save(u, next)
	return removed(q)
}

// addUserTag takes `{"name": …}` and answers `{created, tag}` (section 6.3);
// created is taken to mean that the tag itself is new, UNVERIFIED.
func addUserTag(c *CRM, q *call) reply {
	u := c.user(q)
	if u == nil {
		return refuse(notFound())
	}
	return c.tagIt(q, func(name string) {
		next := *u
		next.Tags = c.withTags(u.Tags, []string{name})
		c.save(u, next)
	})
}

// addUserTags takes `{"tag_names": […]}`, under the client's id only (section 6.3).
func addUserTags(c *CRM, q *call) reply {
	u := c.user(q)
	if u == nil {
		return refuse(notFound())
	}
	names, no := asList(q.fields["tag_names"])
	if no != "" {
		return refuse(invalid("tag_names", no))
	}
	next := *u
	next.Tags = c.withTags(u.Tags, names)
	c.save(u, next)
	return done
}

// removeUserTag takes `{"name": …}`, as the body of a DELETE (section 6.3). A tag
// that the workspace lacks is a 404, one that the contact lacks is not: UNVERIFIED.
func removeUserTag(c *CRM, q *call) reply {
	u := c.user(q)
	name, _ := asText(q.fields["name"])
	id := c.tagNames[name]
	if u == nil || id == 0 {
		return refuse(notFound())
	}
	if slices.Contains(u.Tags, id) {
		next := *u
		next.Tags = without(u.Tags, id)
		c.save(u, next)
	}
	return removed(q)
}

func (c *CRM) listOf(q *call) *list {
	id, _ := asInt(q.fields["list"])
	return c.lists.get(id)
}

// addToList takes `{"list": 7}` and answers `{"id": …}` (section 6.3); whose id it
// is, is UNVERIFIED: the list's.
func addToList(c *CRM, q *call) reply {
	u, l := c.user(q), c.listOf(q)
	if u == nil || l == nil {
		return refuse(notFound())
	}
	if !slices.Contains(u.Lists, l.ID) {
		next := *u
		next.Lists = append(slices.Clip(u.Lists), l.ID)
		c.save(u, next)
	}
	return answer(http.StatusOK, map[string]int64{"id": l.ID})
}

func removeFromList(c *CRM, q *call) reply {
	u, l := c.user(q), c.listOf(q)
	if u == nil || l == nil {
		return refuse(notFound())
	}
	if slices.Contains(u.Lists, l.ID) {
		next := *u
		next.Lists = without(u.Lists, l.ID)
		c.save(u, next)
	}
	return removed(q)
}
