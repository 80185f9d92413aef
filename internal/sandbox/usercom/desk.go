package usercom

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// Cards lists the contacts by id. The company is the attribute company_name,
// or else the company that the contact is a member of.
func (c *CRM) Cards() []kit.Card {
	c.mu.RLock()
	defer c.mu.RUnlock()
	all := make([]kit.Card, 0, len(c.users.rows))
	for _, u := range c.users.rows {
		card := kit.Card{
			ID: formatID(u.ID), First: u.First, Last: u.Last, Email: u.Email, Phone: u.Phone,
			Updated: time.UnixMicro(u.Updated).UTC(), Tags: c.tagsOf(u),
		}
		card.Company, _ = u.Attributes[companyAttribute].(string)
		if card.Company == "" {
			card.Company = c.memberOf(u)
		}
		all = append(all, card)
	}
	return all
}

// companyAttribute is the custom attribute under which apps keep a company's name,
// because a standard contact has no field for it (section 6.1).
const companyAttribute = "company_name"

func (c *CRM) tagsOf(u *contact) []string {
	names := []string{}
	for _, id := range u.Tags {
		if t := c.tags.get(id); t != nil {
			names = append(names, t.Name)
		}
	}
	return names
}

// memberOf is the first company that a contact belongs to.
func (c *CRM) memberOf(u *contact) string {
	for _, m := range u.Companies {
		if co := c.companies.get(m.Company); co != nil {
			return co.Name
		}
	}
	return ""
}

// companyField is the input for the company a contact belongs to; the API has no
// field of this name.
const companyField = "company"

// Form is the page of a contact, of a new one when id is empty; ok is false when
// there is no such contact.
func (c *CRM) Form(id string) (fields []kit.Field, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	u := &contact{}
	if id != "" {
		if u, ok = c.row("users", parseID(id)).(*contact); !ok {
			return nil, false
		}
	}
	fields = []kit.Field{
		{Name: "first_name", Label: "First name", Value: u.First, Type: "text", Help: "At most 40 characters are kept."},
		{Name: "last_name", Label: "Last name", Value: u.Last, Type: "text", Help: "At most 40 characters are kept."},
		{Name: "email", Label: "E-mail", Value: u.Email, Type: "email"},
		{Name: "phone_number", Label: "Phone", Value: u.Phone, Type: "tel", Help: "Kept as it is typed."},
	}
	if c.attributeNamed("clientuser", companyAttribute) == nil {
		fields = append(fields, kit.Field{Name: companyField, Label: "Company", Value: c.memberOf(u), Type: "text",
			Help: "The company this person belongs to."})
	} else {
		fields = append(fields, kit.Field{Name: membersInput, Label: "Companies", Value: strings.Join(c.membersOf(u), ", "), Type: "text",
			Help: "Those this person belongs to, by name, with commas between. One that is not there is made."})
	}
	fields = append(fields,
		kit.Field{Name: "city", Label: "City", Value: u.City, Type: "text"},
		kit.Field{Name: "tags", Label: "Tags", Value: strings.Join(c.tagsOf(u), ", "), Type: "text", Help: "With commas between."},
	)
	for _, a := range c.kinds["clientuser"] {
		fields = append(fields, c.attributeField(a, u))
	}
	return fields, true
}

func (c *CRM) attributeField(a *attribute, u *contact) kit.Field {
	field := kit.Field{Name: a.NameStd, Label: a.Name, Type: "text", Help: "A custom attribute, " + a.NameStd + "."}
	switch v := u.Attributes[a.NameStd].(type) {
	case nil:
	case string:
		field.Value = v
	case []any:
		var names []string
		for _, one := range v {
			names = append(names, fmt.Sprint(one))
		}
		field.Value = strings.Join(names, ", ")
	default:
		field.Value = string(encode(v))
	}
	switch {
	case a.ValueType == "boolean":
		field.Options = []string{"true", "false"}
	case a.ValueType == "fixed" && !a.Multiple:
		field.Options = a.Choices
	case a.NameStd == companyAttribute:
		field.Label = "Company"
		if member := c.memberOf(u); member != "" {
			field.Help += " This person also belongs to the company " + member + "."
		}
	}
	return field
}

// Save writes what a person typed, by the names of Form, and returns the contact's
// id. Fields that are not named stay.
func (c *CRM) Save(id string, typed map[string]string) (string, error) {
	body := map[string]any{}
	for name, v := range typed {
		v = strings.TrimSpace(v)
		body[name] = c.fromInput(name, v)
	}
	members, given := typed[membersInput]
	delete(body, membersInput)
	var out map[string]any
	var err error
	if id == "" {
		out, err = c.Create("users", body)
	} else {
		out, err = c.Update("users", id, body)
	}
	if err != nil {
		return id, err
	}
	n, _ := asInt(out["id"])
	if given {
		c.belongTo(formatID(n), members)
	}
	return formatID(n), nil
}

// fromInput is the value of a field out of an input; an attribute left empty is null.
func (c *CRM) fromInput(name, v string) any {
	c.mu.RLock()
	a := c.attributeNamed("clientuser", name)
	c.mu.RUnlock()
	switch {
	case name == "tags" || a != nil && a.Multiple && v != "":
		return kit.SplitTags(v)
	case a != nil && v == "":
		return nil
	}
	return v
}

// joinByHand makes a person belong to the company with a name, and to no other.
func (c *CRM) joinByHand(u *contact, company any) *Problem {
	name, no := asText(company)
	if no != "" {
		return invalid(companyField, no)
	}
	if name == c.memberOf(u) {
		return nil
	}
	u.Companies = nil
	if name != "" {
		c.join(u, c.companyNamed(name))
	}
	return nil
}

// Explain is the refusal in words alone.
func (p *Problem) Explain() string {
	errs, ok := p.Body.(fieldErrors)
	if !ok {
		if body, ok := p.Body.(map[string]string); ok {
			return body["detail"]
		}
		return p.Error()
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(errs)) {
		all = append(all, name+": "+strings.Join(errs[name], " "))
	}
	return strings.Join(all, "; ")
}
