package web

import (
	"context"
	"fmt"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// brakeStop says that the brake stopped a run: what it would do stands below, and a person lets it through once or switches the
// flow off.
func (v runView) brakeStop(look templates.RunButton) *templates.RunStop {
	h := v.run.Halt
	s := &templates.RunStop{Title: fmt.Sprintf("This run would change %s, and the brake allows %s", templates.Count(h.N, "record", "records"), templates.Number(h.Most)),
		Why: "So many changes at once are more often a mistake than a wish, so the run stopped.", Fix: "See what would change. If that is right, carry it out this once."}
	if v.beyond() {
		s.Fix = "They stand below. If they are right, carry them out this once. If not, switch the flow off, and mend what caused them."
		look = templates.RunButton{Text: "See them as a preview", Href: look.Href, Primary: true}
	}
	s.Buttons = []templates.RunButton{look, v.letThrough("Carry these changes out once")}
	if f, ok := v.flow(v.run.Flow); ok && f.Enabled {
		s.Buttons = append(s.Buttons, templates.RunButton{Text: "Switch the flow off", Href: "/flows/" + f.ID + "/switch", Post: true, Name: "to", Value: "off"})
	}
	return s
}

// beyond reports whether a run that the brake stopped tells what it would do.
func (v runView) beyond() bool {
	return v.run.Status == engine.Paused && v.run.Halt.Why == engine.HaltBrake && v.run.To == [2]engine.Counts{} && v.changed > 0
}

// brakeFields counts what goes beyond the brake, by field.
func (s *Server) brakeFields(ctx context.Context, ws string, v runView, p *templates.RunPage) error {
	if !v.beyond() {
		return nil
	}
	list, err := s.o.Store.PlanFields(ctx, ws, v.run.ID, -1)
	if err != nil {
		return err
	}
	counts, err := s.o.Store.PlanCounts(ctx, ws, v.run.ID)
	if err != nil {
		return err
	}
	p.Beyond = &templates.RunBeyond{N: v.changed}
	for side, x := range v.systems() {
		if n := counts[store.PlanCreated][side]; n > 0 {
			p.Beyond.Lines = append(p.Beyond.Lines, templates.Count(n, x.One, x.Many)+" would be made in "+x.Name)
		}
	}
	for _, f := range list {
		p.Beyond.Lines = append(p.Beyond.Lines, v.field(f.Field, connector.A)+" would change in "+templates.Count(f.N, "record", "records"))
	}
	return nil
}
