package web

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// A search is answered from what was last seen of both sides: it asks no system, and finds nothing of another workspace, because
// every look-up names its own.

const (
	foundShown = 30  // records on the page
	foundMost  = 100 // records gone through for them
	askLong    = 200 // characters of a question
)

// searchPage finds records by name, email, phone or id, flows by name, and a run by its number.
func (s *Server) searchPage(c echo.Context) error {
	ctx, ws := c.Request().Context(), ws(c)
	text := strings.Join(strings.Fields(c.QueryParam("q")), " ")
	if r := []rune(text); len(r) > askLong {
		text = string(r[:askLong])
	}
	p := templates.SearchPage{Frame: frame(c, "Find a record", "search"), Text: text}
	h, err := s.house(ctx, ws)
	if err != nil {
		return err
	}
	p.Read = len(h.pairs) > 0
	if text != "" {
		if err := s.search(ctx, ws, h, &p); err != nil {
			return err
		}
	}
	return pageOr(c, http.StatusOK, templates.Search(p), "found")
}

// search fills in what is found.
func (s *Server) search(ctx context.Context, ws string, h house, p *templates.SearchPage) error {
	named := func(id, name string) bool {
		return id == p.Text || utf8.RuneCountInString(p.Text) > 1 && strings.Contains(strings.ToLower(name), strings.ToLower(p.Text))
	}
	for _, a := range h.autos {
		if p.Automated = true; named(a.ID, a.Name) {
			p.Automations = append(p.Automations, templates.Choice{ID: a.ID, Name: a.Name})
		}
	}
	for _, f := range h.flows {
		if named(f.ID, f.Name) {
			p.Flows = append(p.Flows, templates.Choice{ID: f.ID, Name: f.Name})
		}
	}
	switch r, err := s.o.Store.RunByID(ctx, ws, p.Text); {
	case err == nil:
		p.Run = r.ID
	case !isNotFound(err):
		return err
	}
	hits, more, err := s.hits(ctx, ws, h, p.Text)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(h.pairs)) {
		found, err := s.foundIn(ctx, ws, runView{house: h, pair: h.pairs[id]}, hits)
		if err != nil {
			return err
		}
		p.Records = append(p.Records, found...)
	}
	asked := strings.ToLower(p.Text)
	slices.SortStableFunc(p.Records, func(x, y templates.FoundRecord) int {
		begins := func(r templates.FoundRecord) int { // whose name or address begins as it was typed comes first
			if strings.HasPrefix(strings.ToLower(r.Name), asked) || strings.HasPrefix(strings.ToLower(r.Address), asked) {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(begins(x), begins(y)), cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)))
	})
	p.Records = slices.CompactFunc(p.Records, func(x, y templates.FoundRecord) bool {
		return x.Alone != "" && x.Name == y.Name && x.Address == y.Address && x.Alone == y.Alone
	})
	if p.More = more || len(p.Records) > foundShown; len(p.Records) > foundShown {
		p.Records = p.Records[:foundShown]
	}
	p.Short = utf8.RuneCountInString(p.Text) < 2 && len(p.Records) == 0 && len(p.Flows)+len(p.Automations) == 0
	return nil
}

// hits are the records that a text may mean: those with such an id, if there are any, and those with such words.
func (s *Server) hits(ctx context.Context, ws string, h house, text string) (hits map[store.Found]bool, more bool, err error) {
	hits = map[store.Found]bool{}
	for _, p := range h.pairs {
		for _, conn := range p.Conns {
			hits[store.Found{Conn: conn, Object: p.Object, ID: text}] = true
		}
	}
	asks := [][]string{mapping.Spoken(text)}
	if strings.ContainsAny(text, "@.") { // an email, or a website
		asks = append(asks, strings.Fields(strings.ToLower(text)))
	}
	for _, start := range mapping.PhoneStarts(text, append(h.regions(), "US")) {
		asks = append(asks, []string{start})
	}
	for _, words := range asks {
		if !slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) > 1 }) {
			continue
		}
		found, some, err := s.o.Store.Find(ctx, ws, words, foundMost)
		if err != nil {
			return nil, false, err
		}
		for more = more || some; len(found) > 0; found = found[1:] {
			hits[found[0]] = true
		}
	}
	return hits, more, nil
}

// foundIn are the hits of a pair: its linked records, and single ones that nothing is linked with.
func (s *Server) foundIn(ctx context.Context, ws string, v runView, hits map[store.Found]bool) (out []templates.FoundRecord, err error) {
	links := map[string]engine.Link{}
	var alone, all [2][]string
	for side, conn := range v.pair.Conns {
		for f := range hits {
			if f.Conn == conn && f.Object == v.pair.Object {
				alone[side] = append(alone[side], f.ID)
			}
		}
		linked, err := s.o.Store.LinksOf(ctx, ws, v.pair.ID, engine.Side(side), alone[side])
		if err != nil {
			return nil, err
		}
		for _, l := range linked {
			links[l.ID] = l
		}
		alone[side] = slices.DeleteFunc(alone[side], func(id string) bool { return linked[id].ID != "" })
		all[side] = slices.Clone(alone[side])
	}
	for _, l := range links {
		for side, id := range l.IDs {
			all[side] = append(all[side], id)
		}
	}
	var seen [2]map[string]engine.Mirror
	var asked [2]map[string]engine.Review
	for side, conn := range v.pair.Conns {
		if seen[side], err = s.o.Store.Mirrors(ctx, ws, conn, v.pair.Object, all[side]); err != nil {
			return nil, err
		}
		if asked[side], err = s.o.Store.ReviewsOf(ctx, ws, v.pair.ID, engine.Side(side), alone[side]); err != nil {
			return nil, err
		}
	}
	k, err := s.kin(ctx, ws, v.pair.Conns, v.both(), v.pair.Object, seen)
	if err != nil {
		return nil, err
	}
	line := func(ids [2]string) (r templates.FoundRecord) {
		m := [2]engine.Mirror{seen[0][ids[0]], seen[1][ids[1]]}
		r.Name, r.Address = v.title(engine.Entry{IDs: ids}, m)
		r.Address = cmp.Or(r.Address, k.of(m))
		for side, x := range v.systems() {
			if ids[side] != "" && m[side].Gone.IsZero() {
				r.Systems = append(r.Systems, x)
				r.Kind = cmp.Or(r.Kind, templates.Capital(x.One))
			}
		}
		return r
	}
	for _, l := range links {
		r := line(l.IDs)
		r.Href, r.Gone = recordHref(l.ID), l.State == engine.OneGone
		out = append(out, r)
	}
	systems := v.systems()
	for side := range alone {
		for _, id := range alone[side] {
			if m := seen[side][id]; m.ID == "" || !m.Gone.IsZero() {
				continue
			}
			var ids [2]string
			ids[side] = id
			r := line(ids)
			r.Alone = "Only in " + systems[side].Name + ". It is linked with no " + systems[1-side].One + " of " + systems[1-side].Name + "."
			if asked[side][id].ID != "" {
				r.Alone += " It needs you."
				r.Href = templates.NeedsFilter{Item: reviewKey(v.pair.ID, connector.Side(side), id)}.Href()
			}
			out = append(out, r)
		}
	}
	return out, nil
}
