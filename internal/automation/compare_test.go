package automation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"couplet/internal/automation"
)

func TestTwoStatesDifferInWhatWasChanged(t *testing.T) {
	t.Parallel()
	type ds = []automation.Difference
	was := template(t, "new-contact-follow-up")
	for name, c := range map[string]struct {
		change func(a made) (made, error)
		want   ds
	}{
		"nothing":  {func(a made) (made, error) { a.Enabled, a.Version, a.ID = true, 7, "x"; return a, nil }, nil},
		"its name": {func(a made) (made, error) { a.Name = "x"; return a, nil }, ds{{"", "name", "New-contact follow-up", "x"}}},
		"its trigger": {func(a made) (made, error) { a.Trigger.Event, a.Trigger.Own = "contact-tagged", true; return a, nil },
			ds{{"", "trigger.event", "contact-created", "contact-tagged"}, {"", "trigger.own", "", "true"}}},
		"its filter":        {func(a made) (made, error) { a.Filter = automation.Filter{}; return a, nil }, ds{{"", "filter", "contact.tags has lead and contact.email is not empty", ""}}},
		"a text":            {func(a made) (made, error) { a.Steps[2].With["name"] = "x"; return a, nil }, ds{{"event", "with.name", "new_lead", "x"}}},
		"a wait":            {func(a made) (made, error) { a.Steps[3].Wait = automation.Wait{For: 3600e9}; return a, nil }, ds{{"pause", "wait.until", "working_day", ""}, {"pause", "wait.at", "09:00", ""}, {"pause", "wait.for", "", "1h"}}},
		"a new step":        {func(a made) (made, error) { return automation.Insert(a, "1", automation.Step{ID: "x", Kind: "stop"}) }, ds{{"x", "place", "", "2"}}},
		"a step less":       {func(a made) (made, error) { return automation.Remove(a, "5/else/0") }, ds{{"ring", "place", "6b", ""}}},
		"a step moved":      {func(a made) (made, error) { a, _, err := automation.Move(a, "3", "0"); return a, err }, ds{{"pause", "place", "4", "1"}}},
		"moved into a path": {func(a made) (made, error) { a, _, err := automation.Move(a, "3", "5/else/1"); return a, err }, ds{{"pause", "place", "4", "5b2"}}},
	} {
		now, err := c.change(automation.Clone(was))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, automation.Compare(was, now)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestOneChangeIsOneDifference draws an automation and changes one thing of one step, wherever it stands.
func TestOneChangeIsOneDifference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := automations().Draw(t, "automation")
		var all []*automation.Step
		var name func(steps []automation.Step)
		name = func(steps []automation.Step) {
			for i := range steps {
				all = append(all, &steps[i])
				steps[i].ID = strings.Repeat("s", len(all)) // what is drawn may be the same
				name(steps[i].Then)
				name(steps[i].Else)
				name(steps[i].Do)
			}
		}
		name(a.Steps)
		was := automation.Clone(a)
		if d := automation.Compare(was, a); len(d) > 0 {
			t.Fatalf("%+v", d)
		}
		if len(all) == 0 {
			return
		}
		st := all[rapid.IntRange(0, len(all)-1).Draw(t, "step")]
		field := rapid.SampledFrom([]string{"once", "most", "code", "wait.before", "http.body", "with.new", "fail_for"}).Draw(t, "field")
		switch field {
		case "once":
			st.Once = !st.Once
		case "most":
			st.Most += 20
		case "code":
			st.Code += "x"
		case "wait.before":
			st.Wait.Before++
		case "http.body":
			st.HTTP.Body += "x"
		case "fail_for":
			st.FailFor++
		case "with.new":
			with := map[string]string{"new": st.With["new"] + "x"}
			for k, v := range st.With {
				if k != "new" {
					with[k] = v
				}
			}
			st.With = with
		}
		if d := automation.Compare(was, a); len(d) != 1 || d[0].Step != st.ID || d[0].Field != field || d[0].Was == d[0].Now {
			t.Fatalf("%s of %s: %+v", field, st.ID, d)
		}
	})
}

func TestWhatAnAutomationNeeds(t *testing.T) {
	t.Parallel()
	a, s := template(t, "new-contact-follow-up"), systems()
	if got := automation.Scopes(a, "highlevel", s); !slices.Equal(got, []string{"contacts.readonly", "contacts.write", "users.readonly"}) {
		t.Error(got)
	}
	if got := automation.Scopes(a, "usercom", s); len(got) != 0 {
		t.Error(got)
	}
	a.Connections = [2]string{"one", "two"}
	of := map[string]string{"one": "highlevel"}
	if got := automation.Unconnected(a, s, func(c string) string { return of[c] }); len(got) != 1 || !strings.Contains(got[0].Text, "User.com") {
		t.Error(got)
	}
	of["two"] = "usercom"
	if got := automation.Unconnected(a, s, func(c string) string { return of[c] }); len(got) != 0 {
		t.Error(got)
	}
}
