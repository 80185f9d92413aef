package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"couplet/internal/connection"
)

func TestConsentConnectsAnAccountAndGoesOnWhereItBegan(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor")
	w.open("/new").expect(200, "Connect HighLevel")
	if w.path() != "/new/a" {
		t.Fatal(w.path())
	}
	for _, scope := range []string{"contacts.readonly", "contacts.write", "locations/customFields.write"} {
		w.says("scope", scope)
	}
	if strings.Contains(w.at("scope"), "users.readonly") && !strings.Contains(w.text(), "Asked for when you make a flow that needs it") {
		t.Error("it asks for what no flow needs")
	}
	w.click("[data-testid=go]")
	if w.url.Host != hostOf(t, p.info.HighLevel.URL) {
		t.Fatalf("it does not lead to the system: %s", w.url)
	}
	asked := strings.Fields(w.url.Query().Get("scope"))
	if slices.Contains(asked, "users.readonly") || slices.Contains(asked, "locations/tasks.readonly") {
		t.Errorf("it asks for what only tasks need: %v", asked)
	}
	if len(asked) != 5 || w.url.Query().Get("state") == "" || w.url.Query().Get("redirect_uri") != p.url+"/connect/return" {
		t.Errorf("asked for %v by %s", asked, w.url)
	}
	w.agree("").expect(200, "Is this the right account?").says("account", "Sandbox Location").says("granted", "Read contacts")
	for _, fact := range []string{p.info.HighLevel.LocationID, "US", "America/New_York"} {
		if !strings.Contains(w.text(), fact) {
			t.Errorf("the page does not name %s", fact)
		}
	}
	if w.at("withheld") != "" || w.at("other-account") != "" {
		t.Error("it warns of nothing")
	}
	if len(p.stored()) != 0 {
		t.Error("something is stored before the person said yes")
	}
	w.send("button[value=accept]", nil).expect(200, "Connect User.com").says("said", "Sandbox Location is connected")
	made := p.stored()["highlevel"]
	if len(made) != 1 || made[0].AuthKind != connection.KindConsent || made[0].State != connection.OK || made[0].BaseURL != p.info.HighLevel.URL ||
		w.path() != "/new/b?a="+made[0].ID {
		t.Fatalf("stored %+v, now at %s", made, w.path())
	}
	// What happened is said once.
	if w.open(w.path()); w.at("said") != "" {
		t.Error("it is said twice")
	}
	w.open("/connections").says("headline", "One account is connected").says("key", "By consent, renews in").says("connection", "couplet.test")
}

func TestNoIsNoAndNothingIsKept(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor").open("/new/a").click("[data-testid=go]")
	w.send("[data-testid=signin]", nil).send("[data-testid=choose]", nil).send("[data-testid=cancel]", nil)
	w.expect(422, "You said no, so nothing was connected").click("[data-testid=back]").expect(200, "Connect HighLevel")
	// At our own question, no leads back to the step.
	w.click("[data-testid=go]").agree("").send("button[value=decline]", nil).expect(200, "Connect HighLevel").says("said", "Nothing was connected")
	if w.path() != "/new/a" || len(p.stored()) != 0 {
		t.Errorf("at %s, stored %v", w.path(), p.stored())
	}
}

func TestWhatWasWithheldIsToldAndAskedForAgain(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor").open("/new/a?template=contact-sync").click("[data-testid=go]").agree("", "contacts.write")
	w.expect(200, "Is this the right account?").says("withheld", "Create, change and delete contacts").says("withheld", "writes here too")
	w.send("button[value=accept]", nil).says("said", "One permission is missing").open("/new/b?a=" + p.stored()["highlevel"][0].ID)
	w.click(".ways a:not([aria-current])").send("#key-form button[type=submit]", url.Values{"subdomain": {p.info.UserCom.Subdomain}, "key": {p.info.UserCom.Token}}).expect(200, "What should stay in step?")
	w.send("button[name=template][value=contact-sync]", nil)
	w.open("/connections").expect(200, "Both sides are connected, one permission is missing").says("missing", "Create, change and delete contacts, their tasks and notes: not allowed")
	if first := w.doc.Find(".may li").First(); first.AttrOr("data-testid", "") != "missing" {
		t.Error("what is missing does not come first")
	}
	w.click("[data-testid=trouble] a").expect(200, "Connect Sandbox Location again").click("[data-testid=go]").agree("")
	w.send("button[value=accept]", nil).expect(200, "Sandbox Location")
	w.open("/connections").expect(200, "Both sides are connected")
	if n := len(p.stored()["highlevel"]); n != 1 {
		t.Errorf("%d connections after asking again", n)
	}
}

