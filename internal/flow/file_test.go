package flow

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"couplet/internal/mapping"
)

// documented is the example of cli.md, "The flow file", word for word.
const documented = `version: 1
connections:
  - name: agency-main
    system: highlevel
    auth: { kind: token, token: "${HL_TOKEN}" }      # token | oauth2 (then connect in the browser) | client_credentials
    account: { locationId: "ve9EPM428h8vShlRW1KT" }
    base_url: http://127.0.0.1:9101                  # optional: another server than the vendor's; https unless allowed as private
  - name: usercom
    system: usercom
    auth: { kind: token, token: "${UC_TOKEN}" }
    account: { subdomain: acme }
    base_url: http://127.0.0.1:9102/api/public/
flows:
  - name: contacts
    template: contact-sync
    connections: { a: agency-main, b: usercom }
    enabled: true
    direction: both                                   # both | a_to_b | b_to_a
    schedule: { every: 5m }                           # or cron: "*/5 * * * *", time_zone: Europe/Lisbon
    match: [email, phone]
    map:
      - { a: email,     b: email,        direction: both, transform: lowercase }
      - { a: phone,     b: phone_number, direction: both, transform: e164 }
      - { a: [firstName, lastName], b: name, direction: both, transform: split_name }
      - { a: companyName, b: company_name, direction: both }   # a custom attribute, created when missing
      - { a: tags,      b: tags,         direction: both }
    conflict: newest                                  # a_wins | b_wins | newest | richer | union | ask
    delete: detach                                    # detach | tag | approve | restore
    brake: { change: 5%, delete: 1% }
    retry: { max_attempts: 12, base: 2s, max: 6h }
`

var here = Installation{Systems: []System{
	{ID: "highlevel", Name: "HighLevel", Params: []string{"locationId"}, Told: []string{"locationId"}, Consent: true},
	{ID: "usercom", Name: "User.com", Params: []string{"subdomain"}, Consent: true},
	{ID: "plain", Name: "Plain CRM"},
}}

func environment(name string) (string, bool) {
	v, ok := map[string]string{"HL_TOKEN": "pit-1", "UC_TOKEN": "uc-1", "EMPTY": "", "NESTED": "${HL_TOKEN}", "TWELVE": "12", "ON": "true"}[name]
	return v, ok
}

var noLines = cmp.Options{cmpopts.IgnoreFields(Connection{}, "Line", "lines"), cmpopts.IgnoreFields(FlowSpec{}, "Line", "lines"), cmpopts.IgnoreFields(Row{}, "Line")}

func TestTheDocumentedFileIsReadAsItStands(t *testing.T) {
	t.Parallel()
	f, err := Load("couplet.yaml", []byte(documented), environment, here)
	if err != nil {
		t.Fatal(err)
	}
	yes, five, one := true, Share(0.05), Share(0.01)
	row := func(a, b []string, transform string) Row {
		return Row{Row: mapping.Row{A: a, B: b, Direction: mapping.Both, Transform: transform}}
	}
	want := &File{Version: 1,
		Connections: []Connection{
			{Name: "agency-main", System: "highlevel", Auth: Auth{Kind: AuthToken, Token: "pit-1"}, Account: map[string]string{"locationId": "ve9EPM428h8vShlRW1KT"}, BaseURL: "http://127.0.0.1:9101"},
			{Name: "usercom", System: "usercom", Auth: Auth{Kind: AuthToken, Token: "uc-1"}, Account: map[string]string{"subdomain": "acme"}, BaseURL: "http://127.0.0.1:9102/api/public/"},
		},
		Flows: []FlowSpec{{
			Name: "contacts", Template: "contact-sync", Connections: [2]string{"agency-main", "usercom"}, Enabled: &yes, Direction: mapping.Both,
			Schedule: &Schedule{Every: Duration(5 * time.Minute)}, Match: []string{"email", "phone"},
			Map: []Row{
				row([]string{"email"}, []string{"email"}, "lowercase"),
				row([]string{"phone"}, []string{"phone_number"}, "e164"),
				row([]string{"firstName", "lastName"}, []string{"name"}, "split_name"),
				row([]string{"companyName"}, []string{"company_name"}, ""),
				row([]string{"tags"}, []string{"tags"}, ""),
			},
			Conflict: mapping.Newest, Delete: Detach, Brake: BrakeSpec{&five, &one},
			Retry: Retry{12, Duration(2 * time.Second), Duration(6 * time.Hour)},
		}},
	}
	if diff := cmp.Diff(want, f, noLines); diff != "" {
		t.Error(diff)
	}
	if f.Connections[1].Line != 8 || f.Flows[0].Line != 14 || f.Flows[0].Map[2].Line != 24 {
		t.Errorf("lines are %d, %d, %d", f.Connections[1].Line, f.Flows[0].Line, f.Flows[0].Map[2].Line)
	}
}

