package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"couplet/internal/command"
	"couplet/internal/sandbox"
	"couplet/internal/store"
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
		if end.AToB.Created != want.CreatedB || end.BToA.Created != want.CreatedA {
			t.Errorf("the run counts %+v and %+v, want %d and %d created", end.AToB, end.BToA, want.CreatedB, want.CreatedA)
		}
		h.told()
		t.Logf("%d hits, %d left a create open, run %+v", hits, open, end)
	})
}

// told holds that every run's counts are what its log tells line by line, and returns how many writes that are in all.
func (h *house) told() (all int) {
	h.t.Helper()
	d := h.db()
	defer d.Close()
	st := store.New(d, time.Now)
	w, err := st.Default(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	runs, err := st.Runs(h.t.Context(), w.ID, "", 1000, "")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range runs {
		lines, err := st.Entries(h.t.Context(), w.ID, r.ID, "", 100000, "")
		if err != nil {
			h.t.Fatal(err)
		}
		var told [2]int
		for _, e := range lines {
			for side, in := range e.Sides {
				if in {
					told[side]++
				}
			}
		}
		for side, n := range told {
			if c := r.To[side]; c.Created+c.Updated != n {
				h.t.Errorf("run %s counts %d created and %d updated on side %d, and its log tells %d", r.ID, c.Created, c.Updated, side, n)
			}
			all += n
		}
	}
	return all
}

// TestKilledInTheMiddleOfUpdatesEachIsWrittenAndToldOnce: many people change, and the program is killed again and again
// while it carries that over. What the systems were asked for, the counts and the lines of the log are the same number.
func TestKilledInTheMiddleOfUpdatesEachIsWrittenAndToldOnce(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 500, Seed: 6, Latency: 15 * time.Millisecond}, url(t))
		h.must("apply", "-f", h.file)
		h.run()
		changed := 0
		for _, l := range h.links() {
			phone := fmt.Sprintf("+1202555%04d", changed)
			var err error
			if changed%3 > 0 {
				_, err = h.box.HighLevel.Update("contacts", l.IDs[0], map[string]any{"phone": phone})
			} else {
				_, err = h.box.UserCom.Update("users", l.IDs[1], map[string]any{"phone_number": phone})
			}
			if err != nil {
				t.Fatal(err)
			}
			changed++
		}
		before, told, hits, open := h.writes(), h.told(), 0, 0
		for range 8 {
			if h.killDuring("run", "contacts", "--allow") {
				hits++
			}
			if h.count("select count(*) from sending") > 0 {
				open++
			}
		}
		if hits < 3 || open < 2 {
			t.Errorf("only %d of 8 kills hit a running run, %d left an update open", hits, open)
		}
		h.run("--allow")
		if writes, lines := h.writes()-before, h.told()-told; writes != changed || lines != changed {
			t.Errorf("%d people changed, the systems were made to write %d, the runs tell %d", changed, writes, lines)
		}
		if n := h.count("select count(*) from sending"); n != 0 {
			t.Errorf("%d updates are open still", n)
		}
		h.inStep(h.read())
		if again := h.run(); again.APICalls["a"].Write+again.APICalls["b"].Write != 0 {
			t.Errorf("it does not come to rest: %+v", again)
		}
		t.Logf("%d changed, %d hits, %d left an update open", changed, hits, open)
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
	for _, call := range []string{"POST /contacts/ 201", "POST /users/ 201", "PUT /users/{id}/ 200", "PUT /contacts/{contactId} 200", "POST /contacts/{contactId}/tags 201",
		"POST /contacts/{contactId}/tasks 201", "POST /contacts/{contactId}/notes 201", "POST /activities/ 201", "PATCH /activities/{id}/ 200",
		"PUT /contacts/{contactId}/tasks/{taskId} 200", "PUT /contacts/{contactId}/notes/{id} 200"} {
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
			var last command.RunDoc
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
