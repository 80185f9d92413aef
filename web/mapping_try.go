package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/templates"
)

// typedRow is a row as a form sent it that is not saved: because it is only tried, or because it cannot be.
type typedRow struct {
	row mapping.Row
	stepAct
}

// unsaved is a row that cannot be saved as it was typed: the page shows it as it is, with the reason at its place.
type unsaved struct {
	typedRow
	why string
}

func (u unsaved) Error() string { return u.why }

// tryRow shows what would come of a pair as it is typed, and saves nothing.
func (s *Server) tryRow(c echo.Context) error {
	m, err := s.loadMap(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return &Error{Status: http.StatusBadRequest, Err: err}
	}
	row, _ := m.readRow(func(name string) []string {
		if strings.HasSuffix(name, templates.TableSheet) {
			return nil // it is still being pasted
		}
		return form[name]
	})
	m.typed = &typedRow{row: row, stepAct: stepAct{at: -1}}
	at := mapState(c)
	at.Open = row.Key()
	view, err := s.viewMap(c, m, at)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(view.Pairs, func(p templates.MapPair) bool { return p.Key == at.Open })
	if i < 0 || c.Request().Header.Get("HX-Request") != "true" {
		return s.cannot(c, m, goneRow)
	}
	return page(c, http.StatusOK, templates.MapEditor(view, view.Pairs[i]))
}

// compiled is the rule that a row would make in the place of the row i, or what is in its way.
func (b *board) compiled(i int, row mapping.Row) (*mapping.Rule, *mapping.Problem) {
	rows := slices.Clone(b.flow().Map)
	rows[i] = row
	made, problems := mapping.Compile(rows, b.fields(connector.A), b.fields(connector.B), b.options())
	for _, p := range problems {
		if p.Row == i {
			return nil, &p
		}
	}
	for k := range made.Rules {
		if made.Rules[k].Key == row.Key() {
			return &made.Rules[k], nil
		}
	}
	return nil, nil
}

// live fills in what the steps of an open pair make of the samples. bad is why the pair cannot be saved as it is.
func (b *board) live(o *templates.MapOpen, i int, row mapping.Row, r *mapping.Rule, bad *mapping.Problem) {
	chain := row.Chain()
	upTo := len(chain)
	if bad != nil {
		o.Unsaved = true
		upTo = 0
		if at := bad.Step; at >= 0 && at < len(o.Steps) {
			upTo = at
			b.blame(&o.Steps[at], *bad)
		} else {
			o.Error = bad.Plain
		}
		for _, d := range []mapping.Direction{row.Direction, mapping.AToB, mapping.BToA} { // as far as it works
			part := row.WithChain(slices.Clone(chain[:upTo]))
			part.Direction = d
			if r, _ = b.compiled(i, part); r != nil {
				break
			}
		}
	}
	from := connector.A
	if r != nil {
		from = r.Begins()
	}
	o.From = b.systems[from]
	if r == nil {
		return
	}
	v, shown := r.Read(from, b.values[from])
	if !shown {
		o.Start = templates.MapStep{Problem: "no sample"}
	} else {
		for n, s := range r.Walk(from.Other(), v) {
			step := templates.MapStep{Value: b.seamWords(r, from, s.Value), Blank: mapping.Empty(s.Value), Problem: s.Problem}
			if n == 0 {
				o.Start = step
			} else if n <= len(o.Steps) {
				d := &o.Steps[n-1]
				d.Value, d.Blank, d.Problem, d.Shown = step.Value, step.Blank, step.Problem, true
			}
		}
	}
	if bad != nil {
		return
	}
	if back, shown := r.Read(from.Other(), b.values[from.Other()]); shown && r.Direction.To(from) && len(chain) > 0 {
		o.Back = b.walk(r, from, back)
	}
	o.Trips, o.Measure = b.trips(r, from)
}

// walk is a value on its way back.
func (b *board) walk(r *mapping.Rule, to connector.Side, v mapping.Value) *templates.MapWalk {
	w := templates.MapWalk{From: b.systems[to.Other()]}
	for _, s := range r.Walk(to, v) {
		k, _ := mapping.StepKindNamed(s.Step.Do)
		w.Steps = append(w.Steps, templates.MapStep{Title: k.Title, Icon: k.Icon, Value: inParts(s.Value), Blank: mapping.Empty(s.Value), Problem: s.Problem})
	}
	return &w
}

// blame says at a step, and at its setting, why it cannot work.
func (b *board) blame(d *templates.MapDone, bad mapping.Problem) {
	k := slices.IndexFunc(d.Settings, func(s templates.MapSetting) bool { return s.Name == bad.Setting })
	if k < 0 {
		d.Problem = bad.Plain
		return
	}
	s := &d.Settings[k]
	d.Problem = "stops here"
	if s.Table != nil {
		s.Error = s.Table.Lacking()
		return
	}
	s.Error = bad.Plain + " Mend it, or take the step out; until then what was saved before goes on."
	if bad.At.Line == 0 {
		return
	}
	lines := strings.Split(s.Value, "\n")
	if bad.At.Line > len(lines) {
		return
	}
	s.Line, s.At = lines[bad.At.Line-1], bad.At.Column-1
	for _, l := range lines[:bad.At.Line-1] {
		s.From += len([]rune(l)) + 1
	}
	s.From += s.At
	s.Till = s.From + 1
}

// trip sends what a sample shows on a side there and back. Where nothing is there, only what the other side has not filled itself is filled.
func (b *board) trip(r *mapping.Rule, s engine.Sample, from connector.Side) (v mapping.Value, t mapping.Trip, shown, ok bool) {
	values := b.under(s.Values())
	if v, shown = r.Read(from, values[from]); !shown {
		return v, t, false, false
	}
	if there, has := r.Read(from.Other(), values[from.Other()]); mapping.Empty(v) && has && !mapping.Empty(there) {
		return v, t, false, false
	}
	t, ok = r.Trip(from, v)
	return v, t, true, ok
}

// measure sends the samples of a pair there and back.
func (b *board) measure(r *mapping.Rule) (out templates.MapMeasure) {
	for _, from := range []connector.Side{connector.A, connector.B} {
		for _, s := range b.seen.sampling.Samples {
			_, t, _, ok := b.trip(r, s, from)
			if !ok {
				continue
			}
			out.Of++
			if t.Filled {
				out.Filled++
			}
			if t.Lost {
				out.Lost = append(out.Lost, templates.MapTrip{Name: b.sampleName(s), Before: cmp.Or(inParts(t.Before), "empty"), After: inParts(t.After), Back: inParts(t.Back),
					Returns: t.Problem == "", Lost: true, Filled: t.Filled, Problem: t.Problem})
			}
		}
	}
	return out
}

// trips are what becomes of the samples from where the steps begin, but for those that are told as lost.
func (b *board) trips(r *mapping.Rule, from connector.Side) (out []templates.MapTrip, m templates.MapMeasure) {
	m = b.measure(r)
	for _, s := range b.seen.sampling.Samples {
		v, t, shown, ok := b.trip(r, s, from)
		if !shown || ok && t.Lost || mapping.Empty(v) && !r.Fills(from.Other()) {
			continue
		}
		x := templates.MapTrip{Name: b.sampleName(s), Before: cmp.Or(b.seamWords(r, from, v), "empty")}
		if made, err := r.Convert(from.Other(), v); err != nil {
			x.Problem = err.Error()
		} else {
			x.After = b.seamWords(r, from.Other(), made)
		}
		out = append(out, x)
	}
	return out, m
}
