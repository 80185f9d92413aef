package templates

import (
	"strings"

	"couplet/internal/engine"
)

// headline says what is being done.
func (l Rehearsing) headline() string {
	if l.Run.ID == "" {
		return "It waits for its turn."
	}
	if l.Run.Status.Final() {
		return "Both sides are compared."
	}
	stage, _ := l.Run.Progress.Now()
	switch stage.Phase {
	case engine.PhasePrepare:
		return "Asking both sides which fields they have."
	case engine.PhaseRead:
		return "Reading both sides."
	case engine.PhaseCompare:
		return "Comparing."
	}
	return "Beginning."
}

// side is how far one side was read: a sentence, how much of how much, and whether it is over.
func (l Rehearsing) side(side int) (text string, n, of int) {
	r, x := l.Run.Progress.Read[side], l.Systems[side]
	switch {
	case r.Over && !r.Whole && r.N == 0:
		return "nothing new since last time", 1, 1
	case r.Over && !r.Whole:
		return Count(r.N, x.One, x.Many) + " looked at again", 1, 1
	case r.Over:
		return Count(r.N, x.One, x.Many) + " read", 1, 1
	case r.Of > 0 && r.N >= r.Of: // some systems show names only in a second reading
		return Count(r.Of, x.One, x.Many) + ", almost done", r.N, r.Of
	case r.Of > 0:
		return Number(r.N) + " of " + Count(r.Of, x.One, x.Many), r.N, r.Of
	case r.N > 0:
		return Count(r.N, x.One, x.Many) + " so far", 0, 1
	}
	return "not read yet", 0, 1
}

// compared is how far the comparing has come; false before it begins.
func (l Rehearsing) compared() (text string, n, of int, begun bool) {
	p := l.Run.Progress
	if p.Due == 0 {
		return "", 0, 1, false
	}
	n = min(p.Done, p.Due)
	return Number(n) + " of " + Count(p.Due, "record", "records") + " compared", n, p.Due, true
}

func (l Rehearsing) waits() (out []string) {
	for _, w := range l.Run.Progress.Waits {
		text := WaitWords(w, l.Systems, l.Clock) + "."
		if w.For == engine.ForStop || w.For == engine.ForAnswer {
			text = strings.TrimSpace(text + " " + w.Why)
		}
		out = append(out, text)
	}
	return out
}
