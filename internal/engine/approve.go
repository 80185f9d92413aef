package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// A flow may ask before it deletes ("approve"). The record that is left waits for a person, who sees what would be deleted
// and says delete or keep (sync-semantics 5.12). Until then its link is OneGone, and when the record that was gone is there
// again the question is over. A delete is written down before it leaves, so that whoever comes after a kill finds it.

// Erasing is a delete that is about to leave, or has left: of the record of a side, as somebody ordered.
type Erasing struct {
	Side Side   `json:"side"`
	Who  string `json:"who"`
	// Order is what a person decided, "" for an undo. It has to be open when this is written down, and cannot be taken back after.
	Order string `json:"order,omitempty"`
}

// AsksDelete reports whether a record waits for somebody to say whether it is deleted like its partner. Only delete and
// keep answer it, and they answer nothing else.
func (r Review) AsksDelete() bool { return strings.HasPrefix(r.Reason, string(fateAsk)+"_") }

// DeleteReasons are the reasons of the records that do.
func DeleteReasons() [2]string { return [2]string{string(fateAsk) + "_a", string(fateAsk) + "_b"} }

// obeyDelete decides about a record that a person said is to be deleted, or kept.
func (s *session) obeyDelete(j job) job {
	j.lost = j.side.Other()
	switch {
	case j.order.Kind == OrderKeep:
		j.do, j.why = spare, "kept_"+j.lost.String()
	case !s.flow.Direction.To(j.side):
		return j.withdraw(oneWayNow)
	case s.slow() || !j.order.saw(j.side, j.m[j.side]): // an account that is not what it was proves nobody gone
		return j.withdraw(changedSince)
	default:
		j.do = erase
	}
	return j
}

// keptOnOrder lets go of a link as a person said: the record that is left stays, and nobody is made again.
func (s *session) keptOnOrder(j job) outcome {
	o := s.letGo(j, j.lost, j.why)
	o.commit.Orders = append(j.ends, OrderEnd{ID: j.order.ID})
	return o
}

// erase deletes the record that is left, as a person said. Both are read first: the one that was gone has to be gone still,
// and the other as the person saw it.
func (s *session) erase(ctx context.Context, j job) outcome {
	side, begun := j.side, j.sending != nil
	id := j.link.IDs[side]
	wanted := j.order != nil && j.order.Kind == OrderDelete
	kin := ""
	if wanted { // first, because it may take long
		var err error
		if kin, err = s.newerOn(ctx, side, j.m[side], j.order.At); err != nil {
			return s.failed(j, err)
		}
	}
	back, away, err := s.read(ctx, j.lost, j.link.IDs[j.lost], j.m[j.lost].Parent, j.m[j.lost])
	if err != nil {
		return s.failed(j, err)
	}
	m, gone, err := s.read(ctx, side, id, j.m[side].Parent, j.m[side])
	if err != nil {
		return s.failed(j, err)
	}
	j.m[side] = m
	switch {
	case gone && begun:
		return s.erased(j)
	case gone:
		return s.missing(ctx, j, side, id)
	case !away || !wanted: // it is there again, or somebody took the answer back
		o := s.unwanted(j)
		if !away {
			o.commit.Mirrors[j.lost] = []Mirror{back}
		}
		return o
	case !j.order.saw(side, m):
		return s.unsent(j, s.takeBack(j.withdraw(changedSince)))
	case kin != "":
		return s.unsent(j, s.takeBack(j.withdraw(kin)))
	}
	if err := s.spend(); err != nil {
		return outcome{err: err}
	}
	if !begun { // or a delete that is tried again would count as another one
		if err := s.mayErase(); err != nil {
			return outcome{err: err}
		}
	}
	x := &Sending{Link: j.link.ID, Run: s.run.ID, At: s.e.Now(), Erase: &Erasing{Side: side, Who: j.order.By, Order: j.order.ID}}
	if err := s.pledge(ctx, Commit{Sending: x}); errors.Is(err, ErrOrderOver) {
		return s.unwanted(j)
	} else if err != nil {
		return outcome{err: err}
	}
	j.sending = x
	if err := s.conn[side].Delete(connector.WithAsk(ctx, s.ours), s.refOf(m)); err != nil {
		return s.notErased(j, err)
	}
	switch m, gone, err = s.read(ctx, side, id, m.Parent, m); {
	case err != nil:
		return s.failed(j, err)
	case !gone:
		return s.refusedErase(j, s.names[side]+" answered with success and left it there.")
	}
	return s.erased(j)
}

