package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/engine"
	"couplet/internal/store"
)

// crowd gives a bundle pairs of records that are in step, with a run that made all of them.
func (b *bundle) crowd(many int) engine.Run {
	b.t.Helper()
	r := b.begun(time.Minute)
	for from := 0; from < many; from += 500 {
		var cs []engine.Commit
		for i := from; i < from+500; i++ {
			var m [2][]engine.Mirror
			for side := range m {
				name := fmt.Sprintf("Ann Person%05d", i)
				m[side] = []engine.Mirror{{ID: fmt.Sprintf("%c%d", 'a'+side, i), Words: fmt.Sprintf("%s p%d@example.test +1202%07d", strings.ToLower(name), i, i),
					Keys: map[string]string{"email": fmt.Sprintf("p%d@example.test", i)}, Fields: map[string]any{"firstName": name, "name": name}, First: b.now, Seen: b.now}}
			}
			ids := [2]string{fmt.Sprint("a", i), fmt.Sprint("b", i)}
			cs = append(cs, engine.Commit{Mirrors: m, Link: &engine.Link{ID: fmt.Sprint("l", i), Pair: b.pair.ID, IDs: ids, State: engine.On, Made: "match", Run: r.ID, At: b.now},
				Entry: &engine.Entry{ID: fmt.Sprintf("e%05d", i), Run: r.ID, Link: fmt.Sprint("l", i), IDs: ids, Result: engine.ResultUpdated, Sides: [2]bool{false, true}, To: 1, At: b.now,
					Fields: []engine.FieldChange{{Field: "name", Outcome: engine.Write, Rule: "changed_a", Before: [2]any{"x", "x"}, After: [2]any{"y", "y"}}}}})
		}
		b.commit(r, cs...)
	}
	r.Status, r.Finished = engine.Done, b.now
	r.To[1].Updated = many
	b.save(r)
	return r
}

// queries are addresses beyond those of the routes that are worth a time of their own.
func (b *bundle) queries(run engine.Run) []string {
	return []string{"/runs/" + run.ID, "/runs/" + run.ID + "?tab=changed", "/runs/" + run.ID + "?tab=all", "/records/l4711", "/automations/" + b.someAutomation() + "/runs", "/runs/automations?q=nonsense",
		"/search?q=ann", "/search?q=" + url.QueryEscape("ann person0912"), "/search?q=" + url.QueryEscape("(202) 000-4711"), "/search?q=zoe"}
}

// BenchmarkPages is how long each page takes over HTTP with 10,000 pairs of records and 10,000 firings of an automation: the middle and the
// slowest twentieth.
func BenchmarkPages(b *testing.B) {
	x := newBundle(b)
	run := x.crowd(10_000)
	for i := range 20 {
		some := make([]automation.Firing, 500)
		for j := range some {
			some[j] = automation.Firing{Automation: x.someAutomation(), Key: fmt.Sprint(i, "-", j)}
		}
		_, err := x.store.AddFirings(b.Context(), x.conns[0].Workspace, some)
		must(b, err)
	}
	client := x.signIn("owner")
	paths := x.queries(run)
	for _, r := range x.routes() {
		if r.method != http.MethodGet || r.who == anyone || strings.HasSuffix(r.path, "/events") || strings.HasPrefix(r.path, "/runs/:id") || strings.HasPrefix(r.path, "/records/:link") {
			continue
		}
		if path := x.sample(r, store.User{}); path != "" && !slices.Contains(paths, path) {
			if res := x.as(client, http.MethodGet, path, nil, browser); res.StatusCode == http.StatusOK {
				paths = append(paths, path)
			}
		}
	}
	one := strings.NewReplacer("/"+run.ID, "/one", "/"+x.conns[0].ID, "/one", "/"+x.conns[1].ID, "/one", "/"+x.flow.ID, "/one", "/"+x.someAutomation(), "/one", "/"+x.someFiring(), "/one")
	for _, path := range paths {
		b.Run(one.Replace(path), func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				res := x.as(client, http.MethodGet, path, nil, browser)
				if text, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK {
					b.Fatalf("status %d, %v: %s", res.StatusCode, err, text)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
