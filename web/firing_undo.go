package web

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/templates"
)

// undoer takes back what automations did.
func (s *Server) undoer() *automation.Undoer {
	return &automation.Undoer{Store: s.o.Store, Accounts: s.o.Tools, Systems: s.automationSystems(), Now: s.o.Now}
}

// firingUndoPage shows what taking back a firing would come to.
func (s *Server) firingUndoPage(c echo.Context) error {
	ctx := c.Request().Context()
	f, err := s.firingOf(c)
	if err != nil {
		return err
	}
	a, err := s.o.Store.Automation(ctx, ws(c), f.Automation)
	if err != nil {
		return err
	}
	v := templates.FiringUndo{Frame: frame(c, "Take back · "+a.Draft.Name, "flows"), Automation: f.Automation, Name: a.Draft.Name, ID: f.ID, About: firingLine(f).About, MayEdit: may(visitorOf(c).Role, editor)}
	if v.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return err
	}
	list, err := s.undoer().Look(ctx, ws(c), f.ID)
	switch {
	case errors.Is(err, automation.ErrUnderWay):
		v.Cannot = "It is under way still. End it first, or let it go on to its end."
	case err != nil:
		return err
	}
	for _, x := range list {
		b := firingBackOf(x)
		if v.Steps = append(v.Steps, b); b.By != "" {
			v.Can++
		}
	}
	if v.Can == 0 && v.Cannot == "" {
		v.Cannot = "It did nothing that can be taken back. Each step below says why."
		if len(list) == 0 {
			v.Cannot = "It changed nothing."
		}
	}
	return page(c, http.StatusOK, templates.FiringUndoPage(v))
}

func firingBackOf(x automation.Undoing) templates.FiringBack {
	b := templates.FiringBack{At: x.Entry.At, Number: x.Number, Title: x.Title, System: x.System, Why: x.Why}
	if len(x.Moved) > 0 && x.By != nil {
		b.Stays = append(b.Stays, "Changed since, so it stays: "+strings.Join(x.Moved, ", ")+".")
	}
	if len(x.Left) > 0 && x.By != nil {
		b.Stays = append(b.Stays, "Cannot be put back, because it was empty before or is not shown by "+x.System+": "+strings.Join(x.Left, ", ")+".")
	}
	if x.By == nil {
		return b
	}
	b.By, b.Does = x.By.Title, x.By.Does
	for _, name := range slices.Sorted(maps.Keys(x.In)) {
		label := name
		if i := slices.IndexFunc(x.By.Takes, func(t connector.Take) bool { return t.Name == name && t.Label != "" }); i >= 0 {
			label = x.By.Takes[i].Label
		}
		b.Values = append(b.Values, templates.Fact{Name: label, Value: saidValue(x.In[name])})
	}
	return b
}

// saidValue is a value as people read it.
func saidValue(v any) string {
	switch v := v.(type) {
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, saidValue(x))
		}
		return strings.Join(parts, ", ")
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	}
	return fmt.Sprint(v)
}

// undoFiring takes it back.
func (s *Server) undoFiring(c echo.Context) error {
	ctx, by := c.Request().Context(), visitorOf(c).User.Email
	f, err := s.firingOf(c)
	if err != nil {
		return err
	}
	var at []string
	if one := c.FormValue("at"); one != "" {
		at = []string{one}
	}
	here := "/automations/" + f.Automation + "/runs/" + f.ID
	n, err := s.undoer().Undo(ctx, ws(c), f.ID, by, at...)
	said, refused := connector.AsError(err)
	switch {
	case errors.Is(err, automation.ErrUnderWay):
		return s.sayAndGo(c, "Nothing was taken back: it is under way still. End it first, or let it go on to its end.", true, here)
	case refused:
		return s.sayAndGo(c, templates.Count(n, "step was", "steps were")+" taken back, then one could not be: "+said.Error()+" What is left can be tried again.", true, here+"/undo")
	case err != nil:
		return err
	case n == 0:
		return s.sayAndGo(c, "Nothing was taken back: it does not stand as it was shown any more. This is how it stands now.", true, here+"/undo")
	}
	return s.sayAndGo(c, templates.Count(n, "step was", "steps were")+" taken back.", false, here)
}
