package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/store"
	"couplet/templates"
)

// tokensPageOf is the page of the API keys as it stands: owners see those of everybody, others their own.
func (s *Server) tokensPageOf(c echo.Context) (t templates.Tokens, err error) {
	ctx, v := c.Request().Context(), visitorOf(c)
	if t.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return t, err
	}
	all, err := s.o.Store.Tokens(ctx, ws(c), tokensOf(v))
	for _, x := range all {
		row := templates.Token{ID: x.ID, Name: x.Name, Role: x.Role, Created: x.Created, Used: x.Used, Ends: x.Ends}
		if x.By != v.User.ID {
			row.By = x.Maker.Called()
		}
		t.Tokens = append(t.Tokens, row)
	}
	t.Frame, t.All, t.Role, t.Days, t.Address = frame(c, "API keys", "settings"), tokensOf(v) == "", string(viewer), "90", s.public(c)+apiPath
	t.Name = templates.TextField{Name: "name", Label: "Which program it is for", Autocomplete: "off"}
	return t, err
}

// tokensOf is whose tokens a visitor sees and revokes: everybody's, "", or their own.
func tokensOf(v *visitor) string {
	if may(v.Role, owner) {
		return ""
	}
	return v.User.ID
}

func (s *Server) tokensPage(c echo.Context) error {
	t, err := s.tokensPageOf(c)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.TokensPage(t))
}

// makeToken makes a token. It is in the answer and nowhere else.
func (s *Server) makeToken(c echo.Context) error {
	t, err := s.tokensPageOf(c)
	if err != nil {
		return err
	}
	v := visitorOf(c)
	t.Name.Value, t.Role, t.Days = typed(c, "name"), c.FormValue("role"), c.FormValue("days")
	days, err := strconv.Atoi(t.Days)
	if err != nil || !slices.ContainsFunc(templates.TokenDays, func(d templates.Choice) bool { return d.ID == t.Days }) || !slices.Contains(Roles, t.Role) || !may(v.Role, who(t.Role)) {
		return &Error{Status: http.StatusBadRequest, Text: "A key has a role, at most your own, and one of the times that the page offers. Open the page again."}
	}
	if t.Name.Error = nameProblem(t.Name.Value, "a name by which you will know it"); focusFirst(&t.Name) {
		return page(c, http.StatusUnprocessableEntity, templates.TokensPage(t))
	}
	secret, _ := newSecret()
	secret = tokenPrefix + secret
	x := store.Token{Hash: hashOf(secret), Name: t.Name.Value, Role: t.Role, By: v.User.ID}
	if days > 0 {
		x.Ends = s.o.Now().Add(time.Duration(days) * 24 * time.Hour)
	}
	if x, err = s.o.Store.AddToken(c.Request().Context(), ws(c), x); err != nil {
		return err
	}
	if t, err = s.tokensPageOf(c); err != nil { // with the new one
		return err
	}
	t.Made, t.MadeName = secret, x.Name
	return page(c, http.StatusOK, templates.TokensPage(t))
}

func (s *Server) revokeToken(c echo.Context) error {
	x, err := s.o.Store.RevokeToken(c.Request().Context(), ws(c), c.Param("id"), tokensOf(visitorOf(c)))
	if err != nil {
		return err
	}
	return s.sayAndGo(c, "The key "+x.Name+" is revoked. What it asks for from now on is refused.", false, "/settings/tokens")
}
