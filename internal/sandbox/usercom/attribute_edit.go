package usercom

import "maps"

// droppedAttribute is an attribute that was deleted, with the values that contacts had.
type droppedAttribute struct {
	*attribute
	values map[int64]any
}

// restoreAttribute brings a deleted attribute back with the values it had, as the
// vendor's support can.
func (c *CRM) restoreAttribute(id int64) (*attribute, *Problem) {
	gone, ok := c.dropped[id]
	if !ok || c.attributeNamed(gone.ContentType, gone.NameStd) != nil {
		return nil, notFound()
	}
	delete(c.dropped, id)
	c.attributes.insert(id, gone.attribute)
	c.regroup()
	for _, u := range c.users.rows {
		if v, had := gone.values[u.ID]; had {
			_ = setValue(&u.Attributes, gone.attribute, v)
		}
	}
	return gone.attribute, nil
}

// changeAttribute changes an attribute as a person might on the vendor's own
// pages; the API has no way to (section 7). Whether a new name changes the key,
// too, is UNVERIFIED: it does where name_std is given. A value that does not fit a
// new type is lost.
func (c *CRM) changeAttribute(a *attribute, fields map[string]any) *Problem {
	next := *a
	errs := fieldErrors{}
	for name, into := range map[string]*string{"name": &next.Name, "name_std": &next.NameStd, "value_type": &next.ValueType} {
		if v, given := fields[name]; given {
			text, no := asText(v)
			if no != "" || text == "" {
				errs.add(name, required)
			}
			*into = text
		}
	}
	if v, given := fields["choices"]; given {
		var no string
		if next.Choices, no = asList(v); no != "" {
			errs.add("choices", no)
		}
	}
	if valueTypeNumbers[next.ValueType] == 0 {
		errs.add("value_type", required)
	}
	if other := c.attributeNamed(a.ContentType, next.NameStd); other != nil && other != a {
		errs.add("name_std", notUnique)
	}
	if p := errs.problem(); p != nil {
		return p
	}
	old := *a
	*a = next
	c.regroup()
	for _, u := range c.users.rows {
		v, had := u.Attributes[old.NameStd]
		if !had {
			continue
		}
		u.Attributes = maps.Clone(u.Attributes)
		delete(u.Attributes, old.NameStd)
		_ = setValue(&u.Attributes, a, v)
	}
	return nil
}
