package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connection"
)

// ownCall gives an automation of the bundle an address of its own, and returns its id and path.
func (b *bundle) ownCall(t *testing.T) (id, path string) {
	t.Helper()
	ctx, ws := t.Context(), b.conns[0].Workspace
	a, err := b.store.AddAutomation(ctx, ws, "ann", automation.Automation{Name: "called", Trigger: automation.Trigger{Kind: automation.OnHook}, Steps: []automation.Step{{ID: "s1", Kind: automation.Stop}}})
	must(t, err)
	id = a.Draft.ID
	_, _, err = b.store.PublishAutomation(ctx, ws, "ann", id, a.Revision)
	must(t, err)
	must(t, b.store.SwitchAutomation(ctx, ws, id, true))
	secret, hash := connection.NewHookSecret(hookKey)
	must(t, b.store.SetAutomationHook(ctx, ws, id, hash))
	return id, connection.AutomationHookPath(id, secret)
}

func TestACallOfAnAutomationsOwnAddressSetsItOff(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id, path := b.ownCall(t)
	ws := b.conns[0].Workspace
	post := func(body string, header map[string]string) int { return b.send(path, []byte(body), header).StatusCode }
	for _, c := range []struct {
		body   string
		header map[string]string
		want   int
		fired  int
	}{
		{`{"email": "maya@example.com"}`, nil, http.StatusAccepted, 1},
		{`{"email": "maya@example.com"}`, nil, http.StatusAccepted, 2}, // each call counts
		{`{"n": 1}`, map[string]string{"Idempotency-Key": "k"}, http.StatusAccepted, 3},
		{`{"n": 1}`, map[string]string{"Idempotency-Key": "k"}, http.StatusAccepted, 3},
		{"name=Maya&tag=a&tag=b", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, http.StatusAccepted, 4},
		{"", nil, http.StatusAccepted, 5},
		{"{", nil, http.StatusBadRequest, 5},
		{`"` + strings.Repeat("x", 1<<20) + `"`, nil, http.StatusRequestEntityTooLarge, 5},
	} {
		b.now = b.now.Add(time.Second)
		if got := post(c.body, c.header); got != c.want {
			t.Errorf("%.40s: status %d", c.body, got)
		}
		list, err := b.store.FiringsOf(t.Context(), ws, id, "", "", 9)
		must(t, err)
		if len(list) != c.fired {
			t.Fatalf("%.40s: %d firings", c.body, len(list))
		}
		if f := list[0]; c.fired == 1 && (f.Data.At("call.email") != "maya@example.com" || f.Trigger != automation.ByCall || f.Version != 1) ||
			c.fired == 4 && (f.Data.At("call.name") != "Maya" || f.Data.At("call.tag.1") != "b") {
			t.Errorf("it is %+v", f)
		}
	}
	if w := <-b.woken; w.flow != id {
		t.Errorf("woken is %v", w)
	}
	must(t, b.store.SwitchAutomation(t.Context(), ws, id, false))
	if got := post("{}", nil); got != http.StatusConflict {
		t.Errorf("one that is off answers %d", got)
	}
}

func TestAWrongSecretAndAnUnknownAutomationLookTheSame(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id, path := b.ownCall(t)
	plain := b.plainAutomation(t)
	var answers []string
	for _, p := range []string{path + "x", connection.AutomationHookPath("auto_none", "x"), connection.AutomationHookPath(plain, "x"), connection.AutomationHookPath(id, "%20")} {
		res := b.send(p, []byte("{}"), nil)
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", p, res.StatusCode)
		}
		answers = append(answers, strings.ReplaceAll(textOf(res), res.Header.Get(requestID), ""))
	}
	for _, a := range answers[1:] {
		if a != answers[0] {
			t.Errorf("answers differ:\n%s\n%s", answers[0], a)
		}
	}
	stored, err := b.store.Automation(t.Context(), b.conns[0].Workspace, id)
	must(t, err)
	_, err = b.store.DeleteAutomation(t.Context(), b.conns[0].Workspace, id, stored.Revision)
	must(t, err)
	if res := b.send(path, []byte("{}"), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("one that is deleted answers %d", res.StatusCode)
	}
}

// plainAutomation is one without an address.
func (b *bundle) plainAutomation(t *testing.T) string {
	t.Helper()
	a, err := b.store.AddAutomation(t.Context(), b.conns[0].Workspace, "ann", automation.Automation{Name: "plain"})
	must(t, err)
	return a.Draft.ID
}

// TestACallOfASystemIsHeardByAutomations takes a real call of each kind.
func TestACallOfASystemIsHeardByAutomations(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	ctx, ws := t.Context(), b.conns[0].Workspace
	hears := func(name, conn, call string) string {
		a, err := b.store.AddAutomation(ctx, ws, "ann", automation.Automation{Name: name, Trigger: automation.Trigger{Kind: automation.OnEvent}})
		must(t, err)
		id := a.Draft.ID
		_, _, err = b.store.PublishAutomation(ctx, ws, "ann", id, a.Revision)
		must(t, err)
		must(t, b.store.SwitchAutomation(ctx, ws, id, true))
		w, _, err := b.store.TakeWatch(ctx, ws, id, "me", b.now, b.now)
		must(t, err)
		w.Conn, w.Object, w.Calls = conn, "contact", []string{call}
		_, err = b.store.SaveWatch(ctx, ws, w, automation.Noticed{}, b.now)
		must(t, err)
		return id
	}
	hints := func(id string) []automation.Hint {
		list, err := b.store.HintsFor(ctx, ws, id, b.now.AddDate(0, 0, 1), 9)
		must(t, err)
		return list
	}
	signed, other, pasted := hears("signed", b.conns[0].ID, "ContactUpdate"), hears("other", b.conns[0].ID, "ContactTagUpdate"), hears("pasted", b.conns[1].ID, automation.AnyCall)
	for range 2 {
		b.call(b.event(map[string]any{"type": "ContactUpdate"}))
		b.send(connection.HookPath("usercom", b.conns[1].ID, b.secret, "whatever"), person(b.now, 7), nil)
	}
	if list := hints(signed); len(list) != 1 || list[0].Record != "nmFmQEsNgz6AVpgLVUJ0" {
		t.Errorf("heard %+v", list)
	}
	if list := hints(pasted); len(list) != 1 || list[0].Record != "7" {
		t.Errorf("heard %+v", list)
	}
	if list := hints(other); len(list) != 0 {
		t.Errorf("a call of another type is heard: %+v", list)
	}
}
