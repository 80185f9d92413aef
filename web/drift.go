package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/templates"
)

// Words about custom fields that changed in their system, for every page that tells of them.

// drifted puts the fields of a flow that changed into words. names are the two systems.
func drifted(f flow.Flow, known []engine.Known, names [2]string) (out []templates.FieldDrift) {
	for _, d := range engine.DriftOf(f, known) {
		out = append(out, driftWords(f, d, names))
	}
	return out
}

func driftWords(f flow.Flow, d engine.Drifted, names [2]string) templates.FieldDrift {
	kind := d.Drift()
	here, there := names[d.Side], names[d.Side.Other()]
	label := d.Field.Label
	if label == "" {
		label = d.Name
	}
	x := templates.FieldDrift{Paused: kind.Pauses(), Side: d.Side.String(), Name: d.Name, Keys: d.Keys, Flow: f.Name, Seen: driftSeen(d.Known)}
	if f.ID != "" {
		x.Href = "/flows/" + f.ID + "/map#board-body"
	}
	pairs, goes := "Its pair is", "it goes on by itself"
	if len(d.Keys) > 1 {
		pairs, goes = "Its pairs are", "they go on by themselves"
	}
	safe := pairs + " paused; all other fields go on. Nothing was changed in " + there + "."
	switch kind {
	case engine.Removed:
		x.Title = fmt.Sprintf("“%s” is gone from %s", label, here)
		x.Text = safe + " When the field comes back, " + goes + ". Else pair another field, or take the pair out."
		switch {
		case d.Remake:
			x.Title = fmt.Sprintf("“%s” is made again in %s", label, here)
			x.Text = "The next run makes the field and fills it from " + there + "."
			if f.Watch {
				x.Text = "The field is made and filled from " + there + " as soon as the flow may write." + watchesText
			}
		case made(f, d.Side, d.Field):
			x.Accept = "Make the field again"
			x.Text = safe + " Couplet can make the field again and fill it from " + there + "."
		}
	case engine.Replaced:
		x.Title = fmt.Sprintf("“%s” in %s is another field now", label, here)
		x.Text = "It was removed, and one of the same name was made. " + safe + " If you go on with the new one, it is filled from " + there + " wherever it is empty."
		x.Accept = "Go on with the new field"
	case engine.Retyped:
		x.Title = fmt.Sprintf("“%s” in %s holds %s now, not %s", label, here, held(d.Now.Type), held(d.Field.Type))
		x.Text = safe
		x.Accept = "Go on with it"
	case engine.Renamed:
		x.Title = fmt.Sprintf("“%s” is called “%s” in %s now", label, d.Now.Label, here)
		x.Text = "It is the same field, so its pair goes on. You have nothing to do."
		if label == d.Now.Label {
			x.Title = fmt.Sprintf("“%s” has another key in %s now", label, here)
		}
		x.Accept = "All right"
	case engine.Options:
		x.Title = fmt.Sprintf("“%s” in %s offers other choices now", label, here)
		x.Text = newChoices(d.Field.Options, d.Now.Options) + " A record with a choice that the other side does not have waits under Needs you; all others go on."
		x.Accept = "All right"
	}
	return x
}

// driftSeen names a change of a field as a page shows it, so that nobody accepts another one.
func driftSeen(k engine.Known) string {
	shown := []any{k.Drift()}
	for _, f := range []*connector.Field{&k.Field, k.Now} {
		if f != nil {
			shown = append(shown, f.ID, f.Name, f.Label, f.Type, slices.Sorted(slices.Values(f.Options)))
		}
	}
	text, _ := json.Marshal(shown) // plain words
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// newChoices says which choices came and went.
func newChoices(was, is []string) string {
	var parts []string
	for _, x := range []struct {
		word string
		list []string
	}{{"New", mapping.Minus(is, was)}, {"No longer there", mapping.Minus(was, is)}} {
		if len(x.list) > 0 {
			parts = append(parts, x.word+": "+strings.Join(x.list, ", ")+".")
		}
	}
	return strings.Join(parts, " ")
}

// held is what a field of a type holds, in words.
func held(t connector.Type) string {
	words := map[connector.Type]string{connector.Number: "numbers", connector.Bool: "yes or no", connector.Day: "dates", connector.Instant: "dates with times",
		connector.Set: "lists", connector.Option: "one of several choices", connector.Email: "email addresses", connector.Phone: "phone numbers", connector.User: "members of staff"}
	if w := words[t]; w != "" {
		return w
	}
	return "text"
}

// made reports whether a field is one that the flow may make.
func made(f flow.Flow, side engine.Side, field connector.Field) bool {
	return slices.ContainsFunc(f.Extras(), func(x flow.Extra) bool {
		return x.Side == side && (x.Field.Label == field.Label || x.Field.Name == field.Name && field.Name != "")
	})
}

// drift is what of a flow's fields is known to have changed.
func (h house) drift(f flow.Flow, known []engine.Known) []templates.FieldDrift {
	return drifted(f, known, h.names(f.Connections))
}

// driftLines are the fields whose pairs are paused, among the reasons for which something waits.
func (w watched) driftLines() (out []templates.OverviewNeed) {
	for _, f := range w.flows {
		for _, d := range templates.PausedFields(w.drift(f, w.known)) {
			out = append(out, templates.OverviewNeed{Kind: "warn", Icon: "pause", Title: d.Title, Text: f.Name + " · its pair is paused", N: len(d.Keys), Href: d.Href})
		}
	}
	return out
}

// acceptDrift goes on with a field as it is now, if that is how the page showed it.
func (s *Server) acceptDrift(c echo.Context) error {
	m, err := s.loadMap(c)
	if err != nil {
		return err
	}
	for _, d := range engine.DriftOf(m.flow(), m.known) {
		if d.Side.String() != c.FormValue("of") || d.Name != c.FormValue("field") {
			continue
		}
		x := driftWords(m.flow(), d, m.names())
		if x.Accept == "" || c.FormValue("seen") != x.Seen {
			break
		}
		if err := s.o.Store.AcceptField(c.Request().Context(), ws(c), d.Known.Accepted(s.o.Now())); err != nil {
			return err
		}
		if err := m.knowFields(c.Request().Context(), s, ws(c)); err != nil {
			return err
		}
		runs, err := s.o.Store.FlowByID(c.Request().Context(), ws(c), m.flow().ID)
		if err != nil {
			return err
		}
		done := "Noted."
		switch {
		case x.Paused && runs.Watch:
			done = "The pair goes on." + watchesText
		case x.Paused:
			done = "The pair goes on with the next run."
		}
		return s.mapChanged(c, m, done, changed{anchor: "board-body"})
	}
	return s.cannot(c, m, "That field is no longer as it was when this page was made. Look at the map as it is now.")
}
