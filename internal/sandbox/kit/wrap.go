package kit

import (
	"net/http"
	"strings"
	"time"
)

// Options of Wrap. Nil parts are left out.
type Options struct {
	Clock    *Clock // of the handler, and of the Date header; Wrap itself waits in real time
	Faults   *Faults
	Counters *Counters
	Latency  time.Duration              // real time added before every answer
	Route    func(*http.Request) string // the pattern a call is counted under; its path when nil
	System   string                     // the name under which single faults are armed
	Page     func(*http.Request) bool   // calls of a person's browser, which meet neither latency nor faults; none when nil
}

// Wrap puts latency, the faults before, after and timeout, and the counters
// around a handler. A fault that strikes after the effect runs the handler with
// its answer thrown away, so nothing is buffered in the usual case. Headers that
// the handler set, such as rate limits, survive on a replaced answer. A fault that
// was armed for one call goes before those that strike at a rate.
func Wrap(h http.Handler, o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		if o.Clock != nil { // a system tells its own time
			w.Header().Set("Date", o.Clock.Now().UTC().Format(http.TimeFormat))
		}
		if o.Counters != nil {
			o.Counters.begin()
			route := r.URL.Path
			if o.Route != nil {
				route = o.Route(r)
			}
			defer func() { o.Counters.end(r.Method, route, rec.status) }()
		}
		if o.Page != nil && o.Page(r) {
			h.ServeHTTP(rec, r)
			return
		}
		if o.Latency > 0 {
			wait := time.NewTimer(o.Latency)
			defer wait.Stop()
			select {
			case <-wait.C:
			case <-r.Context().Done():
				return
			}
		}
		if o.Faults == nil {
			h.ServeHTTP(rec, r)
			return
		}
		write, armed := isWrite(r), o.Faults.strike(o.System, r)
		switch {
		case armed == Before || armed == "" && o.Faults.Hit(Before):
			WriteJSON(rec, http.StatusServiceUnavailable, map[string]any{"statusCode": 503, "message": "Service Unavailable"})
		case armed == After || armed == "" && write && o.Faults.Hit(After):
			h.ServeHTTP(&discard{header: rec.Header()}, r)
			WriteJSON(rec, http.StatusInternalServerError, map[string]any{"statusCode": 500, "message": "Internal Server Error"})
		case armed == Timeout || armed == "" && write && o.Faults.Hit(Timeout):
			h.ServeHTTP(&discard{header: http.Header{}}, r)
			panic(http.ErrAbortHandler) // net/http closes the connection and logs nothing
		default:
			h.ServeHTTP(rec, r)
		}
	})
}

// isWrite says whether a call may change something. A POST to …/search reads.
func isWrite(r *http.Request) bool {
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return !strings.HasSuffix(strings.TrimSuffix(r.URL.Path, "/"), "/search")
	}
	return false
}

// recorder remembers the status that went out.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// discard throws a handler's answer away and keeps its headers.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
