package command

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"couplet/internal/engine"
)

// ReviewDoc is a record that waits for a person, in JSON.
type ReviewDoc struct {
	Flow       string    `json:"flow"`
	Side       string    `json:"side"`
	Record     string    `json:"record"`
	Name       string    `json:"name,omitempty"`
	Reason     string    `json:"reason"`
	Why        string    `json:"why"`
	Candidates []TwinDoc `json:"candidates"`
	Twins      []TwinDoc `json:"twins"`
	At         time.Time `json:"at"`
	// Seen names the state of a record that waits to be deleted, for the answer that deletes it.
	Seen string `json:"seen,omitempty"`
	// Decided is the answer that waits for the next run.
	Decided *OrderDoc `json:"decided,omitempty"`
}

// TwinDoc is a record that another one may be.
type TwinDoc struct {
	Record string `json:"record"`
	Name   string `json:"name,omitempty"`
	// Seen names the state of both records, for the answer that links them.
	Seen string `json:"seen,omitempty"`
}

// ReviewsDoc is a list of records that wait. Next is as in [RunsDoc].
type ReviewsDoc struct {
	Reviews []ReviewDoc `json:"reviews"`
	Next    string      `json:"next,omitempty"`
}

// Reviews lists the records of a flow that wait for a person, or with "" of all flows, from a cursor on. next is where it goes
// on, "" at the end.
func (d Desk) Reviews(ctx context.Context, name, from string, limit int) (list []Waiting[ReviewDoc], next string, err error) {
	at, err := cursorIn(from, 3)
	if err != nil {
		return nil, "", err
	}
	side, err := strconv.Atoi(at[1])
	if from != "" && err != nil {
		return nil, "", NoCursor
	}
	places, err := d.Places(ctx, name)
	if err != nil {
		return nil, "", err
	}
	for _, q := range rest(places, at[0]) {
		after := engine.Place{Side: -1}
		if q.Pair.ID == at[0] {
			after = engine.Place{Side: engine.Side(side), ID: at[2]}
		}
		decided, err := d.OpenOrders(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for {
			rows, err := d.Store.Reviews(ctx, d.Workspace, q.Pair.ID, after, min(step, limit-len(list)+1))
			if err != nil {
				return nil, "", err
			}
			for _, r := range rows {
				if len(list) == limit {
					return list, next, nil
				}
				after, next = engine.Place{Side: r.Side, ID: r.ID}, cursor(q.Pair.ID, strconv.Itoa(int(r.Side)), r.ID)
				w := Waiting[ReviewDoc]{Place: q}
				if w.Doc, err = d.reviewJSON(ctx, q, r); err != nil {
					return nil, "", err
				}
				if o, answered := decided[[3]string{r.Side.String(), r.ID, ""}]; answered {
					doc := OrderJSON(o)
					w.Order, w.Doc.Decided = &o, &doc
				}
				list = append(list, w)
			}
			if len(rows) == 0 {
				break
			}
		}
	}
	return list, "", nil
}

func (d Desk) reviewJSON(ctx context.Context, q Place, r engine.Review) (doc ReviewDoc, err error) {
	doc = ReviewDoc{Flow: q.Flow.Name, Side: r.Side.String(), Record: r.ID, Reason: r.Reason, Why: engine.Explain(r.Reason, q.Names), At: r.At.UTC()}
	name := func(side engine.Side, ids ...string) (out []TwinDoc) {
		out = []TwinDoc{}
		for _, id := range ids {
			var one [2]string
			if one[side] = id; id == "" || err != nil {
				continue
			}
			var text string
			text, err = d.KnownAs(ctx, q, one)
			out = append(out, TwinDoc{Record: id, Name: text})
		}
		return out
	}
	if known := name(r.Side, r.ID); len(known) > 0 {
		doc.Name = known[0].Name
	}
	if err == nil && r.AsksDelete() {
		doc.Seen, err = d.sight(ctx, q, r)
	}
	doc.Candidates, doc.Twins = name(r.Side.Other(), r.Candidates...), name(r.Side, r.Twins...)
	if err == nil && len(doc.Candidates) > 0 && slices.Contains(AnswersTo(r), engine.OrderLink) {
		err = d.sightings(ctx, q, r, doc.Candidates)
	}
	return doc, err
}

// sight names the state of a record that waits, as it was last read.
func (d Desk) sight(ctx context.Context, q Place, r engine.Review) (string, error) {
	m, err := d.Store.Mirrors(ctx, d.Workspace, q.Pair.Conns[r.Side], q.Pair.Object, []string{r.ID})
	return m[r.ID].Sight(), err
}

// sightings name the states of a record that waits and of each that it may be linked with: that of the first side before that of the
// second, with a point between, as the pages do.
func (d Desk) sightings(ctx context.Context, q Place, r engine.Review, with []TwinDoc) error {
	other, ids := r.Side.Other(), make([]string, len(with))
	for i, c := range with {
		ids[i] = c.Record
	}
	var both [2]string
	var err error
	if both[r.Side], err = d.sight(ctx, q, r); err != nil {
		return err
	}
	m, err := d.Store.Mirrors(ctx, d.Workspace, q.Pair.Conns[other], q.Pair.Object, ids)
	for i, c := range with {
		both[other] = m[c.Record].Sight()
		with[i].Seen = both[engine.A] + "." + both[engine.B]
	}
	return err
}

// Named names a record that waits. Where several flows or both sides use one id, Flow and Side tell them apart.
type Named struct{ Record, Flow, Side string }

// Review finds where a record waits.
func (d Desk) Review(ctx context.Context, n Named) (q Place, r engine.Review, err error) {
	places, err := d.Places(ctx, n.Flow)
	if err != nil {
		return q, r, err
	}
	var found []string
	for _, place := range places {
		for _, side := range []engine.Side{engine.A, engine.B} {
			if n.Side != "" && n.Side != side.String() {
				continue
			}
			known, err := d.Store.ReviewsOf(ctx, d.Workspace, place.Pair.ID, side, []string{n.Record})
			if err != nil {
				return q, r, err
			}
			if x, ok := known[n.Record]; ok {
				q, r = place, x
				found = append(found, fmt.Sprintf("--flow %s --side %s", place.Flow.Name, side))
			}
		}
	}
	switch len(found) {
	case 0:
		return q, r, &Refusal{Kind: NotThere, What: fmt.Sprintf("no record %q waits here", n.Record), Command: "`couplet review` lists those that do", Request: "GET /api/v1/reviews lists those that do"}
	case 1:
		return q, r, nil
	}
	return q, r, &Refusal{Kind: NotMeant, What: fmt.Sprintf("record %s waits in several places", n.Record), Command: "say which: " + strings.Join(found, ", or "), Request: "give flow and side, too"}
}

// Answer decides about a record that waits: with what o names, which must fit what it waits for. seen is which state of a record that is
// to be deleted was listed, or of the two that are to be linked. Nobody has one deleted that they did not see so; a link without it is
// about both as they were last read. No other answer has it.
func (d Desk) Answer(ctx context.Context, n Named, o engine.Order, seen string) (Place, engine.Order, error) {
	q, r, err := d.Review(ctx, n)
	if err != nil {
		return q, o, err
	}
	if fit := AnswersTo(r); !slices.Contains(fit, o.Kind) {
		words := "answer with " + orList(fit)
		return q, o, &Refusal{Kind: NotMeant, What: fmt.Sprintf("record %s waits because it is %s", r.ID, engine.Explain(r.Reason, q.Names)), Command: words, Request: words}
	}
	a, b, both := strings.Cut(seen, ".")
	switch deletes, links := o.Kind == engine.OrderDelete, o.Kind == engine.OrderLink; {
	case deletes && seen == "":
		return q, o, &Refusal{Kind: NotMeant, What: fmt.Sprintf("nothing says which state of record %s you saw, so nothing was decided", r.ID),
			Command: "list it with `couplet review`, which says how it is deleted as it is now", Request: "list it with GET /api/v1/reviews, then send its seen, too"}
	case !deletes && !links && seen != "":
		return q, o, &Refusal{Kind: NotMeant, What: "what was seen goes with delete and link only, so nothing was decided", Command: "leave --seen out", Request: "leave seen out"}
	case links && seen != "" && !both:
		return q, o, &Refusal{Kind: NotMeant, What: "what was seen of two records to link names both, so nothing was decided",
			Command: "list them with `couplet review`, which says how they are linked as they are now", Request: "send the seen of the candidate that GET /api/v1/reviews lists"}
	}
	o.Side, o.Record = r.Side, r.ID
	switch {
	case both:
		o.Seen = [2]any{a, b}
	case seen != "":
		o.Seen[r.Side] = seen
	}
	o, err = d.Decide(ctx, q, o)
	return q, o, err
}

// TakeReviewBack withdraws the answer about a record that waits.
func (d Desk) TakeReviewBack(ctx context.Context, n Named) (Place, engine.Order, error) {
	q, r, err := d.Review(ctx, n)
	if err != nil {
		return q, engine.Order{}, err
	}
	o, err := d.TakeBack(ctx, q, r.Side, r.ID, "")
	return q, o, err
}

// AnswersTo are the answers that fit what a record waits for.
func AnswersTo(r engine.Review) []engine.OrderKind {
	switch {
	case r.AsksDelete():
		return []engine.OrderKind{engine.OrderDelete, engine.OrderKeep}
	case r.Plan != nil:
		return []engine.OrderKind{engine.OrderAccept}
	}
	return []engine.OrderKind{engine.OrderLink, engine.OrderCreate, engine.OrderAlone}
}

func orList(kinds []engine.OrderKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, " or ")
}
