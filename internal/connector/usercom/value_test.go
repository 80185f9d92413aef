package usercom_test

import (
	"fmt"
	"strings"
	"testing"

	"couplet/internal/connector"
)

// Section 7: words and numbers for types, and values that come in another form than their type.
func TestAttributesOfEveryTypeAreRead(t *testing.T) {
	t.Parallel()
	cases := []struct {
		kind, value string
		want        connector.Type
		read        any
	}{
		{`"string"`, `"x"`, connector.Text, "x"},
		{`"string"`, `12345678`, connector.Text, "12345678"},
		{`4`, `true`, connector.Text, "true"},
		{`"integer"`, `3`, connector.Number, 3.0},
		{`"float"`, `"2.5"`, connector.Number, 2.5},
		{`2`, `"many"`, connector.Number, "many"},
		{`"boolean"`, `true`, connector.Bool, true},
		{`1`, `"no"`, connector.Bool, false},
		{`1`, `"True"`, connector.Bool, true},
		{`"date"`, `"2026-02-28T00:00:00Z"`, connector.Day, "2026-02-28"},
		{`3`, `"2026-02-28"`, connector.Day, "2026-02-28"},
		{`"datetime"`, `"2026-02-28T10:00:00Z"`, connector.Instant, "2026-02-28T10:00:00Z"},
		{`"fixed"`, `"gold"`, connector.Option, "gold"},
		{`"fixed","choices":["a","b"],"allow_multiple_choices":true`, `["a","b"]`, connector.Set, []string{"a", "b"}},
		{`"fixed","choices":["a","b"],"allow_multiple_choices":true`, `"a"`, connector.Set, []string{"a"}},
		{`"fixed","choices":[1,2],"allow_multiple_choices":true`, `[1,2]`, connector.Set, []string{"1", "2"}},
		{`"json"`, `{"a":1}`, connector.Text, `{"a":1}`},
		{`"string"`, `null`, connector.Text, nil},
		{`"string"`, `[]`, connector.Text, nil},
	}
	var defs, row []string
	for i, c := range cases {
		defs = append(defs, fmt.Sprintf(`{"id":%d,"name":"A %d","name_std":"a_%d","content_type":"clientuser","value_type":%s}`, i, i, i, c.kind))
		row = append(row, fmt.Sprintf(`"a_%d":%s`, i, c.value))
	}
	half := len(defs) / 2
	s := &script{answers: map[string]string{
		"GET /attributes/":          fmt.Sprintf(`{"count":19,"next":"http://HOST/api/public/attributes/?cursor=2","results":[%s]}`, strings.Join(defs[:half], ",")),
		"GET /attributes/?cursor=2": fmt.Sprintf(`{"count":19,"next":null,"results":[%s]}`, strings.Join(defs[half:], ",")),
		"GET /users/1/":             `{"id":1,"email":null,"tags":[],` + strings.Join(row, ",") + `}`,
		"GET /users/":               `{"count":0,"next":null,"results":[]}`,
	}}
	conn := s.conn(t)
	fields, err := conn.Describe(t.Context(), "contact")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := conn.Get(t.Context(), connector.Ref{Object: "contact", ID: "1"})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		name := fmt.Sprintf("a_%d", i)
		f, _ := connector.FieldNamed(fields, name)
		if f.Type != c.want || (f.OnUpdate == connector.No) != (c.kind == `"json"`) {
			t.Errorf("%s is described as %+v", c.kind, f)
		}
		if got, shown := rec.Fields[name]; !shown || fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", c.read, c.read) {
			t.Errorf("%s %s is read as %#v (shown: %v), want %#v", c.kind, c.value, got, shown, c.read)
		}
	}
}
