package usercom

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// thing is a record whose fields are data: a deal, a ticket, an occurrence of an event and the like (section 10). User and
// Company are what it hangs on, 0 for nothing.
type thing struct {
	ID      int64          `json:"id"`
	User    int64          `json:"user,omitempty"`
	Company int64          `json:"company,omitempty"`
	Fields  map[string]any `json:"fields"`
	Created int64          `json:"created_at"`
	Updated int64          `json:"updated_at"`
}

func (t *thing) text(name string) string { s, _ := t.Fields[name].(string); return s }

// shape is what the things of one kind have in common.
type shape struct {
	first  int64   // the number before the first id, so that an id of something else is not found
	fields []field // in the order in which they are answered
	// whose says that it needs a contact, which user_id or user_custom_id names.
	whose bool
	// open: unknown keys become attributes, as texts (sections 7 and 13, point 11); else they are ignored.
	open bool
	// unique: its custom_id may not repeat.
	unique bool
}

// field is one field of a shape: how it is read, and how it is written.
type field struct {
	name  string
	need  bool
	read  func(any) (any, string)
	write func(*out, string, any)
}

// of makes a reader of a field out of a converter.
func of[T any](convert func(any) (T, string)) func(any) (any, string) {
	return func(v any) (any, string) {
		if v == nil {
			return nil, ""
		}
		got, no := convert(v)
		if n, whole := any(got).(int64); whole { // as it is read back from a state file
			return float64(n), no
		}
		return got, no
	}
}

func plainly(o *out, name string, v any) { o.any(name, v) }

func moment(o *out, name string, v any) {
	micros, _ := v.(float64)
	o.time(name, int64(micros))
}

// money is a decimal text (section 3).
func money(o *out, name string, v any) {
	if v == nil {
		o.null(name)
		return
	}
	amount, _ := v.(float64)
	o.str(name, strconv.FormatFloat(amount, 'f', 2, 64))
}

// seconds reads the time of an event: unix seconds (section 3).
func seconds(v any) (int64, string) {
	n, no := asInt(v)
	return n * 1_000_000, no
}

// object reads JSON as it is.
func object(v any) (any, string) {
	var plain any
	if json.Unmarshal(encode(v), &plain) != nil {
		return nil, "Value must be valid JSON."
	}
	return plain, ""
}

func among(words ...string) func(any) (string, string) {
	return func(v any) (string, string) {
		s, no := asText(v)
		if no == "" && !slices.Contains(words, s) {
			no = `"` + s + `" is not a valid choice.`
		}
		return s, no
	}
}

// between reads a whole number of an enumeration.
func between(low, high int64) func(any) (int64, string) {
	return func(v any) (int64, string) {
		n, no := asInt(v)
		if no == "" && (n < low || n > high) {
			no = `"` + strconv.FormatInt(n, 10) + `" is not a valid choice.`
		}
		return n, no
	}
}

// things of a sort, in the order of their ids.
func (c *CRM) thingsOf(name string) *table[thing] {
	if c.things[name] == nil {
		c.things[name] = &table[thing]{next: shapes[name].first}
	}
	return c.things[name]
}

// fillThing puts a body into a thing, and refuses what is wrong with it. A contact or a company that is not there is a 404
// (section 5).
func (c *CRM) fillThing(name string, t *thing, body map[string]any) *Problem {
	s, errs := shapes[name], fieldErrors{}
	next := maps.Clone(t.Fields)
	if next == nil {
		next = map[string]any{}
	}
	for _, f := range s.fields {
		v, given := body[f.name]
		if given {
			read, no := f.read(v)
			if no != "" {
				errs.add(f.name, no)
				continue
			}
			next[f.name] = read
		}
		if held := next[f.name]; f.need && (held == nil || held == "") && (given || t.ID == 0) {
			errs.add(f.name, required)
		}
	}
	if custom, _ := next["custom_id"].(string); s.unique && custom != "" {
		if other := c.thingNamed(name, custom); other != nil && other.ID != t.ID {
			errs.add("custom_id", notUnique)
		}
	}
	user, firm, named, found := c.partiesOf(t, body)
	if s.whose && !named && t.User == 0 {
		errs.add("user_id", required)
	}
	if p := errs.problem(); p != nil {
		return p
	}
	if !found {
		return notFound()
	}
	if s.open {
		c.fillAttributes(s, next, body)
	}
	t.User, t.Company, t.Fields = user, firm, next
	return nil
}

