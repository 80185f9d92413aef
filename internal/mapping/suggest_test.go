package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// labelled is a field with a label of its own.
func labelled(name, label string, t connector.Type) connector.Field {
	f := field(name, t)
	f.Label = label
	return f
}

// full is a name that is written in two parts.
func full() connector.Field {
	f := labelled("name", "Name", connector.Text)
	f.OnCreate, f.OnUpdate, f.Parts = connector.No, connector.No, []string{"first_name", "last_name"}
	return f
}

func keys(all []mapping.Suggestion) (out []string) {
	for _, s := range all {
		out = append(out, s.Row.Key())
	}
	return out
}

func TestFieldsAreSuggestedByNameTypeAndMeaning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		a, b connector.Field
		why  string // "" for no suggestion
		sure bool
		step string
	}{
		{what: "the same name", a: field("city", connector.Text), b: field("city", connector.Text), why: "Same name", sure: true},
		{what: "another spelling", a: field("companyName", connector.Text), b: field("company_name", connector.Text), why: "Same name", sure: true},
		{what: "a synonym by label", a: labelled("x1", "Business name", connector.Text), b: labelled("y1", "Company", connector.Text), why: "Same meaning", sure: true},
		{what: "phones get their step", a: labelled("phone", "Phone", connector.Phone), b: labelled("phone_number", "Phone number", connector.Phone), why: "Same meaning", sure: true, step: "e164"},
		{what: "addresses get theirs", a: field("email", connector.Email), b: labelled("mail", "Email address", connector.Email), why: "Same meaning", sure: true, step: "lowercase"},
		{what: "a filler says nothing", a: labelled("source", "Contact source", connector.Text), b: labelled("source", "Source", connector.Text), why: "Same name", sure: true},
		{what: "zip and postal code", a: labelled("postalCode", "Postal code", connector.Text), b: labelled("zip", "Zip", connector.Text), why: "Same meaning", sure: true},
		{what: "date of birth", a: labelled("dateOfBirth", "Date of birth", connector.Day), b: labelled("birthday", "Birthday", connector.Day), why: "Same meaning", sure: true},
		{what: "similar words", a: labelled("a", "Preferred visit day", connector.Text), b: labelled("b", "Preferred day", connector.Text), why: "Similar name"},
		{what: "another type that can hold it", a: labelled("a", "Birthday", connector.Text), b: labelled("b", "Birthday", connector.Day), why: "Same name"},
		{what: "nothing in common", a: field("city", connector.Text), b: field("score", connector.Text)},
		{what: "a list and a single value", a: field("tags", connector.Set), b: field("tags", connector.Text)},
		{what: "a number and a yes", a: field("vip", connector.Number), b: field("vip", connector.Bool)},
		{what: "staff have other ids", a: field("owner", connector.User), b: field("owner", connector.User)},
	} {
		got := mapping.Suggest([]connector.Field{c.a}, []connector.Field{c.b}, nil, nil, mapping.Options{}, nil)
		switch {
		case c.why == "" && len(got) > 0:
			t.Errorf("%s: suggested %+v", c.what, got)
		case c.why == "":
		case len(got) != 1 || got[0].Why != c.why || got[0].Row.Transform != c.step || (got[0].Score >= mapping.Sure) != c.sure && c.what != "another type that can hold it":
			t.Errorf("%s: %+v, want %q", c.what, got, c.why)
		}
	}
}

