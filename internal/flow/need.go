package flow

import (
	"slices"

	"couplet/internal/connector"
)

// Needs is what a flow wants to do with the account of one side: read it in any case, and when it writes there, make the
// custom field that holds the counterpart's reference; and with which object. It is what scopes are asked for by.
func (f Flow) Needs(side connector.Side) []connector.Need {
	needs := []connector.Need{connector.ToRead}
	if f.Object != "" {
		needs = append(needs, connector.Of(f.Object))
	}
	if f.Direction.To(side) {
		needs = append(needs, connector.ToWrite)
	}
	if f.Direction.To(side) || len(f.extras(side)) > 0 {
		needs = append(needs, connector.ToMakeFields)
	}
	return needs
}

// NeedsGiven is Needs of an account whose fields are known: fields that are there already need not be made. object is what
// the flow keeps in step.
func (f Flow) NeedsGiven(side connector.Side, object *connector.Object, have []connector.Field) []connector.Need {
	want := f.extras(side)
	if f.Direction.To(side) && object.Stamp.Label != "" {
		want = append(want, object.Stamp)
	}
	there := func(w connector.Field) bool {
		return slices.ContainsFunc(have, func(h connector.Field) bool {
			return w.Name != "" && h.Name == w.Name || h.Custom && h.Label == w.Label
		})
	}
	if !slices.ContainsFunc(want, func(w connector.Field) bool { return !there(w) }) {
		return slices.DeleteFunc(f.Needs(side), func(n connector.Need) bool { return n == connector.ToMakeFields })
	}
	return f.Needs(side)
}

func (f Flow) extras(side connector.Side) (fields []connector.Field) {
	for _, x := range f.Extras() {
		if x.Side == side {
			fields = append(fields, x.Field)
		}
	}
	return fields
}
