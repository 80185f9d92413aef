package usercom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

// golden is a file of testdata/golden: exchanges written from the fact sheet, in
// order, against one fresh workspace.
type golden struct {
	About     string
	Options   Options
	Exchanges []struct {
		Section, Evidence, Rule string
		Request                 struct {
			Method, Path, Raw string
			Headers           map[string]string
			Body              json.RawMessage
			Form              map[string]string // posted urlencoded
		}
		Response struct {
			Status  int
			Headers map[string]string
			Exact   bool // no key beyond those named
			Body    json.RawMessage
		}
		Save map[string]string // name → key of the answer; later texts may hold {{name}}
	}
}

// The code of golden files about OAuth, and the challenge that RFC 7636 gives as its
// example (appendix B).
const (
	goldenCode      = "golden-code"
	goldenChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	goldenRedirect  = "https://app.example.com/back"
)

func TestAnswersAreThoseOfTheFactSheet(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var g golden
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&g); err != nil {
				t.Fatal(err)
			}
			replay(t, g)
		})
	}
}

func replay(t *testing.T, g golden) {
	g.Options.Token = "golden"
	c := New(g.Options)
	c.grants.AddCode(goldenCode, kit.Grant{
		Client: g.Options.ClientID, Redirect: goldenRedirect, Challenge: goldenChallenge, Scopes: []string{"read"},
	})
	server, saved := httptest.NewServer(c.Handler()), map[string]string{}
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, x := range g.Exchanges {
		name := fmt.Sprintf("section %s [%s] %s", x.Section, x.Evidence, x.Rule)
		if x.Section == "" || x.Evidence == "" || x.Rule == "" {
			t.Fatalf("%s %s: section, evidence and rule must be named", x.Request.Method, x.Request.Path)
		}
		body := []byte(x.Request.Raw)
		if x.Request.Body != nil {
			body = x.Request.Body
		}
		if x.Request.Form != nil {
			form := url.Values{}
			for k, v := range x.Request.Form {
				form.Set(k, fillIn(v, saved))
			}
			body = []byte(form.Encode())
		}
		path := "/api/public" + x.Request.Path
		if strings.HasPrefix(x.Request.Path, "/oauth/") {
			path = x.Request.Path
		}
		req, err := http.NewRequest(x.Request.Method, server.URL+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Token golden")
		req.Header.Set("Accept", "*/*; version=2")
		for k, v := range x.Request.Headers {
			req.Header.Set(k, fillIn(v, saved))
		}
		if x.Request.Form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != x.Response.Status {
			t.Errorf("%s: status %d, want %d; %s", name, res.StatusCode, x.Response.Status, got)
			continue
		}
		for k, v := range x.Response.Headers {
			if res.Header.Get(k) != v {
				t.Errorf("%s: header %s is %q, want %q", name, k, res.Header.Get(k), v)
			}
		}
		if x.Response.Body == nil {
			continue
		}
		var have, want any
		if json.Unmarshal(got, &have) != nil || json.Unmarshal(x.Response.Body, &want) != nil {
			t.Fatalf("%s: not JSON: %s", name, got)
		}
		for _, diff := range compare("", have, want, x.Response.Exact) {
			t.Errorf("%s: %s\n%s", name, diff, got)
		}
		for name, key := range x.Save {
			object, _ := have.(map[string]any)
			saved[name], _ = object[key].(string)
		}
	}
}

// fillIn replaces {{names}}.
func fillIn(text string, saved map[string]string) string {
	for name, v := range saved {
		text = strings.ReplaceAll(text, "{{"+name+"}}", v)
	}
	return text
}

var keyForm = regexp.MustCompile(`^[a-z0-9]{12}$`)

// compare says where an answer differs from the part of it that is wanted.
// "<any>", "<time>", "<key>" and "<absent>" stand for values.
func compare(at string, have, want any, exact bool) []string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := have.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, want an object", at, have)}
		}
		var diffs []string
		for k, w := range want {
			v, there := got[k]
			if w == "<absent>" {
				if there {
					diffs = append(diffs, at+"/"+k+" should not be there")
				}
			} else if !there {
				diffs = append(diffs, at+"/"+k+" is missing")
			} else {
				diffs = append(diffs, compare(at+"/"+k, v, w, exact)...)
			}
		}
		if exact && len(got) != len(want) {
			diffs = append(diffs, fmt.Sprintf("%s has %d keys, want %d", at, len(got), len(want)))
		}
		return diffs
	case []any:
		got, ok := have.([]any)
		if !ok || len(got) != len(want) {
			return []string{fmt.Sprintf("%s is %v, want %d elements", at, have, len(want))}
		}
		var diffs []string
		for i := range want {
			diffs = append(diffs, compare(fmt.Sprintf("%s/%d", at, i), got[i], want[i], exact)...)
		}
		return diffs
	case string:
		s, _ := have.(string)
		switch want {
		case "<any>":
			return nil
		case "<time>":
			if _, err := time.Parse(stamp, s); err == nil {
				return nil
			}
		case "<key>":
			if keyForm.MatchString(s) {
				return nil
			}
		}
		if s == want {
			return nil
		}
	default:
		if have == want {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s is %v, want %v", at, have, want)}
}
