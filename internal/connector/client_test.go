package connector_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
)

// client makes a client of the system that does not exist, over a transport.
func client(t *testing.T, transport http.RoundTripper, change func(*connector.Account)) *connector.Client {
	t.Helper()
	acc := connector.Account{
		Params: map[string]string{"shop": "books"}, HTTP: &http.Client{Transport: transport}, Budget: &connectortest.Budget{},
		Token: func(context.Context) (string, error) { return "ak-1", nil },
	}
	if change != nil {
		change(&acc)
	}
	c, err := connector.NewClient(acme(t), acc)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tap(fates ...connectortest.Fate) *connectortest.Tap {
	t := &connectortest.Tap{}
	t.Plan(fates...)
	return t
}

var (
	read   = connector.Request{Method: http.MethodGet, Path: "/x", Scope: "x.read"}
	update = connector.Request{Method: http.MethodPut, Path: "/x", Write: true, Body: map[string]any{"a": 1}}
	create = connector.Request{Method: http.MethodPost, Path: "/x", Write: true, Create: true}
)

func do(t *testing.T, c *connector.Client, call connector.Request) *connector.Error {
	t.Helper()
	_, err := c.Do(t.Context(), call)
	if err == nil {
		t.Fatal("no error")
	}
	e, ok := connector.AsError(err)
	if !ok {
		t.Fatalf("%T is no *Error", err)
	}
	return e
}

func TestErrorTableDecides(t *testing.T) {
	t.Parallel()
	cases := []struct {
		call    connector.Request
		status  int
		body    string
		kind    connector.Kind
		message string
		fields  []string
		id      string
	}{
		{read, 401, `{"message":"the key Lacks Scope"}`, connector.Forbidden, "Acme wants x.read at books.acme.example.", nil, ""},
		{read, 401, `{"message":"else"}`, connector.Unauthorized, "does not accept the key", nil, ""},
		{create, 400, `{"message":"Already There","meta":{"id":77}}`, connector.Duplicate, "There is one.", nil, "77"},
		{update, 422, `{"message":["property a is bad","property b is sad","x"]}`, connector.Invalid, "a, b: is bad (422).", []string{"a", "b"}, ""},
		{create, 422, `{"message":["property a is bad"]}`, connector.Unknown, "a: is bad (422).", []string{"a"}, ""},
		{update, 400, `{"email":["Enter one."],"city":["x","y"]}`, connector.Invalid, "Acme refused city, email.", []string{"city", "email"}, ""},
		{update, 400, `{"errors":{"email":["Enter one."]}}`, connector.Invalid, "Acme refused email.", []string{"email"}, ""},
		{update, 400, `{"detail":"JSON parse error"}`, connector.Invalid, "refused the values", nil, ""},
		{create, 404, `{"detail":"Not found."}`, connector.Config, "no Acme API at books.acme.example", nil, ""},
		{read, 404, `<html>`, connector.NotFound, "does not have this record", nil, ""},
		{read, 410, ``, connector.NotFound, "", nil, ""},
		{update, 408, ``, connector.Unknown, "may or may not", nil, ""},
		{read, 503, `[]`, connector.Temporary, "", nil, ""},
		{read, 405, `{"error":{"message":"no"}}`, connector.Invalid, "", nil, ""},
		{read, 304, ``, connector.Config, "another address", nil, ""},
	}
	for _, c := range cases {
		e := do(t, client(t, tap(connectortest.Answer(c.status, c.body)), nil), c.call)
		if e.Kind != c.kind || e.Status != c.status || !strings.Contains(e.Message, c.message) || !slices.Equal(e.Fields, c.fields) || e.Existing != c.id {
			t.Errorf("%s %d %s: %+v", c.call.Method, c.status, c.body, e)
		}
	}
}

func TestNetworkFailuresAreToldApart(t *testing.T) {
	t.Parallel()
	dial := func(err error) *http.Transport {
		return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
	}
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("private address refused")}
	timeout := &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
	cases := []struct {
		name string
		err  error
		kind connector.Kind
	}{
		{"no such host", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}, connector.Config},
		{"name server is down", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}, connector.Temporary},
		{"the guard refuses", refused, connector.Config},
		{"the guard has its own words", &connector.Error{Kind: connector.Forbidden, Message: "x"}, connector.Forbidden},
		{"nobody answers the dial", timeout, connector.Temporary},
	}
	for _, c := range cases {
		for _, call := range []connector.Request{read, update, create} {
			if e := do(t, client(t, dial(c.err), nil), call); e.Kind != c.kind || e.Message == "" {
				t.Errorf("%s, %s: %+v", c.name, call.Method, e)
			}
		}
	}
	server := httptest.NewTLSServer(http.NotFoundHandler())
	server.Config.ErrorLog = nil
	defer server.Close()
	stranger := client(t, &http.Transport{}, func(a *connector.Account) { a.BaseURL = server.URL })
	if e := do(t, stranger, update); e.Kind != connector.Config || !strings.Contains(e.Message, "certificate") {
		t.Errorf("an unknown certificate: %+v", e)
	}
}

