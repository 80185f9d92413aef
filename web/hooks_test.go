package web

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"couplet/internal/connector/highlevel"
)

func TestACallIsStoredAndItsFlowWokenAtOnce(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	if status := b.call(b.event(nil)); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	select {
	case w := <-b.woken:
		if want := (wakeUp{b.conns[0].Workspace, b.flow.ID, "webhook", ""}); w != want {
			t.Errorf("woken %v, want %v", w, want)
		}
	default:
		t.Error("answered before the flow was woken")
	}
	hints := b.hints(b.now)
	if len(hints) != 1 || hints[0].ID != "nmFmQEsNgz6AVpgLVUJ0" || hints[0].Reason != "webhook" {
		t.Errorf("the inbox holds %+v", hints)
	}
	b.outcome("highlevel", outStored, 1)
}

func TestACallWithoutAGoodSignatureIs401AndStoresNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	body := b.event(nil)
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	for name, header := range map[string]map[string]string{
		"missing":      {},
		"empty":        {"X-GHL-Signature": ""},
		"N/A":          {"X-GHL-Signature": "N/A"},
		"N/A, legacy":  {"X-WH-Signature": "N/A"},
		"no base64":    {"X-GHL-Signature": "!!"},
		"other key":    {"X-GHL-Signature": base64.StdEncoding.EncodeToString(ed25519.Sign(stranger, body))},
		"other body":   {"X-GHL-Signature": b.sign(append(body, ' '))},
		"other header": {"X-Signature": b.sign(body)},
	} {
		res := b.send("/hooks/highlevel", body, header)
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
	}
	if b.events() != 0 || len(b.hints(b.now)) != 0 || len(b.woken) != 0 {
		t.Error("something was stored or woken")
	}
	b.outcome("highlevel", outUnsigned, 8)
}

func TestWhenBothSignaturesAreThereOnlyEd25519Decides(t *testing.T) {
	t.Parallel()
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	for _, c := range []struct {
		legacy, withEd, goodEd bool
		want                   int
	}{
		{legacy: false, want: http.StatusUnauthorized}, // RSA is off unless set
		{legacy: true, want: http.StatusOK},
		{legacy: true, withEd: true, goodEd: true, want: http.StatusOK},
		{legacy: true, withEd: true, goodEd: false, want: http.StatusUnauthorized},
	} {
		hooks, err := highlevel.NewHooks(highlevel.HookKeys(publicPEM(t, pub), publicPEM(t, old.Public())), highlevel.LegacyRSA(c.legacy))
		must(t, err)
		b := newBundle(t, func(o *Options) { o.Receivers["highlevel"] = Receiver{highlevel.Spec(), hooks} })
		b.key = key
		body := b.event(nil)
		sum := sha256.Sum256(body)
		sig, err := rsa.SignPKCS1v15(rand.Reader, old, crypto.SHA256, sum[:])
		must(t, err)
		header := map[string]string{"X-WH-Signature": base64.StdEncoding.EncodeToString(sig)}
		if c.withEd {
			header["X-GHL-Signature"] = b.sign(append([]byte{}, body...))
		}
		if c.withEd && !c.goodEd {
			header["X-GHL-Signature"] = b.sign([]byte("another body"))
		}
		if res := b.send("/hooks/highlevel", body, header); res.StatusCode != c.want {
			t.Errorf("%+v: status %d", c, res.StatusCode)
		}
	}
}

// The bundle's own key is configured, so the built-in one is not in use; a call signed with the configured key passes in
// every other test.
func TestConfiguredKeysReplaceTheBuiltInOne(t *testing.T) {
	t.Parallel()
	hooks, err := highlevel.NewHooks()
	must(t, err)
	b := newBundle(t, func(o *Options) { o.Receivers["highlevel"] = Receiver{highlevel.Spec(), hooks} })
	if status := b.call(b.event(nil)); status != http.StatusUnauthorized {
		t.Errorf("status %d with the built-in key", status)
	}
}

func TestACallOver1MBIs413(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	if status := b.call(bytes.Repeat([]byte(" "), largest+1)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", status)
	}
	body := b.event(nil)
	body = append(body, bytes.Repeat([]byte(" "), largest-len(body))...)
	if status := b.call(body); status != http.StatusOK {
		t.Errorf("status %d at 1 MB exactly", status)
	}
	b.outcome("highlevel", outTooLarge, 1)
}

