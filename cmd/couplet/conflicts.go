package main

import (
	"context"
	"math"
	"time"

	"couplet/internal/command"
	"couplet/internal/engine"
)

// conflictsCmd lists fields that wait for a person, and takes the answers.
type conflictsCmd struct {
	List listConflictsCmd `cmd:"" default:"withargs" help:"List the fields that changed on both sides and wait for you."`
	Take takeConflictCmd  `cmd:"" help:"Decide: the value of a side, another one, or both as they are."`
	Rule ruleConflictCmd  `cmd:"" help:"Make a choice the rule: that side wins from now on, and in all that wait in this field."`
	Back backConflictCmd  `cmd:"" help:"Take an answer back that no run has carried out."`
}

func (conflictsCmd) Help() string {
	return "Example: couplet conflicts contacts\nExample: couplet conflicts take con_… a"
}

type listConflictsCmd struct {
	Flow string `arg:"" optional:"" help:"Only conflicts of this flow."`
	JSON bool   `name:"json" help:"Answer with JSON."`
}

func (listConflictsCmd) Help() string { return "Example: couplet conflicts contacts --json" }

func (c *listConflictsCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	list, _, err := a.desk().Conflicts(ctx, c.Flow, "", math.MaxInt)
	if err != nil {
		return err
	}
	docs := make([]command.ConflictDoc, len(list))
	for i, x := range list {
		if docs[i] = x.Doc; !c.JSON {
			tellConflict(t, x)
		}
	}
	if c.JSON {
		return t.json(command.ConflictsDoc{Conflicts: docs})
	}
	if len(docs) == 0 {
		t.printf("No conflict waits for you.\n")
	}
	return nil
}

func tellConflict(t *terminal, x command.Waiting[command.ConflictDoc]) {
	d, names := x.Doc, x.Place.Names
	t.printf("%s  %s  %s", d.ID, d.Flow, d.Field)
	if d.Name != "" {
		t.printf("  of %s", d.Name)
	}
	t.printf("\n    %s, since %s\n", d.Why, d.At.Format(time.RFC3339))
	for side, v := range []command.ValueDoc{d.A, d.B} {
		t.printf("    %s: %s %s, before: %s\n", engine.Side(side), names[side]+" "+v.Record+" has", showOf(d.Field, v.Value), showOf(d.Field, v.Agreed))
	}
	if o := x.Order; o != nil {
		t.printf("    decided by %s: %s; `couplet conflicts back %s` takes it back\n", o.By, saysOrder(*o, names), d.ID)
	}
}

type takeConflictCmd struct {
	ID     string  `arg:"" help:"Id of the conflict, as couplet conflicts lists it."`
	Answer string  `arg:"" optional:"" enum:"a,b,different," default:"" help:"a or b: the value of that side counts. different: leave both as they are."`
	Value  *string `help:"Put this value on both sides instead." placeholder:"VALUE"`
	JSON   bool    `name:"json" help:"Answer with JSON."`
}

func (takeConflictCmd) Help() string {
	return "The answer is stored, and the next run carries it out. It is withdrawn when a value changes before that.\n\n" +
		"Example: couplet conflicts take con_… a\nExample: couplet conflicts take con_… --value +12025550103"
}

func (c *takeConflictCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	q, o, err := a.desk().Take(ctx, c.ID, c.Answer, c.Value)
	if err != nil {
		return err
	}
	return decided(t, q, o, c.JSON)
}

type ruleConflictCmd struct {
	ID   string `arg:"" help:"Id of a conflict in the field."`
	Side string `arg:"" enum:"a,b" help:"a or b: the side that wins."`
	JSON bool   `name:"json" help:"Answer with JSON."`
}

func (ruleConflictCmd) Help() string {
	return "The flow gets a next version in which the field's row has conflict: a_wins or b_wins. It is taken back on the page Needs you,\n" +
		"or with the flow file.\n\nExample: couplet conflicts rule con_… a"
}

func (c *ruleConflictCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	side := engine.A
	if c.Side == engine.B.String() {
		side = engine.B
	}
	q, r, doc, err := a.desk().Rule(ctx, c.ID, side)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(doc)
	}
	t.printf("From now on %s wins for %s of flow %s. %d that waited there are decided the same way by the next run.\n", q.Names[r.From], r.Field, q.Flow.Name, doc.Decided)
	return nil
}

type backConflictCmd struct {
	ID string `arg:"" help:"Id of the conflict."`
}

func (backConflictCmd) Help() string { return "Example: couplet conflicts back con_…" }

func (c *backConflictCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	q, o, err := a.desk().TakeConflictBack(ctx, c.ID)
	if err != nil {
		return err
	}
	takenBack(t, q, o)
	return nil
}
