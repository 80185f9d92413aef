package highlevel

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
)

// contactCore is what POST, PUT and upsert have in common (section 4.2).
var contactCore = dto{
	"firstName": textOrNull, "lastName": textOrNull, "name": textOrNull, "email": mail, "phone": textOrNull,
	"address1": textOrNull, "city": textOrNull, "state": textOrNull, "website": textOrNull, "timezone": textOrNull,
	"postalCode": text, "country": country, "dateOfBirth": birthday, "source": text, "assignedTo": text,
	"dnd": boolean, "tags": texts,
	"dndSettings": nested(dto{
		"Call": channel, "Email": channel, "SMS": channel, "WhatsApp": channel, "GMB": channel, "FB": channel,
	}),
	"inboundDndSettings": nested(dto{"all": nested(dto{
		"status": must(oneOf("active", "inactive")), "message": text,
	})}),
	"customFields": each(dto{"id": text, "key": text, "field_value": anything, "value": anything}),
}

var (
	createContact = contactCore.with(dto{"locationId": must(text), "gender": text, "companyName": textOrNull})
	upsertContact = createContact.with(dto{"createNewIfDuplicateAllowed": boolean})
	updateContact = contactCore.with(dto{"source": textOrNull, "assignedTo": textOrNull})

	channel = nested(dto{"status": must(oneOf("active", "inactive", "permanent")), "message": text, "code": text})

	anything = rule{check: func(string, any) []string { return nil }}
	birthday = kind("must be a valid date", func(v any) bool {
		s, ok := v.(string)
		if !ok {
			return v == nil
		}
		_, ok = parseBirthday(s)
		return ok
	})
)

// apply makes a copy of a contact with the given fields written into it. body has
// passed its DTO, or comes from a user of the CRM; names it does not know are
// left alone. The caller holds the lock.
func (c *CRM) apply(old *Contact, body map[string]any) (*Contact, *apiError) {
	next := *old
	plain := map[string]*string{
		"firstName": &next.FirstName, "lastName": &next.LastName, "email": &next.Email,
		"companyName": &next.CompanyName, "address1": &next.Address1, "city": &next.City, "state": &next.State,
		"website": &next.Website, "timezone": &next.Timezone, "postalCode": &next.PostalCode,
		"source": &next.Source, "assignedTo": &next.AssignedTo, "gender": &next.Gender, "type": &next.Type,
	}
	for name, field := range plain {
		if v, present := body[name]; present {
			*field, _ = v.(string) // null clears
		}
	}
	if v, ok := body["name"].(string); ok && body["firstName"] == nil && body["lastName"] == nil {
		next.FirstName, next.LastName, _ = strings.Cut(strings.TrimSpace(v), " ") // [U]
	}
	if v, present := body["country"]; present {
		s, _ := v.(string)
		next.Country = strings.ToUpper(s)
	}
	if v, present := body["dateOfBirth"]; present {
		s, _ := v.(string)
		next.DateOfBirth, _ = parseBirthday(s)
	}
	if v, present := body["phone"]; present {
		s, _ := v.(string)
		phone, ok := c.e164(s)
		if !ok {
			return nil, invalid("phone must be a valid phone number") // [U]
		}
		next.Phone = phone
	}
	if v, ok := body["dnd"].(bool); ok {
		next.DND = v
	}
	if v, ok := body["dndSettings"].(map[string]any); ok {
		next.DNDSettings = merged(old.DNDSettings, v)
	}
	if v, ok := body["inboundDndSettings"].(map[string]any); ok {
		next.InboundDNDSettings = merged(old.InboundDNDSettings, v)
	}
	if v, present := body["tags"]; present {
		next.Tags = c.useTags(strs(v)) // replaces (1.3)
	}
	if v, ok := body["customFields"].([]any); ok {
		values, err := c.mergeFields(old.CustomFields, v)
		if err != nil {
			return nil, err
		}
		next.CustomFields = values
	}
	return &next, nil
}