func TestWhoeverIsSentAwayFromAFlowToAskAgainComesBackToIt(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor").open("/new/a?template=contact-sync").click("[data-testid=go]").agree("", "contacts.write").send("button[value=accept]", nil)
	w.click(".ways a:not([aria-current])").send("#key-form button[type=submit]", url.Values{"subdomain": {p.info.UserCom.Subdomain}, "key": {p.info.UserCom.Token}})
	w.send("button[name=template][value=contact-sync]", nil)
	on := strings.TrimSuffix(w.path(), "/map") + "/on"
	w.open(on).click("[data-testid=ask-again]").agree("").expect(200, "Is this the right account?")
	// No leads back too, and so does the way by the page that explains.
	if w.send("button[value=decline]", nil); w.doc.Find("[data-testid=go]").Length() != 1 || w.doc.Find(".wiz-acts a[href='"+on+"']").Length() != 1 {
		t.Fatalf("after a no at %s: %s", w.url, w.text())
	}
	w.click("[data-testid=go]").agree("").send("button[value=accept]", nil).says("said", "is connected")
	if w.path() != on || w.doc.Find("[data-testid=ask-again]").Length() != 0 {
		t.Errorf("it leads to %s: %s", w.path(), w.text())
	}
	// A key is changed on the way too, and a page of another site is none of ours.
	uc := p.stored()["usercom"][0]
	w.open("/connections/"+uc.ID+"/key?"+url.Values{"then": {on}}.Encode()).send("#key-form button[type=submit]", url.Values{"key": {p.info.UserCom.Token}})
	if w.path() != on {
		t.Errorf("the key leads to %s", w.path())
	}
	w.open("/connections/"+uc.ID+"/key?then=%2F%2Fevil.example").send("#key-form button[type=submit]", url.Values{"key": {p.info.UserCom.Token}})
	if w.path() != "/connections/"+uc.ID {
		t.Errorf("it leads to %s", w.url)
	}
}

func TestAnotherAccountThanBeforeIsToldAndBecomesAConnectionOfItsOwn(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor").open("/connect/highlevel").click("[data-testid=go]").agree("").send("button[value=accept]", nil)
	was := p.stored()["highlevel"][0]
	other := p.sandbox.HighLevel.Locations()[1]
	w.open("/connections/" + was.ID + "/key").click("[data-testid=go]").agree(other.ID)
	w.expect(200, "This is another account than before").says("other-account", "Sandbox Location was connected to Sandbox Location").says("account", other.Name)
	if w.doc.Find("button[value=accept]").Length() != 0 {
		t.Error("it can be accepted into the connection of another account")
	}
	// Not even by somebody who writes the form by hand.
	page := w.path()
	res := p.post(w.client, page, url.Values{"do": {"accept"}})
	if doc := parsed(t, res); res.StatusCode != http.StatusUnprocessableEntity || doc.Find("[data-testid=problem]").Length() != 1 {
		t.Errorf("status %d", res.StatusCode)
	}
	w.open(page).send("button[value=new]", nil).expect(200, other.Name)
	all := p.stored()["highlevel"]
	if len(all) != 2 || all[0].ID == all[1].ID {
		t.Fatalf("%+v", all)
	}
	for _, c := range all {
		if c.ID == was.ID && (c.Identity != was.Identity || c.Epoch != was.Epoch) {
			t.Errorf("the first connection changed: %+v", c)
		}
	}
	// The same account a second time is told too.
	w.open("/connect/highlevel").click("[data-testid=go]").agree("").says("twin", "Sandbox Location has this account already")
}

