package web

import (
	"context"
	"crypto/hmac"
	"errors"
	"net/http"
	"regexp"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/store"
)

// eventName is how a person names what happened, in the address.
var eventName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// addressHook takes a call whose address says which connection it is for and holds its secret. An unknown connection
// and a wrong secret are told from each other by nobody.
func (s *Server) addressHook(c echo.Context) error {
	name, event := c.Param("system"), c.Param("event")
	r, ok := s.o.Receivers[name]
	if !ok || !r.byAddress() || !eventName.MatchString(event) {
		return s.refuse("", outNoAddress, http.StatusNotFound, nil)
	}
	if s.draining.Load() {
		return s.refuse(name, outNotStored, http.StatusTooManyRequests, nil)
	}
	ctx, cancel := s.storeContext(c)
	defer cancel()
	conn, right, err := s.addressed(ctx, name, c.Param("connection"), c.Param("secret"))
	if err != nil {
		return s.refuse(name, outNotStored, http.StatusTooManyRequests, err)
	}
	if !right {
		return s.refuse(name, outNoAddress, http.StatusNotFound, nil)
	}
	call, body, err := s.readCall(c, name, r)
	if err != nil || call == nil {
		return err
	}
	call.Type = event
	return s.take(ctx, c, name, []connection.Connection{conn}, *call, body)
}

// addressed finds the connection of an address and reports whether the secret is its own. It compares, in constant
// time, even when there is no connection.
func (s *Server) addressed(ctx context.Context, system, id, secret string) (connection.Connection, bool, error) {
	conn, hash, err := s.findAddress(ctx, system, id)
	if err != nil {
		return connection.Connection{}, false, err
	}
	known := hash != ""
	if !known {
		hash = connection.HashHookSecret(s.o.HookKey, "")
	}
	same := hmac.Equal([]byte(hash), []byte(connection.HashHookSecret(s.o.HookKey, secret)))
	return conn, known && same, nil
}

// findAddress looks for a connection in all workspaces, for the address names none.
func (s *Server) findAddress(ctx context.Context, system, id string) (connection.Connection, string, error) {
	all, err := s.o.Store.Workspaces(ctx)
	if err != nil {
		return connection.Connection{}, "", err
	}
	for _, w := range all {
		conn, err := s.o.Store.ConnectionByID(ctx, w.ID, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && conn.System != system {
			continue
		}
		if err != nil {
			return connection.Connection{}, "", err
		}
		hash, err := s.o.Store.Setting(ctx, w.ID, connection.HookSetting(id))
		return conn, hash, err
	}
	return connection.Connection{}, "", nil
}
