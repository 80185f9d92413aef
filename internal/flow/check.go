package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// matchKinds are the kinds of keys by which records of two accounts are found to be the same, by object.
var matchKinds = map[string][]string{
	"contact": {string(connector.Email), string(connector.Phone)},
	"company": {connector.DomainKey, connector.NameKey, string(connector.Email)},
}

// MatchKinds are the kinds of keys that records of an object have, in the order in which most people want them tried; none
// for records that are found by what they hang on.
func MatchKinds(object string) []string {
	if object == "" {
		object = "contact"
	}
	return matchKinds[object]
}

var directions = []mapping.Direction{mapping.Both, mapping.AToB, mapping.BToA}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// checker collects the problems of one flow.
type checker []Problem

func (c *checker) add(field, format string, args ...any) {
	*c = append(*c, Problem{field, fmt.Sprintf(format, args...)})
}

// Problems are all values of a flow that cannot be, whoever wrote them: a flow file, a page or the API. What only the
// accounts' real fields can show is left to mapping.Compile.
func (f Flow) Problems() []Problem {
	var c checker
	if why := BadName(f.Name); why != "" {
		c.add("name", "name %q %s", f.Name, why)
	}
	if f.Connections[0] != "" && f.Connections[0] == f.Connections[1] {
		c.add("connections", "a and b are the same connection; a flow needs two different accounts")
	}
	word(&c, "direction", f.Direction, directions)
	word(&c, "conflict", f.Conflict, mapping.Policies)
	word(&c, "blank", f.Blank, []mapping.Blank{mapping.Keep, mapping.Clear})
	c.deletes(f)
	c.scope(f)
	c.schedule(f.Schedule)
	c.match(f)
	c.rows(f)
	c.brake("brake.change", f.Brake.Change)
	c.brake("brake.delete", f.Brake.Delete)
	c.retry(f.Retry)
	if f.Region != "" && !country.MatchString(f.Region) {
		c.add("region", "region %q is not a country; write its two letters, for instance PT", f.Region)
	}
	return c
}

// BadName says what is wrong with a name that a person gives, as the end of a sentence that begins with it; "" for a good one.
func BadName(name string) string {
	switch {
	case name == "":
		return "is empty; every name needs at least one character"
	case len([]rune(name)) > 100:
		return "is longer than 100 characters; shorten it"
	case strings.TrimSpace(name) != name:
		return "begins or ends with a space; remove it"
	case strings.Contains(name, "${"):
		return "holds ${, which flow files use for variables; choose another name"
	case strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }):
		return "holds a character that cannot be seen; remove it"
	}
	return ""
}

func word[S ~string](c *checker, field string, got S, known []S) {
	if !slices.Contains(known, got) {
		c.add(field, "%s %q is not known; use one of %s", field, got, listed(known))
	}
}

func listed[S ~string](words []S) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, ", ")
}

// everywhere are the policies for deletes that fit all records. Tags and making again are for contacts: what hangs on them
// has no tags, and what would be made again has no key to be recognised by, should its create fail halfway.
var everywhere = []Delete{Detach, Approve}

// Deletes are the policies for deletes that a flow can have, the default first.
func (f Flow) Deletes() []Delete {
	if f.Object != "" && f.Object != "contact" {
		return everywhere
	}
	return []Delete{Detach, Tag, Approve, Restore}
}

func (c *checker) deletes(f Flow) {
	fits := f.Deletes()
	switch {
	case slices.Contains(fits, f.Delete):
	case f.Delete == Tag:
		c.add("delete", "delete tag needs records with tags, and a %s has none; use %s", f.Object, listed(fits))
	case f.Delete == Restore:
		c.add("delete", "delete restore makes contacts again, and this flow keeps a %s in step; use %s", f.Object, listed(fits))
	default:
		c.add("delete", "delete %q is not known; use one of %s", f.Delete, listed(fits))
	}
}

// Problems are what is wrong with a schedule, whoever follows it.
func (s Schedule) Problems() []Problem {
	var c checker
	c.schedule(s)
	return c
}

