package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connection"
)

// both connects both accounts, the first by consent and the second by a key.
func (p *pretended) both(w *walker) (a, b connection.Connection) {
	p.t.Helper()
	w.open("/new/a").click("[data-testid=go]").agree("").send("button[value=accept]", nil)
	w.click(".ways a:not([aria-current])").send("#key-form button[type=submit]", url.Values{"subdomain": {p.info.UserCom.Subdomain}, "key": {p.info.UserCom.Token}}).expect(200, "What should stay in step?")
	return p.stored()["highlevel"][0], p.stored()["usercom"][0]
}

func TestCheckingSaysHowItWentAndWhichFlowsWait(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor")
	a, _ := p.both(w)
	w.send("button[name=template][value=contact-sync]", nil)
	must(t, p.store.SetEnabled(t.Context(), p.ws(), p.flows()[0].ID, true))

	check := "#cx-" + a.ID + " form[action$='/check'] button"
	w.open("/connections").send(check, nil).expect(200, "Sandbox Location").says("said", "works")
	w.says("requests", "of 200,000")
	// The app is removed over there: the page says so in one sentence, with the button that mends it.
	p.sandbox.HighLevel.Uninstall()
	w.open("/connections").send(check, nil).says("trouble", "Keep contacts the same").says("trouble", "nothing is lost")
	w.open("/connections").says("headline", "Sandbox Location needs to be connected again").says("key", "By consent, not taken any more")
	if got := w.doc.Find("[data-testid=trouble] a").AttrOr("href", ""); got != "/connections/"+a.ID+"/key" {
		t.Errorf("the button leads to %q", got)
	}
	// With scripts, the answer is the card alone.
	res := p.as(w.client, http.MethodPost, "/connections/"+a.ID+"/check", nil, map[string]string{"HX-Request": "true", "HX-Target": "section#cx-" + a.ID, "Accept": "text/html", "Sec-Fetch-Site": "same-origin"})
	if text := textOf(res); res.StatusCode != http.StatusOK || strings.Contains(text, "<html") || !strings.Contains(text, `id="cx-`+a.ID+`"`) {
		t.Errorf("status %d: %s", res.StatusCode, text)
	}
	w.open("/flows").says("flow", "does not take the key")
}

func TestAViewerSeesConnectionsAndChangesNone(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("viewer").open("/connections").expect(200, "Both sides are connected")
	if n := w.doc.Find("[data-testid=connection]").Length(); n != 2 {
		t.Errorf("%d connections", n)
	}
	for _, path := range []string{"/connections", "/connections/" + b.conns[0].ID, "/connections/" + b.conns[1].ID + "/hook", "/apps/highlevel"} {
		if w.open(path); w.status != http.StatusOK || w.doc.Find("main form, main dialog").Length() > 0 {
			t.Errorf("%s: status %d, %d forms", path, w.status, w.doc.Find("main form").Length())
		}
	}
}

func TestDialogsHaveAPageThatAsksTheSame(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	for _, path := range []string{"/connections", "/connections/" + b.conns[1].ID, "/connections/" + b.conns[1].ID + "/hook"} {
		opens := 0
		w.open(path).doc.Find("a[data-opens]").Each(func(_ int, n *goquery.Selection) {
			opens++
			dialog := w.doc.Find("dialog#" + n.AttrOr("data-opens", ""))
			page := b.walk("editor").open(n.AttrOr("href", ""))
			action := dialog.Find("form").AttrOr("action", "none")
			if dialog.Length() != 1 || page.status != http.StatusOK || page.doc.Find("main form[action='"+action+"']").Not("dialog form").Length() != 1 {
				t.Errorf("%s: %s asks otherwise", path, n.AttrOr("href", ""))
			}
			if dialog.Find("button[command=close]").Length() != 1 || dialog.Find("button[type=submit].solid").Length() != 1 {
				t.Errorf("%s: the dialog cannot be left or answered", path)
			}
		})
		if opens == 0 {
			t.Errorf("%s opens no dialog", path)
		}
	}
}

func TestANameTellsConnectionsApart(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	path := "/connections/" + b.conns[0].ID
	w := b.walk("editor").open(path)
	for name, words := range map[string]string{"": "Give it a name", "right": "Another connection", strings.Repeat("x", 101): "longer", "a${b}": "flow file"} {
		w.open(path).send("form[action$='/rename'] button", url.Values{"name": {name}})
		if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.at("name-check"), words) || w.doc.Find("#name").AttrOr("value", "?") != name {
			t.Errorf("%q: status %d, %q", name, w.status, w.at("name-check"))
		}
	}
	w.open(path).send("form[action$='/rename'] button", url.Values{"name": {" Lumen Dental "}}).expect(200, "Lumen Dental").says("said", "called Lumen Dental")
}

// secretsOf gathers every secret of the pretended world that Couplet holds, opened.
func (p *pretended) secretsOf(ctx context.Context) (all []string) {
	p.t.Helper()
	sealed, err := p.store.AllSecrets(ctx)
	must(p.t, err)
	for _, x := range sealed {
		plain, err := p.options.Connect.Sealer.Open(x.Workspace, x.Connection, x.Kind, x.Sealed)
		must(p.t, err)
		for _, word := range strings.FieldsFunc(string(plain), func(r rune) bool { return strings.ContainsRune(`"{}:, `, r) }) {
			if len(word) >= 24 && !strings.Contains(word, "/") {
				all = append(all, word)
			}
		}
	}
	return append(all, p.info.HighLevel.ClientSecret, p.info.UserCom.ClientSecret, p.info.UserCom.Token)
}

func TestNoPageAndNoLogShowsASecret(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("owner")
	a, b := p.both(w)
	secrets := p.secretsOf(t.Context())
	if len(secrets) < 6 {
		t.Fatalf("only %d secrets were found", len(secrets))
	}
	w.open("/apps/highlevel").send("[data-testid=app-form] button[type=submit]", url.Values{"client_id": {"my-client"}, "secret": {"my own client secret"}})
	w.open("/connections/"+b.ID+"/hook").send("form[action$='/hook'] button.primary", nil)
	shown := w.seen[len(w.seen)-1] // this one page shows the secret of the address, once
	w.seen = w.seen[:len(w.seen)-1]
	address := w.doc.Find("#address-changed").AttrOr("value", "")
	secret := strings.Split(address, "/")[6]
	if !strings.Contains(shown, secret) || len(secret) < 24 {
		t.Fatalf("the address is %q", address)
	}
	for _, path := range []string{"/flows", "/new/a?a=" + a.ID, "/new/a?way=consent", "/new/b?way=key", "/new/template?a=" + a.ID + "&b=" + b.ID, "/connect", "/connect/highlevel", "/connections",
		"/connections/" + a.ID, "/connections/" + b.ID, "/connections/" + a.ID + "/key", "/connections/" + b.ID + "/key", "/connections/" + a.ID + "/disconnect",
		"/connections/" + a.ID + "/hook", "/connections/" + b.ID + "/hook", "/apps/highlevel", "/apps/usercom"} {
		if w.open(path); w.status != http.StatusOK {
			t.Errorf("%s: status %d", path, w.status)
		}
	}
	for _, s := range append(secrets, "my own client secret", secret) {
		for i, page := range w.seen {
			if strings.Contains(page, s) {
				t.Errorf("page %d shows %s…: %s", i, s[:4], page[:300])
			}
		}
		if strings.Contains(p.log.String(), s) {
			t.Errorf("the log holds %s…", s[:4])
		}
	}
}
