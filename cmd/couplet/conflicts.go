package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
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

// conflictDoc is an open conflict in JSON. Agreed is what each side held when the two last agreed.
type conflictDoc struct {
	ID     string    `json:"id"`
	Flow   string    `json:"flow"`
	Name   string    `json:"name,omitempty"`
	Field  string    `json:"field"`
	A      valueDoc  `json:"a"`
	B      valueDoc  `json:"b"`
	Reason string    `json:"reason"`
	Why    string    `json:"why"`
	At     time.Time `json:"at"`
	// Decided is the answer that waits for the next run.
	Decided *orderDoc `json:"decided,omitempty"`
}

// valueDoc is what one side shows of a conflict.
type valueDoc struct {
	Record string `json:"record"`
	Value  any    `json:"value"`
	Agreed any    `json:"agreed"`
}

func (c *listConflictsCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	places, err := a.questions(ctx, c.Flow)
	if err != nil {
		return err
	}
	docs := []conflictDoc{}
	for _, q := range places {
		decided, err := a.openOrders(ctx, q)
		if err != nil {
			return err
		}
		for after := ""; ; {
			list, err := a.store.OpenConflicts(ctx, a.ws, q.pair.ID, after, 500)
			if err != nil {
				return err
			}
			for _, x := range list {
				after = x.ID
				d := conflictJSON(x, q)
				if d.Name, err = a.knownAs(ctx, q, x.On.IDs); err != nil {
					return err
				}
				o, answered := decided[[3]string{engine.A.String(), x.On.IDs[engine.A], x.Field}]
				if answered {
					doc := orderJSON(o)
					d.Decided = &doc
				}
				docs = append(docs, d)
				if !c.JSON {
					tellConflict(t, d, q, o, answered)
				}
			}
			if len(list) == 0 {
				break
			}
		}
	}
	if c.JSON {
		return t.json(map[string]any{"conflicts": docs})
	}
	if len(docs) == 0 {
		t.printf("No conflict waits for you.\n")
	}
	return nil
}

func conflictJSON(x store.OpenConflict, q question) conflictDoc {
	agreed := x.On.Base[x.Field].V
	rule := x.Rule
	if rule == "" {
		rule = "ask"
	}
	return conflictDoc{ID: x.ID, Flow: q.flow.Name, Field: x.Field, Reason: rule, Why: engine.Explain(rule, q.names), At: x.At.UTC(),
		A: valueDoc{x.On.IDs[engine.A], x.V[engine.A], agreed[engine.A]}, B: valueDoc{x.On.IDs[engine.B], x.V[engine.B], agreed[engine.B]}}
}

func tellConflict(t *terminal, d conflictDoc, q question, o engine.Order, answered bool) {
	t.printf("%s  %s  %s", d.ID, d.Flow, d.Field)
	if d.Name != "" {
		t.printf("  of %s", d.Name)
	}
	t.printf("\n    %s, since %s\n", d.Why, d.At.Format(time.RFC3339))
	for side, v := range []valueDoc{d.A, d.B} {
		t.printf("    %s: %s %s, before: %s\n", engine.Side(side), q.names[side]+" "+v.Record+" has", showOf(d.Field, v.Value), showOf(d.Field, v.Agreed))
	}
	if answered {
		t.printf("    decided by %s: %s; `couplet conflicts back %s` takes it back\n", o.By, saysOrder(o, q.names), d.ID)
	}
}

// conflict finds an open conflict and its place.
func (a *app) conflict(ctx context.Context, id string) (q question, x store.OpenConflict, err error) {
	x, err = a.store.OpenConflictByID(ctx, a.ws, id)
	if errors.Is(err, store.ErrNotFound) {
		return q, x, fmt.Errorf("no open conflict %q waits in this workspace; `couplet conflicts` lists them", id)
	}
	if err != nil {
		return q, x, err
	}
	places, err := a.questions(ctx, "")
	for _, q := range places {
		if q.pair.ID == x.Pair {
			return q, x, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("the flow of conflict %s is gone, so nobody would carry the answer out; make the flow again with couplet apply", id)
	}
	return q, x, err
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
	if (c.Answer == "") == (c.Value == nil) {
		return &exit{Code: 2, Text: "give one answer: a, b, different, or --value VALUE"}
	}
	if c.Value != nil && *c.Value == "" {
		return &exit{Code: 2, Text: "--value is empty; give the value that counts, or take the side that is empty"}
	}
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	q, x, err := a.conflict(ctx, c.ID)
	if err != nil {
		return err
	}
	o := engine.Order{Kind: engine.OrderChoose, Link: x.Link, Field: x.Field, Seen: x.V}
	switch {
	case c.Value != nil:
		from, typed := engine.Typed(x.V)
		if !typed {
			return &exit{Code: 2, Text: x.Field + " is no text, so no value can be typed for it; take a, b or different"}
		}
		o.Kind, o.From, o.Value = engine.OrderPut, from, *c.Value
	case c.Answer == "different":
		o.Kind = engine.OrderAlone
	case c.Answer == engine.B.String():
		o.From = engine.B
	}
	return a.decide(ctx, t, q, o, c.JSON)
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
	q, x, err := a.conflict(ctx, c.ID)
	if err != nil {
		return err
	}
	r := store.Rule{Pair: x.Pair, Flow: q.flow.ID, Field: x.Field, By: whoAmI()}
	if c.Side == engine.B.String() {
		r.From = engine.B
	}
	r, n, err := a.store.MakeRule(ctx, a.ws, r)
	if errors.Is(err, store.ErrSettled) {
		return fmt.Errorf("flow %s does not ask about %s any more, so there was no rule to make; decide this conflict with couplet conflicts take", q.flow.Name, x.Field)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(map[string]any{"flow": q.flow.Name, "field": r.Field, "conflict": r.Policy(), "decided": n})
	}
	t.printf("From now on %s wins for %s of flow %s. %d that waited there are decided the same way by the next run.\n", q.names[r.From], r.Field, q.flow.Name, n)
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
	q, x, err := a.conflict(ctx, c.ID)
	if err != nil {
		return err
	}
	return a.takeBack(ctx, t, q, engine.A, x.On.IDs[engine.A], x.Field)
}
