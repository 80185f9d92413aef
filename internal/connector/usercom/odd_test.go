package usercom_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/usercom"
	"couplet/internal/sandbox/kit"
	pretend "couplet/internal/sandbox/usercom"
)

func key(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return token, nil }
}

// serve makes a connector to a handler.
func serve(t *testing.T, handler http.Handler, token string) *usercom.Connector {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	conn, err := usercom.New(connector.Account{
		BaseURL: server.URL + "/api/public/", Params: map[string]string{"subdomain": "acme"}, HTTP: server.Client(),
		Budget: &connectortest.Budget{}, Token: key(token),
	})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// pretendConn makes a connector to a pretend workspace whose oddities are set.
func pretendConn(t *testing.T, o pretend.Options) (*usercom.Connector, *pretend.CRM) {
	t.Helper()
	crm := pretend.New(o)
	return serve(t, crm.Handler(), crm.Token()), crm
}

// Section 3: numbers in, words out.
func TestEveryStandardFieldGoesThereAndBack(t *testing.T) {
	t.Parallel()
	for _, echo := range []bool{false, true} {
		conn, crm := pretendConn(t, pretend.Options{EchoNames: echo})
		crm.Add(kit.Person{First: "Anna", Last: "Nowak", Email: "anna@example.com"})
		fields, err := conn.Describe(t.Context(), "contact")
		if err != nil {
			t.Fatal(err)
		}
		if f, _ := connector.FieldNamed(fields, "first_name"); f.Read != echo || f.MaxLen != 40 {
			t.Errorf("first_name is described as %+v", f)
		}
		one := connector.Fields{
			"first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone_number": "910 000", "status": "user",
			"gender": "female", "city": "Porto", "region": "Norte", "country": "PT", "timezone": "Europe/Lisbon", "score": 12.0,
			"unsubscribed": true, "assigned_to": "926", "custom_id": "hl_1",
		}
		rec, err := conn.Create(t.Context(), "contact", "", one)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Fields["name"] != "Ana Silva" {
			t.Errorf("the name is %v", rec.Fields["name"])
		}
		for name, v := range one {
			got, shown := rec.Fields[name]
			written := name == "first_name" || name == "last_name"
			if shown != (!written || echo) || shown && got != v {
				t.Errorf("%s is %#v (shown: %v), want %#v", name, got, shown, v)
			}
		}
		rec, err = conn.Update(t.Context(), rec.Ref, connector.Fields{
			"gender": nil, "status": "visitor", "city": nil, "assigned_to": nil, "custom_id": nil, "last_name": nil,
		})
		if err != nil || rec.Fields["gender"] != "unknown" || rec.Fields["status"] != "visitor" || rec.Fields["city"] != nil ||
			rec.Fields["assigned_to"] != nil || rec.Fields["custom_id"] != nil || rec.Fields["name"] != "Ana" {
			t.Error(rec.Fields, err)
		}
		if _, err = conn.Update(t.Context(), rec.Ref, connector.Fields{"gender": "robot"}); connector.KindOf(err) != connector.Invalid {
			t.Error(err)
		}
	}
}

// Section 1: the API Shield.
func TestKeyMustReadAndWrite(t *testing.T) {
	t.Parallel()
	for _, tagged := range []bool{false, true} {
		crm := pretend.New(pretend.Options{})
		if tagged {
			crm.Add(kit.Person{Email: "a@example.com", Tags: []string{"vip"}})
		}
		reader, writer := strings.Repeat("r", 64), strings.Repeat("w", 64)
		crm.AddToken(pretend.Token{Value: reader, Scope: pretend.ScopeRead})
		crm.AddToken(pretend.Token{Value: writer, Scope: pretend.ScopeWrite})
		if _, err := serve(t, crm.Handler(), reader).Check(t.Context(), false); err != nil {
			t.Error(err)
		}
		for _, token := range []string{reader, writer} {
			_, err := serve(t, crm.Handler(), token).Check(t.Context(), true)
			if connector.KindOf(err) != connector.Forbidden || !strings.Contains(err.Error(), "API Shield") {
				t.Errorf("%s: %v", token[:1], err)
			}
		}
		if _, err := serve(t, crm.Handler(), crm.Token()).Check(t.Context(), true); err != nil {
			t.Error(err)
		}
	}
	if _, err := (&script{}).conn(t).Check(t.Context(), false); connector.KindOf(err) != connector.Config {
		t.Error("a host without the API:", err)
	}
	page := &script{answers: map[string]string{"GET /tags/": "<html>Welcome</html>"}}
	if _, err := page.conn(t).Check(t.Context(), false); connector.KindOf(err) != connector.Config {
		t.Error("a host with a page instead:", err)
	}
}

// Section 1: people paste what they have.
func TestWorkspaceIsFound(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"acme": "acme.user.com", " Acme ": "acme.user.com", "acme.user.com": "acme.user.com", "https://acme.user.com/login/": "acme.user.com",
		"crm.acme.example": "crm.acme.example", "https://crm.acme.example/": "crm.acme.example",
		"": "", "a b": "", "-": "", "evil.example/x?": "evil.example",
	} {
		var seen *url.URL
		conn, err := usercom.New(connector.Account{
			Params: map[string]string{"subdomain": given}, Token: key(strings.Repeat("k", 64)),
			HTTP: &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
				seen = req.URL
				return connectortest.Answer(200, `{"results":[]}`)(req, nil)
			})},
		})
		if want == "" {
			if connector.KindOf(err) != connector.Config {
				t.Errorf("%q: %v", given, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", given, err)
			continue
		}
		if _, err := conn.Check(t.Context(), false); err != nil || seen.Scheme != "https" || seen.Host != want || seen.Path != "/api/public/tags/" {
			t.Errorf("%q leads to %v: %v", given, seen, err)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// Section 1: what lacks the last slash is lost.
func TestEveryPathEndsInASlash(t *testing.T) {
	t.Parallel()
	conn, _ := pretendConn(t, pretend.Options{})
	rec, err := conn.Create(t.Context(), "contact", "", connector.Fields{"email": "a@example.com", "tags": []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []func() error{
		func() error { _, err := conn.Describe(t.Context(), "contact"); return err },
		func() error {
			_, err := conn.EnsureField(t.Context(), "contact", connector.Field{Label: "Plan", Type: connector.Set, Options: []string{"a", "b"}})
			return err
		},
		func() error {
			_, err := conn.Find(t.Context(), "contact", "", connector.Fields{"custom_id": "zz"})
			return err
		},
		func() error {
			rec, err := conn.Update(t.Context(), rec.Ref, connector.Fields{"plan": connector.Delta{Add: []string{"a", "b"}}})
			if got := fmt.Sprint(rec.Fields["plan"]); err == nil && got != "[a b]" {
				err = fmt.Errorf("plan is %s", got)
			}
			return err
		},
		func() error {
			rec, err := conn.Update(t.Context(), rec.Ref, connector.Fields{
				"plan": connector.Delta{Remove: []string{"a"}}, "tags": connector.Delta{Remove: []string{"x"}},
			})
			if got := fmt.Sprint(rec.Fields["plan"], rec.Fields["tags"]); err == nil && got != "[b] <nil>" {
				err = fmt.Errorf("plan and tags are %s", got)
			}
			return err
		},
		func() error {
			_, err := conn.List(t.Context(), connector.ListRequest{Object: "contact", Since: time.Unix(1, 0)})
			return err
		},
		func() error { return conn.Delete(t.Context(), rec.Ref) },
	} {
		if err := step(); err != nil {
			t.Error(err)
		}
	}
	if _, err := conn.EnsureField(t.Context(), "contact", connector.Field{Label: strings.Repeat("x", 33)}); connector.KindOf(err) != connector.Invalid {
		t.Error(err)
	}
}
