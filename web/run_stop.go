package web

import (
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/templates"
)

// safe is what is not affected when a run stops.
const safe = "Nothing is lost. What was written stays, and the next run does the rest. Other flows go on."

// stop says why a run ended before its end, and what mends it; nil when it did not. What is to be done in a flow cannot be
// done once the flow is gone.
func (v runView) stop() *templates.RunStop {
	s := v.stopped()
	if _, there := v.flow(v.run.Flow); s != nil && !there {
		s.Buttons = slices.DeleteFunc(s.Buttons, func(b templates.RunButton) bool { return b.Href == "" || strings.HasPrefix(b.Href, "/flows/") })
	}
	return s
}

func (v runView) stopped() *templates.RunStop {
	switch v.run.Status {
	case engine.Paused:
		s := v.halted()
		s.Grave = true
		if s.Safe == "" {
			s.Safe = safe
		}
		return s
	case engine.Failed:
		s := &templates.RunStop{Grave: true, Failed: true, Quoted: true, Title: "This run ended early", Safe: safe, Buttons: v.again()}
		s.Why, s.Fix = split(v.note())
		if v.run.DryRun {
			s.Safe, s.Buttons = "A rehearsal writes nothing.", []templates.RunButton{v.toFlow("preview", "To the preview", true)}
		}
		return s
	case engine.Cancelled:
		return &templates.RunStop{Title: "Stopped before its end", Why: "What it had written stays; the next run does the rest."}
	}
	return nil
}

// note is the run's note in the words of pages.
func (v runView) note() string {
	return strings.NewReplacer("this dry run", "this rehearsal", "dry run", "rehearsal").Replace(v.run.Note)
}

// split divides what a system or a run says into why and fix: what is to be done is said last.
func split(text string) (why, fix string) {
	text = strings.TrimSpace(text)
	i := strings.LastIndex(strings.TrimSuffix(text, "."), ". ")
	if i < 0 {
		return text, ""
	}
	return text[:i+1], text[i+2:]
}

// halted says why a run waits for a person.
func (v runView) halted() *templates.RunStop {
	h := v.run.Halt
	look := v.toFlow("preview", "See what would change", true)
	switch h.Why {
	case engine.HaltKey:
		return v.noKey()
	case engine.HaltPermit:
		return v.noPermit()
	case engine.HaltApproval:
		return &templates.RunStop{Title: "The first plan waits for your approval", Buttons: []templates.RunButton{look}, Safe: "Nothing was written to either side.",
			Why: "Before a flow writes for the first time, somebody looks at what it would do.", Fix: "Look at the preview, then switch the flow on."}
	case engine.HaltAfresh:
		s := &templates.RunStop{Title: "All records are to be compared anew", Buttons: []templates.RunButton{look}, Safe: "Nothing was written to either side, and nothing is deleted.",
			Why: "Somebody asked for it, and nobody has approved what it comes to.", Fix: "Look at a rehearsal, then approve it."}
		if a := (engine.Afresh{Why: engine.Jumped, Side: engine.Side(max(0, h.Side)), N: h.N, Of: h.Most}); h.Most > 0 {
			if now := v.pair.Afresh; now.Deletes() && now.Side == a.Side && now.N == a.N && now.Of == a.Of && v.pair.StandsStill(nil) {
				a = now
				s.Fix = "Look at a rehearsal, then approve it; or say there that they were really deleted."
			}
			s.Title, s.Why = strangeWords(a, v.names())
		} else if strings.Contains(v.run.Note, "some time ago") {
			a.Why = engine.Restored
			s.Title, s.Why = strangeWords(a, v.names())
		}
		return s
	case engine.HaltBrake:
		return v.brakeStop(look)
	case engine.HaltEmptied:
		return &templates.RunStop{Title: fmt.Sprintf("More than %s are gone on one side", templates.Count(h.Most, "linked record", "linked records")),
			Why:     "An account that suddenly shows nobody is more likely mistaken than empty, so the run let go of none of them.",
			Fix:     "Check that it is the right account and that it shows its records. If they were really deleted, let the run go on this once.",
			Buttons: []templates.RunButton{{Text: "Look at the connections", Href: "/connections", Primary: true}, v.letThrough("They are deleted, go on once")}}
	case engine.HaltDeletes:
		return &templates.RunStop{Title: fmt.Sprintf("%s to be deleted, and the brake allows %s in one run", templates.Count(h.N, "record is", "records are"), templates.Number(h.Most)),
			Why:     "People decided that these are deleted. So many at once are more often a mistake than a wish, and nothing brings them back, so the run stopped.",
			Fix:     "If it is right, let the run delete them this once; else take the answers back.",
			Buttons: []templates.RunButton{{Text: "See the answers", Href: "/needs-you?kind=decided", Primary: true}, v.letThrough("Delete them this once")}}
	case engine.HaltRefusals:
		return &templates.RunStop{Title: fmt.Sprintf("%s of the first records were refused", templates.Number(h.N)),
			Why:     "The first plan begins with a few records and sees how they fare before it touches the rest.",
			Fix:     "The reasons stand below. Mend the map or the records, then run the flow again.",
			Buttons: append([]templates.RunButton{v.toFlow("map", "Open the map", true)}, v.runAgain(false))}
	case engine.HaltMap:
		why := v.run.Note
		if _, rest, ok := strings.Cut(why, "cannot work: "); ok {
			why, _, _ = strings.Cut(rest, ". Mend the map")
		}
		return &templates.RunStop{Title: fmt.Sprintf("Pair %d of the map cannot work", h.N), Why: templates.Capital(strings.TrimSuffix(why, ".")) + ".", Quoted: true,
			Fix: "Mend the pair, then run the flow again.", Safe: "Nothing was changed on either side.", Buttons: []templates.RunButton{v.toFlow("map", "Open the map", true)}}
	}
	s := &templates.RunStop{Title: "This run waits for you", Quoted: true, Buttons: v.again()}
	s.Why, s.Fix = split(v.note())
	return s
}