func TestACallThatCannotBeStoredIs429(t *testing.T) {
	t.Parallel()
	for name, break_ := range map[string]func(*bundle) (mend func()){
		"locked": func(b *bundle) func() {
			b.storing = 50 * time.Millisecond
			tx, err := b.db.Writer().BeginTx(b.t.Context(), nil)
			must(b.t, err)
			return func() { must(b.t, tx.Rollback()) }
		},
		"full": func(b *bundle) func() {
			_, err := b.db.Writer().Exec("pragma max_page_count = 1")
			must(b.t, err)
			_, err = b.db.Writer().Exec("create table filler as with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000) select i, randomblob(100) from n")
			if err == nil {
				b.t.Fatal("the database is not full")
			}
			// Rows still fit into pages that are there, so a call that needs a page is sent.
			return func() {
				_, err := b.db.Writer().Exec("pragma max_page_count = 1000000")
				must(b.t, err)
			}
		},
		"stopping": func(b *bundle) func() { b.Drain(); return func() { b.draining.Store(false) } },
		"read-only, stands for any other failure": func(b *bundle) func() {
			_, err := b.db.Writer().Exec("pragma query_only = on")
			must(b.t, err)
			return func() {
				_, err := b.db.Writer().Exec("pragma query_only = off")
				must(b.t, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			body := b.event(map[string]any{"id": string(bytes.Repeat([]byte("x"), 20000))})
			mend := break_(b)
			res := b.send("/hooks/highlevel", body, map[string]string{"X-GHL-Signature": b.sign(body)})
			if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
				t.Errorf("status %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
			}
			mend()
			if b.events() != 0 || len(b.woken) != 0 {
				t.Error("something was stored or woken")
			}
			if status := b.call(body); status != http.StatusOK {
				t.Errorf("status %d when it came again", status)
			}
			b.outcome("highlevel", outNotStored, 1)
		})
	}
}

func TestAnOldCallIsStoredAndMarkedLate(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	sent := b.now.Add(-time.Hour)
	if status := b.call(b.event(map[string]any{"timestamp": sent.Format(time.RFC3339)})); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	if len(b.hints(b.now)) != 1 || len(b.woken) != 1 {
		t.Error("it was not worked like any other")
	}
	b.outcome("highlevel", outLate, 1)
}

func TestAnOldCallIsRefusedWhenSoSet(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(o *Options) { o.RefuseLate = true })
	if status := b.call(b.event(map[string]any{"timestamp": b.now.Add(-time.Hour).Format(time.RFC3339)})); status != http.StatusUnauthorized {
		t.Errorf("status %d", status)
	}
	if status := b.call(b.event(map[string]any{"timestamp": b.now.Add(-4 * time.Minute).Format(time.RFC3339)})); status != http.StatusOK {
		t.Errorf("status %d for a young one", status)
	}
	b.outcome("highlevel", outRefusedLate, 1)
}

func TestTheSameCallAgainHasNoEffect(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for range 3 {
		if status := b.call(b.event(nil)); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
	}
	if b.events() != 1 || len(b.woken) != 1 {
		t.Errorf("%d stored, %d woken", b.events(), len(b.woken))
	}
	b.outcome("highlevel", outRepeated, 2)
}

func TestACallWithoutAnIDIsKnownByItsBody(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for range 2 {
		b.call(b.event(map[string]any{"webhookId": ""}))
	}
	b.call(b.event(map[string]any{"webhookId": "", "firstName": "Ana"}))
	if b.events() != 2 {
		t.Errorf("%d stored", b.events())
	}
}

func TestUnknownAccountOrTypeIs200AndCounted(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for outcome, change := range map[string]map[string]any{
		outUnknownAccount: {"locationId": "somebody else"},
		outUnknownType:    {"type": "VoiceAiCallEnd", "webhookId": "call-2"},
	} {
		if status := b.call(b.event(change)); status != http.StatusOK {
			t.Errorf("%s: status %d", outcome, status)
		}
		b.outcome("highlevel", outcome, 1)
	}
	if status := b.call([]byte("no JSON")); status != http.StatusOK {
		t.Errorf("status %d for what cannot be read", status)
	}
	b.outcome("highlevel", outUnreadable, 1)
	if len(b.hints(b.now)) != 0 || len(b.woken) != 0 {
		t.Error("it had an effect")
	}
}

func TestOnlyFurtherHintsForARecordAreDebounced(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.call(b.event(nil))
	b.call(b.event(map[string]any{"webhookId": "call-2", "id": "another"}))
	if n := len(b.hints(b.now)); n != 2 {
		t.Errorf("%d records are due at once, want both", n)
	}
	b.call(b.event(map[string]any{"webhookId": "call-3"}))
	if n := len(b.hints(b.now.Add(10 * time.Second))); n != 2 {
		t.Errorf("%d lines for two records", n)
	}
}

func TestUnknownSystemsAreNotFound(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, path := range []string{"/hooks/nobody", "/hooks/usercom", "/hooks/highlevel/c/s/e", "/hooks/nobody/c/s/e"} {
		if res := b.send(path, b.event(nil), nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
	}
	b.outcome("none", outNoAddress, 4)
}
