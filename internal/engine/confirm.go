package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// result gathers what became of a plan's writes.
type result struct {
	wrote   [2]bool
	refused map[string]string // wire field -> why
	notes   []string
	retry   error // try the whole record again
	again   bool  // a field was ignored: try it again
	raced   bool  // a field was edited meanwhile
	// readBack says that what was answered is what a read showed after the write, which may show somebody's edit, too.
	readBack bool
	fatal    error // stops the run
	skipped  [2]bool
	created  Side
	made     bool
	tries    int // how often in a row a field of this record was ignored before
}

func fatal(err error) error {
	var stop *stopError
	switch connector.KindOf(err) {
	case connector.Unauthorized, connector.Forbidden, connector.Config:
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &stop) {
		return err
	}
	return nil
}

// confirm compares what a side answered with what was sent, field by field, and remembers what came back (sync-semantics
// 5.6, tx2): taken, ignored, or altered. A base is never made of what was only sent.
func (s *session) confirm(l *Link, c *Commit, d *Decision, side Side, echo connector.Fields, w *result) {
	for i := range d.Fields {
		f := &d.Fields[i]
		if !f.Sends[side] {
			continue
		}
		if s.heldUp(f.Rule.Key) { // what became of it says nothing, and it is sent once the field is mended
			f.answered[side], f.Outcome, f.Why, f.HasLost = true, NotShown, "paused", false
			continue
		}
		if why := w.refusal(f.Rule, side); why != "" {
			f.answered[side] = true
			s.refusedField(l, f, side, why, w)
			continue
		}
		got, shown := f.Rule.Read(side, echo)
		if !shown {
			w.again = true // nobody said what became of it; look again
			continue
		}
		f.answered[side] = true
		verdict := s.verify(f, side, got)
		w.wrote[side] = w.wrote[side] || verdict != ignored
		if verdict != ignored && f.Rule.Kind == mapping.Set {
			all := got
			got = f.owned(side, mapping.AsSet(got))
			w.raced = w.raced || !f.Rule.Same(side, all, got)
		}
		switch verdict {
		case taken:
			s.caps.took(f.Rule, side)
			s.confirmed(l, c, f, side, got, f.Why)
		case ignored:
			if s.caps.ignored(f.Rule, side) || w.tries >= 3 {
				f.Why = "ignored_" + side.String()
				s.confirmed(l, c, f, side, got, f.Why)
				break
			}
			w.again, f.missed[side] = true, f.joins()
			s.unfinished(l, f, side, got)
		default:
			if w.readBack && !alike(f.Send[side], got) { // somebody typed it since: it stays a change
				w.raced = true
				continue
			}
			f.Why = "altered_" + side.String()
			s.caps.altered(f.Rule, side, f.Send[side], got)
			s.confirmed(l, c, f, side, got, f.Why)
		}
	}
}

// refusedField: a field that the system never takes is remembered as a difference; a value that it refused is the
// record's own problem and stays open.
func (s *session) refusedField(l *Link, f *FieldPlan, side Side, why string, w *result) {
	for _, name := range f.Rule.Writes(side) {
		if s.caps.denied(side, name) {
			f.Outcome, f.Why, f.HasLost = Blocked, "not_writable_"+side.String(), false
			s.setBase(l, f.Rule, f.Before, f.Why)
			return
		}
	}
	f.Outcome, f.Why, f.Problem = Broken, "refused_"+side.String(), why
	w.notes = append(w.notes, fmt.Sprintf("%s: %s", f.Rule.Label(side), why))
}

func (w *result) refusal(r *mapping.Rule, side Side) string {
	for _, name := range r.Writes(side) {
		if why, ok := w.refused[name]; ok {
			return why
		}
	}
	return ""
}

// confirmed commits one field's base. A set that both sides had to receive is committed when both have answered.
func (s *session) confirmed(l *Link, c *Commit, f *FieldPlan, side Side, got mapping.Value, why string) {
	if f.after == nil {
		after := f.Before
		f.after = &after
	}
	f.after[side], f.done[side] = got, true
	for sd := range f.Sends {
		if f.Sends[sd] && !f.done[sd] {
			return
		}
	}
	old, known := l.Base[f.Rule.Key]
	s.setBase(l, f.Rule, *f.after, why)
	if known {
		b := l.Base[f.Rule.Key]
		if b.Swing = swung(old, b.V, s.e.Now()); f.Order != nil { // a person released it
			b.Swing = nil
		}
		l.Base[f.Rule.Key] = b
	}
	c.Resolved = append(c.Resolved, f.Rule.Key)
}

