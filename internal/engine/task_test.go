package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

const minute = time.Minute

const (
	due1 = "2031-05-20T15:00:00Z"
	due2 = "2031-06-01T09:30:00Z"
)

func TestTasksGoWhereTheirContactIsLinked(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, b := f.couple("ada@example.com")
	f.as(f.tasks)
	one := f.put(engine.A, a, fields{"title": "Call back", "body": "about the offer", "dueDate": due1, "completed": false})
	two := f.put(engine.B, b, fields{"name": "Send the contract", "due_date": due2, "done": true})
	r := f.sync(f.tasks)
	if r.To[engine.A].Created != 1 || r.To[engine.B].Created != 1 {
		t.Errorf("%+v", r.To)
	}
	f.wantKids(engine.A, "title", "Call back", "Send the contract")
	f.wantKids(engine.B, "name", "Call back", "Send the contract")
	f.togetherKids()
	f.quietKids()

	f.turn(engine.A, one, fields{"completed": true})
	f.turn(engine.B, two, fields{"name": "Send the contract again", "done": false})
	f.sync(f.tasks)
	f.wantKids(engine.B, "done", "true", "false")
	f.wantKids(engine.A, "title", "Call back", "Send the contract again")
	f.wantKids(engine.A, "completed", "true", "false")
	f.togetherKids()
	f.quietKids()
}

func TestATaskWaitsUntilItsContactIsLinked(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	f.couple("ada@example.com")
	f.as(f.contacts)
	bea := f.add(engine.A, fields{"firstName": "Bea", "lastName": "Cole", "email": "bea@example.com"})
	f.as(f.tasks)
	f.put(engine.A, bea, fields{"title": "Call back", "dueDate": due1, "completed": false})
	for range 2 { // the second rehearsal follows the first, and then a run
		if r := f.request(engine.Request{Look: true, DryRun: true}, engine.Done); r.Waiting != [2]int{1, 0} || r.To[engine.B].Created != 0 {
			t.Errorf("foretold %+v, waiting %v", r.To, r.Waiting)
		}
	}
	r := f.sync(f.tasks)
	if again := f.request(engine.Request{Look: true, DryRun: true}, engine.Done); again.Waiting != [2]int{1, 0} {
		t.Errorf("after the run %v are foretold to wait", again.Waiting)
	}
	if r.To[engine.B].Created != 0 || r.Review != 0 || r.Waiting != [2]int{1, 0} {
		t.Errorf("%+v, %d in review, waiting %v", r.To, r.Review, r.Waiting)
	}
	f.sync(f.contacts)
	r = f.sync(f.tasks)
	if r.To[engine.B].Created != 1 || r.Waiting != [2]int{} {
		t.Errorf("%+v, waiting %v", r.To, r.Waiting)
	}
	f.togetherKids()
	f.quietKids()
}

func TestATaskFlowWithoutLinkedContactsSaysWhatToDo(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	r := f.as(f.tasks).run(engine.Paused)
	if r.Halt.Why != engine.HaltParents || !strings.Contains(r.Note, "Create a flow for contacts") {
		t.Errorf("%+v %q", r.Halt, r.Note)
	}
}

func TestEqualTasksArePairedOneToOne(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, b := f.couple("ada@example.com")
	f.as(f.tasks)
	for range 3 {
		f.put(engine.A, a, fields{"title": "Call", "dueDate": due1, "completed": false})
	}
	for range 2 {
		f.put(engine.B, b, fields{"name": "Call", "due_date": due1, "done": false})
	}
	// Alike in title and date, and one of each is left: the same task, which somebody has done.
	f.put(engine.A, a, fields{"title": "Write", "dueDate": due2, "completed": true})
	f.put(engine.B, b, fields{"name": "Write", "due_date": due2, "done": false})
	// Alike, and nobody could tell which is which.
	f.put(engine.A, a, fields{"title": "Meet", "dueDate": due2, "completed": false, "body": "one"})
	f.put(engine.A, a, fields{"title": "Meet", "dueDate": due2, "completed": false, "body": "two"})
	f.put(engine.B, b, fields{"name": "Meet", "due_date": due2, "done": false, "description": "three"})
	r := f.sync(f.tasks)
	if r.Linked != 3 || r.To[engine.A].Created != 1 || r.To[engine.B].Created != 3 {
		t.Errorf("linked %d, %+v", r.Linked, r.To)
	}
	f.wantKids(engine.A, "title", "Call", "Call", "Call", "Write", "Meet", "Meet", "Meet")
	f.wantKids(engine.B, "name", "Call", "Call", "Call", "Write", "Meet", "Meet", "Meet")
	for _, kid := range f.kids(engine.B) {
		if kid.Fields["name"] == "Write" && kid.Fields["done"] != true {
			t.Error("done did not win over open")
		}
	}
	f.togetherKids()
	f.quietKids()
}

func TestADueDateKeepsItsInstant(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	_, b := f.couple("ada@example.com")
	f.as(f.tasks)
	f.put(engine.B, b, fields{"name": "Long ago", "due_date": "2020-01-02T03:04:05+02:00", "done": false})
	f.sync(f.tasks)
	for _, kid := range f.kids(engine.A) {
		if at, err := time.Parse(time.RFC3339, fmt.Sprint(kid.Fields["dueDate"])); err != nil || !at.Equal(time.Date(2020, 1, 2, 1, 4, 5, 0, time.UTC)) {
			t.Errorf("%v", kid.Fields["dueDate"])
		}
	}
	f.togetherKids()
	f.quietKids()
}

