package engine_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"couplet/internal/engine"
)

// The proof (sync-semantics 5.20): many histories under the real engine, and the same under one from which a rule was
// taken, so that one sees that the oracle can tell, and which rule carries what. Nothing of the engine knows of it: a rule
// is taken away from outside, by what the engine is shown of its store and of the two systems (variant_test.go).

// kinds of violations, with the words of the oracle that they are told by.
var kinds = []struct {
	name string
	says *regexp.Regexp
}{
	{"silent duplicate", regexp.MustCompile(`were both made from|is in two links|made twice`)},
	{"lost update", regexp.MustCompile(`^I3:`)},
	{"degraded", regexp.MustCompile(`^degraded:`)},
	{"resurrected", regexp.MustCompile(`^I6:`)},
	{"ping-pong", regexp.MustCompile(`^I5:|still writes`)},
	{"other", regexp.MustCompile(``)},
}

// flagged is the harm of a record that was made twice and is left to a person.
const flagged = "flagged"

// tally counts, over all histories of one variant, in how many each kind of violation was seen.
type tally struct {
	mu                                sync.Mutex
	histories, flagged, writes, edits int
	inWindow                          int // lost in the moment between a read and a write, which nothing can close (5.21)
	seen                              map[string]int
	first                             map[string]string // the story of the first violation of each kind
}

// verdict is a history's test: it notes what the oracle says instead of failing.
type verdict struct {
	teller
	said *[]string
}

type enough struct{}

func (v verdict) Errorf(format string, args ...any) {
	*v.said = append(*v.said, fmt.Sprintf(format, args...))
}

func (v verdict) Fatalf(format string, args ...any) { v.Errorf(format, args...); panic(enough{}) }
func (v verdict) Fatal(args ...any)                 { v.Errorf("%s", fmt.Sprint(args...)); panic(enough{}) }

// one makes and judges a history.
func (c *tally) one(rt *rapid.T, v variant, seed int) {
	var said []string
	var h *history
	func() {
		defer func() {
			if p := recover(); p != nil {
				if _, over := p.(enough); !over {
					panic(p)
				}
			}
		}()
		h = beginAs(rt, v, &said)
		h.tell()
	}()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.histories++
	kind := map[string]bool{}
	for _, s := range said {
		for _, k := range kinds {
			if k.says.MatchString(s) {
				kind[k.name] = true
				break
			}
		}
	}
	for k := range kind {
		c.seen[k]++
	}
	if h == nil {
		return
	}
	c.writes += h.writes(engine.A) + h.writes(engine.B)
	c.edits += len(h.typed)
	c.inWindow += h.inWindow
	if h.madeForNothing() {
		c.flagged++
	}
	for k := range kind {
		if c.first[k] == "" {
			c.first[k] = fmt.Sprintf("COUPLET_SEED=%d COUPLET_PROOF=1 tells it again\n", seed) + strings.Join(append(append(said, h.story...), h.log()...), "\n")
		}
	}
}

// madeForNothing reports whether a record that the engine made waits for a person: it was made beside another one, and the
// engine has noticed.
func (h *history) madeForNothing() bool {
	waits := h.reviews()
	for _, side := range []engine.Side{engine.A, engine.B} {
		for id, r := range h.all(side) {
			for _, v := range r.Fields {
				if text, ok := v.(string); ok && strings.HasPrefix(text, "couplet:") && waits[side.String()+" "+id] != "" {
					return true
				}
			}
		}
	}
	return false
}

// many makes n histories of a variant, each with a seed of its own, from first on: that seed alone tells one again.
func many(t *testing.T, v variant, first, n int) *tally {
	for name, value := range map[string]string{"rapid.checks": "1", "rapid.nofailfile": "true", "rapid.steps": "14"} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	c := &tally{seen: map[string]int{}, first: map[string]string{}}
	var next atomic.Int64
	var seed sync.Mutex // rapid reads the seed where it begins, and knows but one
	t.Run(v.name, func(t *testing.T) {
		for half := range 2 { // most of a history is waiting
			t.Run(fmt.Sprint(half), func(t *testing.T) {
				t.Parallel()
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					seed.Lock()
					begun := sync.OnceFunc(seed.Unlock)
					if err := flag.Set("rapid.seed", fmt.Sprint(first+i)); err != nil {
						t.Fatal(err)
					}
					rapid.Check(t, func(rt *rapid.T) { begun(); c.one(rt, v, first+i) })
					begun()
				}
			})
		}
	})
	return c
}

func (c *tally) row(name string) string {
	per := func(n int) string { return fmt.Sprintf("%.2f %%", 100*float64(n)/float64(max(1, c.histories))) }
	cells := []string{name, fmt.Sprint(c.histories)}
	for _, k := range kinds[:len(kinds)-1] {
		cells = append(cells, per(c.seen[k.name]))
	}
	cells = append(cells, per(c.flagged), per(c.seen["other"]), fmt.Sprint(c.inWindow), fmt.Sprintf("%.0f for %.0f edits", float64(c.writes)/float64(max(1, c.histories)), float64(c.edits)/float64(max(1, c.histories))))
	return "| " + strings.Join(cells, " | ") + " |"
}

// TestProof makes a few histories of the real engine. For `make prove`, COUPLET_PROOF=n makes n, and a tenth of that, at most,
// of each variant; COUPLET_HISTORIES_ON=postgres makes them on PostgreSQL, COUPLET_SEED=s begins with that one. It prints the table and fails for what the real engine did
// wrong, and when taking a rule away did no harm: the oracle would be blind then.
func TestProof(t *testing.T) {
	n, all, seed := 10, false, 3 // told the same each time, and without the variants, which need hundreds to do harm
	if s := os.Getenv("COUPLET_PROOF"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal("COUPLET_PROOF: ", err)
		}
		all, seed = true, int(time.Now().UnixNano()>>20&0xfffffff)
	}
	if s := os.Getenv("COUPLET_SEED"); s != "" {
		var err error
		if seed, err = strconv.Atoi(s); err != nil {
			t.Fatal("COUPLET_SEED: ", err)
		}
	}
	rows := []string{"| engine | histories | silent duplicate | lost update | degraded | resurrected | ping-pong | made and left to a person | other | lost in the window | writes each |", "|---|---|---|---|---|---|---|---|---|---|---|"}
	for _, v := range variants {
		some := n
		if v.harm != "" && !all {
			continue
		}
		if v.harm != "" {
			some = max(20, min(n/10, 300))
		}
		c := many(t, v, seed, some)
		if c.histories == 0 {
			continue // not among those that -run names
		}
		rows = append(rows, c.row(v.name))
		t.Log(rows[len(rows)-1])
		bad := 0
		for _, k := range c.seen {
			bad += k
		}
		switch {
		case v.harm == "" && bad > 0:
			for k, story := range c.first {
				t.Errorf("%s: %v; the first history that went wrong (%s):\n%s", v.name, c.seen, k, story)
			}
		case v.harm != "" && c.seen[v.harm] == 0 && (v.harm != flagged || c.flagged == 0):
			t.Errorf("%s: no %s in %d histories: %v", v.name, v.harm, c.histories, c.seen)
		}
	}
	fmt.Println("\n" + strings.Join(rows, "\n"))
}

// The oracle is not blind: without creates that are remembered before they leave, somebody is soon made twice.
func TestTheOracleSeesDuplicates(t *testing.T) {
	v := variants[3]
	v.stormy = true
	for seed := range 10 {
		if c := many(t, v, 100*seed+1, 4); c.seen["silent duplicate"] > 0 {
			return
		}
	}
	t.Error("forty histories without intents and stamps, and nobody was made twice")
}
