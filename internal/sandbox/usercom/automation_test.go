package usercom

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func path(t *testing.T, r received) float64 {
	t.Helper()
	var body struct{ Path float64 }
	if err := json.Unmarshal(r.body, &body); err != nil {
		t.Fatal(err)
	}
	return body.Path
}

func TestAPersonPastesAddressesForAutomations(t *testing.T) { // section 12
	t.Parallel()
	w, calls := listen(t, Options{})
	to := w.Automations()[0].URL // of Options.HookURL: one for each event
	if len(w.Automations()) != 2 {
		t.Fatal(w.Automations())
	}
	status, page, _ := w.page("/automations", nil)
	if status != 200 || !strings.Contains(page, to) || !strings.Contains(page, "Not called yet") {
		t.Errorf("%d %s", status, page)
	}
	for _, id := range []string{"1", "2"} {
		if status, _, at := w.page("/automations/delete", url.Values{"id": {id}}); status != 303 || at != "/automations" {
			t.Error(status, at)
		}
	}
	w.do("POST", "/users/", fields{"first_name": "Nobody hears"}, 201)

	typed := url.Values{"url": {" " + to + "/x?y=1 "}, "event": {"created", "updated"}}
	if status, page, _ := w.page("/automations", typed); status != 303 {
		t.Fatalf("%d %s", status, page)
	}
	if status, page, _ := w.page("/automations", url.Values{"url": {to + "/second"}, "event": {"created"}}); status != 303 {
		t.Fatalf("%d %s", status, page)
	}
	w.do("POST", "/users/", fields{"first_name": "Ana"}, 201)
	if a, b := path(t, next(t, calls)), path(t, next(t, calls)); a != 1 || b != 3 {
		t.Errorf("a new user called automations %v and %v, want 1 and 3", a, b)
	}
	w.do("PUT", "/users/1002/", fields{"city": "Porto"}, 200)
	if a := path(t, next(t, calls)); a != 2 {
		t.Errorf("a changed user called automation %v", a)
	}

	if status, _, _ := w.page("/automations/test", url.Values{"id": {"3"}}); status != 303 {
		t.Fatal(status)
	}
	var body struct {
		Path float64
		User struct{ Name string }
	}
	if err := json.Unmarshal(next(t, calls).body, &body); err != nil || body.Path != 3 || body.User.Name != "Ana" {
		t.Errorf("the test: %+v %v", body, err)
	}
	if _, page, _ := w.page("/automations", nil); !strings.Contains(page, "UTC: taken.") {
		t.Error(page)
	}
	if status, _, _ := w.page("/automations/test", url.Values{"id": {"9"}}); status != 404 {
		t.Error(status)
	}
}

func TestARefusedAddressKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := open(t, Options{})
	for _, form := range []url.Values{
		{"url": {"example.com/hook"}, "event": {"updated"}}, {"url": {"ftp://example.com/"}, "event": {"updated"}},
		{"url": {""}, "event": {"updated"}}, {"url": {"https://example.com/hook"}}, {"url": {"https://example.com/hook"}, "event": {"deleted"}},
	} {
		status, page, _ := w.page("/automations", form)
		if status != 422 || !strings.Contains(page, `value="`+form.Get("url")+`"`) || !strings.Contains(page, `role="alert"`) {
			t.Errorf("%v: %d %s", form, status, page)
		}
		if form.Get("event") == "updated" && !strings.Contains(page, `value="updated" checked`) {
			t.Errorf("%v: the tick was lost", form)
		}
	}
	if status, _, _ := w.page("/automations", url.Values{"url": {"https://example.com/"}, "event": {"created"}}, "Sec-Fetch-Site", "cross-site"); status != 403 {
		t.Errorf("another site's form: %d", status)
	}
	if len(w.Automations()) != 0 {
		t.Error(w.Automations())
	}
}

func TestATestWithoutAnyContactHasNoUser(t *testing.T) {
	t.Parallel()
	w, calls := listen(t, Options{})
	if err := w.TestAutomation(1); err != nil {
		t.Fatal(err)
	}
	if body := string(next(t, calls).body); strings.Contains(body, `"user"`) || !strings.Contains(body, `"path":1`) {
		t.Error(body)
	}
}

func TestAPIKeysAreShownAndMade(t *testing.T) { // section 1
	t.Parallel()
	w := open(t, Options{Subdomain: "acme"})
	_, page, _ := w.page("/settings/api", nil)
	if !strings.Contains(page, w.Token()) || !strings.Contains(page, ">acme<") || strings.Contains(page, "Client secret") {
		t.Error(page)
	}
	for _, scope := range []string{"read", "write", "both"} {
		if status, _, to := w.page("/settings/api", url.Values{"scope": {scope}}); status != 303 || to != "/settings/api" {
			t.Error(status, to)
		}
	}
	if status, _, _ := w.page("/settings/api", url.Values{"scope": {"all"}}); status != 400 || len(w.keys()) != 4 {
		t.Error(status, w.keys())
	}
	for _, key := range w.keys() {
		res, _ := w.raw("GET", "/tags/", nil, map[string]string{"Authorization": "Token " + key.Value})
		if want := map[Scope]int{ScopeRead: 200, ScopeWrite: 403, ScopeBoth: 200}[key.Scope]; res.StatusCode != want || len(key.Value) != 64 {
			t.Errorf("%+v: %d", key, res.StatusCode)
		}
	}
	if status, _, to := w.page("/", nil); status != 303 || to != "/settings/api" {
		t.Error(status, to)
	}
}
