package web

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"couplet/internal/store"
)

func init() { openapi3filter.RegisterBodyDecoder("text/markdown", openapi3filter.FileBodyDecoder) }

// program is a client of the API with a token. All that it is answered is held against the description.
type program struct {
	*bundle
	token string
}

// program gives a token of a role to a fresh member of a workspace.
func (b *bundle) program(workspace, role string) program {
	b.t.Helper()
	u, err := b.store.AddUser(b.t.Context(), workspace, strings.ToLower(role+"-of-"+workspace+"-"+rand.Text())+"@couplet.test", role, "no password")
	must(b.t, err)
	return b.programOf(u, role)
}

func (b *bundle) programOf(u store.User, role string) program {
	b.t.Helper()
	secret, _ := newSecret()
	secret = tokenPrefix + secret
	x, err := b.store.AddToken(b.t.Context(), u.Workspace, store.Token{Hash: hashOf(secret), Name: "robot", Role: role, By: u.ID})
	must(b.t, err)
	must(b.t, b.store.TouchToken(b.t.Context(), u.Workspace, x.ID)) // so that a request by which nothing changes leaves everything as it was
	return program{b, secret}
}

// described is the description, as strict as it can be: what it does not name may not be in an answer.
var described = sync.OnceValues(func() (*openapi3.T, error) {
	text, err := json.Marshal(describe((&Server{}).apiRoutes()))
	if err != nil {
		return nil, err
	}
	var doc object
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	for _, schema := range doc["components"].(object)["schemas"].(object) {
		schema.(object)["additionalProperties"] = false
	}
	if text, err = json.Marshal(doc); err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(text)
})

// ask sends a request as the description says it, and holds the answer against it.
func (p program) ask(r apiRoute, at, body string, header ...string) *http.Response {
	p.t.Helper()
	h := map[string]string{}
	if p.token != "" {
		h["Authorization"] = "Bearer " + p.token
	}
	if _, file := r.takes.(flowFile); file {
		h["Content-Type"] = "application/yaml"
	} else if body != "" {
		h["Content-Type"] = "application/json"
	}
	for i := 0; i+1 < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	res := p.do(r.method, apiPath+at, strings.NewReader(body), h)
	p.fits(r, apiPath+at, body, res)
	return res
}

// fits holds an answer against the description: its status, its type, and every word of it.
func (p program) fits(r apiRoute, at, body string, res *http.Response) {
	p.t.Helper()
	doc, err := described()
	must(p.t, err)
	u, err := url.Parse(p.url + at)
	must(p.t, err)
	item := doc.Paths.Value(r.template())
	if item == nil || item.GetOperation(r.method) == nil {
		p.t.Fatalf("%s %s is not described", r.method, r.template())
	}
	req, err := http.NewRequest(r.method, u.String(), strings.NewReader(body))
	must(p.t, err)
	req.Header = res.Request.Header
	in := &openapi3filter.RequestValidationInput{Request: req, QueryParams: u.Query(), PathParams: map[string]string{},
		Route:   &routers.Route{Spec: doc, Path: r.template(), PathItem: item, Method: r.method, Operation: item.GetOperation(r.method)},
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.EnableJSONSchema2020()}}}
	parts, names := strings.Split(u.EscapedPath(), "/"), strings.Split(r.template(), "/")
	for i, n := range names {
		if strings.HasPrefix(n, "{") && i < len(parts) {
			in.PathParams[strings.Trim(n, "{}")] = parts[i]
		}
	}
	if res.StatusCode < 400 {
		if err := openapi3filter.ValidateRequest(p.t.Context(), in); err != nil {
			p.t.Errorf("%s %s was taken and is not as described: %v", r.method, at, err)
		}
	}
	text, err := io.ReadAll(res.Body)
	must(p.t, err)
	res.Body = io.NopCloser(bytes.NewReader(text))
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Options: in.Options}
	out.SetBodyBytes(text)
	if err := openapi3filter.ValidateResponse(p.t.Context(), out); err != nil {
		p.t.Errorf("%s %s: the answer is not as described: %v\n%s", r.method, at, err, text)
	}
	if res.StatusCode >= 400 {
		problemIn(p.t, res)
	}
}

// problemIn is the problem of a refusal, which says all that it should.
func problemIn(t testing.TB, res *http.Response) (d ProblemDoc) {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	res.Body = io.NopCloser(bytes.NewReader(text))
	if err := json.Unmarshal(text, &d); err != nil || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%s %s: %s is no problem: %s", res.Request.Method, res.Request.URL.Path, res.Header.Get("Content-Type"), text)
	}
	if d.Type == "" || d.Title == "" || d.Detail == "" || d.Fix == "" && res.StatusCode != http.StatusConflict || d.Status != res.StatusCode || d.Request != res.Header.Get("X-Request-Id") {
		t.Errorf("%s %s: the problem does not say all: %s", res.Request.Method, res.Request.URL.Path, text)
	}
	return d
}

// named is the line of the list with a name.
func (b *bundle) named(name string) apiRoute {
	b.t.Helper()
	for _, r := range b.apiRoutes() {
		if r.name == name {
			return r
		}
	}
	b.t.Fatalf("there is no route %s", name)
	return apiRoute{}
}

// jsonOf reads the JSON of an answer.
func jsonOf[T any](t testing.TB, res *http.Response) (v T) {
	t.Helper()
	if res.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", res.Request.Method, res.Request.URL, res.StatusCode, textOf(res))
	}
	must(t, json.NewDecoder(res.Body).Decode(&v))
	return v
}
