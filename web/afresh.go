package web

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// What is said and done about comparing all linked records once more (engine.Afresh).

// compares reports whether the flow's next approval has all linked records compared once more.
func (p prospect) compares() bool {
	a := p.pair.Afresh
	return a.Proposed || !a.At.IsZero() && p.pair.Settled.IsZero() && !p.allows(p.published.Approval)
}

// allows reports whether an approval was given since all records were to be compared once more.
func (p prospect) allows(a *flow.Approval) bool {
	x := p.pair.Afresh
	return x.At.IsZero() || !x.Proposed && !p.pair.Settled.IsZero() || a != nil && !x.Proposed && a.At.After(x.At)
}

// afresh is what the preview says about it, nil where there is nothing to say.
func (p prospect) afresh() *templates.AfreshNote {
	if !p.compares() {
		return nil
	}
	a := p.pair.Afresh
	if !a.Strange() {
		about := "all pairs"
		if len(a.Keys) > 0 {
			about = strings.Join(p.rowWords(a.Keys), ", ")
		}
		return &templates.AfreshNote{Kind: "pine", Icon: "refresh-cw", Title: "The map is applied to all linked records: " + about, Back: a.Proposed,
			Text: "The rehearsal compares them as if nothing had been agreed. Nothing is written before you approve it."}
	}
	title, why := strangeWords(a, p.names())
	note := &templates.AfreshNote{Kind: "warn", Icon: "triangle-alert", Title: title, Text: why + " The flow has stopped and writes nothing. A rehearsal shows what comparing everything anew comes to: " +
		"equal values are agreed on, differences wait for a person, and nothing is deleted. If it is the wrong account, connect the right one again instead."}
	if a.Deletes() {
		note.Deleted = &templates.AfreshDeleted{At: strconv.FormatInt(a.At.UnixMilli(), 10), Follows: p.deletedWords(a)}
	}
	return note
}

// deletedWords say what follows when a person says that the records which are gone were really deleted.
func (p prospect) deletedWords(a engine.Afresh) []string {
	x := p.systems()[a.Side]
	one := "the " + x.One + " itself"
	least := leastAllowed(templates.SwitchForm{}).LeastDeletions
	return []string{
		"Nothing is compared anew then. The next run goes on as before, and asks " + x.Name + " for each missing " + x.One + " once more, and again ten minutes later: what is not in a list proves nothing, only " + one + " does.",
		"What is gone both times counts as deleted. " + deleteWords[cmp.Or(p.published.Delete, flow.Detach)].long,
		fmt.Sprintf("Are these more than the brake lets go of in one run, %s or %s of the linked records, the run stops before it touches any of them, and you are asked that, too.",
			templates.Number(least), p.published.Brake.Delete),
	}
}

// reallyDeleted takes a person's answer that the records which are gone were really deleted.
func (s *Server) reallyDeleted(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.prospect(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	at, err := strconv.ParseInt(c.FormValue("at"), 10, 64)
	if err != nil || p.pair.ID == "" {
		return s.sayAndGo(c, "Nothing waits for that answer. This is how it stands now.", false, p.path("preview"))
	}
	err = s.o.Store.ReallyDeleted(ctx, ws(c), p.pair.ID, time.UnixMilli(at))
	if errors.Is(err, store.ErrAnswered) {
		return s.sayAndGo(c, "Somebody has answered already, or something else came up since. This is how it stands now.", false, p.path("preview"))
	}
	if err != nil {
		return err
	}
	h, err := s.house(ctx, ws(c))
	if err != nil {
		return err
	}
	if refused := h.cannotRun(p.flow.ID); refused != "" {
		return s.sayAndGo(c, "Your answer is kept. "+refused, false, p.path("preview"))
	}
	if err := s.o.Wake.Wake(ctx, ws(c), p.flow.ID, byHand, asker(c)); err != nil {
		return err
	}
	return s.sayAndGo(c, "Your answer is kept. The flow goes on as before, and asks for each missing "+p.systems()[0].One+" twice before it counts as deleted.", false, "/runs?flow="+p.flow.ID)
}

// strangeWords say that an account is not what it was, and how that shows.
func strangeWords(a engine.Afresh, names [2]string) (title, why string) {
	name := names[a.Side]
	if a.Deletes() {
		return fmt.Sprintf("Many records of %s are gone", name), fmt.Sprintf("%s of %s records disappeared at once, as when another account answers.", templates.Number(a.Went), templates.Number(a.Of))
	}
	if a.Why == engine.Jumped {
		return name + " may be another account now", fmt.Sprintf("%s of %s records came or went at once.", templates.Number(a.N), templates.Number(a.Of))
	}
	return name + " shows an older state", "Records there are older than they were, as after a restored backup."
}

// rowWords are what pairs of the map are called.
func (p prospect) rowWords(keys []string) (out []string) {
	h := house{}
	for _, key := range keys {
		row := rowOf(key)
		var ends [2]string
		for side, spec := range p.specs {
			h.specs = specOnly(spec)
			ends[side] = h.label(p.flow.Connections, p.flow.Object, row, engine.Side(side))
		}
		out = append(out, ends[0]+" and "+ends[1])
	}
	return out
}

// reapplies are the pairs that can be applied to existing records: of a flow that has been on and whose first plan is done.
func (p prospect) reapplies() (out []templates.Choice) {
	if p.compares() || !p.mayReapply() {
		return nil
	}
	var keys []string
	for _, row := range p.flow.Map {
		keys = append(keys, row.Key())
	}
	for i, words := range p.rowWords(keys) {
		out = append(out, templates.Choice{ID: keys[i], Name: words})
	}
	return out
}

// mayReapply reports whether the map can be applied to existing records, or to others than was asked for last.
func (p prospect) mayReapply() bool {
	return p.published.Approval != nil && !p.pair.Settled.IsZero() && (!p.compares() || p.pair.Afresh.Proposed) && p.published.Scope.Only != flow.ScopeNew
}

// reapply asks for a rehearsal in which the map is applied to all linked records, or no longer wants that.
func (s *Server) reapply(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.prospect(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	a := engine.Afresh{At: s.o.Now(), Why: engine.Reapply}
	switch key := c.FormValue("key"); {
	case c.FormValue("do") == "back":
		a = engine.Afresh{}
	case !p.mayReapply():
		return s.sayAndGo(c, "There is nothing that the map could be applied to yet.", false, p.path("preview"))
	case key != "" && rowAt(p.flow, key) < 0:
		return s.sayAndGo(c, "That pair is no longer in the map. Choose another one.", false, p.path("preview"))
	case key != "":
		a.Keys = []string{key}
	}
	if x := p.pair.Afresh; x.Proposed && x.Why == a.Why && slices.Equal(x.Keys, a.Keys) {
		return s.rehearsing(c, p, x)
	}
	if err := s.o.Store.ProposeAfresh(ctx, ws(c), p.pair.ID, a); err != nil {
		return err
	}
	return s.rehearse(c)
}

// rehearsing leads whoever asks twice for the same, with a double click for instance, to the rehearsal that was asked for first.
func (s *Server) rehearsing(c echo.Context, p prospect, a engine.Afresh) error {
	r, err := s.rehearsed(c.Request().Context(), ws(c), p.flow.ID)
	if err != nil {
		return err
	}
	if r.is && r.run.Started.After(a.At) {
		return redirect(c, p.path("preview"))
	}
	return redirect(c, wish{at: a.At, after: r.run.ID}.in(p.path("preview")))
}
