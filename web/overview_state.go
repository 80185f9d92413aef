package web

import (
	"fmt"
	"slices"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// watched is what the state of a flow is told from.
type watched struct {
	house
	clock templates.Clock
	open  []engine.Run
	last  map[string]engine.Run
	next  map[string]store.FlowState
	needs []store.Need
	// labels are, for each flow of which fields wait for a person, what its fields are called in both accounts.
	labels map[string]map[string][2]string
	// firings are why runs of automations wait for a person.
	firings []store.FiringNeed
	known   []engine.Known // custom fields that changed
}

// state says how a flow is going: the couplet's state, and a few words.
func (w watched) state(f flow.Flow, line *templates.OverviewFlow) {
	last, ran := w.last[f.ID]
	if ran {
		line.Last, line.Did = last.Finished, did(last)
	}
	say := func(state, kind, icon, word, run string) {
		line.State, line.Kind, line.Icon, line.Word, line.Run = state, kind, icon, word, run
	}
	for _, r := range w.open {
		if r.Flow == f.ID && !r.DryRun {
			say(templates.Running, "ok", "loader-circle", templates.RunningWord(r), r.ID)
			line.Last, line.Did = r.Started, templates.SoFar(r)
			return
		}
	}
	if !f.Enabled {
		word := "Off"
		if f.Approval == nil {
			word = "Not switched on yet"
		}
		say(templates.Off, "off", "pause", word, "")
		return
	}
	if word := w.broken(f); word != "" {
		line.Held, line.Did = true, "waits until that is mended"
		say(templates.Attention, "warn", "circle-alert", word, last.ID)
		return
	}
	needs := 0
	for _, n := range w.needs {
		if w.on(f, n.Pair) {
			needs += n.N
		}
	}
	switch {
	case last.Status == engine.Paused:
		line.Held = true
		say(templates.Attention, "warn", "circle-alert", templates.HaltWord(last), last.ID)
	case last.Status == engine.Failed:
		say(templates.Failed, "bad", "circle-x", "The last run failed", last.ID)
	case len(templates.PausedFields(w.drift(f, w.known))) > 0:
		say(templates.Attention, "warn", "pause", templates.PausedPairs(w.drift(f, w.known)), "")
	case needs > 0:
		say(templates.Attention, "warn", "circle-alert", templates.Count(needs, "record needs you", "records need you"), "")
	case f.Watch:
		say(templates.Off, "off", "eye", "Only watches", "")
	case !ran:
		say(templates.Off, "off", "clock", "Not run yet", "")
		line.Did = "First run " + w.clock.Until(w.next[f.ID].Next)
		if w.next[f.ID].Next.IsZero() {
			line.Did = "First run in a moment"
		}
	default:
		say(templates.InStep, "ok", "check", "In step", "")
	}
}

// broken says which account keeps a flow from working, "" when none does.
func (w watched) broken(f flow.Flow) string {
	for _, id := range f.Connections {
		switch c := w.conns[id]; c.State {
		case connection.NeedsKey:
			return w.system(id, "").Name + " needs a key"
		case connection.Reconnect:
			return w.system(id, "").Name + " does not take the key"
		}
	}
	return ""
}

// did is what a finished run came to, in a few words.
func did(r engine.Run) string {
	n, failed := 0, 0
	for _, c := range r.To {
		n, failed = n+c.Created+c.Updated+c.Deleted, failed+c.Failed
	}
	switch {
	case n > 0:
		return templates.Count(n, "record", "records")
	case r.Linked > 0:
		return templates.Number(r.Linked) + " found on both sides"
	case failed > 0:
		return templates.Number(failed) + " failed"
	case r.Status == engine.Cancelled:
		return "stopped"
	case r.Status != engine.Done:
		return "stopped early"
	}
	return "nothing to do"
}

// mostNeeds is how many reasons the overview names.
const mostNeeds = 6

// needLines are the reasons for which records wait for a person. Those that read alike are one line.
func (w watched) needLines() (out []templates.OverviewNeed) {
	for _, n := range w.needs {
		line := w.needLine(n)
		i := slices.IndexFunc(out, func(o templates.OverviewNeed) bool { return o.Title == line.Title && o.Href == line.Href })
		switch {
		case i >= 0:
			out[i].N += line.N
		case len(out) < mostNeeds:
			out = append(out, line)
		case len(out) == mostNeeds:
			out = append(out, templates.OverviewNeed{Kind: "warn", Icon: "ellipsis", Title: "Other reasons", Text: "each with a few records", N: line.N, Href: "/needs-you"})
		default:
			out[mostNeeds].N += line.N
		}
	}
	return out
}

// needLine puts a need into words.
func (w watched) needLine(n store.Need) templates.OverviewNeed {
	line := templates.OverviewNeed{Kind: "warn", N: n.N}
	p := w.pairs[n.Pair]
	f, _ := w.of(n.Pair)
	kind := "value"
	v := runView{house: w.house, pair: p, labels: w.labels[f.ID]}
	switch n.Kind {
	case store.NeedConflict:
		line.Icon, line.Title = "git-compare-arrows", "Two different values for "+v.field(n.Reason, connector.A)
		line.Text = "changed on both sides; you decide"
		if n.Rule == "swinging" {
			line.Title = "Another tool keeps changing " + v.field(n.Reason, connector.A)
			line.Text = "back and forth between two values, so it is left alone"
		}
	case store.NeedReview:
		kind, line.Icon, line.Title = "review", "copy", reviewTitle(f.Object, n.Reason)
		line.Text = "left alone for now"
		if (engine.Review{Reason: n.Reason}).AsksDelete() {
			kind, line.Icon, line.Text = "delete", "trash-2", "delete its partner, or keep it"
		}
	case store.NeedParked:
		kind, line.Kind, line.Icon = "failure", "bad", "circle-x"
		line.Title, _, _ = v.trouble(n.Reason)
		line.Text = "left as it is"
	}
	if f.Name != "" {
		line.Text = f.Name + " · " + line.Text
	}
	line.Href = fmt.Sprintf("/needs-you?flow=%s&kind=%s", f.ID, kind)
	return line
}

// reviewTitle names a reason for which a record cannot be told apart.
func reviewTitle(object, reason string) string {
	switch {
	case object == "company" && reason == "shared_key":
		return "Doubles with one name, website or email"
	case object == "company" && reason == "keys_disagree":
		return "Name, website and email disagree"
	}
	switch reason {
	case "no_key":
		return "No email and no phone"
	case "shared_key":
		return "Doubles with one email or phone"
	case "keys_disagree":
		return "Email and phone disagree"
	case "linked_elsewhere":
		return "The match has a partner already"
	case "deleted_earlier":
		return "Deleted earlier"
	case "to_delete_a", "to_delete_b":
		return "Deleted on one side"
	case "merged_there_a", "merged_there_b":
		return "Merged on one side"
	case "deleted_again_a", "deleted_again_b":
		return "Deleted again"
	case "made_by_us":
		return "Made by Couplet, without its original"
	case "held_there":
		return "Its email or phone is taken over there"
	}
	return "Cannot be told apart"
}