func TestTheTemplateHoldsWhatTheDocumentedFileSays(t *testing.T) {
	t.Parallel()
	full, err := Parse("full", []byte(documented), environment)
	if err != nil {
		t.Fatal(err)
	}
	short := FlowSpec{Name: "contacts", Template: "contact-sync", Connections: full.Flows[0].Connections, Enabled: full.Flows[0].Enabled}
	a, errA := Resolve(full.Flows[0])
	b, errB := Resolve(short)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	if a.Blank != mapping.Keep || a.Object != "contact" {
		t.Errorf("blank is %q, object is %q", a.Blank, a.Object)
	}
}

// change replaces one line of the documented file, or adds lines after it where the replacement begins with it.
func change(old, replacement string) string {
	for _, l := range strings.Split(documented, "\n") {
		if strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "- ")), old) {
			indent := l[:len(l)-len(strings.TrimLeft(l, " "))]
			if strings.HasPrefix(strings.TrimSpace(l), "- ") && !strings.HasPrefix(replacement, "- ") {
				replacement = "- " + replacement
			}
			return strings.Replace(documented, l, indent+replacement, 1)
		}
	}
	panic("no line begins with " + old)
}

func TestEveryFaultOfAFileIsNamedWithItsLineAndItsFix(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule, old, replacement string
		line                   int
		says                   []string
	}{
		{"unknown key", "conflict:", "conflicts: newest", 27, []string{"conflicts is not a key of a flow", "known here", "conflict"}},
		{"unknown key of a row", "{ a: tags", "- { a: tags, b: tags, way: both }", 26, []string{"way is not a key of a row of the map"}},
		{"unknown key of a connection", "account: { subdomain", "accounts: { subdomain: acme }", 11, []string{"accounts is not a key of a connection"}},
		{"unknown account word", "account: { subdomain", "account: { subdomain: acme, host: x }", 11, []string{"host", "User.com does not know", "subdomain"}},
		{"missing account word", "account: { locationId", "account: { }", 6, []string{"has no locationId"}},
		{"key twice", "conflict:", "direction: both", 27, []string{"direction is given twice (first on line 18)"}},
		{"no value", "conflict:", "conflict:", 27, []string{"conflict has no value"}},
		{"empty value", "conflict:", `conflict: ""`, 27, []string{"conflict is empty"}},
		{"version unknown", "version:", "version: 2", 1, []string{"version 2 is not known", "reads version 1"}},
		{"variable unset", "auth: { kind: token, token: \"${UC", `auth: { kind: token, token: "${NOPE}" }`, 10, []string{"variable NOPE, which is not set", "environment"}},
		{"variable empty", "auth: { kind: token, token: \"${UC", `auth: { kind: token, token: "${EMPTY}" }`, 10, []string{"auth.token is empty"}},
		{"variable with a bad name", "auth: { kind: token, token: \"${UC", `auth: { kind: token, token: "${A-B}" }`, 10, []string{"${A-B}", "names no variable"}},
		{"variable never closed", "auth: { kind: token, token: \"${UC", `auth: { kind: token, token: "${UC" }`, 10, []string{"names no variable"}},
		{"variable naming a variable", "account: { subdomain", `account: { subdomain: "${NESTED}" }`, 11, []string{"may not name another"}},
		{"oauth2 with a token", "auth: { kind: token, token: \"${UC", "auth: { kind: oauth2, token: x }", 10, []string{"has token, which belongs to kind token"}},
		{"half a client", "auth: { kind: token, token: \"${UC", "auth: { kind: client_credentials, client_id: x }", 10, []string{"only one of client_id and client_secret", "give both, or neither"}},
		{"a token address in the open", "auth: { kind: token, token: \"${UC", "auth: { kind: client_credentials, token_url: \"http://x.example/token\" }", 10, []string{"token_url of", "use https"}},
		{"an unknown kind", "auth: { kind: token, token: \"${UC", "auth: { kind: password }", 10, []string{"\"password\" is not known", "use token, oauth2 or client_credentials"}},
		{"auth unknown", "auth: { kind: token, token: \"${UC", "auth: { kind: basic }", 10, []string{`"basic" is not known`}},
		{"no token anywhere", "auth: { kind: token, token: \"${UC", "auth: { kind: token }", 10, []string{"has no token, and none is stored"}},
		{"delete ask", "delete:", "delete: ask", 28, []string{`delete "ask" is not known`, "use one of detach, tag, approve, restore"}},
		{"delete unknown", "delete:", "delete: never", 28, []string{`"never" is not known`, "detach"}},
		{"template unknown", "template:", "template: deal-sync", 15, []string{`"deal-sync" is not known`, "contact-sync"}},
		{"system unknown", "system: usercom", "system: hubspot", 9, []string{`"hubspot" is not known`, "highlevel, usercom, plain"}},
		{"connection unknown", "connections: { a", "connections: { a: agency-main, b: nobody }", 16, []string{`"nobody" is not in this file`, "agency-main, usercom"}},
		{"same connection twice", "connections: { a", "connections: { a: usercom, b: usercom }", 16, []string{"same connection"}},
		{"one side missing", "connections: { a", "connections: { a: usercom }", 16, []string{"has no b"}},
		{"connection twice", "name: usercom", "name: agency-main", 8, []string{"already on line 3"}},
		{"direction unknown", "direction:", "direction: sideways", 18, []string{"both, a_to_b, b_to_a"}},
		{"transform unknown", "{ a: tags", "- { a: tags, b: tags, transform: rot13 }", 26, []string{"row 5", `"rot13" is not known`, "lowercase"}},
		{"policy unknown", "conflict:", "conflict: oldest", 27, []string{`"oldest" is not known`, "a_wins"}},
		{"policy not for choosing", "conflict:", "conflict: most_restrictive", 27, []string{"is not known"}},
		{"row policy unknown", "{ a: tags", "- { a: tags, b: tags, conflict: x }", 26, []string{"row 5", `"x" is not known`}},
		{"row blank unknown", "{ a: tags", "- { a: tags, b: tags, blank: x }", 26, []string{"keep, clear"}},
		{"row without a side", "{ a: tags", "- { a: tags }", 26, []string{"has no b"}},
		{"row with an empty list", "{ a: tags", "- { a: tags, b: [] }", 26, []string{"side b names no field"}},
		{"match unknown", "match:", "match: [email, name]", 20, []string{`"name" is not known`, "email, phone"}},
		{"match twice", "match:", "match: [email, email]", 20, []string{"email twice"}},
		{"match empty", "match:", "match: []", 20, []string{"match is empty"}},
		{"match no list", "match:", "match: email", 20, []string{"must be a list"}},
		{"interval too short", "schedule:", "schedule: { every: 29s }", 19, []string{"use 30s or more"}},
		{"interval too long", "schedule:", "schedule: { every: 745h }", 19, []string{"longer than a month"}},
		{"interval negative", "schedule:", "schedule: { every: -5m }", 19, []string{"above 0"}},
		{"interval in days", "schedule:", "schedule: { every: 1d }", 19, []string{"not a time span"}},
		{"interval and cron", "schedule:", `schedule: { every: 5m, cron: "* * * * *" }`, 19, []string{"every and cron"}},
		{"schedule empty", "schedule:", "schedule: { }", 19, []string{"schedule is empty"}},
		{"zone without cron", "schedule:", "schedule: { every: 5m, time_zone: Europe/Lisbon }", 19, []string{"without cron"}},
		{"cron with six fields", "schedule:", `schedule: { cron: "0 * * * * *" }`, 19, []string{"is not a cron line"}},
		{"cron by name", "schedule:", `schedule: { cron: "@daily" }`, 19, []string{"is not a cron line"}},
		{"cron with a zone inside", "schedule:", `schedule: { cron: "TZ=UTC * * * * *" }`, 19, []string{"write it as time_zone"}},
		{"cron that never comes", "schedule:", `schedule: { cron: "0 0 30 2 *" }`, 19, []string{"never comes"}},
		{"zone unknown", "schedule:", `schedule: { cron: "0 3 * * *", time_zone: Europe/Atlantis }`, 19, []string{"Europe/Atlantis", "like Europe/Lisbon"}},
		{"zone of the machine", "schedule:", `schedule: { cron: "0 3 * * *", time_zone: Local }`, 19, []string{"is not known"}},
		{"share without percent", "brake:", "brake: { change: 5 }", 29, []string{"is not a share"}},
		{"share too big", "brake:", "brake: { change: 101% }", 29, []string{"0% to 100%"}},
		{"share negative", "brake:", "brake: { delete: -1% }", 29, []string{"0% to 100%"}},
		{"attempts none", "retry:", "retry: { max_attempts: 0 }", 30, []string{"above 0"}},
		{"attempts broken", "retry:", "retry: { max_attempts: 1.5 }", 30, []string{"whole number"}},
		{"attempts too many", "retry:", "retry: { max_attempts: 101 }", 30, []string{"1 to 100"}},
		{"retry base too short", "retry:", "retry: { base: 1ms }", 30, []string{"100ms to 1h"}},
		{"retry max below base", "retry:", "retry: { base: 1m, max: 30s }", 30, []string{"shorter than retry.base"}},
		{"retry max too long", "retry:", "retry: { max: 169h }", 30, []string{"168h or less"}},
		{"region unknown", "retry:", "region: Portugal", 30, []string{"two letters"}},
		{"yes for true", "enabled:", "enabled: yes", 17, []string{"write true or false"}},
		{"http to a stranger", "base_url: http://127.0.0.1:9102", "base_url: http://example.com/api", 12, []string{"use https", "COUPLET_ALLOW_PRIVATE_HOSTS=example.com:80"}},
		{"address with a key inside", "base_url: http://127.0.0.1:9102", "base_url: https://u:p@example.com/", 12, []string{"a key belongs under auth"}},
		{"address without a host", "base_url: http://127.0.0.1:9102", "base_url: example.com", 12, []string{"is not an address"}},
		{"per_second none", "account: { subdomain", "account: { subdomain: acme }\n    limits: { per_second: 0 }", 12, []string{"above 0"}},
		{"per_second absurd", "account: { subdomain", "account: { subdomain: acme }\n    limits: { per_second: 10001 }", 12, []string{"10000 or less"}},
		{"alias", "conflict:", "conflict: &c newest", 27, []string{"anchor or alias"}},
		{"tag", "conflict:", "conflict: !!str newest", 27, []string{"a tag"}},
		{"group for a value", "conflict:", "conflict: { a: b }", 27, []string{"must be one value", "a group of keys"}},
		{"value for a group", "brake:", "brake: 5%", 29, []string{"brake must be keys with values"}},
		{"name with a space at its end", "name: usercom", `name: "usercom "`, 8, []string{"begins or ends with a space"}},
		{"broken YAML", "conflict:", "conflict: [newest", 28, []string{"not valid YAML"}},
		{"second document", "retry:", "retry: { max: 6h }\n---\nversion: 1", 32, []string{"second document"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			_, err := Load("my.yaml", []byte(change(c.old, c.replacement)), environment, here)
			var all Errors
			if !errors.As(err, &all) {
				t.Fatalf("error is %v", err)
			}
			found := false
			for _, e := range all {
				ok := e.Line == c.line && e.File == "my.yaml"
				for _, s := range c.says {
					ok = ok && strings.Contains(e.Text, s)
				}
				found = found || ok
			}
			if !found {
				t.Errorf("want line %d with %q, got\n%v", c.line, c.says, err)
			}
		})
	}
}