// The two sides of a run are read at once, and the failure of one ends the call of the other: it is not the other's.
func TestACallThatIsStoppedDoesNotTakeTheBlame(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancelCause(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		stop(&connector.Error{Kind: connector.Forbidden, Message: "x"})
		<-r.Context().Done()
	}))
	defer server.Close()
	c := client(t, &http.Transport{}, func(a *connector.Account) { a.BaseURL = server.URL })
	_, err := c.Do(ctx, read)
	if e, ok := connector.AsError(err); !ok || e.Kind != connector.Temporary || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestAnswersThatCannotBeReadLeaveWritesUnknown(t *testing.T) {
	t.Parallel()
	var out map[string]any
	for _, fate := range []connectortest.Fate{
		connectortest.Answer(200, "<html>"), connectortest.Answer(200, ""), connectortest.Answer(200, `{"a":`), endless,
	} {
		for kind, call := range map[connector.Kind]connector.Request{connector.Temporary: read, connector.Unknown: update} {
			call.Out = &out
			if e := do(t, client(t, tap(fate), nil), call); e.Kind != kind {
				t.Errorf("%s: %+v", call.Method, e)
			}
		}
	}
	if _, err := client(t, tap(connectortest.Answer(204, "")), nil).Do(t.Context(), update); err != nil {
		t.Error(err)
	}
}

// endless answers more than anybody should read.
func endless(req *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
	body := io.NopCloser(io.LimitReader(zeros{}, 1<<30))
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, Request: req}, nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestRenewedKeyIsTriedOnce(t *testing.T) {
	t.Parallel()
	keys, asked := []string{"ak-1", "ak-2"}, 0
	no := connectortest.Answer(401, "{}")
	var sent []string
	record := func(req *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		sent = append(sent, req.Header.Get("Authorization"))
		return no(req, nil)
	}
	c := client(t, tap(record, record, record), func(a *connector.Account) {
		a.Token = func(context.Context) (string, error) { asked++; return keys[min(asked-1, 1)], nil }
	})
	if e := do(t, c, create); e.Kind != connector.Unauthorized || strings.Join(sent, ",") != "Bearer ak-1,Bearer ak-2" {
		t.Errorf("%+v after %v", e, sent)
	}
}

func TestACallThatChangesSomethingAsksRightBeforeItLeaves(t *testing.T) {
	t.Parallel()
	no := errors.New("not any more")
	var budget connectortest.Budget
	wire := tap(connectortest.Answer(200, "{}"))
	c := client(t, wire, func(a *connector.Account) { a.Budget = &budget })
	ctx := connector.WithAsk(t.Context(), func(context.Context) error {
		if starts, ends := budget.Calls(); starts != len(ends)+1 {
			t.Error("it is asked before its turn came")
		}
		return no
	})
	for i, call := range []connector.Request{create, update} {
		if _, err := c.Do(ctx, call); !errors.Is(err, no) || connector.KindOf(err) != connector.Temporary || wire.Sent() != 0 {
			t.Errorf("%v, %d calls left", err, wire.Sent())
		}
		if starts, ends := budget.Calls(); starts != i+1 || len(ends) != i+1 {
			t.Errorf("its turn was not given back: %d begun, %v ended", starts, ends)
		}
	}
	if _, err := c.Do(ctx, read); err != nil { // needs no leave
		t.Error(err)
	}
	if n := wire.Sent(); n != 1 {
		t.Errorf("%d calls left", n)
	}
}

func TestWaitIsReadFromTheAnswer(t *testing.T) {
	t.Parallel()
	cases := []struct {
		headers []string
		want    time.Duration
		tries   int
	}{
		{[]string{"Retry-After", "2.5"}, 2500 * time.Millisecond, 6},
		{[]string{"Retry-After", "Mon, 23 Nov 2026 10:00:30 GMT", "Date", "Mon, 23 Nov 2026 10:00:00 GMT"}, 30 * time.Second, 6},
		{[]string{"X-Window", "4000"}, 4 * time.Second, 6},
		{nil, time.Second, 6},
		{[]string{"X-Left", "0", "X-Reset", "60000"}, time.Minute, 1},
		{[]string{"X-Left", "0", "X-Reset", "1795428000000", "Date", "Mon, 23 Nov 2026 09:00:00 GMT"}, time.Hour, 1},
		{[]string{"X-Left", "0"}, time.Hour, 1},
	}
	for _, c := range cases {
		tap := &connectortest.Tap{}
		tap.Always(connectortest.Answer(429, "", c.headers...))
		e := do(t, client(t, tap, nil), read)
		if e.Kind != connector.RateLimited || e.After != c.want || tap.Sent() != c.tries {
			t.Errorf("%v: wait %v after %d tries", c.headers, e.After, tap.Sent())
		}
	}
}

func TestAccountMustBeWhole(t *testing.T) {
	t.Parallel()
	token := func(context.Context) (string, error) { return "ak-1", nil }
	for name, acc := range map[string]connector.Account{
		"no client":      {Params: map[string]string{"shop": "books"}, Token: token},
		"no key":         {Params: map[string]string{"shop": "books"}, HTTP: http.DefaultClient},
		"no param":       {HTTP: http.DefaultClient, Token: token},
		"a wrong param":  {Params: map[string]string{"shop": "books.evil.example/"}, HTTP: http.DefaultClient, Token: token},
		"a wrong scheme": {Params: map[string]string{"shop": "books"}, BaseURL: "ftp://x", HTTP: http.DefaultClient, Token: token},
	} {
		if _, err := connector.NewClient(acme(t), acc); connector.KindOf(err) != connector.Config {
			t.Errorf("%s: %v", name, err)
		}
	}
	failing := client(t, tap(), func(a *connector.Account) {
		a.Token = func(context.Context) (string, error) { return "", errors.New("sealed") }
	})
	if e := do(t, failing, read); e.Kind != connector.Temporary {
		t.Error(e)
	}
}
