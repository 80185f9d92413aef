package connection_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/highlevel"
)

// key is the system's own key for a new connection.
func (h *house) key(system string) connection.GiveKey {
	w := h.wish(system)
	g := connection.GiveKey{Workspace: h.ws, System: system, Name: system + " by key", BaseURL: w.BaseURL, Params: w.Params, Key: h.info.UserCom.Token}
	if system == "highlevel" {
		g.Params, g.Key = map[string]string{"locationId": h.info.HighLevel.LocationID}, h.info.HighLevel.Token
	}
	return g
}

func TestAPastedKeyIsTriedNamedAndSavedWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4})
	for _, system := range []string{"highlevel", "usercom"} {
		g := h.key(system)
		g.For = []connector.Need{connector.ToWrite, connector.ToMakeFields}
		tried, err := h.svc.Try(t.Context(), g)
		must(t, err)
		if all, err := h.store.Connections(t.Context(), h.ws); err != nil || len(all) != 0 {
			t.Fatal("trying saved something", err)
		}
		c, given, err := h.svc.Give(t.Context(), g)
		must(t, err)
		if given.Account.ID == "" || given.Account != tried.Account || c.Identity != given.Account || len(given.Missing) != 0 || len(given.Granted) == 0 || c.State != connection.OK {
			t.Errorf("%+v, %+v", c, given)
		}
		must(t, h.works(h.svc, c.ID))
		p, ok, err := h.svc.Permit(t.Context(), h.ws, c.ID)
		must(t, err)
		if !ok || p.Renews || !p.Expires.IsZero() || len(p.Scopes) == 0 {
			t.Errorf("%+v", p)
		}
		_, err = h.db.Writer().Exec("delete from connection")
		must(t, err)
	}
}

func TestAKeyThatIsNoneIsToldBeforeAnyCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	link, err := h.svc.Begin(t.Context(), h.wish("highlevel"))
	must(t, err)
	_, err = h.svc.Return(t.Context(), h.returned(h.agree(link, visit{})))
	must(t, err)
	for says, c := range map[string]struct{ system, key string }{
		"does not look like a HighLevel key": {"highlevel", "hello"},
		"looks like a User.com key":          {"highlevel", h.info.UserCom.Token},
		"looks like a HighLevel key":         {"usercom", h.info.HighLevel.Token},
		"it would end soon":                  {"highlevel", "eyJ" + strings.Repeat("a", 60)},
	} {
		before := h.sb.Counters(c.system).Total
		g := h.key(c.system)
		g.Key = c.key
		_, _, err := h.svc.Give(t.Context(), g)
		h.note(err)
		if connector.KindOf(err) != connector.Unauthorized || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), c.key[:5]) {
			t.Errorf("%q: %v", says, err)
		}
		if n := h.sb.Counters(c.system).Total - before; n != 0 {
			t.Errorf("%q: %d calls", says, n)
		}
	}
	g := h.key("highlevel")
	g.Key = "pit-00000000-0000-0000-0000-000000000000"
	if _, _, err := h.svc.Give(t.Context(), g); connector.KindOf(err) != connector.Unauthorized || !strings.Contains(err.Error(), "does not know this private integration token") {
		t.Error(err)
	}
	for field, change := range map[string]func(*connection.GiveKey){
		"Location ID": func(g *connection.GiveKey) { g.Params = nil },
		"https://":    func(g *connection.GiveKey) { g.BaseURL = "http://crm.example" },
		"longer":      func(g *connection.GiveKey) { g.Name = strings.Repeat("x", 101) },
		"flow file":   func(g *connection.GiveKey) { g.Name = "${X}" },
	} {
		g := h.key("highlevel")
		change(&g)
		if _, _, err := h.svc.Give(t.Context(), g); connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestTheScopesOfAPastedKeyAreFoundAndAskedForAgainWhenOneIsMissing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	few := h.sb.HighLevel.Issue(highlevel.Token{Value: pit(), Kind: highlevel.PIT, Class: "Location", LocationID: h.info.HighLevel.LocationID,
		Scopes: []string{"contacts.readonly", "locations.readonly", "locations/customFields.readonly"}})
	g := h.key("highlevel")
	g.Key = few.Value
	c, given, err := h.svc.Give(t.Context(), g)
	must(t, err)
	if names(given.Granted) != "locations.readonly contacts.readonly locations/customFields.readonly" || len(given.Missing) != 0 {
		t.Errorf("%+v", given)
	}
	missing, err := h.svc.Missing(t.Context(), h.ws, c.ID, connector.ToRead, connector.ToWrite, connector.ToMakeFields)
	must(t, err)
	if names(missing) != "contacts.write locations/customFields.write" {
		t.Errorf("missing %v", names(missing))
	}
	g.For = []connector.Need{connector.ToWrite}
	if _, _, err := h.svc.Give(t.Context(), withName(g, "for writing")); connector.KindOf(err) != connector.Forbidden || !strings.Contains(err.Error(), "contacts.write") {
		t.Errorf("a key that may not write was taken for writing: %v", err)
	}
	// Ticked in the system, without a new key.
	few.Scopes = append(few.Scopes, "contacts.write", "locations/customFields.write")
	h.sb.HighLevel.Issue(few)
	missing, err = h.svc.Missing(t.Context(), h.ws, c.ID, connector.ToRead, connector.ToWrite, connector.ToMakeFields)
	must(t, err)
	if len(missing) != 0 {
		t.Errorf("missing %v", names(missing))
	}
}

