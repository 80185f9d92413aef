package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

func TestNotesGoWhereTheirContactIsLinked(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, b := f.couple("ada@example.com")
	f.as(f.notes)
	one := f.put(engine.A, a, fields{"body": "<p>Asked about prices.</p>"})
	two := f.put(engine.B, b, fields{"description": "<p>Is on holiday.</p>"})
	r := f.sync(f.notes)
	if r.To[engine.A].Created != 1 || r.To[engine.B].Created != 1 {
		t.Errorf("%+v", r.To)
	}
	f.wantKids(engine.A, "body", "Asked about prices.", "Is on holiday.")
	f.wantKids(engine.B, "description", "Asked about prices.", "Is on holiday.")
	f.togetherKids()
	f.quietKids()

	f.turn(engine.A, one, fields{"body": "<p>Asked about prices twice.</p>"})
	f.hint(engine.A, one) // no list tells of it
	f.turn(engine.B, two, fields{"description": "<p>Is back.</p>"})
	r = f.sync(f.notes)
	if r.To[engine.A].Updated != 1 || r.To[engine.B].Updated != 1 {
		t.Errorf("%+v", r.To)
	}
	f.wantKids(engine.A, "body", "Asked about prices twice.", "Is back.")
	f.wantKids(engine.B, "description", "Asked about prices twice.", "Is back.")
	f.togetherKids()
	f.quietKids()
}

// raw are the texts of the notes of a side as it keeps them.
func (f *family) raw(side engine.Side, field string) (all []string) {
	f.t.Helper()
	for _, r := range f.kids(side) {
		all = append(all, fmt.Sprint(r.Fields[field]))
	}
	return all
}

// What both sides read the same is the same note, each keeps its own way to write it, and a new one arrives as it was written.
func TestANoteIsComparedByWhatCanBeReadAndTravelsAsItWasWritten(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, b := f.couple("ada@example.com")
	f.as(f.notes)
	const here, there, fresh = "<p>Met at the <b>fair</b> &amp; asked.</p>", "<div>Met at the fair & asked.</div>", `<p>See <a href="https://example.com/?a=1&amp;b=2">the offer</a>.</p>`
	one := f.put(engine.A, a, fields{"body": here})
	f.put(engine.B, b, fields{"description": there})
	f.put(engine.A, a, fields{"body": fresh})
	r := f.sync(f.notes)
	if r.Linked != 1 || r.To[engine.A] != (engine.Counts{}) || r.To[engine.B].Created != 1 || r.To[engine.B].Updated != 0 {
		t.Errorf("linked %d, %+v", r.Linked, r.To)
	}
	if got := f.raw(engine.A, "body"); !sameBag(got, []string{here, fresh}) {
		t.Errorf("side a keeps %q", got)
	}
	if got := f.raw(engine.B, "description"); !sameBag(got, []string{there, fresh}) {
		t.Errorf("side b keeps %q", got)
	}
	f.quietKids()
	// Another way to write the same words is no change.
	f.turn(engine.A, one, fields{"body": "<div><i>Met at the fair</i> &amp; asked.<br></div>"})
	f.hint(engine.A, one)
	if r := f.sync(f.notes); r.To != [2]engine.Counts{} {
		t.Errorf("%+v", r.To)
	}
	if got := f.raw(engine.B, "description"); !sameBag(got, []string{there, fresh}) {
		t.Errorf("side b keeps %q", got)
	}
	f.quietKids()
}

func TestANoteOfASideWithPlainTextLeavesTheOtherSidesFormattingAlone(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	f.settings = map[string]string{"text_format": "text"}
	a, b := f.couple("ada@example.com")
	f.as(f.notes)
	const here = "<p>Wants:</p><ul><li>prices</li><li>a demo</li></ul>"
	f.put(engine.A, a, fields{"body": here})
	f.put(engine.B, b, fields{"description": "Tom & Jerry <tj@example.com>\nsecond line"})
	f.sync(f.notes)
	if got := f.raw(engine.A, "body"); len(got) != 2 || got[0] != here && got[1] != here {
		t.Errorf("side a keeps %q", got)
	}
	for _, text := range f.raw(engine.B, "description") {
		if strings.Contains(text, "<p>") || strings.Contains(text, "<li>") {
			t.Errorf("side b shows markup: %q", text)
		}
	}
	f.togetherKids()
	f.quietKids()
}

