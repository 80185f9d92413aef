package templates

import "github.com/a-h/templ"

// pressing is what a press of a field without a partner does: it picks it up, lets it go, or pairs it with the one that is held.
func pressing(m Mapping, side int, f MapField) templ.Attributes {
	held, _ := m.At.picked()
	switch {
	case f.Locked != "" || !m.CanEdit:
		return templ.Attributes{"type": "button", "disabled": true}
	case held != "" && held != letter(side):
		return templ.Attributes{"type": "submit", "form": "pair-form", "name": letter(side), "value": f.Name, "aria-pressed": "false"}
	case f.Picked:
		return templ.Attributes{"type": "submit", "form": "drop-form", "aria-pressed": "true"}
	}
	return templ.Attributes{"type": "submit", "form": "pick-form", "name": "pick", "value": letter(side) + ":" + f.Name, "aria-pressed": "false"}
}
