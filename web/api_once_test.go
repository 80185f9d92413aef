package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"couplet/internal/command"
	"couplet/internal/store"
)

// TestARequestWithAKeyIsCarriedOutOnce: every post takes a key; the same again is answered as before, something else is refused, and
// so is the same one while the first is under way. A refusal leaves the key free, and the key of one token is nothing to another.
func TestARequestWithAKeyIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	for _, r := range newBundle(t).apiRoutes() {
		if r.method != http.MethodPost {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			b.soon = 0
			ws := b.conns[0].Workspace
			path, body := b.asked(r)
			p, other := b.program(ws, "editor"), b.program(ws, "editor")
			const key = "Idempotency-Key"
			first := p.ask(r, path, body, key, "k")
			text, woken, was := textOf(first), len(b.woken), b.kept(ws)
			again := p.ask(r, path, body, key, "k")
			if unfit[r.name] != 0 {
				if again.StatusCode != first.StatusCode || again.Header.Get("Idempotent-Replayed") != "" {
					t.Errorf("what was refused is answered from memory: %d", again.StatusCode)
				}
				return
			}
			if again.StatusCode != first.StatusCode || textOf(again) != text || again.Header.Get("Location") != first.Header.Get("Location") || again.Header.Get("Content-Type") != first.Header.Get("Content-Type") ||
				again.Header.Get("Idempotent-Replayed") != "true" || first.Header.Get("Idempotent-Replayed") != "" {
				t.Errorf("first %d %v %s, then %d %v", first.StatusCode, first.Header, text, again.StatusCode, again.Header)
			}
			if is := b.kept(ws); is != was || len(b.woken) != woken {
				t.Errorf("it was carried out again: %s", difference(was, is))
			}
			if _, file := r.takes.(flowFile); !file {
				if res := p.ask(r, path, body+" ", key, "k", "Content-Type", "application/json"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(res), "another request") {
					t.Errorf("another body under the same key: %d", res.StatusCode)
				}
			}
			if res := other.ask(r, path, body, key, "k"); res.Header.Get("Idempotent-Replayed") != "" {
				t.Error("another token was answered with it")
			}
		})
	}
}

func TestAKeyWhoseRequestIsUnderWayOrRefused(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.soon = 0
	p := b.program(b.conns[0].Workspace, "editor")
	on := b.named("switchFlow")
	ask := func(key, body string) *http.Response { return p.ask(on, "/flows/people/switch", body, onceHeader, key) }
	if res := ask("k", `{"on": true, "approve": "none"}`); res.StatusCode != http.StatusConflict {
		t.Fatalf("it was taken: %d", res.StatusCode)
	}
	if d := jsonOf[command.FlowDoc](t, ask("k", `{"on": false}`)); d.Enabled {
		t.Errorf("after a refusal the key is not free: %+v", d)
	}
	tokens, err := b.store.Tokens(t.Context(), b.conns[0].Workspace, "")
	must(t, err)
	if res := ask("k2", `{"on": false}`); res.StatusCode != http.StatusOK {
		t.Fatal(res.StatusCode)
	}
	known, begun, err := b.store.BeginOnce(t.Context(), b.conns[0].Workspace, store.Once{Token: tokens[0].ID, Key: "k2"})
	if err != nil || begun {
		t.Fatal(begun, err)
	}
	if _, begun, err = b.store.BeginOnce(t.Context(), b.conns[0].Workspace, store.Once{Token: tokens[0].ID, Key: "k3", Hash: known.Hash}); err != nil || !begun {
		t.Fatal(begun, err)
	}
	if res := ask("k3", `{"on": false}`); res.StatusCode != http.StatusConflict || !strings.Contains(textOf(res), "still being carried out") {
		t.Errorf("while it is under way: %d", res.StatusCode)
	}
	b.now = b.now.Add(11 * time.Minute) // whoever did it is gone
	if res := ask("k3", `{"on": false}`); res.StatusCode != http.StatusOK {
		t.Errorf("it is under way for ever: %d", res.StatusCode)
	}
	if res := ask(strings.Repeat("k", longestKey+1), `{"on": false}`); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a key of any length: %d", res.StatusCode)
	}
}
