package web

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// needsOnPage is how much of each kind the page shows of a pair.
const needsOnPage = 30

// needsPage shows everything that waits for a person, or of one flow or kind.
func (s *Server) needsPage(c echo.Context) error {
	ctx := c.Request().Context()
	v := templates.NeedsPage{Frame: frame(c, "Needs you", "needs"), MayEdit: may(visitorOf(c).Role, editor), Kind: templates.NeedKind(c.QueryParam("kind"))}
	h, err := s.house(ctx, ws(c))
	if err != nil {
		return err
	}
	if v.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return err
	}
	if _, ok := h.flow(c.QueryParam("flow")); ok {
		v.Flow = c.QueryParam("flow")
	}
	for _, f := range h.flows {
		v.Flows = append(v.Flows, templates.Choice{ID: f.ID, Name: f.Name})
	}
	needs, err := s.o.Store.Needs(ctx, ws(c))
	if err != nil {
		return err
	}
	pairs, err := s.o.Store.Pairs(ctx, ws(c))
	if err != nil {
		return err
	}
	for _, p := range pairs {
		f, _ := h.of(p.ID)
		if chosen, ok := h.flow(v.Flow); ok && !h.on(chosen, p.ID) {
			continue
		}
		n := needsOf{s: s, ws: ws(c), flow: f.Name, view: runView{house: h, pair: p, clock: v.Clock}, page: &v}
		if err := n.gather(ctx, needs); err != nil {
			return err
		}
	}
	return page(c, 200, templates.Needs(v))
}

// needsOf gathers what waits of one pair.
type needsOf struct {
	s    *Server
	ws   string
	flow string
	view runView
	page *templates.NeedsPage
	open map[string]engine.Order
}

// orderKey names what an order is about.
func orderKey(side engine.Side, record, field string) string {
	return side.String() + " " + record + " " + field
}

func (n *needsOf) wants(kind string) bool { return n.page.Kind == "" || n.page.Kind == kind }

func (n *needsOf) gather(ctx context.Context, needs []store.Need) error {
	n.open = map[string]engine.Order{}
	orders, err := n.s.o.Store.OpenOrders(ctx, n.ws, n.view.pair.ID, "", 10000)
	if err != nil {
		return err
	}
	for _, o := range orders {
		n.open[orderKey(o.Side, o.Record, o.Field)] = o
		if n.wants("decided") && len(n.page.Decided) < needsOnPage {
			n.page.Decided = append(n.page.Decided, templates.NeedDecided{ID: o.ID, Text: n.decided(o), By: o.By, At: o.At})
		}
	}
	if n.wants("value") {
		if err := n.values(ctx); err != nil {
			return err
		}
	}
	if n.wants("review") {
		if err := n.reviews(ctx); err != nil {
			return err
		}
	}
	if n.wants("failure") {
		for _, x := range needs {
			if x.Kind == store.NeedParked && x.Pair == n.view.pair.ID {
				n.page.Failures = append(n.page.Failures, templates.NeedFailure{Text: x.Reason, Flow: n.flow, Pair: x.Pair, Problem: x.Reason, N: x.N})
			}
		}
	}
	return nil
}

// decided says what an order will do.
func (n *needsOf) decided(o engine.Order) string {
	systems := n.view.systems()
	field := ""
	if o.Field != "" {
		field = n.view.field(o.Field, engine.A)
	}
	switch {
	case o.Kind == engine.OrderChoose:
		return field + ": " + systems[o.From].Name + "’s value in both."
	case o.Kind == engine.OrderPut:
		return field + ": another value in both."
	case o.Kind == engine.OrderAlone && o.Field != "":
		return field + ": the two values stay different."
	case o.Kind == engine.OrderAlone:
		return "A record of " + systems[o.Side].Name + " is left alone."
	case o.Kind == engine.OrderLink:
		return "A record of " + systems[o.Side].Name + " is linked with one of " + systems[o.Side.Other()].Name + "."
	case o.Kind == engine.OrderCreate:
		return "A new record is made in " + systems[o.Side.Other()].Name + "."
	}
	return "A delete is decided."
}

// values gathers the fields that changed on both sides.
func (n *needsOf) values(ctx context.Context) error {
	st, p := n.s.o.Store, n.view.pair
	fields := map[string]int{}
	var order []string
	shown := 0
	for after := ""; ; {
		list, err := st.Conflicts(ctx, n.ws, p.ID, true, after, 500)
		if err != nil {
			return err
		}
		for _, c := range list {
			after = c.ID
			l, err := st.LinkByID(ctx, n.ws, c.Link)
			if err != nil {
				return err
			}
			if _, answered := n.open[orderKey(engine.A, l.IDs[engine.A], c.Field)]; answered || l.State != engine.On {
				continue
			}
			if fields[c.Field] == 0 {
				order = append(order, c.Field)
			}
			fields[c.Field]++
			if shown++; shown > needsOnPage {
				n.page.More = true
				continue
			}
			x, err := n.value(ctx, c, l)
			if err != nil {
				return err
			}
			n.page.Values = append(n.page.Values, x)
		}
		if len(list) < 500 {
			break
		}
	}
	for _, field := range order {
		if fields[field] > 1 {
			n.page.Groups = append(n.page.Groups, templates.NeedGroup{Field: n.view.field(field, engine.A), Flow: n.flow, Pair: p.ID, Key: field, Systems: n.view.systems(), N: fields[field]})
		}
	}
	return nil
}

