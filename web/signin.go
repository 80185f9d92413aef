package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/internal/password"
	"couplet/internal/store"
	"couplet/templates"
)

// auth is what stands around a page of somebody who is not signed in.
func (s *Server) auth(title string) templates.Auth {
	return templates.Auth{Title: title, Systems: s.pictured()}
}

// pictured are the systems that the picture beside a form shows.
func (s *Server) pictured() (list []templates.System) {
	for _, id := range slices.Sorted(maps.Keys(s.o.Receivers)) {
		spec := s.o.Receivers[id].Spec
		list = append(list, templates.System{ID: spec.ID, Name: spec.Name, Mark: spec.Mark})
	}
	return list
}

// signInPage shows the form to whoever is not signed in, and sends others on.
func (s *Server) signInPage(c echo.Context) error {
	next := inside(c.QueryParam("next"), "")
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if v != nil {
		return redirect(c, inside(next, "/"))
	}
	if begun, err := s.o.Store.HasOwner(c.Request().Context()); err != nil {
		return err
	} else if !begun {
		return redirect(c, "/setup")
	}
	return page(c, http.StatusOK, templates.SignIn(templates.SignInForm{Auth: s.auth("Sign in"), Keep: true, Next: next}))
}

// signIn checks an address and a password. What is wrong about them is not said, and an account that does not exist costs
// the same time and the same tries.
func (s *Server) signIn(c echo.Context) error {
	f := templates.SignInForm{Auth: s.auth("Sign in"), Email: c.FormValue("email"), Keep: c.FormValue("keep") != "", Next: inside(c.FormValue("next"), "")}
	u, p, err := s.prove(c, f.Email, c.FormValue("password"))
	if err != nil {
		return err
	}
	if !p.ok {
		f.Error, f.Wait = p.Text, p.Status == http.StatusTooManyRequests
		return p.answer(c, templates.SignIn(f))
	}
	if err := s.begin(c, u, f.Keep); err != nil {
		return err
	}
	return redirect(c, inside(f.Next, "/"))
}

// signOut ends the session of the browser.
func (s *Server) signOut(c echo.Context) error {
	if err := s.end(c); err != nil {
		return err
	}
	return redirect(c, inside(c.FormValue("next"), "/sign-in"))
}

// A proof is what became of an address and a password.
type proof struct {
	ok bool
	// Status and Text say why they were not taken, After in how many seconds the next try counts.
	Status int
	Text   string
	After  int
}

// prove checks the password of an account, within the limits. The user that it returns is the oldest membership.
func (s *Server) prove(c echo.Context, email, given string) (store.User, proof, error) {
	ctx := c.Request().Context()
	all, err := s.o.Store.SignIn(ctx, email)
	if err != nil {
		return store.User{}, proof{}, err
	}
	var u store.User // nobody: no id and no hash
	if len(all) > 0 {
		u = all[0]
	}
	cleared, limits := s.signInLimits(c, email, u)
	st, err := s.o.Store.Try(ctx, limits...)
	if err != nil {
		return u, proof{}, err
	}
	if st.Wait > 0 {
		return u, tooMany(st), nil
	}
	ok, err := password.Check(ctx, given, u.PasswordHash)
	if err != nil {
		return u, proof{}, err
	}
	if !ok {
		return u, wrong("That email and password do not go together. ", st), nil
	}
	if err := s.forgive(ctx, cleared, limits...); err != nil {
		return u, proof{}, err
	}
	s.remember(c, u)
	return u, proof{ok: true}, nil
}

// tooMany says how long whoever tried too often has to wait.
func tooMany(st store.Standing) proof {
	return proof{Status: http.StatusTooManyRequests, After: int(st.Wait.Seconds()) + 1,
		Text: "So this one was not looked at. Wait " + inWords(st.Wait) + ", then try again."}
}

// wrong says what was not right and what is left to try.
func wrong(text string, st store.Standing) proof {
	switch {
	case st.Left == 0:
		text += "Wait " + inWords(st.Next) + " before the next try."
	case st.Left == 1:
		text += "1 try left."
	case st.Left < freePerAccount:
		text += strconv.Itoa(st.Left) + " tries left."
	}
	return proof{Status: http.StatusUnprocessableEntity, Text: text}
}

// answer shows the page that says why.
func (p proof) answer(c echo.Context, t templ.Component) error {
	if p.After > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(p.After))
	}
	return page(c, p.Status, t)
}
