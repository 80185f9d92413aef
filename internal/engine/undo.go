package engine

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"couplet/internal/connector"
)

// undoable fails unless a run can be taken back by this flow.
func (s *session) undoable(ctx context.Context, u *Undoing) error {
	if u == nil {
		return nil
	}
	r, err := s.e.Store.RunByID(ctx, s.ws, u.Run)
	if err != nil {
		return err
	}
	keeps, err := s.e.Store.KeepsRuns(ctx, s.ws)
	if err != nil {
		return err
	}
	if no := Undoable(r, s.pair.ID, s.e.Now(), keeps); no != "" {
		return no.why(r.ID)
	}
	return nil
}

// lookAtMost is how many records are read one by one to look what would go back. Of more than that the lists are read, which
// tell the same in a hundredth of the requests; what is written is read right before in any case.
const lookAtMost = 50

// undo carries an undoing out. It is a run like any other: it has the lease, the brake, the budget, sendings and a log. Each
// record is read right before it is decided about.
func (s *session) undo(ctx context.Context) error {
	u := *s.run.Undo
	if err := s.undoable(ctx, &u); err != nil {
		return err
	}
	if err := s.beat(ctx); err != nil { // somebody may have taken it back before it got its turn
		return err
	}
	groups, err := s.lines(ctx, u)
	if err != nil {
		return err
	}
	if s.pair.Settled.IsZero() { // a first plan that was stopped may be taken back too
		s.run.Allow = true
	}
	if !s.run.Allow {
		links, err := s.e.Store.CountLinks(ctx, s.ws, s.pair.ID)
		if err != nil {
			return err
		}
		s.limit = max(leastChanges, int(float64(links)*float64(s.flow.Brake.Change)))
		s.losable = max(leastLosses, int(float64(links)*float64(s.flow.Brake.Delete)))
		if len(groups) > s.limit && !s.run.DryRun {
			return s.braked(len(groups))
		}
	}
	phase := PhaseWrite
	if s.run.DryRun {
		phase = PhaseCompare
		if s.lists = len(groups) > lookAtMost; s.lists {
			if err := s.observe(ctx); err != nil {
				return err
			}
		}
	}
	s.many = madeIn(groups) > madeMost
	s.enter(phase, noSide)
	s.watch(func(p *Progress) { p.Due = len(groups) })
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := make(chan outcome, crowd)
	stored := make(chan error, 1)
	go func() { stored <- s.collect(ctx, cancel, out, func() bool { return true }) }()
	var g errgroup.Group
	g.SetLimit(readers)
	for _, group := range groups {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			if err := s.undoLink(ctx, u, group, out); err != nil {
				cancel(err)
			}
			s.watch(func(p *Progress) { p.Done++ })
			return nil
		})
	}
	_ = g.Wait()
	close(out)
	if err := <-stored; err != nil {
		return err
	}
	return context.Cause(ctx)
}

// lines are those that an undoing is about, by link, the last one first. What this run has told already is left out: it goes
// on after a crash.
func (s *session) lines(ctx context.Context, u Undoing) ([][]Entry, error) {
	told := map[string]bool{}
	of := map[string]int{}
	var groups [][]Entry
	for _, run := range []string{s.run.ID, u.Run} {
		for after := ""; ; {
			page, err := s.e.Store.Entries(ctx, s.ws, run, after, most, "")
			if err != nil {
				return nil, err
			}
			if len(page) == 0 {
				break
			}
			after = page[len(page)-1].ID
			for _, e := range page {
				e.Calls = nil
				switch {
				case run == s.run.ID:
					told[e.ID] = true
				case u.covers(&e) && !told[undoID(e)]:
					n, known := of[e.Link]
					if !known {
						n, groups = len(groups), append(groups, nil)
						of[e.Link] = n
					}
					groups[n] = append(groups[n], e)
				}
			}
		}
	}
	for _, g := range groups {
		slices.Reverse(g)
	}
	return groups, nil
}

// undoID is the line that tells what became of another line's writes.
func undoID(e Entry) string { return "undo_" + e.ID }

