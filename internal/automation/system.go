package automation

import (
	"couplet/internal/connector"
)

// Systems are what automations may be made of, by the id of the system.
type Systems map[string]System

// System is what one system can do and tell, and what an account of it holds.
type System struct {
	Spec    *connector.Spec
	Catalog *connector.Catalog
	// Fields are those of the account, its own among them, by object; the spec's where nobody asked.
	Fields map[string][]connector.Field
}

// Find is the operation of a step. It reports false for a step that names none.
func (s Systems) Find(st Step) (*connector.Operation, bool) {
	if sys, ok := s[st.System]; ok && st.Kind == Operation {
		return sys.Catalog.Find(st.Operation)
	}
	return nil, false
}

// Event is the event of a trigger. It reports false for a trigger that names none.
func (s Systems) Event(t Trigger) (*connector.Event, bool) {
	if sys, ok := s[t.System]; ok && t.Kind == OnEvent {
		return sys.Catalog.Event(t.Event)
	}
	return nil, false
}

// Watched reports whether what sets a trigger off is noticed: what shows the event is known, and its records can be read.
func (s Systems) Watched(t Trigger) bool {
	e, ok := s.Event(t)
	if !ok {
		return t.Kind != OnEvent
	}
	sys := s[t.System]
	_, object := sys.Spec.Object(e.Thing)
	return e.When != nil && (object || sys.Catalog.Things[e.Thing].Read != nil)
}

// Title is what a step is called: its name, or what it does.
func (s Systems) Title(st Step) string {
	if st.Name != "" {
		return st.Name
	}
	if o, ok := s.Find(st); ok {
		return o.Title
	}
	return titled(StepKinds, st.Kind)
}

// TriggerTitle is what a trigger is called: "A contact is created".
func (s Systems) TriggerTitle(t Trigger) string {
	if e, ok := s.Event(t); ok {
		return e.Title
	}
	return titled(TriggerKinds, t.Kind)
}

// about is the thing that a trigger is about, "" for one that is about none.
func (s Systems) about(t Trigger) string {
	if e, ok := s.Event(t); ok {
		return e.Thing
	}
	if t.Kind == ByHand {
		return t.Object
	}
	return ""
}
