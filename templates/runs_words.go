package templates

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"couplet/internal/engine"
)

// Words about runs, for every page that shows one.

// RunningWord says that a run is under way and how far it has come: "Running, 64 %".
func RunningWord(r engine.Run) string {
	switch {
	case r.Status == engine.Waiting && len(r.Progress.Waits) > 0:
		return "Waiting"
	case r.Progress.Due > 0:
		return fmt.Sprintf("Running, %d %%", min(99, 100*r.Progress.Done/r.Progress.Due))
	}
	return "Running"
}

// SoFar is how far a run has come, in numbers: "412 of 640", or what was read so far.
func SoFar(r engine.Run) string {
	if p := r.Progress; p.Due > 0 {
		return Number(min(p.Done, p.Due)) + " of " + Number(p.Due)
	}
	if n := r.Progress.Read[0].N + r.Progress.Read[1].N; n > 0 {
		return Number(n) + " read"
	}
	return ""
}

// barOf is how far a run has come, for a progress bar: of what is to be worked off, or before that is known of what is to be
// read. most is 0 while nobody knows.
func barOf(r engine.Run) (done, most int) {
	p := r.Progress
	if p.Due > 0 {
		return min(p.Done, p.Due), p.Due
	}
	for _, x := range p.Read {
		if x.Of == 0 && !x.Over {
			return 0, 0
		}
		done, most = done+min(x.N, max(x.Of, x.N)), most+max(x.Of, x.N)
	}
	return done, most
}

// Doing says what a run is at: "Reading HighLevel", "Writing", or what it waits for.
func Doing(r engine.Run, systems [2]System, c Clock) string {
	if r.Status == engine.Queued {
		return "Waits for its turn"
	}
	for _, w := range r.Progress.Waits {
		return WaitWords(w, systems, c)
	}
	stage, ok := r.Progress.Now()
	if !ok {
		if r.Status == engine.Waiting {
			return "Goes on when the program runs again"
		}
		return "Begins"
	}
	switch stage.Phase {
	case engine.PhasePrepare:
		return "Asking both accounts for their fields"
	case engine.PhaseRead:
		var names []string
		for _, s := range r.Progress.Stages {
			if s.Phase == engine.PhaseRead && !s.Since.IsZero() && s.Side >= 0 {
				names = append(names, systems[s.Side].Name)
			}
		}
		slices.Sort(names)
		return "Reading " + strings.Join(names, " and ")
	case engine.PhaseCompare:
		if r.Undo != nil {
			return "Looking at what would go back"
		}
		return "Comparing both sides"
	case engine.PhaseWrite:
		if r.Undo != nil {
			return "Giving back what was there before"
		}
		return "Writing what differs"
	}
	return "Waiting"
}

// WaitWords say what a run waits for.
func WaitWords(w engine.Wait, systems [2]System, c Clock) string {
	name := "the other side"
	if w.Side >= 0 && w.Side < len(systems) {
		name = systems[w.Side].Name
	}
	when := ""
	if !w.Until.IsZero() {
		when = " " + c.Until(w.Until)
	}
	switch w.For {
	case engine.ForAllowance:
		return "As fast as " + name + " allows"
	case engine.ForStop:
		return name + " takes no requests for now; goes on" + when
	case engine.ForAnswer:
		return name + " does not answer as it should; asked again" + when
	case engine.ForRetry:
		return "Waits to try what failed again" + when
	}
	return "Waits until what was written shows on the other side"
}

// left is about how long a run will take yet, "" while nobody can tell.
func left(r engine.Run, c Clock) string {
	p := r.Progress
	i := slices.IndexFunc(p.Stages, func(s engine.Stage) bool { return s.Phase == engine.PhaseWrite && !s.Since.IsZero() })
	if i < 0 || p.Done < 20 || p.Due <= p.Done {
		return ""
	}
	took := p.Stages[i].Lasted(c.Now)
	if took < 3*time.Second {
		return ""
	}
	return "About " + Took(time.Duration(float64(took)*float64(p.Due-p.Done)/float64(p.Done))) + " left"
}

// pace is how many requests a run makes.
func pace(r engine.Run, c Clock) string {
	n := 0
	for _, calls := range r.APICalls {
		n += calls.Read + calls.Write
	}
	took := TookOf(r, c.Now)
	if n == 0 || took < time.Second {
		return ""
	}
	if perSecond := float64(n) / took.Seconds(); perSecond >= 1 {
		return fmt.Sprintf("%.0f requests a second", perSecond)
	}
	return Count(n, "request", "requests")
}

// leftAndPace is what is told of a run's speed.
func leftAndPace(r engine.Run, c Clock) string {
	return strings.Join(slices.DeleteFunc([]string{left(r, c), pace(r, c)}, func(s string) bool { return s == "" }), " · ")
}

// TookOf is how long a run has taken by now.
func TookOf(r engine.Run, now time.Time) time.Duration {
	if r.Finished.IsZero() {
		return max(0, now.Sub(r.Started))
	}
	return max(0, r.Finished.Sub(r.Started))
}

// HaltWord says in a few words why a run waits for a person.
func HaltWord(r engine.Run) string {
	switch r.Halt.Why {
	case engine.HaltKey:
		return "The key is not taken"
	case engine.HaltPermit:
		return "A permission is missing"
	case engine.HaltBrake, engine.HaltEmptied:
		return "Stopped by the brake"
	case engine.HaltApproval:
		return "Waits for your approval"
	case engine.HaltAfresh:
		return "All records are to be compared anew"
	case engine.HaltMap, engine.HaltObject:
		return "The map needs mending"
	case engine.HaltRefusals:
		return "The first records were refused"
	}
	return "Needs you"
}

// Ended says how a finished run ended: kind, icon and words of its status.
func Ended(r engine.Run) (kind, drawing, word string) {
	failed := sums(r).Failed
	switch r.Status {
	case engine.Paused:
		return "warn", "circle-alert", HaltWord(r)
	case engine.Failed:
		return "bad", "circle-x", "Failed"
	case engine.Cancelled:
		return "off", "pause", "Stopped"
	}
	switch {
	case failed > 0:
		return "bad", "circle-x", "Done, " + Number(failed) + " failed"
	case r.Asked > 0:
		return "warn", "circle-alert", "Done, " + Count(r.Asked, "record needs you", "records need you")
	}
	return "ok", "check", "Done"
}

// Began says why a run began, and who asked for it where that is known; schedule is its flow's in words.
func Began(r engine.Run, schedule string) string {
	by, asker := "hand", ""
	if r.By != "" {
		by, asker = r.By, " by "+r.By
	}
	text := "Started by " + by
	switch r.Trigger {
	case "schedule":
		text = schedule
	case "webhook":
		text = "Told of a change"
	case "recovery":
		text = "Went on after a stop"
	case engine.Rehearse:
		text = "Asked for on the preview" + asker
	case engine.SwitchedOn:
		text = "Switched on" + asker
	case engine.Trial:
		text = "One record tried" + asker
	case engine.Once:
		text = "By " + by + ", beyond the brake"
	case engine.Undo:
		text = "Undid an earlier run"
	}
	if r.Full {
		text += ", everything read"
	}
	return text
}

// shortID is the part of a run's id that people say: its end.
func shortID(id string) string { return id[max(0, len(id)-6):] }

// dryWord is what a run is called that writes nothing.
func dryWord(r engine.Run) string {
	if r.Watch {
		return "Watches only"
	}
	return "Rehearsal"
}