// undoLink takes back what a run wrote to the records of one link.
func (s *session) undoLink(ctx context.Context, u Undoing, lines []Entry, out chan<- outcome) error {
	var calls trace
	ctx = calls.attach(ctx)
	first := lines[0]
	j := job{do: reconcile, side: A, hint: Hint{Side: A, ID: first.IDs[A]}}
	links, err := s.e.Store.LinksOf(ctx, s.ws, s.pair.ID, A, []string{first.IDs[A]})
	if err != nil {
		return err
	}
	l, live := links[first.IDs[A]]
	gone, news := "undo_parted", false
	if live = live && l.ID == first.Link && l.State == On; live {
		j.link = l
		if gone, news, err = s.undoRead(ctx, &j, !s.many && madeIn([][]Entry{lines}) > 0); err != nil {
			return s.undoFailed(j, first, err, out)
		}
	}
	var unmade string // the line of a delete that was cut off
	if x, err := s.e.Store.Sendings(ctx, s.ws, []string{l.ID}); err != nil {
		return err
	} else if open, ok := x[l.ID]; ok && open.Erase != nil && !s.run.DryRun {
		line, is, err := s.unmaking(ctx, &j, open, lines, gone)
		if err != nil {
			return err
		}
		if is {
			unmade = line.ID
			out <- s.unmade(j, line, open.Erase.Who)
		}
	} else if ok && gone == "" && !s.run.DryRun {
		j.resume(open)
		o, told := s.arrivals(j, s.plan(j), [2]bool{true, true})
		if told {
			o.commit.Finished, o.commit.Again = nil, s.lookAgain(j)
			out <- o
			j.link = *o.commit.Link
		}
		j.sending, j.do, j.intent = nil, reconcile, Intent{}
	}
	for _, line := range lines {
		var o outcome
		switch {
		case line.ID == unmade:
			continue
		case line.Result == ResultDeleted:
			o = s.undoTold(j, line, Decision{}, outcome{}, result{}, "undo_deleted_"+sideWritten(line).String())
		case gone != "":
			o = s.undoTold(j, line, Decision{}, outcome{}, result{}, gone)
		case madeBy(line, l):
			if o = s.unmake(ctx, j, line, u, news); o.commit.Link != nil { // there is nothing left to give back
				gone = "undo_gone_" + sideWritten(line).String()
			}
		default:
			o = s.undoLine(ctx, &j, line, u.Field)
			if news && o.commit.Link != nil { // what it saw on the way is stored, so the lists will not show it as news
				o.commit.Again = s.lookAgain(j)
			}
		}
		if o.commit.Entry != nil {
			o.commit.Entry.Calls, calls.calls = calls.list(), nil
		}
		out <- o
		if o.err != nil {
			return o.err
		}
	}
	return nil
}

// sideWritten is the one side that a line of the log wrote to.
func sideWritten(line Entry) Side {
	if line.Sides[B] {
		return B
	}
	return A
}

// made reports whether one of the two records was made by the engine.
func made(l Link) bool { return l.Made == "create" || l.Made == "adopt" || l.Made == madeAgain }

// lookAgain has the next ordinary run look at a pair of records.
func (s *session) lookAgain(j job) []Hint {
	now := s.e.Now()
	return []Hint{{Side: A, ID: j.link.IDs[A], Parent: j.m[A].Parent, Reason: "seen", At: now, Due: now}}
}

// undoRead reads both records, from the systems themselves if it is to be fresh; gone says why nothing can go back, "" when both are there. news says that one of them shows
// something that nobody has looked at yet.
func (s *session) undoRead(ctx context.Context, j *job, fresh bool) (gone string, news bool, err error) {
	for _, side := range []Side{A, B} {
		id := j.link.IDs[side]
		known, err := s.e.Store.Mirrors(ctx, s.ws, s.flow.Connections[side], s.flow.Object, []string{id})
		if err != nil {
			return "", false, err
		}
		old, asked := known[id], s.e.Now()
		if s.lists && !fresh && len(old.Missing) == 0 && !old.Seen.IsZero() {
			if !old.Gone.IsZero() {
				return "undo_gone_" + side.String(), news, nil
			}
			j.m[side] = old
			continue
		}
		r, err := s.conn[side].Get(ctx, connector.Ref{Object: s.flow.Object, ID: id, Parent: old.Parent})
		if connector.KindOf(err) == connector.NotFound {
			return "undo_gone_" + side.String(), news, nil
		}
		if err != nil {
			return "", false, err
		}
		if err := s.doubtEmpty(ctx, side, old.Fields, r.Fields); err != nil {
			return "", false, err
		}
		m, changed, _ := s.heard(side, old, r, asked)
		j.m[side], news = m, news || changed
	}
	return "", news, nil
}

