package automation

import "slices"

// Scopes are the permissions that an automation needs in an account of a system, those for what sets it off first.
func Scopes(a Automation, system string, s Systems) (out []string) {
	add := func(scope string) {
		if scope != "" && !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	if e, ok := s.Event(a.Trigger); ok && a.Trigger.System == system {
		add(e.Scope)
	}
	Walk(a, func(_ string, st Step) {
		if o, ok := s.Find(st); ok && st.System == system {
			add(o.Scope)
		}
	})
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
