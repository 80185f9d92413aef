package connection_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
)

func TestTokensGoNowhereElse(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*house, *connection.Connection){
		"the app has another token address": func(h *house, _ *connection.Connection) {
			app := h.svc.Apps["highlevel"]
			app.TokenURL = h.info.UserCom.OAuthURL + "token"
			h.svc.Apps["highlevel"] = app
		},
		"the app is another client": func(h *house, _ *connection.Connection) {
			app := h.svc.Apps["highlevel"]
			app.ClientID = "other-client"
			h.svc.Apps["highlevel"] = app
		},
		"the app is gone":                    func(h *house, _ *connection.Connection) { delete(h.svc.Apps, "highlevel") },
		"the connection has another address": func(h *house, c *connection.Connection) { c.BaseURL = "http://" + hostOf(h.info.UserCom.URL) },
	} {
		h := newHouse(t, sandbox.Options{AccessLife: time.Hour})
		c := h.connected(h.wish("highlevel"), visit{})
		spoil(h, &c)
		_, err := h.store.SaveConnection(t.Context(), h.ws, c)
		must(t, err)
		h.pass(time.Hour)
		before := h.asked("usercom", "")
		err = h.works(h.svc, c.ID)
		if connector.KindOf(err) != connector.Unauthorized || !strings.Contains(err.Error(), "Connect the account again") {
			t.Errorf("%s: %v", name, err)
		}
		if n := h.asked("usercom", "") - before; n != 0 {
			t.Errorf("%s: %d calls went elsewhere", name, n)
		}
	}
}

func TestNoSecretIsEverSaid(t *testing.T) {
	t.Parallel()
	both2 := func(h *house, system string) []string {
		c := h.connected(h.wish(system), visit{})
		secrets := h.accessTokens(system)
		h.kill(system)
		must(t, h.works(h.svc, c.ID))
		secrets = append(secrets, h.accessTokens(system)...)
		h.revoke(system)
		_ = h.works(h.svc, c.ID)
		_, err := h.svc.Check(t.Context(), h.ws, c.ID)
		h.note(err)
		link, err := h.svc.Begin(t.Context(), h.wish(system))
		must(t, err)
		r := h.returned(h.agree(link, visit{}))
		secrets = append(secrets, r.Code, r.State)
		r.Code = r.Code[:8] + "x"
		_, err = h.svc.Return(t.Context(), r)
		h.note(err)
		_, _, err = h.svc.Give(t.Context(), connection.GiveKey{Workspace: h.ws, System: system, Params: c.Params, BaseURL: c.BaseURL, Key: "pit-00000000-0000-secret-secret"})
		h.note(err)
		return append(secrets, "secret-secret")
	}
	h := newHouse(t, sandbox.Options{})
	secrets := append(both2(h, "highlevel"), both2(h, "usercom")...)
	secrets = append(secrets, h.info.HighLevel.ClientSecret, h.info.UserCom.ClientSecret)
	said := h.said.String()
	if len(secrets) < 10 || len(said) < 500 {
		t.Fatalf("%d secrets, %d bytes said", len(secrets), len(said))
	}
	for _, s := range secrets {
		if strings.Contains(said, s) || len(s) > 24 && strings.Contains(said, s[:24]) {
			t.Errorf("%q is in:\n%s", s, said)
		}
	}
}

func TestWhatIsSentToTheTokenAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{AccessLife: time.Hour})
	spy := &spy{next: h.svc.HTTP.Transport}
	h.svc.HTTP.Transport = spy
	c := h.connected(h.wish("highlevel"), visit{})
	h.pass(time.Hour)
	must(t, h.works(h.svc, c.ID))
	p := h.consent(h.agencyWish(), visit{account: "agency"})
	_, err := h.svc.Choose(t.Context(), h.ws, "session of ann", p.ID, p.Locations[0].ID)
	must(t, err)
	h.connected(h.wish("usercom"), visit{})
	g := h.key("usercom")
	g.Key, g.Client = "", &connection.ClientKey{}
	_, _, err = h.svc.Give(t.Context(), g)
	must(t, err)
	want := []string{
		"/oauth/token client_id client_secret code grant_type=authorization_code redirect_uri user_type=Location",
		"/oauth/token client_id client_secret grant_type=refresh_token refresh_token user_type=Location",
		"/oauth/token client_id client_secret code grant_type=authorization_code redirect_uri user_type=Location",
		"/oauth/locationToken companyId locationId",
		"/oauth/token client_id client_secret code code_verifier grant_type=authorization_code redirect_uri",
		"/oauth/token client_id client_secret grant_type=client_credentials scope",
	}
	if strings.Join(spy.seen, "\n") != strings.Join(want, "\n") {
		t.Errorf("sent:\n%s", strings.Join(spy.seen, "\n"))
	}
}

// spy notes the forms that are sent, and of their values only the plain words.
type spy struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen []string
}

func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		line := r.URL.Path
		for _, name := range slices.Sorted(maps.Keys(form)) {
			if line += " " + name; name == "grant_type" || name == "user_type" {
				line += "=" + strings.Join(form[name], "+")
			}
		}
		s.mu.Lock()
		s.seen = append(s.seen, line)
		s.mu.Unlock()
	}
	return s.next.RoundTrip(r)
}

func TestAConnectionThatIsPointedElsewhereLosesItsKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	other, _, err := h.svc.Give(t.Context(), h.key("usercom"))
	must(t, err)
	key, _, err := h.svc.Give(t.Context(), h.key("highlevel"))
	must(t, err)
	h.settings(other)
	for _, c := range []connection.Connection{key, h.connected(h.wish("highlevel"), visit{})} {
		for field, change := range map[string]func(*connection.Connection){
			"name":       func(c *connection.Connection) { c.Name = " " },
			"Choose":     func(c *connection.Connection) { c.Name = "usercom by key" },
			"https":      func(c *connection.Connection) { c.BaseURL = "http://evil.example" },
			"per second": func(c *connection.Connection) { c.PerSecond = -1 },
		} {
			bad := c
			change(&bad)
			if _, err := h.svc.Change(t.Context(), h.seen(bad), bad); connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), field) {
				t.Errorf("%s: %v", field, err)
			}
		}
		c.Name, c.PerSecond = c.Name+" renamed", 50
		now, err := h.svc.Change(t.Context(), h.seen(c), c)
		must(t, err)
		if now.Name != c.Name || now.PerSecond != 50 || now.State != connection.OK || now.Identity != c.Identity {
			t.Errorf("%+v", now)
		}
		must(t, h.works(h.svc, c.ID))
		h.settings(c)
		was := c.BaseURL
		c.BaseURL = "http://" + hostOf(h.info.UserCom.URL)
		before := h.sb.Counters("usercom").Total
		now, err = h.svc.Change(t.Context(), h.seen(c), c)
		must(t, err)
		if now.State != connection.NeedsKey || now.BaseURL != c.BaseURL {
			t.Errorf("%+v", now)
		}
		if err := h.works(h.svc, c.ID); connector.KindOf(err) != connector.Unauthorized || !strings.Contains(err.Error(), "address was changed") {
			t.Error(err)
		}
		c.BaseURL = was
		_, err = h.svc.Change(t.Context(), h.seen(c), c)
		must(t, err)
		if err := h.works(h.svc, c.ID); connector.KindOf(err) != connector.Unauthorized {
			t.Errorf("the key came back: %v", err)
		}
		if n := h.sb.Counters("usercom").Total - before; n != 0 {
			t.Errorf("%d calls went elsewhere", n)
		}
	}
}
