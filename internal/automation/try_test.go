package automation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/flow"
)

// friday is a moment at which the next working day is three days away.
var friday = time.Date(2026, 2, 27, 15, 30, 0, 0, time.UTC)

// maya is a trial on the sample contact, in an account whose choices are made.
func maya(a automation.Automation) automation.Trial {
	d := automation.Samples(automation.Values(a, "", systems()))
	d["settings"] = map[string]any{"usercom": map[string]any{"task_type": "25946"}}
	return automation.Trial{Scene: automation.Scene{Data: d, Now: friday, Zone: "Europe/Lisbon", Region: "US"}}
}

// outcomes are the outcomes of a try by the ids of their steps.
func outcomes(t *testing.T, a automation.Automation, trial automation.Trial) (automation.Tried, map[string]automation.Outcome) {
	t.Helper()
	out := automation.Try(t.Context(), a, systems(), trial)
	by := map[string]automation.Outcome{}
	for _, o := range out.Steps {
		by[o.Step] = o
	}
	return out, by
}

func TestATryTellsWhatWouldHappen(t *testing.T) {
	t.Parallel()
	a := template(t, "new-contact-follow-up")
	out, by := outcomes(t, a, maya(a))
	if !out.Passed || out.Problem != "" || len(out.Filter) != 2 || out.Filter[0].Text != "Tags has lead" || out.Filter[0].Found != "lead" {
		t.Errorf("the filter: %+v", out)
	}
	for id, want := range map[string]struct{ did, says string }{
		"person": {"would", "Would be looked up in User.com: Find a person by email"}, "new": {"would", "does not hold"}, "made": {"not_reached", "not reached"},
		"event": {"would", "Nothing was written"}, "pause": {"would", "Would wait 2 days 17 hours 30 minutes, until Monday 2 March 2026, 09:00 WET"},
		"booked": {"would", "List"}, "decide": {"would", "only when the steps before"}, "mark": {"would", "Nothing was written"}, "ring": {"not_reached", "not reached"},
	} {
		if o := by[id]; o.Did != want.did || !strings.Contains(o.Text, want.says) {
			t.Errorf("%s: %s, %s", id, o.Did, o.Text)
		}
	}
	if len(out.Steps) != 9 || by["mark"].Number != "6a" || !by["pause"].Until.Equal(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", out.Steps)
	}
	if got := by["event"].Request; got == nil || got.Method != "POST" || got.Address != "/events/" || !strings.Contains(got.Body, `"user_id": "(id of step 1)"`) {
		t.Errorf("%+v", got)
	}
}

// TestOneStepIsTriedWhereItStands tries the call in the path that the sample does not take.
func TestOneStepIsTriedWhereItStands(t *testing.T) {
	t.Parallel()
	a := template(t, "new-contact-follow-up")
	trial := maya(a)
	trial.Step = "ring"
	out, by := outcomes(t, a, trial)
	o := by["ring"]
	if len(out.Steps) != 1 || o.Did != "would" || o.Number != "6b" || o.Becomes["name"] != "Call Maya" || o.Becomes["due_date"] != "2026-03-02T17:00:00Z" ||
		o.Becomes["description"] != "New lead from Website form. Phone: +12025550147" {
		t.Errorf("%+v", out.Steps)
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(o.Request.Body), &body); err != nil || body["activity_type"] != 25946.0 {
		t.Errorf("%v %v", body, err)
	}
	if o.Becomes["assigned_to"] != "(whoever there has the same email)" {
		t.Errorf("nobody can know yet who that is: %v", o.Becomes)
	}
	for id, want := range map[string]string{"926": "926", "": ""} {
		trial.Owner = func(string) string { return id }
		if _, by := outcomes(t, a, trial); by["ring"].Becomes["assigned_to"] != want || by["ring"].Did != "would" {
			t.Errorf("the owner there is %q: %+v", id, by["ring"])
		}
	}
	trial.Step = "moon"
	if out, _ := outcomes(t, a, trial); out.Problem == "" || len(out.Steps) > 0 {
		t.Errorf("a step that is not there: %+v", out)
	}
}

func TestATrySaysWhatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change    func(a *made, trial *automation.Trial)
		step      string
		did, says string
	}{
		"a choice nobody made": {func(a *made, x *automation.Trial) { delete(x.Data, "settings"); x.Step = "ring" }, "ring", "wrong", "“Activity type of tasks (User.com)” is not set"},
		"a required is empty": {func(a *made, x *automation.Trial) {
			a.Steps[0].With["email"] = "{{contact.website | extract pattern=@}}"
		}, "person", "wrong", "Email is missing"},
		"no moment": {func(a *made, x *automation.Trial) {
			a.Steps[3].Wait = automation.Wait{Until: "moment", Moment: "{{contact.email}}"}
		}, "pause", "wrong", "is no moment"},
		"a step cannot work": {func(a *made, x *automation.Trial) { a.Steps[2].With["name"] = "{{contact.email | read_number}}" }, "event", "wrong", "number"},
		"no list":            {func(a *made, x *automation.Trial) { a.Steps[2] = loop("{{contact.email}}") }, "loop", "wrong", "is no list"},
		"an empty list":      {func(a *made, x *automation.Trial) { a.Steps[2] = loop("{{contact.moon}}") }, "loop", "would", "list is empty"},
		"a list":             {func(a *made, x *automation.Trial) { a.Steps[2] = loop("{{contact.tags}}") }, "in_loop", "would", "Nothing was written"},
		"a list to come":     {func(a *made, x *automation.Trial) { a.Steps[5] = loop("{{booked.events}}") }, "in_loop", "would", "Nothing was written"},
		"its own condition": {func(a *made, x *automation.Trial) {
			a.Steps[2].If = automation.Filter{Value: "contact.city", Op: "is", Than: "Lisbon"}
		}, "event", "skipped", "“City is Lisbon” does not hold"},
		"an end":                {func(a *made, x *automation.Trial) { a.Steps[0] = automation.Step{ID: "end_here", Kind: "stop"} }, "event", "not_reached", "not reached"},
		"an end in another way": {func(a *made, x *automation.Trial) { a.Steps[1].Then[0] = automation.Step{ID: "made", Kind: "stop"} }, "event", "would", "Nothing"},
		"a formula": {func(a *made, x *automation.Trial) {
			a.Steps[2].If = automation.Filter{Formula: `"vip" in contact.tags`}
		}, "event", "skipped", "does not hold"},
		"an odd formula": {func(a *made, x *automation.Trial) { a.Steps[2].If = automation.Filter{Formula: `contact.city`} }, "event", "wrong", "yes or no is needed"},
		"nothing chosen": {func(a *made, x *automation.Trial) { a.Steps[2] = automation.Step{ID: "event"} }, "event", "wrong", "Choose what it does"},
		"a script": {func(a *made, x *automation.Trial) {
			a.Steps[2] = automation.Step{ID: "event", Kind: "script", Code: "def run(input): pass"}
		}, "event", "would", "did not run"},
		"odd conditions of one": {func(a *made, x *automation.Trial) {
			a.Steps[2].If = automation.Filter{Value: "contact.city", Op: "is", Than: "{{"}
		}, "event", "wrong", "cannot be decided"},
		"a failing look-up": {func(a *made, x *automation.Trial) {
			x.Finder = answers{err: &connector.Error{Kind: connector.Temporary, Message: "The account does not answer."}}
		}, "person", "wrong", "does not answer"},
		"found nobody": {func(a *made, x *automation.Trial) {
			x.Finder = answers{err: &connector.Error{Kind: connector.NotFound}}
		}, "made", "would", "Nothing was written"},
		"found": {func(a *made, x *automation.Trial) { x.Finder = answers{out: map[string]any{"id": 59.0}} }, "person", "worked", "Looked up"},
	} {
		a := template(t, "new-contact-follow-up")
		trial := maya(a)
		c.change(&a, &trial)
		_, by := outcomes(t, a, trial)
		if o := by[c.step]; o.Did != c.did || !strings.Contains(o.Text, c.says) {
			t.Errorf("%s: %s is %q: %s", name, c.step, o.Did, o.Text)
		}
	}
}

func loop(over string) automation.Step {
	return automation.Step{ID: "loop", Kind: "each", Over: over, Do: []automation.Step{{ID: "in_loop", Kind: "operation", System: "highlevel", Operation: "contact-tag",
		With: map[string]string{"contactId": "{{contact.id}}", "tags": "{{loop.item.id or loop.item}}"}}}}
}

// answers gives every look-up the same answer.
type answers struct {
	out any
	err error
}

func (f answers) Find(context.Context, string, string, map[string]any) (any, error) {
	return f.out, f.err
}

