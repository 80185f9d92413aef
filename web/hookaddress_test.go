package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"couplet/internal/connection"
)

func person(at time.Time, id int) []byte {
	stamp := ""
	if !at.IsZero() {
		stamp = at.Format(time.RFC3339Nano)
	}
	return fmt.Appendf(nil, `{"path": 6, "timestamp": %q, "user": {"id": %d, "name": "Ana Silva"}}`, stamp, id)
}

func TestACallToAConnectionsOwnAddressIsStored(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	path := connection.HookPath("usercom", b.conns[1].ID, b.secret, "changed")
	for range 2 {
		if res := b.send(path, person(b.now, 7), nil); res.StatusCode != http.StatusOK {
			t.Fatalf("status %d", res.StatusCode)
		}
	}
	hints := b.hints(b.now)
	if len(hints) != 1 || hints[0].ID != "7" || hints[0].Side != 1 {
		t.Errorf("the inbox holds %+v", hints)
	}
	if len(b.woken) != 1 {
		t.Errorf("%d woken", len(b.woken))
	}
	b.outcome("usercom", outStored, 1)
	b.outcome("usercom", outRepeated, 1)
}

func TestCallsThatSayNoTimeAreNeverTakenForRepeated(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for range 2 {
		b.now = b.now.Add(time.Minute)
		b.send(connection.HookPath("usercom", b.conns[1].ID, b.secret, "changed"), person(time.Time{}, 7), nil)
	}
	if b.events() != 2 {
		t.Errorf("%d stored", b.events())
	}
}

func TestAWrongSecretAndAnUnknownConnectionLookTheSame(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	other, _ := connection.NewHookSecret(hookKey)
	var answers []string
	for _, path := range []string{
		connection.HookPath("usercom", b.conns[1].ID, other, "changed"),
		connection.HookPath("usercom", b.conns[1].ID, b.secret+"x", "changed"),
		connection.HookPath("usercom", "conn_unknown", b.secret, "changed"),
		connection.HookPath("usercom", b.conns[0].ID, b.secret, "changed"), // of the other system
		connection.HookPath("usercom", b.conns[1].ID, b.secret, "no%20name"),
	} {
		res := b.send(path, person(b.now, 7), nil)
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
		text, number := textOf(res), res.Header.Get(requestID)
		answers = append(answers, strings.ReplaceAll(text, number, ""))
	}
	for _, a := range answers[1:] {
		if a != answers[0] {
			t.Errorf("answers differ:\n%s\n%s", answers[0], a)
		}
	}
	if b.events() != 0 {
		t.Error("something was stored")
	}
}

func TestAConnectionWithoutAHookSecretTakesNoCalls(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	must(t, b.store.SaveSetting(t.Context(), b.conns[1].Workspace, connection.HookSetting(b.conns[1].ID), ""))
	for _, secret := range []string{b.secret, "x"} {
		if res := b.send(connection.HookPath("usercom", b.conns[1].ID, secret, "changed"), person(b.now, 7), nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("status %d", res.StatusCode)
		}
	}
}

func TestNoSecretOfAnAddressIsLogged(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	const quiet = "nobody-writes-this-down"
	for _, path := range []string{
		connection.HookPath("usercom", b.conns[1].ID, b.secret, "changed"),
		connection.HookPath("usercom", b.conns[1].ID, quiet, "changed"),
		"/hooks/usercom/" + b.conns[1].ID + "/" + quiet, // one piece too few
		connection.HookPath("usercom", b.conns[1].ID, quiet, "changed") + "/more",
		"/hooks/highlevel?token=" + quiet,
		"/" + quiet,
	} {
		b.send(path, person(b.now, 7), nil)
		b.get(path, map[string]string{"Accept": "text/html"})
	}
	log := b.log.String()
	if strings.Contains(log, b.secret) || strings.Contains(log, quiet) || strings.Contains(log, "Ana") {
		t.Error("the log holds a secret or a body:\n" + log)
	}
	if !strings.Contains(log, `"route":"/hooks/:system/:connection/:secret/:event"`) || !strings.Contains(log, `"status":404`) {
		t.Error("the log lacks route or status:\n" + log)
	}
}
