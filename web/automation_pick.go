package web

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/templates"
)

// picker is what can be added: what stands between steps, and the operations of all catalogs, narrowed by words and a system.
func (s *Server) picker(c echo.Context) templates.CanvasPicker {
	text := strings.TrimSpace(c.QueryParam("q"))
	p := templates.CanvasPicker{Text: text, System: c.QueryParam("system")}
	if _, known := s.o.Connect.Systems[p.System]; !known {
		p.System = ""
	}
	words := strings.Fields(text)
	for _, w := range automation.StepKinds {
		if w.ID != automation.Operation && hasWords(w.Title+" "+w.Help, words) && p.System == "" {
			p.Between = append(p.Between, templates.CanvasPick{Put: w.ID, Icon: stepIcon(w.ID), Title: w.Title, Does: w.Help})
		}
	}
	p.Found = len(p.Between)
	for _, spec := range s.specs() {
		x := systemOf(spec, "")
		p.Systems = append(p.Systems, x)
		catalog := s.o.Connect.Systems[spec.ID].Operations
		p.All += len(catalog.Operations)
		if p.System != "" && p.System != spec.ID {
			continue
		}
		shelf := templates.CanvasShelf{System: x}
		for _, g := range connector.Groups {
			group := templates.CanvasGroup{Title: g.Title}
			for i := range catalog.Operations {
				if o := &catalog.Operations[i]; o.Group == g.ID && o.Has(words) {
					group.Picks = append(group.Picks, templates.CanvasPick{Put: spec.ID + "/" + o.ID, Icon: operationIcon(o), Title: o.Title, Does: o.Does})
				}
			}
			shelf.Count += len(group.Picks)
			switch {
			case len(group.Picks) == 0:
			case len(words) == 0:
				shelf.Groups = append(shelf.Groups, group)
			case len(shelf.Groups) == 0:
				shelf.Groups = []templates.CanvasGroup{{Picks: group.Picks}}
			default:
				shelf.Groups[0].Picks = append(shelf.Groups[0].Picks, group.Picks...)
			}
		}
		if p.Found += shelf.Count; shelf.Count > 0 {
			p.Shelves = append(p.Shelves, shelf)
		}
	}
	return p
}

// hasWords reports whether each word begins a word of a text.
func hasWords(text string, words []string) bool {
	all := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, w := range words {
		found := false
		for _, t := range all {
			found = found || strings.HasPrefix(t, strings.ToLower(w))
		}
		if !found {
			return false
		}
	}
	return true
}

// operationIcon draws what an operation does to a record.
func operationIcon(o *connector.Operation) string {
	switch {
	case o.Kind == connector.Finds:
		return "file-search"
	case o.Method == http.MethodDelete:
		return "trash-2"
	case o.Reaches:
		return "send"
	case o.Makes:
		return "plus"
	}
	return "pencil"
}
