package flow

import (
	"fmt"
	"strconv"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// written is a field of an object of a connection.
type written struct{ connection, object, field string }

// writes are the fields that a flow writes, each with the first row of its map that does.
func (f Flow) writes() map[written]int {
	out := map[written]int{}
	for i, row := range f.Map {
		for side, names := range [2]mapping.Names{row.A, row.B} {
			if !f.Direction.To(connector.Side(side)) || !row.Direction.To(connector.Side(side)) {
				continue
			}
			for _, name := range names {
				w := written{f.Connections[side], f.Object, name}
				if _, seen := out[w]; !seen {
					out[w] = i
				}
			}
		}
	}
	return out
}

// Rival is the flow among others that keeps the same records of the same two accounts in step, whichever of them is called a, the
// one that was made first where there are more. What was agreed, what is still to be looked at and what waits belong to such a pair and not to a flow: whichever of two
// looks first at a record is done with it for both. The flow itself, by id, is no rival, and one that is switched off is nobody's.
func (f Flow) Rival(others []Flow) (first Flow, found bool) {
	for _, o := range others {
		same := o.Connections == f.Connections || o.Connections == [2]string{f.Connections[1], f.Connections[0]}
		if o.Enabled && o.Object == f.Object && same && (o.ID != f.ID || f.ID == "") && (!found || o.ID < first.ID) {
			first, found = o, true
		}
	}
	return first, found
}

// Beside says why a flow cannot be switched on beside a rival, and what to do.
func (f Flow) Beside(rival Flow) string {
	return fmt.Sprintf("flow %q already keeps the %s records of these two accounts in step, and of two such flows each would miss what the other one looks at first; "+
		"put the pairs of fields of flow %q into that flow, or switch one of the two off", rival.Name, f.Object, f.Name)
}

// WritesConflict says which other flow that is switched on keeps a flow from being so: its rival, or one that writes a field of an account that it would write, too:
// two flows with one field undo each other's work for ever. The flow itself, by id, is not in its own way, and a flow
// that is switched off is in nobody's. All connections must be given in one way, as ids or as names.
func WritesConflict(existing []Flow, f Flow) []Problem {
	if !f.Enabled {
		return nil
	}
	var c checker
	if rival, found := f.Rival(existing); found {
		c.add("connections", "%s", f.Beside(rival))
		return c
	}
	mine := f.writes()
	for _, other := range existing {
		if !other.Enabled || other.ID == f.ID && f.ID != "" {
			continue
		}
		theirs := other.writes()
		for i, row := range f.Map {
			for side, names := range [2]mapping.Names{row.A, row.B} {
				for _, name := range names {
					w := written{f.Connections[side], f.Object, name}
					first, writes := mine[w]
					if _, both := theirs[w]; both && writes && first == i {
						c.add("map."+strconv.Itoa(i), "flow %s already writes %s on side %s's account, and flow %s would write it too; "+
							"limit the direction of one of them, remove the row, or switch one flow off", fmt.Sprintf("%q", other.Name), name, connector.Side(side), fmt.Sprintf("%q", f.Name))
					}
				}
			}
		}
	}
	return c
}
