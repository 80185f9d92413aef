package highlevel

import (
	"net/http"
	"strings"
)

// match finds who already has a contact's e-mail or phone, and by which. The real
// rule is an ordered pair of match fields that the API does not show (section 4.4
// [D]); here a record with an e-mail is matched by e-mail alone, and only one
// without by phone, so that a shared phone never hinders a create. That reading
// of the pair is [U].
func (c *CRM) match(email, phone, except string) (*Contact, string) {
	if email != "" {
		if ids := c.owners(c.emails[strings.ToLower(email)], except); len(ids) > 0 {
			return c.contacts[ids[0]], "email"
		}
		return nil, ""
	}
	if ids := c.owners(c.phones[phone], except); phone != "" && len(ids) > 0 {
		return c.contacts[ids[0]], "phone"
	}
	return nil, ""
}

// refuseDuplicate is the 400 with meta of section 4.4.
func (c *CRM) refuseDuplicate(contact *Contact, except string) *apiError {
	if c.location.Settings.AllowDuplicateContact {
		return nil
	}
	found, by := c.match(contact.Email, contact.Phone, except)
	if found == nil {
		return nil
	}
	err := bare(http.StatusBadRequest, "This location does not allow duplicated contacts.")
	err.body["meta"] = map[string]any{
		"contactId": found.ID, "contactName": found.Name(), "matchingField": by,
	}
	return err
}

// postUpsert matches by e-mail, then by phone; when the two belong to two
// contacts the first is updated and the other identifier is silently left out
// (section 4.4 [S, M #37]). gender is dropped on an existing contact [M #313].
func (c *CRM) postUpsert(q *call) (int, any, *apiError) {
	if err := upsertContact.validate(q.body); err != nil {
		return 0, nil, err
	}
	if err := c.inLocation(q.token, q.body["locationId"].(string)); err != nil {
		return 0, nil, err
	}
	c.ignore(q.body)
	c.mu.Lock()
	defer c.mu.Unlock()
	email, _ := q.body["email"].(string)
	written, _ := q.body["phone"].(string)
	phone, _ := c.e164(written)
	byEmail := c.owners(c.emails[strings.ToLower(email)], "")
	byPhone := c.owners(c.phones[phone], "")
	forced, _ := q.body["createNewIfDuplicateAllowed"].(bool)
	if forced && c.location.Settings.AllowDuplicateContact {
		byEmail, byPhone = nil, nil
	}
	var old *Contact
	switch {
	case email != "" && len(byEmail) > 0:
		old = c.contacts[byEmail[0]]
		if phone != "" && len(c.owners(byPhone, old.ID)) > 0 {
			delete(q.body, "phone")
		}
		old = promote(old, email)
	case phone != "" && len(byPhone) > 0:
		old = c.contacts[byPhone[0]]
	}
	if old == nil {
		contact, err := c.create(q.body, func() {})
		if err != nil {
			return 0, nil, err
		}
		return http.StatusOK, map[string]any{"new": true, "contact": viewOf(c.shown(contact)), "traceId": c.ids.UUID()}, nil
	}
	delete(q.body, "gender")
	next, err := c.apply(old, q.body)
	if err != nil {
		return 0, nil, err
	}
	next = c.save(c.contacts[old.ID], next)
	return http.StatusOK, map[string]any{"new": false, "contact": viewOf(c.shown(next)), "traceId": c.ids.UUID()}, nil
}

// promote makes an additional e-mail that matched the primary one (section 4.4 [M #337]).
func promote(old *Contact, email string) *Contact {
	if strings.EqualFold(old.Email, email) {
		return old
	}
	next := *old
	next.AdditionalEmails = nil
	for _, extra := range old.AdditionalEmails {
		if !strings.EqualFold(extra.Email, email) {
			next.AdditionalEmails = append(next.AdditionalEmails, extra)
		}
	}
	if old.Email != "" {
		next.AdditionalEmails = append(next.AdditionalEmails, extraEmail{old.Email})
	}
	next.Email = email
	return &next
}

// getDuplicate is GET /contacts/search/duplicate: with duplicates forbidden by the
// location's own rule, else e-mail first, then phone (section 4.4). No match is
// contact null [U]. It reads the truth, not the index.
func (c *CRM) getDuplicate(q *call) (int, any, *apiError) {
	query := q.URL.Query()
	if err := c.needLocation(q); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	phone, _ := c.e164(query.Get("number"))
	found, _ := c.match(query.Get("email"), phone, "")
	if found == nil && phone != "" {
		found, _ = c.match("", phone, "")
	}
	answer := map[string]any{"contact": nil, "traceId": c.ids.UUID()}
	if found != nil {
		answer["contact"] = viewOf(c.shown(found))
	}
	return http.StatusOK, answer, nil
}

// needLocation checks the query parameter locationId.
func (c *CRM) needLocation(q *call) *apiError {
	id := q.URL.Query().Get("locationId")
	if id == "" {
		return invalid("locationId must be a string")
	}
	return c.inLocation(q.token, id)
}
