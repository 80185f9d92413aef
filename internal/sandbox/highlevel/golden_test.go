package highlevel

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

	"couplet/internal/sandbox/kit"
)

// exchange is one request and what the fact sheet says about its answer. Texts may
// hold {{names}}: location, company, token, agency (a Company token), narrow (only
// contacts.readonly), user, client, secret and app of the marketplace app, code and
// code2 (consents for the location and for the agency), place2 (another location), and whatever an earlier exchange of the file saved out
// of its answer. In the answer an object may have more keys than are named, and
// <any>, <iso>, <id> and <absent> stand for values of that form.
type exchange struct {
	Section string `json:"section"`
	Says    string `json:"says"`
	Request struct {
		Method  string            `json:"method"`
		Path    string            `json:"path"`
		Token   string            `json:"token"`
		Headers map[string]string `json:"headers"` // "" takes a usual header away
		Body    any               `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body"`
	} `json:"response"`
	Save map[string]string `json:"save"` // name → dotted path into the answer
}

func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			replay(t, file)
		})
	}
}

func replay(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []exchange
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&list); err != nil {
		t.Fatal(err)
	}
	c := New(Options{Seed: 1, Rate: RealRate, Daily: RealDaily})
	t.Cleanup(c.Close)
	server := httptest.NewServer(c.Handler())
	t.Cleanup(server.Close)
	asked := &request{Asked: kit.Asked{Client: c.App().ClientID, Redirect: "https://app.example.com/back"}}
	known := map[string]string{
		"location": c.LocationID(), "company": c.location.CompanyID, "token": c.Token(), "user": c.users[0].ID,
		"agency": c.Issue(Token{Kind: Access, Class: CompanyClass, Scopes: AllScopes()}).Value,
		"client": c.App().ClientID, "secret": c.App().ClientSecret, "app": c.App().VersionID,
		"code":     c.agency.consent(asked, c.LocationID(), []string{read, write}),
		"code2":    c.agency.consent(asked, agencyAccount, []string{read, write, oauthRead, oauthWrite}),
		"place2":   c.Locations()[1].ID,
		"readonly": c.Issue(Token{Kind: Access, Class: CompanyClass, Scopes: []string{oauthRead}}).Value,
		"narrow":   c.Issue(Token{Kind: PIT, Class: LocationClass, Value: "pit-narrow", Scopes: []string{read}}).Value,
	}
	for i, x := range list {
		where := fmt.Sprintf("%d (section %s: %s)", i+1, x.Section, x.Says)
		if x.Section == "" || x.Says == "" {
			t.Fatalf("%s: names no section or rule", where)
		}
		status, header, got := ask(t, server.URL, x, known)
		if status != x.Response.Status {
			t.Fatalf("%s: status %d, want %d: %v", where, status, x.Response.Status, got)
		}
		for name, want := range x.Response.Headers {
			if v := header.Get(name); v != want {
				t.Errorf("%s: header %s is %q, want %q", where, name, v, want)
			}
		}
		if d := differs("body", fillIn(x.Response.Body, known), got); d != "" {
			t.Errorf("%s: %s", where, d)
		}
		for name, path := range x.Save {
			known[name] = fmt.Sprint(dig(got, path))
		}
	}
}

func ask(t *testing.T, base string, x exchange, known map[string]string) (int, http.Header, any) {
	t.Helper()
	var in io.Reader
	if x.Request.Body != nil {
		raw, err := json.Marshal(fillIn(x.Request.Body, known))
		if err != nil {
			t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	if x.Request.Headers["Content-Type"] == "application/x-www-form-urlencoded" {
		form := url.Values{}
		for name, v := range fillIn(x.Request.Body, known).(map[string]any) {
			form.Set(name, v.(string))
		}
		in = strings.NewReader(form.Encode())
	}
	path := fillIn(x.Request.Path, known).(string)
	req, err := http.NewRequestWithContext(t.Context(), x.Request.Method, base+path, in)
	if err != nil {
		t.Fatal(err)
	}
	token := x.Request.Token
	if token == "" {
		token = "{{token}}"
	}
	req.Header.Set("Authorization", "Bearer "+fillIn(token, known).(string))
	req.Header.Set("Version", "2021-07-28")
	req.Header.Set("Content-Type", "application/json")
	for name, v := range x.Request.Headers {
		if req.Header.Del(name); v != "" {
			req.Header.Set(name, v)
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatalf("%s %s: %v", x.Request.Method, path, err)
	}
	return res.StatusCode, res.Header, out
}

// fillIn replaces {{names}} in all texts.
func fillIn(v any, known map[string]string) any {
	switch v := v.(type) {
	case string:
		for name, value := range known {
			v = strings.ReplaceAll(v, "{{"+name+"}}", value)
		}
		return v
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = fillIn(v[i], known)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = fillIn(v[k], known)
		}
		return out
	}
	return v
}

var forms = map[string]*regexp.Regexp{
	"<any>": regexp.MustCompile(`.`),
	"<iso>": regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`),
	"<id>":  regexp.MustCompile(`^[A-Za-z0-9]{20}$`),
}

// differs tells where an answer is not what is wanted; "" when it is.
func differs(at string, want, got any) string {
	switch want := want.(type) {
	case nil:
		if got != nil && at != "body" { // a file may leave the body out
			return fmt.Sprintf("%s is %v, want null", at, got)
		}
		return ""
	case string:
		if form := forms[want]; form != nil && form.MatchString(fmt.Sprint(got)) && got != nil {
			return ""
		}
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is %v, want an object", at, got)
		}
		for k, v := range want {
			has, present := object[k]
			if v == "<absent>" {
				if present {
					return fmt.Sprintf("%s.%s is %v, want none", at, k, has)
				}
				continue
			}
			if !present {
				return fmt.Sprintf("%s.%s is missing in %v", at, k, object)
			}
			if d := differs(at+"."+k, v, has); d != "" {
				return d
			}
		}
		return ""
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Sprintf("%s is %v, want %v", at, got, want)
		}
		for i := range want {
			if d := differs(fmt.Sprintf("%s[%d]", at, i), want[i], list[i]); d != "" {
				return d
			}
		}
		return ""
	}
	if want != got {
		return fmt.Sprintf("%s is %v, want %v", at, got, want)
	}
	return ""
}

func dig(v any, path string) any {
	for _, part := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			v = x[part[0]-'0']
		}
	}
	return v
}
