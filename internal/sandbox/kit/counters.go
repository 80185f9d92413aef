package kit

import (
	"cmp"
	"slices"
	"sync"
)

// Call is how often one method of one route was answered with one status.
// Status 0 stands for a connection that was dropped without an answer.
type Call struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Status int    `json:"status"`
	Count  int    `json:"count"`
}

// Counts is what Counters holds at one moment.
type Counts struct {
	Total       int    `json:"total"`
	MaxInFlight int    `json:"max_in_flight"` // most calls that were ever served at once
	Calls       []Call `json:"calls"`         // sorted by path, method, status
}

// Counters counts answered calls. The zero value is ready.
type Counters struct {
	mu       sync.Mutex
	counts   map[Call]int // Count is 0 in the keys
	inFlight int
	max      int
}

// NewCounters returns empty counters.
func NewCounters() *Counters { return &Counters{} }

// Add counts one call. route is a pattern ("/contacts/{contactId}"), not a path.
func (c *Counters) Add(method, route string, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[Call]int{}
	}
	c.counts[Call{Method: method, Path: route, Status: status}]++
}

func (c *Counters) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight++
	c.max = max(c.max, c.inFlight)
}

func (c *Counters) end(method, route string, status int) {
	c.Add(method, route, status)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight--
}

// Snapshot copies the counts out.
func (c *Counters) Snapshot() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := Counts{MaxInFlight: c.max, Calls: make([]Call, 0, len(c.counts))}
	for call, n := range c.counts {
		call.Count = n
		out.Total += n
		out.Calls = append(out.Calls, call)
	}
	slices.SortFunc(out.Calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Status, b.Status))
	})
	return out
}
