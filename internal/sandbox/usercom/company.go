package usercom

import "slices"

// company is one row of `companies`, section 10 [R].
type company struct {
	ID          int64          `json:"id"`
	CustomID    string         `json:"custom_id,omitempty"`
	Name        string         `json:"name"`
	Email       string         `json:"email,omitempty"`
	Description string         `json:"description,omitempty"`
	Category    string         `json:"category,omitempty"`
	Address     string         `json:"address,omitempty"`
	City        string         `json:"city,omitempty"`
	Region      string         `json:"region,omitempty"`
	Country     string         `json:"country,omitempty"`
	PostalCode  string         `json:"postal_code,omitempty"`
	Size        string         `json:"size,omitempty"`
	Phones      []string       `json:"phone_numbers,omitempty"`
	Employees   []int64        `json:"employees,omitempty"` // contacts; those gone are not shown
	Tags        []int64        `json:"tags,omitempty"`
	Attributes  map[string]any `json:"attributes,omitempty"`
	Created     int64          `json:"created_at"`
	Updated     int64          `json:"updated_at"`
}

// companyTexts are the plain text fields of a company (section 10).
var companyTexts = map[string]func(*company) *string{
	"custom_id":   func(co *company) *string { return &co.CustomID },
	"name":        func(co *company) *string { return &co.Name },
	"email":       func(co *company) *string { return &co.Email },
	"description": func(co *company) *string { return &co.Description },
	"category":    func(co *company) *string { return &co.Category },
	"address":     func(co *company) *string { return &co.Address },
	"city":        func(co *company) *string { return &co.City },
	"region":      func(co *company) *string { return &co.Region },
	"country":     func(co *company) *string { return &co.Country },
	"postal_code": func(co *company) *string { return &co.PostalCode },
	"size":        func(co *company) *string { return &co.Size },
}

// fillCompanyFields puts the fields of a body into a copy of a company. Unknown
// keys are ignored as for contacts; UNVERIFIED.
func (c *CRM) fillCompanyFields(co *company, d dialect, fields map[string]any) *Problem {
	errs := fieldErrors{}
	for key, v := range fields {
		name := key
		if d == d1 && key == "company_id" { // section 2
			name = "custom_id"
		}
		if at, ok := companyTexts[name]; ok {
			s, no := asText(v)
			if no != "" {
				errs.add(key, no)
			}
			*at(co) = s
		} else if name == "phone_numbers" {
			phones, no := asList(v)
			if v != nil && no != "" {
				errs.add(key, no)
			}
			co.Phones = phones
		} else if a := c.attributeNamed("company", key); a != nil {
			if no := setValue(&co.Attributes, a, v); no != "" {
				errs.add(key, no)
			}
		}
	}
	if co.Name == "" { // alone mandatory (section 10)
		errs.add("name", required)
	}
	if no := badEmail(co.Email); no != "" && fields["email"] != nil {
		errs.add("email", no)
	}
	if owner := c.coCustom[co.CustomID]; co.CustomID != "" && owner != 0 && owner != co.ID {
		errs.add(d.pick("company_id", "custom_id"), notUnique)
	}
	var tags []string
	if v := fields["tags"]; v != nil {
		var no string
		if tags, no = asList(v); no != "" {
			errs.add("tags", no)
		}
	}
	if p := errs.problem(); p != nil {
		return p
	}
	co.Tags = c.withTags(co.Tags, tags)
	return nil
}

// insertCompany stores a new company.
func (c *CRM) insertCompany(co company) *company {
	co.ID = c.companies.newID()
	co.Created = c.now()
	co.Updated = co.Created + 14
	c.lastStamp = co.Updated
	c.noteCompany(co.ID, nil)
	c.companies.put(co.ID, &co)
	c.indexCompany(&co)
	return &co
}

func (c *CRM) indexCompany(co *company) {
	c.coNames.add(co.Name, co.ID)
	if co.CustomID != "" {
		c.coCustom[co.CustomID] = co.ID
	}
}

func (c *CRM) unindexCompany(co *company) {
	c.coNames.drop(co.Name, co.ID)
	if co.CustomID != "" {
		delete(c.coCustom, co.CustomID)
	}
}

// companyNamed finds a company by name, making it when missing, for seeding.
func (c *CRM) companyNamed(name string) int64 {
	if id := c.coNames.first(name); id != 0 {
		return id
	}
	return c.insertCompany(company{Name: name}).ID
}

func (c *CRM) dropCompany(co *company) {
	c.unindexCompany(co)
	c.noteCompany(co.ID, co)
	c.companies.remove(co.ID)
}

// writeCompany writes a company as section 10 shows it.
func (c *CRM) writeCompany(o *out, co *company, d dialect) {
	employees := []int64{}
	for _, id := range co.Employees {
		u := c.users.get(id)
		if u != nil && slices.ContainsFunc(u.Companies, func(m membership) bool { return m.Company == co.ID }) {
			employees = append(employees, id)
		}
	}
	o.open('{')
	o.int("id", co.ID)
	o.str(d.pick("company_id", "custom_id"), co.CustomID)
	o.str("name", co.Name)
	o.str("email", co.Email)
	o.str("description", co.Description)
	o.str("category", co.Category)
	o.str("address", co.Address)
	o.str("city", co.City)
	o.str("region", co.Region)
	o.str("country", co.Country)
	o.str("postal_code", co.PostalCode)
	o.str("size", co.Size)
	if co.Phones == nil {
		o.null("phone_numbers")
	} else {
		o.any("phone_numbers", co.Phones)
	}
	if d == d1 {
		o.int("approx_employees", int64(len(employees)))
	}
	o.any("employees", employees)
	c.writeTags(o, co.Tags)
	o.time("created_at", co.Created)
	o.time("updated_at", co.Updated)
	c.writeAttributes(o, "company", co.Attributes, d)
	o.close('}')
}