// unfinished remembers what the written side holds while the other side still counts as changed, so that the next look
// sends the value again and never takes what a half-done write left for a person's change.
func (s *session) unfinished(l *Link, f *FieldPlan, side Side, got mapping.Value) {
	if f.joins() {
		return // joining lists, or texts, again comes to the same, and each side keeps the change that it brings to it
	}
	b := l.Base[f.Rule.Key] // absent: nothing was agreed yet
	b.V[side] = got
	s.setBase(l, f.Rule, b.V, unfinished+side.String())
}

// joins reports whether both sides are to hold something new. Neither side's part is agreed upon before the other's.
func (f *FieldPlan) joins() bool {
	return f.Rule.Kind == mapping.Set || f.Why == string(mapping.KeepBoth) || f.Sends[A] && f.Sends[B]
}

// unfinished is what the rule of a base begins with whose value was not taken yet by the side that it ends with.
const unfinished = "unfinished_"

type verdict int

const (
	taken verdict = iota
	ignored
	altered
)

func (s *session) verify(f *FieldPlan, side Side, got mapping.Value) verdict {
	r := f.Rule
	if r.Kind == mapping.Set {
		have := mapping.AsSet(got)
		missing := mapping.Minus(f.Delta[side].Add, have)
		left := mapping.Minus(f.Delta[side].Remove, mapping.Minus(f.Delta[side].Remove, have))
		switch {
		case len(missing)+len(left) == 0:
			return taken
		case len(missing) == len(f.Delta[side].Add) && len(left) == len(f.Delta[side].Remove):
			return ignored
		}
		return altered
	}
	switch {
	case r.Took(side, f.Send[side], got):
		return taken
	case r.Cut(side, f.Before[side.Other()], got):
		return altered
	case opposite(f.Send[side], got) || r.Same(side, f.Before[side], got) || mapping.Empty(got) || r.Half(side, f.Send[side], f.Before[side], got):
		return ignored
	}
	return altered
}

// alike: a system cuts a value, or writes it in other letters, digits and signs. Anything else is no form of it (sync-semantics 5.6).
func alike(sent, got mapping.Value) bool {
	plain := func(v mapping.Value) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, fmt.Sprint(v))
	}
	x, y := plain(sent), plain(got)
	return y != "" && (strings.HasPrefix(x, y) || strings.HasSuffix(x, y) || strings.HasSuffix(y, x))
}

// opposite: a yes that is answered with a no is no form of it, as a cut name is, but what stood there already, or by default.
func opposite(sent, got mapping.Value) bool {
	x, yes := sent.(bool)
	y, no := got.(bool)
	return yes && no && x != y
}

// ignored counts the looks in a row at which a field of the record was not taken.
func (j job) ignored() int {
	if j.hint.Reason != "ignored" {
		return 0
	}
	return j.hint.Attempts
}

// logged counts and logs a plan that wrote nothing, when there is something to tell.
func (s *session) logged(j job, l Link, d Decision, o outcome) outcome {
	return s.wrapUp(j, l, d, o, result{})
}

