package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/usercom"
)

// anyDue is a due date as some program may write it: long gone or far ahead, in any zone, to the minute or to the
// millisecond, or a whole day of somebody's.
func anyDue(r *rand.Rand) (text string, at time.Time) {
	at = time.Date(1971+r.IntN(128), time.Month(1+r.IntN(12)), 1+r.IntN(31), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1000)*1e6, time.UTC)
	zone := time.FixedZone("", []int{0, 0, 3600, -5 * 3600, 5*3600 + 1800, 12*3600 + 2700, -11 * 3600}[r.IntN(7)])
	switch r.IntN(4) {
	case 0: // the whole day, as midnight where somebody lives
		at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
	case 1: // around the hour that a change of the clocks skips or repeats
		warsaw, err := time.LoadLocation("Europe/Warsaw")
		if err != nil {
			warsaw = time.UTC
		}
		at = time.Date(2031, time.March, 30, 1+r.IntN(3), r.IntN(60), 0, 0, warsaw)
		zone = warsaw
	case 2:
		at = at.Truncate(time.Minute)
	}
	return at.In(zone).Format(time.RFC3339Nano), at.UTC()
}

// A due date is a point in time. Whatever it is and wherever it was typed, both sides name the same one, and none flows back.
func TestDueDatesNameTheSameInstantOnBothSides(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	f := newFamily(t, sandbox.Options{Seed: 3})
	var people [2]string
	people[engine.A], people[engine.B] = f.couple("ada@example.com")
	f.as(f.tasks)
	names := [2][2]string{{"title", "dueDate"}, {"name", "due_date"}}
	want := map[string]time.Time{}
	ids := map[string]string{}
	check := func() {
		t.Helper()
		f.as(f.tasks).request(engine.Request{Look: true, Allow: true}, engine.Done)
		for side, n := range names {
			kids := f.kids(engine.Side(side))
			if len(kids) != len(want) {
				t.Fatalf("%d tasks on side %s, want %d", len(kids), engine.Side(side), len(want))
			}
			for _, kid := range kids {
				title := fmt.Sprint(kid.Fields[n[0]])
				if at, err := time.Parse(time.RFC3339, fmt.Sprint(kid.Fields[n[1]])); err != nil || !at.Equal(want[title]) {
					t.Errorf("side %s: %s is due %v, want %v", engine.Side(side), title, kid.Fields[n[1]], want[title])
				}
			}
		}
		f.quietKids()
	}
	for i := range 60 {
		side, title := engine.Side(i%2), fmt.Sprint("Task ", i)
		text, at := anyDue(r)
		typed := fields{names[side][0]: title, names[side][1]: text, [2]string{"completed", "done"}[side]: false}
		ids[title], want[title] = f.put(side, people[side], typed), at
	}
	check()
	for i := range 60 { // somebody puts each off, on the one side or the other
		title := fmt.Sprint("Task ", i)
		side, id := engine.Side(i%2), ids[title]
		if i%3 == 0 {
			side, id = side.Other(), f.partner(side, id)
		}
		text, at := anyDue(r)
		f.turn(side, id, fields{names[side][1]: text})
		want[title] = at
	}
	check()
}

// HighLevel has no task without a due date. It gets one there, and stays without one where it has none.
func TestATaskWithoutADueDateStaysWithoutOne(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	_, b := f.couple("ada@example.com")
	f.as(f.tasks)
	id := f.box.UserCom.AddTask(b, usercom.Seeded{Title: "Some day", Made: f.box.Clock.Now().Add(-time.Hour)})
	f.sync(f.tasks)
	f.wantKids(engine.B, "due_date", "<nil>")
	a := f.partner(engine.B, id)
	if due := f.kids(engine.A)[a].Fields["dueDate"]; due == nil {
		t.Error("it has no due date where there must be one")
	}
	f.quietKids()
	f.turn(engine.B, id, fields{"name": "One day"})
	f.sync(f.tasks)
	f.wantKids(engine.A, "title", "One day")
	f.wantKids(engine.B, "due_date", "<nil>")
	f.turn(engine.A, a, fields{"dueDate": due2}) // now somebody has given it one
	f.sync(f.tasks)
	f.togetherKids()
	f.quietKids()
	if at, err := time.Parse(time.RFC3339, fmt.Sprint(f.kids(engine.B)[id].Fields["due_date"])); err != nil || at.Format(time.RFC3339) != due2 {
		t.Errorf("due %v", f.kids(engine.B)[id].Fields["due_date"])
	}
}

// That a task was moved may show only when it is read for a write to its partner: nothing of it goes over then either.
func TestATaskThatWasMovedUnseenWaits(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	_, ada := f.couple("ada@example.com")
	bea := f.as(f.contacts).add(engine.B, fields{"first_name": "Bea", "email": "bea@example.com"})
	f.sync(f.contacts)
	f.as(f.tasks)
	id := f.put(engine.B, ada, fields{"name": "Call", "due_date": due1, "done": false})
	f.sync(f.tasks)
	m := f.mirror(engine.B, id)
	m.Missing = []string{"name"}
	f.world.put(engine.B, m)
	n, _ := strconv.ParseFloat(bea, 64)
	f.turn(engine.B, id, fields{"user_id": n, "name": "Call soon"})
	f.pass(time.Minute)
	now := f.box.Clock.Now()
	if err := f.st.AddHints(t.Context(), ws, f.pair().ID, []engine.Hint{{Side: engine.A, ID: f.partner(engine.B, id), Reason: "poll", At: now, Due: now}}); err != nil {
		t.Fatal(err)
	}
	f.request(engine.Request{}, engine.Done)
	f.wantKids(engine.A, "title", "Call")
}

// A task that somebody moves to another contact waits: its partner cannot be moved, and is not made anew. When it comes back, or
// was moved by mistake, all goes on.
func TestATaskThatIsMovedToAnotherContactWaits(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	_, ada := f.couple("ada@example.com")
	bea := f.as(f.contacts).add(engine.B, fields{"first_name": "Bea", "email": "bea@example.com"})
	f.sync(f.contacts)
	f.as(f.tasks)
	id := f.put(engine.B, ada, fields{"name": "Call", "due_date": due1, "done": false})
	f.sync(f.tasks)
	move := func(to string, more fields) {
		t.Helper()
		var n float64
		_, _ = fmt.Sscan(to, &n)
		more["user_id"] = n
		f.turn(engine.B, id, more)
		f.sync(f.tasks)
	}
	move(bea, fields{"name": "Call soon"})
	for range 3 {
		f.pass(25 * time.Hour)
		f.sync(f.tasks)
	}
	f.wantKids(engine.A, "title", "Call")
	f.wantKids(engine.B, "name", "Call soon")
	if n := len(f.links()); n != 1 || f.reviews()["b "+id] != "" {
		t.Errorf("%d links, reviews %v", n, f.reviews())
	}
	move(ada, fields{})
	f.wantKids(engine.A, "title", "Call soon")
	f.togetherKids()
	f.quietKids()
}
