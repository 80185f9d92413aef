package highlevel

import (
	"net/http"
	"slices"
)

// Business is a company record (section 7.5). Its custom fields are only reachable as object records, which this sandbox
// does not have.
type Business struct {
	ID          string `json:"id"` // 24 hexadecimal digits
	LocationID  string `json:"locationId"`
	Name        string `json:"name"`
	Phone       string `json:"phone,omitempty"`
	Email       string `json:"email,omitempty"`
	Website     string `json:"website,omitempty"`
	Address     string `json:"address,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	PostalCode  string `json:"postalCode,omitempty"`
	Country     string `json:"country,omitempty"` // free text, unlike that of contacts [S]
	Description string `json:"description,omitempty"`
	CreatedAt   Stamp  `json:"createdAt"`
	UpdatedAt   Stamp  `json:"updatedAt"`
}

// businessTexts are what can be written. null is no text here, and an empty one clears [S].
var businessTexts = map[string]func(*Business) *string{
	"name": func(b *Business) *string { return &b.Name }, "phone": func(b *Business) *string { return &b.Phone },
	"email": func(b *Business) *string { return &b.Email }, "website": func(b *Business) *string { return &b.Website },
	"address": func(b *Business) *string { return &b.Address }, "city": func(b *Business) *string { return &b.City },
	"state": func(b *Business) *string { return &b.State }, "postalCode": func(b *Business) *string { return &b.PostalCode },
	"country": func(b *Business) *string { return &b.Country }, "description": func(b *Business) *string { return &b.Description },
}

var (
	changeBusiness = dto{
		"name": filled, "phone": text, "email": text, "website": text, "address": text, "city": text, "state": text,
		"postalCode": text, "country": text, "description": text,
	}
	createBusiness = changeBusiness.with(dto{"name": must(filled), "locationId": must(text)})
	bulkBusiness   = dto{"locationId": must(text), "ids": must(texts), "businessId": textOrNull}
)

func (b *Business) write(fields map[string]any) {
	for name, at := range businessTexts {
		if v, present := fields[name]; present {
			*at(b), _ = v.(string)
		}
	}
}

func (c *CRM) business(id string) (*Business, *apiError) {
	for _, b := range c.businesses {
		if b.ID == id {
			return b, nil
		}
	}
	return nil, resourceGone("Business", id) // text [U]
}

// listBusinesses pages by limit and skip, which are texts, and shows no total. Oldest first [U].
func (c *CRM) listBusinesses(q *call) (int, any, *apiError) {
	if err := c.needLocation(q); err != nil {
		return 0, nil, err
	}
	query := q.URL.Query()
	limit, err := queryNumber(query.Get("limit"), 100, "limit")
	if err != nil {
		return 0, nil, err
	}
	skip, err := queryNumber(query.Get("skip"), 0, "skip")
	if err != nil {
		return 0, nil, err
	}
	if limit < 1 || limit > 100 || skip < 0 {
		return 0, nil, invalid("limit must not be greater than 100")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	from := min(skip, len(c.businesses))
	rows := append([]*Business{}, c.businesses[from:min(from+limit, len(c.businesses))]...)
	return http.StatusOK, map[string]any{"businesses": rows}, nil
}

func (c *CRM) getBusiness(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := c.business(q.PathValue("businessId"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"business": b}, nil
}

func (c *CRM) postBusiness(q *call) (int, any, *apiError) {
	if err := createBusiness.validate(q.body); err != nil {
		return 0, nil, err
	}
	if err := c.inLocation(q.token, q.body["locationId"].(string)); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ignore(q.body, "name")
	// The key is misspelled as the vendor does it (section 7.5).
	return c.created(http.StatusCreated, map[string]any{"success": true, "buiseness": c.createBusiness(q.body)})
}

func (c *CRM) createBusiness(fields map[string]any) *Business {
	now := stampOf(c.now())
	b := &Business{ID: c.ids.Hex(24), LocationID: c.location.ID, CreatedAt: now, UpdatedAt: now}
	b.write(fields)
	c.businesses = append(c.businesses, b)
	return b
}

func (c *CRM) putBusiness(q *call) (int, any, *apiError) {
	if err := changeBusiness.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := c.business(q.PathValue("businessId"))
	if err != nil {
		return 0, nil, err
	}
	c.ignore(q.body)
	return http.StatusOK, map[string]any{"success": true, "buiseness": c.changeBusiness(b, q.body)}, nil
}

// changeBusiness swaps the record for a changed copy, because answers may still be writing the old one.
func (c *CRM) changeBusiness(old *Business, fields map[string]any) *Business {
	next := *old
	next.write(fields)
	if next == *old {
		return old
	}
	next.UpdatedAt = stampOf(c.now())
	c.businesses[slices.Index(c.businesses, old)] = &next
	return &next
}

func (c *CRM) deleteBusiness(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := c.business(q.PathValue("businessId"))
	if err != nil {
		return 0, nil, err
	}
	c.dropBusiness(b)
	return http.StatusOK, map[string]any{"success": true}, nil
}

// dropBusiness also takes its contacts off it; that they count as changed is [U].
func (c *CRM) dropBusiness(b *Business) {
	c.businesses = slices.DeleteFunc(c.businesses, func(x *Business) bool { return x == b })
	for _, contact := range c.contacts {
		if contact.BusinessID == b.ID {
			c.setBusiness(contact, "")
		}
	}
}

func (c *CRM) setBusiness(old *Contact, id string) {
	next := *old
	next.BusinessID = id
	c.save(old, &next)
}

// postBulkBusiness is POST /contacts/bulk/business: at most 50 contacts, null takes them off their business. That an id
// which nobody has is left out of the answer is [U].
func (c *CRM) postBulkBusiness(q *call) (int, any, *apiError) {
	if err := bulkBusiness.validate(q.body); err != nil {
		return 0, nil, err
	}
	if err := c.inLocation(q.token, q.body["locationId"].(string)); err != nil {
		return 0, nil, err
	}
	if _, given := q.body["businessId"]; !given { // null has a meaning, absence has none
		return 0, nil, invalid("businessId must be a string")
	}
	ids := strs(q.body["ids"])
	if len(ids) > 50 {
		return 0, nil, invalid("ids must contain no more than 50 elements")
	}
	id, _ := q.body["businessId"].(string)
	c.mu.Lock()
	defer c.mu.Unlock()
	if id != "" {
		if _, err := c.business(id); err != nil {
			return 0, nil, err
		}
	}
	done := []string{}
	for _, one := range ids {
		if contact := c.contacts[one]; contact != nil {
			c.setBusiness(contact, id)
			done = append(done, one)
		}
	}
	return http.StatusOK, map[string]any{"success": true, "ids": done}, nil
}
