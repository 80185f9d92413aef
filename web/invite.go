package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/internal/password"
	"couplet/internal/store"
	"couplet/templates"
)

// invited is the invitation of a link with who is asked to accept it.
type invited struct {
	store.Invitation
	// known is the person with that address, whose ID is "" when there is none.
	known store.User
	page  templates.InvitePage
}

// invitation finds what a link is for.
func (s *Server) invitation(c echo.Context) (i invited, err error) {
	ctx := c.Request().Context()
	i.Invitation, err = s.o.Store.FindInvitation(ctx, hashOf(c.Param("secret")))
	if isNotFound(err) {
		return i, &Error{Status: http.StatusNotFound, Err: err,
			Text: "This invitation was used, was withdrawn, or is older than 7 days. Ask whoever sent it for a new link."}
	}
	if err != nil {
		return i, err
	}
	all, err := s.o.Store.SignIn(ctx, i.Email)
	if err != nil {
		return i, err
	}
	if len(all) > 0 {
		i.known = all[0]
	}
	v, err := s.visit(c)
	if err != nil {
		return i, err
	}
	i.page = templates.InvitePage{Auth: s.auth("Come into " + i.WorkspaceName), Action: "/invite/" + c.Param("secret"), By: i.ByName, Email: i.Email,
		Workspace: i.WorkspaceName, Role: i.Role, Known: i.known.ID != "",
		Name: templates.TextField{Name: "name", Label: "Your name", Autocomplete: "name"},
		Password: templates.TextField{Name: "password", Label: "Password", Type: "password", Autocomplete: "new-password", Least: password.Least,
			Hint: "12 characters or more. Four plain words are easy to keep."}}
	if i.page.Known {
		i.page.Password = templates.TextField{Name: "password", Label: "Your password", Type: "password", Autocomplete: "current-password",
			Hint: "The one you sign in to Couplet with already."}
	}
	if v != nil {
		i.page.Person, i.page.Theirs, i.page.Theme = v.User.Called(), v.User.ID == i.known.ID, v.Theme
	}
	return i, nil
}

func (s *Server) invitePage(c echo.Context) error {
	i, err := s.invitation(c)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.Invite(i.page))
}

// acceptInvite makes somebody a member: whoever is signed in as the invited person, gives that person's password, or is
// new and chooses one.
func (s *Server) acceptInvite(c echo.Context) error {
	i, err := s.invitation(c)
	if err != nil {
		return err
	}
	ctx, given := c.Request().Context(), c.FormValue("password")
	u := i.known
	switch {
	case i.page.Theirs:
	case i.page.Person != "":
		return page(c, http.StatusUnprocessableEntity, templates.Invite(i.page))
	case i.page.Known:
		_, p, err := s.prove(c, i.Email, given)
		if err != nil {
			return err
		}
		if p.Status == http.StatusTooManyRequests {
			i.page.Wait = p.Text
			return p.answer(c, templates.Invite(i.page))
		}
		if !p.ok {
			i.page.Password.Error, i.page.Password.Focus = p.Text, true
			return p.answer(c, templates.Invite(i.page))
		}
	default:
		i.page.Name.Value = typed(c, "name")
		i.page.Name.Error, i.page.Password.Error = nameProblem(i.page.Name.Value, "your name"), password.Problem(given, i.Email)
		if focusFirst(&i.page.Name, &i.page.Password) {
			return page(c, http.StatusUnprocessableEntity, templates.Invite(i.page))
		}
		hash, err := password.Hash(ctx, given)
		if err != nil {
			return err
		}
		u = store.User{Name: i.page.Name.Value, PasswordHash: hash}
	}
	u, err = s.o.Store.Accept(ctx, i.Hash, u)
	if isNotFound(err) || errors.Is(err, store.ErrExists) { // another window was quicker
		return &Error{Status: http.StatusConflict, Err: err, Text: "This invitation was used a moment ago. If that was you, sign in."}
	}
	if err != nil {
		return err
	}
	s.remember(c, u)
	if err := s.begin(c, u, true); err != nil {
		return err
	}
	return redirect(c, "/")
}
