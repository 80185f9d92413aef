package engine

import (
	"context"
	"slices"
	"time"

	"couplet/internal/connector"
)

// Progress is how far a run has come, for those who watch it. It decides nothing: a run that lost it goes on as well.
// It is kept beside the run's own row, with the counts of each commit and about once a second in between.
type Progress struct {
	// Stages are the parts of the run in the order in which they began. A stage that is come back to goes on in its line,
	// so there are few.
	Stages []Stage `json:"stages,omitempty"`
	// Read says, by side, how far the reading has come.
	Read [2]Reading `json:"read"`
	// Due is how many records of both sides this run has to work off, as far as is known yet, and Done how many it has.
	Due  int `json:"due"`
	Done int `json:"done"`
	// Waits are what the run waits for at the moment; a run may wait for one system and work with the other.
	Waits []Wait `json:"waits,omitempty"`
}

// Phase is a kind of work that a run does.
type Phase string

// The phases of a run. Reading has a stage for each side, because both are read at once.
const (
	PhasePrepare Phase = "preparing" // opening both sides and asking which fields there are
	PhaseRead    Phase = "reading"   // reading records into the mirror
	PhaseCompare Phase = "comparing" // planning, without writing
	PhaseWrite   Phase = "writing"   // working off the records, each planned again right before
	PhaseWait    Phase = "waiting"   // nothing can be done before a time
)

// Stage is one line of what happened, in order.
type Stage struct {
	Phase Phase `json:"phase"`
	// Side is the one that is read, -1 when the phase is about both.
	Side  int       `json:"side"`
	Began time.Time `json:"began"`
	// Since is when it began or was come back to, zero when it is not under way. Took is the time of all visits that are
	// over.
	Since time.Time     `json:"since,omitzero"`
	Took  time.Duration `json:"took"`
}

// Lasted is how long a stage has taken by now.
func (s Stage) Lasted(now time.Time) time.Duration {
	if s.Since.IsZero() {
		return s.Took
	}
	return s.Took + max(0, now.Sub(s.Since))
}

// Reading is how far one side was read.
type Reading struct {
	// N records were shown so far, of Of as the system counts them; Of is 0 as long as it has not said.
	N  int `json:"n"`
	Of int `json:"of"`
	// Whole: everything is read, not only what changed. Over: the reading reached its end.
	Whole bool `json:"whole"`
	Over  bool `json:"over"`
}

// WaitFor is why a run waits.
type WaitFor string

// The reasons for which a run waits.
const (
	ForAllowance WaitFor = "allowance" // the account's requests are used up for the moment: they start as fast as allowed
	ForStop      WaitFor = "stop"      // the system asked for a pause, or the day's requests are used up
	ForAnswer    WaitFor = "answer"    // the system does not answer as it should, and is asked again
	ForSettle    WaitFor = "settle"    // what a system shows cannot be trusted yet
	ForRetry     WaitFor = "retry"     // a record that failed is tried again
)

// Wait is one thing that a run waits for.
type Wait struct {
	For WaitFor `json:"for"`
	// Side is the one that is waited for, -1 when it is neither alone.
	Side int `json:"side"`
	// Until is when it is over, zero when nobody can tell.
	Until time.Time `json:"until,omitzero"`
	// Why says in the system's words what happened, "" when the reason says it all.
	Why string `json:"why,omitempty"`
}

// Pauses is an ability that Links may have: to say why calls of a connection do not start. A run that may not call looks
// like one that hangs, and this says which it is.
type Pauses interface {
	// Paused reports until when no call of that class starts on a connection and why. Without such a time, held says whether
	// calls stand in line for the account's allowance.
	Paused(conn string, class connector.Class) (until time.Time, why string, held bool)
}

// Now is the stage under way that a person should hear of; false when none is. Of several, waiting comes first, because it
// explains the others.
func (p Progress) Now() (Stage, bool) {
	var found Stage
	for _, s := range p.Stages {
		if !s.Since.IsZero() && (found.Phase == "" || s.Phase == PhaseWait) {
			found = s
		}
	}
	return found, found.Phase != ""
}

