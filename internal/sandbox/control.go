package sandbox

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// control serves /_sandbox/… on its own listener, never on a CRM's (cli.md), and
// beside it the page with both CRMs (page.go).
func (s *Sandbox) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sandbox/state", func(w http.ResponseWriter, _ *http.Request) {
		kit.WriteJSON(w, http.StatusOK, map[string]any{"highlevel": s.HighLevel.State(), "usercom": s.UserCom.State()})
	})
	mux.HandleFunc("GET /_sandbox/counters", func(w http.ResponseWriter, _ *http.Request) {
		out := map[string]any{"now": s.Clock.Now(), "webhooks_pending": s.hooks[0].Pending() + s.hooks[1].Pending()}
		for name, counters := range s.counters {
			out[name] = counters.Snapshot()
		}
		kit.WriteJSON(w, http.StatusOK, out)
	})
	mux.HandleFunc("POST /_sandbox/faults", s.setFaults)
	mux.HandleFunc("POST /_sandbox/clock", s.moveClock)
	s.settings(mux)
	mux.HandleFunc("POST /_sandbox/highlevel/merge", s.merge)
	mux.HandleFunc("GET /_sandbox/usercom/settings", func(w http.ResponseWriter, _ *http.Request) {
		kit.WriteJSON(w, http.StatusOK, s.UserComSettings())
	})
	mux.HandleFunc("POST /_sandbox/usercom/merge", s.mergeUsers)
	mux.HandleFunc("POST /_sandbox/usercom/nightly-merge", func(w http.ResponseWriter, _ *http.Request) {
		kit.WriteJSON(w, http.StatusOK, map[string]any{"merged": s.UserCom.Dedup()})
	})
	mux.HandleFunc("POST /_sandbox/{system}/{object}", s.edit(http.StatusCreated, func(c crm, r *http.Request, f map[string]any) (any, error) {
		return c.Create(r.PathValue("object"), f)
	}))
	mux.HandleFunc("GET /_sandbox/{system}/{object}/{id}", s.edit(http.StatusOK, func(c crm, r *http.Request, _ map[string]any) (any, error) {
		return c.Get(r.PathValue("object"), r.PathValue("id"))
	}))
	mux.HandleFunc("PUT /_sandbox/{system}/{object}/{id}", s.edit(http.StatusOK, func(c crm, r *http.Request, f map[string]any) (any, error) {
		return c.Update(r.PathValue("object"), r.PathValue("id"), f)
	}))
	mux.HandleFunc("DELETE /_sandbox/{system}/{object}/{id}", s.edit(http.StatusOK, func(c crm, r *http.Request, _ map[string]any) (any, error) {
		return map[string]any{"deleted": r.PathValue("id")}, c.Delete(r.PathValue("object"), r.PathValue("id"))
	}))
	guarded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := []byte(r.Header.Get("X-Sandbox-Key"))
		if subtle.ConstantTimeCompare(given, []byte(s.info.Control.Key)) != 1 {
			complain(w, http.StatusUnauthorized, errors.New("X-Sandbox-Key is missing or wrong"))
			return
		}
		mux.ServeHTTP(w, r)
	})
	pages, pageOf := s.pages()
	all := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
			guarded.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
	return kit.Wrap(all, kit.Options{Counters: s.counters["control"], Route: func(r *http.Request) string {
		if _, pattern := mux.Handler(r); pattern != "" {
			return pattern
		}
		return pageOf(r)
	}})
}

func complain(w http.ResponseWriter, status int, err error) {
	kit.WriteJSON(w, status, map[string]any{"error": err.Error()})
}

// edit runs one change as a user of that CRM would make it.
func (s *Sandbox) edit(status int, do func(crm, *http.Request, map[string]any) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		side, err := s.side(r)
		if err != nil {
			complain(w, http.StatusNotFound, err)
			return
		}
		fields := map[string]any{}
		if r.Method == http.MethodPost || r.Method == http.MethodPut {
			if !decode(w, r, &fields) {
				return
			}
		}
		out, err := do(side, r, fields)
		if err != nil {
			complain(w, http.StatusBadRequest, err)
			return
		}
		kit.WriteJSON(w, status, out)
	}
}

// side is the CRM that a path names; ?location= means another location of HighLevel.
func (s *Sandbox) side(r *http.Request) (crm, error) {
	system, location := r.PathValue("system"), r.URL.Query().Get("location")
	side := s.crms[system]
	if side == nil {
		return nil, errors.New("no system " + system)
	}
	if system == "highlevel" && location != "" {
		if at := s.HighLevel.At(location); at != nil {
			return at, nil
		}
		return nil, errors.New("no location " + location)
	}
	return side, nil
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<20)).Decode(into); err != nil {
		complain(w, http.StatusBadRequest, err)
		return false
	}
	return true
}

// setFaults takes {name: rate, …} and answers all rates. Nothing is set when one is wrong.
func (s *Sandbox) setFaults(w http.ResponseWriter, r *http.Request) {
	var rates map[string]float64
	if !decode(w, r, &rates) {
		return
	}
	trial := kit.NewFaults(0)
	for name, rate := range rates {
		if err := trial.Set(name, rate); err != nil {
			complain(w, http.StatusBadRequest, err)
			return
		}
	}
	for name, rate := range rates {
		_ = s.Faults.Set(name, rate)
	}
	kit.WriteJSON(w, http.StatusOK, s.Faults.Rates())
}

// moveClock takes {"advance":"10m"} or {"set":"2026-01-01T00:00:00Z"} and answers the time.
func (s *Sandbox) moveClock(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Advance string     `json:"advance"`
		Set     *time.Time `json:"set"`
	}
	if !decode(w, r, &body) {
		return
	}
	if body.Set != nil {
		s.Clock.Set(*body.Set)
	}
	if body.Advance != "" {
		d, err := time.ParseDuration(body.Advance)
		if err != nil {
			complain(w, http.StatusBadRequest, err)
			return
		}
		s.Clock.Advance(d)
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"now": s.Clock.Now()})
}