func TestAllFaultsAreReportedAtOnceInTheOrderOfLines(t *testing.T) {
	t.Parallel()
	text := documented
	for _, r := range [][2]string{{"conflict: newest ", "conflict: oldest "}, {"${UC_TOKEN}", "${NOPE}"}, {"every: 5m", "every: 1s"}, {"    enabled: true\n", "    enable: true\n"}, {"delete: detach ", "delete: purge "}} {
		text = strings.Replace(text, r[0], r[1], 1)
	}
	_, err := Load("my.yaml", []byte(text), environment, here)
	var all Errors
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	var lines []int
	for _, e := range all {
		lines = append(lines, e.Line)
	}
	if want := []int{10, 17, 19, 27, 28}; !cmp.Equal(lines, want) {
		t.Errorf("lines are %v, want %v:\n%v", lines, want, err)
	}
	if first, _, _ := strings.Cut(err.Error(), "\n"); !strings.HasPrefix(first, "my.yaml:10: ") {
		t.Errorf("first line is %q", first)
	}
}

func TestWithoutAnEnvironmentNoVariableIsTaken(t *testing.T) {
	t.Parallel()
	_, err := Parse("posted", []byte(documented), nil)
	if err == nil || strings.Count(err.Error(), "read by the command line alone") != 2 {
		t.Errorf("error is %v", err)
	}
}

