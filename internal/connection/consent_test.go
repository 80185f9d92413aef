package connection_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
)

func TestAnAccountIsNamedBeforeAnythingIsSavedAndThenSavedWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 6})
	for system, want := range map[string]struct{ account, granted string }{
		"highlevel": {h.info.HighLevel.LocationID, "contacts.readonly locations.readonly locations/customFields.readonly contacts.write locations/customFields.write"},
		"usercom":   {h.info.UserCom.Subdomain, "read write"},
	} {
		p := h.consent(h.wish(system, connector.ToWrite, connector.ToMakeFields), visit{})
		if p.Account.ID != want.account || p.Account.Name == "" || names(p.Granted) != want.granted || len(p.Withheld) != 0 || p.OtherAccount || p.Back != "/new/a" {
			t.Errorf("%s: %+v", system, p)
		}
		for _, scope := range p.Granted {
			if scope.Why == "" {
				t.Errorf("%s has no reason", scope.Name)
			}
		}
		if all, err := h.store.Connections(t.Context(), h.ws); len(all) != 0 || err != nil {
			t.Fatalf("saved before it was accepted: %+v, %v", all, err)
		}
		again, err := h.svc.Pending(t.Context(), h.ws, "session of ann", p.ID)
		must(t, err)
		if again.Account != p.Account || again.Name == "" {
			t.Errorf("the page shows %+v", again)
		}
		c, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
		must(t, err)
		if c.State != connection.OK || c.Identity != p.Account || c.AuthKind != connection.KindConsent || c.Name != p.Name {
			t.Errorf("%+v", c)
		}
		if len(h.woken) != 1 || h.woken[0] != h.ws+"/"+c.ID {
			t.Errorf("told of %v", h.woken)
		}
		h.woken = nil
		must(t, h.works(h.svc, c.ID))
		permit, ok, err := h.svc.Permit(t.Context(), h.ws, c.ID)
		must(t, err)
		if !ok || !permit.Renews || permit.Expires.IsZero() || strings.Join(permit.Scopes, " ") != want.granted {
			t.Errorf("%+v", permit)
		}
		missing, err := h.svc.Missing(t.Context(), h.ws, c.ID, connector.ToRead, connector.ToWrite, connector.ToMakeFields)
		must(t, err)
		if len(missing) != 0 {
			t.Errorf("missing %v", missing)
		}
		_, err = h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
		h.broken(err, connection.Expired, "already")
		_, err = h.store.DropConsent(t.Context(), h.ws, c.ID)
		must(t, err)
		must(t, h.store.Disconnect(t.Context(), h.ws, c.ID, connection.NeedsKey, "x"))
		_, err = h.db.Writer().Exec("delete from connection")
		must(t, err)
	}
}

func TestScopesAreAskedOnlyAsFarAsThereIsANeed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	for want, needs := range map[string][]connector.Need{
		"contacts.readonly locations.readonly locations/customFields.readonly":                                             nil,
		"contacts.readonly locations.readonly locations/customFields.readonly contacts.write":                              {connector.ToWrite},
		"contacts.readonly locations.readonly locations/customFields.readonly contacts.write locations/customFields.write": {connector.ToWrite, connector.ToMakeFields},
		"contacts.readonly locations.readonly locations/customFields.readonly oauth.readonly oauth.write":                  {connector.ToInstall},
	} {
		link, err := h.svc.Begin(t.Context(), h.wish("highlevel", needs...))
		must(t, err)
		u, err := url.Parse(link)
		must(t, err)
		q := u.Query()
		if q.Get("scope") != want || q.Get("response_type") != "code" || q.Get("redirect_uri") != redirect || q.Get("client_id") != h.info.HighLevel.ClientID ||
			len(q.Get("state")) != 43 || q.Has("code_challenge") || strings.Contains(u.RawQuery, "+") {
			t.Errorf("%v: %s", needs, link)
		}
	}
	link, err := h.svc.Begin(t.Context(), h.wish("usercom"))
	must(t, err)
	if u, _ := url.Parse(link); u.Query().Get("code_challenge_method") != "S256" || len(u.Query().Get("code_challenge")) != 43 {
		t.Error("no proof key:", link)
	}
}

func TestWhatAConnectionMayDoAlreadyIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	p := h.consent(h.wish("highlevel", connector.ToWrite, connector.Of("task")), visit{})
	c, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	must(t, err)
	w := h.wish("highlevel", connector.ToMakeFields, connector.Of("contact"))
	w.Connection = c.ID
	link, err := h.svc.Begin(t.Context(), w)
	must(t, err)
	u, err := url.Parse(link)
	must(t, err)
	const want = "contacts.readonly locations.readonly locations/customFields.readonly locations/customFields.write contacts.write locations/tasks.readonly users.readonly"
	if got := u.Query().Get("scope"); got != want {
		t.Errorf("asked for %q, want %q", got, want)
	}
}

