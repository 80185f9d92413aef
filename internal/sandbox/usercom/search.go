package usercom

import (
	"cmp"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// listUsers is GET /users/: all contacts, or those changed since (section 4).
func listUsers(c *CRM, q *call) reply {
	if q.query.Has("search") {
		return c.changedSince(q)
	}
	return c.userPage(q, nil)
}

// searchUsers is GET /users/search/ with section 4's shapes: a bare contact for
// e-mail and key, a bare array with many=true, the envelope for anything else,
// and 404 for a bare contact that is not there. E-mails are compared with case, as
// section 4 has it for contains; for the plain search that is UNVERIFIED.
func searchUsers(c *CRM, q *call) reply {
	if q.query.Has("search") {
		return c.changedSince(q)
	}
	terms := map[string]string{}
	for name := range q.query {
		if name != "many" && name != "cursor" {
			terms[name] = q.query.Get(name)
		}
	}
	many := strings.EqualFold(q.query.Get("many"), "true") || q.query.Get("many") == "1"
	email, byEmail := terms["email"]
	key, byKey := terms["key"]
	switch {
	case len(terms) == 0:
		return refuse(notFound()) // a search for nothing: UNVERIFIED
	case len(terms) == 1 && byEmail && many:
		return c.array(q, c.found(c.byEmail, email, func(u *contact) string { return u.Email }))
	case len(terms) == 1 && byEmail:
		return c.bare(q, c.found(c.byEmail, email, func(u *contact) string { return u.Email })) // which of several: UNVERIFIED, the oldest
	case len(terms) == 1 && byKey:
		return c.bare(q, c.found(c.byKey, key, func(u *contact) string { return u.Key }))
	}
	if phone, ok := terms["phone_number"]; ok && len(terms) == 1 && !many {
		return c.some(q, c.found(c.byPhone, phone, func(u *contact) string { return u.Phone }))
	}
	keep, ok := c.filter(terms)
	if !ok {
		return refuse(notFound()) // an unknown field: UNVERIFIED
	}
	if !many {
		return c.userPage(q, keep)
	}
	var found []*contact
	for _, u := range c.seenUsers() {
		if keep(u) {
			found = append(found, u)
		}
	}
	return c.array(q, found)
}

func (c *CRM) bare(q *call, found []*contact) reply {
	if len(found) == 0 {
		return refuse(notFound())
	}
	return c.userReply(http.StatusOK, found[0], q.d)
}

// array answers a bare list; an empty one when nothing is found (UNVERIFIED, it
// might be a 404).
func (c *CRM) array(q *call, found []*contact) reply {
	o := out{}
	o.open('[')
	for _, u := range found {
		c.writeUser(&o, u, q.d)
	}
	o.close(']')
	return reply{http.StatusOK, o.b}
}

// some answers the envelope for contacts found by an index.
func (c *CRM) some(q *call, found []*contact) reply {
	return c.envelope(q, source{
		n:     len(found),
		pos:   func(i int) int64 { return found[i].ID },
		write: func(o *out, i int) { c.writeUser(o, found[i], q.d) },
	})
}

// filter turns `field=value` and `field__lookup=value` into one condition; all
// must hold.
func (c *CRM) filter(terms map[string]string) (func(*contact) bool, bool) {
	var all []func(*contact) bool
	for term, want := range terms {
		field, lookup, _ := strings.Cut(term, "__")
		read := c.reader(field)
		match, known := lookups[lookup]
		if read == nil || !known {
			return nil, false
		}
		all = append(all, func(u *contact) bool {
			have, ok := read(u)
			return ok && match(have, want)
		})
	}
	return func(u *contact) bool {
		for _, one := range all {
			if !one(u) {
				return false
			}
		}
		return true
	}, true
}

// reader reads one field of a contact as text; the second result is false where
// it is null, which no lookup finds.
func (c *CRM) reader(field string) func(*contact) (string, bool) {
	if field == "name" {
		return func(u *contact) (string, bool) { n := u.name(); return n, n != "" }
	}
	if f, ok := userFields[field]; ok {
		return func(u *contact) (string, bool) {
			switch {
			case f.text != nil:
				s := *f.text(u)
				return s, s != ""
			case f.flag != nil:
				return strconv.FormatBool(*f.flag(u)), true
			case f.words != nil:
				return f.words[*f.whole(u)], true
			}
			return strconv.FormatInt(*f.whole(u), 10), true
		}
	}
	a := c.attributeNamed("clientuser", field)
	if a == nil {
		return nil
	}
	return func(u *contact) (string, bool) {
		v, ok := u.Attributes[a.NameStd]
		if s, text := v.(string); text || !ok {
			return s, ok
		}
		return string(encode(v)), true
	}
}

// lookups are the suffixes of section 4. Text compares with case unless the name
// starts with i, numbers as numbers.
var lookups = map[string]func(have, want string) bool{
	"":            func(have, want string) bool { return have == want },
	"exact":       func(have, want string) bool { return have == want },
	"iexact":      strings.EqualFold,
	"contains":    strings.Contains,
	"icontains":   fold(strings.Contains),
	"startswith":  strings.HasPrefix,
	"istartswith": fold(strings.HasPrefix),
	"endswith":    strings.HasSuffix,
	"iendswith":   fold(strings.HasSuffix),
	"gt":          func(have, want string) bool { return order(have, want) > 0 },
	"gte":         func(have, want string) bool { return order(have, want) >= 0 },
	"lt":          func(have, want string) bool { return order(have, want) < 0 },
	"lte":         func(have, want string) bool { return order(have, want) <= 0 },
}

func fold(f func(a, b string) bool) func(a, b string) bool {
	return func(a, b string) bool { return f(strings.ToLower(a), strings.ToLower(b)) }
}

func order(have, want string) int {
	a, errA := strconv.ParseFloat(have, 64)
	b, errB := strconv.ParseFloat(want, 64)
	if errA == nil && errB == nil {
		return cmp.Compare(a, b)
	}
	return strings.Compare(have, want)
}

// changedSince is `?search=<field>&min=&max=` in unix seconds (section 4). Both
// bounds are taken as inclusive and optional, UNVERIFIED. By updated_at the rows
// come in the order of change, so a contact that changes while the pages are read
// moves to their end, or out of the window.
func (c *CRM) changedSince(q *call) reply {
	low, badMin := bound(q, "min", 0)
	high, badMax := bound(q, "max", 1<<62)
	if badMin != nil || badMax != nil {
		return refuse(cmp.Or(badMin, badMax))
	}
	within := func(at int64) bool { return at != 0 && at >= low && at <= high }
	switch q.query.Get("search") {
	case "updated_at":
		if len(c.oldUsers.past) > 0 {
			found := slices.DeleteFunc(slices.Clone(c.seenUsers()), func(u *contact) bool { return !within(u.Updated) })
			slices.SortFunc(found, func(a, b *contact) int { return cmp.Compare(a.Updated, b.Updated) })
			return c.envelope(q, source{
				n:     len(found),
				pos:   func(i int) int64 { return found[i].Updated },
				write: func(o *out, i int) { c.writeUser(o, found[i], q.d) },
			})
		}
		rows := c.recent.rows
		from := sort.Search(len(rows), func(i int) bool { return rows[i].at >= low })
		to := sort.Search(len(rows), func(i int) bool { return rows[i].at > high })
		rows = rows[from:max(from, to)]
		return c.envelope(q, source{
			n:     len(rows),
			pos:   func(i int) int64 { return rows[i].at },
			keep:  func(i int) bool { return c.alive(rows[i]) },
			write: func(o *out, i int) { c.writeUser(o, c.users.get(rows[i].id), q.d) },
		})
	case "first_seen":
		return c.userPage(q, func(u *contact) bool { return within(u.FirstSeen) })
	case "last_seen":
		return c.userPage(q, func(u *contact) bool { return within(u.LastSeen) })
	case "last_contacted":
		return c.userPage(q, func(u *contact) bool { return within(u.LastContacted) })
	}
	return refuse(invalid("search", `"`+q.query.Get("search")+`" is not a valid choice.`))
}

// bound reads a number of seconds and gives microseconds.
func bound(q *call, name string, absent int64) (int64, *Problem) {
	s := q.query.Get(name)
	if s == "" {
		return absent, nil
	}
	seconds, no := asInt(s)
	if no != "" {
		return 0, invalid(name, no)
	}
	return seconds * 1e6, nil
}
