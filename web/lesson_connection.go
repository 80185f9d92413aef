package web

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/templates"
)

// lessons are what answers of an account taught about its fields, object by object.
func (s *Server) lessons(ctx context.Context, ws string, conn connection.Connection) (out []templates.ConnectionLesson, err error) {
	clock, err := s.clock(ctx, ws)
	if err != nil {
		return nil, err
	}
	spec := s.o.Connect.Systems[conn.System].Spec
	of := [2]string{conn.ID, conn.ID}
	for _, o := range spec.Objects {
		learned, err := s.o.Store.Capabilities(ctx, ws, of, o.Name)
		if err != nil {
			return nil, err
		}
		known, err := s.o.Store.KnownFields(ctx, ws, of, o.Name)
		if err != nil {
			return nil, err
		}
		for _, c := range learned {
			text := lessonWords(spec.Name, clock, c)
			x := templates.ConnectionLesson{Object: o.Name, Field: c.Field, Name: c.Field, Of: o.One, Text: text}
			if f, ok := connector.FieldNamed(o.Fields, c.Field); ok {
				x.Name = f.Label
			}
			for _, k := range known {
				if k.Name == c.Field && k.Field.Label != "" {
					x.Name = k.Field.Label
				}
			}
			if text != "" && !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
	}
	return out, nil
}

// unlearn has a field of an account tried again that its system did not take.
func (s *Server) unlearn(c echo.Context) error {
	ctx, here := c.Request().Context(), "/connections/"+c.Param("id")
	conn, err := s.o.Store.ConnectionByID(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	learned, err := s.o.Store.Capabilities(ctx, ws(c), [2]string{conn.ID, conn.ID}, c.FormValue("object"))
	if err != nil {
		return err
	}
	found := false
	for _, x := range learned {
		if x.Field != c.FormValue("field") {
			continue
		}
		x, found = x.Again(), true
		x.MaxLen = 0
		if err := s.o.Store.SaveCapability(ctx, ws(c), x); err != nil {
			return err
		}
	}
	if !found {
		return s.sayAndGo(c, "Nothing is known about that field any more, so there is nothing to try.", false, here)
	}
	return s.sayAndGo(c, "The field counts as one that can be changed again: a flow that may write sends its next change.", false, here)
}
