package main

import (
	"context"
	"math"
	"time"

	"couplet/internal/command"
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

func (c *listReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	list, _, err := a.desk().Reviews(ctx, c.Flow, "", math.MaxInt)
	if err != nil {
		return err
	}
	docs := make([]command.ReviewDoc, len(list))
	for i, x := range list {
		if docs[i] = x.Doc; !c.JSON {
			tellReview(t, x)
		}
	}
	if c.JSON {
		return t.json(command.ReviewsDoc{Reviews: docs})
	}
	if len(docs) == 0 {
		t.printf("No record waits for you.\n")
	}
	return nil
}

func tellReview(t *terminal, x command.Waiting[command.ReviewDoc]) {
	d, names := x.Doc, x.Place.Names
	side := engine.A
	if d.Side == engine.B.String() {
		side = engine.B
	}
	t.printf("%s  %s  %s %s", d.Record, d.Flow, d.Side, names[side])
	if d.Name != "" {
		t.printf(", %s", d.Name)
	}
	t.printf("\n    %s, since %s\n", d.Why, d.At.Format(time.RFC3339))
	for _, r := range d.Candidates {
		t.printf("    may be %s of %s%s\n", r.Record, names[side.Other()], after(", ", r.Name))
		if x.Order == nil && r.Seen != "" {
			t.printf("        `couplet review link %s %s --seen %s` links the two as they are now\n", d.Record, r.Record, r.Seen)
		}
	}
	for _, r := range d.Twins {
		t.printf("    is like %s of %s%s\n", r.Record, names[side], after(", ", r.Name))
	}
	if x.Order == nil && d.Seen != "" {
		t.printf("    `couplet review delete %s --seen %s` deletes it as it is now, `couplet review keep %s` keeps it\n", d.Record, d.Seen, d.Record)
	}
	if o := x.Order; o != nil {
		t.printf("    decided by %s: %s; `couplet review back %s` takes it back\n", o.By, saysOrder(*o, names), d.Record)
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

func (w waitingRecord) named() command.Named { return command.Named(w) }

// answer stores an answer about the record.
func (w waitingRecord) answer(ctx context.Context, g *Globals, t *terminal, o engine.Order, seen string, asJSON bool) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	q, o, err := a.desk().Answer(ctx, w.named(), o, seen)
	if err != nil {
		return err
	}
	return decided(t, q, o, asJSON)
}

type linkReviewCmd struct {
	waitingRecord
	Partner string `arg:"" help:"Id of the record of the other side that it belongs to."`
	Seen    string `help:"The state of the two that you saw, as couplet review lists it: when one changed since, they are not linked." placeholder:"STATE"`
	JSON    bool   `name:"json" help:"Answer with JSON."`
}

func (linkReviewCmd) Help() string {
	return "With --seen the two are linked only as `couplet review` showed them; without it, as they were last read.\n\n" +
		"Example: couplet review link 17 ocQHyuzHvysMo5N5VsXc"
}

func (c *linkReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.answer(ctx, g, t, engine.Order{Kind: engine.OrderLink, Partner: c.Partner}, c.Seen, c.JSON)
}

// plainAnswer is an answer that needs no more than its kind.
type plainAnswer struct {
	waitingRecord
	JSON bool `name:"json" help:"Answer with JSON."`
}

func (p plainAnswer) say(ctx context.Context, g *Globals, t *terminal, kind engine.OrderKind) error {
	return p.answer(ctx, g, t, engine.Order{Kind: kind}, "", p.JSON)
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

type deleteReviewCmd struct {
	plainAnswer
	Seen string `help:"The state of the record that you saw, as couplet review lists it: one that changed since is not deleted." placeholder:"STATE"`
}

func (deleteReviewCmd) Help() string {
	return "Nobody deletes what they did not see: --seen names the state of the record that `couplet review` showed.\n\n" +
		"Example: couplet review contacts\nExample: couplet review delete 17 --seen 3f0a9c1b7d52e864"
}

func (c *deleteReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.answer(ctx, g, t, engine.Order{Kind: engine.OrderDelete}, c.Seen, c.JSON)
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
	q, o, err := a.desk().TakeReviewBack(ctx, c.named())
	if err != nil {
		return err
	}
	takenBack(t, q, o)
	return nil
}