func TestVariablesStandInAnyValueButNotInKeys(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("max_attempts: 12", `max_attempts: "${TWELVE}"`, "enabled: true", `enabled: "${ON}"`, `"ve9EPM428h8vShlRW1KT"`, `"x-${TWELVE}-y"`).Replace(documented)
	f, err := Parse("my.yaml", []byte(text), environment)
	if err != nil {
		t.Fatal(err)
	}
	if f.Flows[0].Retry.MaxAttempts != 12 || !*f.Flows[0].Enabled || f.Connections[0].Account["locationId"] != "x-12-y" {
		t.Errorf("got %+v", f)
	}
	_, err = Parse("my.yaml", []byte(strings.Replace(documented, "subdomain: acme", `"${UC_TOKEN}": acme`, 1)), environment)
	if err != nil {
		t.Fatalf("a key is taken as it stands: %v", err)
	}
}

func TestAFileMayLeaveOutWhatIsStoredAlready(t *testing.T) {
	t.Parallel()
	in := here
	in.Connections = []Existing{{Name: "old-a", System: "highlevel", HasKey: true}, {Name: "old-b", System: "usercom", HasKey: true}}
	text := `version: 1
connections:
  - { name: old-b, system: usercom, auth: { kind: token }, account: { subdomain: 42 } }
flows:
  - { name: f, template: contact-sync, connections: { a: old-a, b: old-b } }
`
	f, err := Load("my.yaml", []byte(text), environment, in)
	if err != nil {
		t.Fatal(err)
	}
	if f.Connections[0].Account["subdomain"] != "42" {
		t.Errorf("account is %v", f.Connections[0].Account)
	}
	text = strings.Replace(text, "system: usercom", "system: highlevel", 1)
	if _, err = Load("my.yaml", []byte(text), environment, in); err == nil || !strings.Contains(err.Error(), "keeps its system") {
		t.Errorf("error is %v", err)
	}
}

