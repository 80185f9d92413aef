package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/store"
)

// linkLasts is how long a link that signs in can be used.
const linkLasts = 10 * time.Minute

// NewSignInLink makes a path that signs a member in: once, within ten minutes.
func NewSignInLink(ctx context.Context, st *store.Store, u store.User, now time.Time) (path string, err error) {
	secret, hash := newSecret()
	return "/sign-in/link/" + secret, st.SaveSignInLink(ctx, u.Workspace, u.ID, hash, now.Add(linkLasts))
}

// signInLink signs in whoever opens the link. Only a browser that goes to a page uses it up: what looks ahead at links, or
// shows what is behind them, does not.
func (s *Server) signInLink(c echo.Context) error {
	h := c.Request().Header
	dest := h.Get("Sec-Fetch-Dest")
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusNoContent)
	}
	if dest != "" && dest != "document" || h.Get("Sec-Purpose") != "" || h.Get("Purpose") != "" {
		return &Error{Status: http.StatusForbidden, Title: "Open this link by itself", Text: "This link signs a person in. Open it in a browser, by itself."}
	}
	u, err := s.o.Store.UseSignInLink(c.Request().Context(), hashOf(c.Param("secret")))
	if isNotFound(err) {
		return &Error{Status: http.StatusNotFound, Err: err,
			Text: "This link was used already, or is older than 10 minutes. Sign in with your password, or have a new link made."}
	}
	if err != nil {
		return err
	}
	if err := s.begin(c, u, true); err != nil {
		return err
	}
	return redirect(c, "/")
}
