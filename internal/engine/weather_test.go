package engine_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

// The part of a history that is not made by people: calls that fail, runs, and deaths.

func (h *history) seeded() bool {
	pairs, err := h.st.Pairs(h.t.Context(), ws)
	return err == nil && slices.ContainsFunc(pairs, func(p engine.Pair) bool { return p.Object == h.flow.Object && !p.Seeded.IsZero() })
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
	h.deleteOne(side, id)
}

func (h *history) deleteOne(side engine.Side, id string) {
	partner := ""
	if h.seeded() {
		partner = h.partner(side, id)
	}
	h.tellf("%s: delete %s (partner %q)", side, id, partner)
	h.eachChild(func() { // what hangs on it goes along
		for kid, r := range h.fair(side) {
			if r.Parent == id && h.partner(side, kid) == "" {
				h.unlinked[side] = append(h.unlinked[side], r)
			}
		}
	})
	h.remove(side, id)
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

// pause is the time between what people did last and a run: enough for an index to show it, or none.
func (h *history) pause() {
	wait := rapid.SampledFrom([]time.Duration{3 * time.Second, 0}).Draw(h.rt, "pause")
	if !h.seeded() || h.pair().Settled.IsZero() { // a first run goes by what lists show (docs/limits.md)
		wait = 3 * time.Second
	}
	h.pass(wait)
}

// look runs the flow as its schedule does.
func (h *history) look(full bool) {
	h.pause()
	r := h.try(engine.Request{Look: true, Full: full})
	h.tellf("look at %ss (full %v): %s %s %+v", h.flow.Object, full, r.Status, r.Note, r.To)
}

// follow runs the flow for webhooks alone.
func (h *history) follow() {
	if h.seeded() {
		h.pause()
		r := h.try(engine.Request{})
		h.tellf("hooks of %ss: %s %s %+v", h.flow.Object, r.Status, r.Note, r.To)
	}
}

func (h *history) try(req engine.Request) engine.Run {
	h.t.Helper()
	req.Workspace, req.Flow, req.Trigger = ws, h.flow, "schedule"
	r, err := h.e.Run(h.t.Context(), req)
	if err != nil && !errors.Is(err, engine.ErrBusy) {
		h.t.Fatal(err)
	}
	h.notice()
	return r
}

// notice marks the edits that have reached the partner.
func (h *history) notice() {
	if !h.seeded() {
		return
	}
	h.pass(3 * time.Second) // until the index shows it, and what this run read is no reason for the next one to write
	var all [2]map[string]connector.Record
	for i := range h.typed {
		e := &h.typed[i]
		if e.carried > 0 || e.object != h.flow.Object || h.deleted[e.side][e.id] || strings.HasPrefix(e.field, "tag") {
			continue
		}
		to := e.side.Other()
		partner := h.partner(e.side, e.id)
		if partner == "" || h.deleted[to][partner] {
			continue
		}
		if all[to] == nil {
			all[to] = h.fair(to)
		}
		got := h.value(to, all[to][partner], e.field)
		if h.holds(e.field, got, noted(*e)) || e.field == "name" && cutLike(e.value, got) {
			e.carried = h.now
		}
	}
}

// die ends a run at some call of the store.
func (h *history) die() {
	h.pause()
	left := rapid.IntRange(1, 60).Draw(h.rt, "calls left")
	req := engine.Request{Look: rapid.Bool().Draw(h.rt, "looking") || !h.seeded()}
	last := ""
	died := h.diesAt(req, func(m string) bool {
		left--
		last = m
		return left <= 0
	})
	h.notice()
	h.tellf("a run of %ss (look %v) died: %v at %s", h.flow.Object, req.Look, died, last)
}

// log is what the engine says that it did.
func (h *history) log() (lines []string) {
	runs, err := h.st.Runs(h.t.Context(), ws, "", 10000, "")
	if err != nil {
		return []string{err.Error()}
	}
	slices.Reverse(runs)
	for _, r := range runs {
		for _, e := range h.entries(r, "") {
			line := fmt.Sprintf("%s %s %v %s", r.ID[len(r.ID)-6:], e.Result, e.IDs, e.Reason)
			for _, f := range e.Fields {
				line += fmt.Sprintf("\n        %s %s %s: %v to %v", f.Field, f.Outcome, f.Rule, f.Before, f.After)
			}
			for _, c := range e.Calls {
				line += fmt.Sprintf("\n        %s %s %d", c.Method, c.Path, c.Status)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// settle lets all become calm: no faults, enough time for what is suspected, and runs until two in a row write nothing.
func (h *history) settle() {
	h.calm()
	h.tellf("calm")
	quiet, most := 0, 200
	for round := 0; quiet < 2; round++ {
		if round == most {
			h.t.Fatalf("after %d runs in calm it still writes", most)
		}
		h.pass(11 * time.Minute)
		if round == 0 {
			h.pass(25 * time.Hour) // what failed too often is tried again after a day
		}
		before := h.writes(engine.A) + h.writes(engine.B)
		h.lookCalmly(round < 4)
		h.eachChild(func() { h.lookCalmly(round < 4) })
		n := h.writes(engine.A) + h.writes(engine.B) - before
		if quiet++; n > 0 || round < 4 { // two full reads eleven minutes apart find what is gone
			quiet = 0
		}
	}
}

// lookCalmly is a run in calm. A brake that holds many deletes is let go: in a history people mean what they delete.
func (h *history) lookCalmly(full bool) {
	r := h.try(engine.Request{Look: true, Full: full})
	h.tellf("calm, %ss: %s %s %+v", h.flow.Object, r.Status, r.Note, r.To)
	if r.Status == engine.Paused {
		r = h.try(engine.Request{Look: true, Full: full, Allow: true})
		h.tellf("calm, %ss, allowed: %s %s %+v", h.flow.Object, r.Status, r.Note, r.To)
	}
}

// living are the ids that a side has now.
func (h *history) living(side engine.Side) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(h.fair(side))), func(id string) bool { return h.deleted[side][id] })
}

// fair is what a side shows, whatever the weather.
func (h *history) fair(side engine.Side) map[string]connector.Record {
	rates := h.box.Faults.Rates()
	h.calm()
	defer func() {
		for name, rate := range rates {
			h.fault(name, rate)
		}
	}()
	if h.flow.Object != "contact" {
		return h.fam.kids(side)
	}
	return h.all(side)
}
