package engine

import (
	"context"
	"fmt"
	"slices"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// What becomes of a link when one of its records is gone for certain: the flow's policy for deletes says it
// (sync-semantics 5.12). No policy writes to a side that the flow never writes to.

// fate is one of these answers.
type fate string

const (
	fateAlone fate = "gone"          // the other record is left alone
	fateTag   fate = "tagged"        // the other record gets a tag that says so
	fateAgain fate = "restored"      // the record is made again
	fateTwice fate = "deleted_again" // it was made again once, and somebody deleted it again: a person decides
	fateAsk   fate = "to_delete"     // a person says whether the other record is deleted, too
	fateHeir  fate = "merged_there"  // it was most likely merged into another one there: a person decides
)

// fate decides about a link whose record of a side is gone. A merge goes before every policy.
func (s *session) fate(ctx context.Context, j *job, side Side) (fate, error) {
	survivor := side.Other()
	if j.fading { // its parent is gone: what becomes of that one decides
		return fateAlone, nil
	}
	if heirs, err := s.heirs(ctx, *j, side); err != nil || heirs[side] != "" {
		j.heirs = heirs
		return fateHeir, err
	}
	switch s.flow.Delete {
	case flow.Tag:
		if s.flow.Direction.To(survivor) {
			return fateTag, nil
		}
	case flow.Approve:
		if s.flow.Direction.To(survivor) {
			return fateAsk, nil
		}
	case flow.Restore:
		switch {
		case !s.flow.Direction.To(side):
		case j.link.Made == madeAgain:
			return fateTwice, nil
		default:
			return fateAgain, nil
		}
	}
	return fateAlone, nil
}

// part carries a fate out.
func (s *session) part(ctx context.Context, j job, side Side, f fate) outcome {
	survivor := side.Other()
	if !j.m[survivor].Gone.IsZero() { // nobody is left
		return s.letGo(j, side, "gone_"+side.String())
	}
	switch f {
	case fateTag:
		return s.tag(ctx, j, side)
	case fateAgain:
		_, c := s.parting(j, side, OneGone)
		s.released(j, &c)
		now := s.e.Now()
		m := j.m[survivor]
		c.Again = []Hint{{Side: survivor, ID: j.link.IDs[survivor], Parent: m.Parent, Reason: "seen", At: now, Due: now}}
		return outcome{commit: c}
	case fateHeir:
		r := Review{Side: survivor, ID: j.link.IDs[survivor], Reason: f.reason(side), Candidates: []string{j.heirs[side]}}
		if twin := j.heirs[survivor]; twin != "" {
			r.Twins = []string{twin}
		}
		return s.hold(j, side, r)
	case fateAsk:
		return s.hold(j, side, Review{Side: survivor, ID: j.link.IDs[survivor], Reason: f.reason(side)})
	case fateTwice:
		o := s.letGo(j, side, f.reason(side))
		o.commit.Settled = nil
		return s.ask(o, Review{Side: survivor, ID: j.link.IDs[survivor], Reason: f.reason(side)})
	}
	return s.letGo(j, side, f.reason(side))
}

func (f fate) reason(side Side) string { return string(f) + "_" + side.String() }

// hold keeps both ids of a link taken until a person has decided about the record that is left, or the other is there again.
func (s *session) hold(j job, side Side, r Review) outcome {
	l, c := s.parting(j, side, OneGone)
	if j.place() != (Place{r.Side, r.ID}) {
		s.released(j, &c)
	}
	e := s.entry(j, "", -1, "")
	e.IDs = l.IDs
	c.Entry = &e
	return s.ask(outcome{commit: c}, r)
}

// ask leaves an outcome to a person.
func (s *session) ask(o outcome, r Review) outcome {
	r.Pair, r.At = s.pair.ID, s.e.Now()
	o.commit.Review = append(o.commit.Review, r)
	o.commit.Entry.Result, o.commit.Entry.Reason = ResultReview, r.Reason
	o.count = both(o.count, func(r *Run) { r.Asked++ })
	return o
}

// tagField is the list of names in which a side keeps tags, "" when its records have none.
func (s *session) tagField(side Side) string {
	i := slices.IndexFunc(s.fields[side], func(f connector.Field) bool {
		return f.Type == connector.Set && !f.Custom && f.Read && f.OnUpdate != connector.No
	})
	if i < 0 {
		return ""
	}
	return s.fields[side][i].Name
}

// tagWord is the tag for a record whose partner was deleted in a side.
func (s *session) tagWord(side Side) string { return "deleted in " + s.names[side] }

// tagless says that records of a side have no tags, when the flow is to tag them.
func (s *session) tagless(side Side) error {
	if s.flow.Delete != flow.Tag || !s.flow.Direction.To(side) || s.tagField(side) != "" {
		return nil
	}
	return &stopError{Halt: Halt{Why: HaltObject, Side: int(side)}, Note: fmt.Sprintf("Flow %s tags the record that is left when the other one is deleted, and a %s of %s has no tags. "+
		"Choose another way for deletes and run again; nothing was changed.", s.flow.Name, s.flow.Object, s.names[side])}
}

// tries is how often a tag is written that the system does not take, before it is told and the link ends without it.
const tries = 3

// tag writes the tag on the record that is left, and ends the link. Adding a tag twice comes to the same, so a crash in
// between does no harm.
func (s *session) tag(ctx context.Context, j job, side Side) outcome {
	survivor := side.Other()
	if o, over := s.reread(ctx, &j, survivor); over {
		return o
	}
	if o, later := s.postponed(&j); later {
		return o
	}
	if err := s.spend(); err != nil {
		return outcome{err: err}
	}
	field, word := s.tagField(survivor), s.tagWord(side)
	asked := s.e.Now()
	echo, err := s.conn[survivor].Update(ctx, s.refOf(j.m[survivor]), connector.Fields{field: connector.Delta{Add: []string{word}}})
	problem := ""
	switch {
	case connector.KindOf(err) == connector.Invalid:
		problem = sentence(err)
	case err != nil:
		return s.failed(j, err)
	default:
		j.m[survivor], _, _ = s.heard(survivor, j.m[survivor], echo, asked)
		v, shown := echo.Fields[field]
		if shown && len(mapping.Minus([]string{word}, mapping.AsSet(v))) > 0 {
			problem = s.names[survivor] + " answered with success and left the tags as they were."
			if j.hint.Attempts < tries {
				return outcome{commit: Commit{Again: []Hint{j.again("gone", s.e.Now().Add(s.flow.Retry.Delay(j.hint.Attempts, s.e.Random)), problem)}}}
			}
		}
	}
	o := s.letGo(j, side, fateTag.reason(side))
	o.commit.Mirrors[survivor] = []Mirror{j.m[survivor]}
	e := o.commit.Entry
	e.To = int(survivor)
	if problem != "" {
		e.Result, e.Reason = ResultFailed, fmt.Sprintf("Deleted in %s, and its partner did not take the tag “%s”: %s", s.names[side], word, problem)
		o.count = func(r *Run) { r.To[survivor].Failed++ }
		return o
	}
	e.Sides[survivor] = true
	o.count = func(r *Run) { r.To[survivor].Updated++ }
	return o
}
