package engine_test

import (
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// merge is a person who makes one record of two in a system. Neither tells that it happened; what the one that stays has
// gained counts as typed into it.
func (h *history) merge() {
	side := h.side()
	ids := h.living(side)
	if len(ids) < 2 {
		return
	}
	keep := rapid.SampledFrom(ids).Draw(h.rt, "stays")
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == keep })
	lose := rapid.SampledFrom(ids).Draw(h.rt, "goes")
	partner := ""
	if h.seeded() {
		partner = h.partner(side, lose)
	}
	before := h.fair(side)[keep]
	h.tellf("%s: %s is merged into %s (partner %q)", side, lose, keep, partner)
	h.unite(side, keep, lose)
	h.deleted[side][lose], h.heir[side][keep] = true, true
	if partner != "" {
		h.left[side.Other()][partner] = true
	}
	h.pass(time.Second) // until the index shows it
	after := h.fair(side)[keep]
	for _, field := range []string{"name", "phone", "email", "company", "consent"} {
		if is := value(side, after, field); is != value(side, before, field) {
			h.note(side, keep, field, is)
		}
	}
	had, _ := before.Fields["tags"].([]string)
	has, _ := after.Fields["tags"].([]string)
	for _, tag := range has {
		if !slices.Contains(had, tag) {
			h.note(side, keep, "tag+", strings.ToLower(tag))
		}
	}
	h.hook(side, keep)
	h.hook(side, lose)
}
