package web

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/store"
	"couplet/templates"
)

// takeShape has the sample of a call say what the last one that came looks like: its fields, without anything that stood in them, for
// that is somebody's and a version keeps its sample for ever.
func (s *Server) takeShape(c echo.Context) error {
	x, err := s.loadCanvas(c)
	if err != nil {
		return err
	}
	list, err := s.o.Store.Firings(c.Request().Context(), ws(c), store.FiringFilter{Automation: x.a().ID, Trigger: automation.ByCall}, "", 1)
	if err != nil {
		return err
	}
	if len(list) == 0 || x.a().Trigger.Kind != automation.OnHook {
		return s.showCanvas(c, http.StatusUnprocessableEntity, x, canvasAt(c), func(v *templates.Canvas) {
			v.Bad, v.Focus = "No call has come whose fields could be taken. Send one, and try again.", templates.BadID
		})
	}
	text, err := json.MarshalIndent(shapeOf(list[0].Data.At("call")), "", "  ")
	if err != nil {
		return err
	}
	return s.editCanvas(c, x, automationEdit{want: "take the fields of the last call.", do: func(a automation.Automation, at *templates.CanvasAt) (automation.Automation, string, error) {
		a.Trigger.Sample, at.Step = string(text), templates.OpenTrigger
		return a, "The fields of the last call can be used in the steps now.", nil
	}})
}

// shapeOf is a value of JSON with what stands in it replaced.
func shapeOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, in := range v {
			out[name] = shapeOf(in)
		}
		return out
	case []any:
		out := []any{}
		for _, in := range v[:min(len(v), 1)] {
			out = append(out, shapeOf(in))
		}
		return out
	case string:
		return "text"
	case float64:
		return 1
	}
	return v
}