func TestAnAgencyChoosesOneAccountFirst(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor").open("/new/a").click("[data-testid=agency] a.btn")
	if !strings.Contains(w.url.Query().Get("scope"), "oauth.write") {
		t.Errorf("asked for %s", w.url.Query().Get("scope"))
	}
	w.agree("agency").expect(200, "Which sub-account should Couplet work in?")
	if n := w.doc.Find("[data-testid=location]").Length(); n != len(p.sandbox.HighLevel.Locations()) {
		t.Errorf("%d accounts to choose from", n)
	}
	if w.doc.Find("button[value=accept]").Length() != 0 {
		t.Error("the whole agency can be accepted")
	}
	other := p.sandbox.HighLevel.Locations()[1]
	w.send("button[value=choose]", url.Values{"location": {other.ID}}).expect(200, "Is this the right account?").says("account", other.Name)
	w.send("button[value=accept]", nil).expect(200, "Connect User.com")
	if c := p.stored()["highlevel"]; len(c) != 1 || c[0].Identity.ID != other.ID {
		t.Errorf("stored %+v", c)
	}
}

// TestAnAnswerThatIsNotOursIsRefusedInWords has every kind of wrong answer come with the browser.
func TestAnAnswerThatIsNotOursIsRefusedInWords(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	// answer is the address that the system sends the browser back to, not followed yet.
	answer := func(w *walker) *url.URL {
		t.Helper()
		w.open("/new/a").click("[data-testid=go]")
		if w.doc.Find("[data-testid=signin]").Length() > 0 {
			w.send("[data-testid=signin]", nil)
		}
		w.send("[data-testid=choose]", nil)
		client := w.client
		var to *url.URL
		w.client = &http.Client{Jar: client.Jar, Transport: stopAt{p.url, &to}, CheckRedirect: client.CheckRedirect}
		w.send("[data-testid=allow]", nil)
		w.client = client
		if to == nil || to.Path != "/connect/return" {
			t.Fatalf("no answer came: %v", to)
		}
		return to
	}
	w := p.walk("editor")
	broken := func(w *walker, to, headline string, back bool) {
		t.Helper()
		w.open(to).expect(422, headline)
		if w.at("text") == "" || (w.doc.Find("[data-testid=back]").Length() == 1) != back {
			t.Errorf("%s: %q, back %v", headline, w.at("text"), !back)
		}
	}
	to := answer(w)
	other := p.walk("editor")
	broken(other, to.String(), "This answer is not for you here", false)
	broken(w, to.String(), "That took too long, or was done already", true) // and it is used up by that

	to = answer(w)
	w.open(to.String()).expect(200, "Is this the right account?")
	broken(w, to.String(), "That took too long, or was done already", true)

	to = answer(w)
	q := to.Query()
	q.Del("state")
	broken(w, "/connect/return?"+q.Encode(), "This answer belongs to nothing", true)
	q.Set("state", "made-up")
	broken(w, "/connect/return?"+q.Encode(), "That took too long, or was done already", true)
	q = to.Query()
	q.Set("code", "made-up")
	broken(w, "/connect/return?"+q.Encode(), "The system did not take it", true)
	broken(w, "/connect/pending/none", "That took too long, or was done already", true)
	// From there it goes on: the same step, and the same question again.
	w.click("[data-testid=again]").agree("").expect(200, "Is this the right account?")
	if len(p.stored()) != 0 {
		t.Error("something was stored")
	}
	for _, page := range append(w.seen, other.seen...) {
		if strings.Contains(page, to.Query().Get("code")) {
			t.Error("a page shows a code")
		}
	}
	if strings.Contains(p.log.String(), to.Query().Get("code")) || strings.Contains(p.log.String(), to.Query().Get("state")) {
		t.Error("the log holds a code or a state")
	}
}

// stopAt is a transport that does not go to one site, and notes where it would have gone.
type stopAt struct {
	site string
	to   **url.URL
}

