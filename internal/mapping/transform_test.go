package mapping_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// field describes a field of either side for a test.
func field(name string, t connector.Type) connector.Field {
	return connector.Field{Name: name, Label: strings.ToUpper(name), Type: t, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes}
}

// rule compiles one row between x of one type and y of another.
func rule(t interface {
	Helper()
	Fatal(...any)
}, row mapping.Row, a, b connector.Field) *mapping.Rule {
	t.Helper()
	row.A, row.B = mapping.Names{a.Name}, mapping.Names{b.Name}
	m, problems := mapping.Compile([]mapping.Row{row}, []connector.Field{a}, []connector.Field{b}, mapping.Options{Region: "US", Systems: [2]string{"Left", "Right"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return &m.Rules[0]
}

var words = rapid.SampledFrom([]string{"", " ", "Ada", " Ada  Bell ", "ada@Example.com ", "ADA@EXAMPLE.COM", "José", "Jose\u0301", "+1 202 555 0100",
	"(202) 555-0100", "202-555-0100 ext. 7", "no number", "line\r\nnext ", "0", "12.50", "true", "2026-01-02", "名前"})

// TestThereAndBack holds the promise of the package: what Convert makes agrees, and comes back as what it was.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		transform string
		a, b      connector.Type
	}{
		{"", connector.Text, connector.Text}, {"", connector.Email, connector.Email}, {"", connector.Phone, connector.Phone}, {"", connector.Phone, connector.Text},
		{"trim", connector.Text, connector.Text}, {"trim", connector.Email, connector.Text}, {"lowercase", connector.Email, connector.Email},
		{"lowercase", connector.Text, connector.Text}, {"e164", connector.Phone, connector.Phone}, {"e164", connector.Phone, connector.Text},
	} {
		t.Run(c.transform+" "+string(c.a)+" "+string(c.b), func(t *testing.T) {
			t.Parallel()
			r := rule(t, mapping.Row{Transform: c.transform}, field("x", c.a), field("y", c.b))
			rapid.Check(t, func(t *rapid.T) {
				from := connector.Side(rapid.IntRange(0, 1).Draw(t, "from"))
				v := mapping.Value(rapid.OneOf(words, rapid.String()).Draw(t, "v"))
				out, err := r.Convert(from.Other(), v)
				if err != nil {
					t.Fatal(err)
				}
				pair := [2]mapping.Value{v, out}
				if from == connector.B {
					pair = [2]mapping.Value{out, v}
				}
				if !r.Agree(pair[0], pair[1]) {
					t.Fatalf("%q became %q, and they do not agree", v, out)
				}
				back, err := r.Convert(from, out)
				if err != nil {
					t.Fatal(err)
				}
				if !r.Same(from, v, back) && !r.Lossy {
					t.Fatalf("%q became %q and came back as %q", v, out, back)
				}
			})
		})
	}
}

func TestNamesAreSplitAtTheFirstSpaceAndJoined(t *testing.T) {
	t.Parallel()
	whole := field("name", connector.Text)
	whole.Parts, whole.OnCreate, whole.OnUpdate = []string{"first", "last"}, connector.No, connector.No
	first, last := field("first", connector.Text), field("last", connector.Text)
	first.Read, last.Read, first.MaxLen, last.MaxLen = false, false, 5, 5
	m, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"f", "l"}, B: mapping.Names{"name"}, Transform: "split_name"}},
		[]connector.Field{field("f", connector.Text), field("l", connector.Text)}, []connector.Field{whole, first, last}, mapping.Options{Region: "US"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	r := &m.Rules[0]
	for whole, parts := range map[string]mapping.Parts{"Ada": {"Ada", ""}, "Ada Bell": {"Ada", "Bell"}, "Ada van Bell": {"Ada", "van Bell"}} {
		got, err := r.Convert(connector.A, whole)
		if err != nil || mapping.Canon(got) != mapping.Canon(parts) {
			t.Errorf("%q became %v, %v", whole, got, err)
		}
		if !r.Agree(parts, whole) || !r.Agree(got, whole) {
			t.Errorf("%v and %q do not agree", parts, whole)
		}
	}
	// The other way the parts are written apart, so that "Mary Jane" stays a first name there.
	sent, err := r.Convert(connector.B, mapping.Parts{"Mary Jane", "Bell"})
	if err != nil || r.Wire(connector.B, sent)["first"] != "Mary Jane" || r.Wire(connector.B, sent)["last"] != "Bell" {
		t.Errorf("sent %v, %v", r.Wire(connector.B, sent), err)
	}
	full := mapping.Parts{"Alexandra", "Bellington"}
	if !r.Cut(connector.B, full, "Alexa Belli") || r.Cut(connector.B, full, "Alexa Bell") || r.Cut(connector.B, mapping.Parts{"Ada", "Bell"}, "Ada Bell") {
		t.Error("a cut name is known by the lengths that the fields keep")
	}
	for got, want := range map[string]bool{
		"Grace": true, "Hoppe": true, "Ada Hoppe": true, "Grace Bell": true, "Ada Bell": true, // one part lost, or both: then it is the old one
		"Grace Other": false, "Someone Else": false, "Grace Hopp": false,
	} {
		if half := r.Half(connector.B, mapping.Parts{"Grace", "Hopper"}, "Ada Bell", got); half != want && got != "Ada Bell" {
			t.Errorf("%q of Grace Hopper after Ada Bell: half %v", got, half)
		}
	}
	if !r.Half(connector.B, mapping.Parts{"Grace", "Hopper"}, nil, "Hoppe") || r.Half(connector.B, mapping.Parts{"Grace", "Hopper"}, nil, "Grace Other") {
		t.Error("half of a new name")
	}
}

func TestValuesAreFitToTheirFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		to   connector.Type
		v    mapping.Value
		want any
		bad  bool
	}{
		{connector.Bool, "TRUE", true, false}, {connector.Bool, false, false, false}, {connector.Bool, "maybe", nil, true},
		{connector.Number, "12.5", 12.5, false}, {connector.Number, 3.0, 3.0, false}, {connector.Number, "many", nil, true},
		{connector.Text, 3.0, "3", false}, {connector.Text, true, "true", false}, {connector.Text, "", nil, false}, {connector.Bool, nil, nil, false},
		{connector.Number, "12 apples", nil, true},
	} {
		r := rule(t, mapping.Row{}, field("x", connector.Text), field("y", c.to))
		got, err := r.Convert(connector.B, c.v)
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("%v to %s: %v, %v", c.v, c.to, got, err)
		}
	}
}
