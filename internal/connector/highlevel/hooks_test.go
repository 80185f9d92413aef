package highlevel_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
)

func pemOf(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// Section 11.2.
func TestOnlySignedCallsAreRead(t *testing.T) {
	t.Parallel()
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	keys := highlevel.HookKeys(pemOf(t, public)+"\n"+pemOf(t, &old.PublicKey), pemOf(t, public))
	body := []byte(`{"type":"ContactCreate","locationId":"L1","id":"C1"}`)
	sum := sha256.Sum256(body)
	byRSA, _ := rsa.SignPKCS1v15(rand.Reader, old, crypto.SHA256, sum[:])
	good, legacy := base64.StdEncoding.EncodeToString(ed25519.Sign(private, body)), base64.StdEncoding.EncodeToString(byRSA)
	cases := []struct {
		name      string
		options   []highlevel.Option
		ed, rsa   string
		body      []byte
		wantValid bool
	}{
		{"Ed25519", []highlevel.Option{keys}, good, "", body, true},
		{"Ed25519 over other bytes", []highlevel.Option{keys}, good, "", append([]byte(" "), body...), false},
		{"another key", nil, good, "", body, false},
		{"none", []highlevel.Option{keys}, "", "", body, false},
		{"N/A", []highlevel.Option{keys}, "N/A", "", body, false},
		{"N/A beside good RSA", []highlevel.Option{keys, highlevel.LegacyRSA(true)}, "N/A", legacy, body, false},
		{"bad Ed25519 beside good RSA", []highlevel.Option{keys, highlevel.LegacyRSA(true)}, legacy, legacy, body, false},
		{"good Ed25519 beside bad RSA", []highlevel.Option{keys, highlevel.LegacyRSA(true)}, good, "N/A", body, true},
		{"RSA while it is off", []highlevel.Option{keys}, "", legacy, body, false},
		{"RSA while it is on", []highlevel.Option{keys, highlevel.LegacyRSA(true)}, "", legacy, body, true},
		{"RSA N/A while it is on", []highlevel.Option{keys, highlevel.LegacyRSA(true)}, "", "N/A", body, false},
	}
	for _, c := range cases {
		hooks, err := highlevel.NewHooks(c.options...)
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{}
		if c.ed != "" {
			header.Set("X-GHL-Signature", c.ed)
		}
		if c.rsa != "" {
			header.Set("X-WH-Signature", c.rsa)
		}
		call, err := hooks.Parse(header, c.body)
		switch {
		case c.wantValid && (err != nil || call.Account != "L1"):
			t.Errorf("%s: %v", c.name, err)
		case !c.wantValid && connector.KindOf(err) != connector.Unauthorized:
			t.Errorf("%s: accepted, %v", c.name, err)
		}
	}
	if _, err := highlevel.NewHooks(highlevel.HookKeys("no key")); err == nil {
		t.Error("a key list without a key is taken")
	}
}

// Sections 11.1 and 11.5.
func TestCallsYieldRefs(t *testing.T) {
	t.Parallel()
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	hooks, err := highlevel.NewHooks(highlevel.HookKeys(pemOf(t, public)))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]connector.Ref{
		`{"type":"ContactDelete","locationId":"L1","id":"C1"}`:                                      {Object: "contact", ID: "C1"},
		`{"type":"ContactTagUpdate","locationId":"L1","id":"C1","tags":["a"]}`:                      {Object: "contact", ID: "C1"},
		`{"type":"TaskCreate","locationId":"L1","id":"T1","title":"x"}`:                             {Object: "task", ID: "T1"},
		`{"type":"TaskComplete","locationId":"L1","id":"T1","contactId":"C1"}`:                      {Object: "task", ID: "T1", Parent: "C1"},
		`{"type":"NoteUpdate","locationId":"L1","id":"N1","contactId":"C1","body":"x"}`:             {Object: "note", ID: "N1", Parent: "C1"},
		`{"type":"NoteCreate","locationId":"L1","data":{"id":"N1","contactId":"C1"}}`:               {Object: "note", ID: "N1", Parent: "C1"},
		`{"data":{"type":"ContactUpdate","locationId":"L1","id":"C1","webhookId":"w"}}`:             {Object: "contact", ID: "C1"},
		`{"type":"InvoiceCreate","locationId":"L1","_id":"I1"}`:                                     {},
		`{"type":"SomethingNew","locationId":"L1","id":"X1"}`:                                       {},
		`{"type":"INSTALL","locationId":"L1","appId":"A"}`:                                          {},
		`{"type":"AppointmentCreate","locationId":"L1","appointment":{"id":"A1","contactId":"C1"}}`: {Object: "appointment", ID: "A1", Parent: "C1"},
		`{"type":"OpportunityStageUpdate","locationId":"L1","id":"O1","contactId":"C1"}`:            {Object: "deal", ID: "O1", Parent: "C1"},
		`{"type":"InboundMessage","locationId":"L1","messageId":"M1","contactId":"C1"}`:             {Object: "message", ID: "M1", Parent: "C1"},
	}
	for body, want := range cases {
		header := http.Header{"X-Ghl-Signature": {base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(body)))}}
		call, err := hooks.Parse(header, []byte(body))
		if err != nil || call.Account != "L1" {
			t.Errorf("%s: %+v %v", body, call, err)
			continue
		}
		if want == (connector.Ref{}) && len(call.Refs) != 0 || want != (connector.Ref{}) && (len(call.Refs) != 1 || call.Refs[0] != want) {
			t.Errorf("%s: %+v", body, call.Refs)
		}
	}
	body := []byte(`{"type":"ContactUpdate","locationId":"L1","id":"C1","timestamp":"2026-11-23T10:00:00.000Z","webhookId":"7f1c"}`)
	header := http.Header{"X-Ghl-Signature": {base64.StdEncoding.EncodeToString(ed25519.Sign(private, body))}}
	call, err := hooks.Parse(header, body)
	if err != nil || call.ID != "7f1c" || !call.At.Equal(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)) || call.Type != "ContactUpdate" {
		t.Errorf("%+v %v", call, err)
	}
	broken := []byte("{")
	header.Set("X-GHL-Signature", base64.StdEncoding.EncodeToString(ed25519.Sign(private, broken)))
	if _, err := hooks.Parse(header, broken); connector.KindOf(err) != connector.Invalid {
		t.Error(err)
	}
}