// noKey is the one message about a key that a system does not take.
func (v runView) noKey() *templates.RunStop {
	side := v.run.Halt.Side
	for i, id := range v.pair.Conns { // what is known of the connections now tells more than what a run saw
		if c, ok := v.conns[id]; ok && c.State != connection.OK {
			side = i
		}
	}
	why, _, _ := strings.Cut(v.run.Note, " Nothing is lost")
	s := &templates.RunStop{Title: "An account does not take our key", Quoted: true,
		Safe: "Nothing is lost. What was written stays, and the flow goes on from there once the account is connected again."}
	s.Why, s.Fix = split(why)
	if side < 0 || side > 1 {
		s.Buttons = []templates.RunButton{{Text: "Look at the connections", Href: "/connections", Primary: true}}
		return s
	}
	c := v.conns[v.pair.Conns[side]]
	name := v.systems()[side].Name
	s.Title = fmt.Sprintf("%s does not take the key of %s", name, c.Name)
	if c.State == connection.OK {
		s.Title = fmt.Sprintf("%s did not take the key of %s", name, c.Name)
		s.Fix = "It is connected again by now. Run the flow, and it goes on from where it stopped."
		s.Buttons = v.again()
		return s
	}
	s.Buttons = []templates.RunButton{{Text: "Connect " + c.Name + " again", Href: again(c, "/runs/"+v.run.ID), Primary: true}}
	return s
}

// noPermit is the one message about something that a system does not allow.
func (v runView) noPermit() *templates.RunStop {
	side := v.run.Halt.Side
	if side < 0 || side > 1 {
		return v.noKey()
	}
	id := v.pair.Conns[side]
	l := lackOf(v.run, v.conns[id], v.specs(v.conns[id].System), v.permits[id])
	s := &templates.RunStop{Title: l.title(), Why: l.why, Fix: l.fix,
		Safe: "Nothing is lost. What was written stays, and the flow goes on from there once it is allowed."}
	if l.mended {
		s.Buttons = v.again()
		return s
	}
	s.Buttons = []templates.RunButton{{Text: l.button(), Href: again(l.conn, "/runs/"+v.run.ID), Primary: true}}
	if run := v.runAgain(false); l.conn.AuthKind == connection.KindToken && run.Href != "" {
		s.Buttons = append(s.Buttons, run)
	}
	return s
}

// again is the button that runs the flow again, where there is one to run.
func (v runView) again() []templates.RunButton {
	b := v.runAgain(true)
	if b.Href == "" {
		return nil
	}
	return []templates.RunButton{b}
}

func (v runView) runAgain(primary bool) templates.RunButton {
	f, ok := v.flow(v.run.Flow)
	switch {
	case !ok:
		return templates.RunButton{}
	case !f.Enabled:
		return v.toFlow("preview", "To the preview", primary)
	}
	return templates.RunButton{Text: "Run it again", Href: "/flows/" + f.ID + "/run", Post: true, Primary: primary}
}

func (v runView) letThrough(text string) templates.RunButton {
	return templates.RunButton{Text: text, Href: "/flows/" + v.run.Flow + "/run", Post: true, Name: "allow", Value: "once"}
}

// toFlow leads to a page of the flow.
func (v runView) toFlow(page, text string, primary bool) templates.RunButton {
	return templates.RunButton{Text: text, Href: "/flows/" + v.run.Flow + "/" + page, Primary: primary}
}