func (c *checker) schedule(s Schedule) {
	switch {
	case s.Every != 0 && s.Cron != "":
		c.add("schedule.cron", "schedule has every and cron, and only one of them can hold; remove the other")
	case s.Cron != "":
		line, zone, err := s.cron()
		if why := mapping.BadZone(s.TimeZone); why != "" {
			c.add("schedule.time_zone", "schedule: %s", why)
		} else if err != nil {
			c.add("schedule.cron", "schedule: %s", err)
		} else if line.Next(time.Unix(0, 0).In(zone)).IsZero() {
			c.add("schedule.cron", "schedule: %q never comes; check its day and month", s.Cron)
		}
	case s.TimeZone != "":
		c.add("schedule.time_zone", "schedule has a time zone without cron; an interval is the same in every zone, so remove time_zone")
	case s.Every == 0:
		c.add("schedule", "schedule is empty; write every: 5m, or a cron line")
	case s.Every.D() < 30*time.Second:
		c.add("schedule.every", "every %s would spend the accounts' allowance on looking; use 30s or more", s.Every)
	case s.Every.D() > 31*24*time.Hour:
		c.add("schedule.every", "every %s is longer than a month; use 744h or less, or a cron line", s.Every)
	}
}

func (c *checker) match(f Flow) {
	kinds := f.Match
	if f.Parent() != "" {
		if len(kinds) > 0 {
			c.add("match", "match names keys, and a %s has none: it is found by what it says, with its %s; remove match", f.Object, f.Parent())
		}
		return
	}
	known := MatchKinds(f.Object)
	if len(kinds) == 0 {
		c.add("match", "match is empty, so nobody could be found on the other side; use %s", listed(known))
	}
	for i, k := range kinds {
		if !slices.Contains(known, k) {
			c.add("match", "match %q is not known; use one of %s", k, listed(known))
		}
		if slices.Contains(kinds[:i], k) {
			c.add("match", "match names %s twice; keep one", k)
		}
	}
}

func (c *checker) rows(f Flow) {
	if len(f.Map) == 0 {
		c.add("map", "map is empty, so nothing would be kept in step; give it at least one row")
	}
	for i, row := range f.Map {
		var of checker
		for side, names := range [2]mapping.Names{row.A, row.B} {
			if len(names) == 0 || slices.Contains(names, "") {
				of.add("", "side %s names no field; give one", connector.Side(side))
			}
		}
		if row.Direction != "" {
			word(&of, "direction", row.Direction, directions)
			if opposed(f.Direction, row.Direction) {
				of.add("", "direction %s can never happen in a flow of direction %s; change one of them", row.Direction, f.Direction)
			}
		}
		if row.Transform != "" {
			word(&of, "transform", row.Transform, mapping.TransformNames())
		}
		for _, st := range row.Steps {
			if err := mapping.CheckStep(st); err != nil {
				of.add("", "%s", err)
			}
		}
		if row.Conflict != "" {
			word(&of, "conflict", row.Conflict, mapping.RowPolicies)
		}
		if row.Blank != "" {
			word(&of, "blank", row.Blank, []mapping.Blank{mapping.Keep, mapping.Clear})
		}
		for _, p := range of {
			c.add("map."+strconv.Itoa(i), "row %d of the map: %s", i+1, p.Text)
		}
	}
}

func opposed(x, y mapping.Direction) bool {
	return x == mapping.AToB && y == mapping.BToA || x == mapping.BToA && y == mapping.AToB
}

func (c *checker) brake(field string, s Share) {
	if !(s >= 0 && s <= 1) {
		c.add(field, "%s is %s; use a share from 0%% to 100%%", field, s)
	}
}

func (c *checker) retry(r Retry) {
	if r.MaxAttempts < 1 || r.MaxAttempts > 100 {
		c.add("retry.max_attempts", "retry.max_attempts is %d; use 1 to 100", r.MaxAttempts)
	}
	if r.Base.D() < 100*time.Millisecond || r.Base.D() > time.Hour {
		c.add("retry.base", "retry.base is %s; use 100ms to 1h", r.Base)
	}
	if r.Max < r.Base {
		c.add("retry.max", "retry.max %s is shorter than retry.base %s; make it longer", r.Max, r.Base)
	}
	if r.Max.D() > 7*24*time.Hour {
		c.add("retry.max", "retry.max is %s; use 168h or less, or a failed record would be forgotten", r.Max)
	}
}
