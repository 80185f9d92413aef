package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/store"
	"couplet/templates"
)

// invitationLasts is how long the link of an invitation can be used.
const invitationLasts = 7 * 24 * time.Hour

// team is the page of those who may come in, as it stands.
func (s *Server) team(c echo.Context) (t templates.Team, err error) {
	ctx, v := c.Request().Context(), visitorOf(c)
	if t.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return t, err
	}
	all, err := s.o.Store.Users(ctx, ws(c))
	if err != nil {
		return t, err
	}
	open, err := s.o.Store.Invitations(ctx, ws(c))
	if err != nil {
		return t, err
	}
	for _, u := range all {
		t.Members = append(t.Members, member(u, all, v))
	}
	for _, i := range open {
		t.Invited = append(t.Invited, templates.Invited{ID: i.ID, Email: i.Email, Role: i.Role, By: i.ByName, Ends: i.Ends})
	}
	t.Frame, t.May, t.Role = frame(c, "Team", "settings"), may(v.Role, owner), string(viewer)
	t.Email = templates.TextField{Name: "email", Label: "Their email", Type: "email", Autocomplete: "off"}
	return t, nil
}

func member(u store.User, all []store.User, v *visitor) templates.Member {
	return templates.Member{ID: u.ID, Name: u.Name, Email: u.Email, Role: u.Role, You: u.ID == v.User.ID, Last: isLast(all, u), Since: u.Created}
}

func (s *Server) teamPage(c echo.Context) error {
	t, err := s.team(c)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.TeamPage(t))
}

// invite makes an invitation. Its link is in the answer and nowhere else.
func (s *Server) invite(c echo.Context) error {
	t, err := s.team(c)
	if err != nil {
		return err
	}
	t.Email.Value, t.Role = typed(c, "email"), c.FormValue("role")
	if !slices.Contains(Roles, t.Role) {
		return &Error{Status: http.StatusBadRequest, Text: "A role is viewer, editor or owner. Open the page again."}
	}
	if t.Email.Error = emailProblem(t.Email.Value); focusFirst(&t.Email) {
		return page(c, http.StatusUnprocessableEntity, templates.TeamPage(t))
	}
	secret, hash := newSecret()
	i, err := s.o.Store.Invite(c.Request().Context(), ws(c), store.Invitation{Hash: hash, Email: t.Email.Value, Role: t.Role, By: visitorOf(c).User.ID,
		Ends: s.o.Now().Add(invitationLasts)})
	if errors.Is(err, store.ErrExists) {
		t.Email.Error = "This person is a member already. You can change the role above."
		focusFirst(&t.Email)
		return page(c, http.StatusUnprocessableEntity, templates.TeamPage(t))
	}
	if err != nil {
		return err
	}
	if t, err = s.team(c); err != nil { // with the new one
		return err
	}
	t.Link, t.LinkFor = s.public(c)+"/invite/"+secret, i.Email
	return page(c, http.StatusOK, templates.TeamPage(t))
}

func (s *Server) withdraw(c echo.Context) error {
	if err := s.o.Store.Withdraw(c.Request().Context(), ws(c), c.Param("id")); err != nil {
		return err
	}
	return s.sayAndGo(c, "The invitation is withdrawn. Its link opens nothing any more.", false, "/settings/team")
}

// lastOwner is what is said when the only owner would be gone.
const lastOwner = "A workspace has at least one owner, and this is the last one. Make somebody else an owner first."

func (s *Server) changeRole(c echo.Context) error {
	ctx, role := c.Request().Context(), c.FormValue("role")
	if !slices.Contains(Roles, role) {
		return &Error{Status: http.StatusBadRequest, Text: "A role is viewer, editor or owner. Open the page again."}
	}
	u, err := s.o.Store.UserByID(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	err = s.o.Store.SetRole(ctx, ws(c), u.ID, role)
	if errors.Is(err, store.ErrLastOwner) {
		return &Error{Status: http.StatusConflict, Text: lastOwner, Err: err}
	}
	if err != nil {
		return err
	}
	return s.sayAndGo(c, u.Called()+" is now "+map[string]string{"viewer": "a viewer", "editor": "an editor", "owner": "an owner"}[role]+".", false, "/settings/team")
}

// removalPage asks before somebody is removed.
func (s *Server) removalPage(c echo.Context) error {
	ctx := c.Request().Context()
	u, err := s.o.Store.UserByID(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	all, err := s.o.Store.Users(ctx, ws(c))
	if err != nil {
		return err
	}
	m := member(u, all, visitorOf(c))
	if m.Last {
		return &Error{Status: http.StatusConflict, Text: lastOwner}
	}
	return page(c, http.StatusOK, templates.RemovalPage(templates.Removal{Frame: frame(c, "Remove "+u.Called(), "settings"), Member: m}))
}

func (s *Server) remove(c echo.Context) error {
	ctx := c.Request().Context()
	u, err := s.o.Store.UserByID(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	err = s.o.Store.RemoveMember(ctx, ws(c), u.ID)
	if errors.Is(err, store.ErrLastOwner) {
		return &Error{Status: http.StatusConflict, Text: lastOwner, Err: err}
	}
	if err != nil {
		return err
	}
	if u.ID == visitorOf(c).User.ID {
		return s.signOut(c)
	}
	return s.sayAndGo(c, u.Called()+" is removed and signed out of this workspace.", false, "/settings/team")
}
