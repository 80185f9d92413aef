package kit

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// The faults by name, as `couplet sandbox --fault` spells them.
const (
	Before      = "before"       // 503, nothing happened
	After       = "after"        // it happened, and the answer is 500
	Timeout     = "timeout"      // it happened, and the connection is dropped without an answer
	IgnoreField = "ignore-field" // a write ignores one field and answers 200 without it
	Created422  = "created-422"  // a create happens and answers 422
	Revoke      = "revoke"       // the OAuth access token of this call is revoked: 401
	Lose        = "lose"         // a webhook is never sent
	Double      = "double"       // a webhook is sent twice
	Shuffle     = "shuffle"      // a webhook is held back, so that later ones overtake it
)

// chaos is what Chaos sets: often enough that a run of a few hundred calls meets
// every fault, seldom enough that a run with retries still ends.
var chaos = map[string]float64{
	Before: .03, After: .03, Timeout: .02, IgnoreField: .03, Created422: .03,
	Revoke: .01, Lose: .15, Double: .15, Shuffle: .3,
}

// FaultNames lists the known faults in a fixed order.
func FaultNames() []string { return slices.Sorted(maps.Keys(chaos)) }

// Faults decides, from a seeded source, whether a fault strikes. Until a rate
// is set none does.
type Faults struct {
	mu    sync.Mutex
	rng   *rand.Rand
	rates map[string]float64
	armed []Once
}

// NewFaults returns a source without any rate set.
func NewFaults(seed int64) *Faults {
	return &Faults{rng: rand.New(rand.NewPCG(uint64(seed), 0xfa175)), rates: map[string]float64{}}
}

// Set gives a fault the rate at which Hit says yes, from 0 (never) to 1 (always).
func (f *Faults) Set(name string, rate float64) error {
	if _, known := chaos[name]; !known {
		return fmt.Errorf("unknown fault %q, known are %s", name, strings.Join(FaultNames(), ", "))
	}
	if !(rate >= 0 && rate <= 1) {
		return fmt.Errorf("fault %s: rate %v is not between 0 and 1", name, rate)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rates[name] = rate
	return nil
}

// Hit says whether the fault strikes this time.
func (f *Faults) Hit(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	rate := f.rates[name]
	return rate > 0 && f.rng.Float64() < rate
}

// Pick returns a number below n, for faults that must choose a victim.
func (f *Faults) Pick(n int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rng.IntN(n)
}

// DropField takes one field out of a write when ignore-field strikes, and names it.
func (f *Faults) DropField(fields map[string]any) (name string, dropped bool) {
	if len(fields) == 0 || !f.Hit(IgnoreField) {
		return "", false
	}
	names := slices.Sorted(maps.Keys(fields))
	name = names[f.Pick(len(names))]
	delete(fields, name)
	return name, true
}

// Rates returns all faults with their present rate, zeros included.
func (f *Faults) Rates() map[string]float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make(map[string]float64, len(chaos))
	for name := range chaos {
		all[name] = f.rates[name]
	}
	return all
}

// Chaos sets every fault to its stated rate.
func (f *Faults) Chaos() {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.Copy(f.rates, chaos)
}
