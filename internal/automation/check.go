package automation

import (
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// Problem is one thing that is wrong, with the reason and the fix in words.
type Problem struct {
	// Step is the id of the step, "" for the automation itself, its trigger and its filter.
	Step string `json:"step,omitempty"`
	// Field is the key as in a file: "with.due_date", "filter.all.0.value", "trigger.event".
	Field string `json:"field"`
	Text  string `json:"text"`
}

// checker collects the problems of one automation.
type checker struct {
	a    Automation
	s    Systems
	step string
	// given is what the trigger gives, known what is there at the step.
	given, known []Value
	found        []Problem
}

func (c *checker) add(field, format string, args ...any) {
	c.found = append(c.found, Problem{c.step, field, fmt.Sprintf(format, args...)})
}

// Check is everything that is wrong with an automation, whoever wrote it: a file, a page or the API. One without problems can
// be switched on.
func Check(a Automation, s Systems) []Problem {
	c := &checker{a: a, s: s}
	if why := flow.BadName(a.Name); why != "" {
		c.add("name", "name %q %s", a.Name, why)
	}
	if why := mapping.BadZone(a.TimeZone); why != "" {
		c.add("time_zone", "%s", why)
	}
	if a.PerHour < 0 || a.PerHour > MostPerHour {
		c.add("per_hour", "%d is no number of times within an hour; write one from 1 to %d, or leave it out for %d", a.PerHour, MostPerHour, UsualPerHour)
	}
	if a.Connections[0] == a.Connections[1] && a.Connections[0] != "" {
		c.add("connections", "both accounts are the same one; choose another one, or leave the second out")
	}
	c.trigger(a.Trigger)
	c.given = s.given(a)
	c.known = c.given
	c.filter("filter", a.Filter)
	if !c.shape() {
		return c.found // the rest is looked at when it is small enough
	}
	Walk(a, func(place string, st Step) {
		c.step, c.known = st.ID, s.values(a, st.ID, c.given)
		c.check(st)
	})
	return c.found
}

// shape is what the steps must be whatever they do. It reports false for more of them, or deeper ones, than an automation holds.
func (c *checker) shape() (fits bool) {
	seen, n := map[string]bool{}, 0
	fits = true
	Walk(c.a, func(place string, st Step) {
		n++
		c.step = st.ID
		switch {
		case !isID(st.ID):
			c.add("id", "the id %q of step %s is no name; write small letters and digits, beginning with a letter, such as s1", st.ID, Number(c.a, place))
		case seen[st.ID] || slices.Contains(reserved, st.ID) || slices.ContainsFunc(c.known, func(v Value) bool { return root(v.Path) == st.ID }):
			c.add("id", "the id %q is taken by another step or value; give this step another one", st.ID)
		}
		seen[st.ID] = true
		if depth := strings.Count(place, "/") / 2; depth == Deepest {
			fits = false
			c.add("kind", "step %s stands inside %d others, and %d is the most; move it out", Number(c.a, place), depth, Deepest-1)
		}
	})
	c.step = ""
	switch {
	case n == 0:
		c.add("steps", "there is no step yet; add one, or nothing happens")
	case n > MostSteps:
		c.add("steps", "there are %d steps, and %d is the most; make two automations of it", n, MostSteps)
	}
	return fits && n <= MostSteps
}

// reserved are words that mean something else in pills and places.
var reserved = []string{"or", AtEnd}

func root(path string) string {
	first, _, _ := strings.Cut(path, ".")
	return first
}

func (sys System) isThing(id string) bool {
	if sys.Catalog == nil {
		return false
	}
	_, is := sys.Catalog.Things[id]
	return is
}

func isID(id string) bool {
	for i, r := range id {
		if (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') && (i == 0 || r != '_') {
			return false
		}
	}
	return id != "" && len(id) <= 30
}

func (c *checker) trigger(t Trigger) {
	switch t.Kind {
	case OnEvent:
		sys, ok := c.s[t.System]
		if !ok {
			c.add("trigger.system", "system %q is not known; use one of %s", t.System, strings.Join(sorted(c.s), ", "))
		} else if _, ok := sys.Catalog.Event(t.Event); !ok {
			c.add("trigger.event", "event %q is not known in %s; choose one of the list", t.Event, sys.Spec.Name)
		}
	case OnSchedule:
		for _, p := range t.Schedule.Problems() {
			c.add("trigger."+p.Field, "%s", p.Text)
		}
	case OnHook:
		if t.Sample != "" && (connector.Take{Type: "data"}).Looks(t.Sample) != "" {
			c.add("trigger.sample", "the sample of a call is not JSON; paste one that came, or leave it out")
		}
	case ByHand:
		sys, ok := c.s[t.System]
		if t.Object == "" && t.System == "" {
			return
		}
		if !ok || !sys.isThing(t.Object) {
			c.add("trigger.object", "nobody can start it for a %q of %q; choose a kind of record and its system, or none", t.Object, t.System)
		}
	case "":
		c.add("trigger.kind", "nothing sets it off yet; choose a trigger")
	default:
		c.add("trigger.kind", "trigger %q is not known; use one of %s", t.Kind, strings.Join(ids(TriggerKinds), ", "))
	}
}

// filter checks a condition, a group or a formula.
func (c *checker) filter(field string, f Filter) {
	kinds := 0
	for _, is := range []bool{len(f.All) > 0, len(f.Any) > 0, f.Value != "" || f.Op != "" || f.Than != "", f.Formula != ""} {
		if is {
			kinds++
		}
	}
	if kinds > 1 {
		c.add(field, "a condition, a group and a formula stand in one place; keep one of them")
		return
	}
	if len(f.All) > MostConditions || len(f.Any) > MostConditions || strings.Count(field, ".")/2 >= Deepest {
		c.add(field, "there are too many conditions, or groups in groups; %d conditions in a group and %d groups in each other are the most, and a formula can say more", MostConditions, Deepest)
		return
	}
	for name, group := range map[string][]Filter{"all": f.All, "any": f.Any} {
		for i, one := range group {
			if under := fmt.Sprintf("%s.%s.%d", field, name, i); one.IsZero() {
				c.add(under, "this condition is empty; choose a value, or take it out")
			} else {
				c.filter(under, one)
			}
		}
	}
	if f.Formula != "" {
		if _, err := formula(f.Formula, c.known); err != nil {
			c.add(field+".formula", "the formula cannot work: %s", err)
		}
	}
	if f.Value == "" && (f.Op != "" || f.Than != "") {
		c.add(field+".value", "this condition looks at nothing; choose a value")
	}
	if f.Value != "" {
		c.condition(field, f)
	}
}

func (c *checker) condition(field string, f Filter) {
	v, ok := lookUp(c.known, f.Value)
	if !ok {
		c.unknown(field+".value", f.Value)
		return
	}
	op, ok := OpNamed(f.Op)
	switch {
	case !ok:
		c.add(field+".op", "“%s” is compared in no way that is known; use one of %s", v.Label, strings.Join(opIDs(OpsFor(v.Type)), ", "))
	case v.Type != "" && !slices.Contains(op.Types, v.Type):
		c.add(field+".op", "“%s %s …” cannot be: it is %s; use one of %s", v.Label, op.Title, called(v.Type), strings.Join(opIDs(OpsFor(v.Type)), ", "))
	case op.Than == "":
		if f.Than != "" {
			c.add(field+".than", "“%s %s” takes nothing to compare with; leave it out", v.Label, op.Title)
		}
	case f.Than == "":
		c.add(field+".than", "“%s %s …” lacks what it is compared with; give it", v.Label, op.Title)
	default:
		c.than(field+".than", v, op, f.Than)
	}
}

func (c *checker) than(field string, v Value, op Op, than string) {
	want := op.Than
	switch {
	case want == "same":
		want = v.Type
	case want == "span":
		if _, err := flow.ParseDuration(than); err != nil {
			c.add(field, "%s", err)
		}
		return
	}
	if _, known := yesNo[than]; want == "yes_no" && known {
		return
	}
	if want == "choice" || want == "email" || want == "phone" || want == "" {
		want = "text" // a value that never comes is a condition that never holds, not one that cannot be
	}
	c.text(field, "“"+v.Label+"”", than, connector.Take{Type: want})
}

// yesNo are the words for yes and no in conditions.
var yesNo = map[string]bool{"yes": true, "no": false, "true": true, "false": false}

func opIDs(ops []Op) []string {
	out := make([]string, len(ops))
	for i, o := range ops {
		out[i] = o.ID
	}
	return out
}

// called says in words what a type is.
func called(kind string) string {
	return map[string]string{"text": "a text", "email": "an email address", "phone": "a phone number", "number": "a number", "yes_no": "yes or no", "date": "a day",
		"time": "a moment", "list": "a list", "choice": "one of several words", "data": "data"}[kind]
}
