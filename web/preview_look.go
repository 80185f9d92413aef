package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/store"
)

// glance is what of a rehearsal a person looks at. It travels in the address, so that it can be kept and sent.
type glance struct {
	group store.PlanGroup // "" for the first that has something in it
	side  int             // -1 for both
	field string
	words string
	most  int
}

const (
	pageful = 50
	// mostRows bounds what one page holds; a search finds the rest.
	mostRows = 1000
)

func lookIn(q url.Values) glance {
	g := glance{group: store.PlanGroup(q.Get("show")), side: slices.Index(sides[:], q.Get("side")), field: q.Get("field"), words: strings.TrimSpace(q.Get("q")), most: pageful}
	if !slices.Contains(store.PlanGroups, g.group) {
		g.group = ""
	}
	if n, err := strconv.Atoi(q.Get("n")); err == nil {
		g.most = min(max(n, pageful), mostRows)
	}
	return g
}

// query is the glance as an address says it.
func (g glance) query() url.Values {
	q := url.Values{"show": {string(g.group)}}
	if g.side >= 0 {
		q.Set("side", connector.Side(g.side).String())
	}
	for name, value := range map[string]string{"field": g.field, "q": g.words} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if g.most > pageful {
		q.Set("n", strconv.Itoa(g.most))
	}
	return q
}

func (g glance) at(path string) string { return address(path, g.query()) }

// another is the same glance at something else, from its beginning.
func (g glance) another(change func(*glance)) glance {
	g.most = pageful
	change(&g)
	return g
}

// finds reports whether all words stand in what a person knows a record by.
func finds(words string, titles ...string) bool {
	text := strings.ToLower(strings.Join(titles, " "))
	for word := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