// watch changes the progress. What a change touches it replaces, never writes into, because copies of the run are about.
func (s *session) watch(change func(p *Progress)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.run.Progress)
}

// noSide is the side of a stage that is about both.
const noSide = -1

// enter begins a stage, or comes back to it, and ends what the caller names.
func (s *session) enter(phase Phase, side int, instead ...Phase) {
	now := s.e.Now()
	s.watch(func(p *Progress) {
		stages := slices.Clone(p.Stages)
		for i := range stages {
			if slices.Contains(instead, stages[i].Phase) {
				end(&stages[i], now)
			}
		}
		i := slices.IndexFunc(stages, func(st Stage) bool { return st.Phase == phase && st.Side == side })
		if i < 0 {
			stages = append(stages, Stage{Phase: phase, Side: side, Began: now})
			i = len(stages) - 1
		}
		if stages[i].Since.IsZero() {
			stages[i].Since = now
		}
		p.Stages = stages
	})
}

// leave ends a stage, if it is under way.
func (s *session) leave(phase Phase, side int) {
	now := s.e.Now()
	s.watch(func(p *Progress) {
		p.Stages = slices.Clone(p.Stages)
		for i := range p.Stages {
			if p.Stages[i].Phase == phase && p.Stages[i].Side == side {
				end(&p.Stages[i], now)
			}
		}
	})
}

func end(st *Stage, at time.Time) {
	if !st.Since.IsZero() {
		st.Took, st.Since = st.Lasted(at), time.Time{}
	}
}

// over ends all stages: the run is over, or its worker is.
func (p *Progress) over(at time.Time) {
	p.Stages, p.Waits = slices.Clone(p.Stages), nil
	for i := range p.Stages {
		end(&p.Stages[i], at)
	}
}

// waitFor notes that something is waited for, or no longer, in place of what was waited for before for this reason and
// side.
func (s *session) waitFor(w Wait, on bool) {
	s.watch(func(p *Progress) {
		kept := make([]Wait, 0, len(p.Waits)+1)
		for _, x := range p.Waits {
			if x.For != w.For || x.Side != w.Side {
				kept = append(kept, x)
			}
		}
		if on {
			kept = append(kept, w)
		}
		p.Waits = kept
	})
}

// paused asks what keeps calls from starting.
func (s *session) paused() {
	links, able := s.e.Links.(Pauses)
	if !able {
		return
	}
	now := s.e.Now()
	s.mu.Lock()
	doing := s.doing
	s.mu.Unlock()
	for side, conn := range s.flow.Connections {
		until, why, held := links.Paused(conn, doing[side])
		stopped := until.Sub(now) > time.Second // what is shorter is over before anybody has read it
		s.waitFor(Wait{For: ForStop, Side: side, Until: until, Why: why}, stopped)
		s.waitFor(Wait{For: ForAllowance, Side: side}, held && !stopped)
	}
}

// reading notes how far a side was read. A system may show a record more than once; that is not told as more than there are.
func (s *session) reading(side Side, cur Cursor, whole, over bool) {
	s.watch(func(p *Progress) {
		p.Read[side] = Reading{N: cur.Shown, Of: cur.Total, Whole: whole, Over: over}
		if r := &p.Read[side]; r.Of > 0 {
			r.N = min(r.N, r.Of)
		}
	})
}

// toDo counts what is left for this run: what is due, and what will be before the run stops waiting.
func (s *session) toDo(ctx context.Context) error {
	due, _, err := s.e.Store.Pending(ctx, s.ws, s.pair.ID, s.e.Now().Add(s.farthest()))
	if err == nil {
		s.watch(func(p *Progress) { p.Due = p.Done + due })
	}
	return err
}

// workedOff counts the lines of the inbox that stored outcomes ended for this run.
func (s *session) workedOff(group []outcome) {
	n, last := 0, s.e.Now().Add(s.farthest())
	for i := range group {
		n += len(group[i].commit.Finished)
		for _, h := range group[i].commit.Again {
			if h.Seq > 0 && h.Due.After(last) {
				n++
			}
		}
	}
	s.watch(func(p *Progress) { p.Done += n })
}
