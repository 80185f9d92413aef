package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/internal/command"
	"couplet/internal/connector"
	"couplet/internal/engine"
)

func (s *Server) apiConflicts(c echo.Context, d command.Desk) (any, error) {
	limit, err := limitOf(c)
	if err != nil {
		return nil, err
	}
	list, next, err := d.Conflicts(c.Request().Context(), c.QueryParam("flow"), c.QueryParam("cursor"), limit)
	doc := command.ConflictsDoc{Conflicts: []command.ConflictDoc{}, Next: next}
	for _, x := range list {
		doc.Conflicts = append(doc.Conflicts, x.Doc)
	}
	return doc, err
}

// TakeIn is an answer to a conflict: whose value counts, a or b, or different; or the value that counts instead.
type TakeIn struct {
	Answer string  `json:"answer,omitempty"`
	Value  *string `json:"value,omitempty"`
}

func (s *Server) apiTake(c echo.Context, d command.Desk) (any, error) {
	in, err := bodyOf[TakeIn](c)
	if err != nil {
		return nil, err
	}
	_, o, err := d.Take(c.Request().Context(), word(c, "conflict"), in.Answer, in.Value)
	return command.OrderJSON(o), err
}

// SideIn names the side that wins, a or b.
type SideIn struct {
	Side string `json:"side"`
}

func (s *Server) apiRule(c echo.Context, d command.Desk) (any, error) {
	in, err := bodyOf[SideIn](c)
	if err != nil {
		return nil, err
	}
	for _, side := range []engine.Side{engine.A, engine.B} {
		if in.Side == side.String() {
			_, _, doc, err := d.Rule(c.Request().Context(), word(c, "conflict"), side)
			return doc, err
		}
	}
	return nil, notMeant("A side is a or b, so no rule was made.", `Send {"side": "a"} or {"side": "b"}.`)
}

func (s *Server) apiConflictBack(c echo.Context, d command.Desk) (any, error) {
	_, o, err := d.TakeConflictBack(c.Request().Context(), word(c, "conflict"))
	return command.OrderJSON(o), err
}

func (s *Server) apiReviews(c echo.Context, d command.Desk) (any, error) {
	limit, err := limitOf(c)
	if err != nil {
		return nil, err
	}
	list, next, err := d.Reviews(c.Request().Context(), c.QueryParam("flow"), c.QueryParam("cursor"), limit)
	doc := command.ReviewsDoc{Reviews: []command.ReviewDoc{}, Next: next}
	for _, x := range list {
		doc.Reviews = append(doc.Reviews, x.Doc)
	}
	return doc, err
}

// AnswerIn is an answer about a record that waits. Partner is the id of the record of the other side that it is linked with. Seen goes
// with delete, and is that of the list that showed the record, or with link, and is that of the candidate there.
type AnswerIn struct {
	Answer  engine.OrderKind `json:"answer"`
	Partner string           `json:"partner,omitempty"`
	Seen    string           `json:"seen,omitempty"`
	WhereIn
}

// WhereIn tells apart records of one id that wait in several flows or on both sides.
type WhereIn struct {
	Flow string `json:"flow,omitempty"`
	Side string `json:"side,omitempty"`
}

func (s *Server) apiAnswer(c echo.Context, d command.Desk) (any, error) {
	in, err := bodyOf[AnswerIn](c)
	if err != nil {
		return nil, err
	}
	if (in.Answer == engine.OrderLink) != (in.Partner != "") {
		return nil, notMeant("A record is linked with a partner, and no other answer has one, so nothing was decided.", `Send {"answer": "link", "partner": "its id"}, or another answer without partner.`)
	}
	_, o, err := d.Answer(c.Request().Context(), command.Named{Record: word(c, "record"), Flow: in.Flow, Side: in.Side}, engine.Order{Kind: in.Answer, Partner: in.Partner}, in.Seen)
	return command.OrderJSON(o), err
}

func (s *Server) apiReviewBack(c echo.Context, d command.Desk) (any, error) {
	in, err := bodyOf[WhereIn](c)
	if err != nil {
		return nil, err
	}
	_, o, err := d.TakeReviewBack(c.Request().Context(), command.Named{Record: word(c, "record"), Flow: in.Flow, Side: in.Side})
	return command.OrderJSON(o), err
}

func (s *Server) apiConnections(c echo.Context, d command.Desk) (any, error) {
	return d.Connections(c.Request().Context())
}

func (s *Server) apiConnection(c echo.Context, d command.Desk) (any, error) {
	conn, err := d.Connection(c.Request().Context(), word(c, "connection"))
	return command.ConnectionJSON(conn), err
}

func (s *Server) apiCheck(c echo.Context, d command.Desk) (any, error) {
	ctx := connector.As(c.Request().Context(), connector.Interactive)
	conn, err := d.Connection(ctx, word(c, "connection"))
	if err != nil {
		return nil, err
	}
	checked, err := s.o.Connect.Check(ctx, d.Workspace, conn.ID)
	var no *connector.Error
	if errors.As(err, &no) {
		return nil, &Error{Status: http.StatusConflict, Title: "Nothing was learned", Text: sentence(no.Message), Fix: "Try again later.", Err: err}
	}
	return command.ConnectionJSON(checked), err
}
