package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// User.com keeps 40 characters of a first and of a last name, and says nothing of it.
var (
	longFirst = strings.Repeat("Wolfeschlegel", 4)
	longLast  = strings.Repeat("Steinhausen", 5)
	cutName   = longFirst[:40] + " " + longLast[:40]
)

func TestACutNameIsAcceptedAndNeverWrittenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a, b := w.couple(fields{"firstName": longFirst, "lastName": longLast, "email": "ada@example.com"})
	w.want(engine.B, b, fields{"name": cutName})
	w.want(engine.A, a, fields{"firstName": longFirst, "lastName": longLast})
	w.quiet()
	w.edit(engine.B, b, fields{"phone_number": phoneB}) // the name comes along and says nothing
	w.run(engine.Done)
	w.want(engine.A, a, fields{"firstName": longFirst, "lastName": longLast, "phone": phoneB})

	w.edit(engine.A, a, fields{"lastName": longLast + "-Bergerdorff"}) // longer still: cut to the same
	before := w.writes(engine.B)
	w.run(engine.Done)
	w.want(engine.A, a, fields{"lastName": longLast + "-Bergerdorff"})
	if n := w.writes(engine.B) - before; n != 0 {
		t.Errorf("%d writes for a change that cannot be seen there", n)
	}

	w.edit(engine.B, b, fields{"name": "Hubert Wolf"}) // a person's own word
	w.run(engine.Done)
	w.want(engine.A, a, fields{"firstName": "Hubert", "lastName": "Wolf"})
	w.quiet()
}

func TestTwoThatHoldTheSameNameCutAreInStep(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a := w.add(engine.A, fields{"firstName": longFirst, "lastName": longLast, "email": "ada@example.com"})
	b := w.add(engine.B, fields{"name": cutName, "email": "ada@example.com"})
	w.run(engine.Done)
	if w.partner(engine.A, a) != b {
		t.Fatal("not linked")
	}
	w.want(engine.A, a, fields{"firstName": longFirst, "lastName": longLast})
	if got := w.conflicts(false); len(got) != 0 {
		t.Errorf("conflicts %q", got)
	}
}

// HighLevel takes the company of a new contact and refuses it in a change.
func TestAFieldThatIsRefusedIsLearnedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	var ids [][2]string
	for _, mail := range []string{"ada@example.com", "bea@example.com"} {
		a, b := w.couple(fields{"firstName": "Ada", "email": mail, "companyName": "Acme"})
		w.want(engine.B, b, fields{"company_name": "Acme"})
		ids = append(ids, [2]string{a, b})
	}
	for i, id := range ids {
		before := w.writes(engine.A)
		w.edit(engine.B, id[1], fields{"company_name": "Umbrella", "phone_number": phoneB})
		r := w.run(engine.Done)
		w.want(engine.A, id[0], fields{"companyName": "Acme", "phone": phoneB})
		if got := w.changes(r, "companyName"); !slices.Equal(got, []string{"skipped not_writable_a"}) {
			t.Errorf("log says %q", got)
		}
		if want := []int{2, 1}[i]; w.writes(engine.A)-before != want { // the first one is refused and sent again without
			t.Errorf("person %d: %d writes, want %d", i, w.writes(engine.A)-before, want)
		}
		if r.To[engine.A].Skipped != 1 || r.To[engine.A].Failed != 0 {
			t.Errorf("counts %+v", r.To)
		}
	}
	before := w.writes(engine.A)
	w.edit(engine.B, ids[0][1], fields{"company_name": "Stark"})
	r := w.run(engine.Done)
	if w.writes(engine.A) != before || r.To[engine.A].Skipped != 1 || len(w.entries(r, engine.ResultSkipped)) != 1 {
		t.Errorf("a refused field was sent again, or not shown as skipped: %+v", r.To)
	}
	w.quiet()
	w.pass(8 * 24 * time.Hour) // a lesson holds a week
	before = w.writes(engine.A)
	w.edit(engine.B, ids[0][1], fields{"company_name": "Wayne"})
	w.run(engine.Done)
	if n := w.writes(engine.A) - before; n != 1 {
		t.Errorf("after a week %d writes, want one try", n)
	}
}

// I17: a field that one side always ignores.
func TestAFieldThatIsIgnoredIsLearnedAfterAFewAndThenLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	type pair struct{ a, b string }
	var ids []pair
	for _, n := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		a, b := w.couple(fields{"email": n + "@example.com", "phone": phone0})
		ids = append(ids, pair{a, b})
	}
	w.fault("ignore-field", 1) // a write of one field is always ignored
	for i, p := range ids {
		before := w.writes(engine.B)
		w.edit(engine.A, p.a, fields{"phone": phoneA})
		w.run(engine.Done)
		if n := w.writes(engine.B) - before; i > 2 && n != 0 {
			t.Errorf("person %d: an ignored field was sent %d times", i, n)
		}
	}
	if got := w.base(ids[0].a, "phone").Rule; got != "ignored_b" && got != "not_writable_b" {
		t.Errorf("the first difference was accepted as %q", got)
	}
	for week := range 3 { // a lesson holds a week, and then one try is enough to learn it again
		w.pass(8 * 24 * time.Hour)
		before := w.writes(engine.B)
		for i, p := range ids {
			w.edit(engine.A, p.a, fields{"phone": fmt.Sprint("+120255501", 10+week)})
			w.run(engine.Done)
			if n := w.writes(engine.B) - before; n > 1 {
				t.Fatalf("week %d, person %d: %d tries", week, i, n)
			}
		}
		if w.writes(engine.B) == before {
			t.Errorf("week %d: it is never tried again", week)
		}
	}
	w.fault("ignore-field", 0)
	w.quiet()
}

func TestHalfAWriteThatNobodyHeardOfIsFinished(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Conflict = mapping.BWins
	w.edit(engine.A, a, fields{"firstName": "Grace", "lastName": "Hopper"})
	w.edit(engine.B, b, fields{"name": "Ada Hopper"}) // as a write of ours leaves it whose first name was lost
	w.run(engine.Done)
	w.want(engine.A, a, fields{"firstName": "Grace", "lastName": "Hopper"})
	w.want(engine.B, b, fields{"name": "Grace Hopper"})
	if got := w.conflicts(false); len(got) != 1 || !strings.Contains(got[0], "Ada Hopper") {
		t.Errorf("kept %q", got)
	}
	w.quiet()
}

func TestAFieldLostOnceIsSentAgain(t *testing.T) {
	t.Parallel()
	for _, field := range []fields{{"phone": phoneA}, {"firstName": "Grace"}, {"lastName": "Hopper"}, {"firstName": "Grace", "lastName": "Hopper"}} {
		w, a, b := ada(t)
		w.edit(engine.A, a, field)
		w.fault("ignore-field", 1)
		w.flow.Retry.MaxAttempts = 100
		w.e.Store = &tap{Store: w.st, on: func(m string) error {
			if m == "Commit" {
				w.fault("ignore-field", 0)
			}
			return nil
		}}
		w.run(engine.Done)
		w.want(engine.B, b, fields{"name": w.shows(engine.A, a, "firstName").(string) + " " + w.shows(engine.A, a, "lastName").(string),
			"phone_number": w.shows(engine.A, a, "phone")})
	}
}
