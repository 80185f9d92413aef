package highlevel

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"couplet/internal/connector"
)

// row is a contact in any of its shapes: GET and PUT (4.1), create (4.1), search (4.6) and the deprecated list (4.5).
// Absent and null are the same to it; which fields a shape shows is in the spec's views.
type row struct {
	ID          string   `json:"id"`
	FirstName   *string  `json:"firstName"`
	LastName    *string  `json:"lastName"`
	Email       *string  `json:"email"`
	Phone       *string  `json:"phone"`
	CompanyName *string  `json:"companyName"`
	BusinessID  *string  `json:"businessId"`
	Address1    *string  `json:"address1"`
	Address     *string  `json:"address"` // its name in search
	City        *string  `json:"city"`
	State       *string  `json:"state"`
	PostalCode  *string  `json:"postalCode"`
	Country     *string  `json:"country"`
	Website     *string  `json:"website"`
	Timezone    *string  `json:"timezone"`
	Source      *string  `json:"source"`
	AssignedTo  *string  `json:"assignedTo"`
	DateOfBirth any      `json:"dateOfBirth"`
	DND         *bool    `json:"dnd"`
	Tags        []string `json:"tags"`
	Custom      []struct {
		ID         string `json:"id"`
		Value      any    `json:"value"`
		FieldValue any    `json:"fieldValue"` // version v3 (2.1)
	} `json:"customFields"`
	DateAdded   string `json:"dateAdded"`
	DateUpdated string `json:"dateUpdated"`

	// Of search rows only. The copies are present and empty for a contact without a name.
	FirstLower  json.RawMessage `json:"firstNameLowerCase"`
	LastLower   json.RawMessage `json:"lastNameLowerCase"`
	SearchAfter json.RawMessage `json:"searchAfter"`
}

// readers take each standard field out of a row.
var readers = map[string]func(*row) any{
	"firstName":   func(r *row) any { return str(r.FirstName) },
	"lastName":    func(r *row) any { return str(r.LastName) },
	"email":       func(r *row) any { return str(r.Email) },
	"phone":       func(r *row) any { return str(r.Phone) },
	"companyName": func(r *row) any { return str(r.CompanyName) },
	"businessId":  func(r *row) any { return str(r.BusinessID) },
	"address1": func(r *row) any {
		if r.Address1 == nil {
			return str(r.Address)
		}
		return str(r.Address1)
	},
	"city":        func(r *row) any { return str(r.City) },
	"state":       func(r *row) any { return str(r.State) },
	"postalCode":  func(r *row) any { return str(r.PostalCode) },
	"country":     func(r *row) any { return str(r.Country) },
	"website":     func(r *row) any { return str(r.Website) },
	"timezone":    func(r *row) any { return str(r.Timezone) },
	"source":      func(r *row) any { return str(r.Source) },
	"assignedTo":  func(r *row) any { return str(r.AssignedTo) },
	"dateOfBirth": func(r *row) any { return day(r.DateOfBirth) },
	"dnd": func(r *row) any {
		if r.DND == nil {
			return nil
		}
		return *r.DND
	},
	"tags": func(r *row) any { return set(r.Tags) },
}

// record makes a record of a row. A field of the view that the row lacks is empty; a field outside the view is shown
// only when the row has a value for it. Custom fields are shown when they are asked for or in the catalog.
func (c *Connector) record(r *row, view string, cat *catalog, asked []string) connector.Record {
	names := c.object.View(view)
	rec := connector.Record{
		Ref: connector.Ref{Object: "contact", ID: r.ID}, Version: r.DateUpdated,
		Fields: make(connector.Fields, len(c.object.Fields)+len(asked)+len(cat.fields)),
	}
	rec.Created, _ = time.Parse(time.RFC3339Nano, r.DateAdded)
	for _, name := range names {
		rec.Fields[name] = nil
	}
	for name, read := range readers {
		if v := read(r); v != nil {
			rec.Fields[name] = v
		}
	}
	if view == "search" {
		// Absent is not empty here, unless the lower-case copy is there and empty (4.6, last line).
		for name, lower := range map[string]json.RawMessage{"firstName": r.FirstLower, "lastName": r.LastLower} {
			if _, shown := rec.Fields[name]; !shown && (string(lower) == "null" || string(lower) == `""`) {
				rec.Fields[name] = nil
			}
		}
	}
	for _, f := range cat.fields {
		rec.Fields[f.Name] = nil
	}
	for _, name := range asked {
		if strings.HasPrefix(name, c.object.CustomPrefix) {
			rec.Fields[name] = nil
		}
	}
	for _, custom := range r.Custom {
		name := c.object.CustomPrefix + custom.ID
		if _, wanted := rec.Fields[name]; !wanted {
			continue
		}
		v := custom.Value
		if v == nil {
			v = custom.FieldValue
		}
		rec.Fields[name] = cat.value(name, v)
	}
	return rec
}

// str is a text, nil when it is absent or empty.
func str(s *string) any {
	if s == nil || *s == "" {
		return nil
	}
	return *s
}

func set(names []string) any {
	if len(names) == 0 {
		return nil
	}
	return names
}

// day reads a date that may come as a date, as an instant at midnight UTC (create, 4.1), or as milliseconds (4.3).
func day(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) > 10 && v[4] == '-' && v[10] == 'T' {
			return v[:10]
		}
		return str(&v)
	case float64:
		return time.UnixMilli(int64(v)).UTC().Format(time.DateOnly)
	}
	return nil
}

// value turns a custom value, as it is read, into the form that its type has in Fields (4.3).
func (cat *catalog) value(name string, v any) any {
	switch cat.types[name] {
	case connector.Day:
		return day(v)
	case connector.Number:
		if s, ok := v.(string); ok {
			if n, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
				return n
			}
			return str(&s)
		}
	case connector.Set:
		if s, ok := v.(string); ok && s != "" {
			return []string{s}
		}
	default:
		if n, ok := v.(float64); ok {
			return strconv.FormatFloat(n, 'f', -1, 64)
		}
	}
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return str(&v)
	case float64, bool:
		return v
	case []any:
		names := make([]string, 0, len(v))
		for _, item := range v {
			names = append(names, fmt.Sprint(item))
		}
		return set(names)
	}
	text, _ := json.Marshal(v) // objects of TEXTBOX_LIST and FILE_UPLOAD can only be looked at
	return string(text)
}
