package usercom

import (
	"slices"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// websiteAttribute is the custom attribute under which apps keep a company's website, because a standard company has no
// field for it (section 10).
const websiteAttribute = "website"

// Companies lists the companies of the workspace, oldest first.
func (c *CRM) Companies() []kit.Company {
	c.mu.RLock()
	defer c.mu.RUnlock()
	members := map[int64][]string{}
	for _, u := range c.users.rows {
		for _, m := range u.Companies {
			members[m.Company] = append(members[m.Company], strings.TrimSpace(u.First+" "+u.Last))
		}
	}
	all := make([]kit.Company, 0, len(c.companies.rows))
	for _, co := range c.companies.rows {
		one := kit.Company{ID: formatID(co.ID), Name: co.Name, Email: co.Email, City: co.City, Members: members[co.ID],
			Updated: time.UnixMicro(co.Updated).UTC(), Made: time.UnixMicro(co.Created).UTC()}
		one.Website, _ = co.Attributes[websiteAttribute].(string)
		all = append(all, one)
	}
	return all
}

// CompanyForm is the page of a company, of a new one when id is empty; ok is false when there is no such company.
func (c *CRM) CompanyForm(id string) (fields []kit.Field, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	co := &company{}
	if id != "" {
		if co = c.companies.get(parseID(id)); co == nil {
			return nil, false
		}
	}
	fields = []kit.Field{
		{Name: "name", Label: "Name", Value: co.Name, Type: "text"},
		{Name: "phone_numbers", Label: "Phone numbers", Value: strings.Join(co.Phones, ", "), Type: "text", Help: "With commas between."},
		{Name: "email", Label: "E-mail", Value: co.Email, Type: "email"},
		{Name: "address", Label: "Address", Value: co.Address, Type: "text"},
		{Name: "city", Label: "City", Value: co.City, Type: "text"},
		{Name: "region", Label: "Region", Value: co.Region, Type: "text"},
		{Name: "postal_code", Label: "Postal code", Value: co.PostalCode, Type: "text"},
		{Name: "country", Label: "Country", Value: co.Country, Type: "text"},
		{Name: "description", Label: "Description", Value: co.Description, Type: "textarea"},
	}
	for _, a := range c.kinds["company"] {
		fields = append(fields, c.attributeField(a, &contact{Attributes: co.Attributes}))
	}
	return fields, true
}

// SaveCompany writes what a person typed, by the names of CompanyForm. Fields that are not named stay.
func (c *CRM) SaveCompany(id string, typed map[string]string) error {
	body := map[string]any{}
	for name, v := range typed {
		v = strings.TrimSpace(v)
		body[name] = v
		if name == "phone_numbers" {
			body[name] = kit.SplitTags(v)
		}
	}
	var err error
	if id == "" {
		_, err = c.Create("companies", body)
	} else {
		_, err = c.Update("companies", id, body)
	}
	return err
}

// DropCompany deletes a company as a person would.
func (c *CRM) DropCompany(id string) error { return c.Delete("companies", id) }

// AddCompany puts a seeded company without contacts in and returns its id.
func (c *CRM) AddCompany(s SeededCompany) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	co := company{Name: s.Name, Email: s.Email, City: s.City, Country: s.Country}
	if s.Phone != "" {
		co.Phones = []string{s.Phone}
	}
	row := c.insertCompany(co)
	c.catchUp()
	row.Created, row.Updated = s.Made.UnixMicro(), s.Made.UnixMicro()
	return formatID(row.ID)
}

// SeededCompany is a company that was there before the sandbox started.
type SeededCompany struct {
	Name, Email, Phone, City, Country string
	Made                              time.Time
}

// Join puts a contact into a company, as a person would; Part takes it out, for which no call of the API is known.
func (c *CRM) Join(contactID, companyID string) {
	c.members(contactID, func(u *contact) { c.join(u, parseID(companyID)) })
}

// Part takes a contact out of a company.
func (c *CRM) Part(contactID, companyID string) {
	c.members(contactID, func(u *contact) {
		left := []membership{}
		for _, m := range u.Companies {
			if m.Company != parseID(companyID) {
				left = append(left, m)
			}
		}
		u.Companies = left
	})
}

func (c *CRM) members(contactID string, change func(*contact)) {
	defer c.sendCalls()
	c.mu.Lock()
	defer c.mu.Unlock()
	if u := c.users.get(parseID(contactID)); u != nil {
		next := *u
		change(&next)
		c.save(u, next)
	}
}

// membersInput is the input of a person's page for the companies that it belongs to, by name.
const membersInput = "companies"

func (c *CRM) membersOf(u *contact) (names []string) {
	for _, m := range u.Companies {
		if co := c.companies.get(m.Company); co != nil {
			names = append(names, co.Name)
		}
	}
	return names
}

// belongTo makes a person belong to the companies of these names, and to no others.
func (c *CRM) belongTo(contactID, typed string) {
	c.members(contactID, func(u *contact) {
		want := map[int64]bool{}
		for _, name := range kit.SplitTags(typed) {
			id := c.companyNamed(name.(string))
			want[id] = true
			c.join(u, id)
		}
		u.Companies = slices.DeleteFunc(slices.Clone(u.Companies), func(m membership) bool { return !want[m.Company] })
	})
}
