package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

const comesBack = "http://127.0.0.1:1/connect/return"

// consenting is a house whose accounts are connected by consent, and the program's own service beside it.
type consenting struct {
	*house
	app *app
}

// newConsenting writes a flow file of accounts that are connected in the browser, and gives the program the pretend apps.
func newConsenting(t *testing.T, o sandbox.Options) *consenting {
	t.Helper()
	h := newHouse(t, o, "")
	pretend := pretendApps(h.info)
	for name, value := range map[string]string{
		"COUPLET_HIGHLEVEL_CLIENT_ID": pretend.HighlevelClientID, "COUPLET_HIGHLEVEL_CLIENT_SECRET": pretend.HighlevelClientSecret,
		"COUPLET_HIGHLEVEL_AUTHORIZE_URL": pretend.HighlevelAuthorizeURL, "COUPLET_HIGHLEVEL_TOKEN_URL": pretend.HighlevelTokenURL,
		"COUPLET_USERCOM_CLIENT_ID": pretend.UsercomClientID, "COUPLET_USERCOM_CLIENT_SECRET": pretend.UsercomClientSecret,
		"COUPLET_USERCOM_AUTHORIZE_URL": pretend.UsercomAuthorizeURL, "COUPLET_USERCOM_TOKEN_URL": pretend.UsercomTokenURL,
		"COUPLET_USERCOM_SCOPES": pretend.UsercomScopes, "COUPLET_USERCOM_HEADER_WORD": pretend.UsercomHeaderWord,
	} {
		h.set(name, value)
	}
	h.secrets = append(h.secrets, pretend.HighlevelClientSecret, pretend.UsercomClientSecret)
	h.file = h.with(`{ kind: token, token: "${HL_TOKEN}" }, account: { locationId: `+h.info.HighLevel.LocationID+` }`, "{ kind: oauth2 }",
		`{ kind: token, token: "${UC_TOKEN}" }`, "{ kind: oauth2 }")
	c := &consenting{house: h}
	hosts := host(h.info.HighLevel.URL) + "," + host(h.info.UserCom.URL)
	g := &Globals{Data: h.data, Settle: time.Second, AllowPrivateHosts: hosts, LogLevel: "error", Consent: pretend}
	var err error
	if c.app, err = g.open(t.Context(), &terminal{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.app.Close() })
	return c
}

// connect goes through the system's own consent page for a connection, all scopes ticked but those withheld.
func (c *consenting) connect(name string, withheld ...string) connection.Pending {
	c.t.Helper()
	ctx, connect := c.t.Context(), c.app.connect
	conn, err := c.app.store.ConnectionByName(ctx, c.app.ws, name)
	if err != nil {
		c.t.Fatal(err)
	}
	link, err := connect.Begin(ctx, connection.Wish{Workspace: c.app.ws, User: "ann", Session: "s", Connection: conn.ID, Redirect: comesBack})
	if err != nil {
		c.t.Fatal(err)
	}
	q := c.agree(link, withheld)
	p, err := connect.Return(ctx, connection.Returned{Session: "s", User: "ann", Redirect: comesBack, State: q.Get("state"), Code: q.Get("code"), Error: q.Get("error")})
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := connect.Accept(ctx, c.app.ws, "s", p.ID); err != nil {
		c.t.Fatal(err)
	}
	return p
}

func (c *consenting) agree(link string, withheld []string) url.Values {
	c.t.Helper()
	jar, _ := cookiejar.New(nil)
	back := errors.New("back")
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), comesBack) {
			return back
		}
		return nil
	}}
	u, err := url.Parse(link)
	if err != nil {
		c.t.Fatal(err)
	}
	form := u.Query()
	if res, err := browser.PostForm(u.Scheme+"://"+u.Host+"/signin", url.Values{"next": {u.RequestURI()}}); err == nil {
		_ = res.Body.Close()
	}
	form.Set("account", c.info.HighLevel.LocationID)
	for _, scope := range strings.Fields(form.Get("scope")) {
		if !slices.Contains(withheld, scope) {
			form.Add("granted", scope)
		}
	}
	form.Set("decision", "allow")
	res, err := browser.PostForm(u.Scheme+"://"+u.Host+u.Path, form)
	if !errors.Is(err, back) {
		c.t.Fatalf("the consent page did not send the browser back: %v", err)
	}
	_ = res.Body.Close()
	to, err := res.Location()
	if err != nil {
		c.t.Fatal(err)
	}
	return to.Query()
}

// control calls a control route of the sandbox.
func (c *consenting) control(path string, body any) {
	c.t.Helper()
	text, _ := json.Marshal(body)
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.info.Control.URL+path, bytes.NewReader(text))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Sandbox-Key", c.info.Control.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %s", path, res.Status)
	}
}

