package connection

import (
	"sort"
	"time"
)

// moments remembers when the last calls started or ended, in a ring.
type moments struct {
	zero time.Time // times are kept as distances from here, so that a change of the wall clock changes nothing
	ring []time.Duration
	next int // where the next one is written
	n    int
}

// grow makes room for that many moments.
func (s *moments) grow(size int) {
	if size <= len(s.ring) {
		return
	}
	ring := make([]time.Duration, size)
	for i := range s.n {
		ring[i] = s.at(s.n - i)
	}
	s.ring, s.next = ring, s.n%size
}

// at is the k-th latest moment, 1 being the last.
func (s *moments) at(k int) time.Duration {
	i := s.next - k
	if i < 0 {
		i += len(s.ring)
	}
	return s.ring[i]
}

func (s *moments) add(now time.Time) {
	if len(s.ring) == 0 {
		return
	}
	s.ring[s.next] = now.Sub(s.zero)
	if s.next++; s.next == len(s.ring) {
		s.next = 0
	}
	s.n = min(s.n+1, len(s.ring))
}

// until is how long it takes until one more moment makes no more than limit of them within any span, limit 0
// being none.
func (s *moments) until(now time.Time, limit int, span time.Duration) time.Duration {
	if s.n < limit || limit == 0 {
		return 0
	}
	return s.at(limit) + span - now.Sub(s.zero)
}

// since counts the moments of the last span.
func (s *moments) since(now time.Time, span time.Duration) int {
	from := now.Sub(s.zero) - span
	return sort.Search(s.n, func(i int) bool { return s.at(i+1) <= from })
}
