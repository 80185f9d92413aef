package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/connection"
	"couplet/internal/sandbox"
)

// TestACopyThatLacksAnAccountGoesOnWhereItWas: the account is connected where the copy goes, and the way leads back to the copy, which
// shows what goes along. A stranger to the flow's workspace is told nothing of it.
func TestACopyThatLacksAnAccountGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 3})
	s.o.Samples = s.eng
	u := s.person("ines@harborpine.test", "editor")
	there := s.twin("Northfold")
	s.joins(there, u, "editor")
	conns, err := s.store.Connections(t.Context(), there.ID)
	must(t, err)
	for _, c := range conns {
		if c.System == "usercom" {
			c.State, c.Problem = connection.Reconnect, "The key was taken back."
			_, err := s.store.SaveConnection(t.Context(), there.ID, c)
			must(t, err)
		}
	}
	w := &walker{t: t, client: s.signInAs(u), home: s.url}
	w.open(s.path("copy")).send("[data-testid=target] form button", nil).expect(http.StatusOK, "Connect "+nameOfUserCom(conns)+" again")
	w.send("#key-form button[type=submit]", url.Values{"key": {s.box.Info().UserCom.Token}})
	if !strings.Contains(w.at("copy-back"), "can be copied to Northfold now") {
		t.Fatalf("%s: %s", w.url, w.text())
	}
	w.send("[data-testid=copy-back] button", nil).expect(http.StatusOK, "All 5 pairs go along to Northfold")

	// Who is no member of the flow's workspace learns nothing of it.
	stranger, err := s.store.AddUser(t.Context(), there.ID, "only-there@couplet.test", "editor", "no password")
	must(t, err)
	x := &walker{t: t, client: s.signInAs(stranger), home: s.url}
	if x.open(copyWaits(s.ws(), s.flow.ID)); x.doc.Find("[data-testid=copy-back]").Length() != 0 || strings.Contains(x.text(), s.flow.Name+"”") {
		t.Error("a stranger is told of the flow")
	}
}

func nameOfUserCom(conns []connection.Connection) string {
	for _, c := range conns {
		if c.System == "usercom" {
			return c.Name
		}
	}
	return ""
}