func (c *consenting) conn(name string) connection.Connection {
	c.t.Helper()
	conn, err := c.app.store.ConnectionByName(c.t.Context(), c.app.ws, name)
	if err != nil {
		c.t.Fatal(err)
	}
	return conn
}

// newest is the newest run of the flow.
func (c *consenting) newest() engine.Run {
	c.t.Helper()
	f, err := c.app.store.FlowByName(c.t.Context(), c.app.ws, "contacts")
	if err != nil {
		c.t.Fatal(err)
	}
	runs, err := c.app.store.Runs(c.t.Context(), c.app.ws, f.ID, 1, "")
	if err != nil {
		c.t.Fatal(err)
	}
	if len(runs) == 0 {
		return engine.Run{}
	}
	return runs[0]
}

func TestAFileOfAccountsThatAreConnectedInTheBrowser(t *testing.T) {
	t.Parallel()
	c := newConsenting(t, sandbox.Options{Contacts: 12})
	for _, args := range [][]string{{"--dry-run"}, nil, nil} {
		out := c.must(append([]string{"apply", "-f", c.file}, args...)...)
		for _, says := range []string{"connection hl (HighLevel, waits for you: open Couplet in the browser and connect it there)", "flow contacts (off; connect hl and uc in the browser, then apply this file again)"} {
			if !strings.Contains(out, says) {
				t.Errorf("%v does not say %q:\n%s", args, says, out)
			}
		}
	}
	if now := c.conn("hl"); now.State != connection.NeedsKey || now.AuthKind != connection.KindConsent {
		t.Errorf("%+v", now)
	}
	c.refused(1, "couplet: flow contacts is off", "run", "contacts")
	c.refused(4, "waits for you to agree in HighLevel. Open Couplet in the browser and connect it there", "run", "contacts", "--dry-run")
	c.refused(1, "waits for you to agree in User.com", "doctor")

	// A scope that the flow needs is missing: the flow stays off, and the sentence says which and why.
	c.connect("hl", "contacts.write")
	c.connect("uc")
	c.refused(1, "contacts.write", "apply", "-f", c.file)
	if f, err := c.app.store.FlowByName(t.Context(), c.app.ws, "contacts"); err != nil || f.Enabled {
		t.Errorf("%+v, %v", f, err)
	}
	c.connect("hl")
	out := c.must("apply", "-f", c.file)
	for _, says := range []string{"unchanged connection hl (HighLevel, ", "unchanged connection uc (User.com, ", "changed   flow contacts (on)"} {
		if !strings.Contains(out, says) {
			t.Errorf("it does not say %q:\n%s", says, out)
		}
	}
	c.run()
	c.complete()
	if out = c.must("doctor"); !strings.Contains(out, "renews its key by itself") {
		t.Error(out)
	}
	exported := c.must("export")
	if !strings.Contains(exported, "auth: { kind: oauth2 }") || strings.Contains(exported, "${") {
		t.Error(exported)
	}
	// Back to a pasted key: the tokens of the consent are forgotten.
	c.must("apply", "-f", c.with("{ name: hl, system: highlevel, auth: { kind: oauth2 }", `{ name: hl, system: highlevel, auth: { kind: token, token: "${HL_TOKEN}" }, account: { locationId: `+c.info.HighLevel.LocationID+` }`))
	if sealed, err := c.app.store.Secret(t.Context(), c.app.ws, c.conn("hl").ID, connection.SecretTokens); sealed != nil || err != nil {
		t.Error("the tokens are still stored", err)
	}
	c.run()
}

func TestAnAppThatActsForItselfInAFile(t *testing.T) {
	t.Parallel()
	c := newConsenting(t, sandbox.Options{Contacts: 12})
	c.set("HL_SECRET", c.info.HighLevel.ClientSecret)
	c.file = c.with("{ name: hl, system: highlevel, auth: { kind: oauth2 }", `{ name: hl, system: highlevel, auth: { kind: client_credentials, client_id: `+c.info.HighLevel.ClientID+
		`, client_secret: "${HL_SECRET}" }, account: { locationId: `+c.info.HighLevel.LocationID+` }`,
		"{ name: uc, system: usercom, auth: { kind: oauth2 }", "{ name: uc, system: usercom, auth: { kind: client_credentials }")
	if out := c.must("apply", "-f", c.file); !strings.Contains(out, "created   connection hl (HighLevel, ") || !strings.Contains(out, "created   flow contacts (on)") {
		t.Error(out)
	}
	if out := c.must("apply", "-f", c.file); strings.Count(out, "unchanged ") != 3 || strings.Contains(out, "changed   ") || strings.Contains(out, "created") {
		t.Error(out)
	}
	c.run()
	c.complete()
	exported := c.must("export")
	if !strings.Contains(exported, `auth: { kind: client_credentials, client_id: "`+c.info.HighLevel.ClientID+`", client_secret: "${HL_CLIENT_SECRET}", token_url: `) {
		t.Error(exported)
	}
	c.set("HL_SECRET", "00000000-0000-0000-0000-000000000000")
	c.refused(1, "gave no key to this app", "apply", "-f", c.file)
}

