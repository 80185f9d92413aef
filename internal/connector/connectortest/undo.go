package connectortest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"couplet/internal/connector"
)

// Undo makes each call that can be taken back, takes it back, and holds that the record is as it was before, or gone when it was
// made. It returns how many were.
func (e *Every) Undo(t *testing.T) (undone int) {
	t.Helper()
	c := e.On.Operations()
	for _, id := range slices.Sorted(maps.Keys(c.Undo)) {
		o, _ := c.Find(id)
		if e.undo(t, o, c.Undo[id]) {
			undone++
		}
	}
	return undone
}

func (e *Every) undo(t *testing.T, o *connector.Operation, u *connector.Undo) (good bool) {
	t.Helper()
	e.made = map[string]any{} // what others did to a record would be in the way
	do := func(what string, in map[string]any) map[string]any {
		answer, err := e.On.Do(t.Context(), what, in)
		if err != nil {
			t.Errorf("undo of %s: %s %v: %v", o.ID, what, in, deep(err))
			good = false
		}
		out, _ := answer.(map[string]any)
		return out
	}
	look := func(in, out map[string]any) map[string]any {
		return u.Look.Shown(do(u.Look.Operation, u.Look.Asks(in, out)))
	}
	good = true
	in := e.in(t, o, u.Back)
	more := func() {
		if maker := e.More[o.ID]; maker != "" {
			e.count++
			in[fmt.Sprint(e.make(t, maker))] = fmt.Sprint("value ", e.count)
		}
	}
	more()
	switch by, _ := e.On.Operations().Find(u.By); {
	case u.Back: // the record holds something before
		do(o.ID, in)
		for name, v := range e.in(t, o, true) {
			take := o.Takes[slices.IndexFunc(o.Takes, func(t connector.Take) bool { return t.Name == name })]
			if _, address := u.With[name]; address {
				continue
			}
			switch in[name] = v; {
			case take.Type == "yes_no":
				in[name] = v == false
			case len(take.Choices) > 1:
				in[name] = take.Choices[slices.Index(take.Choices, fmt.Sprint(v))^1]
			}
		}
		more()
	case len(u.Only) > 0 || o.Method == "DELETE": // it takes away what was there
		has := e.in(t, by, false)
		for name := range u.With {
			has[name] = in[name]
		}
		do(u.By, has)
	}
	var was map[string]any
	if u.Before() {
		was = u.Keep(in, look(in, nil))
	}
	out := do(o.ID, in)
	var now map[string]any
	if u.Look != nil {
		now = look(in, out)
	}
	plan := u.Plan(o, in, out, was, now)
	if plan.In == nil || len(plan.Moved) > 0 {
		t.Errorf("undo of %s %v: it comes to %+v; it gave %v, before %v, now %v", o.ID, in, plan, out, was, now)
		return false
	}
	do(u.By, plan.In)
	switch {
	case u.Before():
		for name, v := range u.Keep(in, look(in, out)) {
			if fmt.Sprint(v) != fmt.Sprint(was[name]) && !slices.Contains(plan.Left, name) {
				t.Errorf("undo of %s: %s is %v, was %v", o.ID, name, v, was[name])
				good = false
			}
		}
	case u.Look != nil && o.Makes:
		if answer, err := e.On.Do(t.Context(), u.Look.Operation, u.Look.Asks(in, out)); connector.KindOf(err) != connector.NotFound {
			t.Errorf("undo of %s: there is still %v: %v", o.ID, answer, deep(err))
			good = false
		}
	}
	return good
}
