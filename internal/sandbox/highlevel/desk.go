package highlevel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// Cards lists the location's contacts by id.
func (c *CRM) Cards() []kit.Card {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]kit.Card, 0, len(c.contacts))
	for _, one := range c.contacts {
		all = append(all, kit.Card{
			ID: one.ID, First: one.FirstName, Last: one.LastName, Email: one.Email, Phone: one.Phone,
			Company: one.CompanyName, Tags: one.Tags, Updated: time.UnixMilli(int64(one.DateUpdated)).UTC(),
		})
	}
	slices.SortFunc(all, func(a, b kit.Card) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// customPrefix stands before the id of a custom field in the name of its input.
const customPrefix = "customFields."

// Form is the page of a contact, of a new one when id is empty; ok is false when
// there is no such contact.
func (c *CRM) Form(id string) (fields []kit.Field, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one := &Contact{}
	if id != "" {
		if one, ok = c.contacts[id]; !ok {
			return nil, false
		}
	}
	fields = []kit.Field{
		{Name: "firstName", Label: "First name", Value: one.FirstName, Type: "text"},
		{Name: "lastName", Label: "Last name", Value: one.LastName, Type: "text"},
		{Name: "email", Label: "E-mail", Value: one.Email, Type: "email"},
		{Name: "phone", Label: "Phone", Value: one.Phone, Type: "tel", Help: "Kept with its country code, such as +12015550123."},
		{Name: "companyName", Label: "Company", Value: one.CompanyName, Type: "text"},
		{Name: "city", Label: "City", Value: one.City, Type: "text"},
		{Name: "tags", Label: "Tags", Value: strings.Join(one.Tags, ", "), Type: "text", Help: "With commas between."},
	}
	if len(c.businesses) > 0 {
		fields = append(fields, c.businessField(one))
	}
	for _, f := range c.fields {
		switch f.DataType {
		case "TEXTBOX_LIST", "FILE_UPLOAD":
			continue
		}
		field := kit.Field{Name: customPrefix + f.ID, Label: f.Name, Type: "text", Help: "A custom field, " + f.FieldKey + "."}
		if f.DataType == "SINGLE_OPTIONS" || f.DataType == "RADIO" {
			field.Options = f.Options
		}
		for _, v := range one.CustomFields {
			if v.ID == f.ID {
				field.Value = spelled(v.Value)
			}
		}
		fields = append(fields, field)
	}
	return fields, true
}

// spelled is a custom field's value as an input shows it.
func spelled(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return strings.Join(v, ", ")
	case []any:
		return strings.Join(strs(v), ", ")
	}
	return fmt.Sprint(v)
}

// Save writes what a person typed, by the names of Form, and returns the contact's
// id. Fields that are not named stay.
func (c *CRM) Save(id string, typed map[string]string) (string, error) {
	body := map[string]any{}
	var custom []any
	for name, v := range typed {
		v = strings.TrimSpace(v)
		switch field, isCustom := strings.CutPrefix(name, customPrefix); {
		case isCustom:
			custom = append(custom, map[string]any{"id": field, "field_value": c.typed(field, v)})
		case name == "tags":
			body[name] = kit.SplitTags(v)
		case name == businessInput:
			body[name] = c.businessNamed(v)
		default:
			body[name] = v
		}
	}
	if v, _ := body["email"].(string); v != "" && !looksLikeMail(v) {
		return id, invalid("email must be an email")
	}
	if custom != nil {
		body["customFields"] = custom
	}
	var out map[string]any
	var err error
	if id == "" {
		out, err = c.Create("contacts", body)
	} else {
		out, err = c.Update("contacts", id, body)
	}
	if err != nil {
		return id, err
	}
	return out["id"].(string), nil
}

// typed is the value of a custom field out of an input.
func (c *CRM) typed(id, v string) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.findField(id); f != nil && (f.DataType == "CHECKBOX" || f.DataType == "MULTIPLE_OPTIONS") {
		return kit.SplitTags(v)
	}
	return v
}

// Explain is the refusal in words alone.
func (e *apiError) Explain() string {
	if list, ok := e.body["message"].([]string); ok {
		return strings.Join(list, "; ")
	}
	return fmt.Sprint(e.body["message"])
}
