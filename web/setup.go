package web

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/password"
	"couplet/internal/store"
	"couplet/templates"
)

// The set-up code proves that whoever makes the first owner can read the server's log. It is made from the key of the
// installation and kept nowhere, so that all its processes print and know the same one. It opens nothing once there is an
// owner.

// SetupCode is the code that the first owner is made with, "" when there is an owner already. Print it where only those
// who run the server can read it.
func (s *Server) SetupCode(ctx context.Context) (string, error) {
	begun, err := s.o.Store.HasOwner(ctx)
	if err != nil || begun {
		return "", err
	}
	code := s.setupCode()
	return code[:4] + "-" + code[4:], nil
}

func (s *Server) setupCode() string {
	return strings.ToLower(base32.StdEncoding.EncodeToString(s.keyed("set-up code"))[:8])
}

// codeTyped reads a code the way people type it: with or without its line, in capitals, with a 0 for an o.
func codeTyped(text string) string {
	return strings.NewReplacer("-", "", " ", "", "0", "o", "1", "l").Replace(strings.ToLower(text))
}

func (s *Server) setupForm() templates.SetupForm {
	return templates.SetupForm{Auth: s.auth("Create the owner"),
		Name:  templates.TextField{Name: "name", Label: "Your name", Autocomplete: "name"},
		Email: templates.TextField{Name: "email", Label: "Work email", Type: "email", Autocomplete: "username"},
		Password: templates.TextField{Name: "password", Label: "Password", Type: "password", Autocomplete: "new-password", Least: password.Least,
			Hint: "12 characters or more. Four plain words are easy to keep."},
		Workspace: templates.TextField{Name: "workspace", Label: "Workspace", Autocomplete: "organization",
			Hint: "What all this is called here: your company, or the client whose accounts you connect."},
		Code: templates.TextField{Name: "code", Label: "Set-up code", Autocomplete: "one-time-code", Placeholder: "xxxx-xxxx", Mono: true,
			Hint: "Printed in the server’s log when it started. It proves that this server is yours."},
	}
}

// begun sends whoever comes to the first steps too late to the sign-in page.
func (s *Server) begun(c echo.Context) (bool, error) {
	begun, err := s.o.Store.HasOwner(c.Request().Context())
	if err == nil && begun {
		err = redirect(c, "/sign-in")
	}
	return begun, err
}

func (s *Server) setupPage(c echo.Context) error {
	if begun, err := s.begun(c); begun || err != nil {
		return err
	}
	f := s.setupForm()
	ws, err := s.o.Store.Default(c.Request().Context())
	if err != nil {
		return err
	}
	if ws.Name != store.DefaultWorkspace { // which somebody has chosen
		f.Workspace.Value = ws.Name
	}
	f.Name.Focus = true
	return page(c, http.StatusOK, templates.Setup(f))
}

// setup makes the first owner. The code is looked at last, so that a mistake elsewhere costs no try.
func (s *Server) setup(c echo.Context) error {
	if begun, err := s.begun(c); begun || err != nil {
		return err
	}
	ctx := c.Request().Context()
	f := s.setupForm()
	given := c.FormValue("password")
	f.Name.Value, f.Email.Value, f.Workspace.Value, f.Code.Value = typed(c, "name"), typed(c, "email"), typed(c, "workspace"), typed(c, "code")
	f.Name.Error, f.Email.Error = nameProblem(f.Name.Value, "your name"), emailProblem(f.Email.Value)
	f.Workspace.Error = nameProblem(f.Workspace.Value, "the workspace a name")
	f.Password.Error = password.Problem(given, f.Email.Value)
	if f.Code.Value == "" {
		f.Code.Error = "Give the code from the server’s log."
	}
	fields := []*templates.TextField{&f.Name, &f.Email, &f.Password, &f.Workspace, &f.Code}
	if focusFirst(fields...) {
		return page(c, http.StatusUnprocessableEntity, templates.Setup(f))
	}
	all, from := s.limit(freePerSetup, "setup"), s.perAddress(c)
	st, err := s.o.Store.Try(ctx, all, from)
	if err != nil {
		return err
	}
	if st.Wait > 0 {
		p := tooMany(st)
		f.Wait = p.Text
		return p.answer(c, templates.Setup(f))
	}
	if subtle.ConstantTimeCompare([]byte(codeTyped(f.Code.Value)), []byte(s.setupCode())) != 1 {
		p := wrong("This is not the code of this server. Look for “set-up code” in its log. ", st)
		f.Code.Error = strings.TrimSpace(p.Text)
		focusFirst(fields...)
		return p.answer(c, templates.Setup(f))
	}
	if err := s.forgive(ctx, all, from); err != nil {
		return err
	}
	hash, err := password.Hash(ctx, given)
	if err != nil {
		return err
	}
	u, err := s.o.Store.FirstOwner(ctx, f.Workspace.Value, store.User{Name: f.Name.Value, Email: f.Email.Value, PasswordHash: hash})
	if errors.Is(err, store.ErrExists) {
		if begun, err := s.begun(c); begun || err != nil { // somebody was quicker
			return err
		}
		f.Workspace.Error = "Another workspace has this name. Take another one."
		focusFirst(fields...)
		return page(c, http.StatusUnprocessableEntity, templates.Setup(f))
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
