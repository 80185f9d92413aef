package connector

import (
	"errors"
	"fmt"
	"slices"
)

// When says by what a record shows that an event happened. One of New, Changed, Added, Removed, Field and Told is set.
type When struct {
	// New: it was not known before. Dated says that records tell when they were made, so that nobody needs to know those from before.
	New   bool `json:"new,omitempty"`
	Dated bool `json:"dated,omitempty"`
	// Changed: a field that can be read holds another value; one of Fields, where some are named.
	Changed bool     `json:"changed,omitempty"`
	Fields  []string `json:"fields,omitempty"`
	// Added and Removed name a field that is a list: one happening for each member that is new, or gone. As is the name of what
	// the event gives that holds it.
	Added   string `json:"added,omitempty"`
	Removed string `json:"removed,omitempty"`
	As      string `json:"as,omitempty"`
	// Field became Is.
	Field string `json:"field,omitempty"`
	Is    any    `json:"is,omitempty"`
	// Told: nothing shows it. Each call that a person set up for it counts, and As holds what they have it say besides.
	Told bool `json:"told,omitempty"`
}

// check holds what shows an event against the event.
func (w *When) check(p *problems, e Event) {
	if w == nil {
		return
	}
	n := 0
	for _, set := range []bool{w.New, w.Changed, w.Added != "", w.Removed != "", w.Field != "", w.Told} {
		if set {
			n++
		}
	}
	p.want(n == 1, "when says %d things, and one is needed", n)
	p.want(!w.Told || e.Manual != "", "when: told, and nobody tells of it")
	p.want(w.Told || len(e.Hooks) > 0 || e.Poll != "", "when: nothing tells of it and nothing finds it")
	p.want(!w.Dated || w.New, "when: dated is about what is new")
	p.want(len(w.Fields) == 0 || w.Changed, "when: fields are those that change")
	p.want((w.Field != "") == (w.Is != nil), "when: a field without a value, or a value without a field")
	gives := slices.ContainsFunc(e.Gives, func(g Given) bool { return g.Name == w.As })
	p.want(gives == (w.As != "") && (w.As == "" || w.Added+w.Removed != "" || w.Told) && (w.As != "" || w.Added+w.Removed == ""), "when: as %q is not what it gives", w.As)
}

// Watches checks that what is watched can be read: that the events name objects and fields of the spec.
func (c *Catalog) Watches(spec *Spec) error {
	var found []error
	for _, e := range c.Events {
		if e.When == nil {
			continue
		}
		_, object := spec.Object(e.Thing)
		if !object && c.Things[e.Thing].Read == nil {
			found = append(found, fmt.Errorf("event %s: nothing says how a %s is read", e.ID, e.Thing))
		}
		fields := c.FieldsOf(e.Thing, spec, nil)
		for _, name := range append([]string{e.When.Added, e.When.Removed, e.When.Field}, e.When.Fields...) {
			f, there := FieldNamed(fields, name)
			if name != "" && (!there || !f.Read || (f.Type == Set) != (name == e.When.Added || name == e.When.Removed)) {
				found = append(found, fmt.Errorf("event %s: %s has no field %q of that kind that can be read", e.ID, e.Thing, name))
			}
		}
	}
	return errors.Join(found...)
}
