package automation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"couplet/internal/connector"
)

// Undoer takes back what the steps of a firing did, the last one first: what was made is deleted, what was changed gets its values of
// before, and what somebody changed since stays. What it did is noted among the steps.
type Undoer struct {
	Store    Undos
	Accounts Accounts
	Systems  Systems
	Now      func() time.Time
}

// Undos is what an [Undoer] remembers. It is the store.
type Undos interface {
	Firing(ctx context.Context, ws, id string) (Firing, error)
	FiringEntries(ctx context.Context, ws, firing string) ([]Entry, error)
	AutomationAt(ctx context.Context, ws, id string, version int) (Automation, error)
	ChangeFiring(ctx context.Context, ws, id string, change func(*Firing, []Entry) ([]Entry, error)) (Firing, error)
}

// Undoing is what taking back one step comes to.
type Undoing struct {
	Entry Entry
	// Number and Title are those of the step, System is what it was done in.
	Number, Title, System string
	// By is the operation that takes it back and In what that is given; nil when it is not taken back, for which Why is the reason.
	By  *connector.Operation
	In  map[string]any
	Why string
	// Moved are what was changed since and stays, Left what cannot be put back; both by the labels of the operation.
	Moved, Left []string

	op     connector.Operator
	system string
}

// ErrUnderWay says that a firing goes on, so that nothing of it can be taken back yet.
var ErrUnderWay = errors.New("it is under way still; end it first, or let it go on")

// undone is the position of the entry that tells of taking back another one.
func undone(at string) string { return "undo " + at }

// TakesBack is the position of the step that an entry took back, "" for the entry of a step.
func (e Entry) TakesBack() string {
	at, is := strings.CutPrefix(e.At, "undo ")
	if !is {
		return ""
	}
	return at
}

