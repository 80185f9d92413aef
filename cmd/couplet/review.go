package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"couplet/internal/engine"
)

// reviewCmd lists records that only a person can decide about, and takes the answers.
type reviewCmd struct {
	List   listReviewCmd   `cmd:"" default:"withargs" help:"List the records that wait for you: not told apart, to be deleted, changed since the preview."`
	Link   linkReviewCmd   `cmd:"" help:"Decide: it belongs together with that record of the other side."`
	Create createReviewCmd `cmd:"" help:"Decide: make a new record on the other side."`
	Alone  aloneReviewCmd  `cmd:"" help:"Decide: leave it without a partner."`
	Delete deleteReviewCmd `cmd:"" help:"Decide: delete it like its partner, which somebody deleted. Nothing brings it back."`
	Keep   keepReviewCmd   `cmd:"" help:"Decide: keep it, though its partner was deleted."`
	Accept acceptReviewCmd `cmd:"" help:"Decide: write what it waits with, which the approved preview did not show."`
	Afresh afreshReviewCmd `cmd:"" help:"Show what comparing all records of a flow anew comes to, which stopped for that, and approve it."`
	Back   backReviewCmd   `cmd:"" help:"Take an answer back that no run has carried out."`
}

func (reviewCmd) Help() string {
	return "Example: couplet review contacts\nExample: couplet review link 17 ocQHyuzHvysMo5N5VsXc"
}

type listReviewCmd struct {
	Flow string `arg:"" optional:"" help:"Only records of this flow."`
	JSON bool   `name:"json" help:"Answer with JSON."`
}

func (listReviewCmd) Help() string { return "Example: couplet review contacts --json" }

// reviewDoc is a record that waits for a person, in JSON.
type reviewDoc struct {
	Flow       string    `json:"flow"`
	Side       string    `json:"side"`
	Record     string    `json:"record"`
	Name       string    `json:"name,omitempty"`
	Reason     string    `json:"reason"`
	Why        string    `json:"why"`
	Candidates []twinDoc `json:"candidates"`
	Twins      []twinDoc `json:"twins"`
	At         time.Time `json:"at"`
	// Decided is the answer that waits for the next run.
	Decided *orderDoc `json:"decided,omitempty"`
}

// twinDoc is a record that another one may be.
type twinDoc struct {
	Record string `json:"record"`
	Name   string `json:"name,omitempty"`
}

