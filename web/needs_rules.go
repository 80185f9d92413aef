package web

import (
	"context"
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// habitual is how many equal choices in a row a rule is offered after.
const habitual = 3

// rules gathers the choices that were made so often that they may become the rule, and the rules that were made of such.
func (n *needsOf) rules(ctx context.Context) error {
	st, p := n.s.o.Store, n.view.pair
	habits, err := st.Habits(ctx, n.ws, p.ID)
	if err != nil {
		return err
	}
	for _, h := range habits {
		if h.N < habitual || !asks(n.flow, h.Field) {
			continue
		}
		n.page.Offers = append(n.page.Offers, templates.NeedOffer{Field: n.view.field(h.Field, engine.A), Flow: n.flow.Name, Pair: p.ID, Key: h.Field,
			Side: h.From.String(), System: n.view.systems()[h.From], N: h.N, Waiting: n.waiting[h.Field]})
	}
	made, err := st.Rules(ctx, n.ws, p.ID)
	for _, r := range made {
		f, _ := n.view.flow(r.Flow)
		n.page.Rules = append(n.page.Rules, templates.NeedRule{ID: r.ID, Pair: p.ID, Field: n.view.field(r.Field, engine.A), Flow: f.Name, System: n.view.systems()[r.From], By: r.By, At: r.At})
	}
	return err
}

// asks reports whether a flow asks a person where both sides changed a field.
func asks(f flow.Flow, field string) bool {
	i := slices.IndexFunc(f.Map, func(r mapping.Row) bool { return r.Key() == field })
	return i >= 0 && (f.Map[i].Conflict == mapping.Ask || f.Map[i].Conflict == "" && f.Conflict == mapping.Ask)
}

const noRuleText = "The flow does not ask about this field any more, so there was no rule to make. Nothing was changed."

// decideRule makes a habit the rule, declines that, or takes a rule back.
func (s *Server) decideRule(c echo.Context, h house, do string, back func(text string, bad bool) error) error {
	ctx, w := c.Request().Context(), ws(c)
	pair, field, by := c.FormValue("pair"), c.FormValue("field"), visitorOf(c).User.Email
	here := h.needsFilter(c).Of("").Href()
	if do == "back-rule" {
		took, err := s.o.Store.TakeRuleBack(ctx, w, c.FormValue("id"), by)
		if err != nil {
			return err
		}
		if !took {
			return back("That rule does not hold any more: somebody took it back, or changed the map.", true)
		}
		return back("Taken back. From now on you are asked again when both sides change it.", false)
	}
	f, ok := h.of(pair)
	if !ok {
		return back(settledText, true)
	}
	r := store.Rule{Pair: pair, Flow: f.ID, Field: field, From: sideOf(c.FormValue("side")), By: by}
	if do == "no-rule" {
		if err := s.o.Store.DeclineRule(ctx, w, r); err != nil {
			return err
		}
		return back("You are asked as before.", false)
	}
	view := runView{house: h, pair: h.pairs[pair]}
	_, n, err := s.o.Store.MakeRule(ctx, w, r)
	if errors.Is(err, store.ErrSettled) {
		return back(noRuleText, true)
	}
	if err != nil {
		return err
	}
	text := "From now on " + view.names()[r.From] + " wins for " + view.field(field, engine.A) + "."
	if n > 0 {
		text += " What waited there is decided the same way: " + templates.Count(n, "record", "records") + "."
	}
	return s.woken(c, h, pair, here, text)
}
