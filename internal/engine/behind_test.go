package engine_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// A list shows an earlier edit of a record and not yet its newest one. A write to it is no reason to go over that: of two people who typed,
// the one who gave way is kept.
func TestAListThatIsBehindIsNoReasonToWriteWithoutReading(t *testing.T) {
	t.Parallel()
	for _, full := range []bool{false, true} {
		w := newWorld(t, sandbox.Options{UserComLag: 20 * time.Second})
		a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron", "phone": "+12025550100"})
		w.e.Settle = 30 * time.Second
		w.pass(10 * time.Minute)
		w.run(engine.Done)
		w.pass(10 * time.Minute)
		w.edit(engine.B, b, fields{"name": "Augusta Byron"})
		w.pass(22 * time.Second)
		w.edit(engine.B, b, fields{"phone_number": "+12025550102"}) // not shown by the list yet
		w.edit(engine.A, a, fields{"phone": "+12025550101"})
		w.pass(3 * time.Second)
		for range 3 {
			w.request(engine.Request{Look: true, Full: full}, engine.Done)
			w.pass(time.Minute)
		}
		if len(w.conflicts(false))+len(w.conflicts(true)) == 0 {
			t.Errorf("full %v: somebody typed +12025550102 into User.com, and nobody knows of it any more", full)
		}
	}
}

// lateFinder has somebody type right before a search, and one create go unheard.
type lateFinder struct {
	whole
	create, find *sync.Once
	made         func(id string)
	before       func()
}

func (l lateFinder) Create(ctx context.Context, object, parent string, set connector.Fields) (r connector.Record, err error) {
	r, err = l.whole.Create(ctx, object, parent, set)
	l.create.Do(func() {
		if err == nil {
			l.made(r.ID)
			r, err = connector.Record{}, &connector.Error{Kind: connector.Unknown, Message: "no answer"}
		}
	})
	return r, err
}

// A create that nobody heard the answer to is found by a search, which is behind. What a person typed into the new record meanwhile is
// read before it is written.
func TestWhatASearchShowsIsNoReasonToWriteWithoutReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{UserComLag: 1500 * time.Millisecond})
	w.e.Settle = 2 * time.Second
	w.run(engine.Done)
	a := w.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron", "phone": "+12025550100"})
	w.pass(time.Minute)
	var b string
	l := lateFinder{create: &sync.Once{}, find: &sync.Once{}, made: func(id string) {
		b = id
		w.edit(engine.A, a, fields{"phone": "+12025550101"})
		w.hint(engine.A, a)
	}, before: func() { w.edit(engine.B, b, fields{"phone_number": "+12025550102"}) }}
	w.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.A {
			return c
		}
		return &finder{whole: c, l: &l, b: &b}
	}
	for range 3 {
		w.run(engine.Done)
		w.pass(time.Minute)
	}
	if !strings.Contains(strings.Join(append(w.conflicts(false), w.conflicts(true)...), " "), "+12025550102") {
		t.Error("somebody typed +12025550102 into User.com, and nobody knows of it any more")
	}
}

type finder struct {
	whole
	l *lateFinder
	b *string
}

func (f *finder) Create(ctx context.Context, object, parent string, set connector.Fields) (connector.Record, error) {
	x := *f.l
	x.whole = f.whole
	return x.Create(ctx, object, parent, set)
}

func (f *finder) Find(ctx context.Context, object, parent string, by connector.Fields) ([]connector.Record, error) {
	if *f.b != "" {
		f.l.find.Do(f.l.before)
	}
	return f.whole.Find(ctx, object, parent, by)
}

// slowB is a User.com whose updates wait for their turn.
type slowB struct {
	whole
	w    *world
	wait time.Duration
	once *sync.Once
}

func (s slowB) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	s.once.Do(func() { s.w.pass(s.wait) })
	return s.whole.Update(ctx, ref, set)
}

// The search for another record's key shows a linked record as it was before our own write: the old row is no change that somebody made.
func TestAnOldRowOfASearchIsNoChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{UserComLag: 20 * time.Second})
	w.e.Settle = 30 * time.Second
	a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"})
	w.pass(time.Hour)
	w.run(engine.Done)
	w.pass(time.Hour)
	once := &sync.Once{}
	w.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.A {
			return c
		}
		return slowB{c, w, 25 * time.Second, once}
	}
	w.edit(engine.A, a, fields{"email": "augusta@example.com", "firstName": "Augusta"})
	w.add(engine.A, fields{"email": "ada@example.com", "firstName": "Other", "lastName": "Ada"})
	w.pass(2 * time.Second)
	for range 3 {
		w.run(engine.Done)
		w.want(engine.A, a, fields{"email": "augusta@example.com", "firstName": "Augusta"})
		w.pass(time.Minute)
	}
	w.want(engine.B, b, fields{"email": "augusta@example.com"})
	if n := w.writes(engine.A); n != 0 {
		t.Errorf("%d writes to HighLevel, want none", n)
	}
}

// A system says by its own clock when a record was made, and ours may be ahead of it.
func TestTheSettleTimeHoldsThoughOurClockIsAhead(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{0, time.Minute} {
		w := newWorld(t, sandbox.Options{UserComLag: 1500 * time.Millisecond})
		w.e.Settle = 2 * time.Second
		w.e.Now = func() time.Time { return w.box.Clock.Now().Add(ahead) }
		w.run(engine.Done)
		w.pass(time.Hour)
		a := w.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"})
		w.add(engine.B, fields{"email": "ada@example.com", "first_name": "Ada", "last_name": "Byron"})
		w.run(engine.Done)
		w.pass(time.Minute)
		w.run(engine.Done)
		if n := len(w.all(engine.B)); n != 1 {
			t.Errorf("%s ahead: %d people in User.com, want one (%s)", ahead, n, a)
		}
	}
}

// Somebody types the whole of a name of which User.com shows its cut form, as far as is known. What else was typed there meanwhile is
// no newer change: the two of them are a conflict, and the one that gives way is kept.
func TestAChangeThatTheOtherSideSeemsToHoldIsAgreedOnlyWithWhatItHoldsNow(t *testing.T) {
	t.Parallel()
	long, cut := strings.Repeat("Steinhausen", 5), cut40(strings.Repeat("Steinhausen", 5))
	w := newWorld(t, sandbox.Options{})
	b := w.add(engine.B, fields{"email": "ada@example.com", "first_name": "Ada", "last_name": cut})
	w.run(engine.Done)
	a := w.partner(engine.B, b)
	w.pass(time.Hour)
	w.edit(engine.B, b, fields{"name": "Ann " + cut})
	w.edit(engine.A, a, fields{"lastName": long})
	w.hint(engine.A, a)
	w.request(engine.Request{}, engine.Done)
	w.pass(time.Minute)
	for range 3 {
		w.run(engine.Done)
		w.pass(time.Minute)
	}
	kept := strings.Join(append(w.conflicts(false), w.conflicts(true)...), " ")
	if !strings.Contains(kept, long) && w.shows(engine.A, a, "lastName") != long {
		t.Errorf("side a shows %q, kept are %q: the whole name is lost", w.shows(engine.A, a, "lastName"), kept)
	}
}