// What an answer must be: ours, fresh, unused, of the same session, user, workspace and address.
func TestAnAnswerThatIsNotOursIsNotUsed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	other, err := h.store.AddWorkspace(t.Context(), "other")
	must(t, err)
	for name, c := range map[string]struct {
		change func(*connection.Returned)
		reason connection.Reason
	}{
		"another session":   {func(r *connection.Returned) { r.Session = "session of eve" }, connection.Foreign},
		"no session":        {func(r *connection.Returned) { r.Session = "" }, connection.Foreign},
		"another user":      {func(r *connection.Returned) { r.User = "eve" }, connection.Foreign},
		"another workspace": {func(r *connection.Returned) { r.Workspace = other.ID }, connection.Foreign},
		"another address":   {func(r *connection.Returned) { r.Redirect = "http://127.0.0.1:2/connect/return" }, connection.Foreign},
		"a made up state":   {func(r *connection.Returned) { r.State = "x" }, connection.Expired},
		"the hash of it": {func(r *connection.Returned) {
			r.State = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
		}, connection.Expired},
		"no state":       {func(r *connection.Returned) { r.State = "" }, connection.NoState},
		"no code":        {func(r *connection.Returned) { r.Code = "" }, connection.NotTaken},
		"a made up code": {func(r *connection.Returned) { r.Code = "0123456789" }, connection.NotTaken},
	} {
		link, err := h.svc.Begin(t.Context(), h.wish("highlevel"))
		must(t, err)
		r := h.returned(h.agree(link, visit{}))
		c.change(&r)
		before := h.asked("highlevel", "/oauth/token")
		_, err = h.svc.Return(t.Context(), r)
		b := h.broken(err, c.reason, "Connect the account again")
		if c.reason == connection.Foreign && (b.Wish.Name != "" || b.Wish.System != "" || b.Wish.Back != "") {
			t.Errorf("%s: a stranger is told what was wished for: %+v", name, b.Wish)
		}
		if asked := h.asked("highlevel", "/oauth/token") - before; name != "a made up code" && asked != 0 {
			t.Errorf("%s: the code was sent %d times", name, asked)
		}
		if c.reason == connection.Foreign { // it is spent, also for the right person
			_, err = h.svc.Return(t.Context(), h.returned(url.Values{"state": {r.State}, "code": {r.Code}}))
			h.broken(err, connection.Expired, "")
		}
	}
	if all, err := h.store.Connections(t.Context(), h.ws); len(all) != 0 || err != nil {
		t.Error(all, err)
	}
}

func TestAStateWorksOnceAndForTenMinutes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	link, err := h.svc.Begin(t.Context(), h.wish("highlevel"))
	must(t, err)
	r := h.returned(h.agree(link, visit{}))
	var wait sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wait.Go(func() { _, results[i] = h.svc.Return(t.Context(), r) })
	}
	wait.Wait()
	good := 0
	for _, err := range results {
		if err == nil {
			good++
			continue
		}
		h.broken(err, connection.Expired, "used already")
	}
	if good != 1 || h.asked("highlevel", "/oauth/token") != 1 {
		t.Errorf("%d of 8 were taken, the code was sent %d times", good, h.asked("highlevel", "/oauth/token"))
	}

	link, err = h.svc.Begin(t.Context(), h.wish("highlevel"))
	must(t, err)
	r = h.returned(h.agree(link, visit{}))
	h.pass(10*time.Minute + time.Second)
	_, err = h.svc.Return(t.Context(), r)
	h.broken(err, connection.Expired, "ten minutes")
}

// A code that is used a second time, with a state of its own, is refused by the system and told in words.
func TestACodeThatWasUsedIsToldInWords(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	for _, system := range []string{"highlevel", "usercom"} {
		link, err := h.svc.Begin(t.Context(), h.wish(system))
		must(t, err)
		first := h.returned(h.agree(link, visit{}))
		_, err = h.svc.Return(t.Context(), first)
		must(t, err)
		link, err = h.svc.Begin(t.Context(), h.wish(system))
		must(t, err)
		second := h.returned(h.agree(link, visit{}))
		second.Code = first.Code
		_, err = h.svc.Return(t.Context(), second)
		b := h.broken(err, connection.NotTaken, "A code works once")
		if b.Wish.System != system || b.Wish.Back != "/new/a" || b.Wish.Session != "" {
			t.Errorf("it cannot be begun again from %+v", b.Wish)
		}
	}
}

