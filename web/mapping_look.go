package web

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

// Sampler reads what both accounts of a flow have, for pages that show real values. It writes nothing.
type Sampler interface {
	Ground(ctx context.Context, ws string, f flow.Flow) engine.Ground
	Samples(ctx context.Context, ws string, f flow.Flow, g engine.Ground, n int) (engine.Sampling, error)
}

const (
	// lookFresh is how long what was read of two accounts is shown before it is read again. Values of people are kept in
	// memory for so long and nowhere else.
	lookFresh = 5 * time.Minute
	// lookRetry is how long an account that could not be read is left in peace.
	lookRetry = 15 * time.Second
	// lookMost is how many pairs of accounts are kept; the one that was read first goes first.
	lookMost = 64
	// lookEnd ends a reading that gets no answer.
	lookEnd = time.Minute
	// fieldsWait and samplesWait are how long a page waits for what is being read.
	fieldsWait  = 8 * time.Second
	samplesWait = 2500 * time.Millisecond
	samplesOf   = 5
)

// looks remembers for a while what was read of the accounts of flows, and reads each once however many people ask.
type looks struct {
	sampler Sampler
	now     func() time.Time
	// n is how many samples are read, 0 for as many as a map shows.
	n   int
	mu  sync.Mutex
	all map[string]*reading
}

// reading is one look at both accounts. The channels are closed when their part is there.
type reading struct {
	began    time.Time
	fields   chan struct{}
	ground   engine.Ground
	samples  chan struct{}
	sampling engine.Sampling
	err      error
}

func lookKey(ws string, f flow.Flow) string {
	key := ws + "|" + f.Connections[0] + "|" + f.Connections[1] + "|" + f.Object + "|" + f.Region
	for _, m := range f.Match {
		key += "|" + m
	}
	return key
}

// at returns the reading for a flow, which is begun now unless there is a fresh one.
func (l *looks) at(ws string, f flow.Flow, specs [2]*connector.Spec) *reading {
	key := lookKey(ws, f)
	l.mu.Lock()
	defer l.mu.Unlock()
	if x, ok := l.all[key]; ok && l.now().Sub(x.began) < x.lasts() {
		return x
	}
	if l.all == nil {
		l.all = map[string]*reading{}
	}
	x := &reading{began: l.now(), fields: make(chan struct{}), samples: make(chan struct{})}
	l.all[key] = x
	for len(l.all) > lookMost {
		oldest := ""
		for k, y := range l.all {
			if oldest == "" || y.began.Before(l.all[oldest].began) {
				oldest = k
			}
		}
		delete(l.all, oldest)
	}
	go x.read(l.sampler, ws, f, specs, cmp.Or(l.n, samplesOf))
	time.AfterFunc(lookFresh, func() { l.drop(key, x) })
	return x
}

// known is the reading for a flow, if somebody began one that still counts.
func (l *looks) known(ws string, f flow.Flow) (*reading, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x, ok := l.all[lookKey(ws, f)]
	return x, ok && l.now().Sub(x.began) < x.lasts()
}

// drop forgets a reading, unless there is a newer one in its place.
func (l *looks) drop(key string, x *reading) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all[key] == x {
		delete(l.all, key)
	}
}

// lasts is how long a reading is shown: only for a while when an account could not be read.
func (x *reading) lasts() time.Duration {
	if isClosed(x.samples) && (x.err != nil || x.ground.Problem != [2]error{} || x.sampling.Problem != [2]error{}) {
		return lookRetry
	}
	return lookFresh
}

// forget has the next page read anew.
func (l *looks) forget(ws string, f flow.Flow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, lookKey(ws, f))
}

// connected has what was read of a connection read anew: a new key may show more.
func (l *looks) connected(ws, conn string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.all {
		if parts := strings.Split(key, "|"); parts[0] == ws && (parts[1] == conn || parts[2] == conn) {
			delete(l.all, key)
		}
	}
}

// read outlives the request that began it: the next one shows what came.
func (x *reading) read(s Sampler, ws string, f flow.Flow, specs [2]*connector.Spec, n int) {
	ctx, cancel := context.WithTimeout(connector.As(context.Background(), connector.Interactive), lookEnd)
	defer cancel()
	x.ground = s.Ground(ctx, ws, f)
	close(x.fields)
	x.sampling, x.err = s.Samples(ctx, ws, f, x.ground.Fit(f, specs), n)
	close(x.samples)
}

// seen is what a page knows of both accounts.
type seen struct {
	// read is what the accounts said, ground is that with what the flow adds to it.
	read, ground engine.Ground
	sampling     engine.Sampling
	// waiting says that samples are still on their way; err is why there are none.
	waiting bool
	err     error
}

// see waits a moment for the fields and the samples of a flow's accounts, and shows what is there.
func (l *looks) see(ctx context.Context, ws string, f flow.Flow, specs [2]*connector.Spec) seen {
	x := l.at(ws, f, specs)
	s := seen{waiting: true}
	if !within(ctx, x.fields, fieldsWait) {
		slow := &connector.Error{Kind: connector.Temporary, Message: "It did not answer within " + fieldsWait.String() + "."}
		s.read = engine.Ground{Problem: [2]error{slow, slow}, At: x.began}
		return s
	}
	s.read = x.ground
	if within(ctx, x.samples, samplesWait) {
		s.sampling, s.waiting, s.err = x.sampling, false, x.err
	}
	return s
}

func isClosed(done chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// within waits for the end of something, and reports whether it came.
func within(ctx context.Context, done chan struct{}, patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-ctx.Done():
	case <-timer.C:
	}
	return isClosed(done)
}

// fields are those of both accounts as a flow needs them, as far as they come in time.
func (l *looks) fields(ctx context.Context, ws string, f flow.Flow, specs [2]*connector.Spec) [2][]connector.Field {
	x := l.at(ws, f, specs)
	if !within(ctx, x.fields, fieldsWait) {
		return [2][]connector.Field{}
	}
	return x.ground.Fit(f, specs).Fields
}
