package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/password"
	"couplet/internal/store"
	"couplet/templates"
)

// account is the page of a person's own things, as it stands.
func (s *Server) account(c echo.Context) (a templates.Account, err error) {
	ctx, v := c.Request().Context(), visitorOf(c)
	if a.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return a, err
	}
	all, err := s.o.Store.Sessions(ctx, ws(c), v.User.ID)
	if err != nil {
		return a, err
	}
	names := map[string]string{v.Workspace.ID: v.Workspace.Name}
	for _, o := range v.Others {
		names[o.ID] = o.Name
	}
	for _, x := range all {
		a.Sessions = append(a.Sessions, templates.SessionRow{ID: x.Hash, Device: x.Device, Here: x.Hash == v.Session, Workspace: names[x.Workspace], Seen: x.Seen, Since: x.Created})
	}
	a.Frame, a.Email = frame(c, "Your account", "settings"), v.User.Email
	a.Name = templates.TextField{Name: "name", Label: "What others see", Value: v.User.Name, Autocomplete: "name"}
	a.Old = templates.TextField{Name: "old", Label: "The password you have", Type: "password", Autocomplete: "current-password"}
	a.New = templates.TextField{Name: "new", Label: "The new one", Type: "password", Autocomplete: "new-password", Least: password.Least,
		Hint: "12 characters or more. Four plain words are easy to keep."}
	return a, nil
}

func (s *Server) accountPage(c echo.Context) error {
	a, err := s.account(c)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.AccountPage(a))
}

// saveAccount changes the name, the password, or what single keys do, whichever form of the page was sent.
func (s *Server) saveAccount(c echo.Context) error {
	a, err := s.account(c)
	if err != nil {
		return err
	}
	switch c.FormValue("do") {
	case "name":
		return s.saveName(c, a)
	case "password":
		return s.savePassword(c, a)
	case "letters":
		off, said := c.FormValue("letters") == "off", "Single keys do something on pages again."
		if off {
			said = "Single keys do nothing on pages any more."
		}
		if err := s.o.Store.SetLetters(c.Request().Context(), ws(c), visitorOf(c).User.ID, off); err != nil {
			return err
		}
		return s.sayAndGo(c, said, false, "/settings/account")
	}
	return &Error{Status: http.StatusBadRequest, Text: "The form did not say what to save. Open the page again."}
}

func (s *Server) saveName(c echo.Context, a templates.Account) error {
	a.Name.Value = typed(c, "name")
	if a.Name.Error = nameProblem(a.Name.Value, "your name"); focusFirst(&a.Name) {
		return page(c, http.StatusUnprocessableEntity, templates.AccountPage(a))
	}
	if err := s.o.Store.Rename(c.Request().Context(), ws(c), visitorOf(c).User.ID, a.Name.Value); err != nil {
		return err
	}
	return s.sayAndGo(c, "Others now see you as "+a.Name.Value+".", false, "/settings/account")
}

// savePassword takes a new password from whoever knows the old one. All other sessions end, and this one gets a new id.
func (s *Server) savePassword(c echo.Context, a templates.Account) error {
	ctx, v := c.Request().Context(), visitorOf(c)
	given := c.FormValue("new")
	if a.New.Error = password.Problem(given, v.User.Email); focusFirst(&a.Old, &a.New) {
		return page(c, http.StatusUnprocessableEntity, templates.AccountPage(a))
	}
	own, from := s.limit(freePerAccount, "change of password", v.User.ID), s.perAddress(c)
	st, err := s.o.Store.Try(ctx, own, from)
	if err != nil {
		return err
	}
	if st.Wait > 0 {
		p := tooMany(st)
		a.Wait = p.Text
		return p.answer(c, templates.AccountPage(a))
	}
	ok, err := password.Check(ctx, c.FormValue("old"), v.User.PasswordHash)
	if err != nil {
		return err
	}
	if !ok {
		p := wrong("This is not the password you have. ", st)
		a.Old.Error = strings.TrimSpace(p.Text)
		focusFirst(&a.Old, &a.New)
		return p.answer(c, templates.AccountPage(a))
	}
	if err := s.forgive(ctx, own, from); err != nil {
		return err
	}
	hash, err := password.Hash(ctx, given)
	if err != nil {
		return err
	}
	if err := s.o.Store.SetPassword(ctx, ws(c), v.User.ID, hash, v.Session); err != nil {
		return err
	}
	v.User.PasswordHash = hash
	s.remember(c, v.User)
	if err := s.say(c, "Your password is changed. Everywhere else you are signed out.", false); err != nil {
		return err
	}
	return s.renewed(c, ws(c), "/settings/account")
}

// renewed gives the visitor's session a new id with a workspace open, and leads on.
func (s *Server) renewed(c echo.Context, workspace, to string) error {
	x, err := s.session(c)
	if err != nil {
		return err
	}
	if err := s.renew(c, x, workspace); err != nil {
		return err
	}
	return redirect(c, to)
}

func (s *Server) endSession(c echo.Context) error {
	v := visitorOf(c)
	if c.Param("id") == v.Session {
		return s.signOut(c)
	}
	if err := s.o.Store.EndSession(c.Request().Context(), ws(c), v.User.ID, c.Param("id")); err != nil {
		return err
	}
	return s.sayAndGo(c, "That browser is signed out.", false, "/settings/account")
}

func (s *Server) endOtherSessions(c echo.Context) error {
	v := visitorOf(c)
	n, err := s.o.Store.EndSessions(c.Request().Context(), ws(c), v.User.ID, v.Session)
	if err != nil {
		return err
	}
	return s.sayAndGo(c, "Signed out in "+templates.Count(n, "other browser", "other browsers")+".", false, "/settings/account")
}

// saveTheme keeps the look of the session. A form is led back to the page it was on; a script has switched already.
func (s *Server) saveTheme(c echo.Context) error {
	theme := c.FormValue("theme")
	if !slices.Contains([]string{"", "light", "dark"}, theme) {
		return &Error{Status: http.StatusBadRequest, Text: "There is a light look and a dark one, and that of your system."}
	}
	if err := s.o.Store.SaveTheme(c.Request().Context(), ws(c), visitorOf(c).Session, theme); err != nil {
		return err
	}
	if !strings.Contains(c.Request().Header.Get(echo.HeaderAccept), echo.MIMETextHTML) {
		return c.NoContent(http.StatusNoContent)
	}
	from, err := url.Parse(c.Request().Referer())
	if err != nil {
		return redirect(c, "/")
	}
	return redirect(c, inside(from.RequestURI(), "/"))
}

// openWorkspace opens another workspace of the person, at a page of it where one is named. The role may be another one there, so
// the id becomes a new one.
func (s *Server) openWorkspace(c echo.Context) error {
	id := c.Param("id")
	if !slices.ContainsFunc(visitorOf(c).Others, func(w store.Workspace) bool { return w.ID == id }) && id != ws(c) {
		return &Error{Status: http.StatusNotFound, Text: "You are no member of that workspace, or it does not exist."}
	}
	return s.renewed(c, id, inside(c.FormValue("next"), "/"))
}
