package web

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox/usercom"
)

// makeAddress makes an address of a connection's hooks and returns it, as the page shows it for changes.
func (w *walker) makeAddress(conn string) string {
	w.t.Helper()
	w.open("/connections/"+conn+"/hook").send("form[action$='/hook'] button[type=submit]", nil)
	address := w.doc.Find("#address-changed").AttrOr("value", "")
	if w.status != http.StatusOK || !strings.HasSuffix(address, "/changed") {
		w.t.Fatalf("status %d, address %q:\n%s", w.status, address, w.text())
	}
	return address
}

// listen reads a stream of a page until it says something.
func (p *pretended) listen(w *walker, path, words string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+path, nil)
	must(p.t, err)
	req.Header.Set("Accept", "text/event-stream")
	res, err := w.client.Do(req)
	must(p.t, err)
	defer res.Body.Close()
	stop := time.AfterFunc(20*time.Second, func() { res.Body.Close() })
	defer stop.Stop()
	lines := bufio.NewScanner(res.Body)
	for heard := ""; lines.Scan(); {
		heard += lines.Text()
		if strings.Contains(heard, words) {
			return
		}
	}
	p.t.Errorf("%s never says %q", path, words)
}

func TestARecipeWaitsUntilTheFirstEventComes(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor")
	_, b := p.both(w)
	page := "/connections/" + b.ID + "/hook"
	w.open(page).expect(200, "Have User.com tell Couplet of changes").says("heard", "Nothing can come")
	if w.says("nearby", "runs on this machine too"); w.at("warning") != "" {
		t.Error("it warns of an address that the system reaches")
	}
	if !strings.Contains(w.text(), "go to Automations") {
		t.Error("the steps are not the system's")
	}
	address := w.makeAddress(b.ID)
	w.says("heard", "Waiting for your first event")
	if n := w.doc.Find("[data-copy] input[readonly]").Length(); n != 2 {
		t.Errorf("%d addresses to copy", n)
	}
	// It is shown once, and the page says so when it is sent a second time.
	if w.open(page); strings.Contains(w.text(), address) || w.doc.Find("#address-changed").Length() != 0 {
		t.Error("the address is shown again")
	}
	must(t, p.sandbox.UserCom.SetAutomations([]usercom.Automation{{Event: "updated", URL: address}}))
	// Somebody changes a person over there; the page that is open hears of it.
	_, err := p.sandbox.UserCom.Create("users", map[string]any{"email": "new@example.com"})
	must(t, err)
	id := p.anyPerson()
	_, err = p.sandbox.UserCom.Update("users", id, map[string]any{"city": "Porto"})
	must(t, err)
	p.listen(w, page+"/events", "changed, about 1 record")
	w.open(page).says("heard", "Received at ").says("heard", "changed, about 1 record")
	w.open("/connections/"+b.ID).says("told", "Yes, last one")
}

// anyPerson is the id of some person over there.
func (p *pretended) anyPerson() string {
	p.t.Helper()
	made, err := p.sandbox.UserCom.Create("users", map[string]any{"email": "any@example.com"})
	must(p.t, err)
	return fmt.Sprint(made["id"])
}

func TestAnAddressThatIsReplacedStopsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	conn := b.conns[1].ID
	w := b.walk("editor")
	old := "/hooks/usercom/" + conn + "/" + b.secret + "/changed"
	body := []byte(`{"path": 6, "timestamp": "2026-11-23T10:00:00+00:00", "user": {"id": 7}}`)
	if res := b.send(old, body, nil); res.StatusCode != http.StatusOK {
		t.Fatalf("status %d before", res.StatusCode)
	}
	// Without scripts, the link leads to the question on the page.
	w.open("/connections/" + conn + "/hook").click("[data-opens]")
	form := w.doc.Find("[data-testid=rotate-form]")
	if form.Length() != 1 || form.Closest("dialog").Length() != 0 || !strings.Contains(form.Text(), "old one stops at once") {
		t.Fatalf("it is not asked: %s", w.text())
	}
	mark := form.Find("[name=mark]").AttrOr("value", "")
	w.send("[data-testid=rotate-form] button[type=submit]", nil)
	fresh := w.doc.Find("#address-changed").AttrOr("value", "")
	if fresh == "" {
		t.Fatalf("no address: %s", w.text())
	}
	if res := b.send(old, body, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("status %d at the old address", res.StatusCode)
	}
	// What came to the old address says nothing about the new one.
	w.open("/connections/"+conn+"/hook").says("heard", "Waiting for your first event")
	b.now = b.now.Add(time.Minute)
	u, err := url.Parse(fresh)
	must(t, err)
	body = []byte(`{"path": 6, "timestamp": "2026-11-23T10:01:00+00:00", "user": {"id": 7}}`)
	if res := b.send(u.Path, body, nil); res.StatusCode != http.StatusOK {
		t.Errorf("status %d at the new address", res.StatusCode)
	}
	w.open("/connections/"+conn+"/hook").says("heard", "Received")
	// The same form sent twice does not replace the address a second time.
	w.request(http.MethodPost, w.resolve("/connections/"+conn+"/hook"), url.Values{"mark": {mark}})
	w.says("said", "made already")
	if res := b.send(u.Path, body, nil); res.StatusCode != http.StatusOK {
		t.Errorf("status %d: a form that was sent twice stopped the address", res.StatusCode)
	}
}

func TestTheAddressOfAnAppIsForAllItsAccounts(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(o *Options) { o.PublicURL = &url.URL{Scheme: "https", Host: "couplet.example"} })
	w := b.walk("editor").open("/connections/" + b.conns[0].ID + "/hook")
	if got := w.doc.Find("#hook-address").AttrOr("value", ""); got != "https://couplet.example/hooks/highlevel" {
		t.Errorf("address %q", got)
	}
	w.says("note", "pasted key").says("heard", "Waiting")
	if w.at("warning") != "" {
		t.Error("it warns of an address that can be reached")
	}
	// A system out there does not reach this machine by a name that means itself.
	here := newBundle(t)
	here.walk("editor").open("/connections/"+here.conns[0].ID+"/hook").says("warning", "only this machine").says("warning", "by asking every few minutes")
	if status := b.call(b.event(nil)); status != http.StatusOK {
		t.Fatal(status)
	}
	w.open(w.path()).says("heard", "ContactUpdate, about 1 record")
}
