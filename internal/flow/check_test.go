package flow

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

func ready(t *testing.T) Flow {
	t.Helper()
	tpl, err := TemplateNamed("contact-sync")
	if err != nil {
		t.Fatal(err)
	}
	f := tpl.Flow()
	f.ID, f.Name, f.Connections, f.Enabled = "flow_1", "contacts", [2]string{"con_a", "con_b"}, true
	return f
}

func TestEveryTemplateIsAFlowWithoutProblems(t *testing.T) {
	t.Parallel()
	for _, tpl := range Templates() {
		f := tpl.Flow()
		f.Name = "x"
		if p := f.Problems(); len(p) > 0 {
			t.Errorf("%s: %v", tpl.ID, p)
		}
		if tpl.Title == "" || !strings.HasSuffix(tpl.Description, ".") || strings.Count(tpl.Description, ". ") > 0 {
			t.Errorf("%s needs a title and a description of one sentence", tpl.ID)
		}
	}
}

func TestATemplatesFlowIsACopyOfItsOwn(t *testing.T) {
	t.Parallel()
	f := ready(t)
	f.Match[0], f.Map[0].A[0], f.Map[0].Transform = "x", "x", "x"
	if g := ready(t); g.Match[0] == "x" || g.Map[0].A[0] == "x" || g.Map[0].Transform == "x" {
		t.Error("changing a flow changed the template")
	}
}

