package usercom

import (
	"maps"
	"slices"
	"strings"
)

// userField is a standard field that may be written (section 6.1). One of text,
// whole and flag says where it is kept.
type userField struct {
	text  func(*contact) *string
	whole func(*contact) *int64
	flag  func(*contact) *bool
	words []string // enumerations: integer in, string out
	max   int      // longer values are cut without a word
}

// userFields are the standard fields of section 6.1. The limits are those of
// section 3: 40 for the names [D], 64 for phone and city [T keghub]; that the
// server cuts instead of refusing is UNVERIFIED.
var userFields = map[string]userField{
	"custom_id":     {text: func(u *contact) *string { return &u.CustomID }},
	"email":         {text: func(u *contact) *string { return &u.Email }},
	"first_name":    {text: func(u *contact) *string { return &u.First }, max: 40},
	"last_name":     {text: func(u *contact) *string { return &u.Last }, max: 40},
	"phone_number":  {text: func(u *contact) *string { return &u.Phone }, max: 64},
	"city":          {text: func(u *contact) *string { return &u.City }, max: 64},
	"region":        {text: func(u *contact) *string { return &u.Region }},
	"country":       {text: func(u *contact) *string { return &u.Country }},
	"timezone":      {text: func(u *contact) *string { return &u.Timezone }},
	"facebook_url":  {text: func(u *contact) *string { return &u.Facebook }},
	"linkedin_url":  {text: func(u *contact) *string { return &u.Linkedin }},
	"twitter_url":   {text: func(u *contact) *string { return &u.Twitter }},
	"google_url":    {text: func(u *contact) *string { return &u.Google }},
	"gravatar_url":  {text: func(u *contact) *string { return &u.Gravatar }},
	"status":        {whole: func(u *contact) *int64 { return &u.Status }, words: statusWords},
	"gender":        {whole: func(u *contact) *int64 { return &u.Gender }, words: genderWords},
	"score":         {whole: func(u *contact) *int64 { return &u.Score }},
	"assigned_to":   {whole: func(u *contact) *int64 { return &u.AssignedTo }},
	"unsubscribed":  {flag: func(u *contact) *bool { return &u.Unsubscribed }},
	"notifications": {flag: func(u *contact) *bool { return &u.Notifications }},
}

// readOnly are the fields of a contact that writes ignore (section 6.1). `name`
// was never seen in requests.
var readOnly = []string{
	"id", "user_key", "key", "user_id", "company_id", "company_custom_id", "name", "lists", "companies", "attributes",
	"web_push_subscription", "first_seen", "last_seen", "last_contacted", "created_at", "updated_at", "page_views",
	"last_ip", "browser", "browser_language", "os_type", "resolution", "most_active_time", "chat_id", "tags",
}

// set puts a value into a standard field and says what is wrong with it.
func (f userField) set(u *contact, v any, person bool) string {
	switch {
	case f.text != nil:
		s, no := asText(v)
		if f.max > 0 {
			s = cut(s, f.max)
		}
		*f.text(u) = s
		return no
	case f.flag != nil:
		b, no := asBool(v)
		if no == "" {
			*f.flag(u) = b
		}
		return no
	case v == nil && f.words == nil:
		*f.whole(u) = 0
		return ""
	case f.words != nil:
		n, no := asEnum(v, f.words, person)
		if no == "" {
			*f.whole(u) = n
		}
		return no
	}
	n, no := asInt(v)
	*f.whole(u) = n
	return no
}

// fill puts the fields of a body into a copy of a contact; the caller stores it
// when nothing was wrong. Fields not named stay (section 6.3: PUT is partial).
// person is set for edits that do not come through the API.
func (c *CRM) fill(u *contact, d dialect, fields map[string]any, person bool) *Problem {
	errs := fieldErrors{}
	for key, v := range fields {
		name := key
		if d == d1 && key == "user_id" { // section 2
			name = "custom_id"
		} else if d == d1 && key == "custom_id" {
			continue // dialect 1 does not know it, and the vendor's plugin sends both
		}
		if f, ok := userFields[name]; ok {
			if no := f.set(u, v, person); no != "" {
				errs.add(key, no)
			}
			continue
		}
		if slices.Contains(readOnly, name) {
			continue
		}
		a := c.attributeNamed("clientuser", key)
		if a == nil {
			// Section 13, point 11: ignored or refused, UNVERIFIED. A person
			// cannot type into a field that is not there.
			if c.opts.UnknownAttribute400 || person {
				errs.add(key, "Unknown attribute.")
			}
			continue
		}
		if no := setValue(&u.Attributes, a, v); no != "" {
			errs.add(key, no)
		}
	}
	if no := badEmail(u.Email); no != "" && fields["email"] != nil {
		errs.add("email", no)
	}
	if owner := c.byCustom[u.CustomID]; u.CustomID != "" && owner != 0 && owner != u.ID {
		errs.add(d.pick("user_id", "custom_id"), notUnique)
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
	if p := c.fillCompany(u, d, fields); p != nil {
		return p
	}
	if person && fields["tags"] != nil {
		u.Tags = nil
	}
	u.Tags = c.withTags(u.Tags, tags)
	return nil
}

// withTags adds tags by name, making those that are missing. Writing tags only
// ever adds (section 6.1).
func (c *CRM) withTags(have []int64, names []string) []int64 {
	have = slices.Clip(have) // the old contact keeps its own list
	for _, name := range names {
		if name == "" {
			continue
		}
		if id := c.tagID(name); !slices.Contains(have, id) {
			have = append(have, id)
		}
	}
	return have
}

// fillCompany attaches the contact to the company a body names: by its client's
// id, or in dialect 2 by its number (section 6.1). An unknown company is a 404,
// as section 5 has it for other references [I].
func (c *CRM) fillCompany(u *contact, d dialect, fields map[string]any) *Problem {
	custom, number := fields["company_custom_id"], fields["company_id"]
	if d == d1 {
		custom, number = number, nil
	}
	var id int64
	if s, _ := asText(custom); s != "" {
		if id = c.coCustom[s]; id == 0 {
			return notFound()
		}
	} else if number != nil {
		n, no := asInt(number)
		if no != "" {
			return invalid("company_id", no)
		}
		if id = n; c.companies.get(n) == nil {
			return notFound()
		}
	}
	if id != 0 {
		c.join(u, id)
	}
	return nil
}

// join adds a membership to a contact, once. Its company is told by settle.
func (c *CRM) join(u *contact, company int64) {
	if !slices.ContainsFunc(u.Companies, func(m membership) bool { return m.Company == company }) {
		u.Companies = append(slices.Clip(u.Companies), membership{company, c.now()})
	}
}

// setValue stores the value of a custom attribute; null removes it. The map is
// copied, because the stored contact may still hold it.
func setValue(values *map[string]any, a *attribute, v any) string {
	fresh := maps.Clone(*values)
	if fresh == nil {
		fresh = map[string]any{}
	}
	if v == nil {
		delete(fresh, a.NameStd)
	} else {
		stored, no := a.convert(v)
		if no != "" {
			return no
		}
		fresh[a.NameStd] = stored
	}
	if len(fresh) == 0 {
		fresh = nil
	}
	*values = fresh
	return ""
}

// splitName parts a name that a person typed, so that joining gives it back.
func splitName(name string) (first, last string) {
	first, last, _ = strings.Cut(strings.TrimSpace(name), " ")
	return first, last
}
