package connection_test

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
)

// agencyWish is for a whole agency, from which one location is picked.
func (h *house) agencyWish() connection.Wish { return h.wish("highlevel", connector.ToInstall) }

func TestAnAgencyIsTurnedIntoTheLocationThatThePersonPicks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4, AccessLife: time.Hour})
	p := h.consent(h.agencyWish(), visit{account: "agency"})
	if len(p.Locations) < 2 || p.Account.ID != "" || p.Chosen != "" || p.Agency.ID == "" {
		t.Fatalf("%+v", p)
	}
	_, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	h.broken(err, connection.Incomplete, "Choose a sub-account first")
	_, err = h.svc.Choose(t.Context(), h.ws, "session of ann", p.ID, "nowhere")
	h.broken(err, connection.Incomplete, "not among those")
	_, err = h.svc.Choose(t.Context(), h.ws, "session of eve", p.ID, p.Locations[0].ID)
	h.broken(err, connection.Expired, "")

	// One may think again before accepting.
	for _, l := range []connector.Identity{p.Locations[1], p.Locations[0]} {
		p, err = h.svc.Choose(t.Context(), h.ws, "session of ann", p.ID, l.ID)
		must(t, err)
		if p.Account.ID != l.ID || p.Account.Name != l.Name || p.Chosen != l.ID || p.Account.Zone == "" {
			t.Errorf("%+v", p)
		}
	}
	c, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	must(t, err)
	if c.Params["locationId"] != p.Locations[0].ID || c.Identity.ID != p.Locations[0].ID {
		t.Errorf("%+v", c)
	}
	for range 3 { // renewed by its own refresh token
		h.pass(time.Hour)
		must(t, h.works(h.svc, c.ID))
	}
	if n := h.asked("highlevel", "/oauth/locationToken"); n != 2 {
		t.Errorf("minted %d times, of which two were the choices", n)
	}
}

func TestALocationWithoutARefreshTokenOfItsOwnIsMintedAgainFromTheAgency(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4, AccessLife: time.Hour, NoLocationRefresh: true})
	p := h.consent(h.agencyWish(), visit{account: "agency"})
	locations := p.Locations
	p, err := h.svc.Choose(t.Context(), h.ws, "session of ann", p.ID, locations[0].ID)
	must(t, err)
	c, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	must(t, err)
	second := h.process(h.svc.Sealer)
	for range 3 {
		h.pass(time.Hour)
		before, minted := h.refreshes("highlevel"), h.asked("highlevel", "/oauth/locationToken")
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			s := []*connection.Service{h.svc, second}[i%2]
			wait.Go(func() { errs[i] = h.works(s, c.ID) })
		}
		wait.Wait()
		for _, err := range errs {
			must(t, err)
		}
		if r, m := h.refreshes("highlevel")-before, h.asked("highlevel", "/oauth/locationToken")-minted; r != 1 || m != 1 {
			t.Errorf("%d refreshes of the agency, %d locations minted", r, m)
		}
	}
	permit, _, err := h.svc.Permit(t.Context(), h.ws, c.ID)
	must(t, err)
	if !permit.Renews || permit.Agency == "" {
		t.Errorf("%+v", permit)
	}
	// The access token of the agency may end early, too.
	h.kill("highlevel")
	must(t, h.works(h.svc, c.ID))

	// A second connection of the same agency shares its tokens: consenting again replaces them for both.
	p = h.consent(h.agencyWish(), visit{account: "agency"})
	p, err = h.svc.Choose(t.Context(), h.ws, "session of ann", p.ID, locations[1].ID)
	must(t, err)
	d, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	must(t, err)
	for range 2 {
		h.pass(time.Hour)
		must(t, h.works(h.svc, c.ID))
		must(t, h.works(second, d.ID))
	}
}

func TestAnAgencyWithoutTheScopesForItIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	link, err := h.svc.Begin(t.Context(), h.wish("highlevel")) // nobody said agency
	must(t, err)
	_, err = h.svc.Return(t.Context(), h.returned(h.agree(link, visit{account: "agency"})))
	h.broken(err, connection.NotTaken, "pick the sub-account on the consent page")
	p := h.consent(h.agencyWish(), visit{account: "agency", withhold: []string{"oauth.write"}})
	_, err = h.svc.Choose(t.Context(), h.ws, "session of ann", p.ID, p.Locations[0].ID)
	h.broken(err, connection.NotTaken, "oauth.write")
}

