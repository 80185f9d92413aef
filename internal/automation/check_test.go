package automation_test

import (
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/flow"
)

type made = automation.Automation

// broken are ways to spoil the follow-up, and what is said then.
var broken = []struct {
	name              string
	spoil             func(a *made)
	step, field, says string
}{
	{"no name", func(a *made) { a.Name = "" }, "", "name", "is empty"},
	{"no zone", func(a *made) { a.TimeZone = "Mars" }, "", "time_zone", "Europe/Lisbon"},
	{"one account", func(a *made) { a.Connections = [2]string{"x", "x"} }, "", "connections", "the same one"},
	{"no trigger", func(a *made) { a.Trigger = automation.Trigger{} }, "", "trigger.kind", "choose a trigger"},
	{"odd trigger", func(a *made) { a.Trigger.Kind = "moon" }, "", "trigger.kind", "use one of event"},
	{"odd system", func(a *made) { a.Trigger.System = "acme" }, "", "trigger.system", "highlevel, usercom"},
	{"odd event", func(a *made) { a.Trigger.Event = "moon-rises" }, "", "trigger.event", "HighLevel"},
	{"empty schedule", func(a *made) { a.Trigger = automation.Trigger{Kind: "schedule"} }, "", "trigger.schedule", "every: 5m"},
	{"odd sample", func(a *made) { a.Trigger = automation.Trigger{Kind: "hook", Sample: "{"} }, "", "trigger.sample", "JSON"},
	{"odd object", func(a *made) {
		a.Trigger = automation.Trigger{Kind: "manual", System: "highlevel", Object: "moon"}
	}, "", "trigger.object", "kind of record"},
	{"no steps", func(a *made) { a.Steps = nil }, "", "steps", "no step yet"},
	{"filter on nothing", func(a *made) { a.Filter.All[0].Value = "" }, "", "filter.all.0.value", "choose a value"},
	{"filter on no value", func(a *made) { a.Filter.All[0].Value = "contact.moon" }, "", "filter.all.0.value", `"contact.moon"`},
	{"filter looks into a step", func(a *made) { a.Filter.All[0].Value = "person.id" }, "", "filter.all.0.value", "no value"},
	{"filter without way", func(a *made) { a.Filter.All[0].Op = "" }, "", "filter.all.0.op", "has, has_not"},
	{"filter of another type", func(a *made) { a.Filter.All[0].Op = "more" }, "", "filter.all.0.op", "it is a list"},
	{"filter with nothing to compare", func(a *made) { a.Filter.All[0].Than = "" }, "", "filter.all.0.than", "lacks"},
	{"filter compares too much", func(a *made) { a.Filter.All[1].Than = "x" }, "", "filter.all.1.than", "leave it out"},
	{"filter of two kinds", func(a *made) { a.Filter.Formula = "true" }, "", "filter", "keep one"},
	{"too many conditions", func(a *made) {
		for range automation.MostConditions {
			a.Filter.All = append(a.Filter.All, a.Filter.All[0])
		}
	}, "", "filter", "too many conditions"},
	{"groups too deep", func(a *made) {
		for range 9 {
			a.Filter = automation.Filter{Any: []automation.Filter{a.Filter}}
		}
	}, "", "filter.any.0.any.0.any.0", "groups in groups"},
	{"empty condition", func(a *made) { a.Filter.Any, a.Filter.All = []automation.Filter{{}}, nil }, "", "filter.any.0", "is empty"},
	{"odd formula", func(a *made) { a.Filter = automation.Filter{Formula: "contact.moon > 1"} }, "", "filter.formula", "moon"},
	{"formula in a loop", func(a *made) { a.Filter = automation.Filter{Formula: "any(contact.tags, # == \"x\")"} }, "", "filter.formula", "goes through a list"},

	{"no id", func(a *made) { a.Steps[0].ID = "" }, "", "id", "step 1"},
	{"odd id", func(a *made) { a.Steps[0].ID = "Person 1" }, "Person 1", "id", "small letters"},
	{"id of a value", func(a *made) { a.Steps[3].ID = "contact" }, "contact", "id", "taken"},
	{"id twice", func(a *made) { a.Steps[3].ID = "person" }, "person", "id", "taken"},
	{"no kind", func(a *made) { a.Steps[0].Kind = "" }, "person", "kind", "choose what it does"},
	{"odd kind", func(a *made) { a.Steps[0].Kind = "dance" }, "person", "kind", "operation, condition"},
	{"odd operation", func(a *made) { a.Steps[0].Operation = "dance" }, "person", "operation", `"dance"`},
	{"odd system of a step", func(a *made) { a.Steps[0].System = "acme" }, "person", "system", "usercom"},
	{"required is missing", func(a *made) { delete(a.Steps[2].With, "name") }, "event", "with.name", "“Event” is missing"},
	{"takes no such thing", func(a *made) { a.Steps[2].With["moon"] = "1" }, "event", "with.moon", "does not take"},
	{"from the account", func(a *made) { a.Steps[5].Else[0].System, a.Steps[5].Else[0].Operation = "highlevel", "contact-create" }, "ring", "with.activity_type", "does not take"},
	{"value of a later step", func(a *made) { a.Steps[2].With["name"] = "{{booked.events}}" }, "event", "with.name", "step 5, which is done later"},
	{"its own value", func(a *made) { a.Steps[2].With["name"] = "{{event.id}}" }, "event", "with.name", "this step itself"},
	{"value of the other path", func(a *made) { a.Steps[5].Else[0].With["name"] = "{{mark.tags}}" }, "ring", "with.name", "step 6a, which stands in the other path"},
	{"value that may be missing", func(a *made) { a.Steps[2].With["user_id"] = "{{made.id}}" }, "event", "with.user_id", "step 2a is not always done"},
	{"value of a step that may be left out", func(a *made) {
		a.Steps[0].If = automation.Filter{Value: "contact.phone", Op: "not_empty"}
		a.Steps[2].With["name"] = "{{person.name}}"
	}, "event", "with.name", "step 1 is not always done"},
	{"no such value", func(a *made) { a.Steps[2].With["name"] = "{{moon}}" }, "event", "with.name", `no value "moon"`},
	{"a text without end", func(a *made) { a.Steps[2].With["name"] = strings.Repeat("x", 20_001) }, "event", "with.name", "shorten it"},
	{"odd pill", func(a *made) { a.Steps[2].With["name"] = "x {{moon" }, "event", "with.name", "close it with }}"},
	{"odd step of a pill", func(a *made) { a.Steps[2].With["name"] = "{{contact.email | dance}}" }, "event", "with.name", "dance"},
	{"step of several fields", func(a *made) { a.Steps[2].With["name"] = "{{contact.email | join_fields}}" }, "event", "with.name", "several fields"},
	{"owner with settings", func(a *made) { a.Steps[2].With["name"] = "{{contact.assignedTo | owner x=1}}" }, "event", "with.name", "no settings"},
	{"moment without time", func(a *made) { a.Steps[5].Else[0].With["due_date"] = "{{now | at}}" }, "ring", "with.due_date", "at time=17:00"},
	{"moment of a list", func(a *made) { a.Steps[5].Else[0].With["due_date"] = "{{contact.tags | at time=17:00}}" }, "ring", "with.due_date", "a list"},
	{"text for a number", func(a *made) { a.Steps[5].Else[0].With["duration"] = "long" }, "ring", "with.duration", "not a number"},
	{"list for a number", func(a *made) { a.Steps[5].Else[0].With["duration"] = "{{contact.tags}}" }, "ring", "with.duration", "gives a list"},
	{"text around a moment", func(a *made) { a.Steps[5].Else[0].With["due_date"] = "at {{now}}" }, "ring", "with.due_date", "leave the value alone"},
	{"no condition", func(a *made) { a.Steps[5].If = automation.Filter{} }, "decide", "if", "add a condition"},
	{"no paths", func(a *made) { a.Steps[5].Then, a.Steps[5].Else = nil, nil }, "decide", "then", "both paths are empty"},
	{"paths of no condition", func(a *made) { a.Steps[3].Then = []automation.Step{{ID: "x", Kind: "stop"}} }, "pause", "then", "has no then"},
	{"wait too long", func(a *made) { a.Steps[3].Wait = automation.Wait{For: flow.Duration(91 * 24 * time.Hour)} }, "pause", "wait.for", "90 days"},
	{"wait for nothing", func(a *made) { a.Steps[3].Wait = automation.Wait{} }, "pause", "wait", "how long"},
	{"wait twice", func(a *made) { a.Steps[3].Wait.For = 1 }, "pause", "wait", "keep one"},
	{"wait until never", func(a *made) { a.Steps[3].Wait.Until = "doomsday" }, "pause", "wait.until", "working_day"},
	{"wait without time of day", func(a *made) { a.Steps[3].Wait.At = "9" }, "pause", "wait.at", "09:00"},
	{"wait nowhere", func(a *made) { a.Steps[3].Wait.TimeZone = "Mars" }, "pause", "wait.time_zone", "Mars"},
	{"wait for no moment", func(a *made) { a.Steps[3].Wait = automation.Wait{Until: "moment"} }, "pause", "wait.moment", "which moment"},
	{"wait for a list", func(a *made) { a.Steps[3].Wait = automation.Wait{Until: "moment", Moment: "{{contact.tags}}"} }, "pause", "wait.moment", "a list"},
	{"moment without waiting for one", func(a *made) { a.Steps[3].Wait.Moment = "{{now}}" }, "pause", "wait.moment", "take it out"},
	{"each without list", func(a *made) {
		a.Steps[3] = automation.Step{ID: "e", Kind: "each", Do: []automation.Step{{ID: "x", Kind: "stop"}}}
	}, "e", "over", "no list yet"},
	{"each over a text", func(a *made) { a.Steps[3] = automation.Step{ID: "e", Kind: "each", Over: "{{contact.email}}"} }, "e", "over", "no list"},
	{"each over a sentence", func(a *made) { a.Steps[3] = automation.Step{ID: "e", Kind: "each", Over: "all of them"} }, "e", "over", "{{contact.tags}}"},
	{"each over too many", func(a *made) { a.Steps[3] = automation.Step{ID: "e", Kind: "each", Most: 501} }, "e", "most", "500"},
	{"each does nothing", func(a *made) { a.Steps[3] = automation.Step{ID: "e", Kind: "each"} }, "e", "do", "add a step"},
	{"member outside of its loop", func(a *made) {
		a.Steps[3] = automation.Step{ID: "e", Kind: "each", Over: "{{contact.tags}}", Do: []automation.Step{{ID: "x", Kind: "stop"}}}
		a.Steps[5].Then[0].With["tags"] = "{{e.item}}"
	}, "mark", "with.tags", "no value"},
	{"call without method", func(a *made) { a.Steps[3] = call("", "https://example.com") }, "h", "http.method", "POST"},
	{"call to nobody", func(a *made) { a.Steps[3] = call("GET", "") }, "h", "http.url", "missing"},
	{"call by another scheme", func(a *made) { a.Steps[3] = call("GET", "ftp://example.com") }, "h", "http.url", "https://"},
	{"call to a host of a value", func(a *made) { a.Steps[3] = call("GET", "https://{{contact.website}}/x") }, "h", "http.url", "write the host out"},
	{"call to this machine", func(a *made) { a.Steps[3] = call("GET", "http://localhost:80/") }, "h", "http.url", "private network"},
	{"call to a private address", func(a *made) { a.Steps[3] = call("GET", "http://10.0.0.1/x") }, "h", "http.url", "private network"},
	{"call to a mapped address", func(a *made) { a.Steps[3] = call("GET", "http://[::ffff:127.0.0.1]/x") }, "h", "http.url", "private network"},
	{"call with two bodies", func(a *made) {
		a.Steps[3] = call("POST", "https://example.com")
		a.Steps[3].HTTP.Body, a.Steps[3].With = "x", map[string]string{"a": "b"}
	}, "h", "http.body", "keep one"},
	{"GET with a body", func(a *made) {
		a.Steps[3] = call("GET", "https://example.com")
		a.Steps[3].HTTP.Body = "x"
	}, "h", "http.body", "carries no body"},
	{"empty script", func(a *made) { a.Steps[3] = automation.Step{ID: "p", Kind: "script"} }, "p", "code", "is empty"},
	{"script without run", func(a *made) { a.Steps[3] = automation.Step{ID: "p", Kind: "script", Code: "x = 1"} }, "p", "code", "def run"},
	{"odd way to fail", func(a *made) { a.Steps[0].Fail = "cry" }, "person", "fail", "again, skip, stop"},
	{"too many tries", func(a *made) { a.Steps[0].Retry.Tries = 101 }, "person", "retry.tries", "1 to 100"},
	{"tried at once again", func(a *made) { a.Steps[0].Retry.First = flow.Duration(time.Millisecond) }, "person", "retry.first", "from 1s"},
	{"longest below first", func(a *made) {
		a.Steps[0].Retry = automation.Retry{First: flow.Duration(time.Hour), Longest: flow.Duration(time.Minute)}
	}, "person", "retry.longest", "from 1 hour"},
	{"next try after the end", func(a *made) { a.Steps[0].Retry.First = flow.Duration(25 * time.Hour) }, "person", "retry.first", "shorten the one"},
	{"more than a brake lets", func(a *made) { a.PerHour = 1_000_000 }, "", "per_hour", "100000"},
	{"one of several is missing", func(a *made) {
		a.Steps[0].System, a.Steps[0].Operation, a.Steps[0].With = "highlevel", "event-list", map[string]string{"startTime": "{{now}}", "endTime": "{{now}}"}
	}, "person", "with.calendarId", "one of “User”, “Calendar” and “Group” is missing"},
	{"tried for ever", func(a *made) { a.Steps[0].FailFor = flow.Duration(900 * time.Hour) }, "person", "fail_for", "7 days"},
	{"too deep", func(a *made) {
		in := automation.Step{ID: "deep3", Kind: "stop"}
		for _, id := range []string{"deep2", "deep1", "deep0"} {
			in = automation.Step{ID: id, Kind: "condition", If: a.Steps[1].If, Then: []automation.Step{in}}
		}
		a.Steps = append(a.Steps, in)
	}, "deep3", "kind", "move it out"},
	{"too many", func(a *made) {
		for range automation.MostSteps {
			a.Steps = append(a.Steps, automation.Step{ID: automation.NewID(*a), Kind: "stop"})
		}
	}, "", "steps", "two automations"},
}