// Section 11.6.
func TestCallsAboutTheAppSayWhichAppAndWhere(t *testing.T) {
	t.Parallel()
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	hooks, err := highlevel.NewHooks(highlevel.HookKeys(pemOf(t, public)))
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]struct {
		account string
		call    *connector.AppCall
	}{
		`{"type":"INSTALL","appId":"A","installType":"Location","locationId":"L1","companyId":"C1","timestamp":"2026-11-23T10:00:00.000Z"}`: {"L1", &connector.AppCall{App: "A", Agency: "C1"}},
		`{"type":"UNINSTALL","appId":"A","locationId":"L1"}`:              {"L1", &connector.AppCall{Removed: true, App: "A"}},
		`{"type":"UNINSTALL","appId":"A","companyId":"C1"}`:               {"", &connector.AppCall{Removed: true, App: "A", Agency: "C1"}},
		`{"data":{"type":"UNINSTALL","appId":"A","companyId":"C1"}}`:      {"", &connector.AppCall{Removed: true, App: "A", Agency: "C1"}},
		`{"type":"PLAN_CHANGE","appId":"A","locationId":"L1"}`:            {"L1", nil},
		`{"type":"ContactCreate","appId":"A","locationId":"L1","id":"X"}`: {"L1", nil},
		`{"type":"uninstall","appId":"A","locationId":"L1"}`:              {"L1", nil},
	} {
		header := http.Header{"X-Ghl-Signature": {base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(body)))}}
		call, err := hooks.Parse(header, []byte(body))
		if err != nil || call.Account != want.account || (call.App == nil) != (want.call == nil) || call.App != nil && *call.App != *want.call {
			t.Errorf("%s: %+v %+v, %v", body, call, call.App, err)
		}
		if call.App != nil && len(call.Refs) != 0 {
			t.Errorf("%s: yields records", body)
		}
	}
}
