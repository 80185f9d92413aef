package connector

import "slices"

// Thing is a kind of record that events are about, and what one looks like.
type Thing struct {
	// One is what people call one.
	One string `json:"one"`
	// Parent is the thing that it hangs on, "" when it hangs on nothing. The parent comes along with every event.
	Parent string `json:"parent,omitempty"`
	// Fields are given where the spec has no object of that name; else the object's own count.
	Fields []Field `json:"fields,omitempty"`
	// Read says how one is read where the spec has no object of that name; nil where it cannot be.
	Read *Reading `json:"read,omitempty"`
	// Sample is an invented record: what is shown until a real one was seen.
	Sample map[string]any `json:"sample"`
	// Alone and Listed are the names under which answers of operations hold one, or several.
	Alone  []string `json:"alone,omitempty"`
	Listed []string `json:"listed,omitempty"`
}

// Event is something that happens in an account and can set an automation off.
type Event struct {
	ID string `json:"id"`
	// Title and Does are read by people: "A contact is created".
	Title string `json:"title"`
	Does  string `json:"does"`
	Thing string `json:"thing"`
	// Hooks are the names under which the system tells of it by itself. Manual is the word for it in a call that a person sets
	// up in the system. Poll is the find operation that shows it where nobody tells; "" when nothing does.
	Hooks  []string `json:"hooks,omitempty"`
	Manual string   `json:"manual,omitempty"`
	Poll   string   `json:"poll,omitempty"`
	// Scope is the permission that being told or finding it needs, "" when the system has none for it.
	Scope string `json:"scope,omitempty"`
	// When says by what a record shows that it happened; nil for what Couplet does not watch yet.
	When *When `json:"when,omitempty"`
	// Gives are values besides those of the record and its parent.
	Gives []Given `json:"gives,omitempty"`
	// Doubt is what the vendor has not documented, "" when it has documented all.
	Doubt string `json:"doubt,omitempty"`
}

// Given is a value that an event gives besides its record.
type Given struct {
	Name   string `json:"name"`
	Label  string `json:"label"`
	Type   string `json:"type"`
	Sample any    `json:"sample"`
}

// Event is the event of an id.
func (c *Catalog) Event(id string) (*Event, bool) {
	i := slices.IndexFunc(c.Events, func(e Event) bool { return e.ID == id })
	if i < 0 {
		return nil, false
	}
	return &c.Events[i], true
}

// FieldsOf are the fields of a thing: those that the account is known to have, else those of the spec, else its own.
func (c *Catalog) FieldsOf(thing string, spec *Spec, account map[string][]Field) []Field {
	if f := account[thing]; len(f) > 0 {
		return f
	}
	if o, ok := spec.Object(thing); ok {
		return o.Fields
	}
	return c.Things[thing].Fields
}

func (c *Catalog) checkEvents(p *problems) {
	for name, t := range c.Things {
		p.in = "thing " + name
		_, known := c.Things[t.Parent]
		p.want(t.One != "" && len(t.Sample) > 0, "one or sample is missing")
		p.want(t.Parent == "" || known, "hangs on the unknown thing %q", t.Parent)
		t.Read.check(p, c, t)
	}
	seen := map[string]bool{}
	for _, e := range c.Events {
		p.in = "event " + e.ID
		p.want(operationID.MatchString(e.ID) && !seen[e.ID], "id is not made of lower-case words, or listed twice")
		seen[e.ID] = true
		p.want(e.Title != "", "title is missing")
		p.sentence("does", e.Does)
		_, known := c.Things[e.Thing]
		p.want(known, "thing %q is unknown", e.Thing)
		o, found := c.Find(e.Poll)
		p.want(e.Poll == "" || found && o.Kind == Finds, "poll %q is no find operation", e.Poll)
		p.want(len(e.Hooks) > 0 || e.Manual != "" || e.Poll != "", "nothing tells of it and nothing finds it")
		e.When.check(p, e)
		for _, g := range e.Gives {
			p.want(g.Name != "" && g.Label != "" && slices.Contains(takeTypes, g.Type), "gives %q without a label, or of the unknown type %q", g.Name, g.Type)
		}
	}
}