func TestConnectingAgainThroughTheAgencyPicksTheSameLocationByItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	c := h.connected(h.wish("highlevel"), visit{})
	w := h.agencyWish()
	w.Connection = c.ID
	p := h.consent(w, visit{account: "agency"})
	if p.Chosen != c.Identity.ID || p.Account != c.Identity || p.OtherAccount {
		t.Errorf("%+v", p)
	}
	other := p.Locations[1]
	p, err := h.svc.Choose(t.Context(), h.ws, "session of ann", p.ID, other.ID)
	must(t, err)
	if !p.OtherAccount || p.Was != c.Identity {
		t.Errorf("%+v", p)
	}
}

func TestAnotherAccountIsNeverPutIntoAConnection(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	c := h.connected(h.wish("highlevel"), visit{})
	other := h.sb.HighLevel.Locations()[1]
	w := h.wish("highlevel")
	w.Connection = c.ID
	p := h.consent(w, visit{account: other.ID})
	if !p.OtherAccount || p.Was != c.Identity || p.Account.ID != other.ID {
		t.Fatalf("%+v", p)
	}
	_, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	h.broken(err, connection.WrongAccount, "another account")
	if now := h.state(c.ID); now.Identity != c.Identity || now.Params["locationId"] != c.Params["locationId"] {
		t.Errorf("%+v", now)
	}
	must(t, h.works(h.svc, c.ID))
	_, err = h.svc.AcceptNew(t.Context(), h.ws, "session of ann", p.ID, c.Name)
	h.broken(err, connection.BadName, "already")
	d, err := h.svc.AcceptNew(t.Context(), h.ws, "session of ann", p.ID, "the other one")
	must(t, err)
	if d.ID == c.ID || d.Identity.ID != other.ID || d.Name != "the other one" {
		t.Errorf("%+v", d)
	}
	must(t, h.works(h.svc, d.ID))
	must(t, h.works(h.svc, c.ID))
	// Somebody who connects an account that is there already is told so.
	if p = h.consent(h.wish("highlevel"), visit{account: other.ID}); p.Twin != "the other one" || p.OtherAccount {
		t.Errorf("%+v", p)
	}
	// Naming one account and agreeing for another is refused, too.
	w = h.wish("highlevel")
	w.Params = map[string]string{"locationId": c.Identity.ID}
	link, err := h.svc.Begin(t.Context(), w)
	must(t, err)
	_, err = h.svc.Return(t.Context(), h.returned(h.agree(link, visit{account: other.ID})))
	h.broken(err, connection.NotTaken, "another account")
}

