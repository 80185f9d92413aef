package mapping

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"couplet/internal/connector"
)

// A date is a day in the time zone of the account, an instant a point in time. Where one side has a date and the other an
// instant, a date becomes noon of that day: the same day in every zone near it, and never in the hour that a change of the
// clocks leaves out. An instant becomes the day that it falls on there.

// noon is the instant for a date.
func noon(day string, zone *time.Location) (string, bool) {
	d, err := time.Parse(time.DateOnly, day) // not in the zone: its midnight may not exist
	if err != nil {
		return "", false
	}
	return time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, zone).UTC().Format(time.RFC3339), true
}

// dated is the day of an instant.
func dated(s string, zone *time.Location) (string, bool) {
	at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(s))
	if err != nil {
		return "", false
	}
	return at.In(zone).Format(time.DateOnly), true
}

// isDay reports whether a text is a date and nothing else.
func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, strings.TrimSpace(s))
	return err == nil
}

// when turns a date into an instant, or an instant into a date, as the receiving field needs it. It reports false for
// values that need no turning.
func (r *Rule) when(to connector.Type, from connector.Type, v Value) (Value, bool, error) {
	s := text(v)
	switch {
	case to == connector.Instant && isDay(s):
		out, _ := noon(strings.TrimSpace(s), r.place())
		return out, true, nil
	case to == connector.Day && from == connector.Instant:
		if out, ok := dated(s, r.place()); ok {
			return out, true, nil
		}
		if d := day(s); d != "" {
			return d, true, nil
		}
		return nil, true, fmt.Errorf("%q is not a date", s)
	case to == connector.Instant && from == connector.Day:
		return nil, true, fmt.Errorf("%q is not a date", s)
	}
	return nil, false, nil
}

// place is the time zone of the rule.
func (r *Rule) place() *time.Location {
	if r.zone == nil {
		return time.UTC
	}
	return r.zone
}

// ZoneOf loads a time zone by its IANA name; "" and a name that is none are UTC, because an account may hold anything.
func ZoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return time.UTC
	}
	return zone
}

// Owners says who of one account's staff is who of the other's.
type Owners struct {
	name, to [2]map[string]string
	// Unknown says in words why a side's staff could not be read, "" when it could.
	Unknown [2]string
}

// PairOwners joins the members of both staffs who have the same email. An address that two of one staff share joins nobody.
func PairOwners(a, b []connector.Owner) *Owners {
	o := &Owners{}
	var by [2]map[string]string
	for side, staff := range [2][]connector.Owner{a, b} {
		o.name[side], o.to[side], by[side] = map[string]string{}, map[string]string{}, map[string]string{}
		for _, m := range staff {
			o.name[side][m.ID] = m.Name
			email := Normal(connector.Email, m.Email, "")
			if other, twice := by[side][email]; email == "" || twice && other != m.ID {
				by[side][email] = ""
				continue
			}
			by[side][email] = m.ID
		}
	}
	for email, id := range by[connector.A] {
		if other := by[connector.B][email]; id != "" && other != "" {
			o.to[connector.B][id], o.to[connector.A][other] = other, id
		}
	}
	return o
}

// Name is what people call a member of a side's staff, "" where that is not known.
func (o *Owners) Name(side connector.Side, id string) string {
	if o == nil {
		return ""
	}
	return o.name[side][strings.TrimSpace(id)]
}

// Partner is the same person among the staff of a side, by the id that the other side knows them by; "" where nobody there has the
// same email.
func (o *Owners) Partner(to connector.Side, id string) string { return o.to[to][id] }

// owner translates a member of staff. The error says why nobody over there is the same person.
func (r *Rule) owner(to connector.Side, v Value) (Value, error) {
	id := strings.TrimSpace(text(v))
	o, there, here := r.owners, r.systems[to], r.systems[to.Other()]
	if o == nil {
		return nil, errors.New("it is not known who of the staff of " + here + " is who in " + there)
	}
	if partner := o.to[to][id]; partner != "" {
		return partner, nil
	}
	for side, why := range o.Unknown {
		if why != "" {
			return nil, fmt.Errorf("the staff of %s could not be read: %s", r.systems[side], why)
		}
	}
	name, known := o.name[to.Other()][id]
	if !known {
		return nil, fmt.Errorf("%q is not among the staff that %s lists", id, here)
	}
	if name == "" {
		name = id
	}
	return nil, fmt.Errorf("%s of %s has no partner in %s: nobody there has the same email", name, here, there)
}

// isStaff reports whether both sides of a rule hold members of staff.
func (r *Rule) isStaff() bool {
	return r.bothAre(connector.User)
}

// Asks is what has to be known of the accounts before a map can be compiled in full: who is who, and the time zone.
func Asks(rows []Row, a, b []connector.Field) (owners, zone bool) {
	for _, row := range rows {
		if len(row.A) != 1 || len(row.B) != 1 {
			continue
		}
		x, _ := connector.FieldNamed(a, row.A[0])
		y, _ := connector.FieldNamed(b, row.B[0])
		owners = owners || x.Type == connector.User && y.Type == connector.User
		zone = zone || (x.Type == connector.Day) != (y.Type == connector.Day) && (x.Type == connector.Instant || y.Type == connector.Instant)
	}
	return owners, zone
}
