package mapping

import (
	"strings"
	"testing"

	"couplet/internal/connector"
)

// belonging is a rule between a side that holds one and a side that holds many; a1 is b1 over there, and a2 is b2.
func belonging(t *testing.T, p *Partners) *Rule {
	t.Helper()
	field := func(name string) []connector.Field {
		return []connector.Field{{Name: name, Label: name, Type: connector.Linked, Object: "company", Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes},
			{Name: "text", Type: connector.Text, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes}}
	}
	m, bad := Compile([]Row{{A: Names{"one"}, B: Names{"many"}}}, field("one"), field("many"), Options{Systems: [2]string{"Left", "Right"}, Partners: map[string]*Partners{"company": p}})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return &m.Rules[0]
}

func TestWhatARecordBelongsToGoesOverAsItsPartner(t *testing.T) {
	t.Parallel()
	r := belonging(t, PairRecords([][2]string{{"a1", "b1"}, {"a2", "b2"}}))
	for _, c := range []struct {
		to   connector.Side
		v    Value
		want Value
	}{{connector.B, "a1", "b1"}, {connector.A, "b2", "a2"}, {connector.A, "b9,b2,b1", "a2"}, {connector.B, nil, nil}} {
		got, err := r.Convert(c.to, c.v)
		if err != nil || got != c.want {
			t.Errorf("%v goes to %s as %v, want %v: %v", c.v, c.to, got, c.want, err)
		}
		if !Empty(c.v) {
			a, b := c.v, got
			if c.to == connector.A {
				a, b = got, c.v
			}
			if !r.Agree(a, b) {
				t.Errorf("%v and %v do not agree after converting", a, b)
			}
		}
	}
	for _, lone := range []Value{"b9", "b9,b8"} {
		if _, err := r.Convert(connector.A, lone); err == nil || !strings.Contains(err.Error(), "the company that it belongs to in Right has no partner in Left yet") {
			t.Errorf("%v: %v", lone, err)
		}
	}
	for _, c := range []struct {
		a, b Value
		want bool
	}{{"a1", "b1", true}, {"a1", "b2,b1", true}, {"a1", "b2", false}, {"a1", nil, false}, {nil, nil, true}, {"a9", "a9", false}, {"a1", "a1", false}} {
		if got := r.Agree(c.a, c.b); got != c.want {
			t.Errorf("%v and %v agree: %t", c.a, c.b, got)
		}
	}
	if !r.Same(connector.B, "b1,b2", "b2, b1") || r.Same(connector.B, "b1", "b1,b2") || !r.Took(connector.B, "b1", "b2,b1") || r.Took(connector.B, "b1", "b2") || r.Took(connector.B, nil, "b2") {
		t.Error("membership is compared wrongly")
	}
	if r.Shortened("a1", "a1x") || r.Cut(connector.B, "a1", "b") {
		t.Error("an id passes for a shortening of another")
	}
}

func TestWhatNobodyComparedIsSaid(t *testing.T) {
	t.Parallel()
	none := PairRecords(nil)
	none.Unknown = "make a flow of companies first"
	for want, p := range map[string]*Partners{"make a flow of companies first": none, "it is not known which company of Left is which in Right": nil} {
		if _, err := belonging(t, p).Convert(connector.B, "a1"); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestACompanyIsPairedWithNothingElse(t *testing.T) {
	t.Parallel()
	link := connector.Field{Name: "link", Label: "Company", Type: connector.Linked, Object: "company", Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes}
	deal := link
	deal.Name, deal.Object = "deal", "deal"
	text := connector.Field{Name: "text", Label: "Text", Type: connector.Text, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes}
	all := []connector.Field{link, deal, text}
	for _, row := range []Row{{A: Names{"link"}, B: Names{"text"}}, {A: Names{"text"}, B: Names{"link"}}, {A: Names{"link"}, B: Names{"deal"}}, {A: Names{"link"}, B: Names{"link"}, Transform: "lowercase"}} {
		if _, bad := Compile([]Row{row}, all, all, Options{}); len(bad) != 1 {
			t.Errorf("%v is taken: %v", row, bad)
		}
	}
	if Fits(connector.Linked, connector.Text) || Fits(connector.Text, connector.Linked) || !Fits(connector.Linked, connector.Linked) {
		t.Error("it is suggested to go with something else")
	}
}
