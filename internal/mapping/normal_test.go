package mapping_test

import (
	"testing"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// TestNormalForms holds sync-semantics 5.4: which spellings are one value.
func TestNormalForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		t    connector.Type
		x, y any
		same bool
	}{
		{connector.Email, " Ada@Example.COM", "ada@example.com", true},
		{connector.Email, "ada@example.com", "ada@example.org", false},
		{connector.Phone, "(202) 555-0100", "+12025550100", true},
		{connector.Phone, "+12025550100 ext. 7", "+12025550100", false},
		{connector.Phone, "no number", "no number", true},
		{connector.Phone, "+12025550100", "+12025550101", false},
		{connector.Text, "Jose\u0301", "José", true},
		{connector.Text, " Ada  Bell ", "Ada Bell", true},
		{connector.Text, "ada", "Ada", false},
		{connector.Text, "a\r\nb ", "a\nb", true},
		{connector.Number, "12.50", 12.5, true},
		{connector.Number, "1e3", 1000.0, true},
		{connector.Bool, "TRUE", true, true},
		{connector.Day, "2026-01-02T00:00:00Z", "2026-01-02", true},
		{connector.Day, "2026-01-02", "2026-01-03", false},
		{connector.Instant, "2026-01-02T03:00:00+01:00", "2026-01-02T02:00:00Z", true},
	} {
		if same := mapping.Normal(c.t, c.x, "US") == mapping.Normal(c.t, c.y, "US"); same != c.same {
			t.Errorf("%s: %q and %q: same %v", c.t, c.x, c.y, same)
		}
	}
}

func TestANormalFormIsItsOwn(t *testing.T) {
	t.Parallel()
	types := rapid.SampledFrom([]connector.Type{connector.Text, connector.Email, connector.Number, connector.Bool, connector.Day, connector.Instant})
	rapid.Check(t, func(t *rapid.T) {
		kind, s := types.Draw(t, "type"), rapid.OneOf(words, rapid.String()).Draw(t, "s")
		once := mapping.Normal(kind, s, "US")
		if again := mapping.Normal(kind, once, "US"); again != once {
			t.Fatalf("%s %q: %q, then %q", kind, s, once, again)
		}
	})
}

// TestANumberWithoutPrefixBelongsToTheRegion: the default country of the accounts decides.
func TestANumberWithoutPrefixBelongsToTheRegion(t *testing.T) {
	t.Parallel()
	if us, pl := mapping.E164("202-555-0100", "US"), mapping.E164("22 621 02 11", "PL"); us != "+12025550100" || pl != "+48226210211" {
		t.Error(us, pl)
	}
	if got := mapping.E164("12", "US"); got != "" {
		t.Errorf("12 is %q", got)
	}
}

func TestKeysAreWhatPeopleCanBeMatchedBy(t *testing.T) {
	t.Parallel()
	custom := field("spare", connector.Email)
	custom.Custom = true
	fields := []connector.Field{field("name", connector.Text), field("mail", connector.Email), field("mail2", connector.Email), field("tel", connector.Phone), custom}
	for _, c := range []struct {
		f    connector.Fields
		want map[string]string
	}{
		{connector.Fields{"mail": " Ada@Example.com ", "tel": "202-555-0100", "name": "Ada"}, map[string]string{"email": "ada@example.com", "phone": "+12025550100"}},
		{connector.Fields{"mail": nil, "mail2": "b@example.com", "tel": "no number"}, map[string]string{"email": "b@example.com"}},
		{connector.Fields{"mail": " ", "spare": "c@example.com"}, map[string]string{}},
	} {
		got := mapping.Keys(fields, c.f, "US")
		if len(got) != len(c.want) || got["email"] != c.want["email"] || got["phone"] != c.want["phone"] {
			t.Errorf("%v: %v", c.f, got)
		}
	}
}

func TestShortenedIsABeginning(t *testing.T) {
	t.Parallel()
	r := rule(t, mapping.Row{}, field("x", connector.Text), field("y", connector.Text))
	for _, c := range []struct {
		x, y string
		want bool
	}{{"Alexandra", "Alexa", true}, {"Alexandra", "Alexa…", true}, {"Alexandra", "Alexa...", true}, {"Ada", "Ada", false}, {"Ada", "", false}, {"Ada", "Bea", false}, {"...", "Ada", false}} {
		if r.Shortened(c.x, c.y) != c.want || r.Shortened(c.y, c.x) != c.want {
			t.Errorf("%q and %q", c.x, c.y)
		}
	}
}

func TestRestoreGivesValuesTheirShapeBack(t *testing.T) {
	t.Parallel()
	set := rule(t, mapping.Row{}, field("x", connector.Set), field("y", connector.Set))
	if got := set.Restore(connector.A, []any{"a", "b"}); mapping.Canon(got) != `["a","b"]` || mapping.AsSet(got) == nil {
		t.Errorf("%#v", got)
	}
	single := rule(t, mapping.Row{}, field("x", connector.Text), field("y", connector.Text))
	for _, v := range []any{nil, "a", 1.5, true} {
		if got := single.Restore(connector.A, v); got != v {
			t.Errorf("%v became %v", v, got)
		}
	}
}