// partiesOf is whom a body names as its contact and company, by number or by the client's id; found is false when one is not there.
func (c *CRM) partiesOf(t *thing, body map[string]any) (user, firm int64, named, found bool) {
	user, firm, found = t.User, t.Company, true
	look := func(at *int64, key string, there func(any) int64) {
		switch v := body[key]; {
		case v != nil && v != "":
			*at = there(v)
			found = found && *at != 0
			named = true
		case v == nil && slices.Contains(slices.Collect(maps.Keys(body)), key):
			*at = 0
		}
	}
	byNumber := func(is func(int64) bool) func(any) int64 {
		return func(v any) int64 {
			if id, no := asInt(v); no == "" && is(id) {
				return id
			}
			return 0
		}
	}
	look(&firm, "company_id", byNumber(func(id int64) bool { return c.companies.get(id) != nil }))
	look(&firm, "company_custom_id", func(v any) int64 { s, _ := asText(v); return c.coCustom[s] })
	named = false // a company is nobody
	look(&user, "user_id", byNumber(func(id int64) bool { return c.users.get(id) != nil }))
	look(&user, "user_custom_id", func(v any) int64 { s, _ := asText(v); return c.byCustom[s] })
	return user, firm, named, found
}

// fillAttributes keeps what no field takes, as texts.
func (c *CRM) fillAttributes(s shape, next, body map[string]any) {
	extra, _ := next["attributes"].(map[string]any)
	extra = maps.Clone(extra)
	for key, v := range body {
		if slices.ContainsFunc(s.fields, func(f field) bool { return f.name == key }) || slices.Contains(notAttributes, key) {
			continue
		}
		if extra == nil {
			extra = map[string]any{}
		}
		value, no := asText(v)
		if no != "" {
			value = string(encode(v))
		}
		extra[nameStd(key)] = value
	}
	if extra != nil {
		next["attributes"] = extra
	}
}

var notAttributes = []string{"id", "created_at", "updated_at", "attributes", "user_id", "user_custom_id", "company_id", "company_custom_id"}

func (c *CRM) thingNamed(name, custom string) *thing {
	for _, t := range c.thingsOf(name).rows {
		if t.text("custom_id") == custom {
			return t
		}
	}
	return nil
}

func (c *CRM) newThing(name string, body map[string]any) (*thing, *Problem) {
	t := &thing{}
	if p := c.fillThing(name, t, body); p != nil {
		return nil, p
	}
	table := c.thingsOf(name)
	t.ID, t.Created = table.newID(), c.now()
	t.Updated = t.Created
	table.put(t.ID, t)
	return t, nil
}

func (c *CRM) changeThing(name string, t *thing, body map[string]any) *Problem {
	next := *t
	if p := c.fillThing(name, &next, body); p != nil {
		return p
	}
	if !reflect.DeepEqual(*t, next) {
		next.Updated = c.now()
		*t = next
	}
	return nil
}

// writeThing writes a thing with its attributes beside its fields.
func (c *CRM) writeThing(o *out, name string, t *thing) {
	o.open('{')
	o.int("id", t.ID)
	for _, f := range shapes[name].fields {
		f.write(o, f.name, t.Fields[f.name])
	}
	user, firm := t.User, t.Company
	if c.users.get(user) == nil {
		user = 0
	}
	if c.companies.get(firm) == nil {
		firm = 0
	}
	o.ref("user_id", user)
	if shapes[name].open {
		o.ref("company_id", firm)
		extra, _ := t.Fields["attributes"].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(extra)) {
			o.any(key, extra[key])
		}
	}
	o.time("created_at", t.Created)
	o.time("updated_at", t.Updated)
	o.close('}')
}