// A token that is revoked in the middle of a run: the run pauses with one sentence, the flow holds, and once the account
// is connected again it goes on by itself to the same end.
func TestATokenRevokedInMidRunHoldsTheFlowUntilTheAccountIsConnectedAgain(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"highlevel", "usercom"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			c := newConsenting(t, sandbox.Options{Contacts: 300, Latency: 2 * time.Millisecond})
			c.must("apply", "-f", c.file)
			c.connect("hl")
			c.connect("uc")
			c.file = c.with("enabled: true", "enabled: true, schedule: { every: 1h }")
			c.must("apply", "-f", c.file)
			f := newFront(t)
			server := c.serve(f)
			eventually(t, 60*time.Second, "the run is in the middle", func() bool { return c.writes() >= 10 })
			c.control("/_sandbox/tokens/revoke", map[string]any{"system": system, "app": true})
			eventually(t, 30*time.Second, "the run pauses", func() bool { return c.newest().Status.Final() })
			name := map[string]string{"highlevel": "hl", "usercom": "uc"}[system]
			r := c.newest()
			if r.Status != engine.Paused || !strings.Contains(r.Note, "Connect the account again") || !strings.Contains(r.Note, "Nothing is lost") {
				t.Fatalf("%s: %s", r.Status, r.Note)
			}
			if now := c.conn(name); now.State != connection.Reconnect || now.Problem == "" || !strings.Contains(r.Note, now.Problem) {
				t.Errorf("%+v", now)
			}
			// The run is over before the line has come through the pipe.
			eventually(t, 10*time.Second, "it is told", func() bool { return strings.Contains(server.errs.String(), "a connection changed its state") })
			if n := strings.Count(server.errs.String(), "a connection changed its state"); n != 1 {
				t.Errorf("told %d times:\n%s", n, server.errs.String())
			}
			if written := c.writes(); written >= c.info.Expected.CreatedA+c.info.Expected.CreatedB {
				t.Errorf("%d writes: the run was over", written)
			}
			// Held: no run is due, whatever wakes the flow.
			if err := c.app.store.MarkDue(t.Context(), c.app.ws, r.Flow, time.Now()); err != nil {
				t.Fatal(err)
			}
			if due, err := c.app.store.DueFlows(t.Context(), time.Now().Add(24*time.Hour)); err != nil || len(due) != 0 {
				t.Errorf("%+v, %v", due, err)
			}
			c.connect(name)
			eventually(t, 90*time.Second, "it goes on by itself", func() bool {
				now := c.newest()
				return now.ID != r.ID && now.Status.Final()
			})
			if now := c.newest(); now.Status != engine.Done {
				t.Errorf("%s: %s", now.Status, now.Note)
			}
			c.complete()
		})
	}
}

// An app that is removed in the system tells of it: the tokens are forgotten at once, before any call fails.
func TestAnAppThatIsRemovedIsToldToTheServerAndHoldsTheFlow(t *testing.T) {
	t.Parallel()
	c := newConsenting(t, sandbox.Options{Contacts: 12})
	c.must("apply", "-f", c.file)
	c.connect("hl")
	c.connect("uc")
	c.file = c.with("enabled: true", "enabled: true, schedule: { every: 1h }")
	c.must("apply", "-f", c.file)
	f := newFront(t)
	c.serve(f, "--highlevel-webhook-keys", c.keyFile())
	eventually(t, 60*time.Second, "both sides are in step", func() bool { return c.newest().Status == engine.Done })
	c.box.HighLevel.SetWebhook(f.url + "/hooks/highlevel")
	c.control("/_sandbox/tokens/revoke", map[string]any{"uninstall": true})
	eventually(t, 15*time.Second, "the tokens are forgotten", func() bool { return c.conn("hl").State == connection.Reconnect })
	now := c.conn("hl")
	if sealed, err := c.app.store.Secret(t.Context(), c.app.ws, now.ID, connection.SecretTokens); !strings.Contains(now.Problem, "removed from this account") || sealed != nil || err != nil {
		t.Errorf("%+v, %v", now, err)
	}
	c.refused(1, "was removed from this account", "doctor")
	c.connect("hl")
	if now = c.conn("hl"); now.State != connection.OK || now.Problem != "" {
		t.Errorf("%+v", now)
	}
}
