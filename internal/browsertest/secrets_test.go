package browsertest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// secrets are what nothing that the program shows or keeps may hold as it is, each with what it is.
type secrets map[string]string

// add takes a secret in. Words of a few letters would be found by chance.
func (s secrets) add(what, value string) {
	if len(value) >= 12 {
		s[value] = what
	}
}

// secretTexts are the keys under which the sandbox's state has a secret, secretKeys those under which it has things by one.
var (
	secretTexts = []string{"token", "client_secret", "signing_key", "access", "access_token", "refresh_token"}
	secretKeys  = []string{"codes", "refresh"}
)

// gather takes in all secrets of a JSON value of the sandbox's state.
func (s secrets) gather(where string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			at := where + "." + key
			if text, ok := inner.(string); ok && (slices.Contains(secretTexts, key) || key == "value" && strings.HasSuffix(where, ".tokens")) {
				s.add(at, text)
			}
			if by, ok := inner.(map[string]any); ok && slices.Contains(secretKeys, key) {
				for secret := range by {
					s.add(at, secret)
				}
			}
			s.gather(at, inner)
		}
	case []any:
		for _, inner := range v {
			s.gather(where, inner)
		}
	}
}

// forms are the ways in which a text may be written down: as it is, in base64 wherever it begins in it, in hex, and as
// part of an address.
func forms(secret string) (list [][]byte) {
	list = append(list, []byte(secret), []byte(hex.EncodeToString([]byte(secret))), []byte(url.QueryEscape(secret)))
	for skip := range 3 {
		padded := append(bytes.Repeat([]byte{'x'}, skip), secret...)
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			// The first letters also hold what stands before, the last ones what stands behind.
			coded := e.EncodeToString(padded[:len(padded)/3*3])
			list = append(list, []byte(coded[(skip*8+5)/6:]))
		}
	}
	return list
}

// absent holds that a text has none of the secrets in any form.
func (s secrets) absent(w *world, where string, in []byte) {
	w.t.Helper()
	for secret, what := range s {
		for _, f := range forms(secret) {
			if at := bytes.Index(in, f); at >= 0 {
				w.t.Errorf("%s holds %s: …%q…", where, what, in[max(0, at-60):min(len(in), at+20)])
				break
			}
		}
	}
}

// secrets collects everything that is secret in this world by now: of the pretend CRMs, of the browser's session, and
// what the person typed.
func (w *world) secrets(tabs ...*tab) secrets {
	w.t.Helper()
	s := secrets{}
	var state any
	w.control("GET", "state", nil, &state)
	s.gather("state", state)
	s.add("the key of the pretend HighLevel", w.made.HighLevel.Token)
	s.add("the app's secret of the pretend HighLevel", w.made.HighLevel.ClientSecret)
	s.add("the key of the pretend User.com", w.made.UserCom.Token)
	s.add("the app's secret of the pretend User.com", w.made.UserCom.ClientSecret)
	s.add("the sandbox's control key", w.made.Control.Key)
	s.add("the owner's password", w.made.Password)
	if at, err := url.Parse(w.made.SignIn); err == nil && w.made.SignIn != "" {
		s.add("the secret of the sign-in link", filepath.Base(at.Path))
	}
	for _, b := range tabs {
		for _, c := range b.cookies() {
			s.add("the cookie "+c.Name, c.Value)
			if raw, err := url.QueryUnescape(c.Value); err == nil {
				s.add("the cookie "+c.Name, raw)
			}
		}
	}
	return s
}

// kept are the files of the installation, the sandbox's own and the key of the seals left out.
func (w *world) kept() map[string][]byte {
	w.t.Helper()
	files := map[string][]byte{}
	entries, err := os.ReadDir(w.data)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		if slices.Contains([]string{"couplet.key", "sandbox.json", "demo.json"}, e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(w.data, e.Name()))
		if err != nil {
			w.t.Fatal(err)
		}
		files[e.Name()] = text
	}
	if !slices.ContainsFunc(slices.Collect(maps.Keys(files)), func(n string) bool { return strings.HasSuffix(n, ".db") }) {
		w.t.Fatalf("no database in %s", w.data)
	}
	return files
}

// TestTheSearchFindsASecretHoweverItIsWrittenDown because a search that finds nothing proves nothing otherwise.
func TestTheSearchFindsASecretHoweverItIsWrittenDown(t *testing.T) {
	t.Parallel()
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	const secret = "pit-f966df34-75d3-465a-a6ed-f1d9e38b0cd6"
	for _, in := range []string{secret, "x" + secret + "y", hex.EncodeToString([]byte(secret)), b64(secret), b64("a" + secret + "b"), b64("ab" + secret + "cd"), b64("abc" + secret)} {
		found := false
		for _, f := range forms(secret) {
			found = found || bytes.Contains([]byte(in), f)
		}
		if !found {
			t.Errorf("not found in %s", in)
		}
	}
	for _, f := range forms(secret) {
		if len(f) < 20 || bytes.Contains([]byte("pit-00000000-75d3-465a-a6ed-000000000000"), f) {
			t.Errorf("finds too much: %s", f)
		}
	}
}