// pit is the value of a new private integration token.
func pit() string { return "pit-" + rand.Text() }

func withName(g connection.GiveKey, name string) connection.GiveKey {
	g.Name = name
	return g
}

func TestAKeyOfAnotherAccountIsRefusedForAConnection(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	c, _, err := h.svc.Give(t.Context(), h.key("highlevel"))
	must(t, err)
	other := h.sb.HighLevel.Locations()[1]
	theirs := h.sb.HighLevel.Issue(highlevel.Token{Value: pit(), Kind: highlevel.PIT, Class: "Location", LocationID: other.ID, Scopes: highlevel.AllScopes()})
	_, given, err := h.svc.Give(t.Context(), connection.GiveKey{Workspace: h.ws, Connection: c.ID, Key: theirs.Value, Params: map[string]string{"locationId": other.ID}})
	if connector.KindOf(err) != connector.Config || !given.OtherAccount || given.Was != c.Identity || !strings.Contains(err.Error(), "another account") {
		t.Errorf("%+v, %v", given, err)
	}
	must(t, h.works(h.svc, c.ID))
	// With a key of the right account it goes on, also after it was disconnected.
	c, err = h.svc.Disconnect(t.Context(), h.ws, c.ID)
	must(t, err)
	if c.State != connection.NeedsKey || c.Problem == "" {
		t.Errorf("%+v", c)
	}
	if err := h.works(h.svc, c.ID); connector.KindOf(err) != connector.Unauthorized || !strings.Contains(err.Error(), "You disconnected it") {
		t.Error(err)
	}
	if _, err := h.svc.Check(t.Context(), h.ws, c.ID); connector.KindOf(err) != connector.Unauthorized {
		t.Error(err)
	}
	back, _, err := h.svc.Give(t.Context(), connection.GiveKey{Workspace: h.ws, Connection: c.ID, Key: h.info.HighLevel.Token})
	must(t, err)
	if back.ID != c.ID || back.Epoch != c.Epoch || back.State != connection.OK || len(h.woken) != 2 {
		t.Errorf("%+v, told of %v", back, h.woken)
	}
	must(t, h.works(h.svc, c.ID))
	// Consent in place of the key, and back: the same account.
	w := h.wish("highlevel")
	w.Connection = c.ID
	c = h.connected(w, visit{})
	if c.AuthKind != connection.KindConsent || c.ID != back.ID {
		t.Errorf("%+v", c)
	}
	must(t, h.works(h.svc, c.ID))
	if old, err := h.store.Secret(t.Context(), h.ws, c.ID, connection.SecretToken); old != nil || err != nil {
		t.Error("the pasted key is still stored", err)
	}
}

