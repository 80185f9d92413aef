package highlevel

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"couplet/internal/sandbox/kit"
)

// Add puts a seeded person in, without webhooks, and returns the contact's id. The
// spelling of the e-mail is kept, the phone becomes E.164.
func (c *CRM) Add(p kit.Person) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	contact := c.fresh()
	contact.FirstName, contact.LastName, contact.Email, contact.CompanyName = p.First, p.Last, p.Email, p.Company
	contact.Phone, _ = c.e164(p.Phone)
	contact.City, contact.Country, contact.Source = p.City, p.Country, "import"
	contact.Tags = c.useTags(p.Tags)
	if !p.Created.IsZero() {
		contact.DateAdded, contact.DateUpdated = stampOf(p.Created), stampOf(p.Created)
	}
	c.store(nil, contact)
	c.index.catchUp(c.now().Add(c.o.SearchLag)) // what was there before the sandbox started is indexed
	return contact.ID
}

func (c *CRM) fresh() *Contact {
	now := stampOf(c.now())
	return &Contact{
		ID: c.newID(), LocationID: c.location.ID, Type: "lead", Source: "public api",
		Tags: []string{}, Followers: []string{}, AdditionalEmails: []extraEmail{}, AdditionalPhones: []string{},
		CustomFields: []fieldValue{}, DateAdded: now, DateUpdated: now,
	}
}

// newID is 20 letters and digits (section 4.1).
func (c *CRM) newID() string { return c.ids.AlphaNum(20) }

// store swaps one version of a contact for another, in the truth and, later, in
// the index; either may be nil. The caller holds the lock.
func (c *CRM) store(old, next *Contact) {
	id := ""
	if old != nil {
		id = old.ID
		c.emails.drop(strings.ToLower(old.Email), id)
		c.phones.drop(old.Phone, id)
		for _, extra := range old.AdditionalEmails {
			c.emails.drop(strings.ToLower(extra.Email), id)
		}
		delete(c.contacts, id)
	}
	if next != nil {
		id = next.ID
		c.emails.add(strings.ToLower(next.Email), id)
		c.phones.add(next.Phone, id)
		for _, extra := range next.AdditionalEmails {
			c.emails.add(strings.ToLower(extra.Email), id)
		}
		c.contacts[id] = next
	}
	c.index.put(c.now(), id, next)
}

// save stores a changed contact if anything did change, moves its dateUpdated and
// sends the events. It returns what is held now.
func (c *CRM) save(old, next *Contact) *Contact {
	if reflect.DeepEqual(old, next) {
		return old
	}
	next.DateUpdated = stampOf(c.now())
	c.store(old, next)
	c.contactEvents(old, next)
	return next
}

// find is the contact of a path, or 400 (section 1.1).
func (c *CRM) find(q *call) (*Contact, *apiError) {
	id := q.PathValue("contactId")
	if contact := c.contacts[id]; contact != nil {
		return contact, nil
	}
	return nil, contactGone(id)
}

func (c *CRM) getContact(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	contact, err := c.find(q)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"contact": viewOf(c.shown(contact)), "traceId": c.ids.UUID()}, nil
}

func (c *CRM) postContact(q *call) (int, any, *apiError) {
	if err := createContact.validate(q.body); err != nil {
		return 0, nil, err
	}
	if err := c.inLocation(q.token, q.body["locationId"].(string)); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	contact, err := c.create(q.body, func() { c.ignore(q.body) })
	if err != nil {
		return 0, nil, err
	}
	return c.created(http.StatusCreated, map[string]any{"contact": createdViewOf(contact), "traceId": c.ids.UUID()})
}

// create makes a contact unless the location's rule forbids it. lose may take a field out of the body once the rule has let
// it pass: a contact that loses its e-mail is not refused for its phone.
func (c *CRM) create(body map[string]any, lose func()) (*Contact, *apiError) {
	fresh := c.fresh()
	contact, err := c.apply(fresh, body)
	if err != nil {
		return nil, err
	}
	if err := c.refuseDuplicate(contact, ""); err != nil {
		return nil, err
	}
	lose()
	if contact, err = c.apply(fresh, body); err != nil {
		return nil, err
	}
	c.store(nil, contact)
	c.contactEvent("ContactCreate", contact)
	return contact, nil
}

func (c *CRM) putContact(q *call) (int, any, *apiError) {
	rules := updateContact
	if c.o.AllowCompanyPut {
		rules = rules.with(dto{"companyName": textOrNull})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := rules.validate(q.body); err != nil {
		return 0, nil, err
	}
	old, err := c.find(q)
	if err != nil {
		return 0, nil, err
	}
	c.ignore(q.body)
	next, err := c.apply(old, q.body)
	if err != nil {
		return 0, nil, err
	}
	if c.o.DuplicateOnUpdate && (!strings.EqualFold(next.Email, old.Email) || next.Phone != old.Phone) {
		if err := c.refuseDuplicate(next, old.ID); err != nil {
			return 0, nil, err
		}
	}
	next = c.save(old, next)
	return http.StatusOK, map[string]any{"succeded": true, "contact": viewOf(c.shown(next)), "traceId": c.ids.UUID()}, nil
}

func (c *CRM) deleteContact(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	contact, err := c.find(q)
	if err != nil {
		return 0, nil, err
	}
	c.remove(contact)
	return http.StatusOK, map[string]any{"succeded": true, "traceId": c.ids.UUID()}, nil
}

// remove deletes a contact with all that hangs on it, which fires no events of its own [U].
func (c *CRM) remove(contact *Contact) {
	c.store(contact, nil)
	for _, id := range slices.Clone(c.tasks.byContact[contact.ID]) {
		c.loseTask(c.tasks.byID[id])
	}
	delete(c.notes, contact.ID)
	c.dropUnder("contactId", contact.ID)
	c.contactEvent("ContactDelete", contact)
}

// owners are the contacts with an e-mail or phone, oldest entry first, without one id.
func (c *CRM) owners(ids []string, except string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == except })
}