func merged(old, more map[string]any) map[string]any {
	out := map[string]any{}
	for _, m := range []map[string]any{old, more} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// strs is a list of strings out of decoded JSON or Go values.
func strs(v any) []string {
	switch list := v.(type) {
	case []string:
		return slices.Clone(list)
	case []any:
		out := make([]string, 0, len(list))
		for _, item := range list {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return []string{}
}

var nanp = regexp.MustCompile(`^\+1[2-9]\d{9}$`)

// e164 is how phones are answered; without a + the location's country is assumed
// (section 4.2 [U]). What is not a phone at all is refused.
func (c *CRM) e164(phone string) (string, bool) {
	phone = strings.TrimSpace(phone)
	if phone == "" || nanp.MatchString(phone) {
		return phone, true
	}
	number, err := phonenumbers.Parse(phone, c.location.Country)
	if err != nil {
		return "", false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}

var birthdayForm = regexp.MustCompile(`^(\d{4}|\d{1,2})([-/._])(\d{1,2})([-/._])(\d{4}|\d{1,2})(T.*)?$`)

// parseBirthday reads the 8 patterns of section 4.2: Y-M-D or M-D-Y with / - . _
func parseBirthday(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	m := birthdayForm.FindStringSubmatch(s)
	if m == nil || m[2] != m[4] {
		return "", false
	}
	year, month, day := m[1], m[3], m[5]
	if len(year) != 4 {
		month, day, year = m[1], m[3], m[5]
	}
	t, err := time.Parse("2006-1-2", year+"-"+strings.TrimLeft(month, "0")+"-"+strings.TrimLeft(day, "0"))
	return t.Format(time.DateOnly), err == nil
}

// mergeFields writes custom field values by id or key (section 4.3). A field that
// the location does not have is ignored [U]; an empty string or null clears [U].
func (c *CRM) mergeFields(old []fieldValue, items []any) ([]fieldValue, *apiError) {
	out := slices.Clone(old)
	for _, raw := range items {
		item, _ := raw.(map[string]any)
		id, _ := item["id"].(string)
		if id == "" {
			id, _ = item["key"].(string)
		}
		field := c.findField(id)
		if field == nil {
			continue
		}
		given, present := item["field_value"]
		if !present {
			given = item["value"] // some clients do
		}
		value, err := field.accept(given)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(out, func(v fieldValue) bool { return v.ID == field.ID })
		switch {
		case value == nil && at >= 0:
			out = slices.Delete(out, at, at+1)
		case value == nil:
		case at >= 0:
			out[at].Value = value
		default:
			out = append(out, fieldValue{field.ID, value})
		}
	}
	return out, nil
}

// accept turns a written value into the one that is held; nil clears.
func (f *CustomField) accept(v any) (any, *apiError) {
	if v == nil || v == "" {
		return nil, nil
	}
	bad := badRequest("Invalid Custom Field Value %v for field %s", v, f.ID)
	switch f.DataType {
	case "NUMERICAL", "MONETORY", "FLOAT":
		if s, ok := v.(string); ok {
			n, err := strconv.ParseFloat(s, 64)
			if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
				return nil, bad
			}
			return n, nil
		}
		if !is[float64](v) {
			return nil, bad
		}
	case "CHECKBOX", "MULTIPLE_OPTIONS":
		list := strs(v)
		if s, ok := v.(string); ok {
			list = []string{s}
		}
		if len(list) == 0 {
			return nil, nil
		}
		for _, option := range list {
			if !f.has(option) {
				return nil, bad
			}
		}
		return list, nil
	case "SINGLE_OPTIONS", "RADIO":
		if s, ok := v.(string); !ok || !f.has(s) {
			return nil, bad
		}
	case "DATE":
		if ms, ok := v.(float64); ok {
			return time.UnixMilli(int64(ms)).UTC().Format(time.DateOnly), nil
		}
		s, _ := v.(string)
		t, ok := parseInstant(s)
		if !ok {
			return nil, bad
		}
		return t.Format(time.DateOnly), nil // how it is read back is [U]
	case "TEXTBOX_LIST", "FILE_UPLOAD":
		if !is[map[string]any](v) {
			return nil, nil // other shapes are ignored with 200 [M]
		}
	default:
		if !is[string](v) {
			return nil, bad
		}
	}
	return v, nil
}

func (f *CustomField) has(option string) bool {
	return f.AllowCustom || slices.Contains(f.Options, option)
}
