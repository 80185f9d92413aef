package automation

import (
	"slices"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Scopes are the permissions that an automation needs in an account of a system, those for what sets it off first: also those for
// looking where nobody tells, and for finding out who works there.
func Scopes(a Automation, system string, s Systems) (out []string) {
	sys, known := s[system]
	if !known {
		return nil
	}
	add := func(scope string) {
		if scope != "" && !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	operation := func(id string) {
		if o, ok := sys.Catalog.Find(id); ok {
			add(o.Scope)
		}
	}
	if e, ok := s.Event(a.Trigger); ok && a.Trigger.System == system {
		add(e.Scope)
		if r := sys.Catalog.Things[e.Thing].Read; r != nil {
			operation(r.Operation)
			operation(r.List)
			operation(sys.Catalog.Lists[r.Each].Operation)
		}
	}
	staff := false
	Walk(a, func(_ string, st Step) {
		if o, ok := s.Find(st); ok && st.System == system {
			add(o.Scope)
		}
		for _, text := range st.With {
			staff = staff || asksStaff(text)
		}
	})
	if staff && len(SystemsOf(a)) > 1 {
		operation(sys.Catalog.Lists["users"].Operation)
	}
	return out
}

// asksStaff reports whether a text has a pill that finds a member of staff in the other account.
func asksStaff(text string) bool {
	pieces, _ := Pieces(text)
	return slices.ContainsFunc(pieces, func(p Piece) bool {
		return p.Pill != nil && slices.ContainsFunc(p.Pill.Steps, func(st mapping.Step) bool { return st.Do == owner })
	})
}

// Needs are what an automation wants to do with an account of a system.
func Needs(a Automation, system string, s Systems) (out []connector.Need) {
	for _, scope := range Scopes(a, system, s) {
		out = append(out, connector.Using(scope))
	}
	return out
}

// Unconnected says for which systems an automation has no account yet. of is the system of a connection, "" for one that is not
// there. A step works in the first account of its system.
func Unconnected(a Automation, s Systems, of func(connection string) string) (out []Problem) {
	have := []string{of(a.Connections[0]), of(a.Connections[1])}
	for _, id := range SystemsOf(a) {
		if sys, known := s[id]; known && !slices.Contains(have, id) {
			out = append(out, Problem{Field: "connections", Text: "it works in " + sys.Spec.Name + ", and no account of it is chosen; choose one"})
		}
	}
	return out
}
