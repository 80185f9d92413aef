package web

import (
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/mapping"
)

func TestAValueIsPutBackOnlyWhereBothSidesAreWritten(t *testing.T) {
	t.Parallel()
	s, _, a := ada(t)
	s.types(a, map[string]any{"phone": "+12025550111"})
	_, err := s.box.UserCom.Update("users", s.linked(a).IDs[engine.B], map[string]any{"phone_number": "+12025550122"})
	must(t, err)
	f := s.stored()
	f.Conflict = mapping.AWins
	_, _, err = s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	s.run("manual", engine.Done)
	w := s.walk("editor").open("/records/" + s.linked(a).ID) // made while both were written
	f = s.stored()
	for i, row := range f.Map {
		if row.Key() == "phone=phone_number" {
			f.Map[i].Direction = mapping.AToB
		}
	}
	_, _, err = s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	w.send("[data-testid=put]", nil)
	if said := tidyText(w.doc.Find("[data-testid=said]")); !strings.Contains(said, "not written on both sides") {
		t.Errorf("it says %q", said)
	}
	orders, err := s.store.OpenOrders(t.Context(), s.ws(), s.pairOf().ID, "", 9)
	if must(t, err); len(orders) != 0 {
		t.Errorf("ordered %+v", orders)
	}
	if w.doc.Find("[data-testid=loss]").Length() != 1 || w.doc.Find("[data-testid=put]").Length() != 0 {
		t.Error("what cannot work is offered")
	}
}