// undoFailed tells of a record that could not be read.
func (s *session) undoFailed(j job, line Entry, err error, out chan<- outcome) error {
	var ce *connector.Error
	if fatal(err) != nil || !errors.As(err, &ce) {
		return err
	}
	out <- s.undoTold(j, line, Decision{}, outcome{}, result{retry: err}, "")
	return nil
}

// undoLine takes back what one line of the log wrote.
func (s *session) undoLine(ctx context.Context, j *job, line Entry, field string) outcome {
	d := PlanUndo(Input{Rules: s.inUse(), Base: j.link.Base, Obs: [2]connector.Fields{j.m[A].Fields, j.m[B].Fields}, Denied: s.caps.denied}, line, field)
	if len(d.Fields) == 0 {
		return outcome{}
	}
	if s.run.DryRun || !d.Writing() {
		return s.undoTold(*j, line, d, outcome{}, result{}, "")
	}
	if err := s.spend(); err != nil {
		return outcome{err: err}
	}
	l := s.linkOf(*j)
	c := Commit{Link: &l}
	w := result{}
	seen := [2]bool{true, true}
	if err := s.send(ctx, j, &l, &c, &d, &seen, &w); err != nil {
		return outcome{err: err}
	}
	j.link = l
	o := s.undoTold(*j, line, d, outcome{commit: c, err: w.fatal}, w, "")
	if w.raced {
		o.commit.Again = s.lookAgain(*j)
	}
	return o
}

// undoTold is the line of the log, and the counts, of what became of a line that was to be taken back. why says it of all of
// its fields.
func (s *session) undoTold(j job, line Entry, d Decision, o outcome, w result, why string) outcome {
	e := s.entry(j, ResultSkipped, -1, why)
	e.ID, e.Link, e.IDs, e.Fields = undoID(line), line.Link, line.IDs, planned(d)
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.after != nil {
			e.Fields[i].After = *f.after
		} else if !s.run.DryRun {
			e.Fields[i].After = f.Before
		}
		if why == "" && f.Outcome == Blocked {
			e.Reason = f.Why
		}
		for side := range f.Sends {
			if s.run.DryRun && f.Sends[side] {
				w.wrote[side] = true
			}
		}
	}
	e.Sides = w.wrote
	switch {
	case w.retry != nil || w.again || len(w.notes) > 0:
		e.Result, e.Reason = ResultFailed, "The system left the value as it was. Look at the record, and undo it again."
		if len(w.notes) > 0 {
			e.Reason = w.notes[0]
		}
		if w.retry != nil { // whether it arrived is found out by the next turn of the record
			e.Reason = sentence(w.retry)
			if j.link.ID != "" {
				o.commit.Again = s.lookAgain(j)
			}
		}
	case w.wrote != [2]bool{}:
		e.Result, e.Reason = ResultUpdated, "undo"
	}
	if e.To = -1; e.Sides[A] != e.Sides[B] {
		e.To = int(A)
		if e.Sides[B] {
			e.To = int(B)
		}
	}
	o.commit.Entry = &e
	to := B
	if line.Sides[A] && !line.Sides[B] {
		to = A
	}
	o.count = func(r *Run) {
		for side := range w.wrote {
			if w.wrote[side] {
				r.To[side].Updated++
			}
		}
		switch e.Result {
		case ResultFailed:
			r.To[to].Failed++
		case ResultSkipped:
			r.To[to].Skipped++
		}
	}
	return o
}
