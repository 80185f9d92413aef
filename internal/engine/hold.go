package engine

import (
	"context"
	"encoding/json"
)

// unapproved is why a record waits whose write nobody approved.
const unapproved = "changed_since_preview"

// place is where a job's record waits, whichever of the two a hint was about.
func (j job) place() Place {
	if id := j.m[A].ID; id != "" && j.m[B].ID != "" {
		return Place{A, id}
	}
	return Place{j.side, j.m[j.side].ID}
}

// Held reports whether the job's record waits because nobody approved what would be written.
func (j job) held() bool { return j.review != nil && j.review.Held() }

// Held reports whether a record waits because nobody approved what would be written.
func (r Review) Held() bool { return r.Reason == unapproved && r.Alone == "" }

// accepted reports whether a person accepted what the record waits with.
func (j job) accepted() bool { return j.order != nil && j.order.Kind == OrderAccept }

// sides are those that a plan writes to.
func (d Decision) sides() (to [2]bool) {
	for side := range to {
		to[side] = len(d.Writes[side]) > 0
	}
	return to
}

// approvedLines gives the jobs of a batch what a person approved of their records, and the reviews in which they are held.
func (s *session) approvedLines(ctx context.Context, v *view, jobs []job) error {
	if !s.holding {
		return nil
	}
	var ids [2][]string
	for i := range jobs {
		j := &jobs[i]
		p := j.place()
		if r, ok := v.review[p.Side][p.ID]; ok && r.Held() {
			j.review, j.reviewed = &r, true
		}
		for side := range ids {
			if id := j.m[side].ID; id != "" {
				ids[side] = append(ids[side], id)
			}
		}
	}
	if s.agreed == nil {
		return nil
	}
	entries, err := s.e.Store.Approved(ctx, s.ws, s.agreed.run, ids)
	if err != nil {
		return err
	}
	lines := map[Place][]Line{}
	for _, e := range entries {
		for side, id := range e.IDs {
			if id != "" {
				lines[Place{Side(side), id}] = append(lines[Place{Side(side), id}], lineOf(e))
			}
		}
	}
	for i := range jobs {
		for side := range jobs[i].m {
			if id := jobs[i].m[side].ID; id != "" {
				jobs[i].lines = append(jobs[i].lines, lines[Place{Side(side), id}]...)
			}
		}
	}
	return nil
}

// in reports whether everything that a plan writes stands in these lines.
func (j job) in(lines []Line, d Decision, to [2]bool, made bool) bool {
	ours := j.match.ours() || j.adopts() || j.link.Made == "create" || j.link.Made == "adopt" || j.link.Made == madeAgain
	for side := range to {
		covered := !to[side]
		for _, l := range lines {
			covered = covered || l.holds(j, d, Side(side), made, ours)
		}
		if !covered {
			return false
		}
	}
	return true
}

// free reports whether somebody looked at what a plan writes and wants it, so that it counts for no brake.
func (s *session) free(j job, d Decision, to [2]bool, made bool) bool {
	if j.accepted() {
		return j.held() && j.in([]Line{*j.review.Plan}, d, to, made)
	}
	return s.agreed != nil && j.in(j.lines, d, to, made)
}

// may decides about a write right before it is made. False says that the record waits for a person. What was sent before
// and is sent again was decided about then.
func (s *session) may(j *job, d Decision, to [2]bool, made bool) (bool, error) {
	a := s.agreed
	if a == nil && !j.held() {
		return true, s.spend()
	}
	again := made && j.intent.ID != "" || j.sending != nil && j.in([]Line{j.sending.line(*j)}, d, to, made)
	switch {
	case s.free(*j, d, to, made), again, s.run.Allow:
		return true, nil
	case j.held() || j.accepted():
		return false, nil
	case j.order != nil || !s.pair.Settled.IsZero():
		return true, s.spend()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.used >= a.most {
		return false, nil
	}
	a.used++
	s.run.Beyond++
	j.beyond = a.run
	return true, nil
}

// holdBack leaves a record to a person, with what would be written. It is told once for each plan.
func (s *session) holdBack(j job, l Line) outcome {
	p := j.place()
	c := Commit{Finished: j.hints(), Orders: j.ends}
	if j.accepted() {
		c.Orders = append(c.Orders, OrderEnd{j.order.ID, changedSince})
	} else if j.held() && sameLine(*j.review.Plan, l) {
		return outcome{commit: c}
	}
	e := s.entry(j, ResultReview, -1, unapproved)
	e.Fields = l.Fields
	c.Review, c.Entry = []Review{{Pair: s.pair.ID, Side: p.Side, ID: p.ID, Reason: unapproved, Plan: &l, At: s.e.Now()}}, &e
	return outcome{commit: c, count: func(r *Run) { r.Asked++; r.Held++ }}
}

func sameLine(x, y Line) bool {
	a, errA := json.Marshal(x)
	b, errB := json.Marshal(y)
	return errA == nil && errB == nil && string(a) == string(b)
}

// released ends that a record is held, because it was written or needs nothing any more.
func (s *session) released(j job, c *Commit) {
	if !j.held() {
		return
	}
	p := j.place()
	c.Settled = append(c.Settled, p)
	if j.accepted() && c.Link == nil {
		c.Orders = append(c.Orders, OrderEnd{ID: j.order.ID})
	}
}

// postponed puts off a write that nobody approved and that nobody can be asked about, until the first plan is carried out
// and the brake counts it. What goes beyond the plan is counted with the intent of a record that is made again. A tag has none,
// so a kill forgets its count: as many more of them may then be written as the flow asks for on records that are gone for certain.
func (s *session) postponed(j *job) (outcome, bool) {
	a := s.agreed
	if a == nil || s.run.Allow || !s.pair.Settled.IsZero() {
		return outcome{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.used++; a.used <= a.most {
		s.run.Beyond++
		j.beyond = a.run
		return outcome{}, false
	}
	h := j.hint
	h.Due = s.e.Now().Add(suspicion)
	return outcome{commit: Commit{Again: []Hint{h}}}, true
}

// mayCreate is may for the partner of a record that is to be made.
func (s *session) mayCreate(j *job) (bool, error) {
	if s.agreed == nil && !j.held() {
		return true, s.spend()
	}
	var to [2]bool
	to[j.side.Other()] = true
	d, _ := s.payload(*j)
	ok, err := s.may(j, d, to, true)
	if !ok {
		l := j.lineOf(d, to, true)
		j.do, j.line = hold, &l
	}
	return ok, err
}

// wanted is free for what is foreseen.
func (s *session) wanted(j job, d *Decision) bool {
	switch {
	case s.agreed == nil && !j.accepted():
		return false
	case d != nil:
		return s.free(j, *d, d.sides(), false)
	case j.do == create || j.do == search:
		var to [2]bool
		to[j.side.Other()] = true
		plan, _ := s.payload(j)
		return s.free(j, plan, to, true)
	}
	return false
}

// loadHeld adds the reviews of linked pairs, which wait for nobody else.
func (s *session) loadHeld(ctx context.Context, v *view) error {
	if !s.holding {
		return nil
	}
	var ids []string
	for _, l := range v.link[B] {
		ids = append(ids, l.IDs[A])
	}
	return into(v.review[A])(s.e.Store.ReviewsOf(ctx, s.ws, s.pair.ID, A, ids))
}
