package highlevel

import (
	"encoding/json"
	"fmt"
)

// Objects are what control can edit.
var Objects = append([]string{"contacts", "tags", "customFields", "users", "tasks", "notes", "businesses"}, familyNames...)

// Create makes a record as a user of the CRM would: without the API's whitelist
// and duplicate rule, but with webhooks. Tasks and notes need contactId. customFields with the id of a dropped field bring that
// one back.
func (c *CRM) Create(object string, fields map[string]any) (map[string]any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch object {
	case "contacts":
		contact, err := c.apply(c.fresh(), fields)
		if err != nil {
			return nil, err
		}
		c.override(contact, fields)
		c.store(nil, contact)
		c.contactEvent("ContactCreate", contact)
		return plain(viewOf(c.shown(contact)))
	case "tags":
		tag, err := c.createTag(fields)
		return result(tag, err)
	case "customFields":
		if id, back := fields["id"].(string); back {
			field, err := c.restoreField(id)
			return result(field, err)
		}
		field, err := c.createField(fields)
		return result(field, err)
	case "users":
		u := c.addUser(fields)
		c.userEvent("UserCreate", u)
		return plain(u)
	case "tasks", "notes":
		id, _ := fields["contactId"].(string)
		if c.contacts[id] == nil {
			return nil, contactGone(id)
		}
		if object == "tasks" {
			return plain(c.createTask(id, fields))
		}
		return plain(c.createNote(id, fields))
	case "businesses":
		if err := (dto{"name": must(filled)}).validate(map[string]any{"name": fields["name"]}); err != nil {
			return nil, err
		}
		return plain(c.createBusiness(fields))
	}
	if _, is := families[object]; is {
		return c.createRecord(object, fields)
	}
	return nil, unknownObject(object)
}

// override writes what only the CRM's own pages can.
func (c *CRM) override(contact *Contact, fields map[string]any) {
	for name, at := range map[string]*Stamp{"dateAdded": &contact.DateAdded, "dateUpdated": &contact.DateUpdated} {
		if s, ok := fields[name].(string); ok {
			if t, ok := parseInstant(s); ok {
				*at = stampOf(t)
			}
		}
	}
	if v, present := fields["businessId"]; present {
		contact.BusinessID, _ = v.(string)
	}
	if _, present := fields["followers"]; present {
		contact.Followers = strs(fields["followers"])
	}
	if _, present := fields["additionalEmails"]; present {
		contact.AdditionalEmails = []extraEmail{}
		for _, email := range strs(fields["additionalEmails"]) {
			contact.AdditionalEmails = append(contact.AdditionalEmails, extraEmail{email})
		}
	}
}

// Update changes a record as a user of the CRM would.
func (c *CRM) Update(object, id string, fields map[string]any) (map[string]any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch object {
	case "contacts":
		old := c.contacts[id]
		if old == nil {
			return nil, contactGone(id)
		}
		next, err := c.apply(old, fields)
		if err != nil {
			return nil, err
		}
		c.override(next, fields)
		return plain(viewOf(c.shown(c.save(old, next))))
	case "tags":
		tag, err := c.renameTag(id, fields)
		return result(tag, err)
	case "customFields":
		field, err := c.turnField(id, fields, true)
		return result(field, err)
	case "users":
		u, err := c.changeUser(id, fields)
		if err == nil {
			c.userEvent("UserUpdate", u)
		}
		return result(u, err)
	case "tasks":
		if t := c.tasks.byID[id]; t != nil {
			return plain(c.changeTask(t, fields))
		}
		return nil, resourceGone("Task", id)
	case "notes":
		if contactID, at, ok := c.noteByID(id); ok {
			return plain(c.changeNote(contactID, at, fields))
		}
		return nil, resourceGone("Note", id)
	case "businesses":
		b, err := c.business(id)
		if err != nil {
			return nil, err
		}
		if name, given := fields["name"]; given && name == "" {
			return nil, invalid("name should not be empty")
		}
		return plain(c.changeBusiness(b, fields))
	}
	if _, is := families[object]; is {
		return c.changeRecord(object, id, fields)
	}
	return nil, unknownObject(object)
}

// Delete removes a record as a user of the CRM would.
func (c *CRM) Delete(object, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch object {
	case "contacts":
		if contact := c.contacts[id]; contact != nil {
			c.remove(contact)
			return nil
		}
		return contactGone(id)
	case "tags":
		return orNothing(c.dropTag(id))
	case "customFields":
		return orNothing(c.dropField(id))
	case "users":
		err := c.dropUser(id)
		if err == nil {
			c.event("UserDelete", map[string]any{"id": id})
		}
		return orNothing(err)
	case "tasks":
		if t := c.tasks.byID[id]; t != nil {
			c.dropTask(t)
			return nil
		}
		return resourceGone("Task", id)
	case "notes":
		if contactID, at, ok := c.noteByID(id); ok {
			c.dropNote(contactID, at)
			return nil
		}
		return resourceGone("Note", id)
	case "businesses":
		b, err := c.business(id)
		if err == nil {
			c.dropBusiness(b)
		}
		return orNothing(err)
	}
	if _, is := families[object]; is {
		r, err := c.one(object, id)
		if err == nil {
			c.drop(object, r)
		}
		return orNothing(err)
	}
	return unknownObject(object)
}

func unknownObject(object string) error {
	return fmt.Errorf("no object %q, known are %v", object, Objects)
}

// orNothing keeps a nil *apiError from becoming a non-nil error.
func orNothing(err *apiError) error {
	if err == nil {
		return nil
	}
	return err
}

func result(v any, err *apiError) (map[string]any, error) {
	if err != nil {
		return nil, err
	}
	return plain(v)
}

// plain is a value as its JSON decodes.
func plain(v any) (map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	return out, json.Unmarshal(raw, &out)
}