func TestANoteWaitsUntilItsContactIsLinked(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	f.couple("ada@example.com")
	f.as(f.contacts)
	bea := f.add(engine.B, fields{"first_name": "Bea", "last_name": "Cole", "email": "bea@example.com"})
	cy := f.add(engine.A, fields{"firstName": "Cy", "email": "cy@example.com"})
	f.as(f.notes)
	f.put(engine.B, bea, fields{"description": "Is away"})
	f.put(engine.A, cy, fields{"body": "Is here"})
	r := f.sync(f.notes)
	// Nobody reads the notes of a contact without a partner in a system that lists them contact by contact.
	if r.To != [2]engine.Counts{} || r.Review != 0 || r.Waiting != [2]int{0, 1} {
		t.Errorf("%+v, %d in review, waiting %v", r.To, r.Review, r.Waiting)
	}
	f.sync(f.contacts)
	r = f.sync(f.notes)
	if r.To[engine.A].Created != 1 || r.To[engine.B].Created != 1 || r.Waiting != [2]int{} {
		t.Errorf("%+v, waiting %v", r.To, r.Waiting)
	}
	f.togetherKids()
	f.quietKids()
}

func TestADeletedNoteIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, b := f.couple("ada@example.com")
	f.as(f.notes)
	one := f.put(engine.A, a, fields{"body": "One"})
	two := f.put(engine.B, b, fields{"description": "Two"})
	f.put(engine.A, a, fields{"body": "Three"})
	f.sync(f.notes)
	f.drop(engine.A, one)
	f.hint(engine.A, one)
	f.drop(engine.B, two)
	for range 3 {
		f.pass(25 * time.Hour)
		f.sync(f.notes)
	}
	f.wantKids(engine.A, "body", "Two", "Three")
	f.wantKids(engine.B, "description", "One", "Three")
	if n := f.deletes(); n != 0 {
		t.Errorf("%d deletes", n)
	}
	f.togetherKids()
	f.quietKids()
}

func TestADeletedTaskOrNoteIsMadeAgainOnceWhereTheFlowSaysSo(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	f.tasks.Delete, f.notes.Delete = flow.Restore, flow.Restore
	a, _ := f.couple("ada@example.com")
	flows, typed := f.hangers()
	for _, x := range flows {
		one := f.as(x).flow.Object
		id := f.put(engine.A, a, typed[map[string]int{"task": 0, "note": 1}[one]])
		f.sync(x)
		for round := range 2 {
			f.drop(engine.B, f.partner(engine.A, id))
			for range 3 {
				f.pass(25 * time.Hour)
				f.sync(x)
			}
			want := 1 - round // the second time a person is asked
			if n := len(f.kids(engine.B)); n != want || len(f.kids(engine.A)) != 1 || len(f.reviews()) != round {
				t.Errorf("%s, deleted %d times: %d there and %d here, reviews %v", one, round+1, n, len(f.kids(engine.A)), f.reviews())
			}
			if l := f.link(engine.A, id); round == 0 && (l.Made != "restore" || l.Parent == "") {
				t.Errorf("%s: %+v", one, l)
			}
		}
		f.quietKids()
	}
}