func TestTheTemplatesMapFitsOnlyItsOwnSides(t *testing.T) {
	t.Parallel()
	const text = `version: 1
connections:
  - { name: h, system: highlevel, auth: { kind: token, token: x }, account: { locationId: l } }
  - { name: u, system: usercom, auth: { kind: token, token: x }, account: { subdomain: s } }
flows:
  - name: f
    template: contact-sync
    connections: { a: u, b: h }
%s`
	_, err := Load("my.yaml", []byte(fmt.Sprintf(text, "")), environment, here)
	if err == nil || !strings.Contains(err.Error(), "my.yaml:8:") || !strings.Contains(err.Error(), "exchange a and b") {
		t.Errorf("error is %v", err)
	}
	if _, err = Load("my.yaml", []byte(fmt.Sprintf(text, "    map: [{ a: email, b: email }]\n")), environment, here); err != nil {
		t.Errorf("with a map of its own: %v", err)
	}
}

func TestPlainHTTPIsTakenForAllowedServersOnly(t *testing.T) {
	t.Parallel()
	allowed := []string{"crm.internal:8080"}
	for base, want := range map[string]bool{
		"https://example.com/x": true, "http://127.0.0.1:1/": true, "http://[::1]:1/": true, "http://10.0.0.5/": true, "http://localhost:1": true,
		"http://crm.internal:8080/api": true, "http://crm.internal:8081/api": false, "http://8.8.8.8/": false, "ftp://example.com": false,
		"https://example.com/?key=1": false, "https://example.com/#x": false,
	} {
		if err := checkBase(base, allowed); (err == nil) != want {
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestNothingAPersonPostsMakesTheReaderPanic(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\x00", "- ", "a: *x", "{", "? a", "version: [1", "!!binary x", "%YAML 9\n", strings.Repeat("[", 5000), "version: 1\nflows:\n  - \n", "version: 1\nflows: {}\nconnections: [1, null]"} {
		if _, err := Load("posted", []byte(text), nil, here); err == nil {
			t.Errorf("%.20q was taken", text)
		}
	}
}

func FuzzTheReaderNeverPanics(f *testing.F) {
	f.Add([]byte(documented))
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = Load("fuzz", data, environment, here) })
}

func TestTheKindsOfAuthAreReadAndWhatAConsentTellsMayBeLeftOut(t *testing.T) {
	t.Parallel()
	text := `version: 1
connections:
  - name: a
    system: highlevel
    auth: { kind: oauth2 }
  - name: b
    system: usercom
    auth: { kind: client_credentials, client_id: id, client_secret: "${HL_TOKEN}", token_url: https://x.example/token, scopes: [read, write] }
    account: { subdomain: acme }
  - name: c
    system: highlevel
    auth: { kind: client_credentials }
    account: { locationId: l }
`
	f, err := Load("my.yaml", []byte(text), environment, here)
	if err != nil {
		t.Fatal(err)
	}
	want := []Auth{{Kind: AuthConsent}, {Kind: AuthClient, ClientID: "id", ClientSecret: "pit-1", TokenURL: "https://x.example/token", Scopes: []string{"read", "write"}}, {Kind: AuthClient}}
	for i, c := range f.Connections {
		if diff := cmp.Diff(want[i], c.Auth); diff != "" {
			t.Error(diff)
		}
	}
	for says, change := range map[string][2]string{
		"has no subdomain":                         {"    account: { subdomain: acme }\n", ""},
		"has no locationId":                        {"    account: { locationId: l }\n", ""},
		"auth kind oauth2 is not known to Plain":   {"system: highlevel\n    auth: { kind: oauth2 }", "system: plain\n    auth: { kind: oauth2 }"},
		"client_secret, which belongs to kind cli": {"{ kind: oauth2 }", "{ kind: oauth2, client_secret: x }"},
	} {
		_, err := Load("my.yaml", []byte(strings.Replace(text, change[0], change[1], 1)), environment, here)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}
