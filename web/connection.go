package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/templates"
)

// connections lists the connected accounts and how they are.
func (s *Server) connections(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.o.Store.Connections(ctx, ws(c))
	if err != nil {
		return err
	}
	p := templates.Connections{Frame: frame(c, "Connections", "connections"), Editor: may(visitorOf(c).Role, editor)}
	if p.Back, err = s.copyBack(c); err != nil {
		return err
	}
	known, err := s.knowledge(ctx, ws(c))
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b connection.Connection) int { return strings.Compare(a.System, b.System) })
	for _, conn := range all {
		card, err := s.card(ctx, conn, known)
		if err != nil {
			return err
		}
		card.Editor = p.Editor
		p.Cards = append(p.Cards, card)
	}
	p.Headline, p.Line = finding(p.Cards)
	return page(c, http.StatusOK, templates.ConnectionsPage(p))
}

// oneConnection shows one connection.
func (s *Server) oneConnection(c echo.Context) error {
	conn, err := s.o.Store.ConnectionByID(c.Request().Context(), ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.showConnection(c, http.StatusOK, conn, func(*templates.ConnectionPage) {})
}

// showConnection shows one connection. What was typed and is wrong is put in by amend.
func (s *Server) showConnection(c echo.Context, status int, conn connection.Connection, amend func(*templates.ConnectionPage)) error {
	card, err := s.cardOf(c, conn)
	if err != nil {
		return err
	}
	p := templates.ConnectionPage{Frame: frame(c, conn.Name, "connections"), Card: card, Name: conn.Name}
	p.Seen = [2]string{seenOf(conn.Name), seenOf(conn.Settings)}
	p.Settings = settingFields(s.o.Connect.Systems[conn.System].Spec, conn.Settings, nil)
	if p.Lessons, err = s.lessons(c.Request().Context(), ws(c), conn); err != nil {
		return err
	}
	amend(&p)
	return page(c, status, templates.OneConnection(p))
}

// cardOf is the card of one connection for this visitor.
func (s *Server) cardOf(c echo.Context, conn connection.Connection) (templates.ConnectionCard, error) {
	ctx := c.Request().Context()
	known, err := s.knowledge(ctx, ws(c))
	if err != nil {
		return templates.ConnectionCard{}, err
	}
	card, err := s.card(ctx, conn, known)
	card.Editor = may(visitorOf(c).Role, editor)
	return card, err
}

// finding is the headline of the page: how the accounts are, in one sentence, and what follows.
func finding(cards []templates.ConnectionCard) (headline, line string) {
	line = "Keys renew themselves where they can. If one ever stops, flows wait and nothing is lost."
	systems := map[string]bool{}
	var broken, none []string
	missing := 0
	for _, c := range cards {
		systems[c.System.ID] = true
		switch c.Kind {
		case "bad":
			broken = append(broken, c.Name)
		case "off":
			none = append(none, c.Name)
		}
		missing += len(c.Missing)
	}
	broken = append(broken, none...)
	switch {
	case len(cards) == 0:
		return "No account is connected yet", "Accounts are connected on the way to a flow, or here."
	case len(broken) == 1:
		return broken[0] + " needs to be connected again", line
	case len(broken) > 1:
		return templates.Number(len(broken)) + " accounts need to be connected again", line
	case len(cards) == 1:
		headline = "One account is connected"
	case len(cards) == 2 && len(systems) == 2:
		headline = "Both sides are connected"
	default:
		headline = "All " + templates.Number(len(cards)) + " accounts are connected"
	}
	if missing > 0 {
		headline += ", " + numberWord(missing) + " " + plural(missing, "permission is", "permissions are") + " missing"
	}
	return headline, line
}

func numberWord(n int) string {
	if n == 1 {
		return "one"
	}
	return templates.Number(n)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// checkConnection tries the key of a connection now.
func (s *Server) checkConnection(c echo.Context) error {
	ctx := connector.As(c.Request().Context(), connector.Interactive)
	conn, err := s.o.Store.ConnectionByID(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	text, kind := "The key was tried just now and works.", "pine"
	checked, err := s.o.Connect.Check(ctx, ws(c), conn.ID)
	var refused *connector.Error
	switch {
	case errors.As(err, &refused):
		text, kind = "Nothing was learned: "+sentence(refused.Message), "warn"
	case err != nil:
		return err
	default:
		conn = checked
		if conn.State != connection.OK {
			text, kind = cmp.Or(sentence(conn.Problem), "The key does not work."), "bad"
		}
	}
	if c.Request().Header.Get("HX-Request") == "true" {
		card, err := s.cardOf(c, conn)
		if err != nil {
			return err
		}
		card.Answer, card.AnswerKind = text, kind
		return page(c, http.StatusOK, templates.ConnectionSheet(card))
	}
	return s.sayAndGo(c, conn.Name+": "+text, kind != "pine", "/connections/"+conn.ID)
}