// unwanted leaves a record that is not to be deleted any more; it is decided about anew.
func (s *session) unwanted(j job) outcome {
	h := j.again("", s.e.Now(), "")
	h.Attempts = j.hint.Attempts
	return s.unsent(j, outcome{commit: Commit{Again: []Hint{h}}})
}

// unsent adds to an outcome that nothing was deleted: what was read is kept, and what was written down is forgotten.
func (s *session) unsent(j job, o outcome) outcome {
	o.commit.Mirrors[j.side] = []Mirror{j.m[j.side]}
	o.commit.Answered = []string{j.link.ID}
	return o
}

// notErased decides about a delete that was not answered with success. Unless it was refused, it may have happened: what was
// written down stays, and the next turn finds out.
func (s *session) notErased(j job, err error) outcome {
	var ce *connector.Error
	if errors.Is(err, ErrLeaseLost) || errors.Is(err, ErrCancelled) {
		return outcome{err: err}
	}
	if errors.As(err, &ce) && ce.Kind == connector.Invalid {
		return s.refusedErase(j, sentence(err))
	}
	return s.failed(j, err)
}

// refusedErase tells of a delete that a system does not carry out. The person is asked again.
func (s *session) refusedErase(j job, problem string) outcome {
	o := s.unsent(j, s.takeBack(j.withdraw("not_deleted_"+j.side.String())))
	e := s.entry(j, ResultFailed, int(j.side), problem)
	o.commit.Entry = &e
	o.count = both(o.count, func(r *Run) { r.To[j.side].Failed++ })
	return o
}

// erased tells of a record that was deleted on an order, whichever run finds it out, and ends its link.
func (s *session) erased(j job) outcome {
	side := j.side
	lost := side.Other()
	ends, who := j.ends, ""
	if j.sending != nil {
		who = j.sending.Erase.Who
	}
	if o := j.order; o != nil {
		end := OrderEnd{ID: o.ID}
		if o.Kind != OrderDelete {
			end.Reason = noLongerThere
		}
		ends = append(ends, end)
	}
	fields := s.lastHeld(j)
	j.m[side].Gone, j.m[side].Suspect = s.e.Now(), time.Time{}
	j.order, j.ends, j.who = nil, nil, who
	o := s.letGo(j, lost, "erased_"+lost.String())
	o.commit.Orders, o.commit.Again = ends, nil
	e := o.commit.Entry
	e.Result, e.To, e.Fields = ResultDeleted, int(side), fields
	e.Sides[side] = true
	o.count = func(r *Run) { r.To[side].Deleted++ }
	return o
}

// lastHeld is what the two records held last, for the log: nothing brings a deleted record back, but somebody may want to
// type it again.
func (s *session) lastHeld(j job) (fields []FieldChange) {
	for i := range s.rules.Rules {
		r := &s.rules.Rules[i]
		f := FieldChange{Field: r.Key, Outcome: Write, Rule: "erased_" + j.lost.String()}
		for side := range f.Before {
			f.Before[side], _ = r.Read(Side(side), j.m[side].Fields)
		}
		f.After = f.Before
		if f.After[j.lost.Other()] = nil; !mapping.Empty(f.Before[j.lost.Other()]) {
			fields = append(fields, f)
		}
	}
	return fields
}

// foretellErase is a record that would be deleted.
func (s *session) foretellErase(j job) outcome {
	if s.vanished[Place{j.side, j.link.IDs[j.side]}] {
		return outcome{} // somebody else deleted it
	}
	o := s.erased(j).toldOnly()
	o.commit.Entry.By = j.order.By
	return o
}

// mayErase takes one delete from the allowance.
func (s *session) mayErase() error {
	if s.losable == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleted++; s.deleted > s.losable {
		return s.tooMany(s.deleted)
	}
	return nil
}

// tooMany stops a run that would delete more than the brake allows.
func (s *session) tooMany(n int) error {
	return &stopError{Halt: Halt{Why: HaltDeletes, Side: noSide, N: n, Most: s.losable}, Note: fmt.Sprintf("%d records are to be deleted as people decided, more than the %d that the brake of flow %s allows in one run, so it stopped. "+
		"If that is right, run it once with --allow; else take the decisions back.", n, s.losable, s.flow.Name)}
}
