package web

import (
	"context"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// formSettings are the settings of a flow that the last step asks for, as a flow file calls them.
var formSettings = []string{"schedule", "retry", "brake", "scope", "records", "watch"}

// settingsClash is what a colleague changed of the settings since the person opened the page, nil where nobody did. A change of
// anything else is no clash: settings are put into the draft beside it.
func (s *Server) settingsClash(c echo.Context, l last) (*templates.SettingsClash, error) {
	seen, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil || seen == l.draft.Revision {
		return nil, nil // a form of before, or nobody was faster
	}
	ctx := c.Request().Context()
	was, known, err := s.o.Store.DraftAt(ctx, ws(c), l.flow.ID, seen)
	if err != nil {
		return nil, err
	}
	x := &templates.SettingsClash{At: l.draft.At}
	if x.Who, err = s.whoChanged(ctx, c, l.draft); err != nil {
		return nil, err
	}
	if x.At.IsZero() {
		x.At = s.o.Now()
	}
	if !known {
		return x, nil // too long ago to say what
	}
	changes := slices.DeleteFunc(flow.Compare(was, l.flow), func(ch flow.Change) bool { return !slices.Contains(formSettings, ch.Setting) })
	if len(changes) == 0 {
		return nil, nil
	}
	words, err := s.flowWords(ctx, ws(c), l.prospect)
	if err != nil {
		return nil, err
	}
	x.Lines = diffLines(words.groups(changes, was, l.flow))
	return x, nil
}

// diffLines are differences without their groups.
func diffLines(groups []templates.DiffGroup) (out []templates.DiffLine) {
	for _, g := range groups {
		out = append(out, g.Lines...)
	}
	return out
}

// whoChanged is who changed a draft last. Without a draft it was published or thrown away meanwhile: then whoever published last.
func (s *Server) whoChanged(ctx context.Context, c echo.Context, d store.Draft) (string, error) {
	by := d.By
	if by == "" {
		all, err := s.o.Store.FlowVersions(ctx, ws(c), d.Flow.ID, 0, 1)
		if err != nil || len(all) == 0 || s.o.Now().Sub(all[0].Saved) > lookFresh {
			return "Somebody", err
		}
		by = all[0].By
	}
	me := visitorOf(c).User
	if by == me.ID || by == me.Email {
		return "In another window you", nil
	}
	users, err := s.o.Store.Users(ctx, ws(c))
	for _, u := range users {
		if u.ID == by || u.Email == by {
			return u.Called(), nil
		}
	}
	return "Somebody", err
}

// differs says what a colleague changed of a map since the revision that a form names.
func (s *Server) differs(c echo.Context, m *mapOf) ([]templates.DiffLine, error) {
	seen, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil {
		return nil, nil
	}
	ctx := c.Request().Context()
	was, known, err := s.o.Store.DraftAt(ctx, ws(c), m.flow().ID, seen)
	if err != nil || !known {
		return nil, err
	}
	words, err := s.flowWords(ctx, ws(c), m.prospect())
	if err != nil {
		return nil, err
	}
	return diffLines(words.groups(flow.Compare(was, m.flow()), was, m.flow())), nil
}
