package browsertest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// stop is a page in one of its states. drawn names the design's drawing of it, "" where there is none.
type stop struct{ name, drawn string }

// guide goes through pages and has each of them looked at.
type guide struct {
	w     *world
	b     *tab
	h     hand
	visit func(*tab, stop)

	flow   string               // path of the flow that was made
	auto   string               // path of the automation that was made
	fields [2]map[string]string // numbers of custom fields, by name
}

// look has the page looked at that is open now.
func (g *guide) look(name, drawn string) {
	g.b.t.Helper()
	g.visit(g.b, stop{name, drawn})
}

// page opens an address and has it looked at.
func (g *guide) page(path, name, drawn string) {
	g.b.t.Helper()
	g.b.open(path)
	g.look(name, drawn)
}

// tours are the ways that together go once through every page and every state of it that a person can bring about. world is how
// the demo of each begins.
var tours = map[string]struct {
	world []string
	way   func(*guide)
}{
	"to both accounts": {[]string{"--first-run"}, func(g *guide) {
		g.wayIn()
		g.people()
		g.clients()
		g.connecting()
	}},
	"from both accounts": {[]string{"--first-run"}, func(g *guide) {
		setUp(g.w, g.b, g.h)
		connectBoth(g.b, g.h)
		g.automating()
		g.starting()
		g.reacting()
		g.mapping()
		g.previewing()
		g.watching()
		g.copying()
	}},
	"what a person decides": {[]string{"--contacts", "130"}, func(g *guide) {
		g.asking()
		g.onlyWatching()
		g.holding()
		g.deciding()
		g.braking()
		g.drifting()
	}},
}

// unseen are the routes that a browser gets and that are no page of their own, each with the reason.
var unseen = map[string]string{
	"/help/:guide": "a text without markup", "/templates/:id/file": "a file", "/healthz": "for machines", "/readyz": "for machines",
	"/sign-in/link/:secret": "leads on; when it is over it is the page of an error", "/settings": "leads on", "/new": "leads on",
	"/flows/:id": "leads on", "/flows/:id/run/latest": "leads on as soon as there is a run", "/connect/:system/start": "leads to the system",
}

// TestEveryPageIsSound holds that axe finds nothing, that nothing scrolls sideways on a phone, and that the browser has
// nothing to complain about, on every page of the tours in light, in dark and at 390 pixels, and that the tours leave no
// page out. It makes pictures of them, too, when it is told where to.
func TestEveryPageIsSound(t *testing.T) {
	t.Parallel()
	require(t)
	pictures := openAlbum(t)
	defer pictures.close() // of a tour that ends early, too
	var mu sync.Mutex
	var seen []string
	t.Run("tours", func(t *testing.T) { // which ends when all of them have
		for name, tour := range tours {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, tour.world...)
				b := w.tab(t)
				tour.way(&guide{w: w, b: b, h: mouse{b}, visit: func(b *tab, s stop) {
					path, _, _ := strings.Cut(b.path(), "?")
					mu.Lock()
					seen = append(seen, path)
					mu.Unlock()
					b.sound(s.name, func(l look) { pictures.take(b, s, l) })
				}})
			})
		}
	})
	for _, route := range pages(t) {
		match := regexp.MustCompile("^" + regexp.MustCompile(`:\w+`).ReplaceAllString(route, "[^/]+") + "$")
		if unseen[route] == "" && !slices.ContainsFunc(seen, match.MatchString) {
			t.Errorf("the tours leave out %s: add it to one of them, or to unseen with the reason", route)
		}
	}
}

// pages are the routes of pages, from the list in web/routes.go.
func pages(t *testing.T) (routes []string) {
	t.Helper()
	text, err := os.ReadFile(root("web/routes.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`http\.MethodGet, ("[^"]*"|\w+), (\w+)`).FindAllStringSubmatch(string(text), -1) {
		route := strings.Trim(m[1], `"`)
		if route == "returnPath" {
			route = "/connect/return"
		}
		if !strings.HasSuffix(route, "/events") {
			routes = append(routes, route)
		}
	}
	if len(routes) < 25 {
		t.Fatalf("only %d routes are found in the list: %v", len(routes), routes)
	}
	return routes
}
