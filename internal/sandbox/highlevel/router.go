package highlevel

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/sandbox/kit"
)

// route is one operation: its documented path, its scope, and which class of token
// may call it. The rows are those of highlevel-operations.tsv; a scope that
// the specification leaves out there is the one the sheet recommends.
type route struct {
	method, path, scope string
	who                 who
	serve               func(*CRM, *call) (int, any, *apiError)
}

// who may call a route.
type who int

const (
	locationOnly who = iota // contacts and what hangs on them (section 3.6)
	both
	agencyOnly
	anybody // without a token and a Version: the token endpoint (section 3.2)
)

// call is one admitted request.
type call struct {
	*http.Request
	token Token
	body  map[string]any
}

type router struct {
	crm   *CRM
	mux   *http.ServeMux
	pages *pages
	doc   map[string]string // mux pattern → documented path
}

const maxBody = 4 << 20

func newRouter(c *CRM) *router {
	rt := &router{crm: c, mux: http.NewServeMux(), pages: newPages(c), doc: map[string]string{}}
	for _, one := range routes {
		pattern := one.method + " " + aside(trimSlash(one.path))
		rt.doc[pattern] = one.path
		rt.mux.Handle(pattern, rt.handler(&one))
	}
	rt.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if _, _, err := rt.limit(w, r); err != nil {
			rt.refuse(w, err)
			return
		}
		rt.refuse(w, fail(http.StatusNotFound, "Cannot "+r.Method+" "+r.RequestURI))
	})
	return rt
}

// AllScopes lists the scopes of all operations that the sandbox has.
func AllScopes() []string {
	var all []string
	for _, r := range routes {
		if r.scope != "" {
			all = append(all, r.scope)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ServeHTTP accepts every path with and without its trailing slash (section 1.9).
func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rt.isPage(r) {
		rt.pages.all.ServeHTTP(w, r)
		return
	}
	rt.mux.ServeHTTP(w, trimmed(r))
}

func (rt *router) isPage(r *http.Request) bool { return rt.pages.Path(r) != "" }

// pattern is what a request is counted under.
func (rt *router) pattern(r *http.Request) string {
	if page := rt.pages.Path(r); page != "" {
		return page
	}
	_, pattern := rt.mux.Handler(trimmed(r))
	if doc := rt.doc[pattern]; doc != "" {
		return doc
	}
	return "(unknown)"
}

func trimmed(r *http.Request) *http.Request {
	path := r.URL.Path
	if path != "/" {
		path = aside(trimSlash(path))
	}
	if path == r.URL.Path {
		return r
	}
	r2, u := *r, *r.URL
	u.Path, u.RawPath = path, ""
	r2.URL = &u
	return &r2
}

// aside puts apart the addresses whose second word is a word in one operation and an id in another: the word wins.
func aside(path string) string {
	if strings.HasPrefix(path, "/contacts/business/") || strings.HasPrefix(path, "/conversations/messages/") {
		return "/-" + path
	}
	return path
}

func trimSlash(path string) string { return strings.TrimRight(path, "/") }

func (rt *router) handler(one *route) http.HandlerFunc {
	c := rt.crm
	return func(w http.ResponseWriter, r *http.Request) {
		token, known, err := rt.limit(w, r)
		if err == nil && one.who != anybody {
			err = c.admit(r, one, token, known)
		}
		q := &call{Request: r, token: token}
		if err == nil {
			q.body, err = readBody(r)
		}
		if err == nil {
			if id := r.PathValue("locationId"); id != "" {
				err = c.inLocation(token, id)
			}
		}
		if err != nil {
			rt.refuse(w, err)
			return
		}
		status, answer, err := one.serve(c.agency.target(token, r), q)
		if err != nil {
			rt.refuse(w, err)
			return
		}
		kit.WriteJSON(w, status, answer)
	}
}

// limit counts the call and puts the headers of section 10 on its answer.
func (rt *router) limit(w http.ResponseWriter, r *http.Request) (Token, bool, *apiError) {
	c := rt.crm
	token, known, key := c.bearer(r)
	ok, left, _ := c.agency.burst.Take(key)
	dayOK := true
	if ok {
		dayOK, _, _ = c.agency.daily.Take(key)
	}
	h := w.Header()
	if burst := c.agency.burst.Limit(); burst.Max > 0 {
		h.Set("X-RateLimit-Max", strconv.Itoa(burst.Max))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
		h.Set("X-RateLimit-Interval-Milliseconds", strconv.FormatInt(burst.Window.Milliseconds(), 10))
	}
	if daily := c.agency.daily.Limit(); daily.Max > 0 {
		h.Set("X-RateLimit-Limit-Daily", strconv.Itoa(daily.Max))
		h.Set("X-RateLimit-Daily-Remaining", strconv.Itoa(c.agency.daily.Left(key)))
	}
	if !ok || !dayOK {
		return token, known, bare(http.StatusTooManyRequests, "Too Many Requests")
	}
	return token, known, nil
}

func (rt *router) refuse(w http.ResponseWriter, err *apiError) {
	kit.WriteJSON(w, err.status, err.body)
}

// readBody decodes a JSON object; no body is an empty object.
func readBody(r *http.Request) (map[string]any, *apiError) {
	body := map[string]any{}
	if r.Body == nil || r.Method == http.MethodGet {
		return body, nil
	}
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		return nil, fail(http.StatusRequestEntityTooLarge, "request entity too large")
	}
	if err != nil {
		return nil, badRequest("request aborted")
	}
	if strings.HasPrefix(r.URL.Path, "/oauth/") && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return readForm(string(raw))
	}
	// A body of another type is not parsed: the DTO then finds it empty (section 2 [U]).
	if len(raw) == 0 || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return body, nil
	}
	if err := json.Unmarshal(raw, &body); err != nil || body == nil {
		return nil, badRequest("Unexpected token in JSON")
	}
	return body, nil
}

// readForm takes the first value of each field.
func readForm(raw string) (map[string]any, *apiError) {
	form, err := url.ParseQuery(raw)
	if err != nil {
		return nil, badRequest("the form cannot be read")
	}
	body := map[string]any{}
	for name, values := range form {
		body[name] = values[0]
	}
	return body, nil
}

// ignore lets the fault ignore-field take one field out of a write, never one that
// the write cannot do without.
func (c *CRM) ignore(body map[string]any, keep ...string) {
	held := map[string]any{}
	for _, name := range append(keep, "locationId") {
		if v, present := body[name]; present {
			held[name] = v
			delete(body, name)
		}
	}
	c.o.Faults.DropField(body)
	for name, v := range held {
		body[name] = v
	}
}

// created answers a create, or with 422 although it happened when that fault strikes.
func (c *CRM) created(status int, answer any) (int, any, *apiError) {
	if c.o.Faults.Hit(kit.Created422) {
		return 0, nil, invalid("The request could not be processed")
	}
	return status, answer, nil
}
