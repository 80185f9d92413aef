package engine_test

import (
	"errors"
	"slices"
	"time"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
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
	if n := len(conflicts) + len(reviews); n > 0 {
		h.answer(o, conflicts, reviews)
	}
}

// answer has Anna answer one of those that wait.
func (h *history) answer(o engine.Order, conflicts []store.StoredConflict, reviews []engine.Review) {
	n := len(conflicts) + len(reviews)
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
		if r.AsksDelete() {
			kinds = []engine.OrderKind{engine.OrderDelete, engine.OrderDelete, engine.OrderKeep}
		} else if len(r.Candidates) > 0 {
			kinds = append(kinds, engine.OrderLink, engine.OrderLink)
			o.Partner = rapid.SampledFrom(r.Candidates).Draw(h.rt, "partner")
		}
		o.Kind = rapid.SampledFrom(kinds).Draw(h.rt, "answer")
	}
	o, err := h.st.AddOrder(h.t.Context(), ws, o)
	h.tellf("Anna decides: %s %s %s %s %s %s %v", o.Kind, o.Side, o.Record, o.Field, o.Partner, o.From, err)
	if err == nil && (o.Kind == engine.OrderCreate || o.Kind == engine.OrderLink) {
		h.ordered[o.Side][o.Record] = true
	}
	if err == nil && o.Kind == engine.OrderAlone && h.flow.Delete == flow.Restore {
		h.ordered[o.Side][o.Record] = true // that holds while its keys are what they were; after that it is made again like any other
	}
	if err == nil && o.Kind == engine.OrderDelete {
		h.doomed[o.Side][o.Record] = true
	}
	if err != nil && !errors.Is(err, store.ErrSettled) && !errors.Is(err, store.ErrTaken) && !errors.Is(err, store.ErrUnderWay) {
		h.t.Fatal(err)
	}
}

// doom is the whole way of a delete that is asked about: somebody deletes one of a pair, two looks do not find it, and Anna
// says what becomes of the other, while people go on typing.
func (h *history) doom() {
	if h.flow.Delete != flow.Approve || !h.seeded() {
		return
	}
	pairs := slices.DeleteFunc(h.links(), func(l engine.Link) bool {
		return l.State != engine.On || h.deleted[engine.A][l.IDs[engine.A]] || h.deleted[engine.B][l.IDs[engine.B]]
	})
	if len(pairs) == 0 {
		return
	}
	l, side := rapid.SampledFrom(pairs).Draw(h.rt, "pair"), h.side()
	h.deleteOne(side, l.IDs[side])
	for range 2 {
		h.hint(side, l.IDs[side])
		h.follow()
		h.pass(11 * time.Minute)
	}
	reviews, err := h.st.Reviews(h.t.Context(), ws, l.Pair, engine.Place{Side: -1}, 10000)
	if err != nil {
		h.t.Fatal(err)
	}
	reviews = slices.DeleteFunc(reviews, func(r engine.Review) bool { return !r.AsksDelete() })
	if len(reviews) == 0 {
		return
	}
	h.answer(engine.Order{Pair: l.Pair, By: "Anna"}, nil, reviews)
	if left := side.Other(); rapid.IntRange(0, 3).Draw(h.rt, "typed on") == 0 && !h.deleted[left][l.IDs[left]] {
		h.changeOne(left, l.IDs[left], h.field())
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

// deletedOnOrdersOnly is I7: whoever is gone was deleted by a person, or as a person said when its partner was deleted.
func (h *history) deletedOnOrdersOnly(all [2]map[string]connector.Record) {
	ever := [2]map[string]bool{{}, {}}
	widowed := [2]map[string]bool{{}, {}} // somebody deleted what it was, or was about to be, linked with
	for side, ids := range h.made {
		for _, id := range ids {
			ever[side][id] = true
		}
	}
	h.eachEntry(func(_ engine.Run, e engine.Entry) {
		for side, id := range e.IDs {
			ever[side][id] = true
			widowed[side][id] = widowed[side][id] || h.left[side][id] || h.deleted[1-side][e.IDs[1-side]] || h.wentAlong(engine.Side(1-side), e.IDs[1-side])
		}
		if e.Result == engine.ResultDeleted && !e.Planned && (e.By != "Anna" || !h.doomed[e.To][e.IDs[e.To]]) {
			h.t.Errorf("I7: the log tells of a delete that nobody ordered: %+v", e)
		}
	})
	gone := 0
	for side, ids := range ever {
		for id := range ids {
			if _, there := all[side][id]; there || id == "" || h.deleted[side][id] || h.wentAlong(engine.Side(side), id) {
				continue
			}
			if gone++; !h.doomed[side][id] || !widowed[side][id] {
				h.t.Errorf("I7: side %s: the engine deleted %s, and nobody had ordered it", engine.Side(side), id)
			}
		}
	}
	if n := h.erasures(engine.A) + h.erasures(engine.B); gone == 0 && len(h.doomed[engine.A])+len(h.doomed[engine.B]) == 0 && n != 0 {
		h.t.Errorf("I7: the engine asked for %d deletes", n)
	}
}