func TestWhatASystemAsksForIsFilledIn(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, _ := f.couple("ada@example.com")
	f.tasks.Map = f.tasks.Map[:1] // only the title travels
	f.as(f.tasks)
	f.put(engine.A, a, fields{"title": "Some day", "dueDate": due1, "completed": false})
	f.sync(f.tasks)
	f.wantKids(engine.B, "name", "Some day")
	f.quietKids()
}

func TestAnAssignmentIsTranslatedOrLeft(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	sam := f.box.HighLevel.AddUser("Sam", "Seller", "sam.seller@example.com")
	hanna := f.box.HighLevel.AddUser("Hanna", "Helper", "hanna.helper@example.com")
	a, _ := f.couple("ada@example.com")
	f.as(f.tasks)
	f.put(engine.A, a, fields{"title": "for Sam", "dueDate": due1, "completed": false, "assignedTo": sam})
	two := f.put(engine.A, a, fields{"title": "for Hanna", "dueDate": due1, "completed": false, "assignedTo": hanna})
	r := f.sync(f.tasks)
	if n := r.To[engine.B].Failed; n != 0 || r.To[engine.B].Created != 2 {
		t.Errorf("%+v", r.To)
	}
	f.wantKids(engine.B, "assigned_to", "926", "<nil>")
	problems, err := f.st.Problems(t.Context(), ws, f.pair().ID, engine.Place{Side: -1}, 9)
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Problem, "Hanna") {
		t.Errorf("%+v, %v", problems, err)
	}
	f.quietKids()
	f.turn(engine.A, two, fields{"assignedTo": sam})
	f.sync(f.tasks)
	f.wantKids(engine.B, "assigned_to", "926", "926")
	f.quietKids()
}

func TestADeletedTaskIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, b := f.couple("ada@example.com")
	f.as(f.tasks)
	one := f.put(engine.A, a, fields{"title": "Call", "dueDate": due1, "completed": false})
	f.put(engine.B, b, fields{"name": "Write", "due_date": due2, "done": false})
	f.sync(f.tasks)
	f.drop(engine.A, one)
	for range 3 {
		f.pass(25 * time.Hour)
		f.sync(f.tasks)
	}
	f.wantKids(engine.A, "title", "Write")
	f.wantKids(engine.B, "name", "Call", "Write")
	if n := f.deletes(); n != 0 {
		t.Errorf("%d deletes", n)
	}
	f.quietKids()
}

// A system may make a record, lose one of its values, and not answer.
func TestATaskWhoseCreateLostThatItIsDoneIsDone(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	_, b := f.couple("ada@example.com")
	f.as(f.tasks)
	f.put(engine.B, b, fields{"name": "Write", "due_date": due2, "done": true})
	was := f.writes(engine.A)
	if !f.diesAt(engine.Request{Look: true}, func(m string) bool { return m == "Commit" && f.writes(engine.A) > was }) {
		t.Fatal("nothing was made")
	}
	for id := range f.kids(engine.A) {
		f.turn(engine.A, id, fields{"completed": false})
	}
	f.pass(minute)
	f.sync(f.tasks)
	f.wantKids(engine.A, "completed", "true")
	f.wantKids(engine.B, "done", "true")
	if n := len(f.togetherKids()); n != 1 {
		t.Errorf("%d links", n)
	}
	f.quietKids()
}

func TestACreateWhoseAnswerWasLostIsFoundByWhatItSays(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, b := f.couple("ada@example.com")
	f.as(f.tasks)
	for range 3 {
		f.put(engine.A, a, fields{"title": "Call", "dueDate": due1, "completed": false})
		f.put(engine.B, b, fields{"name": "Write", "due_date": due2, "done": false})
	}
	f.fault("timeout", 0.3)
	f.fault("after", 0.3)
	f.request(engine.Request{Look: true}, engine.Done)
	f.calm()
	f.pass(minute)
	f.sync(f.tasks)
	f.wantKids(engine.A, "title", "Call", "Call", "Call", "Write", "Write", "Write")
	f.wantKids(engine.B, "name", "Call", "Call", "Call", "Write", "Write", "Write")
	f.togetherKids()
	f.quietKids()
}

// A yes that is answered with a no was not taken: it is no form of the value, as a cut name is, and is sent again.
func TestADoneThatIsLostInACreateIsSentAgain(t *testing.T) {
	t.Parallel()
	for seed := range 5 { // which field the system loses is the sandbox's draw
		f := newFamily(t, sandbox.Options{Seed: int64(seed + 1)})
		a, _ := f.couple("ada@example.com")
		f.as(f.tasks)
		f.put(engine.A, a, fields{"title": "Call back", "dueDate": due1, "completed": true})
		f.fault("ignore-field", 1)
		f.flow.Retry.MaxAttempts = 100
		f.e.Store = &tap{Store: f.st, on: func(m string) error {
			if m == "Commit" {
				f.fault("ignore-field", 0)
			}
			return nil
		}}
		f.sync(f.tasks)
		f.wantKids(engine.B, "done", "true")
		f.togetherKids()
	}
}
