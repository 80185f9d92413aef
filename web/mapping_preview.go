package web

import (
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/templates"
)

// preview is what the map does to the chosen sample, by the planner that a run uses.
func (b *board) preview(lessons []engine.Capability) templates.MapPreview {
	p := templates.MapPreview{Reading: b.seen.waiting, Of: len(b.seen.sampling.Samples)}
	for side, err := range b.seen.sampling.Problem {
		if e, ok := connector.AsError(err); ok && e.Scope != "" {
			p.Problems = append(p.Problems, b.systems[side].Name+" has to allow more before its "+b.systems[side].Many+" can be read. What the other side shows is here all the same.")
		} else if err != nil {
			p.Problems = append(p.Problems, b.systems[side].Name+": "+sayProblem(err)+" What the other side shows is here all the same.")
		}
	}
	if b.seen.err != nil && len(p.Problems) == 0 {
		p.Problems = []string{"The records could not be read in time. Read the fields again to try once more."}
	}
	for side := range p.Sides {
		p.Sides[side].System = b.systems[side]
	}
	if p.Of == 0 {
		return p
	}
	s := b.seen.sampling.Samples[b.at.Sample]
	p.Name, p.Href = b.sampleName(s), recordHref(s.Link)
	p.About = b.about(s)
	if of := hanging(b.specs, b.flow().Object).named(s.On); of != "" {
		p.On = of
	}
	d := s.Decide(b.rules, b.flow(), b.seen.ground, lessons)
	for _, side := range []connector.Side{connector.A, connector.B} {
		p.Sides[side] = b.side(s, d, side)
	}
	return p
}

// sampleName is what people know a sample by.
func (b *board) sampleName(s engine.Sample) string {
	for side := range s.Records {
		if name := b.called(connector.Side(side), s.Records[side].Fields); name != "" {
			return name
		}
	}
	return "Nameless"
}

// called is what people know a sample's record by.
func (b *board) called(side connector.Side, f connector.Fields) string {
	if o, ok := b.specs[side].Object(b.flow().Object); ok && b.hangs() {
		name, _ := titleOf(o, f)
		return name
	}
	return mapping.Called(b.fields(side), f)
}

// about says where a sample is, and what its partner is or would be.
func (b *board) about(s engine.Sample) string {
	names := [2]string{b.systems[0].Name, b.systems[1].Name}
	switch {
	case s.Linked:
		return "linked"
	case s.Both() && b.hangs():
		return "on both sides"
	case s.Both():
		return engine.Explain("matched_by_"+s.By, names)
	case s.Records[connector.A].ID != "":
		return "only in " + names[connector.A]
	}
	return "only in " + names[connector.B]
}

func (b *board) side(s engine.Sample, d engine.Decision, to connector.Side) templates.MapSide {
	out := templates.MapSide{System: b.systems[to]}
	names := [2]string{b.systems[0].Name, b.systems[1].Name}
	here := s.Records[to].ID != ""
	switch {
	case s.Waits():
		out.Absent = "Waits for you: " + engine.ExplainOf(b.flow().Object, s.Why, names, "") + ". Nothing is written until somebody says who this is."
	case !here && s.Why == "" && b.hangs():
		out.Absent = "Which " + b.systems[to].One + " of " + names[to] + " it belongs with, if any, is found contact by contact. The preview of the first sync shows it."
	case !here && s.Why == "":
		out.Absent = names[to] + " could not be asked whether it has this " + b.systems[to].One + "."
	case !here && !b.flow().Direction.To(to):
		out.Absent = "This flow writes nothing in " + names[to] + "."
		return out
	case !here:
		out.New = true
		out.Absent = "A new " + b.systems[to].One + " would be made in " + names[to] + "."
	}
	if s.Waits() || !here && s.Why == "" {
		return out
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		l := b.line(f, to, names)
		if l.Writes {
			out.Changes++
		}
		if l.Writes || here {
			out.Lines = append(out.Lines, l)
		}
	}
	for _, p := range b.problems {
		out.Lines = append(out.Lines, templates.MapLine{Label: b.end(to, b.flow().Map[p.Row].Side(to)).Label, Warn: true, Note: "Waits for you"})
	}
	if here && !s.Both() {
		out.Absent = "Stays as it is: it has no partner yet."
	}
	return out
}

// line is a rule's field on one side, before and after.
func (b *board) line(f *engine.FieldPlan, to connector.Side, names [2]string) templates.MapLine {
	l := templates.MapLine{Label: f.Rule.Label(to), Was: b.ruleWords(f.Rule, to, f.Before[to]), On: b.at.Open == f.Rule.Key}
	if f.Sends[to] {
		l.Now, l.Writes = b.ruleWords(f.Rule, to, f.Send[to]), true
		if f.Outcome == engine.Clash && f.HasLost {
			l.Note = engine.Explain(f.Why, names)
		}
		return l
	}
	switch f.Outcome {
	case engine.InSync, engine.Absorb:
		if f.Before[connector.A] != nil || f.Before[connector.B] != nil {
			l.Note = "the same"
			if other := b.ruleWords(f.Rule, to.Other(), f.Before[to.Other()]); other != l.Was && other != "" && l.Was != "" {
				l.Note = "means the same"
			}
		}
	case engine.NotShown:
		l.Note = engine.Explain(f.Why, names)
	case engine.Write, engine.Clash:
		if f.Rule.Direction.To(to) {
			l.Note = "stays"
		} else {
			l.Note = "never written by this pair"
		}
	case engine.OpenClash:
		l.Warn, l.Note = true, sentenceOf(engine.Explain(f.Why, names))
	case engine.Broken:
		l.Warn, l.Note = true, f.Problem
		if f.Rule.Direction.To(to) && f.Before[to] != nil {
			l.Was = b.ruleWords(f.Rule, to, f.Before[to])
		}
	default:
		l.Note = engine.Explain(f.Why, names)
	}
	return l
}

// sentenceOf begins a phrase with a capital.
func sentenceOf(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// regions are the countries that phone numbers without a prefix may belong to.
func regions(chosen string) []templates.MapOption {
	if chosen == "" {
		chosen = "US"
	}
	all := make([]templates.MapOption, 0, 250)
	for _, r := range mapping.Regions() {
		all = append(all, templates.MapOption{Value: r.Code, Text: r.Name + " (+" + strconv.Itoa(r.Prefix) + ")", Chosen: r.Code == chosen})
	}
	if !slices.ContainsFunc(all, func(o templates.MapOption) bool { return o.Chosen }) {
		all = append(all, templates.MapOption{Value: chosen, Text: chosen, Chosen: true})
	}
	return all
}