func (c *listReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	places, err := a.questions(ctx, c.Flow)
	if err != nil {
		return err
	}
	docs := []reviewDoc{}
	for _, q := range places {
		decided, err := a.openOrders(ctx, q)
		if err != nil {
			return err
		}
		err = a.reviews(ctx, q, func(r engine.Review) error {
			d, err := a.reviewJSON(ctx, q, r)
			if err != nil {
				return err
			}
			o, answered := decided[[3]string{r.Side.String(), r.ID, ""}]
			if answered {
				doc := orderJSON(o)
				d.Decided = &doc
			}
			docs = append(docs, d)
			if !c.JSON {
				tellReview(t, d, q, r.Side, o, answered)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if c.JSON {
		return t.json(map[string]any{"reviews": docs})
	}
	if len(docs) == 0 {
		t.printf("No record waits for you.\n")
	}
	return nil
}

// reviews walks what waits in a place.
func (a *app) reviews(ctx context.Context, q question, each func(engine.Review) error) error {
	for place := (engine.Place{Side: -1}); ; {
		list, err := a.store.Reviews(ctx, a.ws, q.pair.ID, place, 500)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			place = engine.Place{Side: r.Side, ID: r.ID}
			if err := each(r); err != nil {
				return err
			}
		}
	}
}

func (a *app) reviewJSON(ctx context.Context, q question, r engine.Review) (d reviewDoc, err error) {
	d = reviewDoc{Flow: q.flow.Name, Side: r.Side.String(), Record: r.ID, Reason: r.Reason, Why: engine.Explain(r.Reason, q.names), At: r.At.UTC()}
	name := func(side engine.Side, ids ...string) (out []twinDoc) {
		out = []twinDoc{}
		for _, id := range ids {
			var one [2]string
			if one[side] = id; id == "" || err != nil {
				continue
			}
			var text string
			text, err = a.knownAs(ctx, q, one)
			out = append(out, twinDoc{id, text})
		}
		return out
	}
	d.Name = name(r.Side, r.ID)[0].Name
	d.Candidates, d.Twins = name(r.Side.Other(), r.Candidates...), name(r.Side, r.Twins...)
	return d, err
}

func tellReview(t *terminal, d reviewDoc, q question, side engine.Side, o engine.Order, answered bool) {
	t.printf("%s  %s  %s %s", d.Record, d.Flow, d.Side, q.names[side])
	if d.Name != "" {
		t.printf(", %s", d.Name)
	}
	t.printf("\n    %s, since %s\n", d.Why, d.At.Format(time.RFC3339))
	for _, x := range d.Candidates {
		t.printf("    may be %s of %s%s\n", x.Record, q.names[side.Other()], after(", ", x.Name))
	}
	for _, x := range d.Twins {
		t.printf("    is like %s of %s%s\n", x.Record, q.names[side], after(", ", x.Name))
	}
	if answered {
		t.printf("    decided by %s: %s; `couplet review back %s` takes it back\n", o.By, saysOrder(o, q.names), d.Record)
	}
}

// after puts a word before a text that is there.
func after(word, text string) string {
	if text == "" {
		return ""
	}
	return word + text
}

// waitingRecord names a record that waits. Where two systems or flows use one id, the flags tell them apart.
type waitingRecord struct {
	Record string `arg:"" help:"Id of the record that waits, as couplet review lists it."`
	Flow   string `help:"Flow of the record, where its id waits in several." placeholder:"NAME"`
	Side   string `enum:"a,b," default:"" help:"a or b: side of the record, where its id waits on both."`
}

// in finds where the record waits.
func (w waitingRecord) in(ctx context.Context, a *app) (q question, r engine.Review, err error) {
	places, err := a.questions(ctx, w.Flow)
	if err != nil {
		return q, r, err
	}
	var found []string
	for _, place := range places {
		for _, side := range []engine.Side{engine.A, engine.B} {
			if w.Side != "" && w.Side != side.String() {
				continue
			}
			known, err := a.store.ReviewsOf(ctx, a.ws, place.pair.ID, side, []string{w.Record})
			if err != nil {
				return q, r, err
			}
			if x, ok := known[w.Record]; ok {
				q, r = place, x
				found = append(found, fmt.Sprintf("--flow %s --side %s", place.flow.Name, side))
			}
		}
	}
	switch len(found) {
	case 0:
		return q, r, fmt.Errorf("no record %q waits here; `couplet review` lists those that do", w.Record)
	case 1:
		return q, r, nil
	}
	return q, r, &exit{Code: 2, Text: fmt.Sprintf("record %s waits in several places; say which: %s", w.Record, strings.Join(found, ", or "))}
}

// answer stores an answer about the record.
func (w waitingRecord) answer(ctx context.Context, g *Globals, t *terminal, o engine.Order, asJSON bool) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	q, r, err := w.in(ctx, a)
	if err != nil {
		return err
	}
	if fit := answersTo(r); !slices.Contains(fit, o.Kind) {
		return &exit{Code: 2, Text: fmt.Sprintf("record %s waits because it is %s; answer with %s", r.ID, engine.Explain(r.Reason, q.names), orList(fit))}
	}
	o.Side, o.Record = r.Side, r.ID
	return a.decide(ctx, t, q, o, asJSON)
}

// answersTo are the answers that fit what a record waits for.
func answersTo(r engine.Review) []engine.OrderKind {
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

type linkReviewCmd struct {
	waitingRecord
	Partner string `arg:"" help:"Id of the record of the other side that it belongs to."`
	JSON    bool   `name:"json" help:"Answer with JSON."`
}

func (linkReviewCmd) Help() string { return "Example: couplet review link 17 ocQHyuzHvysMo5N5VsXc" }

func (c *linkReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.answer(ctx, g, t, engine.Order{Kind: engine.OrderLink, Partner: c.Partner}, c.JSON)
}

// plainAnswer is an answer that needs no more than its kind.
type plainAnswer struct {
	waitingRecord
	JSON bool `name:"json" help:"Answer with JSON."`
}

func (p plainAnswer) say(ctx context.Context, g *Globals, t *terminal, kind engine.OrderKind) error {
	return p.answer(ctx, g, t, engine.Order{Kind: kind}, p.JSON)
}

type createReviewCmd struct{ plainAnswer }

func (createReviewCmd) Help() string { return "Example: couplet review create 17" }

func (c *createReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.say(ctx, g, t, engine.OrderCreate)
}

type aloneReviewCmd struct{ plainAnswer }

func (aloneReviewCmd) Help() string { return "Example: couplet review alone 17 --flow contacts" }

func (c *aloneReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.say(ctx, g, t, engine.OrderAlone)
}

type deleteReviewCmd struct{ plainAnswer }

func (deleteReviewCmd) Help() string { return "Example: couplet review delete 17" }

func (c *deleteReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.say(ctx, g, t, engine.OrderDelete)
}

type keepReviewCmd struct{ plainAnswer }

func (keepReviewCmd) Help() string { return "Example: couplet review keep 17" }

func (c *keepReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.say(ctx, g, t, engine.OrderKeep)
}

type acceptReviewCmd struct{ plainAnswer }

func (acceptReviewCmd) Help() string { return "Example: couplet review accept 17" }

func (c *acceptReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.say(ctx, g, t, engine.OrderAccept)
}

type backReviewCmd struct{ waitingRecord }

func (backReviewCmd) Help() string { return "Example: couplet review back 17" }

func (c *backReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	q, r, err := c.in(ctx, a)
	if err != nil {
		return err
	}
	return a.takeBack(ctx, t, q, r.Side, r.ID, "")
}