func TestWhatALookUpFoundIsUsedAfterIt(t *testing.T) {
	t.Parallel()
	a := template(t, "new-contact-follow-up")
	trial := maya(a)
	trial.Finder = answers{out: map[string]any{"id": 59.0, "events": []any{}}}
	_, by := outcomes(t, a, trial)
	if by["decide"].Path != "else" || !strings.Contains(by["ring"].Request.Body, `"user_id": 59`) || by["mark"].Did != "not_reached" {
		t.Errorf("%+v", by)
	}
}

// TestWhatOnlyTheCallGivesIsNoSample uses what a step would make in the steps after it.
func TestWhatOnlyTheCallGivesIsNoSample(t *testing.T) {
	t.Parallel()
	a := template(t, "new-person-follow-up")
	a.Steps = append(a.Steps,
		automation.Step{ID: "again", Kind: "operation", System: "highlevel", Operation: "contact", With: map[string]string{"contactId": "{{contact_there.contact.id}}"}},
		automation.Step{ID: "choice", Kind: "condition", If: automation.Filter{Value: "contact.name", Op: "is", Than: "x {{contact_there.contact.id}}"}, Then: []automation.Step{{ID: "in_it", Kind: "stop"}}})
	trial := maya(a)
	trial.Finder = answers{err: &connector.Error{Kind: connector.Temporary, Message: "It was called."}}
	_, by := outcomes(t, a, trial)
	if o := by["tag_there"]; o.Did != automation.Would || o.Request.Address != "/contacts/(contact of step 1)/tags" {
		t.Errorf("%+v", o)
	}
	if o := by["again"]; o.Did != automation.Would || !strings.Contains(o.Text, "known only then") {
		t.Errorf("it was looked for what nobody knows: %+v", o)
	}
	if o := by["choice"]; o.Path != "then" || !o.If[0].Later || !strings.Contains(o.Text, "only when the steps before") {
		t.Errorf("%+v", o)
	}
}

func TestWhatALoopCountedIsKnownAfterIt(t *testing.T) {
	t.Parallel()
	a := template(t, "new-contact-follow-up")
	a.Steps[2] = loop("{{contact.tags}}")
	a.Steps[2].Most = 1
	a.Steps[3] = automation.Step{ID: "after", Kind: "operation", System: "highlevel", Operation: "tag-create", With: map[string]string{"name": "{{loop.count}} {{loop.item}}"}}
	trial := maya(a)
	trial.Data["contact"].(map[string]any)["tags"] = []any{"a", "b"}
	_, by := outcomes(t, a, trial)
	if by["after"].Becomes["name"] != "2 " || !strings.Contains(by["loop"].Text, "the first 1 of 2") || !strings.Contains(by["in_loop"].Request.Body, `"a"`) {
		t.Errorf("%+v", by)
	}
	a.Steps[2].Over = "{{person.name}}" // nobody was looked up
	if _, by = outcomes(t, a, maya(a)); by["after"].Becomes["name"] != "(how many there were of step 3) " {
		t.Errorf("%+v", by["after"])
	}
}

func TestAnAnswerSaysWhetherAnythingWasFound(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		answer any
		err    error
		found  bool
		gives  bool
	}{
		{map[string]any{"id": 1.0}, nil, true, true}, {map[string]any{}, nil, false, true}, {[]any{}, nil, false, true}, {[]any{1.0}, nil, true, true}, {nil, nil, false, true},
		{nil, &connector.Error{Kind: connector.NotFound}, false, true}, {nil, &connector.Error{Kind: connector.Temporary}, true, false},
	} {
		gives, found := automation.Answer(c.answer, c.err)
		if found != c.found || (gives != nil) != c.gives || gives != nil && gives["found"] != c.found {
			t.Errorf("%d: %v, %t", i, gives, found)
		}
	}
}