func TestANoteWhoseCreateWasNotAnsweredIsFoundByWhatItSays(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, b := f.couple("ada@example.com")
	f.as(f.notes)
	texts := []string{"No answer.", "No answer.", "No answer.", "Called back.", "Mine.", "Mine."}
	for i, text := range texts {
		if i < 4 {
			f.put(engine.A, a, fields{"body": "<p>" + text + "</p>"})
		} else {
			f.put(engine.B, b, fields{"description": "<p>" + text + "</p>"})
		}
	}
	f.fault("after", 0.6) // made, and not answered
	f.request(engine.Request{Look: true}, engine.Done)
	f.calm()
	f.pass(minute)
	f.sync(f.notes)
	f.wantKids(engine.A, "body", texts...)
	f.wantKids(engine.B, "description", texts...)
	if n := len(f.togetherKids()); n != len(texts) {
		t.Errorf("%d links", n)
	}
	f.quietKids()
}

// HighLevel shows the notes of one contact at a time, so reading them all costs a call for each contact. That happens once; from
// then on only those are read to whom something happened, and all others in turn within two weeks (sync-semantics 5.16).
func TestReadingNotesContactByContactStaysWithinItsCalls(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	const people = 56
	f.as(f.contacts)
	var ids []string
	for i := range people {
		ids = append(ids, f.add(engine.A, fields{"firstName": "P", "email": fmt.Sprintf("p%d@example.com", i)}))
	}
	f.sync(f.contacts)
	f.as(f.notes)
	var notes []string
	for _, id := range ids {
		notes = append(notes, f.put(engine.A, id, fields{"body": "About " + id}))
	}
	lists := func() int {
		return f.calls(engine.A, func(c kit.Call) bool {
			return strings.HasSuffix(strings.TrimSuffix(c.Path, "/"), "/notes") && c.Method == "GET"
		})
	}
	was := 0
	read := func(what string, least, most int) {
		t.Helper()
		r := f.sync(f.notes)
		if n := lists() - was; n < least || n > most {
			t.Errorf("%s: the notes of %d contacts were read, want %d to %d; %+v", what, n, least, most, r.To)
		}
		was = lists()
	}
	read("the first run", people, people)
	f.pass(minute)
	read("after a minute", 0, 0)
	f.as(f.contacts).edit(engine.A, ids[0], fields{"firstName": "Q"})
	f.pass(minute)
	f.sync(f.contacts)
	f.as(f.notes)
	read("after somebody's contact changed", 1, 1)
	// An edit that nobody tells of is found when the turn comes to it.
	f.turn(engine.A, notes[9], fields{"body": "Somebody else wrote this"})
	f.pass(24 * time.Hour)
	read("a day later", people/14, people/14+1)
	for range 13 {
		f.pass(24 * time.Hour)
		read("one more day", people/14, people/14+1)
	}
	var found connector.Record
	for _, r := range f.kids(engine.B) {
		if r.Fields["description"] == "Somebody else wrote this" {
			found = r
		}
	}
	if found.ID == "" {
		t.Error("after two weeks nobody has found the edit")
	}
	f.togetherKids()
}

// What a create was made of is known, so it is found again although its source says something else by then.
func TestANoteThatChangedWhileItsCreateWasInDoubtIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	for _, from := range []engine.Side{engine.A, engine.B} {
		f := newFamily(t, sandbox.Options{Seed: 3})
		var parents [2]string
		parents[0], parents[1] = f.couple("ada@example.com")
		f.as(f.notes)
		field := [2]string{"body", "description"}
		id := f.put(from, parents[from], fields{field[from]: "First words"})
		was, to := f.writes(from.Other()), from.Other()
		if !f.diesAt(engine.Request{Look: true}, func(m string) bool { return m == "Commit" && f.writes(to) > was }) {
			t.Fatal("nothing was made")
		}
		f.turn(from, id, fields{field[from]: "Other words"})
		f.hint(from, id)
		f.pass(minute)
		f.sync(f.notes)
		for side := range field {
			f.wantKids(engine.Side(side), field[side], "Other words")
			for _, l := range f.links() {
				if got := f.mirror(engine.Side(side), l.IDs[side]).Fields[field[side]]; got != "Other words" {
					t.Errorf("side %s: what was seen last is %q", engine.Side(side), got)
				}
			}
		}
		if n := len(f.togetherKids()); n != 1 {
			t.Errorf("%d links", n)
		}
		f.quietKids()
	}
}
