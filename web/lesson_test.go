package web

import (
	"testing"
	"time"

	"couplet/internal/engine"
)

func TestWhatASystemDoesNotTakeIsToldAtThePairAndTriedAgain(t *testing.T) {
	t.Parallel()
	s, fields, w := planOn(t)
	must(t, s.store.SaveCapability(t.Context(), s.ws(), engine.Capability{Conn: s.flow.Connections[0], Object: "contact", Field: "customFields." + fields[0],
		Verb: "update", Refused: true, Learned: time.Now()}))
	w.open(s.path("map")).says("lesson", "HighLevel does not let this field be changed")
	s.walk("viewer").open(s.path("map")).says("lesson", "HighLevel").hasNo("lesson-again")
	w.send("[data-testid=lesson-again]", nil).hasNo("lesson")
	must(t, s.store.SaveCapability(t.Context(), s.ws(), engine.Capability{Conn: s.flow.Connections[1], Object: "contact", Field: "first_name", Verb: "update", MaxLen: 40, Learned: time.Now()}))
	w.open(s.path("map")).says("lesson", "keep only the first 40 characters")
	w.send("[data-testid=lesson-again]", nil).hasNo("lesson")
	caps, err := s.store.Capabilities(t.Context(), s.ws(), s.flow.Connections, "contact")
	must(t, err)
	for _, c := range caps {
		if c.Closed() || c.MaxLen != 0 {
			t.Errorf("still learned: %+v", c)
		}
	}
}
