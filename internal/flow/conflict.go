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

// WritesConflict names every field that a flow would write although another one that is switched on writes it already:
// two flows with one field undo each other's work for ever. The flow itself, by id, is not in its own way, and a flow
// that is switched off is in nobody's. All connections must be given in one way, as ids or as names.
func WritesConflict(existing []Flow, f Flow) []Problem {
	if !f.Enabled {
		return nil
	}
	var c checker
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
