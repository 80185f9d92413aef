package highlevel

import (
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// Companies lists the location's businesses, oldest first.
func (c *CRM) Companies() []kit.Company {
	c.mu.Lock()
	defer c.mu.Unlock()
	members := map[string][]string{}
	for _, one := range c.contacts {
		if one.BusinessID != "" {
			members[one.BusinessID] = append(members[one.BusinessID], one.Name())
		}
	}
	all := make([]kit.Company, len(c.businesses))
	for i, b := range c.businesses {
		all[i] = kit.Company{ID: b.ID, Name: b.Name, Website: b.Website, Email: b.Email, City: b.City, Members: members[b.ID],
			Updated: time.UnixMilli(int64(b.UpdatedAt)).UTC(), Made: time.UnixMilli(int64(b.CreatedAt)).UTC()}
	}
	return all
}

// CompanyForm is the page of a business, of a new one when id is empty; ok is false when there is no such business.
func (c *CRM) CompanyForm(id string) (fields []kit.Field, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := &Business{}
	if id != "" {
		var err *apiError
		if b, err = c.business(id); err != nil {
			return nil, false
		}
	}
	return []kit.Field{
		{Name: "name", Label: "Name", Value: b.Name, Type: "text"},
		{Name: "phone", Label: "Phone", Value: b.Phone, Type: "tel"},
		{Name: "email", Label: "E-mail", Value: b.Email, Type: "email"},
		{Name: "website", Label: "Website", Value: b.Website, Type: "text"},
		{Name: "address", Label: "Street address", Value: b.Address, Type: "text"},
		{Name: "city", Label: "City", Value: b.City, Type: "text"},
		{Name: "state", Label: "State", Value: b.State, Type: "text"},
		{Name: "postalCode", Label: "Postal code", Value: b.PostalCode, Type: "text"},
		{Name: "country", Label: "Country", Value: b.Country, Type: "text", Help: "Any text."},
		{Name: "description", Label: "Description", Value: b.Description, Type: "textarea"},
	}, true
}

// SaveCompany writes what a person typed, by the names of CompanyForm. Fields that are not named stay.
func (c *CRM) SaveCompany(id string, typed map[string]string) error {
	fields := map[string]any{}
	for name, v := range typed {
		fields[name] = strings.TrimSpace(v)
	}
	var err error
	if id == "" {
		_, err = c.Create("businesses", fields)
	} else {
		_, err = c.Update("businesses", id, fields)
	}
	return err
}

// DropCompany deletes a business as a person would.
func (c *CRM) DropCompany(id string) error { return c.Delete("businesses", id) }

// AddCompany puts a seeded business with its contacts in and returns its id. The contacts do not count as changed.
func (c *CRM) AddCompany(s SeededCompany, members ...string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := &Business{
		ID: c.ids.Hex(24), LocationID: c.location.ID, Name: s.Name, Website: s.Website, Email: s.Email, Phone: s.Phone,
		City: s.City, Country: s.Country, CreatedAt: stampOf(s.Made), UpdatedAt: stampOf(s.Made),
	}
	c.businesses = append(c.businesses, b)
	for _, id := range members {
		if old := c.contacts[id]; old != nil {
			next := *old
			next.BusinessID = b.ID
			c.store(old, &next)
		}
	}
	c.index.catchUp(c.now().Add(c.o.SearchLag)) // what was there before the sandbox started is indexed
	return b.ID
}

// SeededCompany is a business that was there before the sandbox started.
type SeededCompany struct {
	Name, Website, Email, Phone, City, Country string
	Made                                       time.Time
}

// Join puts a contact into a business, "" takes it off, as a person would.
func (c *CRM) Join(contactID, businessID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if contact := c.contacts[contactID]; contact != nil {
		c.setBusiness(contact, businessID)
	}
}

// businessInput is the input of a contact's page for the business that it belongs to, by name.
const businessInput = "businessId"

func (c *CRM) businessField(one *Contact) kit.Field {
	field := kit.Field{Name: businessInput, Label: "Company record", Help: "The company that this person belongs to."}
	for _, b := range c.businesses {
		field.Options = append(field.Options, b.Name)
		if b.ID == one.BusinessID {
			field.Value = b.Name
		}
	}
	return field
}

// businessNamed is the id of the oldest business of a name, nil of none.
func (c *CRM) businessNamed(name string) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.businesses {
		if b.Name == name {
			return b.ID
		}
	}
	return nil
}