// wrapUp turns what became of a job into its hint, its counts and its line of the log.
func (s *session) wrapUp(j job, l Link, d Decision, o outcome, w result) outcome {
	e := s.entry(j, "", -1, "")
	e.Link, e.IDs = l.ID, l.IDs
	var lost, open, fresh, broken int
	for i := range d.Fields {
		f := &d.Fields[i]
		switch f.Outcome {
		case InSync, NotShown, Absorb:
			continue
		case Clash:
			lost++
		case OpenClash:
			waits, same := j.asked(f)
			if same {
				continue // which has been told
			}
			if open++; !waits {
				fresh++
			}
		case Broken:
			broken++
		case Blocked:
			for side := range w.skipped {
				w.skipped[side] = w.skipped[side] || f.Why == "not_writable_"+Side(side).String()
			}
		}
		after := f.Before
		if f.after != nil {
			after = *f.after
		}
		e.Fields = append(e.Fields, FieldChange{Field: f.Rule.Key, Outcome: f.Outcome, Rule: f.Why, Before: f.Before, After: after, By: f.by()})
		if f.by() != "" {
			e.By = f.by()
		}
	}
	s.ordersOver(j, l, d, &o, w)
	said, unknown := stranger(d)
	if w.retry == nil && o.err == nil {
		s.released(j, &o.commit)
	}
	switch {
	case w.retry != nil:
		r := s.failed(j, w.retry)
		o.commit.Finished, o.commit.Again = j.also, r.commit.Again
		if r.commit.Entry != nil {
			e.Result, e.Reason = ResultFailed, r.commit.Entry.Reason
		}
		o.count = both(o.count, r.count)
		if r.err != nil {
			o.err = r.err
		}
	case o.err != nil: // the run stops; the hint stays as it is
		o.commit.Finished = nil
	case len(w.notes) > 0 || broken > 0:
		problem := strings.Join(w.notes, " ")
		if problem == "" {
			problem = brokenText(d)
		}
		o.commit.Finished, o.commit.Again = j.also, []Hint{s.parkedBeside(j, l, d, w, unknown, problem)}
		if toldBefore(j.hint, problem) {
			break
		}
		e.Result, e.Reason = ResultFailed, problem
		to := j.side.Other()
		o.count = both(o.count, func(r *Run) { r.To[to].Failed++ })
	case w.again:
		h := j.again("ignored", s.e.Now().Add(s.flow.Retry.Delay(j.ignored(), s.e.Random)), "a field was not taken; it is sent again")
		h.Attempts = j.ignored() + 1
		o.commit.Finished, o.commit.Again = j.also, []Hint{h}
	case unknown != "":
		o.commit.Finished, o.commit.Again = j.also, []Hint{s.askAgain(j, unknown, said)}
	default:
		o.commit.Finished = j.hints()
		s.calmed(j, l, d, &o.commit)
	}
	if w.raced && o.err == nil && w.retry == nil {
		o.commit.Finished, o.commit.Again = j.also, []Hint{j.atOnce(s.e.Now())}
	}
	if (w.retry != nil || w.again) && e.Result == "" && !w.made && j.do != join && w.wrote == [2]bool{} {
		return o // nothing has come of it yet; the next try tells
	}
	o.count = both(o.count, func(r *Run) {
		for side := range w.wrote {
			switch {
			case w.made && Side(side) == w.created:
				r.To[side].Created++
			case j.adopts() && Side(side) == j.intent.Side: // one create, told once
			case w.wrote[side]:
				r.To[side].Updated++
			}
			if w.skipped[side] {
				r.To[side].Skipped++
			}
		}
		if lost+open > 0 {
			r.To[conflictSide(d)].Conflicts++
		}
	})
	s.title(&e, j, w, lost+open)
	if e.Result == ResultConflict && open > 0 {
		e.Reason = "ask"
		o.count = both(o.count, func(r *Run) { r.Asked += min(fresh, 1) })
	}
	switch {
	case e.Result == ResultLinked && e.Sides == [2]bool{} && d.stands():
		o.count = both(o.count, func(r *Run) { r.Left++ })
	case e.Result == ResultLinked && e.Sides == [2]bool{} && w.retry == nil && !w.again:
		o.count = both(o.count, func(r *Run) { r.Alike++ })
	case e.Result == ResultSkipped:
		o.count = both(o.count, func(r *Run) { r.Left++ })
	}
	if e.Result != "" {
		o.commit.Entry = &e
	}
	return o
}

// title gives a line of the log its result. A record that needed nothing has no line.
func (s *session) title(e *Entry, j job, w result, conflicts int) {
	e.Sides = w.wrote
	if w.made {
		e.Sides[w.created] = true
	}
	if j.adopts() { // made by us, and nobody heard the answer
		e.Sides[j.intent.Side] = true
	}
	for side := range w.wrote {
		if w.wrote[side] && e.To == -1 {
			e.To = side
		} else if w.wrote[side] {
			e.To = -1
		}
	}
	switch {
	case e.Result != "":
	case w.made:
		e.Result, e.To = ResultCreated, int(w.created)
	case conflicts > 0:
		e.Result = ResultConflict
	case j.adopts():
		e.Result, e.Reason, e.To = ResultCreated, "matched_by_"+j.match.By, int(j.intent.Side)
	case j.do == join:
		e.Result, e.Reason = ResultLinked, "matched_by_"+j.match.By
	case w.wrote != [2]bool{}:
		e.Result = ResultUpdated
	case len(e.Fields) > 0 && !told(j.hint): // which has been told
		e.Result = ResultSkipped
	}
}

func conflictSide(d Decision) Side {
	for i := range d.Fields {
		if d.Fields[i].HasLost {
			return d.Fields[i].Lost
		}
	}
	return B
}
