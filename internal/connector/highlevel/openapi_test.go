package highlevel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"couplet/internal/connector/connectortest"
)

// exceptions are faults of the vendor's document, each with its reason. One that no request needs any more fails the
// test, so that the list does not outlive its causes.
var exceptions = []struct {
	reason string
	// matches sees the place in the body that is complained of, and what stands there.
	matches func(path string, value any) bool
}{
	{"dateOfBirth is typed object; real values are texts (README of the stored documents)",
		func(path string, value any) bool { _, ok := value.(string); return path == "dateOfBirth" && ok }},
	{"no custom field type takes a number or null, although NUMERICAL wants numbers (4.3) and null clears (4.3)",
		func(path string, value any) bool {
			if item, ok := value.(map[string]any); ok {
				value = item["field_value"]
			}
			_, number := value.(json.Number)
			return strings.HasPrefix(path, "customFields") && (number || value == nil)
		}},
}

// TestRequestsMatchTheVendorsDocument runs every check of connectortest and holds each request that the connector sends
// against the vendor's OpenAPI documents.
func TestRequestsMatchTheVendorsDocument(t *testing.T) {
	t.Parallel()
	judge := newJudge(t, "contacts", "locations", "users", "businesses")
	t.Run("staff", func(t *testing.T) { staffByEmail(t, subject(t, judge.over(http.DefaultTransport))) })
	t.Run("companies of contacts", func(t *testing.T) { belongs(t, subject(t, judge.over(http.DefaultTransport))) })
	t.Run("every field", func(t *testing.T) { everyField(t, subject(t, judge.over(http.DefaultTransport))) })
	t.Run("checks", func(t *testing.T) {
		connectortest.Run(t, func(t *testing.T) connectortest.Subject {
			transport := &http.Transport{MaxIdleConnsPerHost: 16}
			t.Cleanup(transport.CloseIdleConnections)
			return subject(t, judge.over(transport))
		})
	})
	judge.report(t)
}

// judge holds requests against documents.
type judge struct {
	docs []*openapi3.T

	mu       sync.Mutex
	seen     map[string]int
	excused  []int
	findings map[string]bool
}

func newJudge(t *testing.T, services ...string) *judge {
	t.Helper()
	j := &judge{seen: map[string]int{}, excused: make([]int, len(exceptions)), findings: map[string]bool{}}
	for _, name := range services {
		path := filepath.Join(apis(), "highlevel", "apps", name+".json")
		if _, err := os.Stat(path); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("the vendor's document is missing: %v", err)
			}
			t.Skipf("NOT CHECKED against the vendor's document, which is missing: %v (set COUPLET_APIS)", err)
		}
		loader := openapi3.NewLoader()
		loader.IsExternalRefsAllowed = true
		doc, err := loader.LoadFromDataWithPath(stripped(t, path, func(string) bool { return true }), &url.URL{Path: filepath.ToSlash(path)})
		if err != nil {
			t.Fatal(err)
		}
		j.docs = append(j.docs, doc)
	}
	return j
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func (j *judge) over(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		var body []byte
		if req.Body != nil {
			body, _ = io.ReadAll(req.Body)
			req.Body = io.NopCloser(bytes.NewReader(body))
		}
		j.look(req, body)
		return next.RoundTrip(req)
	})
}