func TestTextsAreFilled(t *testing.T) {
	t.Parallel()
	scene := automation.Scene{Now: friday, Zone: "Europe/Lisbon", Region: "PT", Data: automation.Data{"contact": map[string]any{
		"name": "Ana Silva", "phone": "910 000 000", "score": 12.0, "vip": true, "tags": []any{"a", "b"}, "none": "", "due": "2026-03-02", "data": map[string]any{"a": 1.0}}}}
	for text, want := range map[string]any{
		"x": "x", "": "", "{{contact.score}}": 12.0, "{{contact.vip}}": true, "{{contact.none}}": "", "{{contact.moon}}": nil,
		"{{contact.moon or contact.none or contact.name}}": "Ana Silva", `{{contact.none or "nobody"}}`: "nobody",
		"{{contact.vip}} {{contact.score}} {{contact.tags}} {{contact.data}}": `yes 12 a, b {"a":1}`,
		"{{contact.name | first_word | uppercase}}":                           "ANA", "{{contact.phone | e164}}": "+351910000000", "{{contact.tags | join_list separator=/}}": "a/b",
		"{{contact.none | if_empty use=x}}": "x", "{{now}}": "2026-02-27T15:30:00Z", "{{now | at time=17:00}}": "2026-02-27T17:00:00Z", "{{now | at time=09:00}}": "2026-02-28T09:00:00Z",
		"{{now | later by=2h | at time=09:00}}": "2026-02-28T09:00:00Z", "{{now | working_day time=09:00}}": "2026-03-02T09:00:00Z", "{{contact.due | at time=08:00}}": "2026-03-02T08:00:00Z",
		"{{contact.none | at time=08:00}}": nil, "on {{now | write_date form=dmy}}": "on 27.02.2026",
	} {
		got, err := scene.Fill(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %#v, want %#v (%v)", text, got, want, err)
		}
	}
	for _, text := range []string{"{{contact.name | at time=08:00}}", "{{contact.name | read_number}}", "{{contact.name"} {
		if got, err := scene.Fill(text); err == nil {
			t.Errorf("%s is %v", text, got)
		}
	}
}

func TestFiltersAreDecided(t *testing.T) {
	t.Parallel()
	scene := automation.Scene{Now: friday, Zone: "Europe/Lisbon", Data: automation.Data{"contact": map[string]any{
		"name": "Ada Bell", "score": 12.0, "vip": true, "tags": []any{"Lead", map[string]any{"name": "Big one"}}, "none": "", "born": "2026-02-27", "seen": "2026-02-27T14:30:00Z", "digits": "12"}}}
	for _, c := range []struct {
		value, op, than string
		want            bool
	}{
		{"name", "is", "ada bell ", true}, {"name", "is", "ada", false}, {"name", "is_not", "ada", true}, {"name", "one_of", "x, Ada Bell", true}, {"name", "one_of", "x", false},
		{"name", "contains", "BELL", true}, {"name", "contains_not", "bell", false}, {"name", "begins", "ada", true}, {"name", "ends", "ada", false},
		{"tags", "has", "lead", true}, {"tags", "has", "big one", true}, {"tags", "has", "le", false}, {"tags", "has_not", "lead", false},
		{"score", "is", "12.0", true}, {"score", "more", "9", true}, {"score", "less", "9", false}, {"score", "at_least", "12", true}, {"score", "at_most", "11", false}, {"digits", "more", "9", true}, {"name", "more", "1", false},
		{"vip", "is", "yes", true}, {"vip", "is", "no", false}, {"vip", "is_not", "no", true}, {"vip", "is", "perhaps", false},
		{"none", "empty", "", true}, {"moon", "empty", "", true}, {"name", "empty", "", false}, {"tags", "not_empty", "", true}, {"score", "not_empty", "", true},
		{"seen", "before", "2026-02-27T14:31:00Z", true}, {"seen", "after", "2026-02-27", true}, {"born", "before", "2026-02-28", true}, {"seen", "is", "2026-02-27T15:30:00+01:00", true},
		{"seen", "within", "1h", true}, {"seen", "within", "30m", false}, {"seen", "ahead", "1h", false}, {"name", "before", "2026-02-28", false}, {"seen", "before", "{{now}}", true},
	} {
		f := automation.Filter{Value: "contact." + c.value, Op: c.op, Than: c.than}
		got, each, err := scene.Judge(f, nil)
		if err != nil || got != c.want || len(each) != 1 || each[0].Holds != c.want {
			t.Errorf("%s %s %q is %t: %+v %v", c.value, c.op, c.than, got, each, err)
		}
	}
	yes, no := automation.Filter{Value: "contact.name", Op: "not_empty"}, automation.Filter{Value: "contact.name", Op: "empty"}
	for i, c := range []struct {
		f    automation.Filter
		want bool
	}{
		{automation.Filter{}, true}, {automation.Filter{All: []automation.Filter{yes, no}}, false}, {automation.Filter{Any: []automation.Filter{no, yes}}, true}, {automation.Filter{Any: []automation.Filter{no, no}}, false},
		{automation.Filter{All: []automation.Filter{yes, {Any: []automation.Filter{no, yes}}}}, true},
	} {
		if got, _, err := scene.Judge(c.f, nil); got != c.want || err != nil {
			t.Errorf("%d: %t %v", i, got, err)
		}
	}
	_, each, _ := scene.Judge(automation.Filter{All: []automation.Filter{yes, {Any: []automation.Filter{no, yes}}}}, nil)
	fields := []string{}
	for _, j := range each {
		fields = append(fields, fmt.Sprint(j.Field, j.Holds))
	}
	if !slices.Equal(fields, []string{"all.0true", "all.1.any.0false", "all.1.any.1true"}) {
		t.Error(fields)
	}
}

