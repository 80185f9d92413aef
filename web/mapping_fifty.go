package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/templates"
)

// "Test 50 more" reads further linked records once, as the samples of the map are read, and keeps them in memory as long. What the
// draft's map makes of them is told anew each time the page is opened, so a pair can be mended and looked at again at once.

// testsOf is how many further records are tested. More are read, because the samples of the map are among them.
const testsOf = 50

// startTest has further records read.
func (s *Server) startTest(c echo.Context) error {
	m, err := s.loadMap(c)
	if err != nil {
		return err
	}
	s.tests.at(ws(c), m.flow(), m.specs)
	return redirect(c, "/flows/"+m.flow().ID+"/test")
}

// testPage shows what the map makes of further records.
func (s *Server) testPage(c echo.Context) error {
	ctx := c.Request().Context()
	m, err := s.loadMap(c)
	if err != nil {
		return err
	}
	p, err := s.prospect(ctx, ws(c), m.flow().ID)
	if err != nil {
		return err
	}
	v := templates.MapTest{Frame: frame(c, "Test of "+m.flow().Name, "flows"), Flow: p.shown(), CanEdit: may(visitorOf(c).Role, editor)}
	x, begun := s.tests.known(ws(c), m.flow())
	switch {
	case !begun:
		v.Idle = true
	case !within(ctx, x.samples, samplesWait):
		v.Reading = true
		c.Response().Header().Set("Refresh", "2")
	default:
		lessons, err := s.o.Store.Capabilities(ctx, ws(c), m.flow().Connections, m.flow().Object)
		if err != nil {
			return err
		}
		b := &board{mapOf: m, systems: p.systems()}
		v.Problems = b.preview(lessons).Problems
		if x.err != nil && len(v.Problems) == 0 {
			v.Problems = []string{"The records could not be read in time. Test again to try once more."}
		}
		t := &fifty{b: b, lessons: lessons, shown: m.seen.sampling.Samples, out: &v}
		t.all(x.sampling.Samples)
	}
	return page(c, http.StatusOK, templates.MapTestPage(v))
}

// fifty gathers what a map makes of records.
type fifty struct {
	b       *board
	lessons []engine.Capability
	// shown are those that the map shows already.
	shown []engine.Sample
	out   *templates.MapTest
}

func (t *fifty) all(samples []engine.Sample) {
	for _, s := range samples {
		id := func(x engine.Sample) bool { return x.Records[engine.A].ID == s.Records[engine.A].ID }
		if !s.Linked || !s.Both() || t.out.Of == testsOf || slices.ContainsFunc(t.shown, id) {
			continue
		}
		t.one(s)
	}
	for _, p := range t.b.problems {
		row := t.b.flow().Map[p.Row]
		t.add("fails", row.Key(), p.Plain, "", "", "")
		t.out.Causes[len(t.out.Causes)-1].N = t.out.Of
		t.out.Fail = t.out.Of
	}
	order := []string{"fails", "loses", "waits", "changes"}
	slices.SortStableFunc(t.out.Causes, func(x, y templates.MapTestCause) int {
		return cmp.Or(cmp.Compare(slices.Index(order, x.Kind), slices.Index(order, y.Kind)), cmp.Compare(y.N, x.N))
	})
}

// one tells of one record.
func (t *fifty) one(s engine.Sample) {
	t.out.Of++
	name := t.b.sampleName(s)
	names := [2]string{t.b.systems[0].Name, t.b.systems[1].Name}
	did := map[string]bool{}
	add := func(kind, key, why, was, now string) {
		did[kind] = true
		t.add(kind, key, why, name, was, now)
	}
	d := s.Decide(t.b.rules, t.b.flow(), t.b.seen.ground, t.lessons)
	for i := range d.Fields {
		f := &d.Fields[i]
		key := f.Rule.Key
		switch {
		case f.Outcome == engine.Broken:
			add("fails", key, sentenceOf(f.Problem), "", "")
		case f.Outcome == engine.OpenClash:
			add("waits", key, sentenceOf(engine.Explain(f.Why, names)), "", "")
		case f.HasLost:
			add("loses", key, sentenceOf(engine.Explain(f.Why, names)), mapping.Words(f.Before[f.Lost]), mapping.Words(f.Before[f.Lost.Other()]))
		}
		for _, to := range []connector.Side{connector.A, connector.B} {
			if !f.Sends[to] {
				continue
			}
			add("changes", key, "In "+names[to]+".", mapping.Words(f.Before[to]), mapping.Words(f.Send[to]))
			if trip, ok := f.Rule.Trip(to.Other(), f.Before[to.Other()]); ok && trip.Lost && !f.HasLost {
				add("loses", key, "On its way to "+names[to]+" and back the value is another one.", inParts(trip.Before), inParts(trip.After))
			}
		}
	}
	for kind, n := range map[string]*int{"changes": &t.out.Change, "loses": &t.out.Lose, "fails": &t.out.Fail, "waits": &t.out.Wait} {
		if did[kind] {
			*n++
		}
	}
}

// add counts a record under its cause; the first one is the example.
func (t *fifty) add(kind, key, why, name, was, now string) {
	i := slices.IndexFunc(t.out.Causes, func(c templates.MapTestCause) bool { return c.Kind == kind && c.Key == key && c.Why == why })
	if i >= 0 {
		t.out.Causes[i].N++
		return
	}
	row := rowOf(key)
	pair := t.b.end(connector.A, row.A).Label + " and " + t.b.end(connector.B, row.B).Label
	page := templates.Mapping{Path: "/flows/" + t.b.flow().ID + "/map", At: templates.MapState{Open: key}}
	t.out.Causes = append(t.out.Causes, templates.MapTestCause{Kind: kind, Key: key, Pair: pair, Why: why, N: 1, Example: name, Was: was, Now: now, Href: page.Address(templates.MapAnchor(key))})
}