// look validates one request: path, query, headers and body.
func (j *judge) look(req *http.Request, body []byte) {
	route, params := j.route(req)
	j.mu.Lock()
	defer j.mu.Unlock()
	if route == nil {
		j.findings[fmt.Sprintf("%s %s is in no document", req.Method, req.URL.Path)] = true
		return
	}
	what := req.Method + " " + route.Path
	j.seen[what]++
	for name := range req.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			j.findings[what+" has no query parameter "+name] = true
		}
	}
	clone := req.Clone(context.Background())
	clone.Body = io.NopCloser(bytes.NewReader(body))
	err := openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
		Request: clone, PathParams: params, Route: route,
		Options: &openapi3filter.Options{MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
	for _, finding := range leaves(err) {
		var schema *openapi3.SchemaError
		path, value := "", any(nil)
		if errors.As(finding, &schema) {
			path, value = strings.Join(schema.JSONPointer(), "."), schema.Value
		}
		excused := false
		for i, exception := range exceptions {
			if path != "" && exception.matches(path, value) {
				excused = true
				j.excused[i]++
			}
		}
		if !excused {
			j.findings[fmt.Sprintf("%s at %q: %v (sent %s)", what, path, finding, body)] = true
		}
	}
	var sent map[string]any
	if json.Unmarshal(body, &sent) == nil && !strings.HasSuffix(route.Path, "/search") && route.Operation.RequestBody != nil {
		schema := route.Operation.RequestBody.Value.Content["application/json"].Schema.Value
		for name := range sent {
			if schema.Properties[name] == nil {
				j.findings[what+" has no body property "+name] = true
			}
		}
	}
}

// leaves takes joined errors apart.
func leaves(err error) []error {
	var many openapi3.MultiError
	if err == nil {
		return nil
	}
	if !errors.As(err, &many) {
		return []error{err}
	}
	var out []error
	for _, one := range many {
		out = append(out, leaves(one)...)
	}
	return out
}

var variable = regexp.MustCompile(`\{(\w+)\}`)

var patterns sync.Map // a path of the documents → its expression

func patternOf(path string) *regexp.Regexp {
	if held, ok := patterns.Load(path); ok {
		return held.(*regexp.Regexp)
	}
	made := regexp.MustCompile("^" + variable.ReplaceAllString(path, `([^/]+)`) + "$")
	patterns.Store(path, made)
	return made
}

// route finds the operation of a request; a path with fewer variables goes before one with more.
func (j *judge) route(req *http.Request) (*routers.Route, map[string]string) {
	var best *routers.Route
	var params map[string]string
	for _, doc := range j.docs {
		for path, item := range doc.Paths.Map() {
			m := patternOf(path).FindStringSubmatch(req.URL.Path)
			operation := item.GetOperation(req.Method)
			if m == nil || operation == nil || best != nil && len(m) > len(params) {
				continue
			}
			best, params = &routers.Route{Spec: doc, Path: path, PathItem: item, Method: req.Method, Operation: operation}, map[string]string{}
			for i, name := range variable.FindAllStringSubmatch(path, -1) {
				params[name[1]] = m[i+1]
			}
		}
	}
	return best, params
}

func (j *judge) report(t *testing.T) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for finding := range j.findings {
		t.Error(finding)
	}
	for i, n := range j.excused {
		if n == 0 {
			t.Errorf("no request needs this exception any more: %s", exceptions[i].reason)
		}
	}
	want := []string{
		"POST /contacts/", "GET /contacts/", "GET /contacts/{contactId}", "PUT /contacts/{contactId}", "DELETE /contacts/{contactId}",
		"POST /contacts/search", "GET /contacts/search/duplicate", "POST /contacts/{contactId}/tags", "DELETE /contacts/{contactId}/tags",
		"GET /contacts/{contactId}/tasks", "POST /contacts/{contactId}/tasks", "GET /contacts/{contactId}/tasks/{taskId}",
		"PUT /contacts/{contactId}/tasks/{taskId}", "PUT /contacts/{contactId}/tasks/{taskId}/completed", "DELETE /contacts/{contactId}/tasks/{taskId}",
		"POST /locations/{locationId}/tasks/search", "GET /users/",
		"GET /contacts/{contactId}/notes", "POST /contacts/{contactId}/notes", "GET /contacts/{contactId}/notes/{id}",
		"PUT /contacts/{contactId}/notes/{id}", "DELETE /contacts/{contactId}/notes/{id}",
		"GET /businesses/", "POST /businesses/", "GET /businesses/{businessId}", "PUT /businesses/{businessId}", "DELETE /businesses/{businessId}",
		"POST /contacts/bulk/business",
		"GET /locations/{locationId}", "GET /locations/{locationId}/customFields", "POST /locations/{locationId}/customFields",
	}
	for _, what := range want {
		if j.seen[what] == 0 {
			t.Errorf("no check has sent %s", what)
		}
	}
}
