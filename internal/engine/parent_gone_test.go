package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// hidden is a system that suddenly shows nobody and nothing.
type hidden struct{ whole }

func notThere() error {
	return &connector.Error{Kind: connector.NotFound, Status: 404, Message: "not found"}
}

func (h hidden) List(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	p, err := h.whole.List(ctx, req)
	if req.Parent != "" {
		err = notThere()
	}
	p.Records, p.Next = nil, ""
	return p, err
}

func (h hidden) Get(context.Context, connector.Ref) (connector.Record, error) {
	return connector.Record{}, notThere()
}

func (h hidden) Find(context.Context, string, string, connector.Fields) ([]connector.Record, error) {
	return nil, nil
}

// looks runs a flow with a complete reading, whatever it ends in.
func (f *family) looks(x flow.Flow, more engine.Request) engine.Run {
	f.t.Helper()
	more.Workspace, more.Flow, more.Trigger, more.Look, more.Full = ws, x, "manual", true, true
	r, err := f.as(x).e.Run(f.t.Context(), more)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// hangers are the flows of what hangs on contacts, with what a person types for one on side a.
func (f *family) hangers() (flows [2]flow.Flow, typed [2]fields) {
	return [2]flow.Flow{f.tasks, f.notes}, [2]fields{{"title": "Call", "dueDate": due1, "completed": false}, {"body": "Call"}}
}

// The brake of the contacts says that the account is more likely mistaken than empty. So it is with what hangs on them.
func TestAnOutageThatTheBrakeHoldsKeepsWhatHangsOnTheContacts(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	out := false
	f.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.A && out {
			return hidden{c}
		}
		return c
	}
	const n = 12
	f.as(f.contacts)
	var people []string
	for i := range n {
		people = append(people, f.add(engine.A, fields{"firstName": "P", "email": fmt.Sprintf("p%d@example.com", i)}))
	}
	f.sync(f.contacts)
	flows, typed := f.hangers()
	for i, x := range flows {
		f.as(x)
		for _, a := range people {
			f.put(engine.A, a, typed[i])
		}
		f.sync(x)
	}
	f.pass(time.Hour)
	out = true
	for round := range 3 {
		f.looks(f.contacts, engine.Request{})
		for _, x := range flows {
			dry := f.looks(x, engine.Request{DryRun: true})
			r := f.looks(x, engine.Request{})
			if len(f.links()) != n || r.Status != engine.Done {
				t.Errorf("round %d: %d links of %ss, want %d; %s %q", round, len(f.links()), x.Object, n, r.Status, r.Note)
			}
			f.foretold(dry, r)
		}
		f.pass(11 * time.Minute)
	}
	if f.as(f.contacts); len(f.links()) != n {
		t.Fatalf("%d links of contacts", len(f.links()))
	}
	out = false
	f.looks(f.contacts, engine.Request{})
	for _, x := range flows {
		f.pass(11 * time.Minute)
		f.looks(x, engine.Request{})
		if got := f.togetherKids(); len(got) != n {
			t.Errorf("%d links of %ss", len(got), x.Object)
		}
		f.quietKids()
	}
}

