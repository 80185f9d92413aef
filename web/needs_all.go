package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// Answers to all that waits of a kind. Each is about the records that the page was made of, as they were then.

// batch is how many records one question to the database is about.
const batch = 500

// allDeletes are the answers to deletes that are given to all at once.
var allDeletes = map[string]engine.OrderKind{"delete-all": engine.OrderDelete, "keep-all": engine.OrderKeep}

// allSeen names what orders are about and what was seen of it, whatever the answer. A page carries it, so that nobody answers
// for a record that came later or was changed since.
func allSeen(orders []engine.Order) string {
	lines := make([]string, len(orders))
	for i, o := range orders {
		text, _ := json.Marshal([]any{o.Side, o.Record, o.Link, o.Field, o.Seen}) // it came from JSON, or is plain
		lines[i] = string(text)
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, line := range lines {
		h.Write([]byte(line + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// unlikeSeen says why an answer to all is not taken, "" when it is about what the page showed.
func unlikeSeen(c echo.Context, orders []engine.Order) string {
	switch n, _ := strconv.Atoi(c.FormValue("n")); {
	case len(orders) != n || n == 0:
		return "It is " + templates.Count(len(orders), "record", "records") + " by now, and you saw another number. Nothing was decided; look again."
	case c.FormValue("seen") != allSeen(orders):
		return otherText
	}
	return ""
}

// decideAll answers all deletes of a pair that wait on one side, each as it is now.
func (s *Server) decideAll(ctx context.Context, ws string, pair engine.Pair, side engine.Side, kind engine.OrderKind, by string) (orders []engine.Order, err error) {
	err = s.eachReview(ctx, ws, pair.ID, store.AskDelete, batch, func(r engine.Review) bool {
		if r.Side == side {
			orders = append(orders, engine.Order{Pair: pair.ID, Kind: kind, Side: side, Record: r.ID, By: by})
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(orders, batch) {
		ids := make([]string, len(part))
		for i, o := range part {
			ids[i] = o.Record
		}
		found, err := s.o.Store.Mirrors(ctx, ws, pair.Conns[side], pair.Object, ids)
		if err != nil {
			return nil, err
		}
		for i := range part {
			part[i].Seen[side] = found[part[i].Record].Sight()
		}
	}
	return orders, nil
}

// acceptAll accepts what every record of a pair waits with.
func (s *Server) acceptAll(ctx context.Context, ws, pair, by string) (orders []engine.Order, err error) {
	err = s.eachReview(ctx, ws, pair, store.AskWrite, batch, func(r engine.Review) bool {
		orders = append(orders, engine.Order{Pair: pair, Kind: engine.OrderAccept, Side: r.Side, Record: r.ID, Seen: [2]any{store.PlanSeen(r.Plan)}, By: by})
		return true
	})
	return orders, err
}

// chooseAll chooses a side's value wherever the field waits for an answer.
func (s *Server) chooseAll(ctx context.Context, ws, pair, field string, from engine.Side, by string) (orders []engine.Order, err error) {
	if field == "" {
		return nil, nil
	}
	err = s.openValues(ctx, ws, pair, field, batch, func(x store.OpenConflict) bool {
		orders = append(orders, engine.Order{Pair: pair, Kind: engine.OrderChoose, Link: x.Link, Field: field, From: from, Seen: x.V, By: by})
		return true
	})
	return orders, err
}
