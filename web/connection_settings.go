package web

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/store"
	"couplet/templates"
)

// saveSettings keeps what was chosen about an account where the API of its system leaves it open.
func (s *Server) saveSettings(c echo.Context) error {
	ctx := c.Request().Context()
	conn, err := s.o.Store.ConnectionByID(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	spec := s.o.Connect.Systems[conn.System].Spec
	typed := map[string]string{}
	for _, x := range spec.Settings {
		typed[x.Name] = strings.TrimSpace(c.FormValue(x.Name))
	}
	clash := func() error {
		return s.showConnection(c, http.StatusConflict, conn, func(p *templates.ConnectionPage) {
			p.Clash, p.Settings = clashText+saidSettings(p.Settings), settingFields(spec, typed, nil)
		})
	}
	if outdated(c, seenOf(conn.Settings)) {
		return clash()
	}
	if bad := spec.BadSettings(typed); bad != nil {
		return s.showConnection(c, http.StatusUnprocessableEntity, conn, func(p *templates.ConnectionPage) { p.Settings = settingFields(spec, typed, bad) })
	}
	for _, x := range spec.Settings {
		if typed[x.Name] == x.Default {
			delete(typed, x.Name) // nobody chose it
		}
	}
	changed := conn
	changed.Settings = typed
	_, err = s.o.Connect.Change(ctx, conn, changed)
	switch {
	case errors.Is(err, store.ErrOutdated): // while this was read
		if conn, err = s.o.Store.ConnectionByID(ctx, ws(c), conn.ID); err != nil {
			return err
		}
		return clash()
	case err != nil:
		return err
	}
	return s.sayAndGo(c, "The settings of "+conn.Name+" are saved. The next run goes by them.", false, "/connections/"+conn.ID)
}

// saidSettings are settings in a sentence.
func saidSettings(fields []templates.SettingField) string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Label+": "+cmp.Or(f.Value, "not set"))
	}
	return strings.Join(all, "; ") + "."
}

// settingFields are the settings of a system with their values, and with what is wrong with them.
func settingFields(spec *connector.Spec, values, bad map[string]string) (fields []templates.SettingField) {
	for _, x := range spec.Settings {
		f := templates.SettingField{Typed: templates.Typed{Name: x.Name, Label: x.Label, Help: x.Help, Value: values[x.Name]}}
		if why := bad[x.Name]; why != "" {
			f.Error = "This " + why + "."
		}
		for _, o := range x.Options {
			chosen := o == values[x.Name] || values[x.Name] == "" && o == x.Default
			f.Options = append(f.Options, templates.MapOption{Value: o, Text: o, Chosen: chosen})
			if chosen {
				f.Value = o
			}
		}
		fields = append(fields, f)
	}
	return fields
}