func TestAFieldIsSuggestedOnceAndOnlyWhenItIsFree(t *testing.T) {
	t.Parallel()
	a := []connector.Field{field("email", connector.Email), field("phone", connector.Phone), labelled("mobile", "Mobile", connector.Phone)}
	b := []connector.Field{field("email", connector.Email), labelled("phone_number", "Phone number", connector.Phone)}
	got := keys(mapping.Suggest(a, b, nil, nil, mapping.Options{}, nil))
	if want := []string{"email=email", "phone=phone_number"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	rows := []mapping.Row{{A: mapping.Names{"phone"}, B: mapping.Names{"gone"}}} // a broken row holds its field too
	if got := keys(mapping.Suggest(a, b, rows, nil, mapping.Options{}, nil)); !slices.Equal(got, []string{"email=email", "mobile=phone_number"}) {
		t.Errorf("%v", got)
	}
	if got := keys(mapping.Suggest(a, b, nil, nil, mapping.Options{}, []string{"email=email", "phone=phone_number"})); !slices.Equal(got, []string{"mobile=phone_number"}) {
		t.Errorf("what was dismissed came back, or kept the next one away: %v", got)
	}
}

func TestFirstAndLastNameAreSuggestedTogether(t *testing.T) {
	t.Parallel()
	a := []connector.Field{labelled("firstName", "First name", connector.Text), labelled("lastName", "Last name", connector.Text)}
	got := mapping.Suggest(a, []connector.Field{full()}, nil, nil, mapping.Options{}, nil)
	if len(got) != 1 || got[0].Row.Key() != "firstName+lastName=name" || got[0].Row.Transform != "split_name" || got[0].Score < mapping.Sure {
		t.Errorf("%+v", got)
	}
}

func TestValuesSpeakForAndAgainstASuggestion(t *testing.T) {
	t.Parallel()
	sample := func(a, b any) mapping.Sample {
		return mapping.Sample{{"x": a}, {"y": b}}
	}
	same := []mapping.Sample{sample("Delta", "Delta"), sample("Omega", "Omega"), sample("Sigma", "Sigma"), sample("Sigma", nil)}
	other := []mapping.Sample{sample("Delta", "1"), sample("Omega", "2")}
	x, y := field("x", connector.Text), field("y", connector.Text)
	suggest := func(x, y connector.Field, samples []mapping.Sample) (s mapping.Suggestion) {
		for _, s = range mapping.Suggest([]connector.Field{x}, []connector.Field{y}, nil, samples, mapping.Options{}, nil) {
		}
		return s
	}
	if s := suggest(x, y, same); s.Why != "Same values in 3 of 3" || s.Score >= mapping.Sure {
		t.Errorf("fields of other names with the same values: %+v", s)
	}
	if s := suggest(x, y, same[:2]); s.Score > 0 {
		t.Errorf("two agreeing values alone are chance: %+v", s)
	}
	if s := suggest(x, y, []mapping.Sample{sample("US", "US"), sample("US", "US"), sample("US", "US")}); s.Score > 0 {
		t.Errorf("one value over and over says nothing: %+v", s)
	}
	named := labelled("y", "X", connector.Text)
	if s := suggest(x, named, same); s.Why != "Same values in 3 of 3" || s.Score < mapping.Sure {
		t.Errorf("same name and values: %+v", s)
	}
	if s := suggest(x, named, other); !strings.HasSuffix(s.Why, "other values in 2 of 2") || s.Score >= mapping.Sure {
		t.Errorf("same name, other values: %+v", s)
	}
}

func TestConsentIsNeverPairedByTheDozen(t *testing.T) {
	t.Parallel()
	no := labelled("dnd", "Do not disturb", connector.Bool)
	no.Consent = true
	out := labelled("unsubscribed", "Unsubscribed", connector.Bool)
	got := mapping.Suggest([]connector.Field{no}, []connector.Field{out}, nil, nil, mapping.Options{}, nil)
	if len(got) != 1 || got[0].Score >= mapping.Sure || got[0].Why != "Same meaning" {
		t.Errorf("%+v", got)
	}
}

func TestPairingChoosesStepAndDirection(t *testing.T) {
	t.Parallel()
	fixed := field("seen", connector.Text)
	fixed.OnCreate, fixed.OnUpdate = connector.No, connector.No
	a := []connector.Field{field("email", connector.Email), labelled("firstName", "First name", connector.Text), labelled("lastName", "Last name", connector.Text), field("city", connector.Text)}
	b := []connector.Field{field("email", connector.Email), full(), fixed, field("town", connector.Text), field("tags", connector.Set)}
	systems := mapping.Options{Systems: [2]string{"Left", "Right"}}
	for _, c := range []struct {
		x, y string
		rows []mapping.Row
		o    mapping.Options
		want mapping.Row
		bad  string
	}{
		{x: "email", y: "email", want: mapping.Row{A: mapping.Names{"email"}, B: mapping.Names{"email"}, Transform: "lowercase"}},
		{x: "lastName", y: "name", want: mapping.Row{A: mapping.Names{"firstName", "lastName"}, B: mapping.Names{"name"}, Transform: "split_name"}},
		{x: "city", y: "seen", want: mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"seen"}, Direction: mapping.BToA}},
		{x: "city", y: "name", want: mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"name"}, Direction: mapping.BToA}},
		{x: "city", y: "seen", o: mapping.Options{Direction: mapping.AToB}, bad: "SEEN cannot be written in Right"},
		{x: "city", y: "tags", want: mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"tags"}, Direction: mapping.AToB, Transform: "split_list"}},
		{x: "email", y: "tags", bad: "TAGS is a list and EMAIL holds one value"},
		{x: "email", y: "email", rows: []mapping.Row{{A: mapping.Names{"email"}, B: mapping.Names{"email"}}}, bad: "These two are paired already."},
		// A field that has a source already can still be one.
		{x: "city", y: "town", rows: []mapping.Row{{A: mapping.Names{"email"}, B: mapping.Names{"town"}, Direction: mapping.AToB}}, want: mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"town"}, Direction: mapping.BToA}},
	} {
		c.o.Systems = systems.Systems
		got, err := mapping.Pair(c.rows, a, b, c.x, c.y, c.o)
		switch {
		case c.bad != "":
			if err == nil || !strings.HasPrefix(err.Error(), c.bad) {
				t.Errorf("%s and %s: %v, want %q", c.x, c.y, err, c.bad)
			}
		case err != nil || got.Key() != c.want.Key() || got.Transform != c.want.Transform || got.Direction != c.want.Direction:
			t.Errorf("%s and %s: %+v %v, want %+v", c.x, c.y, got, err, c.want)
		}
	}
}
