package flow

import "couplet/internal/connector"

// Needs is what a flow wants to do with the account of one side: read it in any case, and when it writes there, make the
// custom field that holds the counterpart's reference. It is what scopes are asked for by.
func (f Flow) Needs(side connector.Side) []connector.Need {
	needs := []connector.Need{connector.ToRead}
	makes := f.Direction.To(side)
	if makes {
		needs = append(needs, connector.ToWrite)
	}
	for _, x := range f.Extras() {
		makes = makes || x.Side == side
	}
	if makes {
		needs = append(needs, connector.ToMakeFields)
	}
	return needs
}
