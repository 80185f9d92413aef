package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/store"
)

// Receiver takes the calls of one system: its parser verifies and reads them, its spec says how they come. Calls of an
// installed app come to one address and name their account; where a person pastes an address, each connection has its
// own, with a secret in it.
type Receiver struct {
	Spec  *connector.Spec
	Hooks connector.Hooks
}

// byAddress reports whether the address says which connection a call is for.
func (r Receiver) byAddress() bool { return r.Spec.Hooks.Kind == "manual" }

const (
	// largest is the largest body that is read.
	largest = 1 << 20
	// late is how old a call may be by its own time.
	late = 5 * time.Minute
	// storing is how long storing may take: nobody waits for an answer much longer.
	storing = 4 * time.Second
	// comeBack is the Retry-After of a call that was not stored, in seconds.
	comeBack = 30
)

// The outcomes of a call, as they are counted.
const (
	outStored         = "stored"
	outLate           = "stored_late"
	outRepeated       = "repeated"
	outUnknownAccount = "unknown_account"
	outUnknownType    = "unknown_type"
	outUnreadable     = "unreadable"
	outUnsigned       = "unsigned"
	outRefusedLate    = "refused_late"
	outTooLarge       = "too_large"
	outNotStored      = "not_stored"
	outNoAddress      = "no_such_address"
)

// accountHook takes a call that names its account and proves itself by its signature.
func (s *Server) accountHook(c echo.Context) error {
	name := c.Param("system")
	r, ok := s.o.Receivers[name]
	if !ok || r.byAddress() {
		return s.refuse("", outNoAddress, http.StatusNotFound, nil)
	}
	if s.draining.Load() {
		return s.refuse(name, outNotStored, http.StatusTooManyRequests, nil)
	}
	call, body, err := s.readCall(c, name, r)
	if err != nil || call == nil {
		return err
	}
	ctx, cancel := s.storeContext(c)
	defer cancel()
	if call.App != nil && s.o.AppCalled != nil {
		return s.appHook(ctx, c, name, *call)
	}
	conns, err := s.o.Store.FindConnectionByAccount(ctx, name, call.Account)
	if err != nil {
		return s.refuse(name, outNotStored, http.StatusTooManyRequests, err)
	}
	if len(conns) == 0 {
		return s.accept(c, name, outUnknownAccount)
	}
	return s.take(ctx, c, name, conns, *call, body)
}

// appHook takes a call that says that an app was installed in an account or removed from it. It is obeyed before it is
// answered: a call that could not be obeyed comes again.
func (s *Server) appHook(ctx context.Context, c echo.Context, system string, call connector.Call) error {
	conns, err := s.o.AppCalled(ctx, system, call.Account, *call.App, call.At)
	if err != nil {
		return s.refuse(system, outNotStored, http.StatusTooManyRequests, err)
	}
	for _, conn := range conns {
		s.o.Log.Info("an app was installed or removed", "system", system, "connection", conn.Name, "removed", call.App.Removed, "request", numberOf(c))
	}
	if len(conns) == 0 {
		return s.accept(c, system, outUnknownAccount)
	}
	return s.accept(c, system, outStored)
}

// readCall reads and verifies a call. It returns neither call nor error when it has answered already.
func (s *Server) readCall(c echo.Context, system string, r Receiver) (*connector.Call, []byte, error) {
	req := c.Request()
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), req.Body, largest))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, nil, s.refuse(system, outTooLarge, http.StatusRequestEntityTooLarge, nil)
	}
	if err != nil {
		return nil, nil, s.refuse(system, outNotStored, http.StatusBadRequest, err)
	}
	call, err := r.Hooks.Parse(req.Header, body)
	switch kind := connector.KindOf(err); {
	case err == nil:
	case kind == connector.Unauthorized:
		return nil, nil, s.refuse(system, outUnsigned, http.StatusUnauthorized, err)
	default:
		// It comes from the system, and would read no better a second time.
		s.o.Log.Warn("a hook cannot be read", "system", system, "error", err, "request", numberOf(c))
		return nil, nil, s.accept(c, system, outUnreadable)
	}
	if s.late(call) && s.o.RefuseLate {
		return nil, nil, s.refuse(system, outRefusedLate, http.StatusUnauthorized, nil)
	}
	return &call, body, nil
}

// late reports whether a call is old by its own time. A call that was sent again may keep its first time, so this alone
// is no reason to drop it.
func (s *Server) late(call connector.Call) bool {
	return !call.At.IsZero() && s.o.Now().Sub(call.At) > late
}

// storeContext outlives the caller's patience: a call that was read whole is stored even when nobody waits any more.
func (s *Server) storeContext(c echo.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.Request().Context()), s.storing)
}

// take stores a call for every connection that it concerns, and has the flows worked on. A connection that fails makes
// the whole call come again; for the others it is then a repeated one.
func (s *Server) take(ctx context.Context, c echo.Context, system string, conns []connection.Connection, call connector.Call, body []byte) error {
	now := s.o.Now()
	ev := store.Event{WebhookID: call.ID, Type: call.Type, Sent: call.At, Extra: call.Extra}
	if ev.WebhookID == "" {
		sum := sha256.Sum256(body)
		ev.WebhookID = hex.EncodeToString(sum[:16])
	}
	if call.At.IsZero() {
		// Two calls that say neither when nor which cannot be told from one that came twice. A look too many costs little.
		ev.WebhookID += "@" + strconv.FormatInt(now.UnixNano(), 36)
	}
	anew := false
	for _, conn := range conns {
		fresh, flows, err := s.o.Store.TakeHook(ctx, conn.Workspace, conn.ID, ev, call.Refs, now, s.o.Debounce)
		if err != nil {
			return s.refuse(system, outNotStored, http.StatusTooManyRequests, err)
		}
		anew = anew || fresh
		for _, flow := range flows {
			if err := s.o.Wake.Wake(ctx, conn.Workspace, flow, "webhook", ""); err != nil {
				// It is stored, and the flow is marked: the scheduler finds it a moment later.
				s.o.Log.Warn("a flow was not woken", "flow", flow, "error", err, "request", numberOf(c))
			}
		}
	}
	switch {
	case !anew:
		return s.accept(c, system, outRepeated)
	case len(call.Refs) == 0:
		return s.accept(c, system, outUnknownType)
	case s.late(call):
		s.o.Log.Info("a hook came late", "system", system, "type", call.Type, "sent", call.At, "request", numberOf(c))
		return s.accept(c, system, outLate)
	}
	return s.accept(c, system, outStored)
}

// accept counts a call and answers 200.
func (s *Server) accept(c echo.Context, system, outcome string) error {
	s.metrics.hook(system, outcome)
	return c.String(http.StatusOK, "ok")
}

// refuse counts a call and returns its answer. 429 is the one status after which all published rules try again.
func (s *Server) refuse(system, outcome string, status int, err error) error {
	s.metrics.hook(system, outcome)
	e := &Error{Status: status, Err: err}
	if status == http.StatusTooManyRequests {
		e.After, e.Text = comeBack, "The call could not be stored just now. Send it again later."
		if err != nil {
			s.o.Log.Error("a hook could not be stored", "system", system, "error", err)
		}
	}
	if status == http.StatusUnauthorized {
		e.Text = "The call does not prove where it comes from, so it was not stored."
		s.o.Log.Warn("a hook was refused", "system", system, "outcome", outcome, "error", err)
	}
	return e
}
