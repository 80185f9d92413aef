package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/docs"
	"couplet/internal/command"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// WhoDoc is which token a request came by, and what it may do.
type WhoDoc struct {
	Token     string     `json:"token"`
	Role      string     `json:"role"`
	Workspace string     `json:"workspace"`
	MadeBy    string     `json:"made_by"`
	EndsAt    *time.Time `json:"ends_at,omitempty"`
}

func (s *Server) apiWho(c echo.Context, d command.Desk) (any, error) {
	v := visitorOf(c)
	doc := WhoDoc{Token: v.token.Name, Role: v.Role, MadeBy: v.User.Email}
	if at := v.token.Ends; !at.IsZero() {
		at = at.UTC()
		doc.EndsAt = &at
	}
	all, err := s.o.Store.WorkspacesOf(c.Request().Context(), d.Workspace, v.User.ID)
	for _, w := range all {
		if w.ID == d.Workspace {
			doc.Workspace = w.Name
		}
	}
	return doc, err
}

// guideText is a text for people.
type guideText []byte

func (s *Server) apiGuide(echo.Context, command.Desk) (any, error) { return guideText(docs.API), nil }

// word is a word of the path as it is meant: the router leaves it as it was written.
func word(c echo.Context, name string) string {
	plain, err := url.PathUnescape(c.Param(name))
	if err != nil {
		return c.Param(name)
	}
	return plain
}

func (s *Server) apiFlows(c echo.Context, d command.Desk) (any, error) {
	return d.Flows(c.Request().Context())
}

func (s *Server) apiFlow(c echo.Context, d command.Desk) (any, error) {
	f, err := d.Flow(c.Request().Context(), word(c, "flow"))
	if err != nil {
		return nil, err
	}
	return d.FlowJSON(c.Request().Context(), f)
}

func (s *Server) apiExport(c echo.Context, d command.Desk) (any, error) {
	text, err := d.Export(c.Request().Context(), c.QueryParams()["flow"]...)
	return flowFile(text), err
}

func (s *Server) apiApply(c echo.Context, d command.Desk) (any, error) {
	dry, err := yesOrNo(c, "dry_run")
	if err != nil {
		return nil, err
	}
	data, err := hasBody(c, "application/yaml", "application/x-yaml", "text/yaml")
	if err != nil {
		return nil, err
	}
	done, err := d.Apply(c.Request().Context(), "file", data, nil, dry)
	var lines flow.Errors
	if errors.As(err, &lines) {
		return nil, &Error{Status: http.StatusUnprocessableEntity, Title: "The flow file is not valid", Text: "Nothing of it was stored, because all of it must be valid: see problems.",
			Fix: "Mend the lines that problems names, then send it again.", Lines: lines}
	}
	return done, err
}

// RunIn says how a flow is to run.
type RunIn struct {
	// DryRun writes nothing; Allow lets this one run write beyond the brake.
	DryRun bool `json:"dry_run,omitempty"`
	Allow  bool `json:"allow,omitempty"`
}

// StartedDoc is a run that was asked for, as soon as it is known: when no worker took it up within seconds there is none yet, and
// it stands first in the list of runs when it has begun. Already says that it was under way before.
type StartedDoc struct {
	Flow    string          `json:"flow"`
	Already bool            `json:"already"`
	Run     *command.RunDoc `json:"run,omitempty"`
}

