package highlevel

import "slices"

// Get reads a record as it is held.
func (c *CRM) Get(object, id string) (map[string]any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found any
	switch object {
	case "contacts":
		if contact := c.contacts[id]; contact != nil {
			found = viewOf(c.shown(contact))
		}
	case "tags":
		if at, err := c.findTag(id); err == nil {
			found = c.tags[at]
		}
	case "customFields":
		if f := c.findField(id); f != nil {
			found = f
		}
	case "users":
		if at := slices.IndexFunc(c.users, func(u *User) bool { return u.ID == id }); at >= 0 {
			found = c.users[at]
		}
	case "tasks":
		if t := c.tasks.byID[id]; t != nil {
			found = t
		}
	case "notes":
		if contactID, at, ok := c.noteByID(id); ok {
			found = c.notes[contactID][at]
		}
	case "businesses":
		if b, err := c.business(id); err == nil {
			found = b
		}
	default:
		if _, is := families[object]; !is {
			return nil, unknownObject(object)
		}
		if r, err := c.one(object, id); err == nil {
			found = families[object].show(c, r)
		}
	}
	if found == nil {
		return nil, resourceGone(object, id)
	}
	return plain(found)
}

// Count is how many records of an object are held.
func (c *CRM) Count(object string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch object {
	case "contacts":
		return len(c.contacts)
	case "tags":
		return len(c.tags)
	case "customFields":
		return len(c.fields)
	case "users":
		return len(c.users)
	case "tasks":
		return len(c.tasks.byID)
	case "notes":
		n := 0
		for _, list := range c.notes {
			n += len(list)
		}
		return n
	case "businesses":
		return len(c.businesses)
	}
	return len(c.kept[object])
}

func (c *CRM) noteByID(id string) (contactID string, at int, ok bool) {
	for contactID, list := range c.notes {
		if at := slices.IndexFunc(list, func(n *Note) bool { return n.ID == id }); at >= 0 {
			return contactID, at, true
		}
	}
	return "", 0, false
}
