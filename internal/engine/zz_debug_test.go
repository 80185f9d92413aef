package engine_test

import (
	"fmt"
	"time"

	"couplet/internal/engine"
)

func init() {
	debugDump = func(h *history) (out []string) {
		for _, l := range h.links() {
			for side, id := range l.IDs {
				m := h.mirror(engine.Side(side), id)
				out = append(out, fmt.Sprintf("mirror %s gen %d seen %v suspect %v gone %v made %s missing %v", id, m.Gen, m.Seen.Format(time.StampMilli), m.Suspect, m.Gone, l.Made, m.Missing))
			}
		}
		for side := range h.flow.Connections {
			c, _ := h.st.Cursor(h.t.Context(), ws, h.flow.Connections[side], "contact")
			out = append(out, fmt.Sprintf("cursor %+v", c))
		}
		hints, _ := h.st.Hints(h.t.Context(), ws, h.pair().ID, time.UnixMilli(1<<53), engine.Place{Side: -1}, 100)
		for _, x := range hints {
			out = append(out, fmt.Sprintf("hint %+v", x))
		}
		out = append(out, h.box.Clock.Now().Format(time.StampMilli))
		return out
	}
}

var debugDump func(h *history) []string
