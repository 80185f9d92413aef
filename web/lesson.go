package web

import (
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/templates"
)

// learned says what answers taught about the fields of a pair.
func (b *board) learned(row mapping.Row) (out []templates.MapLesson) {
	for side, conn := range b.flow().Connections {
		for _, name := range row.Side(connector.Side(side)) {
			f, _ := connector.FieldNamed(b.fields(connector.Side(side)), name)
			for _, c := range b.lessons {
				if c.Conn == conn && (c.Field == name || slices.Contains(f.Parts, c.Field)) {
					if text := b.lesson(connector.Side(side), c); text != "" {
						out = append(out, templates.MapLesson{Text: text, Side: connector.Side(side).String(), Field: c.Field})
					}
				}
			}
		}
	}
	return out
}

// lesson is a lesson in words, "" for one that says nothing yet.
func (b *board) lesson(side connector.Side, c engine.Capability) string {
	return lessonWords(b.systems[side].Name, b.clock, c)
}

func lessonWords(name string, clock templates.Clock, c engine.Capability) string {
	until := fmt.Sprintf(" It was last tried %s, and is tried again after a week.", clock.Moment(c.Learned))
	switch {
	case c.Refused:
		return name + " does not let this field be changed. Values that differ stay as they are." + until
	case c.Closed():
		return name + " says yes to changes of this field and makes none. Values that differ stay as they are." + until
	case c.MaxLen > 0:
		return fmt.Sprintf("%s was seen to keep only the first %s of this field.", name, templates.Count(c.MaxLen, "character", "characters"))
	}
	return ""
}

// tryAgain has a field tried that a system did not take.
func (s *Server) tryAgain(c echo.Context) error {
	m, err := s.loadMap(c)
	if err != nil {
		return err
	}
	ctx, f := c.Request().Context(), m.flow()
	lessons, err := s.o.Store.Capabilities(ctx, ws(c), f.Connections, f.Object)
	if err != nil {
		return err
	}
	for side, conn := range f.Connections {
		for _, x := range lessons {
			if x.Conn != conn || connector.Side(side).String() != c.FormValue("of") || x.Field != c.FormValue("field") {
				continue
			}
			x = x.Again()
			x.MaxLen = 0
			if err := s.o.Store.SaveCapability(ctx, ws(c), x); err != nil {
				return err
			}
			runs, err := s.o.Store.FlowByID(ctx, ws(c), f.ID)
			if err != nil {
				return err
			}
			done := "The next change of this field is sent."
			if runs.Watch {
				done = "The field counts as one that can be changed again." + watchesText
			}
			return s.mapChanged(c, m, done, changed{anchor: "board-body"})
		}
	}
	return s.cannot(c, m, "Nothing is known about that field any more. Look at the map as it is now.")
}