func (s *Server) apiRun(c echo.Context, d command.Desk) (any, error) {
	ctx := c.Request().Context()
	in, err := bodyOf[RunIn](c)
	if err != nil {
		return nil, err
	}
	f, err := d.Flow(ctx, word(c, "flow"))
	if err != nil {
		return nil, err
	}
	newest, trigger := s.newestRun, byHand
	switch {
	case in.DryRun:
		newest, trigger = s.newestRehearsal, engine.Rehearse
	case in.Allow:
		trigger = engine.Once
	}
	if !in.DryRun {
		h, err := s.house(ctx, d.Workspace)
		if err != nil {
			return nil, err
		}
		if no := h.cannotRun(f.ID); no != "" {
			return nil, &Error{Status: http.StatusConflict, Title: "The flow cannot run", Text: no, Fix: "Mend that, then send it again."}
		}
		open, err := s.o.Store.Unfinished(ctx, d.Workspace, f.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range open {
			if !r.DryRun && r.Undo == nil && !in.Allow {
				return begun(c, f, r, true), nil
			}
		}
	}
	before, err := newest(ctx, d.Workspace, f.ID)
	if err != nil {
		return nil, err
	}
	if err := s.o.Wake.Wake(ctx, d.Workspace, f.ID, trigger, d.By); err != nil {
		return nil, err
	}
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for end := time.After(s.soon); ; {
		r, err := newest(ctx, d.Workspace, f.ID)
		if err != nil {
			return nil, err
		}
		if r.ID != before.ID {
			return begun(c, f, r, false), nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-end:
			return StartedDoc{Flow: f.Name}, nil
		case <-look.C:
		}
	}
}

// begun is a run that was asked for.
func begun(c echo.Context, f flow.Flow, r engine.Run, already bool) StartedDoc {
	c.Response().Header().Set(echo.HeaderLocation, apiPath+"/runs/"+r.ID)
	doc := command.RunJSON(r)
	return StartedDoc{Flow: f.Name, Already: already, Run: &doc}
}

func (s *Server) newestRun(ctx context.Context, ws, flow string) (engine.Run, error) {
	id, err := s.newest(ctx, ws, flow)
	if err != nil || id == "" {
		return engine.Run{}, err
	}
	return s.o.Store.RunByID(ctx, ws, id)
}

func (s *Server) newestRehearsal(ctx context.Context, ws, flow string) (engine.Run, error) {
	r, _, err := s.o.Store.Rehearsal(ctx, ws, flow)
	return r, err
}

// PreviewDoc is what a flow would change. Current says that the run is over, came to its end, and is about the flow as it is.
type PreviewDoc struct {
	Flow    string          `json:"flow"`
	Current bool            `json:"current"`
	Run     *command.RunDoc `json:"run,omitempty"`
}

func (s *Server) apiPreview(c echo.Context, d command.Desk) (any, error) {
	ctx := c.Request().Context()
	f, err := d.Flow(ctx, word(c, "flow"))
	if err != nil {
		return nil, err
	}
	l, err := s.last(ctx, d.Workspace, f.ID)
	if err != nil {
		return nil, err
	}
	doc := PreviewDoc{Flow: f.Name, Current: l.rehearsed.of(l.prospect)}
	if l.rehearsed.is {
		run := command.RunJSON(l.rehearsed.run)
		doc.Run = &run
	}
	return doc, nil
}

// SwitchIn says whether a flow is to be on. Approve is the id of the dry run that showed what it would change.
type SwitchIn struct {
	On      bool   `json:"on"`
	Approve string `json:"approve,omitempty"`
}

func (s *Server) apiSwitch(c echo.Context, d command.Desk) (any, error) {
	ctx := c.Request().Context()
	in, err := bodyOf[*SwitchIn](c)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return nil, notMeant("The body says neither on nor off, so nothing was done.", `Send {"on": true} or {"on": false}.`)
	}
	f, err := d.Flow(ctx, word(c, "flow"))
	if err != nil {
		return nil, err
	}
	l, err := s.last(ctx, d.Workspace, f.ID)
	if err != nil {
		return nil, err
	}
	if in.On {
		err = s.apiSwitchOn(ctx, d, l, in.Approve)
	} else {
		_, err = s.stopFlow(ctx, d.Workspace, f.ID)
	}
	if err != nil {
		return nil, err
	}
	return s.apiFlow(c, d)
}

func (s *Server) apiSwitchOn(ctx context.Context, d command.Desk, l last, approve string) error {
	no := func(text, fix string) error {
		return &Error{Status: http.StatusConflict, Title: "The flow was not switched on", Text: text, Fix: fix}
	}
	a, before := l.approved()
	switch {
	case !before && approve == "":
		return no("It was changed since it was on, or was never on, and nobody has approved what it would change.",
			fmt.Sprintf(`Look at what it would change with POST %s/flows/%s/run and {"dry_run": true}, then send {"on": true, "approve": "the id of that run"}.`, apiPath, l.flow.Name))
	case !before && (approve != l.rehearsed.run.ID || !l.rehearsed.of(l.prospect)):
		return no("The run that approve names does not show what the flow would change as it is now: it is not over, another is newer, or the flow was changed since.", "Make another dry run, look at it, and name that.")
	case !before:
		a = flow.Approval{By: d.By, At: s.o.Now().UTC(), How: "preview", Counts: l.rehearsed.run.Foretold(), Rehearsal: l.rehearsed.run.ID, Revision: l.flow.Revision()}
	}
	problem, _, err := s.obstacle(ctx, d.Workspace, l.prospect)
	if err != nil {
		return err
	}
	if problem != "" {
		return no(problem, "Mend that, then send it again.")
	}
	_, err = s.o.Store.SwitchOn(ctx, d.Workspace, l.flow.ID, a)
	if errors.Is(err, store.ErrOutdated) {
		return no("Somebody changed the flow this very moment.", "Make another dry run, look at it, and name that.")
	}
	if err != nil {
		return err
	}
	return s.wakeFirst(ctx, d.Workspace, l.flow, d.By)
}
