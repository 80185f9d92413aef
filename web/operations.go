package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/store"
	"couplet/templates"
)

// operations is the catalog: what both systems can do.
func (s *Server) operations(c echo.Context) error {
	v := templates.Operations{Frame: frame(c, "Operations", "operations"), Text: strings.TrimSpace(c.QueryParam("q")), System: c.QueryParam("system"), Kind: c.QueryParam("kind"),
		BySystem: map[string]int{}}
	if _, known := s.o.Connect.Systems[v.System]; !known {
		v.System = ""
	}
	if v.Kind != connector.Action && v.Kind != connector.Finds {
		v.Kind = ""
	}
	uses, err := s.usesOf(c.Request().Context(), ws(c))
	if err != nil {
		return err
	}
	words := strings.Fields(v.Text)
	shelf := map[string][]templates.OperationLine{}
	for _, spec := range s.specs() {
		id, system, x := spec.ID, s.o.Connect.Systems[spec.ID], systemOf(spec, "")
		v.Systems = append(v.Systems, x)
		for i := range system.Operations.Operations {
			o := &system.Operations.Operations[i]
			v.BySystem[""]++
			if o.Has(words) && (v.System == "" || v.System == id) && (v.Kind == "" || v.Kind == o.Kind) {
				shelf[o.Group] = append(shelf[o.Group], templates.OperationLine{System: x, Operation: o, Uses: uses[useKey(id, o)]})
			}
		}
	}
	for _, g := range connector.Groups {
		if lines := shelf[g.ID]; len(lines) > 0 {
			v.Shelves = append(v.Shelves, templates.Shelf{Group: g, Lines: lines})
		}
	}
	return pageOr(c, http.StatusOK, templates.OperationsList(v), "cat")
}

// operation is the page of one; beside the catalog it is a drawer.
func (s *Server) operation(c echo.Context) error {
	v, err := s.operationPage(c)
	if err != nil {
		return err
	}
	if strings.HasSuffix(c.Request().Header.Get("HX-Target"), "#drawer") {
		return page(c, http.StatusOK, templates.OperationDrawer(v))
	}
	return page(c, http.StatusOK, templates.OneOperation(v))
}

func (s *Server) operationPage(c echo.Context) (templates.OperationPage, error) {
	var v templates.OperationPage
	system, known := s.o.Connect.Systems[c.Param("system")]
	if !known {
		return v, &Error{Status: http.StatusNotFound}
	}
	o, known := system.Operations.Find(c.Param("operation"))
	if !known {
		return v, &Error{Status: http.StatusNotFound}
	}
	v = templates.OperationPage{Frame: frame(c, o.Title, "operations"), OperationLine: templates.OperationLine{System: systemOf(system.Spec, ""), Operation: o},
		Back: "/operations", MayTry: may(visitorOf(c).Role, editor), Typed: url.Values{}}
	uses, err := s.usesOf(c.Request().Context(), ws(c))
	if err != nil {
		return v, err
	}
	v.Uses, v.Looked = uses[useKey(system.Spec.ID, o)], runsLooked
	all, err := s.o.Store.Connections(c.Request().Context(), ws(c))
	for _, conn := range all {
		if conn.System == system.Spec.ID {
			v.Choices = append(v.Choices, templates.Choice{ID: conn.ID, Name: conn.Name})
		}
	}
	if len(v.Choices) > 0 {
		v.Typed.Set("connection", v.Choices[0].ID)
	}
	return v, err
}

// mostAnswer is how much of an answer is shown, in bytes.
const mostAnswer = 64 << 10

// tryOperation makes the call of an operation that changes nothing, and shows what the system answered. Nothing of it is
// kept or logged.
func (s *Server) tryOperation(c echo.Context) error {
	ctx := connector.As(c.Request().Context(), connector.Interactive)
	v, err := s.operationPage(c)
	if err != nil {
		return err
	}
	if v.Kind != connector.Finds { // which the page says
		return page(c, http.StatusUnprocessableEntity, templates.OneOperation(v))
	}
	if v.Typed, err = c.FormParams(); err != nil {
		return err
	}
	if v.Typed.Has("load") {
		if err := s.loadChoices(ctx, ws(c), &v); err != nil {
			return err
		}
		return pageOr(c, http.StatusOK, templates.OneOperation(v), "choices")
	}
	fail := func(problem string, fields []string) error {
		v.Problem, v.Wrong = problem, fields
		return page(c, http.StatusUnprocessableEntity, templates.OneOperation(v))
	}
	conn, found, err := s.tryWith(ctx, ws(c), &v)
	if err != nil {
		return err
	}
	if !found {
		return fail("The account is not connected here any more. Choose another one.", []string{"connection"})
	}
	in := map[string]any{}
	for name := range v.Typed {
		if key, ours := strings.CutPrefix(name, "in."); ours && v.Given(key) != "" {
			in[key] = v.Given(key)
		} else if key, ours := strings.CutPrefix(name, "hand."); ours && v.Given(key) != "" {
			in[key] = v.Given(key)
		}
	}
	answer, err := s.askAccount(ctx, conn, v.ID, in)
	if e, ours := connector.AsError(err); ours {
		return fail(e.Message, e.Fields)
	} else if err != nil {
		return err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(answer); err != nil {
		return err
	}
	v.Tried, v.Answer = true, b.String()
	if v.Cut = b.Len() > mostAnswer; v.Cut {
		v.Answer = strings.ToValidUTF8(v.Answer[:mostAnswer], "")
	}
	return page(c, http.StatusOK, templates.OneOperation(v))
}

// tryWith is the account that an operation is tried with, if it is connected here.
func (s *Server) tryWith(ctx context.Context, ws string, v *templates.OperationPage) (conn connection.Connection, found bool, err error) {
	conn, err = s.o.Store.ConnectionByID(ctx, ws, v.Typed.Get("connection"))
	if errors.Is(err, store.ErrNotFound) {
		return conn, false, nil
	}
	return conn, err == nil && conn.System == v.System.ID, err
}

// useKey is under which the flows stand that make the request of an operation.
func useKey(system string, o *connector.Operation) [3]string {
	return [3]string{system, o.Method, plainPath(o.Path)}
}

// askAccount makes one call of an operation with an account.
func (s *Server) askAccount(ctx context.Context, conn connection.Connection, operation string, in map[string]any) (any, error) {
	c, err := s.o.Connect.Pool.Open(ctx, conn, nil)
	if err != nil {
		return nil, err
	}
	o, able := c.(connector.Operator)
	if !able {
		return nil, &connector.Error{Kind: connector.Invalid, Message: c.Spec().Name + " has no operations."}
	}
	return o.Do(ctx, operation, in)
}
