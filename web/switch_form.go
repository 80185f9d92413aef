package web

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"couplet/internal/flow"
	"couplet/templates"
)

// The settings of a flow as they are typed on its last step: numbers with units, shares in percent.

// typedSettings are the settings of a flow as a form shows them.
func typedSettings(f flow.Flow) templates.SwitchForm {
	t := templates.SwitchForm{How: "every", Cron: f.Schedule.Cron, Zone: f.Schedule.TimeZone, Attempts: strconv.Itoa(f.Retry.MaxAttempts),
		Change: strings.TrimSuffix(f.Brake.Change.String(), "%"), Gone: strings.TrimSuffix(f.Brake.Delete.String(), "%")}
	t.Scope, t.Records, t.Watch = string(f.Scope.Only), strings.Join(f.Scope.Records, "\n"), f.Watch
	if f.Schedule.Cron != "" {
		t.How = "cron"
	}
	t.Every, t.Unit = spanOf(cmp.Or(f.Schedule.Every.D(), 5*time.Minute))
	t.First, t.FirstUnit = spanOf(f.Retry.Base.D())
	t.Longest, t.LongestUnit = spanOf(f.Retry.Max.D())
	return leastAllowed(t)
}

// leastAllowed says what the brake lets pass however few records there are (engine, brake).
func leastAllowed(t templates.SwitchForm) templates.SwitchForm {
	t.LeastChanges, t.LeastDeletions = 25, 5
	return t
}

// spanOf writes a length of time as a number and a unit.
func spanOf(d time.Duration) (number, unit string) {
	for _, u := range []struct {
		id string
		d  time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}} {
		if d >= u.d && d%u.d == 0 {
			return strconv.Itoa(int(d / u.d)), u.id
		}
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64), "s"
}

// asked reads a form field by field and keeps what is wrong.
type asked struct {
	url.Values
	wrong map[string]string
	first string
}

func (a *asked) text(name string) string { return strings.TrimSpace(a.Get(name)) }

func (a *asked) say(name, problem string) {
	if a.wrong[name] == "" {
		a.wrong[name] = problem
	}
	if a.first == "" {
		a.first = name
	}
}

// number reads a number between two others, with commas or points.
func (a *asked) number(name string, least, most float64, say string) float64 {
	n, err := strconv.ParseFloat(strings.ReplaceAll(a.text(name), ",", "."), 64)
	if err != nil || !(n >= least && n <= most) {
		a.say(name, say)
	}
	return n
}

// span reads a number and its unit.
func (a *asked) span(name, unit string, least, most time.Duration, say string) flow.Duration {
	u := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[a.text(unit)]
	if u == 0 {
		a.say(name, "Choose seconds, minutes or hours.")
		return 0
	}
	return flow.Duration(a.number(name, least.Seconds()/u.Seconds(), most.Seconds()/u.Seconds(), say) * float64(u))
}

// settingsIn reads a form and gives the flow with what it says. What is wrong is said beside its field; then the flow is
// as it was.
func settingsIn(q url.Values, f flow.Flow) (flow.Flow, templates.SwitchForm) {
	a := &asked{Values: q, wrong: map[string]string{}}
	set := f
	if a.text("how") == "cron" {
		set.Schedule = flow.Schedule{Cron: a.text("cron"), TimeZone: a.text("zone")}
		if set.Schedule.Cron == "" {
			a.say("cron", "Write minute, hour, day, month and weekday, for instance 0 2 * * *.")
		}
	} else {
		set.Schedule = flow.Schedule{Every: a.span("every", "unit", 30*time.Second, 31*24*time.Hour,
			"Take 30 seconds or more, and a month at most. More often would spend the accounts' requests on looking.")}
	}
	attempts := a.number("attempts", 1, 100, "Take a whole number from 1 to 100.")
	if attempts != math.Trunc(attempts) {
		a.say("attempts", "Take a whole number from 1 to 100.")
	}
	set.Retry = flow.Retry{MaxAttempts: int(attempts),
		Base: a.span("first", "first_unit", 100*time.Millisecond, time.Hour, "Take a tenth of a second to an hour."),
		Max:  a.span("longest", "longest_unit", time.Second/10, 7*24*time.Hour, "Take a week at most, or a record that was not taken would be forgotten.")}
	if set.Retry.Max < set.Retry.Base {
		a.say("longest", "Take one that is longer than the first pause.")
	}
	set.Brake.Change = share(a.number("change", 0, 100, "Take a share from 0 to 100."))
	set.Brake.Delete = share(a.number("gone", 0, 100, "Take a share from 0 to 100."))
	a.scope(&set)
	a.rest(set)
	t := templates.SwitchForm{How: a.text("how"), Every: a.text("every"), Unit: a.text("unit"), Cron: a.text("cron"), Zone: a.text("zone"), Attempts: a.text("attempts"),
		First: a.text("first"), FirstUnit: a.text("first_unit"), Longest: a.text("longest"), LongestUnit: a.text("longest_unit"),
		Change: a.text("change"), Gone: a.text("gone"), Scope: a.text("scope"), Records: a.text("records"), Watch: set.Watch, Errors: a.wrong, FirstWrong: a.first}
	if len(a.wrong) > 0 {
		set = f
	}
	return set, leastAllowed(t)
}

// scope reads which records the flow is about. A form that does not ask leaves that as it is.
func (a *asked) scope(f *flow.Flow) {
	if !a.Has("scope") {
		return
	}
	s := flow.Scope{Only: flow.ScopeKind(a.text("scope"))}
	if s.Only == flow.ScopeThese {
		s.Records = strings.FieldsFunc(a.text("records"), func(r rune) bool { return strings.ContainsRune("\r\n,;", r) })
		for i := range s.Records {
			s.Records[i] = strings.TrimSpace(s.Records[i])
		}
		s.Records = slices.DeleteFunc(s.Records, func(r string) bool { return r == "" })
		if len(s.Records) == 0 {
			a.say("records", "Write the email, phone or id of one record at least.")
		}
	}
	f.Scope, f.Watch = s.From(f.Scope), a.text("watch") == "yes"
}

// rest lets the flow itself judge what only it can: cron lines and time zones.
func (a *asked) rest(f flow.Flow) {
	if len(a.wrong) > 0 {
		return
	}
	for _, p := range f.Problems() {
		if p.Field == "scope" || p.Field == "records" {
			a.say("records", inSentence(p.Text))
			continue
		}
		name, mine := strings.CutPrefix(p.Field, "schedule.")
		if !mine {
			continue
		}
		if strings.Contains(p.Text, "time zone") {
			name = "zone"
		}
		a.say(name, inSentence(strings.TrimPrefix(p.Text, "schedule: ")))
	}
}

// share is a part of the whole from percent, without the dust of a division.
func share(percent float64) flow.Share {
	s, err := flow.ParseShare(strconv.FormatFloat(percent, 'f', -1, 64) + "%")
	if err != nil {
		return 0
	}
	return s
}