func TestAPastedKeyThatIsWithdrawnIsNotedOnceAndMendedByASuccess(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	mine := h.sb.HighLevel.Issue(highlevel.Token{Value: pit(), Kind: highlevel.PIT, Class: "Location", LocationID: h.info.HighLevel.LocationID, Scopes: highlevel.AllScopes()})
	g := h.key("highlevel")
	g.Key = mine.Value
	c, _, err := h.svc.Give(t.Context(), g)
	must(t, err)
	h.sb.HighLevel.Revoke(mine.Value)
	for range 3 {
		if err := h.works(h.svc, c.ID); connector.KindOf(err) != connector.Unauthorized {
			t.Error(err)
		}
	}
	now := h.state(c.ID)
	if now.State != connection.Reconnect || !strings.Contains(now.Problem, "private integration token") || strings.Count(h.said.String(), "msg=changed") != 1 {
		t.Errorf("%+v\n%s", now, h.said)
	}
	h.sb.HighLevel.Issue(mine) // it was a mistake of the system
	must(t, h.works(h.svc, c.ID))
	if now = h.state(c.ID); now.State != connection.OK || now.Problem != "" {
		t.Errorf("%+v", now)
	}
	h.sb.HighLevel.Revoke(mine.Value)
	_ = h.works(h.svc, c.ID)
	h.sb.HighLevel.Issue(mine)
	h.woken = nil
	now, err = h.svc.Check(t.Context(), h.ws, c.ID)
	must(t, err)
	if now.State != connection.OK || len(h.woken) != 1 || now.CheckedAt.IsZero() {
		t.Errorf("%+v, told of %v", now, h.woken)
	}
	// What says nothing about the key changes nothing.
	must(t, h.sb.Close())
	if _, err := h.svc.Check(t.Context(), h.ws, c.ID); err == nil {
		t.Error("a system that is not there was reached")
	}
	if now = h.state(c.ID); now.State != connection.OK {
		t.Errorf("%+v", now)
	}
}

func TestAnAppThatActsForItselfGetsItsTokensAnew(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4, AccessLife: time.Hour})
	hl, uc := h.info.HighLevel, h.info.UserCom
	for system, client := range map[string]connection.ClientKey{
		"highlevel": {ID: hl.ClientID, Secret: hl.ClientSecret, TokenURL: hl.OAuthURL + "token"},
		"usercom":   {}, // the app's own
	} {
		g := h.key(system)
		g.Key, g.Client, g.For = "", &client, []connector.Need{connector.ToWrite}
		c, given, err := h.svc.Give(t.Context(), g)
		must(t, err)
		if c.AuthKind != connection.KindClient || given.Account.ID == "" || len(given.Missing) != 0 {
			t.Errorf("%+v, %+v", c, given)
		}
		must(t, h.works(h.svc, c.ID))
		for range 2 {
			h.pass(time.Hour)
			must(t, h.works(h.svc, c.ID))
		}
		h.kill(system)
		must(t, h.works(h.svc, c.ID))
		p, _, err := h.svc.Permit(t.Context(), h.ws, c.ID)
		must(t, err)
		if n := h.refreshes(system); n != 3 || !p.Renews {
			t.Errorf("%s: %d renewals, %+v", system, n, p)
		}
	}
	g := h.key("highlevel")
	for says, client := range map[string]connection.ClientKey{
		"client ID and secret": {ID: hl.ClientID, Secret: "wrong", TokenURL: hl.OAuthURL + "token"},
		"Give all three":       {ID: hl.ClientID, TokenURL: uc.OAuthURL + "token"},
		"begin with https://":  {ID: "a", Secret: "b", TokenURL: "http://evil.example/token"},
	} {
		g.Key, g.Client, g.Name = "", &client, says
		if _, _, err := h.svc.Give(t.Context(), g); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	// The app's own secret goes to no other address.
	g.Client = &connection.ClientKey{TokenURL: uc.OAuthURL + "token"}
	before := h.asked("usercom", "token")
	if _, _, err := h.svc.Give(t.Context(), g); err == nil || h.asked("usercom", "token") != before {
		t.Errorf("the secret of the app went elsewhere: %v", err)
	}
}
