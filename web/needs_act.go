package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// These are said to somebody whose answer is not taken.
const (
	movedText   = "The values changed since you looked, so your answer was not taken."
	otherText   = "They are not the records that you saw, or one of them changed since. Nothing was decided; look again."
	standText   = " They stand here as they are now."
	noValueText = "Type a value first. Nothing was decided."
	bothText    = "You typed a value and chose another answer, so nothing was decided. Put the value in both, or clear it and choose."
)

// underWayText is said to somebody who wants an order to delete back, or another one instead, when it is too late.
const underWayText = "The record is being deleted already: a run has asked for it, or is about to, and nothing stops that any more. Look again when the run is over."

// settledText is said to somebody whose answer came too late.
const settledText = "This was settled already, by somebody else or by itself. Nothing was changed by your answer."

// decideNeed takes what a person decided: it is stored as an order, and the flow is woken to carry it out.
func (s *Server) decideNeed(c echo.Context) error {
	ctx, w := c.Request().Context(), ws(c)
	h, err := s.house(ctx, w)
	if err != nil {
		return err
	}
	do, pair := c.FormValue("do"), c.FormValue("pair")
	by := visitorOf(c).User.Email
	filter := h.needsFilter(c)
	here, on := filter.Href(), filter.Onward() // where one stays after a refusal, and goes after an answer
	back := func(text string, bad bool) error {
		if typed := strings.TrimSpace(c.FormValue("value")); typed != "" && bad {
			return s.typedAgain(c, typed, text)
		}
		return s.sayAndGo(c, text, bad, here)
	}
	if do == "keep-side" { // the side that was chosen beside the button
		do = c.FormValue("side-kept")
	}
	if do == "back" {
		return s.takeBack(c, pair, by, back)
	}
	if do == "firing" {
		return s.decideFirings(c, h, on, back)
	}
	p, known := h.pairs[pair]
	if !known {
		return back(settledText, true)
	}
	var orders []engine.Order
	switch do {
	case "rule", "no-rule", "back-rule":
		return s.decideRule(c, h, do, back)
	case "retry":
		n, err := s.o.Store.TryAgain(ctx, w, pair, c.FormValue("problem"), s.o.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return back(settledText, true)
		}
		many := templates.Count(int(n), "record is", "records are")
		f, _ := h.of(pair)
		return s.lookedAt(c, h, f, on, many+" tried again.", many+" looked at again, and a new run tells what comes of it.")
	case "all-a", "all-b", "delete-all", "keep-all":
		if c.FormValue("sure") != "yes" {
			return back("Nothing was decided: say first that you mean all of them.", true)
		}
		if kind := allDeletes[do]; kind != "" {
			orders, err = s.decideAll(ctx, w, p, sideOf(c.FormValue("side")), kind, by)
		} else {
			orders, err = s.chooseAll(ctx, w, pair, c.FormValue("field"), sideOf(strings.TrimPrefix(do, "all-")), by)
		}
		if err != nil {
			return err
		}
		on = filter.Of("").Href()
		if why := unlikeSeen(c, orders); why != "" {
			return back(why, true)
		}
	case "accept-all":
		if c.FormValue("sure") != "yes" {
			return back("Nothing was decided: say first that you mean all of them.", true)
		}
		if orders, err = s.acceptAll(ctx, w, pair, by); err != nil {
			return err
		}
		if why := unlikeSeen(c, orders); why != "" {
			return back(why, true)
		}
	default:
		typed := strings.TrimSpace(c.FormValue("value"))
		switch {
		case do == "put" && typed == "":
			return s.typedAgain(c, "", noValueText)
		case do != "put" && typed != "":
			return back(bothText, true)
		}
		o, ok := orderOf(c, do)
		if do == "delete" || do == "keep" {
			o, ok = deleteOrder(c, engine.OrderKind(do))
		}
		if !ok {
			return back("This answer is not known. Nothing was decided; choose one of the buttons.", true)
		}
		o.Pair, o.By = pair, by
		orders = []engine.Order{o}
	}
	err = s.o.Store.AddOrders(ctx, w, orders)
	switch {
	case errors.Is(err, store.ErrSettled):
		return back(settledText, true)
	case errors.Is(err, store.ErrMoved):
		return back(movedText+standText, true)
	case errors.Is(err, store.ErrTaken):
		return back("The other record is gone or has a partner by now, so the two were not linked.", true)
	case errors.Is(err, store.ErrUnderWay):
		return back(underWayText, true)
	case err != nil:
		return err
	}
	return s.woken(c, h, pair, on, "Decided. The next run carries it out, and its log names you.")
}