func (n *needsOf) value(ctx context.Context, c store.StoredConflict, l engine.Link) (x templates.NeedValue, err error) {
	st, p := n.s.o.Store, n.view.pair
	x = templates.NeedValue{Field: n.view.field(c.Field, engine.A), Flow: n.flow, Systems: n.view.systems(), Since: c.At, Pair: p.ID, Link: l.ID, Key: c.Field, Seen: seenText(c.V)}
	var m [2]engine.Mirror
	for side := range m {
		found, err := st.Mirrors(ctx, n.ws, p.Conns[side], p.Object, []string{l.IDs[side]})
		if err != nil {
			return x, err
		}
		m[side] = found[l.IDs[side]]
		x.Changed[side] = m[side].Changed
		x.Values[side] = value(engine.FieldChange{Field: c.Field}, c.V, side)
		_, isText := c.V[side].(string)
		x.Typed = x.Typed || isText
	}
	x.Name, _ = n.view.title(engine.Entry{IDs: l.IDs}, m)
	if b, ok := l.Base[c.Field]; ok {
		x.Agreed, x.Told = value(engine.FieldChange{Field: c.Field}, b.V, 0), true
	}
	x.Again, err = n.again(ctx, engine.A, l.IDs[engine.A], c.Field)
	return x, err
}

// again says why the last answer about something was withdrawn, "" when it was not.
func (n *needsOf) again(ctx context.Context, side engine.Side, record, field string) (string, error) {
	o, ok, err := n.s.o.Store.LastOrder(ctx, n.ws, n.view.pair.ID, side, record, field)
	if err != nil || !ok || o.State != engine.OrderWithdrawn || o.Reason == "taken_back" {
		return "", err
	}
	return sentenceOf(engine.ExplainBy(o.Reason, n.view.names(), o.By)), nil
}

// seenText is what somebody saw, as a form carries it.
func seenText(v [2]any) string {
	text, _ := json.Marshal(v) // it came from JSON
	return string(text)
}

// reviews gathers the records that cannot be told apart.
func (n *needsOf) reviews(ctx context.Context) error {
	shown := 0
	for place := (engine.Place{Side: -1}); ; {
		list, err := n.s.o.Store.Reviews(ctx, n.ws, n.view.pair.ID, place, 500)
		if err != nil {
			return err
		}
		for _, r := range list {
			place = engine.Place{Side: r.Side, ID: r.ID}
			if _, answered := n.open[orderKey(r.Side, r.ID, "")]; answered {
				continue
			}
			if shown++; shown > needsOnPage {
				n.page.More = true
				return nil
			}
			x, err := n.review(ctx, r)
			if err != nil {
				return err
			}
			n.page.Reviews = append(n.page.Reviews, x)
		}
		if len(list) < 500 {
			return nil
		}
	}
}

func (n *needsOf) review(ctx context.Context, r engine.Review) (x templates.NeedReview, err error) {
	st, p, other := n.s.o.Store, n.view.pair, r.Side.Other()
	systems := n.view.systems()
	x = templates.NeedReview{Flow: n.flow, Why: sentenceOf(engine.Explain(r.Reason, n.view.names())), Pair: p.ID, Side: r.Side.String(), ID: r.ID,
		System: systems[r.Side], Other: systems[other], Since: r.At}
	own, err := st.Mirrors(ctx, n.ws, p.Conns[r.Side], p.Object, []string{r.ID})
	if err != nil {
		return x, err
	}
	x.Name = n.named(r.Side, r.ID, own[r.ID])
	x.Facts = n.facts(own[r.ID], engine.Mirror{})
	ids := slices.DeleteFunc(slices.Clone(r.Candidates), func(id string) bool { return id == "" })
	ids = ids[:min(len(ids), ofEach)]
	theirs, err := st.Mirrors(ctx, n.ws, p.Conns[other], p.Object, ids)
	if err != nil {
		return x, err
	}
	links, err := st.LinksOf(ctx, n.ws, p.ID, other, ids)
	if err != nil {
		return x, err
	}
	for _, id := range ids {
		if m, ok := theirs[id]; ok && m.Gone.IsZero() {
			_, taken := links[id]
			x.Candidates = append(x.Candidates, templates.NeedCandidate{ID: id, Name: n.named(other, id, m), Facts: n.facts(m, own[r.ID]), Taken: taken})
		}
	}
	x.Again, err = n.again(ctx, r.Side, r.ID, "")
	return x, err
}

func (n *needsOf) named(side connector.Side, id string, m engine.Mirror) string {
	var e engine.Entry
	var both [2]engine.Mirror
	e.IDs[side], both[side] = id, m
	name, _ := n.view.title(e, both)
	return name
}

// facts are the match keys of a record, marked where they differ from those of another one, and its id.
func (n *needsOf) facts(m, than engine.Mirror) (out []templates.NeedFact) {
	for _, kind := range []string{"email", "phone"} {
		out = append(out, templates.NeedFact{Label: templates.Capital(kind), Value: m.Keys[kind], Differs: than.ID != "" && m.Keys[kind] != than.Keys[kind]})
	}
	return append(out, templates.NeedFact{Label: "Its number there", Value: strings.TrimSpace(m.ID)})
}