// RoundTrip implements http.RoundTripper.
func (s stopAt) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.String(), s.site) {
		return http.DefaultTransport.RoundTrip(r)
	}
	*s.to = r.URL
	return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

func TestStartingAConsentLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor")
	for _, back := range []string{"", "/", "//evil.example", "https://evil.example/new/a", "/new/a/../../x", "/connect/none", "/connections/none/key", "/new/b"} {
		if res := p.visit(w.client, "/connect/highlevel/start?back="+url.QueryEscape(back)); res.StatusCode != http.StatusNotFound || res.Header.Get("Location") != "" {
			t.Errorf("back to %q: status %d to %s", back, res.StatusCode, res.Header.Get("Location"))
		}
	}
	// Asking for it without following does no harm, and a viewer cannot.
	for range 3 {
		if res := p.visit(w.client, "/connect/highlevel/start?back=/new/a"); res.StatusCode != http.StatusSeeOther {
			t.Errorf("status %d", res.StatusCode)
		}
	}
	if len(p.stored()) != 0 {
		t.Error("something was stored")
	}
	if res := p.visit(p.signIn("viewer"), "/connect/highlevel/start?back=/new/a"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a viewer: status %d", res.StatusCode)
	}
}

func TestConsentOfASystemThatPublishesNoneIsSaidSo(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor").open("/connect/usercom").expect(200, "Connect User.com")
	if w.doc.Find("[data-testid=use-fields]").Length() != 1 {
		t.Error("consent was set up, and is not shown first")
	}
	// The key is an equal beside it, and both say what the vendor documents.
	w.says("documented", "publishes no consent").says("documented", "set up for it here").click(".ways a:not([aria-current])")
	if w.doc.Find("#key-form").Length() != 1 {
		t.Error("the key is not the other way")
	}
	w.says("documented", "publishes no consent").click(".ways a:not([aria-current])")
	// The account must be known before anybody can be sent there.
	if w.doc.Find("[data-testid=go]").Length() != 0 {
		t.Error("it leads there without an account")
	}
	w.send("[data-testid=use-fields]", url.Values{"subdomain": {"not/a subdomain"}})
	if w.status != 200 || w.at("subdomain-check") == "" || w.doc.Find("#subdomain").AttrOr("value", "") != "not/a subdomain" {
		t.Errorf("status %d, %q", w.status, w.at("subdomain-check"))
	}
	w.send("[data-testid=use-fields]", url.Values{"subdomain": {p.info.UserCom.Subdomain}}).click("[data-testid=go]").send("[data-testid=allow]", nil)
	w.expect(200, "Is this the right account?").send("button[value=accept]", nil)
	if c := p.stored()["usercom"]; len(c) != 1 || c[0].AuthKind != connection.KindConsent {
		t.Errorf("stored %+v at %s", c, w.path())
	}
}

func TestWithoutAnAppConsentSaysWhatIsMissingAndWhereToGiveIt(t *testing.T) {
	t.Parallel()
	p := pretend(t, func(o *Options) { o.Connect.Apps, o.Connect.Pool.Apps = nil, nil })
	w := p.walk("owner").open("/new/a").expect(200, "Connect HighLevel")
	if w.doc.Find("#key-form").Length() != 1 {
		t.Error("the way that is open is not shown first")
	}
	w.click(".ways a:not([aria-current])").says("why-no-consent", "registered").click("[data-testid=why-no-consent] a").expect(200, "Your app in HighLevel")
	hl := p.info.HighLevel
	w.send("[data-testid=app-form] button[type=submit]", url.Values{"client_id": {hl.ClientID}, "secret": {hl.ClientSecret}, "authorize_url": {hl.OAuthURL + "chooselocation"},
		"token_url": {hl.OAuthURL + "token"}}).expect(200, "Connect HighLevel").says("said", "The app is saved")
	w.click("[data-testid=go]").agree("").expect(200, "Is this the right account?")
	for _, page := range w.seen {
		if strings.Contains(page, hl.ClientSecret) {
			t.Error("a page shows the secret")
		}
	}
}
