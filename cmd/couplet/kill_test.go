package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// TestKilledTenTimesNothingDoubledNothingMissing kills the program in the middle of its first run, ten times at random
// moments, and lets it finish then. The kills count only when they hit: that is read from the database.
func TestKilledTenTimesNothingDoubledNothingMissing(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 1500, Seed: 5, Latency: 20 * time.Millisecond}, url(t))
		h.must("apply", "-f", h.file)
		hits, open := 0, 0
		for range 10 {
			if h.killDuring("run", "contacts") {
				hits++
			}
			if h.count("select count(*) from intent where state <> 'absent'") > 0 {
				open++
			}
		}
		if hits < 7 || open < 3 {
			t.Errorf("only %d of 10 kills hit a running run, %d left a create open", hits, open)
		}
		end := h.run()
		if !end.Recovered {
			t.Error("the run does not say that it was recovered")
		}
		want := h.info.Expected
		if n := h.inStep(h.read()); n != want.Linked+want.CreatedA+want.CreatedB {
			t.Errorf("%d links, want %d", n, want.Linked+want.CreatedA+want.CreatedB)
		}
		if end.NeedsReview != want.Review {
			t.Errorf("%d in review, want %d", end.NeedsReview, want.Review)
		}
		// Counted by the sandbox, not by us: every create that it carried out.
		if a, b := h.created("POST /contacts/ 201"), h.created("POST /users/ 201"); a != want.CreatedA || b != want.CreatedB {
			t.Errorf("the sandbox was made to create %d and %d, want %d and %d", a, b, want.CreatedA, want.CreatedB)
		}
		t.Logf("%d hits, %d left a create open, run %+v", hits, open, end)
	})
}

func (h *house) created(call string) int { return h.calls()[call] }

// killDuring starts the program, waits until its run works on records, kills it a random moment later, and reports
// whether the run was cut short.
func (h *house) killDuring(args ...string) bool {
	h.t.Helper()
	c := h.command(args...)
	log, err := os.CreateTemp(h.t.TempDir(), "log")
	if err != nil {
		h.t.Fatal(err)
	}
	defer log.Close()
	c.Stderr = log
	if err := c.Start(); err != nil {
		h.t.Fatal(err)
	}
	before := h.writes()
	ended := make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	for begun := false; !begun; {
		select {
		case <-ended:
			return false
		case <-time.After(5 * time.Millisecond):
			begun = h.writes() > before
		}
	}
	select {
	case <-ended:
	case <-time.After(time.Duration(rand.Int64N(int64(150 * time.Millisecond)))):
		_ = c.Process.Kill()
		<-ended
	}
	return h.count("select count(*) from run where status in ('running', 'waiting')") == 1
}

// writes counts the changes that the sandbox was asked for.
func (h *house) writes() (n int) {
	for _, call := range []string{"POST /contacts/ 201", "POST /users/ 201", "PUT /users/{id}/ 200", "PUT /contacts/{contactId} 200", "POST /contacts/{contactId}/tags 201"} {
		n += h.calls()[call]
	}
	return n
}

func (h *house) count(query string) (n int) {
	h.t.Helper()
	d := h.db()
	defer d.Close()
	if _, err := d.Get(h.t.Context(), query, nil, &n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// TestTheSameEndUnderChaos runs with every fault of the sandbox at once: lost answers, refusals with effect, ignored
// fields, and a search index that lags ten seconds.
func TestTheSameEndUnderChaos(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]sandbox.Options{
		"chaos":      {Contacts: 600, Seed: 7, Chaos: true},
		"search lag": {Contacts: 600, Seed: 7, SearchLag: 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, o, "")
			if o.SearchLag > 0 {
				h.env = append(h.env, "COUPLET_SETTLE=12s")
			} else {
				h.env = append(h.env, "COUPLET_SETTLE=2s")
			}
			// The check of the keys meets the faults too, so a person may have to apply twice.
			for range 10 {
				if _, _, code := h.call("apply", "-f", h.file); code == 0 {
					break
				}
			}
			var last runDoc
			for range 10 {
				out, errs, code := h.call("run", "contacts", "--json")
				if err := json.Unmarshal([]byte(out), &last); err != nil {
					t.Fatalf("code %d: %v %s %s", code, err, out, errs)
				}
				if code != 0 && code != 3 {
					t.Logf("code %d: %s", code, last.Note)
				}
				if code == 0 && last.APICalls["a"].Write+last.APICalls["b"].Write == 0 {
					break
				}
			}
			want := h.info.Expected
			h.box.Clock.Advance(o.SearchLag + time.Second) // the lists that are read next show what the index knows
			if n := h.inStep(h.read()); n != want.Linked+want.CreatedA+want.CreatedB || last.NeedsReview != want.Review {
				t.Errorf("%d links and %d in review, want %d and %d", n, last.NeedsReview, want.Linked+want.CreatedA+want.CreatedB, want.Review)
			}
			if last.APICalls["a"].Write+last.APICalls["b"].Write != 0 {
				t.Errorf("it does not come to rest: %+v", last)
			}
		})
	}
}