func TestWhatHangsOnADeletedContactIsLetGo(t *testing.T) {
	t.Parallel()
	for _, policy := range []flow.Delete{flow.Detach, flow.Restore} {
		f := newFamily(t, sandbox.Options{Seed: 3})
		f.contacts.Delete = policy
		a, b := f.couple("ada@example.com")
		flows, typed := f.hangers()
		var left [2]string
		for i, x := range flows {
			f.as(x)
			id := f.put(engine.A, a, typed[i])
			f.sync(x)
			left[i] = f.partner(engine.A, id)
		}
		f.pass(time.Hour)
		f.as(f.contacts).lose(engine.A, a, nil)
		for i, x := range flows {
			f.as(x)
			f.turn(engine.B, left[i], fields{"description": "Somebody goes on working here"})
		}
		for range 3 {
			f.pass(25 * time.Hour)
			f.looks(f.contacts, engine.Request{})
			for _, x := range flows {
				f.looks(x, engine.Request{})
				f.pass(11 * time.Minute)
				f.looks(x, engine.Request{})
			}
		}
		for _, x := range flows {
			r := f.looks(x, engine.Request{})
			if n := len(f.links()); n != 0 || r.Waiting != [2]int{} || r.To[engine.A].Created != 0 {
				t.Errorf("%s: %d links of %ss, waiting %v, %+v", policy, n, x.Object, r.Waiting, r.To)
			}
			if len(f.kids(engine.A)) != 0 || len(f.kids(engine.B)) != 1 {
				t.Errorf("%s: %d and %d %ss", policy, len(f.kids(engine.A)), len(f.kids(engine.B)), x.Object)
			}
			f.quietKids()
		}
		if again := f.as(f.contacts).partner(engine.B, b); (again != "") != (policy == flow.Restore) {
			t.Errorf("%s: the contact's partner is %q", policy, again)
		}
	}
}

// Somebody edits a task or note just while its contact is deleted and made again: its partner is found to be missing before
// anybody knows that the contact is gone.
func TestWhatIsEditedWhileItsContactIsMadeAgainIsLetGo(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	f.contacts.Delete = flow.Restore
	a, b := f.couple("ada@example.com")
	flows, typed := f.hangers()
	var left [2]string
	for i, x := range flows {
		f.as(x)
		id := f.put(engine.A, a, typed[i])
		f.sync(x)
		left[i] = f.partner(engine.A, id)
	}
	f.pass(time.Hour)
	f.as(f.contacts).remove(engine.A, a)
	f.looks(f.contacts, engine.Request{}) // suspects it
	for i, x := range flows {
		f.as(x)
		f.turn(engine.B, left[i], map[string]fields{"task": {"name": "Call soon"}, "note": {"description": "Call soon"}}[x.Object])
		f.sync(x)
		f.looks(x, engine.Request{})
	}
	f.pass(11 * time.Minute)
	f.looks(f.contacts, engine.Request{}) // finds it gone, and makes it again
	if again := f.as(f.contacts).partner(engine.B, b); again == "" || again == a {
		t.Fatalf("the contact's partner is %q", again)
	}
	for _, x := range flows {
		for range 3 {
			f.pass(11 * time.Minute)
			f.looks(x, engine.Request{})
		}
		if r := f.looks(x, engine.Request{}); len(f.as(x).links()) != 0 || r.Waiting != [2]int{} || len(f.kids(engine.A)) != 0 {
			t.Errorf("%d links of %ss, waiting %v, %d on side a", len(f.links()), x.Object, r.Waiting, len(f.kids(engine.A)))
		}
		f.as(x)
		f.quietKids()
	}
}

// What could not be made because its contact was gone over there is made once the contact was made again.
func TestWhatWasRefusedWithoutItsContactIsMadeOnceThatIsMadeAgain(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, b := f.couple("ada@example.com")
	f.contacts.Delete = flow.Restore
	f.sync(f.tasks)
	f.as(f.contacts).remove(engine.B, b)
	f.as(f.tasks)
	f.put(engine.A, a, fields{"title": "Call back", "dueDate": due1, "completed": false})
	for range 4 { // until it is given up
		f.pass(time.Hour)
		f.looks(f.tasks, engine.Request{})
	}
	for range 2 {
		f.pass(11 * time.Minute)
		f.looks(f.contacts, engine.Request{})
	}
	if p := f.as(f.contacts).partner(engine.A, a); p == b || p == "" {
		t.Fatalf("the contact was not made again: %q", p)
	}
	f.looks(f.tasks, engine.Request{})
	f.as(f.tasks)
	f.wantKids(engine.B, "name", "Call back")
	f.togetherKids()
}