func call(method, url string) automation.Step {
	return automation.Step{ID: "h", Kind: "http", HTTP: automation.HTTP{Method: method, URL: url}}
}

func TestEachMistakeIsNamedWithItsStepAndField(t *testing.T) {
	t.Parallel()
	s := systems()
	for _, b := range broken {
		a := template(t, "new-contact-follow-up")
		b.spoil(&a)
		hit := false
		for _, p := range automation.Check(a, s) {
			hit = hit || p.Step == b.step && p.Field == b.field && strings.Contains(p.Text, b.says)
		}
		if !hit {
			t.Errorf("%s: want step %q, %s to say %q, and there is only %+v", b.name, b.step, b.field, b.says, automation.Check(a, s))
		}
	}
}

// FuzzPieces reads texts with pills: whatever is read is written and read as the same again.
func FuzzPieces(f *testing.F) {
	f.Add(`Call {{contact.name or "x" | truncate length="5" | at time=17:00}}!`)
	f.Fuzz(func(t *testing.T, text string) {
		pieces, err := automation.Pieces(text)
		if err != nil {
			return
		}
		for _, p := range pieces {
			if p.Pill == nil {
				continue
			}
			again, err := automation.Pieces(p.Pill.String())
			if err != nil || len(again) != 1 || again[0].Pill == nil || again[0].Pill.String() != p.Pill.String() {
				t.Errorf("%q is read as %s, and that as %+v (%v)", text, p.Pill, again, err)
			}
		}
	})
}

func TestWhatIsRightIsNotRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(a *made){
		"two accounts that are not chosen yet": func(a *made) { a.Connections = [2]string{} },
		"a formula": func(a *made) {
			a.Filter = automation.Filter{Formula: `"lead" in contact.tags and contact.email != nil`}
		},
		"a path below an open value": func(a *made) { a.Steps[2].With["name"] = "{{booked_again}}" },
		"a loop over tags": func(a *made) {
			a.Steps = append(a.Steps, automation.Step{ID: "e", Kind: "each", Over: "{{contact.tags}}", Do: []automation.Step{
				{ID: "x", Kind: "operation", System: "highlevel", Operation: "contact-tag", With: map[string]string{"contactId": "{{contact.id}}", "tags": "old {{e.item}}"}}}})
		},
		"a loop over what was found": func(a *made) {
			a.Steps = append(a.Steps, automation.Step{ID: "e", Kind: "each", Over: "{{booked.events}}", Do: []automation.Step{
				{ID: "x", Kind: "operation", System: "highlevel", Operation: "appointment-delete", With: map[string]string{"eventId": "{{e.item.id}}"}}}})
		},
		"a call with a value in its path": func(a *made) {
			a.Steps[3] = call("POST", "https://example.com/{{contact.id}}")
			a.Steps[3].With = map[string]string{"email": "{{contact.email}}"}
			a.Steps[5].Else[0].With["description"] = "{{h.body.answer.text}}"
		},
		"a wait before an appointment": func(a *made) {
			a.Trigger.Event = "appointment-booked"
			a.Steps[3].Wait = automation.Wait{Until: "moment", Moment: "{{appointment.startTime}}", Before: flow.Duration(time.Hour)}
		},
	} {
		a := template(t, "new-contact-follow-up")
		if change(&a); name == "a path below an open value" {
			a.Steps[2].With["name"] = "{{contact.source}}"
			a.Steps[5].Else[0].With["name"] = "{{booked.events.0.title}}"
		}
		for _, p := range automation.Check(a, systems()) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