func TestFiltersAreSaidInWords(t *testing.T) {
	t.Parallel()
	a := template(t, "tasks-from-notes")
	values := automation.Values(a, "", systems())
	if got := a.Filter.Words(values); got != "Email is not empty and (Text contains follow-up or Text contains follow up)" && !strings.HasPrefix(got, "Email is not empty and (") {
		t.Error(got)
	}
	if got := automation.Told(values, "Call {{contact.firstName or \"x\"}} {{moon}}"); got != "Call [First name] [moon]" {
		t.Error(got)
	}
}

// TestAValueStaysAValueInARequest puts values into a request that would end what stands around them.
func TestAValueStaysAValueInARequest(t *testing.T) {
	t.Parallel()
	scene := automation.Scene{Now: friday, Data: automation.Data{"contact": map[string]any{"id": `a/../b?c=1#d`, "name": "Ada \"Bell\"\r\nX: y\\", "score": 12.0}}}
	st := automation.Step{Kind: "http", HTTP: automation.HTTP{Method: "POST", URL: "https://example.com/{{contact.id}}/x", Headers: map[string]string{"X-Name": "{{contact.name}}"},
		Body: `{"name": "it is {{contact.name}}", "score": {{contact.score}}}`}}
	sent, err := scene.Request(st)
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Name  string
		Score float64
	}
	if err := json.Unmarshal([]byte(sent.Body), &body); err != nil || body.Name != "it is Ada \"Bell\"\r\nX: y\\" || body.Score != 12 {
		t.Errorf("%s: %+v %v", sent.Body, body, err)
	}
	if sent.Address != "https://example.com/a%2F..%2Fb%3Fc=1%23d/x" || sent.Headers["X-Name"] != `Ada "Bell" X: y\` || sent.Headers["Content-Type"] != "application/json" {
		t.Errorf("%+v", sent)
	}
	st.HTTP.Body, st.With = "", map[string]string{"who": "{{contact.name}}", "score": "{{contact.score}}", "none": "{{contact.moon}}"}
	if sent, err = scene.Request(st); err != nil || sent.Body != `{"score":12,"who":"Ada \"Bell\"\r\nX: y\\"}` {
		t.Errorf("%+v %v", sent, err)
	}
}

func TestWaitsEndAtTheirTime(t *testing.T) {
	t.Parallel()
	saturday := friday.Add(24 * time.Hour)
	for i, c := range []struct {
		wait   automation.Wait
		from   time.Time
		moment string
		want   string
	}{
		{automation.Wait{For: flow.Duration(36 * time.Hour)}, friday, "", "2026-03-01T03:30:00Z"},
		{automation.Wait{Until: "working_day", At: "09:00"}, friday, "", "2026-03-02T09:00:00Z"},
		{automation.Wait{Until: "working_day", At: "09:00", TimeZone: "America/New_York"}, friday, "", "2026-03-02T14:00:00Z"},
		{automation.Wait{Until: "working_day", At: "09:00"}, saturday, "", "2026-03-02T09:00:00Z"},
		{automation.Wait{Until: "day", At: "09:00"}, friday, "", "2026-02-28T09:00:00Z"},
		{automation.Wait{Until: "moment", Before: flow.Duration(time.Hour)}, friday, "2026-03-04T16:00:00Z", "2026-03-04T15:00:00Z"},
		{automation.Wait{Until: "moment"}, friday, "2020-03-04T16:00:00Z", "2026-02-27T15:30:00Z"},
		{automation.Wait{Until: "day", At: "02:30", TimeZone: "Europe/Berlin"}, time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), "", "2026-03-29T01:30:00Z"},
	} {
		end, err := c.wait.End(c.from, c.moment, "UTC")
		if got := end.UTC().Format(time.RFC3339); err != nil || got != c.want {
			t.Errorf("%d: %s, want %s (%v)", i, got, c.want, err)
		}
	}
}
