package kit

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

const (
	alphaNum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	hexChars = "0123456789abcdef"
)

// IDs makes identifiers that look like a vendor's and come out the same for the
// same seed.
type IDs struct {
	mu  sync.Mutex
	rng *rand.Rand
}

// NewIDs returns a generator.
func NewIDs(seed int64) *IDs {
	return &IDs{rng: rand.New(rand.NewPCG(uint64(seed), 0x1d5))}
}

// AlphaNum returns n letters and digits.
func (g *IDs) AlphaNum(n int) string { return g.draw(alphaNum, n) }

// Hex returns n lower-case hexadecimal digits.
func (g *IDs) Hex(n int) string { return g.draw(hexChars, n) }

// UUID returns a version 4 UUID.
func (g *IDs) UUID() string {
	h := g.Hex(32)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:])
}

func (g *IDs) draw(alphabet string, n int) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[g.rng.IntN(len(alphabet))]
	}
	return string(out)
}