// Look says what taking back a firing would come to, step by step, the last one first. It changes nothing.
func (u *Undoer) Look(ctx context.Context, ws, id string) ([]Undoing, error) {
	f, err := u.Store.Firing(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	if !f.State.Over() {
		return nil, ErrUnderWay
	}
	a, err := u.Store.AutomationAt(ctx, ws, f.Automation, f.Version)
	if err != nil {
		return nil, err
	}
	entries, err := u.Store.FiringEntries(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	var list []Undoing
	accounts := map[string]Account{}
	slices.Reverse(entries)
	for _, e := range entries {
		if e.TakesBack() != "" || e.State != StepDone {
			continue
		}
		place := PlaceOf(a, e.Step)
		st, err := StepAt(a, place)
		if err != nil || st.Kind != Operation && st.Kind != Request {
			continue
		}
		x := Undoing{Entry: e, Number: Number(a, place), Title: u.Systems.Title(st)}
		if st.Kind == Request {
			x.Why = "A call to an address of your own is not taken back."
			list = append(list, x)
			continue
		}
		op, known := u.Systems.Find(st)
		if !known || op.Kind == connector.Finds {
			continue
		}
		x.System, x.system = u.Systems[st.System].Spec.Name, st.System
		if i := slices.IndexFunc(entries, func(o Entry) bool { return o.At == undone(e.At) && o.State == StepDone }); i >= 0 {
			x.Why = entries[i].Text
		} else if err := u.plan(ctx, ws, a, &x, op, accounts); err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

// plan looks at the record, and says what taking a step back comes to.
func (u *Undoer) plan(ctx context.Context, ws string, a Automation, x *Undoing, op *connector.Operation, accounts map[string]Account) error {
	catalog := u.Systems[x.system].Catalog
	how := catalog.Undo[op.ID]
	switch {
	case how == nil && op.Reaches:
		x.Why = "It may have reached people, which nothing takes back."
		return nil
	case how == nil:
		x.Why = x.System + " has no request that takes it back safely."
		return nil
	case how.Before() && x.Entry.Was == nil:
		x.Why = "Nobody knows what was there before."
		return nil
	}
	acc, ok := accounts[x.system]
	for _, id := range a.Connections {
		if ok || id == "" {
			continue
		}
		one, err := u.Accounts.Account(ctx, ws, id)
		if said, answered := connector.AsError(err); answered {
			x.Why = said.Error()
			continue
		}
		if err != nil {
			return err
		}
		accounts[one.System] = one
		acc, ok = accounts[x.system]
	}
	if !ok {
		if x.Why == "" {
			x.Why = "No " + x.System + " account is connected for this automation any more."
		}
		return nil
	}
	x.Why = ""
	var now map[string]any
	if how.Look != nil {
		answer, err := acc.Operator.Do(ctx, how.Look.Operation, how.Look.Asks(x.Entry.Input, x.Entry.Output))
		switch {
		case connector.KindOf(err) == connector.NotFound:
			x.Why = "The record is not there any more."
			return nil
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			x.Why = err.Error()
			return nil
		}
		now = how.Look.Shown(answer)
	}
	t := how.Plan(op, x.Entry.Input, x.Entry.Output, x.Entry.Was, now)
	x.Moved, x.Left = labels(op, t.Moved), labels(op, t.Left)
	switch {
	case t.In != nil:
		x.By, _ = catalog.Find(how.By)
		x.In, x.op = t.In, acc.Operator
	case len(t.Moved) > 0:
		x.Why = "Changed since, so it stays: " + strings.Join(x.Moved, ", ") + "."
	case len(t.Left) > 0:
		x.Why = "It was empty before, and " + x.System + " has no way here to make it empty again: " + strings.Join(x.Left, ", ") + "."
	default:
		x.Why = "There is nothing to take back: it was so before."
	}
	return nil
}

// labels are what people call what an operation takes.
func labels(op *connector.Operation, names []string) (out []string) {
	for _, name := range names {
		i := slices.IndexFunc(op.Takes, func(t connector.Take) bool { return t.Name == name })
		if i >= 0 && op.Takes[i].Label != "" {
			name = op.Takes[i].Label
		}
		out = append(out, name)
	}
	return out
}

// Undo takes back what [Undoer.Look] says can be, of these positions or, with none, of all. It stops at the first that fails, and
// returns how many were taken back.
func (u *Undoer) Undo(ctx context.Context, ws, id, by string, at ...string) (n int, err error) {
	list, err := u.Look(ctx, ws, id)
	if err != nil {
		return 0, err
	}
	for _, x := range list {
		if x.By == nil || len(at) > 0 && !slices.Contains(at, x.Entry.At) {
			continue
		}
		e := Entry{At: undone(x.Entry.At), Step: x.Entry.Step, State: Sending, Attempts: 1, Input: x.In, Made: x.Entry.Made, Began: u.Now()}
		if err := u.note(ctx, ws, id, &e); err != nil {
			return n, err
		}
		call, over := parted(ctx, true)
		_, err := x.op.Do(call, x.By.ID, x.In)
		over()
		if connector.KindOf(err) == connector.NotFound && x.By.Method == "DELETE" {
			err = nil // it is gone, whoever was first
		}
		e.State, e.Text, e.Over = StepDone, fmt.Sprintf("Taken back by %s: %s.", by, x.By.Title), u.Now()
		if err != nil {
			e.State, e.Text = StepFailed, fmt.Sprintf("It could not be taken back, as %s wanted: %s", by, err)
		}
		if err := errors.Join(err, u.note(context.WithoutCancel(ctx), ws, id, &e)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// note stores what becomes of taking a step back, unless the firing goes on again.
func (u *Undoer) note(ctx context.Context, ws, id string, e *Entry) error {
	_, err := u.Store.ChangeFiring(ctx, ws, id, func(f *Firing, entries []Entry) ([]Entry, error) {
		if !f.State.Over() {
			return nil, ErrUnderWay
		}
		if e.Seq == 0 {
			for _, o := range entries {
				e.Seq = max(e.Seq, o.Seq+1)
			}
		}
		return []Entry{*e}, nil
	})
	return err
}
