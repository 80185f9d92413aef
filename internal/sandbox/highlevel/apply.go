package highlevel

import "strings"

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
