package usercom_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/usercom"
)

func mac(key, message string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}

// Section 12.
func TestCallsAreReadWhateverTheirType(t *testing.T) {
	t.Parallel()
	hooks, err := usercom.NewHooks()
	if err != nil {
		t.Fatal(err)
	}
	body := `{"path": 6, "timestamp": "2024-02-01T07:27:44.469241+00:00", "user": {"id": 7, "key": "x7"}}`
	same := map[string]string{
		body: "7",
		"path=6&timestamp=2024-02-01T07%3A27%3A44.469241%2B00%3A00&user%5Bid%5D=7":              "7",
		"path=6&timestamp=2024-02-01T07%3A27%3A44.469241%2B00%3A00&user=%7B%22id%22%3A7%7D&x=y": "7",
	}
	var id string
	for text, want := range same {
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json"} {
			call, err := hooks.Parse(http.Header{"Content-Type": {kind}}, []byte(text))
			if err != nil || len(call.Refs) != 1 || call.Refs[0] != (connector.Ref{Object: "contact", ID: want}) || call.Account != "" {
				t.Fatalf("%s: %+v %v", text, call, err)
			}
			if id == "" {
				id = call.ID
			}
			if call.ID == "" || call.ID != id || !call.At.Equal(time.Date(2024, 2, 1, 7, 27, 44, 469241000, time.UTC)) {
				t.Errorf("%s: %+v", text, call)
			}
		}
	}
	call, err := hooks.Parse(nil, []byte(`{"path": 6, "timestamp": "2024-02-01T07:27:44.469241+00:00", "extra": {}}`))
	if err != nil || len(call.Refs) != 0 || call.ID == id {
		t.Errorf("%+v %v", call, err)
	}
	for _, text := range []string{"", "[]", "{", "hello", "%zz"} {
		if _, err := hooks.Parse(nil, []byte(text)); connector.KindOf(err) != connector.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Section 12: over the body as it came, or written anew as compact JSON.
func TestSignatureIsVerifiedWhenItIsThere(t *testing.T) {
	t.Parallel()
	const key = "the-rest-key"
	body := "{\"path\": 6,\n \"z\": \"a\\/b <c> & \\u0105\\\"\\\\ \\n\", \"timestamp\": \"t\", \"user\": {\"id\": 7, \"x\": [1, 2.50]}}"
	compact := `{"path":6,"z":"a/b <c> & ą\"\\ \n","timestamp":"t","user":{"id":7,"x":[1,2.50]}}`
	with := []usercom.Option{usercom.HookKey(key)}
	strict := append([]usercom.Option{usercom.RequireSignature(true)}, with...)
	cases := []struct {
		name    string
		options []usercom.Option
		header  http.Header
		valid   bool
	}{
		{"raw", with, http.Header{"X-User-Com-Signature": {mac(key, body)}}, true},
		{"compact", with, http.Header{"X-User-Com-Signature": {mac(key, compact)}}, true},
		{"another key", with, http.Header{"X-User-Com-Signature": {mac("x", body)}}, false},
		{"no hex", with, http.Header{"X-User-Com-Signature": {"N/A"}}, false},
		{"empty", with, http.Header{"X-User-Com-Signature": {""}}, false},
		{"none", with, nil, true},
		{"none, though required", strict, nil, false},
		{"raw, required", strict, http.Header{"X-User-Com-Signature": {mac(key, body)}}, true},
		{"no key to verify with", nil, http.Header{"X-User-Com-Signature": {mac(key, body)}}, true},
	}
	for _, c := range cases {
		hooks, err := usercom.NewHooks(c.options...)
		if err != nil {
			t.Fatal(err)
		}
		_, err = hooks.Parse(c.header, []byte(body))
		if c.valid != (err == nil) || !c.valid && connector.KindOf(err) != connector.Unauthorized {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestWhatAPersonHasACallSayBesidesComesAlong(t *testing.T) {
	t.Parallel()
	hooks, err := usercom.NewHooks()
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{
		`{"path": 6, "timestamp": "2024-02-01T07:27:44.469241+00:00", "extra": {"plan": "gold"}, "user": {"id": 7}}`,
		`path=6&timestamp=2024-02-01T07%3A27%3A44.469241%2B00%3A00&extra=%7B%22plan%22%3A%22gold%22%7D&user=%7B%22id%22%3A7%7D`,
		`path=6&timestamp=2024-02-01T07%3A27%3A44.469241%2B00%3A00&extra[plan]=gold&user[id]=7`,
	} {
		call, err := hooks.Parse(nil, []byte(body))
		if err != nil || call.Extra["plan"] != "gold" || len(call.Refs) != 1 || call.Refs[0].ID != "7" {
			t.Errorf("%s: %+v %v", body, call, err)
		}
	}
}
