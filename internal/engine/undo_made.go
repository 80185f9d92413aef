package engine

import (
	"context"
	"errors"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// What a run made stays unless a person says otherwise, and then only what nobody touched since goes: the record still has the
// change stamp and the values that it was made with, no later run wrote to it, nothing hangs on it, and no other pair holds
// it. What cannot be proven stays. A delete is written down before it leaves, as any other.

// madeMost is how many records that a run made are looked at one by one. Of a run that made more, all of them stay.
const madeMost = 500

// madeBy reports whether a line of the log is about a record that the run made.
func madeBy(line Entry, l Link) bool {
	return line.Result == ResultCreated || made(l) && l.Run == line.Run && line.Result == ResultFailed
}

// madeIn counts the records that a run made.
func madeIn(groups [][]Entry) (n int) {
	for _, lines := range groups {
		for _, line := range lines {
			if line.Result == ResultCreated {
				n++
			}
		}
	}
	return n
}

// touchedSince says why a record that a run made is to stay, "" when nobody touched it since.
func (s *session) touchedSince(ctx context.Context, j job, line Entry, news bool) (why string, err error) {
	side := sideWritten(line)
	other := side.Other()
	at := "_" + side.String()
	m := j.m[side]
	switch {
	case s.many:
		return "undo_created" + at, nil
	case line.Result != ResultCreated || line.Version == "" || line.IDs[side] != m.ID:
		return "undo_unproven" + at, nil
	case !s.flow.Direction.To(side):
		return "undo_one_way" + at, nil
	case m.Version != line.Version || news:
		return "undo_touched" + at, nil
	}
	for i := range s.rules.Rules {
		r := &s.rules.Rules[i]
		b, known := j.link.Base[r.Key]
		now, shown := r.Read(side, m.Fields)
		from, there := r.Read(other, j.m[other].Fields)
		if !shown || !there || known && (b.Run != line.Run || !r.Same(side, now, r.Restore(side, b.V[side])) || !r.Same(other, from, r.Restore(other, b.V[other]))) ||
			!known && !mapping.Empty(now) {
			return "undo_touched" + at, nil
		}
	}
	held, err := s.e.Store.LinkedIn(ctx, s.ws, s.flow.Connections[side], s.flow.Object, m.ID)
	if err != nil {
		return "", err
	}
	for _, id := range held {
		if id != j.link.ID {
			return "undo_shared" + at, nil
		}
	}
	return s.hangsOn(ctx, side, m)
}

// hangsOn says whether something hangs on a record, by asking its system right now.
func (s *session) hangsOn(ctx context.Context, side Side, m Mirror) (why string, err error) {
	for _, o := range s.conn[side].Spec().Objects {
		if o.Parent != s.flow.Object {
			continue
		}
		known, err := s.e.Store.ChildrenOf(ctx, s.ws, s.flow.Connections[side], o.Name, []string{m.ID})
		if err != nil {
			return "", err
		}
		if len(known[m.ID]) > 0 {
			return "undo_kin_" + side.String(), nil
		}
		page, err := s.conn[side].List(ctx, connector.ListRequest{Object: o.Name, Parent: m.ID})
		var ce *connector.Error
		switch {
		case ctx.Err() != nil: // it was not asked
			return "", context.Cause(ctx)
		case errors.As(err, &ce) && ce.Kind != connector.Unauthorized:
			return "undo_unproven_" + side.String(), nil
		case err != nil:
			return "", err
		case len(page.Records) > 0 || page.Next != "":
			return "undo_kin_" + side.String(), nil
		}
	}
	return "", nil
}

// unmake decides about a record that the run made: it stays, or is deleted when somebody said so.
func (s *session) unmake(ctx context.Context, j job, line Entry, u Undoing, news bool) outcome {
	side := sideWritten(line)
	why := "undo_created_" + side.String()
	if (s.run.DryRun || u.Made) && u.Field == "" {
		var err error
		if why, err = s.touchedSince(ctx, j, line, news); err != nil {
			return outcome{err: err}
		}
	}
	switch {
	case why != "":
		return s.undoTold(j, line, Decision{}, outcome{}, result{}, why)
	case s.run.DryRun:
		return s.undoTold(j, line, Decision{}, outcome{}, result{}, "undo_pristine_"+side.String())
	}
	m, gone, err := s.read(ctx, side, j.m[side].ID, j.m[side].Parent, j.m[side]) // asking what hangs on it took time
	switch {
	case err != nil:
		return s.undoTold(j, line, Decision{}, outcome{}, result{retry: err}, "")
	case gone || m.Version != line.Version:
		return s.undoTold(j, line, Decision{}, outcome{}, result{}, "undo_touched_"+side.String())
	}
	if err := s.spend(); err != nil {
		return outcome{err: err}
	}
	if err := s.mayErase(); err != nil {
		return outcome{err: err}
	}
	if err := s.e.Store.AddHints(ctx, s.ws, s.pair.ID, s.lookAgain(j)); err != nil { // if nobody goes on with this undo
		return outcome{err: err}
	}
	x := &Sending{Link: j.link.ID, Run: s.run.ID, At: s.e.Now(), Erase: &Erasing{Side: side, Who: u.By}}
	if err := s.pledge(ctx, Commit{Sending: x}); err != nil {
		return outcome{err: err}
	}
	err = s.conn[side].Delete(connector.WithAsk(ctx, s.ours), s.refOf(j.m[side]))
	if errors.Is(err, ErrLeaseLost) || errors.Is(err, ErrCancelled) || fatal(err) != nil {
		return outcome{err: err}
	}
	if err == nil {
		_, gone, err := s.read(ctx, side, j.m[side].ID, j.m[side].Parent, j.m[side])
		if err == nil && gone {
			return s.unmade(j, line, u.By)
		}
		if err != nil {
			return s.undoTold(j, line, Decision{}, outcome{}, result{retry: err}, "")
		}
		err = errors.New(s.names[side] + " answered with success and left it there.")
		return s.undoTold(j, line, Decision{}, outcome{commit: Commit{Answered: []string{j.link.ID}}}, result{notes: []string{err.Error()}}, "")
	}
	// Whether it happened is found out by the next turn of the record, which knows of the delete.
	return s.undoTold(j, line, Decision{}, outcome{}, result{retry: err}, "")
}

// unmade tells of a record that was deleted because the run had made it.
func (s *session) unmade(j job, line Entry, who string) outcome {
	o := s.takenBack(j, sideWritten(line), who)
	o.commit.Finished, o.commit.Entry.ID = nil, undoID(line) // an undo works from no hint
	return o
}

// deletedByUs reports whether a record of a linked pair that is not there is one that an undo was deleting, and nobody heard
// the answer. It is no person's delete then, whatever the flow makes of those.
func (j job) deletedByUs(side Side) bool {
	return j.sending != nil && j.sending.Erase != nil && j.sending.Erase.Side == side && j.link.State == On
}

// takenBack ends the link of a record that was deleted because a run had made it: neither of the two is ever made again out of
// the other by itself.
func (s *session) takenBack(j job, side Side, who string) outcome {
	why := "unmade_" + side.String()
	var fields []FieldChange
	for i := range s.rules.Rules {
		r := &s.rules.Rules[i]
		f := FieldChange{Field: r.Key, Outcome: Write, Rule: why}
		for sd := range f.Before {
			f.Before[sd], _ = r.Read(Side(sd), j.m[sd].Fields)
		}
		f.After = f.Before
		if f.After[side] = nil; !mapping.Empty(f.Before[side]) {
			fields = append(fields, f)
		}
	}
	j.m[side].Gone, j.m[side].Suspect = s.e.Now(), time.Time{}
	j.side, j.who = side, who
	o := s.letGo(j, side, why)
	e := o.commit.Entry
	e.Result, e.To, e.Fields, e.By = ResultDeleted, int(side), fields, who
	e.Sides[side] = true
	o.count = func(r *Run) { r.To[side].Deleted++ }
	return o
}

// unmaking reports whether a delete of a record that the run made was cut off, and the record is gone: then it is told.
func (s *session) unmaking(ctx context.Context, j *job, open Sending, lines []Entry, gone string) (Entry, bool, error) {
	if open.Erase == nil || gone != "undo_gone_"+open.Erase.Side.String() {
		return Entry{}, false, nil
	}
	for side := range j.m {
		known, err := s.e.Store.Mirrors(ctx, s.ws, s.flow.Connections[side], s.flow.Object, []string{j.link.IDs[side]})
		if err != nil {
			return Entry{}, false, err
		}
		j.m[side] = known[j.link.IDs[side]]
	}
	for _, line := range lines {
		if line.Result == ResultCreated && sideWritten(line) == open.Erase.Side {
			return line, true, nil
		}
	}
	return Entry{}, false, nil
}
