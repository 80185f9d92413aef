package usercom

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

const root = "/api/public/"

// call is one request as a handler sees it.
type call struct {
	r       *http.Request
	d       dialect
	arg     string // the id, custom id or name in the path
	id      int64  // arg as a number, when it is one
	byID    bool   // the path names a contact or company by its client's id
	query   url.Values
	fields  map[string]any
	pattern string
}

// reply is a finished answer.
type reply struct {
	status int
	body   []byte
}

func refuse(p *Problem) reply { return reply{p.Status, encode(p.Body)} }

func answer(status int, v any) reply { return reply{status, encode(v)} }

var gone = reply{status: http.StatusNoContent}

// serve lets a request through in the order of the framework that section 5
// infers: address, version, key, limit, then the handler.
func (c *CRM) serve(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	if c.pages.Path(r) != "" {
		c.pages.all.ServeHTTP(w, r)
		return
	}
	if c.opts.ClientID != "" && strings.TrimSuffix(path, "/") == tokenPath {
		c.serveToken(w, r)
		return
	}
	if !strings.HasPrefix(path, root) {
		send(w, refuse(notFound()))
		return
	}
	if !strings.HasSuffix(path, "/") {
		redirect(w, r, path)
		return
	}
	d, ok := dialectOf(r.Header.Get("Accept"))
	if !ok {
		send(w, refuse(detail(http.StatusNotAcceptable, `Invalid version in "Accept" header.`)))
		return
	}
	if p := c.authorize(r); p != nil {
		if p.Status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Token")
		}
		send(w, refuse(p))
		return
	}
	// Per workspace, not per key: section 5 assumes so.
	if ok, _, after := c.limiter.Take("workspace"); !ok {
		throttle(w, after)
		return
	}
	send(w, c.run(r, d))
}

// redirect sends a path without its last slash to the one with it (section 1).
// Clients follow with GET, so that a careless DELETE deletes nothing.
func redirect(w http.ResponseWriter, r *http.Request, path string) {
	to := path + "/"
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusMovedPermanently)
}

// throttle answers as section 5 shows: the header in lower case, the exact words.
func throttle(w http.ResponseWriter, after time.Duration) {
	seconds := max(1, int(math.Ceil(after.Seconds())))
	unit := "second"
	if seconds > 1 {
		unit += "s"
	}
	w.Header()["retry-after"] = []string{strconv.Itoa(seconds)}
	send(w, refuse(detail(http.StatusTooManyRequests,
		fmt.Sprintf("Request was throttled. Expected available in %d %s.", seconds, unit))))
}

// run finds the handler and calls it under the workspace's lock.
func (c *CRM) run(r *http.Request, d dialect) reply {
	at := routeOf(r)
	methods, known := routes[at.pattern]
	if !known || c.hidden(at.pattern) {
		return refuse(notFound())
	}
	h, allowed := methods[r.Method]
	if !allowed || c.undocumented(r.Method, at.pattern) {
		return refuse(notAllowed(r.Method))
	}
	q := &call{r: r, d: d, arg: at.arg, id: at.id, byID: at.byID, query: r.URL.Query(), pattern: at.pattern}
	if r.Method == http.MethodGet {
		if q.query.Has("search") {
			c.sortRecent()
		}
		c.mu.RLock()
		defer c.mu.RUnlock()
		return h(c, q)
	}
	var bad *Problem
	if q.fields, bad = readBody(r); bad != nil {
		return refuse(bad)
	}
	defer c.sendCalls() // after the lock is released
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := h(c, q)
	if answer.status == http.StatusCreated && c.opts.Faults.Hit(kit.Created422) {
		return refuse(detail(http.StatusUnprocessableEntity, "Unprocessable entity."))
	}
	return answer
}

// drop takes a field out of a write when the fault ignore-field strikes; those
// without which the write would be refused are left alone.
func (c *CRM) drop(fields map[string]any, keep ...string) {
	kept := map[string]any{}
	for _, name := range keep {
		if v, ok := fields[name]; ok {
			kept[name] = v
			delete(fields, name)
		}
	}
	c.opts.Faults.DropField(fields)
	for name, v := range kept {
		fields[name] = v
	}
}

func send(w http.ResponseWriter, a reply) {
	if a.status == http.StatusNoContent {
		w.WriteHeader(a.status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Vary", "Accept")
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}
