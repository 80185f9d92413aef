package usercom

import (
	"maps"
	"net/http"
	"slices"
)

// mergeUsers is POST /users/merge/ (section 6.3). The vendor's table and its
// sample disagree on the name of the list; both are taken.
func mergeUsers(c *CRM, q *call) reply {
	id, _ := asInt(q.fields["parent"])
	parent := c.users.get(id)
	list, ok := q.fields["users_list"].([]any)
	if !ok {
		list, ok = q.fields["user_list"].([]any)
	}
	if !ok {
		return refuse(invalid("users_list", required))
	}
	var others []*contact
	for _, v := range list {
		id, _ := asInt(v)
		u := c.users.get(id)
		if u == nil {
			return refuse(notFound())
		}
		if u != parent && !slices.Contains(others, u) {
			others = append(others, u)
		}
	}
	if parent == nil {
		return refuse(notFound())
	}
	c.merge(parent, others)
	return answer(http.StatusOK, map[string]bool{"success": true})
}

// merge folds contacts into a parent: values come from the parent first, then
// from the lowest id; lists, tags, companies, activities and the like move (section 6.4).
// That custom_id is filled like any value is UNVERIFIED.
func (c *CRM) merge(parent *contact, others []*contact) {
	slices.SortFunc(others, func(a, b *contact) int { return int(max(-1, min(1, a.ID-b.ID))) })
	next := *parent
	next.Attributes = maps.Clone(parent.Attributes)
	next.Tags, next.Lists, next.Companies = slices.Clone(parent.Tags), slices.Clone(parent.Lists), slices.Clone(parent.Companies)
	for _, other := range others {
		for name, f := range userFields {
			if f.text != nil && name != "first_name" && name != "last_name" && *f.text(&next) == "" {
				*f.text(&next) = *f.text(other)
			}
		}
		if next.name() == "" {
			next.First, next.Last = other.First, other.Last
		}
		if next.AssignedTo == 0 {
			next.AssignedTo = other.AssignedTo
		}
		for name, v := range other.Attributes {
			if _, has := next.Attributes[name]; !has {
				if next.Attributes == nil {
					next.Attributes = map[string]any{}
				}
				next.Attributes[name] = v
			}
		}
		next.Tags = union(next.Tags, other.Tags)
		next.Lists = union(next.Lists, other.Lists)
		for _, m := range other.Companies {
			c.join(&next, m.Company)
		}
	}
	for _, other := range others {
		c.follow(other.ID, parent.ID)
		c.discard(other)
		for _, a := range c.activities.rows {
			if a.User == other.ID {
				c.noteActivity(a.ID, a)
				a.User = parent.ID
			}
		}
		for _, n := range c.notes.rows {
			if n.User == other.ID {
				n.User = parent.ID
			}
		}
	}
	c.save(parent, next)
}

func union(a, b []int64) []int64 {
	for _, id := range b {
		if !slices.Contains(a, id) {
			a = append(a, id)
		}
	}
	return a
}

// Merge makes one contact of two, as a person does in the CRM. What is left is shown as the API shows it.
func (c *CRM) Merge(keep, lose string) (map[string]any, error) {
	return c.edit("users", func() (int64, *Problem) {
		parent, other := c.users.get(parseID(keep)), c.users.get(parseID(lose))
		switch {
		case parent == nil || other == nil:
			return 0, notFound()
		case parent == other:
			return 0, invalid("lose", "A contact cannot be merged with itself.")
		}
		c.merge(parent, []*contact{other})
		return parent.ID, nil
	})
}

// Dedup is the vendor's nightly run (section 6.4): contacts of one e-mail become
// one, except where their custom ids differ. The base is one that has a custom
// id, then the one of higher status, then the oldest. It returns how many went.
func (c *CRM) Dedup() int {
	defer c.sendCalls()
	c.mu.Lock()
	defer c.mu.Unlock()
	merged := 0
	for _, email := range slices.Sorted(maps.Keys(c.byEmail)) {
		ids := slices.Sorted(slices.Values(c.byEmail[email]))
		var named, plain []*contact
		for _, id := range ids {
			if u := c.users.get(id); u.CustomID != "" {
				named = append(named, u)
			} else {
				plain = append(plain, u)
			}
		}
		if len(ids) < 2 || len(plain) == 0 {
			continue
		}
		bases := named
		if len(named) == 0 {
			bases = plain
		}
		base := slices.MaxFunc(bases, func(a, b *contact) int { return int(a.Status - b.Status) })
		others := slices.DeleteFunc(plain, func(u *contact) bool { return u == base })
		c.merge(base, others)
		merged += len(others)
	}
	return merged
}
