package mapping_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// placed is a rule in a time zone.
func placed(t interface {
	Helper()
	Fatal(...any)
}, a, b connector.Type, zone string) *mapping.Rule {
	t.Helper()
	m, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}}}, []connector.Field{field("x", a)}, []connector.Field{field("y", b)},
		mapping.Options{Systems: [2]string{"Left", "Right"}, Zone: zone})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return &m.Rules[0]
}

func TestDatesAndInstants(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to connector.Type
		zone     string
		v, want  mapping.Value
	}{
		{connector.Day, connector.Instant, "Europe/Warsaw", "2026-06-01", "2026-06-01T10:00:00Z"},
		{connector.Day, connector.Instant, "", "2026-06-01", "2026-06-01T12:00:00Z"},
		{connector.Day, connector.Instant, "Nowhere/Land", "1999-12-31", "1999-12-31T12:00:00Z"},
		{connector.Day, connector.Instant, "Europe/Warsaw", nil, nil},
		{connector.Instant, connector.Day, "Europe/Warsaw", "2026-05-31T22:30:00Z", "2026-06-01"},
		{connector.Instant, connector.Day, "America/Los_Angeles", "2026-06-01T05:00:00Z", "2026-05-31"},
		{connector.Instant, connector.Day, "Europe/Warsaw", "2026-06-01", "2026-06-01"},
		{connector.Instant, connector.Instant, "Europe/Warsaw", "2026-06-01T05:00:00.123Z", "2026-06-01T05:00:00.123Z"},
		{connector.Instant, connector.Instant, "Europe/Warsaw", "2026-06-01", "2026-06-01T10:00:00Z"},
		{connector.Text, connector.Instant, "Europe/Warsaw", "2026-06-01", "2026-06-01T10:00:00Z"},
		{connector.Day, connector.Day, "Pacific/Apia", "2026-06-01", "2026-06-01"},
		// The clocks skip noon nowhere, but midnight there, and a whole day once.
		{connector.Day, connector.Instant, "Africa/Cairo", "2024-04-26", "2024-04-26T09:00:00Z"},
		{connector.Day, connector.Instant, "America/Santiago", "1984-10-14", "1984-10-14T15:00:00Z"},
		{connector.Day, connector.Instant, "Asia/Beirut", "2021-03-28", "2021-03-28T09:00:00Z"},
	} {
		r := placed(t, c.from, c.to, c.zone)
		got, err := r.Convert(connector.B, c.v)
		if err != nil || got != c.want || !r.Agree(c.v, got) {
			t.Errorf("%s to %s, %s: %v became %v (%v), want %v", c.from, c.to, c.zone, c.v, got, err, c.want)
		}
	}
	r := placed(t, connector.Instant, connector.Day, "")
	if _, err := r.Convert(connector.B, "soon"); err == nil || !strings.Contains(err.Error(), "not a date") {
		t.Error(err)
	}
	if _, err := r.Convert(connector.A, "soon"); err == nil {
		t.Error("no date became an instant")
	}
	if r.Agree("2026-06-01T05:00:00Z", "2026-06-02") || !r.Lossy || placed(t, connector.Instant, connector.Instant, "").Lossy {
		t.Error("days are told apart by their instants")
	}
}

// TestADateComesBackFromItsInstant: in every zone, in every year, on the days when the clocks change too.
func TestADateComesBackFromItsInstant(t *testing.T) {
	t.Parallel()
	zones := []string{"", "Europe/Warsaw", "America/New_York", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Asia/Gaza", "Australia/Lord_Howe", "Asia/Kathmandu",
		"Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Santiago", "Atlantic/Azores", "Asia/Tehran"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		r := placed(t, connector.Day, connector.Instant, zone)
		start := time.Date(1975, 1, 1, 0, 0, 0, 0, time.UTC)
		day := start.AddDate(0, 0, rapid.IntRange(0, 365*80).Draw(t, "day")).Format(time.DateOnly)
		at, err := r.Convert(connector.B, day)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := r.Convert(connector.A, at); err != nil || back != day || !r.Agree(day, at) {
			t.Fatalf("%s became %v and came back as %v (%v)", day, at, back, err)
		}
		// Any instant agrees with the day it becomes.
		moment := start.Add(time.Duration(rapid.Int64Range(0, 80*365*24*3600).Draw(t, "second")) * time.Second).Format(time.RFC3339)
		if d, err := r.Convert(connector.A, moment); err != nil || !r.Agree(d, moment) {
			t.Fatalf("%s became %v (%v)", moment, d, err)
		}
	})
}

func TestMembersOfStaffAreTranslated(t *testing.T) {
	t.Parallel()
	who := mapping.PairOwners(
		[]connector.Owner{{ID: "926", Name: "Anna", Email: "Anna@x.example"}, {ID: "927", Name: "Jan", Email: "jan@x.example"}, {ID: "928", Email: "shared@x.example"}, {ID: "929", Email: "shared@x.example"}, {ID: "930"}},
		[]connector.Owner{{ID: "u1", Name: "Anna N", Email: "anna@x.example"}, {ID: "927", Name: "Eva", Email: "eva@x.example"}, {ID: "u3", Email: "shared@x.example"}, {ID: "u4"}})
	one := func(o *mapping.Owners) *mapping.Rule {
		m, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}}}, []connector.Field{field("x", connector.User)}, []connector.Field{field("y", connector.User)},
			mapping.Options{Systems: [2]string{"Left", "Right"}, Owners: o})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return &m.Rules[0]
	}
	r := one(who)
	if v, err := r.Convert(connector.B, "926"); err != nil || v != "u1" {
		t.Error(v, err)
	}
	if v, err := r.Convert(connector.A, "u1"); err != nil || v != "926" {
		t.Error(v, err)
	}
	if v, err := r.Convert(connector.B, nil); err != nil || v != nil {
		t.Error(v, err)
	}
	// Ids that are equal by chance are nobody's partner.
	if !r.Agree("926", "u1") || r.Agree("927", "927") || r.Agree("926", "927") || !r.Agree(nil, nil) || r.Agree("926", nil) {
		t.Error("the wrong people agree")
	}
	for id, says := range map[string]string{"927": "Jan of Left has no partner in Right", "928": "928 of Left has no partner", "930": "no partner", "5": "not among the staff that Left lists"} {
		if _, err := r.Convert(connector.B, id); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", id, err)
		}
	}
	empty := mapping.PairOwners(nil, nil)
	empty.Unknown[connector.B] = "no permission"
	for _, o := range []*mapping.Owners{nil, empty} {
		if _, err := one(o).Convert(connector.B, "926"); err == nil || o != nil && !strings.Contains(err.Error(), "staff of Right could not be read: no permission") {
			t.Error(err)
		}
	}
	owners, zone := mapping.Asks([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}}}, []connector.Field{field("x", connector.User)}, []connector.Field{field("y", connector.User)})
	if !owners || zone {
		t.Error(owners, zone)
	}
	owners, zone = mapping.Asks([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}}}, []connector.Field{field("x", connector.Day)}, []connector.Field{field("y", connector.Instant)})
	if owners || !zone {
		t.Error(owners, zone)
	}
}