func TestSayingNoIsToldInWordsAndCanBeBegunAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	for _, system := range []string{"highlevel", "usercom"} {
		link, err := h.svc.Begin(t.Context(), h.wish(system))
		must(t, err)
		_, err = h.svc.Return(t.Context(), h.returned(h.agree(link, visit{cancel: true})))
		b := h.broken(err, connection.Denied, "said no")
		w := b.Wish
		w.Session = "session of ann"
		if p := h.consent(w, visit{}); p.Account.ID == "" {
			t.Errorf("%+v", p)
		}
	}
	// Whatever is written into the address is not shown.
	for code, reason := range map[string]connection.Reason{"server_error": connection.Unanswered, "temporarily_unavailable": connection.Unanswered,
		"invalid_scope": connection.NotTaken, "unauthorized_client": connection.NotTaken, "<script>": connection.NotTaken} {
		link, err := h.svc.Begin(t.Context(), h.wish("highlevel"))
		must(t, err)
		r := h.returned(h.agree(link, visit{cancel: true}))
		r.Error = code
		_, err = h.svc.Return(t.Context(), r)
		b := h.broken(err, reason, "")
		if strings.Contains(b.Message, code) {
			t.Error(b.Message)
		}
	}
}

func TestAnAnswerWithoutStateIsTakenOnlyWhereThatIsAllowedAndClear(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{DropState: true})
	begin := func(system string) connection.Returned {
		link, err := h.svc.Begin(t.Context(), h.wish(system))
		must(t, err)
		return h.returned(h.agree(link, visit{}))
	}
	_, err := h.svc.Return(t.Context(), begin("highlevel"))
	h.broken(err, connection.NoState, "does not say which")
	app := h.svc.Apps["highlevel"]
	app.AllowMissingState = true
	h.svc.Apps["highlevel"] = app
	r := begin("highlevel") // the second one under way in this session
	_, err = h.svc.Return(t.Context(), r)
	h.broken(err, connection.NoState, "")
	h.pass(10*time.Minute + time.Second) // both are over
	r = begin("highlevel")
	for _, session := range []string{"session of eve", ""} {
		bad := r
		bad.Session = session
		_, err = h.svc.Return(t.Context(), bad)
		h.broken(err, connection.NoState, "")
	}
	p, err := h.svc.Return(t.Context(), r)
	must(t, err)
	if p.Account.ID != h.info.HighLevel.LocationID {
		t.Errorf("%+v", p)
	}
	_, err = h.svc.Return(t.Context(), r)
	h.broken(err, connection.NoState, "")
	// Another system does not profit from it.
	_, err = h.svc.Return(t.Context(), begin("usercom"))
	h.broken(err, connection.NoState, "")
}

func TestAScopeThatWasWithheldIsNamedWithItsReasonAndHoldsTheFlow(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	for _, c := range []struct {
		system, withhold, missing string
	}{
		{"highlevel", "contacts.write", "contacts.write"},
		{"highlevel", "contacts.readonly", "contacts.readonly"},
		{"highlevel", "locations.readonly", "locations.readonly"},
		{"highlevel", "locations/customFields.readonly", "locations/customFields.readonly"},
		{"usercom", "write", "write"},
		{"usercom", "read", "read"},
	} {
		p := h.consent(h.wish(c.system, connector.ToWrite, connector.ToMakeFields), visit{withhold: strings.Fields(c.withhold)})
		if names(p.Withheld) != c.missing || p.Withheld[0].Why == "" || p.Account.ID == "" || strings.Contains(names(p.Granted), c.missing) {
			t.Errorf("%s without %s: withheld %v of %+v", c.system, c.withhold, names(p.Withheld), p)
			continue
		}
		conn, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
		must(t, err)
		missing, err := h.svc.Missing(t.Context(), h.ws, conn.ID, connector.ToRead, connector.ToWrite, connector.ToMakeFields)
		must(t, err)
		if names(missing) != c.missing || missing[0].Why == "" {
			t.Errorf("%s without %s: missing %v", c.system, c.withhold, missing)
		}
	}
}

func TestDecliningForgetsEverything(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	p := h.consent(h.wish("highlevel"), visit{})
	h.broken(h.svc.Decline(t.Context(), h.ws, "session of eve", p.ID), connection.Expired, "")
	other, err := h.store.AddWorkspace(t.Context(), "other")
	must(t, err)
	h.broken(h.svc.Decline(t.Context(), other.ID, "session of ann", p.ID), connection.Expired, "")
	must(t, h.svc.Decline(t.Context(), h.ws, "session of ann", p.ID))
	_, err = h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	h.broken(err, connection.Expired, "")
	all, err := h.store.AllSecrets(t.Context())
	must(t, err)
	if len(all) != 0 {
		t.Errorf("%d secrets are left", len(all))
	}
	// What nobody decides is over after ten minutes.
	p = h.consent(h.wish("highlevel"), visit{})
	h.pass(10*time.Minute + time.Second)
	_, err = h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	h.broken(err, connection.Expired, "ten minutes")
}
