package engine_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"couplet/internal/engine"
)

// The part of a history that is not made by people: calls that fail, runs, and deaths.

func (h *history) seeded() bool {
	pairs, err := h.st.Pairs(h.t.Context(), ws)
	return err == nil && len(pairs) == 1 && !pairs[0].Seeded.IsZero()
}

// hook is the call that a system may send when somebody changed something: lost, once or twice.
func (h *history) hook(side engine.Side, id string) {
	if n := rapid.IntRange(0, 3).Draw(h.rt, "webhooks"); n < 3 && h.seeded() {
		for range n {
			h.hint(side, id)
		}
	}
}

func (h *history) delete() {
	side := h.side()
	id, ok := h.someone(side)
	if !ok || rapid.Bool().Draw(h.rt, "mercy") {
		return
	}
	partner := ""
	if h.seeded() {
		partner = h.partner(side, id)
	}
	h.tellf("%s: delete %s (partner %q)", side, id, partner)
	h.remove(side, id)
	for s := range h.deleted {
		if h.deleted[s] == nil {
			h.deleted[s], h.left[s] = map[string]bool{}, map[string]bool{}
		}
	}
	h.deleted[side][id] = true
	if partner != "" {
		h.left[side.Other()][partner] = true
	}
	h.hook(side, id)
}

func (h *history) weather() {
	for _, name := range []string{"before", "after", "timeout", "ignore-field", "created-422"} {
		rate := rapid.SampledFrom([]float64{0, 0, 0, .1, .3}).Draw(h.rt, name)
		h.fault(name, rate)
		if rate > 0 {
			h.tellf("from now on %s at %v", name, rate)
		}
	}
}

// look runs the flow as its schedule does.
func (h *history) look(full bool) {
	h.pass(3 * time.Second)
	r := h.try(engine.Request{Look: true, Full: full})
	h.tellf("look (full %v): %s %s %+v", full, r.Status, r.Note, r.To)
	if r.Status == engine.Done {
		h.looks = append(h.looks, h.now)
	}
}

// follow runs the flow for webhooks alone.
func (h *history) follow() {
	if h.seeded() {
		h.pass(3 * time.Second)
		r := h.try(engine.Request{})
		h.tellf("hooks: %s %s %+v", r.Status, r.Note, r.To)
	}
}

func (h *history) try(req engine.Request) engine.Run {
	h.t.Helper()
	req.Workspace, req.Flow, req.Trigger = ws, h.flow, "schedule"
	r, err := h.e.Run(h.t.Context(), req)
	if err != nil && !errors.Is(err, engine.ErrBusy) {
		h.t.Fatal(err)
	}
	return r
}

// die ends a run at some call of the store.
func (h *history) die() {
	h.pass(3 * time.Second)
	left := rapid.IntRange(1, 60).Draw(h.rt, "calls left")
	req := engine.Request{Look: rapid.Bool().Draw(h.rt, "looking") || !h.seeded()}
	last := ""
	died := h.diesAt(req, func(m string) bool {
		left--
		last = m
		return left <= 0
	})
	h.tellf("a run (look %v) died: %v at %s", req.Look, died, last)
}

// settle lets all become calm: no faults, enough time for what is suspected, and runs until two in a row write nothing.
func (h *history) settle() {
	h.calm()
	h.tellf("calm")
	quiet, most := 0, 200
	for round := 0; quiet < 2; round++ {
		if round == most {
			h.t.Fatalf("after %d runs in calm it still writes\n%s", most, strings.Join(h.story, "\n"))
		}
		h.pass(11 * time.Minute)
		before := h.writes(engine.A) + h.writes(engine.B)
		r := h.try(engine.Request{Look: true, Full: round < 4})
		n := h.writes(engine.A) + h.writes(engine.B) - before
		h.tellf("calm: %s %s %+v, %d writes", r.Status, r.Note, r.To, n)
		if quiet++; n > 0 || round < 4 { // two full reads eleven minutes apart find what is gone
			quiet = 0
		}
	}
}

// living are the ids that a side has now, whatever the weather.
func (h *history) living(side engine.Side) []string {
	rates := h.box.Faults.Rates()
	h.calm()
	defer func() {
		for name, rate := range rates {
			h.fault(name, rate)
		}
	}()
	return slices.Sorted(maps.Keys(h.all(side)))
}
