package store_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"couplet/db"
	"couplet/internal/connector"
	"couplet/internal/engine"
)

// BenchmarkFirstSync stores what the first sync of 10,000 records from one side to an empty other side stores: pages,
// the seed, intents, and outcomes with mirror, link, bases and log. BENCH_RECORDS sets another number.
func BenchmarkFirstSync(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { firstSync(b, openSQLite) })
	b.Run("postgres", func(b *testing.B) {
		if os.Getenv("TEST_POSTGRES_URL") == "" {
			b.Skip("TEST_POSTGRES_URL is not set")
		}
		firstSync(b, openPostgres)
	})
}

func firstSync(b *testing.B, open func(testing.TB) *db.DB) {
	n := 10_000
	if s := os.Getenv("BENCH_RECORDS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	var used time.Duration
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b, open(b))
		before := cpu()
		b.StartTimer()
		w.firstSync(b, n)
		used += cpu() - before
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/sync")
	b.ReportMetric(float64(used.Milliseconds())/float64(b.N), "cpu-ms/sync")
}

// cpu is the processor time of this process, which a busy machine does not blur.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func (w *world) firstSync(b *testing.B, n int) {
	id := func(side string, i int) string { return fmt.Sprintf("%s%08x%08x", side, i*2654435761, i) }
	record := func(side string, i int) engine.Mirror {
		m := mirror(id(side, i), "email", fmt.Sprintf("%x@example.test", i*2654435761), "phone", fmt.Sprintf("+49%010d", i))
		m.Fields = connector.Fields{"email": m.Keys["email"], "phone": m.Keys["phone"], "firstName": "Some", "lastName": "Body",
			"companyName": "A company", "tags": []string{"one", "two"}, "city": "Lisbon", "country": "PT"}
		return m
	}
	for i := 0; i < n; i += 500 {
		var page []engine.Mirror
		for j := i; j < min(n, i+500); j++ {
			page = append(page, record("a", j))
		}
		w.page(b, engine.A, 1, page...)
	}
	must(b, w.Seed(w.ctx, w.ws, w.lease, w.pair, start))
	place := engine.Place{Side: -1}
	for done := 0; ; {
		hints, err := w.Hints(w.ctx, w.ws, w.pair.ID, start, place, 200)
		must(b, err)
		if len(hints) == 0 {
			if done != n {
				b.Fatalf("worked %d of %d", done, n)
			}
			return
		}
		place = engine.Place{Side: hints[len(hints)-1].Side, ID: hints[len(hints)-1].ID}
		done += len(hints)
		var ids []string
		var keys []engine.Key
		for _, h := range hints {
			ids = append(ids, h.ID)
		}
		mirrors, err := w.Mirrors(w.ctx, w.ws, w.conns[0], "contact", ids)
		must(b, err)
		for _, m := range mirrors {
			for k, v := range m.Keys {
				keys = append(keys, engine.Key{Kind: k, Value: v})
			}
		}
		_, err = w.LinksOf(w.ctx, w.ws, w.pair.ID, engine.A, ids)
		must(b, err)
		_, err = w.Intents(w.ctx, w.ws, w.pair.ID, engine.A, ids)
		must(b, err)
		_, err = w.ReviewsOf(w.ctx, w.ws, w.pair.ID, engine.A, ids)
		must(b, err)
		for _, c := range w.conns {
			_, err = w.Holders(w.ctx, w.ws, c, "contact", keys, 3)
			must(b, err)
		}
		var intents []engine.Intent
		var commits []engine.Commit
		for _, h := range hints {
			in := engine.Intent{ID: engine.NewID("int", start), Pair: w.pair.ID, Side: engine.B, Source: h.ID, Stamp: "couplet:12345678:" + h.ID, Run: w.run.ID, State: engine.Sent, At: start}
			intents = append(intents, in)
			m := mirrors[h.ID]
			m.ID, m.Stamp = "b"+h.ID[1:], in.Stamp
			l := engine.Link{ID: engine.NewID("lnk", start), Pair: w.pair.ID, IDs: [2]string{h.ID, m.ID}, State: engine.On, Made: "create", Run: w.run.ID, At: start, Base: map[string]engine.Base{}}
			e := engine.Entry{ID: engine.NewID("ent", start), Run: w.run.ID, Link: l.ID, IDs: l.IDs, Result: engine.ResultCreated, To: 1, Reason: "only here", At: start,
				Calls: []connector.Exchange{{Method: "POST", Path: "/contacts", Write: true, Status: 201, Took: 1000}}}
			var resolved []string
			for k, v := range m.Fields {
				l.Base[k] = engine.Base{V: [2]any{v, v}, Run: w.run.ID, Rule: "create", At: start.UnixMilli()}
				e.Fields = append(e.Fields, engine.FieldChange{Field: k, Outcome: engine.Write, Rule: "create", Before: [2]any{v, nil}, After: [2]any{v, v}})
				resolved = append(resolved, k)
			}
			commits = append(commits, engine.Commit{Mirrors: [2][]engine.Mirror{nil, {m}}, Link: &l, Closed: []string{in.ID}, Finished: []engine.Hint{h}, Resolved: resolved,
				Settled: []engine.Place{{Side: 0, ID: h.ID}, {Side: 1, ID: m.ID}}, Entry: &e})
		}
		must(b, w.Begin(w.ctx, w.ws, w.lease, intents))
		w.commit(b, commits...)
	}
}
