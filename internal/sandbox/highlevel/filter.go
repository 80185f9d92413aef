package highlevel

import (
	"slices"
	"strings"
)

// A filter says whether a contact is wanted.
type filter func(*Contact) bool

// operators by kind of field (section 4.6).
var operators = map[string][]string{
	"text": {"eq", "not_eq", "contains", "not_contains", "exists", "not_exists"},
	"name": {"eq", "not_eq", "exists", "not_exists"},
	"set":  {"eq", "not_eq", "contains", "not_contains", "exists", "not_exists"},
	"bool": {"eq", "not_eq", "exists", "not_exists"},
	"date": {"range", "exists", "not_exists"},
	"any":  {"eq", "not_eq", "contains", "not_contains", "exists", "not_exists", "range"},
}

// searchField is how one field is read; value is nil when it is not set. Text is
// compared in lower case, dates as Stamp.
type searchField struct {
	kind  string
	value func(*Contact) any
}

func textField(kind string, of func(*Contact) string) searchField {
	return searchField{kind, func(c *Contact) any {
		if s := of(c); s != "" {
			return strings.ToLower(s)
		}
		return nil
	}}
}

var searchFields = map[string]searchField{
	"id":                 textField("name", func(c *Contact) string { return c.ID }),
	"assignedTo":         textField("name", func(c *Contact) string { return c.AssignedTo }),
	"type":               textField("name", func(c *Contact) string { return c.Type }),
	"country":            textField("name", func(c *Contact) string { return c.Country }),
	"timezone":           textField("name", func(c *Contact) string { return c.Timezone }),
	"source":             textField("text", func(c *Contact) string { return c.Source }),
	"city":               textField("text", func(c *Contact) string { return c.City }),
	"state":              textField("text", func(c *Contact) string { return c.State }),
	"postalCode":         textField("text", func(c *Contact) string { return c.PostalCode }),
	"companyName":        textField("text", func(c *Contact) string { return c.CompanyName }),
	"businessName":       textField("text", func(*Contact) string { return "" }),
	"address":            textField("text", func(c *Contact) string { return c.Address1 }),
	"website":            textField("text", func(c *Contact) string { return c.Website }),
	"contactName":        textField("text", (*Contact).Name),
	"firstNameLowerCase": textField("text", func(c *Contact) string { return c.FirstName }),
	"lastNameLowerCase":  textField("text", func(c *Contact) string { return c.LastName }),
	"email":              textField("text", func(c *Contact) string { return c.Email }),
	"phone":              textField("text", func(c *Contact) string { return c.Phone }),
	"tags":               {"set", func(c *Contact) any { return listOrNil(c.Tags) }},
	"followers":          {"set", func(c *Contact) any { return listOrNil(c.Followers) }},
	"dnd":                {"bool", func(c *Contact) any { return c.DND }},
	"validEmail":         {"bool", func(*Contact) any { return nil }},
	"isValidWhatsapp":    {"bool", func(*Contact) any { return nil }},
	"dateAdded":          {"date", func(c *Contact) any { return c.DateAdded }},
	"dateUpdated":        {"date", func(c *Contact) any { return c.DateUpdated }},
	"dateOfBirth": {"date", func(c *Contact) any {
		if t, ok := parseInstant(c.DateOfBirth); ok {
			return stampOf(t)
		}
		return nil
	}},
}

func listOrNil(list []string) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

// fieldNamed also knows customFields.<id> and the DND states.
func fieldNamed(name string) (searchField, bool) {
	if f, ok := searchFields[name]; ok {
		return f, true
	}
	if id, ok := strings.CutPrefix(name, "customFields."); ok && id != "" {
		return searchField{"any", func(c *Contact) any { return customValue(c, id) }}, true
	}
	if channel, ok := strings.CutPrefix(name, "dndSettings."); ok && strings.HasSuffix(channel, ".status") {
		channel = strings.TrimSuffix(channel, ".status")
		return textField("name", func(c *Contact) string {
			state, _ := c.DNDSettings[channel].(map[string]any)
			status, _ := state["status"].(string)
			return status
		}), true
	}
	return searchField{}, false
}

func customValue(c *Contact, id string) any {
	at := slices.IndexFunc(c.CustomFields, func(v fieldValue) bool { return v.ID == id })
	if at < 0 {
		return nil
	}
	switch v := c.CustomFields[at].Value.(type) {
	case string:
		return strings.ToLower(v)
	case []any:
		return strs(v)
	default:
		return v
	}
}

// compile turns the list `filters` into one filter: AND by default, groups nest.
func compile(list []any, group string) (filter, *apiError) {
	var parts []filter
	for _, raw := range list {
		item, ok := raw.(map[string]any)
		if !ok {
			return nil, invalid("each value in nested property filters must be either object or array")
		}
		part, err := compileOne(item)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	switch group {
	case "", "AND":
		return func(c *Contact) bool {
			return !slices.ContainsFunc(parts, func(f filter) bool { return !f(c) })
		}, nil
	case "OR":
		return func(c *Contact) bool {
			return slices.ContainsFunc(parts, func(f filter) bool { return f(c) })
		}, nil
	}
	return nil, invalid("group must be one of the following values: AND, OR")
}

func compileOne(item map[string]any) (filter, *apiError) {
	if group, ok := item["group"].(string); ok {
		inner, _ := item["filters"].([]any)
		return compile(inner, group)
	}
	name, _ := item["field"].(string)
	operator, _ := item["operator"].(string)
	field, ok := fieldNamed(name)
	if !ok {
		return nil, badRequest("Invalid field %s", name)
	}
	if !slices.Contains(operators[field.kind], operator) {
		return nil, badRequest("Invalid operator %s for field %s", operator, name) // text [U]
	}
	test, err := operatorTest(operator, item["value"])
	if err != nil {
		return nil, err
	}
	return func(c *Contact) bool { return test(field.value(c)) }, nil
}
