package usercom

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Objects are the names that Create, Update, Delete and Get take.
var Objects = []string{"users", "attributes", "tags", "lists", "activities", "companies", deals, tickets, events}

func parseID(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// Create makes an object as a person does in the vendor's own pages: no key, no
// limit, no faults. Fields have dialect 2's names (section 2); for contacts also
// `name`, the words of enumerations and `tags` as the whole list. Automations run
// (section 12). An attribute with the id of a deleted one is that one, brought
// back. The answer is what the API would show.
func (c *CRM) Create(object string, fields map[string]any) (map[string]any, error) {
	return c.edit(object, func() (int64, *Problem) {
		switch object {
		case "users":
			u := c.newContact()
			if p := c.fillByHand(&u, fields); p != nil {
				return 0, p
			}
			return c.add(u).ID, nil
		case "attributes":
			if id, back := fields["id"].(float64); back {
				a, p := c.restoreAttribute(int64(id))
				return idOf(a, p, func() int64 { return a.ID })
			}
			a, p := c.newAttribute(fields)
			return idOf(a, p, func() int64 { return a.ID })
		case "tags":
			name, p := c.tagName(fields, 0)
			if p != nil {
				return 0, p
			}
			return c.tagID(name), nil
		case "lists":
			l, p := c.newList(fields)
			return idOf(l, p, func() int64 { return l.ID })
		case "activities":
			a, p := c.newActivity(fields)
			return idOf(a, p, func() int64 { return a.ID })
		case deals, tickets, events:
			t, p := c.newThing(object, fields)
			if p == nil && object == events {
				c.happened(t)
			}
			return idOf(t, p, func() int64 { return t.ID })
		default:
			co := company{}
			if p := c.fillCompanyFields(&co, d2, fields); p != nil {
				return 0, p
			}
			return c.insertCompany(co).ID, nil
		}
	})
}

func idOf[T any](_ *T, p *Problem, id func() int64) (int64, *Problem) {
	if p != nil {
		return 0, p
	}
	return id(), nil
}

// Update changes an object as a person does (see Create). Contacts may also be
// taken off tags: the `tags` given are the tags they have afterwards.
func (c *CRM) Update(object, id string, fields map[string]any) (map[string]any, error) {
	n, _ := strconv.ParseInt(id, 10, 64)
	return c.edit(object, func() (int64, *Problem) {
		switch row := c.row(object, n).(type) {
		case *contact:
			next := *row
			if p := c.fillByHand(&next, fields); p != nil {
				return 0, p
			}
			c.save(row, next)
		case *company:
			next := *row
			if fields["tags"] != nil {
				next.Tags = nil
			}
			if p := c.fillCompanyFields(&next, d2, fields); p != nil {
				return 0, p
			}
			c.saveCompany(row, next)
		case *activity:
			return n, c.changeActivity(row, fields)
		case *list:
			return n, fillList(row, fields)
		case *tag:
			name, p := c.tagName(fields, n)
			if p != nil {
				return 0, p
			}
			c.rename(row, name)
		case *attribute:
			return n, c.changeAttribute(row, fields)
		case *thing:
			return n, c.changeThing(object, row, fields)
		default:
			return 0, notFound()
		}
		return n, nil
	})
}

// Delete removes an object as a person does. Nothing tells the API's clients of
// it (section 11).
func (c *CRM) Delete(object, id string) error {
	n, _ := strconv.ParseInt(id, 10, 64)
	if err := known(object); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch row := c.row(object, n).(type) {
	case *contact:
		c.discard(row)
	case *company:
		c.dropCompany(row)
	case *activity:
		c.dropActivity(row)
	case *list:
		c.lists.remove(n)
	case *tag:
		c.dropTag(row)
	case *attribute:
		c.dropAttribute(row)
	case *thing:
		c.things[object].remove(n)
	default:
		return notFound()
	}
	return nil
}

// Get shows an object as dialect 2 of the API does.
func (c *CRM) Get(object, id string) (map[string]any, error) {
	if err := known(object); err != nil {
		return nil, err
	}
	n, _ := strconv.ParseInt(id, 10, 64)
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.show(object, n)
}

func known(object string) error {
	if slices.Contains(Objects, object) {
		return nil
	}
	return fmt.Errorf("no object %q, there are %v", object, Objects)
}

// edit runs a change under the lock, lets automations call, and shows the result.
func (c *CRM) edit(object string, change func() (int64, *Problem)) (map[string]any, error) {
	if err := known(object); err != nil {
		return nil, err
	}
	defer c.sendCalls()
	c.mu.Lock()
	defer c.mu.Unlock()
	id, p := change()
	if p != nil {
		return nil, p
	}
	return c.show(object, id)
}

// row finds an object by number; nil of no type when there is none.
func (c *CRM) row(object string, id int64) any {
	switch object {
	case "users":
		return orNone(c.users.get(id))
	case "attributes":
		return orNone(c.attributes.get(id))
	case "tags":
		return orNone(c.tags.get(id))
	case "lists":
		return orNone(c.lists.get(id))
	case "activities":
		return orNone(c.activities.get(id))
	case deals, tickets, events:
		if t := c.things[object]; t != nil {
			return orNone(t.get(id))
		}
		return nil
	}
	return orNone(c.companies.get(id))
}

func orNone[T any](row *T) any {
	if row == nil {
		return nil
	}
	return row
}

func (c *CRM) show(object string, id int64) (map[string]any, error) {
	o := out{}
	switch row := c.row(object, id).(type) {
	case *contact:
		c.writeUser(&o, row, d2)
	case *company:
		c.writeCompany(&o, row, d2)
	case *activity:
		c.writeActivity(&o, row, d2)
	case *list:
		writeList(&o, row)
	case *tag:
		writeTag(&o, row)
	case *attribute:
		writeAttribute(&o, row, d2)
	case *thing:
		c.writeThing(&o, object, row)
	default:
		return nil, notFound()
	}
	var shown map[string]any
	return shown, json.Unmarshal(o.b, &shown)
}

// fillByHand takes what a person typed into a contact's page. `name` is parted at
// its first space; a full name there is no more than a view of both parts. company
// is the name of the company the person belongs to.
func (c *CRM) fillByHand(u *contact, fields map[string]any) *Problem {
	fields = maps.Clone(fields)
	if v, ok := fields["name"]; ok {
		name, no := asText(v)
		if no != "" {
			return invalid("name", no)
		}
		u.First, u.Last = splitName(name)
		delete(fields, "name")
	}
	company, named := fields[companyField]
	if named = named && c.attributeNamed("clientuser", companyField) == nil; named {
		delete(fields, companyField)
	}
	if p := c.fill(u, d2, fields, true); p != nil || !named {
		return p
	}
	return c.joinByHand(u, company)
}
