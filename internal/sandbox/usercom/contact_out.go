package usercom

// writeUser writes a contact as section 6.2 shows it: dialect 2 with flat custom
// attributes, dialect 1 with an array of them (section 2). Flatness is recorded
// for companies and inferred for contacts [I]; that unset attributes appear as
// null is UNVERIFIED, the recordings seem to have been trimmed.
func (c *CRM) writeUser(o *out, u *contact, d dialect) {
	o.open('{')
	o.int("id", u.ID)
	o.str(d.pick("key", "user_key"), u.Key)
	o.str(d.pick("user_id", "custom_id"), u.CustomID)
	o.str("email", u.Email)
	o.str("name", u.name())
	if c.opts.EchoNames {
		o.str("first_name", u.First)
		o.str("last_name", u.Last)
	}
	o.str("phone_number", u.Phone)
	o.str("status", statusWords[u.Status])
	o.str("gender", genderWords[u.Gender])
	o.str("country", u.Country)
	o.str("region", u.Region)
	o.str("city", u.City)
	o.str("timezone", u.Timezone)
	o.int("score", u.Score)
	o.bool("notifications", u.Notifications)
	o.bool("unsubscribed", u.Unsubscribed)
	o.bool("web_push_subscription", false)
	o.ref("assigned_to", u.AssignedTo)
	o.null("browser_language")
	o.str("gravatar_url", u.Gravatar)
	o.str("google_url", u.Google)
	o.str("facebook_url", u.Facebook)
	o.str("linkedin_url", u.Linkedin)
	o.str("twitter_url", u.Twitter)
	c.writeTags(o, u.Tags)
	o.key("lists")
	o.open('[')
	for _, id := range u.Lists {
		if l := c.lists.get(id); l != nil {
			writeList(o, l)
		}
	}
	o.close(']')
	o.key("companies")
	o.open('[')
	for _, m := range u.Companies {
		if co := c.companies.get(m.Company); co != nil {
			o.open('{')
			o.int("id", co.ID)
			o.str("name", co.Name)
			o.time("member_since", m.Since)
			o.close('}')
		}
	}
	o.close(']')
	o.time("first_seen", u.FirstSeen)
	o.time("last_seen", u.LastSeen)
	o.time("last_contacted", u.LastContacted)
	o.int("page_views", 0)
	o.time("created_at", u.Created)
	o.time("updated_at", u.Updated)
	c.writeAttributes(o, "clientuser", u.Attributes, d)
	o.close('}')
}

// writeTags writes tags as `[{id,name}]`; a tag deleted meanwhile is left out.
func (c *CRM) writeTags(o *out, ids []int64) {
	o.key("tags")
	o.open('[')
	for _, id := range ids {
		if t := c.tags.get(id); t != nil {
			writeTag(o, t)
		}
	}
	o.close(']')
}

// writeAttributes writes the custom attributes of a kind of object in the form of
// the dialect (section 2).
func (c *CRM) writeAttributes(o *out, kind string, values map[string]any, d dialect) {
	if d == d2 {
		for _, a := range c.kinds[kind] {
			o.any(a.NameStd, values[a.NameStd])
		}
		return
	}
	o.key("attributes")
	o.open('[')
	for _, a := range c.kinds[kind] {
		o.open('{')
		o.int("id", a.ID)
		o.str("name", a.Name)
		o.str("name_std", a.NameStd)
		o.any("value", values[a.NameStd])
		o.int("value_type", valueTypeNumbers[a.ValueType])
		o.str("description", a.Description)
		o.close('}')
	}
	o.close(']')
}

func (c *CRM) userReply(status int, u *contact, d dialect) reply {
	o := out{b: make([]byte, 0, 1024)}
	c.writeUser(&o, u, d)
	return reply{status, o.b}
}

// userPage lists the contacts that pass a filter, nil being all, by id.
func (c *CRM) userPage(q *call, keep func(*contact) bool) reply {
	rows := c.seenUsers()
	s := source{
		n:     len(rows),
		pos:   func(i int) int64 { return rows[i].ID },
		write: func(o *out, i int) { c.writeUser(o, rows[i], q.d) },
	}
	if keep != nil {
		s.keep = func(i int) bool { return keep(rows[i]) }
	}
	return c.envelope(q, s)
}