func TestAnUninstalledAppMeansForgottenTokensAndOneSentence(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	c := h.connected(h.wish("highlevel"), visit{})
	p := h.consent(h.agencyWish(), visit{account: "agency"})
	p, err := h.svc.Choose(t.Context(), h.ws, "session of ann", p.ID, p.Locations[1].ID)
	must(t, err)
	d, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	must(t, err)
	key, _, err := h.svc.Give(t.Context(), h.key("highlevel"))
	must(t, err)
	app, _, _ := strings.Cut(h.info.HighLevel.ClientID, "-")
	permit, _, err := h.svc.Permit(t.Context(), h.ws, d.ID)
	must(t, err)
	now := h.now()
	for name, call := range map[string]struct {
		account string
		call    connector.AppCall
		sent    time.Time
	}{
		"of another app":      {c.Identity.ID, connector.AppCall{Removed: true, App: "another"}, now},
		"of no app":           {c.Identity.ID, connector.AppCall{Removed: true}, now},
		"from before":         {c.Identity.ID, connector.AppCall{Removed: true, App: app}, now.Add(-time.Hour)},
		"of another account":  {"nowhere", connector.AppCall{Removed: true, App: app}, now},
		"of another agency":   {"", connector.AppCall{Removed: true, App: app, Agency: "nobody"}, now},
		"of nothing":          {"", connector.AppCall{Removed: true, App: app}, now},
		"installed, all well": {c.Identity.ID, connector.AppCall{App: app}, now},
	} {
		if changed, err := h.svc.AppCalled(t.Context(), "highlevel", call.account, call.call, call.sent); len(changed) != 0 || err != nil {
			t.Errorf("%s: %+v, %v", name, changed, err)
		}
	}
	must(t, h.works(h.svc, c.ID))

	changed, err := h.svc.AppCalled(t.Context(), "highlevel", c.Identity.ID, connector.AppCall{Removed: true, App: app, Agency: permit.Agency}, now)
	must(t, err)
	if len(changed) != 1 || changed[0].ID != c.ID {
		t.Errorf("%+v", changed)
	}
	if got := h.state(c.ID); got.State != connection.Reconnect || !strings.Contains(got.Problem, "was removed from this account") {
		t.Errorf("%+v", got)
	}
	if err := h.works(h.svc, c.ID); connector.KindOf(err) != connector.Unauthorized || !strings.Contains(err.Error(), "was removed") {
		t.Error(err)
	}
	must(t, h.works(h.svc, d.ID))
	must(t, h.works(h.svc, key.ID)) // a pasted key does not come from the app

	changed, err = h.svc.AppCalled(t.Context(), "highlevel", "", connector.AppCall{Removed: true, App: app, Agency: permit.Agency}, now)
	must(t, err)
	if len(changed) != 1 || changed[0].ID != d.ID {
		t.Errorf("%+v", changed)
	}
	secrets, err := h.store.AllSecrets(t.Context())
	must(t, err)
	if len(secrets) != 1 || secrets[0].Connection != key.ID {
		t.Errorf("secrets are left: %d", len(secrets))
	}
	// Checking has nothing to try, and does not write over why.
	now2, err := h.svc.Check(t.Context(), h.ws, c.ID)
	if connector.KindOf(err) != connector.Unauthorized || !strings.Contains(now2.Problem, "was removed") {
		t.Errorf("%+v, %v", now2, err)
	}
	// Installed again: noted, and no more than that.
	changed, err = h.svc.AppCalled(t.Context(), "highlevel", c.Identity.ID, connector.AppCall{App: app}, now)
	must(t, err)
	if got := h.state(c.ID); len(changed) != 1 || got.State != connection.Reconnect || !strings.Contains(got.Problem, "Connect the account here") {
		t.Errorf("%+v", got)
	}
}

// A captured call could be sent again after the account was connected anew. With a time it is known to be old; without one
// the system is asked.
func TestAnUninstallWithoutATimeCountsOnlyWhenTheKeyIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	c := h.connected(h.wish("highlevel"), visit{})
	app, _, _ := strings.Cut(h.info.HighLevel.ClientID, "-")
	called := func() ([]connection.Connection, error) {
		return h.svc.AppCalled(t.Context(), "highlevel", c.Identity.ID, connector.AppCall{Removed: true, App: app}, time.Time{})
	}
	if changed, err := called(); len(changed) != 0 || err != nil {
		t.Errorf("%+v, %v", changed, err)
	}
	must(t, h.works(h.svc, c.ID))

	h.revoke("highlevel")
	well := h.svc.Pool.HTTP
	h.svc.Pool.HTTP = &http.Client{Transport: silent{}}
	if changed, err := called(); len(changed) != 0 || err == nil || h.state(c.ID).State != connection.OK {
		t.Errorf("while the system does not answer: %+v, %v, %+v", changed, err, h.state(c.ID))
	}
	h.svc.Pool.HTTP = well
	changed, err := called()
	must(t, err)
	if now := h.state(c.ID); len(changed) != 1 || now.State != connection.Reconnect || !strings.Contains(now.Problem, "was removed from this account") {
		t.Errorf("%+v, %+v", changed, now)
	}
	if secrets, err := h.store.AllSecrets(t.Context()); err != nil || len(secrets) != 0 {
		t.Errorf("%d secrets are left, %v", len(secrets), err)
	}
}

// silent is a system that cannot be reached.
type silent struct{}

func (silent) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
}
