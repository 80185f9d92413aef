package engine

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"net/http"
	"strings"
	"sync"
	"time"

	"couplet/internal/connector"
)

// trace gathers the calls that one job made, for its line of the log.
type trace struct {
	mu    sync.Mutex
	calls []connector.Exchange
}

func (t *trace) attach(ctx context.Context) context.Context {
	return connector.WithTrace(ctx, func(x connector.Exchange) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.calls = append(t.calls, x)
	})
}

func (t *trace) list() []connector.Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}

// called counts a call for the run.
func (s *session) called(side Side, x connector.Exchange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.Write {
		s.run.APICalls[side].Write++
	} else {
		s.run.APICalls[side].Read++
	}
	if x.Status == http.StatusUnauthorized || x.Status == http.StatusForbidden {
		s.away = int(side)
	}
	s.calls[CallCount{Side: side, Method: x.Method, Path: x.Pattern, Status: x.Status}]++
}

// blame notes a side that does not let us in, when an error says so.
func (s *session) blame(side Side, err error) error {
	switch connector.KindOf(err) {
	case connector.Unauthorized, connector.Forbidden, connector.Config:
		s.mu.Lock()
		s.away = int(side)
		s.mu.Unlock()
	}
	return err
}

// turnedAway is the side that did not take our key, noSide when that cannot be told.
func (s *session) turnedAway() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.away
}

// keepCalls stores the counts of calls by path since the last time.
func (s *session) keepCalls(ctx context.Context) {
	s.mu.Lock()
	list := make([]CallCount, 0, len(s.calls))
	for c, n := range s.calls {
		c.N = n
		list = append(list, c)
	}
	clear(s.calls)
	s.mu.Unlock()
	if len(list) == 0 {
		return
	}
	if err := s.e.Store.CountCalls(ctx, s.ws, s.run.ID, list); err != nil && ctx.Err() == nil {
		s.e.Log.Warn("counts of calls not stored", "run", s.run.ID, "error", err)
	}
}

var idText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes an id that sorts by time: a prefix that says what it is, 48 bits of milliseconds, 80 random bits.
func NewID(kind string, now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	rand.Read(b[6:])
	return kind + "_" + strings.ToLower(idText.EncodeToString(b[:]))
}
