package highlevel

import (
	"maps"
	"reflect"
	"slices"

	"couplet/internal/sandbox/kit"
)

// record is one of the records whose fields are data: what was written, and when. A change makes a new one, as everywhere here.
type record struct {
	ID      string         `json:"id"`
	Made    Stamp          `json:"made"`
	Changed Stamp          `json:"changed"`
	Fields  map[string]any `json:"fields"`
}

func (r *record) text(name string) string { s, _ := r.Fields[name].(string); return s }

// write puts values in as JSON has them, so that a record read from a file is the same.
func (r *record) write(fields map[string]any) {
	for name, v := range fields {
		if list, ok := v.([]string); ok {
			all := make([]any, len(list))
			for i := range list {
				all[i] = list[i]
			}
			v = all
		}
		r.Fields[name] = v
	}
}

// family is what the records of one kind have in common.
type family struct {
	title string // in refusals
	id    func(*kit.IDs) string
	// fresh is what a new one has where nothing is written.
	fresh map[string]any
	// finish settles what follows from the rest, in a new one (old is nil) and in a changed one.
	finish func(c *CRM, old, next *record)
	// show is the record as the API answers it.
	show func(c *CRM, r *record) map[string]any
	// tell sends the webhooks; next is nil when it was deleted.
	tell func(c *CRM, old, next *record)
	// under names the field whose record takes this one with it.
	under string
}

func alnum(ids *kit.IDs) string { return ids.AlphaNum(20) }
func hex24(ids *kit.IDs) string { return ids.Hex(24) }
func uuid(ids *kit.IDs) string  { return ids.UUID() }

// one finds a record by its id, or says that there is none.
func (c *CRM) one(name, id string) (*record, *apiError) {
	if at := slices.IndexFunc(c.kept[name], func(r *record) bool { return r.ID == id }); at >= 0 {
		return c.kept[name][at], nil
	}
	return nil, resourceGone(families[name].title, id)
}

// having are the records of a kind with a value in a field, oldest first.
func (c *CRM) having(name, field, value string) []*record {
	var all []*record
	for _, r := range c.kept[name] {
		if r.text(field) == value {
			all = append(all, r)
		}
	}
	return all
}

// keep makes a record of a kind.
func (c *CRM) keep(name string, fields map[string]any) *record {
	k, now := families[name], stampOf(c.now())
	r := &record{ID: k.id(c.ids), Made: now, Changed: now, Fields: map[string]any{}}
	maps.Copy(r.Fields, k.fresh)
	r.write(fields)
	if k.finish != nil {
		k.finish(c, nil, r)
	}
	c.kept[name] = append(c.kept[name], r)
	if k.tell != nil {
		k.tell(c, nil, r)
	}
	return r
}

// alter swaps a record for one with other fields; nothing happens where they are the same.
func (c *CRM) alter(name string, old *record, fields map[string]any) *record {
	k, next := families[name], &record{ID: old.ID, Made: old.Made, Changed: old.Changed, Fields: maps.Clone(old.Fields)}
	next.write(fields)
	if k.finish != nil {
		k.finish(c, old, next)
	}
	if reflect.DeepEqual(old.Fields, next.Fields) {
		return old
	}
	next.Changed = stampOf(c.now())
	c.kept[name][slices.Index(c.kept[name], old)] = next
	if k.tell != nil {
		k.tell(c, old, next)
	}
	return next
}

// drop deletes a record with those that hang on it, which are not told of.
func (c *CRM) drop(name string, r *record) {
	c.kept[name] = slices.DeleteFunc(c.kept[name], func(x *record) bool { return x == r })
	c.dropUnder(owner[name], r.ID)
	if k := families[name]; k.tell != nil {
		k.tell(c, r, nil)
	}
}

// dropUnder deletes what hangs on a record that is gone; field is how it is named there.
func (c *CRM) dropUnder(field, id string) {
	for name, k := range families {
		if field != "" && k.under == field {
			c.kept[name] = slices.DeleteFunc(c.kept[name], func(x *record) bool {
				if x.text(field) != id {
					return false
				}
				c.dropUnder(owner[name], x.ID)
				return true
			})
		}
	}
}

// owner is the field that names a record of a kind in those that hang on it.
var owner = map[string]string{"appointments": "appointmentId", "conversations": "conversationId"}

// move hands what hangs on one contact to another.
func (c *CRM) move(from, to string) {
	for name := range c.kept {
		for i, r := range c.kept[name] {
			if r.text("contactId") == from {
				next := *r
				next.Fields = maps.Clone(r.Fields)
				next.Fields["contactId"] = to
				c.kept[name][i] = &next
			}
		}
	}
}

// plainly shows a record as its fields with its id, the location and, where a key is given for them, its dates.
func plainly(made, changed string) func(*CRM, *record) map[string]any {
	return func(c *CRM, r *record) map[string]any {
		out := maps.Clone(r.Fields)
		out["id"], out["locationId"] = r.ID, c.location.ID
		if made != "" {
			out[made] = r.Made
		}
		if changed != "" {
			out[changed] = r.Changed
		}
		return out
	}
}

// showAll are records as the API answers them.
func (c *CRM) showAll(name string, all []*record) []map[string]any {
	rows := []map[string]any{}
	for _, r := range all {
		rows = append(rows, families[name].show(c, r))
	}
	return rows
}