func TestAnExtraFieldIsAskedForOnlyWhereTheMapNamesIt(t *testing.T) {
	t.Parallel()
	f := ready(t)
	want := []Extra{{Side: connector.B, Field: connector.Field{Name: "company_name", Label: "company_name", Type: connector.Text, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes, Custom: true}}}
	if diff := cmp.Diff(want, f.Extras()); diff != "" {
		t.Error(diff)
	}
	f.Map = f.Map[:3]
	if got := f.Extras(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestAFlowFromAPageIsCheckedLikeOneFromAFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Flow)
		field  string
		says   string
	}{
		"no name":           {func(f *Flow) { f.Name = "" }, "name", "is empty"},
		"name too long":     {func(f *Flow) { f.Name = strings.Repeat("é", 101) }, "name", "100 characters"},
		"name with a tab":   {func(f *Flow) { f.Name = "a\tb" }, "name", "cannot be seen"},
		"name as variable":  {func(f *Flow) { f.Name = "${X}" }, "name", "${"},
		"row against flow":  {func(f *Flow) { f.Direction = mapping.AToB; f.Map[1].Direction = mapping.BToA }, "map.1", "can never happen"},
		"row without field": {func(f *Flow) { f.Map[0].B = nil }, "map.0", "side b names no field"},
		"unknown step":      {func(f *Flow) { f.Map[0].Steps = []mapping.Step{{Do: "upper"}} }, "map.0", "is not known"},
		"step not set up":   {func(f *Flow) { f.Map[0].Steps = []mapping.Step{{Do: "replace"}} }, "map.0", "needs find"},
		"step set up wrong": {func(f *Flow) {
			f.Map[0].Steps = []mapping.Step{{Do: "extract", With: map[string]string{"pattern": "("}}}
		}, "map.0", "missing closing"},
		"no map":             {func(f *Flow) { f.Map = nil }, "map", "map is empty"},
		"brake not a number": {func(f *Flow) { f.Brake.Change = Share(nan()) }, "brake.change", "0% to 100%"},
		"no attempts":        {func(f *Flow) { f.Retry.MaxAttempts = 0 }, "retry.max_attempts", "1 to 100"},
		"no schedule":        {func(f *Flow) { f.Schedule = Schedule{} }, "schedule", "is empty"},
	} {
		f := ready(t)
		c.change(&f)
		got := f.Problems()
		if len(got) != 1 || got[0].Field != c.field || !strings.Contains(got[0].Text, c.says) {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func nan() float64 { var z float64; return z / z }

func TestTwoFlowsThatAreOnNeverWriteTheSameField(t *testing.T) {
	t.Parallel()
	only := func(d mapping.Direction) func(*Flow) { return func(f *Flow) { f.Direction = d } }
	for name, c := range map[string]struct {
		other, mine func(*Flow)
		want        int
	}{
		"same records":             {nil, nil, 1},
		"same flow, stored":        {func(f *Flow) { f.ID = "flow_2" }, nil, 0},
		"other one is off":         {func(f *Flow) { f.Enabled = false }, nil, 0},
		"this one is off":          {nil, func(f *Flow) { f.Enabled = false }, 0},
		"another object":           {func(f *Flow) { f.Object = "task" }, nil, 0},
		"another account on b":     {func(f *Flow) { f.Connections[1] = "con_c" }, nil, 6},
		"exchanged sides":          {func(f *Flow) { f.Connections = [2]string{"con_b", "con_a"} }, nil, 1},
		"each writes its own side": {only(mapping.AToB), only(mapping.BToA), 1},
		"other rows":               {func(f *Flow) { f.Map = f.Map[:1] }, func(f *Flow) { f.Map = f.Map[1:] }, 1},
		"row limited to one side":  {func(f *Flow) { f.Map, f.Connections[1] = f.Map[:1], "con_c" }, func(f *Flow) { f.Map[0].Direction = mapping.BToA }, 1},
		"two fields written as one": {func(f *Flow) {
			f.Connections[1] = "con_c"
			f.Map = []mapping.Row{{A: mapping.Names{"lastName"}, B: mapping.Names{"x"}}}
		}, nil, 1},
		"without ids, as in a file":  {func(f *Flow) { f.ID = "" }, func(f *Flow) { f.ID = "" }, 1},
		"same field in another flow": {func(f *Flow) { f.Connections = [2]string{"con_z", "con_b"} }, nil, 5},
	} {
		other, mine := ready(t), ready(t)
		other.Name = "older"
		mine.ID = "flow_2"
		if c.other != nil {
			c.other(&other)
		}
		if c.mine != nil {
			c.mine(&mine)
		}
		got := WritesConflict([]Flow{other}, mine)
		if len(got) != c.want {
			t.Errorf("%s: want %d, got %d: %v", name, c.want, len(got), got)
		}
		for _, p := range got {
			if !strings.Contains(p.Text, `"older"`) || !strings.Contains(p.Text, `"contacts"`) || !strings.HasPrefix(p.Field, "map.") && p.Field != "connections" {
				t.Errorf("%s: %v does not name both flows", name, p)
			}
		}
	}
}

func TestFlowsOfOneFileForTheSameRecordsAreRefusedWithTheirLine(t *testing.T) {
	t.Parallel()
	second := `  - name: again
    template: contact-sync
    connections: { a: agency-main, b: usercom }
    enabled: true
    map:
      - { a: website, b: website }
      - { a: email, b: mail, direction: b_to_a }
`
	_, err := Load("my.yaml", []byte(documented+second), environment, here)
	if err == nil || strings.Count(err.Error(), "\n") != 0 || !strings.HasPrefix(err.Error(), `my.yaml:33: flow "contacts" already keeps the contact records of these two accounts in step`) {
		t.Errorf("error is %v", err)
	}
}

func TestWhatOnlyTheAccountsFieldsCanShowIsPlacedInTheFileToo(t *testing.T) {
	t.Parallel()
	f, err := Parse("my.yaml", []byte(documented), environment)
	if err != nil {
		t.Fatal(err)
	}
	problems := []mapping.Problem{{Row: 3, Text: "there is no such field"}}
	got := f.Flows[0].RowErrors("my.yaml", problems)
	if len(got) != 1 || got[0].Line != 25 || !strings.Contains(got[0].Text, "row 4 of its map: there is no such field") {
		t.Errorf("got %v", got)
	}
	// The template's map has no line in the file.
	short, err := Parse("my.yaml", []byte("version: 1\nflows:\n  - name: x\n    template: contact-sync\n    connections: { a: y, b: z }\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := short.Flows[0].RowErrors("my.yaml", problems); got[0].Line != 3 {
		t.Errorf("got %v", got)
	}
}

func TestSpansAndSharesAreWrittenAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{"5m": 5 * time.Minute, "2s": 2 * time.Second, "6h": 6 * time.Hour, "1h30m": 90 * time.Minute, "1h0m5s": time.Hour + 5*time.Second, "100ms": 100 * time.Millisecond, "0s": 0, "10m": 10 * time.Minute, "10h": 10 * time.Hour, "1m10s": 70 * time.Second} {
		if got := Duration(d).String(); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
		if back, err := ParseDuration(want); err != nil || back.D() != d {
			t.Errorf("%q is read as %v, %v", want, back, err)
		}
	}
	for want, s := range map[string]Share{"5%": 0.05, "1%": 0.01, "7%": 0.07, "0.5%": 0.005, "0%": 0, "100%": 1, "29%": 0.29, "57%": 0.57} {
		if got := s.String(); got != want {
			t.Errorf("%v is written %q, want %q", float64(s), got, want)
		}
		if back, err := ParseShare(want); err != nil || back != s {
			t.Errorf("%q is read as %v, %v", want, float64(back), err)
		}
	}
}

func TestAFlowGoesThroughJSONAndComesBackTheSame(t *testing.T) {
	t.Parallel()
	f := ready(t)
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back Flow
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, back); diff != "" {
		t.Errorf("%s\n%s", diff, data)
	}
	if !strings.Contains(string(data), `"every":"5m"`) || !strings.Contains(string(data), `"change":"5%"`) {
		t.Errorf("JSON is %s", data)
	}
}

func TestEachObjectHasItsPoliciesForDeletes(t *testing.T) {
	t.Parallel()
	for template, fits := range map[string][]Delete{"contact-sync": {Detach, Tag, Approve, Restore}, "task-sync": {Detach, Approve}, "note-sync": {Detach, Approve}} {
		f, err := Resolve(FlowSpec{Name: "x", Template: template})
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Deletes(); !slices.Equal(got, fits) {
			t.Errorf("%s: %v", template, got)
		}
		for _, d := range []Delete{Detach, Tag, Approve, Restore, "purge", ""} {
			f.Delete = d
			p := f.Problems()
			if (len(p) == 0) != slices.Contains(fits, d) {
				t.Errorf("%s, %q: %v", template, d, p)
			}
			for _, problem := range p {
				if problem.Field != "delete" || !strings.Contains(problem.Text, "use ") || !strings.Contains(problem.Text, "approve") {
					t.Errorf("%s, %q: %+v", template, d, problem)
				}
			}
		}
	}
}
