package flow

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"couplet/internal/mapping"
)

func TestAnExportedFileIsReadAsTheSameFile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := files().Draw(t, "file")
		data, err := Export(f)
		if err != nil {
			t.Fatal(err)
		}
		secrets := map[string]string{}
		for _, c := range f.Connections {
			secret := c.Auth.Token + c.Auth.ClientSecret
			secrets[SecretNames(f.Connections)[c.Name]] = secret
			if secret != "" && strings.Contains(string(data), secret) {
				t.Fatalf("the secret is in the file:\n%s", data)
			}
		}
		back, err := Parse("export", data, func(name string) (string, bool) { v, ok := secrets[name]; return v, ok })
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if diff := cmp.Diff(&f, back, noLines); diff != "" {
			t.Fatalf("%s\n%s", diff, data)
		}
	})
}

// files draws files with every optional value present or left out, and texts that YAML could take for something else.
func files() *rapid.Generator[File] {
	odd := rapid.OneOf(
		rapid.SampledFrom([]string{"true", "no", "null", "~", "12", "1.5e3", "0x10", "- a", "a: b", "#x", "a #b", "'", `"`, `\`, "{a}", "[b]", "*x", "&x", "!x", "%x", "@x", "`x", "a,b", "2020-01-01", "12:30", "ü ñ", "日本", "a\u2028b", "$HOME", "$}{", "=", "<<", "|", ">", "?", ":"}),
		rapid.StringMatching(`[ -~]{1,12}`), rapid.StringMatching(`[a-z][a-z0-9-]{0,8}`), rapid.StringMatching(`\pL{1,5}`),
	).Filter(func(s string) bool { return !strings.Contains(s, "${") && strings.TrimSpace(s) != "" })
	unique := func(t *rapid.T, label string) []string {
		return rapid.SliceOfNDistinct(odd, 1, 3, rapid.ID[string]).Draw(t, label)
	}
	names := rapid.Custom(func(t *rapid.T) mapping.Names { return rapid.SliceOfN(odd, 1, 2).Draw(t, "names") })
	duration := rapid.Custom(func(t *rapid.T) Duration {
		return Duration(rapid.Int64Range(1, int64(10*time.Hour)).Draw(t, "ns"))
	})
	return rapid.Custom(func(t *rapid.T) File {
		some := func(label string) bool { return rapid.Bool().Draw(t, label) }
		f := File{Version: 1}
		for i, name := range unique(t, "connection") {
			c := Connection{Name: name, System: odd.Draw(t, "system"), Auth: Auth{Kind: AuthToken, Token: "s3cr3t-" + strings.Repeat("x", i+8)}}
			switch {
			case some("consent"):
				c.Auth = Auth{Kind: AuthConsent}
			case some("client"):
				c.Auth = Auth{Kind: AuthClient}
				if some("own client") {
					c.Auth.ClientID, c.Auth.ClientSecret = odd.Draw(t, "client"), "s3cr3t-"+strings.Repeat("x", i+8)
				}
				if some("token address") {
					c.Auth.TokenURL = "https://" + rapid.StringMatching(`[a-z.]{1,9}/[a-z/]*`).Draw(t, "token")
				}
				if some("scopes") {
					c.Auth.Scopes = rapid.SliceOfN(odd, 1, 3).Draw(t, "scopes")
				}
			}
			if some("account") {
				c.Account = map[string]string{}
				for _, k := range unique(t, "param") {
					c.Account[k] = odd.Draw(t, "value")
				}
			}
			if some("base") {
				c.BaseURL = "http://" + rapid.StringMatching(`[a-z.]{1,9}(:[0-9]{1,4})?/[a-z/]*`).Draw(t, "base")
			}
			if some("settings") {
				c.Settings = map[string]string{}
				for _, k := range unique(t, "setting") {
					c.Settings[k] = odd.Draw(t, "value")
				}
			}
			if some("limits") {
				c.Limits.PerSecond = rapid.Float64Range(0.001, 9999).Draw(t, "per_second")
			}
			f.Connections = append(f.Connections, c)
		}
		for range rapid.IntRange(0, 2).Draw(t, "flows") {
			f.Flows = append(f.Flows, spec(t, some, odd, names, duration))
		}
		return f
	})
}

func spec(t *rapid.T, some func(string) bool, odd *rapid.Generator[string], names *rapid.Generator[mapping.Names], duration *rapid.Generator[Duration]) FlowSpec {
	s := FlowSpec{Name: odd.Draw(t, "name"), Template: odd.Draw(t, "template"), Connections: [2]string{odd.Draw(t, "a"), odd.Draw(t, "b")}}
	maybe := func(to *string) {
		if some("word") {
			*to = odd.Draw(t, "word")
		}
	}
	maybe((*string)(&s.Direction))
	maybe((*string)(&s.Conflict))
	maybe((*string)(&s.Blank))
	maybe((*string)(&s.Delete))
	maybe((*string)(&s.Scope))
	if some("records") {
		s.Records = rapid.SliceOfN(odd, 0, 2).Draw(t, "records")
	}
	s.Watch = some("watch")
	maybe(&s.Region)
	if some("enabled") {
		on := some("on")
		s.Enabled = &on
	}
	if some("every") {
		s.Schedule = &Schedule{Every: duration.Draw(t, "every")}
	} else if some("cron") {
		s.Schedule = &Schedule{Cron: "*/5 * * * *"}
		maybe(&s.Schedule.TimeZone)
	}
	if some("match") {
		s.Match = rapid.SliceOfN(odd, 0, 2).Draw(t, "match")
	}
	if some("map") {
		s.Map = []Row{}
		for range rapid.IntRange(0, 3).Draw(t, "rows") {
			row := Row{Row: mapping.Row{A: names.Draw(t, "a"), B: names.Draw(t, "b")}}
			maybe((*string)(&row.Direction))
			maybe(&row.Transform)
			for range rapid.IntRange(0, 2).Draw(t, "steps") {
				st := mapping.Step{Do: odd.Draw(t, "do")}
				if some("settings") {
					st.With = map[string]string{rapid.SampledFrom([]string{"find", "with", "table"}).Draw(t, "setting"): odd.Draw(t, "value")}
				}
				row.Steps = append(row.Steps, st)
			}
			maybe((*string)(&row.Conflict))
			maybe((*string)(&row.Blank))
			s.Map = append(s.Map, row)
		}
	}
	for _, to := range []**Share{&s.Brake.Change, &s.Brake.Delete} {
		if some("share") {
			share := Share(rapid.Float64Range(0, 1).Draw(t, "share"))
			*to = &share
		}
	}
	if some("retry") {
		s.Retry = Retry{rapid.IntRange(0, 99).Draw(t, "attempts"), duration.Draw(t, "base"), duration.Draw(t, "max")}
	}
	return s
}

func TestTheExportOfTheDocumentedFileIsTheDocumentedFile(t *testing.T) {
	t.Parallel()
	f, err := Parse("my.yaml", []byte(documented), environment)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Export(*f)
	if err != nil {
		t.Fatal(err)
	}
	// The comments and the alignment are the writer's own; the lines, their order and their form are not.
	squeeze := func(s string) string {
		var out []string
		for _, l := range strings.Split(s, "\n") {
			l, _, _ = strings.Cut(l, " #")
			indent := len(l) - len(strings.TrimLeft(l, " "))
			out = append(out, strings.Repeat(" ", indent)+strings.Join(strings.Fields(l), " "))
		}
		return strings.Join(out, "\n")
	}
	want := strings.NewReplacer("HL_TOKEN", "AGENCY_MAIN_TOKEN", "UC_TOKEN", "USERCOM_TOKEN", `"ve9EPM428h8vShlRW1KT"`, "ve9EPM428h8vShlRW1KT").Replace(documented)
	if diff := cmp.Diff(squeeze(want), squeeze(string(got))); diff != "" {
		t.Error(diff)
	}
}

func TestAStoredFlowGoesThroughItsFileAndComesBackTheSame(t *testing.T) {
	t.Parallel()
	tpl, err := TemplateNamed("contact-sync")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Flow){
		"as the template": func(*Flow) {},
		"cron":            func(f *Flow) { f.Schedule = Schedule{Cron: "0 3 * * 1-5", TimeZone: "Europe/Lisbon"} },
		"no brake":        func(f *Flow) { f.Brake = Brake{0, 1} },
		"clear, region":   func(f *Flow) { f.Blank, f.Region, f.Enabled = mapping.Clear, "PT", true },
		"own map":         func(f *Flow) { f.Map = f.Map[:2]; f.Map[0].Blank = mapping.Clear },
	} {
		f := tpl.Flow()
		f.Name, f.Connections = "contacts", [2]string{"x", "y"}
		change(&f)
		data, err := Export(File{Version: 1, Flows: []FlowSpec{f.Spec(f.Connections)}})
		if err != nil {
			t.Fatal(name, err)
		}
		file, err := Parse("export", data, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		back, err := Resolve(file.Flows[0])
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(f, back); diff != "" {
			t.Errorf("%s: %s\n%s", name, diff, data)
		}
	}
}

func TestSecretsAreNamedAfterTheirConnection(t *testing.T) {
	t.Parallel()
	var cs []Connection
	for _, n := range []string{"agency-main", "agency main", "Agency (EU)", "1st", "日本", "x_"} {
		cs = append(cs, Connection{Name: n})
	}
	want := []string{"AGENCY_MAIN_TOKEN", "AGENCY_MAIN_2_TOKEN", "AGENCY_EU_TOKEN", "CONNECTION_1ST_TOKEN", "CONNECTION_TOKEN", "X_TOKEN"}
	if got := secretNames(cs); !cmp.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestAValueThatWouldBecomeAVariableIsNotExported(t *testing.T) {
	t.Parallel()
	for _, f := range []File{
		{Version: 1, Connections: []Connection{{Name: "a", System: "s", Auth: Auth{Kind: "token"}, Account: map[string]string{"p": "${HOME}"}}}},
		{Version: 1, Flows: []FlowSpec{{Name: "f", Template: "t", Connections: [2]string{"a", "b"}, Map: []Row{{Row: mapping.Row{A: mapping.Names{"${X}"}, B: mapping.Names{"y"}}}}}}},
	} {
		if data, err := Export(f); err == nil {
			t.Errorf("it was written:\n%s", data)
		}
	}
}