// takeBack withdraws an answer that no run has come to yet. A run under way may have it in hand already.
func (s *Server) takeBack(c echo.Context, pair, by string, back func(text string, bad bool) error) error {
	ctx, w := c.Request().Context(), ws(c)
	took, err := s.o.Store.TakeBack(ctx, w, c.FormValue("id"), by)
	if errors.Is(err, store.ErrUnderWay) {
		return back(underWayText, true)
	}
	if err != nil {
		return err
	}
	if !took {
		return back("A run has carried it out already, or somebody took it back before.", true)
	}
	open, err := s.o.Store.OpenRuns(ctx, w)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(open, func(r engine.Run) bool { return !r.DryRun && (r.Pair == pair || pair == "") }) {
		return back("Taken back. A run is under way and may have carried it out already. Look again when it is over.", false)
	}
	return back("Taken back. It waits for an answer again.", false)
}

// typedAgain shows the page again with the value that somebody typed, and says why it was not taken. Where its field is not
// there any more, the sentence holds the value.
func (s *Server) typedAgain(c echo.Context, typed, text string) error {
	v, err := s.needsView(c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(v.Values, func(x templates.NeedValue) bool {
		return x.Typed && x.Pair == c.FormValue("pair") && x.Link == c.FormValue("link") && x.Key == c.FormValue("field")
	})
	if i >= 0 {
		v.Values[i].Put, v.Values[i].Wrong = typed, text
	} else if typed != "" {
		text = strings.TrimSuffix(text, standText) + " You had typed “" + typed + "”."
	}
	v.Said, v.Bad = text, true
	return page(c, http.StatusUnprocessableEntity, templates.Needs(v))
}

// watchesText is said where an answer would write, in a flow that only watches.
const watchesText = " The flow only watches, so nothing is written until it may write."

// woken wakes the flow of a pair to carry out what was decided, and says where it stands. A flow that only watches would not.
func (s *Server) woken(c echo.Context, h house, pair, here, text string) error {
	f, _ := h.of(pair)
	if f.Watch && h.cannotRun(f.ID) == "" {
		return s.sayAndGo(c, "That is kept."+watchesText, false, here)
	}
	return s.lookedAt(c, h, f, here, text, text)
}

// lookedAt wakes a flow to look at records again, and says where it stands. One that only watches looks, too, and
// tells what it would do: watched says so.
func (s *Server) lookedAt(c echo.Context, h house, f flow.Flow, here, text, watched string) error {
	if h.cannotRun(f.ID) != "" {
		return s.sayAndGo(c, text+" The flow does not run at the moment, so it waits until it does.", false, here)
	}
	if f.Watch {
		text = watched + watchesText
	}
	if err := s.o.Wake.Wake(c.Request().Context(), ws(c), f.ID, byHand, asker(c)); err != nil {
		return err
	}
	return s.sayAndGo(c, text, false, here)
}

func sideOf(name string) connector.Side {
	if name == connector.B.String() {
		return connector.B
	}
	return connector.A
}

// orderOf is the order that a form asks for.
func orderOf(c echo.Context, do string) (o engine.Order, ok bool) {
	o = engine.Order{Link: c.FormValue("link"), Field: c.FormValue("field"), Side: sideOf(c.FormValue("side")), Record: c.FormValue("record")}
	if do == "link" || do == "create" || do == "alone" {
		o.Kind, o.Partner, o.Link, o.Field = engine.OrderKind(do), c.FormValue("partner"), "", ""
		if a, b, both := strings.Cut(c.FormValue("seen"), "."); do == "link" {
			o.Seen = [2]any{a, b}
			return o, o.Record != "" && both
		}
		return o, o.Record != ""
	}
	if do == "accept" {
		o.Kind, o.Seen[0] = engine.OrderAccept, c.FormValue("seen")
		return o, o.Record != "" && o.Seen[0] != ""
	}
	if err := json.Unmarshal([]byte(c.FormValue("seen")), &o.Seen); err != nil || o.Link == "" {
		return o, false
	}
	switch do {
	case "a", "b":
		o.Kind, o.From = engine.OrderChoose, sideOf(do)
	case "different":
		o.Kind = engine.OrderAlone
	case "put":
		o.Kind, o.Value = engine.OrderPut, strings.TrimSpace(c.FormValue("value"))
		from, typed := engine.Typed(o.Seen)
		o.From = from
		return o, typed && o.Value != ""
	default:
		return o, false
	}
	return o, true
}
