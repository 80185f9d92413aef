package engine_test

import (
	"errors"

	"pgregory.net/rapid"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// decide has a person answer something that waits for one: a value to choose, or a record that could not be told apart.
func (h *history) decide() {
	if !h.seeded() {
		return
	}
	o := engine.Order{Pair: h.pair().ID, By: "Anna"}
	conflicts, err := h.st.Conflicts(h.t.Context(), ws, o.Pair, true, "", 10000)
	if err != nil {
		h.t.Fatal(err)
	}
	reviews, err := h.st.Reviews(h.t.Context(), ws, o.Pair, engine.Place{Side: -1}, 10000)
	if err != nil {
		h.t.Fatal(err)
	}
	n := len(conflicts) + len(reviews)
	if n == 0 {
		return
	}
	if i := rapid.IntRange(0, n-1).Draw(h.rt, "which"); i < len(conflicts) {
		o.Link, o.Field, o.From = conflicts[i].Link, conflicts[i].Field, h.side()
		o.Kind = rapid.SampledFrom([]engine.OrderKind{engine.OrderChoose, engine.OrderChoose, engine.OrderAlone, engine.OrderPut}).Draw(h.rt, "answer")
		if o.Kind == engine.OrderPut { // a value that somebody typed once, so that the oracle knows it
			o.Value = conflicts[i].V[o.From]
		}
	} else {
		r := reviews[i-len(conflicts)]
		o.Side, o.Record = r.Side, r.ID
		kinds := []engine.OrderKind{engine.OrderAlone}
		if r.Reason != "made_by_us" {
			kinds = append(kinds, engine.OrderCreate, engine.OrderCreate)
		}
		if len(r.Candidates) > 0 {
			kinds = append(kinds, engine.OrderLink, engine.OrderLink)
			o.Partner = rapid.SampledFrom(r.Candidates).Draw(h.rt, "partner")
		}
		o.Kind = rapid.SampledFrom(kinds).Draw(h.rt, "answer")
	}
	o, err = h.st.AddOrder(h.t.Context(), ws, o)
	h.tellf("Anna decides: %s %s %s %s %s %s %v", o.Kind, o.Side, o.Record, o.Field, o.Partner, o.From, err)
	if err == nil && (o.Kind == engine.OrderCreate || o.Kind == engine.OrderLink) {
		h.ordered[o.Side][o.Record] = true
	}
	if err != nil && !errors.Is(err, store.ErrSettled) && !errors.Is(err, store.ErrTaken) {
		h.t.Fatal(err)
	}
}

// allAnswered: every decision was carried out or withdrawn, unless its record waits for a change.
func (h *history) allAnswered() {
	open, err := h.st.OpenOrders(h.t.Context(), ws, h.pair().ID, "", 10000)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, o := range open {
		hints, err := h.st.HintsOf(h.t.Context(), ws, o.Pair, o.Side, []string{o.Record})
		if err != nil {
			h.t.Fatal(err)
		}
		if hints[o.Record].Reason != "parked" {
			h.t.Errorf("nobody came to the order %+v; its record's hint is %+v", o, hints[o.Record])
		}
	}
}

// leftAlone reports whether a person said that a record gets no partner.
func (h *history) leftAlone(side engine.Side, id string) bool {
	r, err := h.st.ReviewsOf(h.t.Context(), ws, h.pair().ID, side, []string{id})
	if err != nil {
		h.t.Fatal(err)
	}
	return r[id].Alone != ""
}
