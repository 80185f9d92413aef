package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// ConflictDoc is an open conflict in JSON. Agreed is what each side held when the two last agreed.
type ConflictDoc struct {
	ID     string    `json:"id"`
	Flow   string    `json:"flow"`
	Name   string    `json:"name,omitempty"`
	Field  string    `json:"field"`
	A      ValueDoc  `json:"a"`
	B      ValueDoc  `json:"b"`
	Reason string    `json:"reason"`
	Why    string    `json:"why"`
	At     time.Time `json:"at"`
	// Decided is the answer that waits for the next run.
	Decided *OrderDoc `json:"decided,omitempty"`
}

// ValueDoc is what one side shows of a conflict.
type ValueDoc struct {
	Record string `json:"record"`
	Value  any    `json:"value"`
	Agreed any    `json:"agreed"`
}

// ConflictsDoc is a list of open conflicts. Next is as in [RunsDoc].
type ConflictsDoc struct {
	Conflicts []ConflictDoc `json:"conflicts"`
	Next      string        `json:"next,omitempty"`
}

// RuleDoc is what making a choice the rule came to: the policy of the field by now, and how many conflicts it decides.
type RuleDoc struct {
	Flow     string `json:"flow"`
	Field    string `json:"field"`
	Conflict string `json:"conflict"`
	Decided  int    `json:"decided"`
}

// Waiting is something that waits for a person, as JSON has it, with its place and the answer that waits for the next run.
type Waiting[Doc any] struct {
	Doc   Doc
	Place Place
	// Order is the answer, nil when nobody gave one.
	Order *engine.Order
}

// step is how many rows are read at once at most.
const step = 500

// Conflicts lists open conflicts of a flow, or with "" of all, from a cursor on. next is where it goes on, "" at the end.
func (d Desk) Conflicts(ctx context.Context, name, from string, limit int) (list []Waiting[ConflictDoc], next string, err error) {
	at, err := cursorIn(from, 2)
	if err != nil {
		return nil, "", err
	}
	places, err := d.Places(ctx, name)
	if err != nil {
		return nil, "", err
	}
	for _, q := range rest(places, at[0]) {
		after := ""
		if q.Pair.ID == at[0] {
			after = at[1]
		}
		decided, err := d.OpenOrders(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for {
			rows, err := d.Store.OpenConflicts(ctx, d.Workspace, q.Pair.ID, after, min(step, limit-len(list)+1))
			if err != nil {
				return nil, "", err
			}
			for _, x := range rows {
				if len(list) == limit {
					return list, next, nil
				}
				after, next = x.ID, cursor(q.Pair.ID, x.ID)
				w := Waiting[ConflictDoc]{Doc: conflictJSON(x, q), Place: q}
				if w.Doc.Name, err = d.KnownAs(ctx, q, x.On.IDs); err != nil {
					return nil, "", err
				}
				if o, answered := decided[[3]string{engine.A.String(), x.On.IDs[engine.A], x.Field}]; answered {
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

func conflictJSON(x store.OpenConflict, q Place) ConflictDoc {
	agreed := x.On.Base[x.Field].V
	rule := x.Rule
	if rule == "" {
		rule = "ask"
	}
	return ConflictDoc{ID: x.ID, Flow: q.Flow.Name, Field: x.Field, Reason: rule, Why: engine.Explain(rule, q.Names), At: x.At.UTC(),
		A: ValueDoc{x.On.IDs[engine.A], x.V[engine.A], agreed[engine.A]}, B: ValueDoc{x.On.IDs[engine.B], x.V[engine.B], agreed[engine.B]}}
}

// Conflict finds an open conflict and its place.
func (d Desk) Conflict(ctx context.Context, id string) (q Place, x store.OpenConflict, err error) {
	x, err = d.Store.OpenConflictByID(ctx, d.Workspace, id)
	if errors.Is(err, store.ErrNotFound) {
		return q, x, &Refusal{Kind: NotThere, What: fmt.Sprintf("no open conflict %q waits in this workspace", id), Command: "`couplet conflicts` lists them",
			Request: "GET /api/v1/conflicts lists them", Err: err}
	}
	if err != nil {
		return q, x, err
	}
	places, err := d.Places(ctx, "")
	for _, q := range places {
		if q.Pair.ID == x.Pair {
			return q, x, nil
		}
	}
	if err == nil {
		err = &Refusal{Kind: NotNow, What: fmt.Sprintf("the flow of conflict %s is gone, so nobody would carry the answer out", id), Command: "make the flow again with couplet apply",
			Request: "make the flow again with POST /api/v1/apply"}
	}
	return q, x, err
}

// Take decides a conflict: the value of side a or b counts, both stay different, or another value is put on both sides.
func (d Desk) Take(ctx context.Context, id, answer string, value *string) (Place, engine.Order, error) {
	no := func(what, command, request string) (Place, engine.Order, error) {
		return Place{}, engine.Order{}, &Refusal{Kind: NotMeant, What: what, Command: command, Request: request}
	}
	switch {
	case (answer == "") == (value == nil):
		return no("a conflict takes one answer", "give a, b, different, or --value VALUE", "give answer, which is a, b or different, or value")
	case value == nil && !slices.Contains([]string{engine.A.String(), engine.B.String(), "different"}, answer):
		return no("there is no such answer", "take a, b or different", "take a, b or different")
	case value != nil && *value == "":
		return no("the value is empty", "give the value that counts, or take the side that is empty", "give the value that counts, or take the side that is empty")
	}
	q, x, err := d.Conflict(ctx, id)
	if err != nil {
		return q, engine.Order{}, err
	}
	o := engine.Order{Kind: engine.OrderChoose, Link: x.Link, Field: x.Field, Seen: x.V}
	switch {
	case value != nil:
		from, typed := engine.Typed(x.V)
		if !typed {
			return no(x.Field+" is no text, so no value can be typed for it", "take a, b or different", "take a, b or different")
		}
		o.Kind, o.From, o.Value = engine.OrderPut, from, *value
	case answer == "different":
		o.Kind = engine.OrderAlone
	case answer == engine.B.String():
		o.From = engine.B
	}
	o, err = d.Decide(ctx, q, o)
	return q, o, err
}

// Rule makes a choice the rule: from now on a side wins in the field of a conflict, and in all that wait there.
func (d Desk) Rule(ctx context.Context, id string, wins engine.Side) (q Place, r store.Rule, doc RuleDoc, err error) {
	q, x, err := d.Conflict(ctx, id)
	if err != nil {
		return q, r, doc, err
	}
	r, n, err := d.Store.MakeRule(ctx, d.Workspace, store.Rule{Pair: x.Pair, Flow: q.Flow.ID, Field: x.Field, By: d.By, From: wins})
	if errors.Is(err, store.ErrSettled) {
		err = &Refusal{Kind: NotNow, What: fmt.Sprintf("flow %s does not ask about %s any more, so there was no rule to make", q.Flow.Name, x.Field), Command: "decide this conflict with couplet conflicts take",
			Request: "decide this conflict with POST /api/v1/conflicts/" + id + "/take", Err: err}
	}
	return q, r, RuleDoc{q.Flow.Name, r.Field, string(r.Policy()), n}, err
}

// TakeConflictBack withdraws the answer about a conflict.
func (d Desk) TakeConflictBack(ctx context.Context, id string) (Place, engine.Order, error) {
	q, x, err := d.Conflict(ctx, id)
	if err != nil {
		return q, engine.Order{}, err
	}
	o, err := d.TakeBack(ctx, q, engine.A, x.On.IDs[engine.A], x.Field)
	return q, o, err
}
