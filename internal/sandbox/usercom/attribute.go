package usercom

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// attribute is a custom field of the workspace (section 7).
type attribute struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	NameStd     string   `json:"name_std"`
	ValueType   string   `json:"value_type"`
	ContentType string   `json:"content_type"`
	Choices     []string `json:"choices,omitempty"`
	Multiple    bool     `json:"allow_multiple_choices,omitempty"`
	Description string   `json:"description,omitempty"`
}

// contentTypes and the keys of valueTypeNumbers are what section 7 lists [D].
var contentTypes = []string{"activity", "clientuser", "company", "deal", "product", "ticket"}

// nameStd derives the key of an attribute: lower case, spaces to underscores
// (section 7). That other signs fall away is UNVERIFIED.
func nameStd(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '_' || r == '-':
			return '_'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(name))
}

// attributeNamed finds an attribute by name_std or by its display name; both
// occur as keys of bodies (section 7).
func (c *CRM) attributeNamed(kind, name string) *attribute {
	for _, a := range c.kinds[kind] {
		if a.NameStd == name || a.Name == name {
			return a
		}
	}
	return nil
}

// regroup sorts the attributes by the objects they belong to.
func (c *CRM) regroup() {
	c.kinds = map[string][]*attribute{}
	for _, a := range c.attributes.rows {
		c.kinds[a.ContentType] = append(c.kinds[a.ContentType], a)
	}
}

// newAttribute checks and stores an attribute by the rules of section 7. The
// words of the refusals, and that names must differ within one kind of object,
// are UNVERIFIED.
func (c *CRM) newAttribute(fields map[string]any) (*attribute, *Problem) {
	errs := fieldErrors{}
	a := attribute{}
	a.Name, _ = asText(fields["name"])
	a.ValueType, _ = asText(fields["value_type"])
	a.ContentType, _ = asText(fields["content_type"])
	a.Description, _ = asText(fields["description"])
	a.NameStd = nameStd(a.Name)
	if a.ContentType == "user" { // dialect 1's word for it
		a.ContentType = "clientuser"
	}
	switch n := len([]rune(a.Name)); {
	case n == 0:
		errs.add("name", required)
	case n > 32:
		errs.add("name", "Ensure this field has no more than 32 characters.")
	case a.NameStd == "" || c.attributeNamed(a.ContentType, a.NameStd) != nil || reserved(a):
		errs.add("name", notUnique)
	}
	choose(errs, "value_type", a.ValueType, slices.Sorted(maps.Keys(valueTypeNumbers)))
	choose(errs, "content_type", a.ContentType, contentTypes)
	if a.ValueType == "fixed" {
		var no string
		if a.Choices, no = asList(fields["choices"]); no != "" || len(a.Choices) == 0 {
			errs.add("choices", required)
		}
		if a.Multiple, no = asBool(fields["allow_multiple_choices"]); no != "" {
			errs.add("allow_multiple_choices", required)
		}
	}
	if p := errs.problem(); p != nil {
		return nil, p
	}
	return c.storeAttribute(a), nil
}

func (c *CRM) storeAttribute(a attribute) *attribute {
	a.ID = c.attributes.newID()
	c.attributes.put(a.ID, &a)
	c.regroup()
	return &a
}

func choose(errs fieldErrors, field, value string, of []string) {
	if value == "" {
		errs.add(field, required)
	} else if !slices.Contains(of, value) {
		errs.add(field, `"`+value+`" is not a valid choice.`)
	}
}

// reserved says whether a flat attribute would hide a contact's standard field.
func reserved(a attribute) bool {
	_, standard := userFields[a.NameStd]
	return a.ContentType == "clientuser" && (standard || slices.Contains(readOnly, a.NameStd))
}

// convert makes a value fit the attribute's type, or says why it does not
// (formats of section 3). That misfits are refused is UNVERIFIED; the vendor's
// Segment endpoint drops them.
func (a *attribute) convert(v any) (any, string) {
	switch a.ValueType {
	case "boolean":
		return pair(asBool(v))
	case "integer":
		n, no := asInt(v)
		return float64(n), no
	case "float":
		return pair(asFloat(v))
	case "date":
		return pair(asDate(v))
	case "datetime":
		at, no := asTime(v)
		return formatTime(at), no
	case "fixed":
		return a.choice(v)
	case "json":
		var plain any
		if err := json.Unmarshal(encode(v), &plain); err != nil {
			return nil, "Value must be valid JSON."
		}
		return plain, ""
	}
	return pair(asText(v))
}

func pair[T any](v T, no string) (any, string) { return v, no }

// choice checks a fixed value; several come and go as an array (section 7).
func (a *attribute) choice(v any) (any, string) {
	names, no := asList(v)
	if no != "" {
		var one string
		if one, no = asText(v); no != "" {
			return nil, no
		}
		names = []string{one}
	}
	if len(names) > 1 && !a.Multiple {
		return nil, "Only one choice is allowed."
	}
	for _, name := range names {
		if !slices.Contains(a.Choices, name) {
			return nil, `"` + name + `" is not a valid choice.`
		}
	}
	if !a.Multiple && len(names) == 1 {
		return names[0], ""
	}
	all := make([]any, len(names))
	for i, name := range names {
		all[i] = name
	}
	return all, ""
}
