package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/templates"
)

// "Test 50 more" shows what the draft's map makes of further linked records: at once of those that runs have seen, as they were then,
// which costs no call. Pressed, it reads them once, as the samples of the map are read, and keeps them in memory as long. What the map
// makes of them is told anew each time the page is opened, so a pair can be mended and looked at again at once.

const (
	// testsOf is how many further records are tested. More are read, because the samples of the map are among them.
	testsOf    = 50
	testsReads = testsOf + samplesOf + 2
	// testsMost is how many calls reading them takes at most: a page of each side, and two or three for each record.
	testsMost = 2 + 3*testsReads
)

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
	v := templates.MapTest{Frame: frame(c, "Test of "+m.flow().Name, "flows"), Flow: p.shown(), CanEdit: may(visitorOf(c).Role, editor), Most: testsMost}
	t := &fifty{b: &board{mapOf: m, systems: p.systems(), named: s.mirrored(ctx, ws(c), m)}, shown: m.seen.sampling.Samples, out: &v}
	if t.lessons, err = s.o.Store.Capabilities(ctx, ws(c), m.flow().Connections, m.flow().Object); err != nil {
		return err
	}
	x, begun := s.tests.known(ws(c), m.flow())
	switch {
	case !begun:
		known, linked, err := s.remembered(ctx, ws(c), p)
		if err != nil {
			return err
		}
		v.Stored, v.Idle = linked, !linked
		if linked {
			t.all(known)
		}
	case !within(ctx, x.samples, samplesWait):
		v.Reading = true
		c.Response().Header().Set("Refresh", "2")
	default:
		v.Problems = t.b.preview(t.lessons).Problems
		if x.err != nil && len(v.Problems) == 0 {
			v.Problems = []string{"The records could not be read in time. Test again to try once more."}
		}
		t.all(x.sampling.Samples)
	}
	return page(c, http.StatusOK, templates.MapTestPage(v))
}

// remembered are linked records as runs last saw both sides, and whether any are linked.
func (s *Server) remembered(ctx context.Context, ws string, p prospect) (known []engine.Sample, linked bool, err error) {
	if p.pair.ID == "" {
		return nil, false, nil
	}
	links, err := s.o.Store.Links(ctx, ws, p.pair.ID, "", 2*testsReads) // some may have lost a side
	if err != nil {
		return nil, false, err
	}
	var seen [2]map[string]engine.Mirror
	for side := range seen {
		ids := make([]string, 0, len(links))
		for _, l := range links {
			ids = append(ids, l.IDs[side])
		}
		if seen[side], err = s.o.Store.Mirrors(ctx, ws, p.flow.Connections[side], p.flow.Object, ids); err != nil {
			return nil, false, err
		}
	}
	for _, l := range links {
		a, inA := seen[engine.A][l.IDs[engine.A]]
		b, inB := seen[engine.B][l.IDs[engine.B]]
		if l.State == engine.On && inA && inB && a.Gone.IsZero() && b.Gone.IsZero() {
			known = append(known, engine.Remembered(l, p.flow.Object, [2]engine.Mirror{a, b}))
		}
	}
	return known, len(known) > 0, nil
}

// fifty gathers what a map makes of records.
type fifty struct {
	b       *board
	lessons []engine.Capability
	// shown are those that the map shows already.
	shown []engine.Sample
	// unread are pairs with a field that no run has read.
	unread []string
	out    *templates.MapTest
}

func (t *fifty) all(samples []engine.Sample) {
	for _, s := range samples {
		id := func(x engine.Sample) bool { return x.Records[engine.A].ID == s.Records[engine.A].ID }
		if !s.Linked || !s.Both() || t.out.Of == testsOf || slices.ContainsFunc(t.shown, id) {
			continue
		}
		t.one(s)
	}
	t.out.Unread = listed(t.unread)
	for _, p := range t.b.problems {
		row := t.b.flow().Map[p.Row]
		t.add("fails", row.Key(), p.Plain, [2]string{}, "", "")
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
	who := [2]string{t.b.sampleName(s), recordHref(s.Link)}
	names := [2]string{t.b.systems[0].Name, t.b.systems[1].Name}
	did := map[string]bool{}
	add := func(kind, key, why, was, now string) {
		did[kind] = true
		t.add(kind, key, why, who, was, now)
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
		case f.Outcome == engine.NotShown && strings.HasPrefix(f.Why, "not_shown_"):
			if pair := t.pair(rowOf(key)); !slices.Contains(t.unread, pair) {
				t.unread = append(t.unread, pair)
			}
		case f.HasLost:
			add("loses", key, sentenceOf(engine.Explain(f.Why, names)), t.b.ruleWords(f.Rule, f.Lost, f.Before[f.Lost]), t.b.ruleWords(f.Rule, f.Lost.Other(), f.Before[f.Lost.Other()]))
		}
		for _, to := range []connector.Side{connector.A, connector.B} {
			if !f.Sends[to] {
				continue
			}
			add("changes", key, "In "+names[to]+".", t.b.ruleWords(f.Rule, to, f.Before[to]), t.b.ruleWords(f.Rule, to, f.Send[to]))
			if trip, ok := f.Rule.Trip(to.Other(), f.Before[to.Other()]); ok && trip.Lost && !trip.Filled && !f.HasLost {
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

// add counts a record under its cause; the first one is the example, who is its name and its page.
func (t *fifty) add(kind, key, why string, who [2]string, was, now string) {
	i := slices.IndexFunc(t.out.Causes, func(c templates.MapTestCause) bool { return c.Kind == kind && c.Key == key && c.Why == why })
	if i >= 0 {
		t.out.Causes[i].N++
		return
	}
	pair := t.pair(rowOf(key))
	page := templates.Mapping{Path: "/flows/" + t.b.flow().ID + "/map", At: templates.MapState{Open: key}}
	t.out.Causes = append(t.out.Causes, templates.MapTestCause{Kind: kind, Key: key, Pair: pair, Why: why, N: 1, Example: who[0], Record: who[1], Was: was, Now: now, Href: page.Address(templates.MapAnchor(key))})
}

// pair is what a pair of the map is called.
func (t *fifty) pair(row mapping.Row) string {
	return t.b.end(connector.A, row.A).Label + " and " + t.b.end(connector.B, row.B).Label
}
