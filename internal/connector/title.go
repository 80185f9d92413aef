package connector

import "strings"

// TitleOf is what people know a record by: its name, and the address that tells it from others of that name, an email
// rather than a phone number. Each is "" where the record does not hold it, or where nobody asked for those fields.
func (o *Object) TitleOf(f Fields) (name, address string) {
	var parts []string
	for _, field := range o.Title {
		if v, _ := f[field].(string); strings.TrimSpace(v) != "" {
			parts = append(parts, strings.TrimSpace(v))
		}
	}
	for _, kind := range []Type{Email, Phone} {
		for _, field := range o.Fields {
			if v, _ := f[field.Name].(string); address == "" && field.Type == kind {
				address = strings.TrimSpace(v)
			}
		}
	}
	return strings.Join(parts, " "), address
}
