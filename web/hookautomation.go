package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/store"
)

// ownHook is what calls of automations' own addresses are counted as, in the place of a system.
const ownHook = "automation"

// automationHook takes a call that sets one automation off. Its address holds the secret; an unknown automation and a wrong secret
// are told from each other by nobody. It is answered when the firing is stored.
func (s *Server) automationHook(c echo.Context) error {
	if s.draining.Load() {
		return s.refuse(ownHook, outNotStored, http.StatusTooManyRequests, nil)
	}
	ctx, cancel := s.storeContext(c)
	defer cancel()
	a, hash, err := s.o.Store.FindAutomationHook(ctx, c.Param("id"))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return s.refuse(ownHook, outNotStored, http.StatusTooManyRequests, err)
	}
	known := hash != ""
	if !known {
		hash = connection.HashHookSecret(s.o.HookKey, "")
	}
	if same := hmac.Equal([]byte(hash), []byte(connection.HashHookSecret(s.o.HookKey, c.Param("secret")))); !same || !known {
		return s.refuse(ownHook, outNoAddress, http.StatusNotFound, nil)
	}
	if !a.Enabled || a.Trigger.Kind != automation.OnHook {
		s.metrics.hook(ownHook, outUnknownType)
		return &Error{Status: http.StatusConflict, Text: "This automation is switched off, or something else sets it off now, so the call was not taken. Switch it on and send the call again."}
	}
	call, err := s.readOwnCall(c)
	if err != nil {
		return err
	}
	key := c.Request().Header.Get(onceHeader)
	if key != "" {
		sum := sha256.Sum256([]byte(key))
		key = hex.EncodeToString(sum[:])
	}
	fresh, err := s.o.Store.AddFirings(ctx, a.Workspace, []automation.Firing{automation.CallFiring(a, call, key, s.o.Now())})
	if err != nil {
		return s.refuse(ownHook, outNotStored, http.StatusTooManyRequests, err)
	}
	outcome := outRepeated
	if len(fresh) > 0 {
		outcome = outStored
		if err := s.o.Wake.Wake(context.WithoutCancel(ctx), a.Workspace, a.ID, "webhook", ""); err != nil {
			s.o.Log.Warn("an automation was not woken", "automation", a.ID, "error", err, "request", numberOf(c)) // the scheduler finds it a moment later
		}
	}
	s.metrics.hook(ownHook, outcome)
	return c.String(http.StatusAccepted, "ok")
}

// readOwnCall is what a call says: a form's fields, or JSON of any shape; nothing is an empty one.
func (s *Server) readOwnCall(c echo.Context) (any, error) {
	req := c.Request()
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), req.Body, largest))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, s.refuse(ownHook, outTooLarge, http.StatusRequestEntityTooLarge, nil)
	}
	if err != nil {
		return nil, s.refuse(ownHook, outNotStored, http.StatusBadRequest, err)
	}
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	if kind, _, _ := mime.ParseMediaType(req.Header.Get(echo.HeaderContentType)); kind == echo.MIMEApplicationForm {
		form, err := url.ParseQuery(string(body))
		call := map[string]any{}
		for name, all := range form {
			if call[name] = any(all[0]); len(all) > 1 {
				list := make([]any, len(all))
				for i, v := range all {
					list[i] = v
				}
				call[name] = list
			}
		}
		return call, s.unreadable(err)
	}
	var call any
	err = json.Unmarshal(body, &call)
	return call, s.unreadable(err)
}

func (s *Server) unreadable(err error) error {
	if err == nil {
		return nil
	}
	s.metrics.hook(ownHook, outUnreadable)
	return &Error{Status: http.StatusBadRequest, Text: "The call is neither JSON nor a form, so it was not taken. Send JSON, or a form with the content type " + echo.MIMEApplicationForm + ".", Err: err}
}
