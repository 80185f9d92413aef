package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/command"
	"couplet/internal/engine"
)

// page sizes of lists.
const (
	usualLimit = 50
	mostLimit  = 200
)

// limitOf is how many a request wants.
func limitOf(c echo.Context) (int, error) {
	text := c.QueryParam("limit")
	if text == "" {
		return usualLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostLimit {
		return 0, &Error{Status: http.StatusBadRequest, Title: "That limit cannot be", Text: "A list gives 1 to 200 at once.", Fix: "Leave limit out, or take a number from 1 to 200, and follow next for more."}
	}
	return n, nil
}

// yesOrNo is a word of the query that is true, false, or not there.
func yesOrNo(c echo.Context, name string) (bool, error) {
	switch c.QueryParam(name) {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	}
	return false, &Error{Status: http.StatusBadRequest, Title: "That is neither true nor false", Text: name + " was not understood, so nothing was done.", Fix: "Write " + name + "=true, or leave it out."}
}

func (s *Server) apiRuns(c echo.Context, d command.Desk) (any, error) {
	limit, err := limitOf(c)
	if err != nil {
		return nil, err
	}
	runs, err := d.Runs(c.Request().Context(), c.QueryParam("flow"), c.QueryParam("cursor"), limit+1)
	if err != nil {
		return nil, err
	}
	doc := command.RunsDoc{Runs: []command.RunDoc{}}
	for i, r := range runs {
		if i == limit {
			doc.Next = runs[i-1].ID
			break
		}
		doc.Runs = append(doc.Runs, command.RunJSON(r))
	}
	return doc, nil
}

func (s *Server) apiShowRun(c echo.Context, d command.Desk) (any, error) {
	limit, err := limitOf(c)
	if err != nil {
		return nil, err
	}
	result := c.QueryParam("result")
	if result != "" && !slices.Contains(command.Results, result) {
		return nil, &Error{Status: http.StatusBadRequest, Title: "There is no such result", Text: "So nothing was looked for.", Fix: "Use one of " + strings.Join(command.Results, ", ") + "."}
	}
	shown, err := d.ShowRun(c.Request().Context(), word(c, "run"), result, c.QueryParam("cursor"), limit)
	if err != nil {
		return nil, err
	}
	doc := shown.JSON()
	if shown.More {
		doc.Next = shown.Entries[len(shown.Entries)-1].ID
	}
	return doc, nil
}

func (s *Server) apiStop(c echo.Context, d command.Desk) (any, error) {
	ctx := c.Request().Context()
	r, err := d.FindRun(ctx, word(c, "run"))
	if err != nil {
		return nil, err
	}
	if _, err := s.o.Store.CancelRun(ctx, d.Workspace, r.ID); err != nil {
		return nil, err
	}
	r, err = d.FindRun(ctx, r.ID)
	return command.RunJSON(r), err
}

// UndoIn says what of a run is to be taken back: all, or what it wrote to a record, or to a field.
type UndoIn struct {
	DryRun bool `json:"dry_run,omitempty"`
	// Record is an id in either system, Field a name in either.
	Record string `json:"record,omitempty"`
	Field  string `json:"field,omitempty"`
	// DeleteCreated also deletes the records that the run made and nobody touched since; Allow lets the undo write beyond the brake.
	DeleteCreated bool `json:"delete_created,omitempty"`
	Allow         bool `json:"allow,omitempty"`
}

func (s *Server) apiUndo(c echo.Context, d command.Desk) (any, error) {
	ctx := c.Request().Context()
	in, err := bodyOf[UndoIn](c)
	if err != nil {
		return nil, err
	}
	target, f, u, err := d.Undoing(ctx, word(c, "run"), in.Record, in.Field)
	if err != nil {
		return nil, err
	}
	u.Made, u.By = in.DeleteCreated, d.By
	v := undoView{what: u}
	if v.runView, err = s.runView(ctx, d.Workspace, target.ID); err != nil {
		return nil, err
	}
	if no := v.cannotUndo(); no != nil {
		return nil, &Error{Status: http.StatusConflict, Title: no.Title, Text: strings.TrimSpace(no.Why + " " + no.Safe), Fix: no.Fix}
	}
	earlier, err := s.o.Store.UndosOf(ctx, d.Workspace, target.ID, in.DryRun, looksBack)
	if err != nil {
		return nil, err
	}
	for _, r := range earlier {
		if !r.Status.Final() && r.Undo.Includes(u) {
			return begun(c, f, r, true), nil
		}
	}
	r := engine.AskUndo(f, target, u, in.DryRun, s.o.Now())
	r.Allow = in.Allow
	if err := s.o.Store.StartRun(ctx, r); err != nil {
		return nil, err
	}
	if err := s.o.Wake.Wake(ctx, d.Workspace, f.ID, engine.Undo, ""); err != nil {
		return nil, err
	}
	return begun(c, f, r, false), nil
}
