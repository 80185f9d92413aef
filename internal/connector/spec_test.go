package connector_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
)

// sample is a whole, valid spec of a system that does not exist.
const sample = `{
  "id": "acme", "name": "Acme", "mark": "hl", "base": "https://{shop}.acme.example/api",
  "params": [{"name": "shop", "label": "Shop", "help": "Your shop.", "pattern": "[a-z]+", "example": "books"}],
  "auth": {"header": "Authorization", "scheme": "Bearer"},
  "credentials": [{"kind": "token", "label": "Key", "help": "A key.", "looks": "ak- and digits", "pattern": "ak-[0-9]+"}],
  "headers": {"Accept": "application/json"},
  "limits": {"max": 10, "window": "1s", "share": 0.9, "headers": {"window_millis": "X-Window", "daily_remaining": "X-Left", "daily_reset": "X-Reset"}},
  "errors": [
    {"status": 401, "match": "lacks scope", "kind": "forbidden", "say": "{system} wants {scope} at {host}."},
    {"status": 400, "match": "already there", "kind": "duplicate", "existing": "meta.id", "say": "There is one."},
    {"status": 422, "match": "^property (?P<field>\\w+) (?P<why>is \\w+)", "kind": "invalid", "say": "{fields}: {why} ({status})."},
    {"status": 400, "by_field": true, "kind": "invalid", "say": "{system} refused {fields}."}
  ],
  "objects": [{
    "name": "contact", "one": "customer", "many": "customers", "title": ["email"], "sweep": true, "changes": true, "ordered": true, "settle": "5s",
    "fields": [
      {"name": "email", "label": "Email", "type": "email", "read": true, "on_create": "yes", "on_update": "yes"},
      {"name": "secret", "label": "Secret", "type": "text", "read": false, "on_create": "yes", "on_update": "no"}
    ],
    "stamp": {"name": "ref", "label": "Ref", "type": "text", "read": true, "on_create": "yes", "on_update": "yes", "custom": true},
    "views": {"search": ["email"]}
  }],
  "hooks": {"kind": "none", "help": "There are none."}
}`

func acme(t *testing.T) *connector.Spec {
	t.Helper()
	s, err := connector.Load([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSpecIsReadAsWritten(t *testing.T) {
	t.Parallel()
	s := acme(t)
	object, ok := s.Object("contact")
	if !ok || time.Duration(object.Settle) != 5*time.Second || time.Duration(s.Limits.Window) != time.Second {
		t.Errorf("%+v", s)
	}
	if _, ok := s.Object("spaceship"); ok {
		t.Error("an unknown object is found")
	}
	if got := strings.Join(object.View("search"), " ") + "|" + strings.Join(object.View("full"), " "); got != "email|email" {
		t.Errorf("views are %q", got)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again, err := connector.Load(text)
	if err != nil || again.Name != s.Name {
		t.Errorf("what is written cannot be read: %v", err)
	}
}

// A misspelt key would be a rule that never holds.
func TestUnknownKeysAreRefused(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		strings.Replace(sample, `"sweep"`, `"sweeps"`, 1), sample + "x", "{", strings.Replace(sample, `"5s"`, `"5 parsecs"`, 1),
	} {
		if _, err := connector.Load([]byte(data)); err == nil {
			t.Errorf("taken: %s", data[:20])
		}
	}
}

func TestEverythingWrongIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	changes := map[string]string{
		`"id": "acme"`:                      `"id": "Acme Inc"`,
		`"scheme": "Bearer"`:                `"scheme": ""`,
		`{shop}.acme`:                       `{store}.acme`,
		`"share": 0.9`:                      `"share": 2`,
		`"example": "books"`:                `"example": "123"`,
		`"kind": "token"`:                   `"kind": "password"`,
		`"status": 401`:                     `"status": 200`,
		`{system} wants {scope}`:            `{vendor} wants {scope}`,
		`"There is one."`:                   `"There is one"`,
		`(?P<why>is`:                        `(?P<why>is(`,
		`"type": "email", "read": true`:     `"type": "mail", "read": true`,
		`"read": false, "on_create": "yes"`: `"read": false, "on_create": "no"`,
		`"search": ["email"]`:               `"search": ["mail"]`,
		`"label": "Ref", "type": "text"`:    `"label": "", "type": "text"`,
		`"kind": "none"`:                    `"kind": "maybe"`,
	}
	data := sample
	for old := range changes {
		if !strings.Contains(data, old) {
			t.Fatalf("the sample has no %s", old)
		}
		data = strings.Replace(data, old, changes[old], 1)
	}
	_, err := connector.Load([]byte(data))
	if err == nil {
		t.Fatal("a broken spec is taken")
	}
	if n := strings.Count(err.Error(), "\n") + 1; n < len(changes) {
		t.Errorf("%d faults, %d findings:\n%v", len(changes), n, err)
	}
	defer func() {
		if recover() == nil {
			t.Error("MustLoad takes a broken spec")
		}
	}()
	connector.MustLoad([]byte(data))
}

func TestKeysAreRecognised(t *testing.T) {
	t.Parallel()
	s := acme(t)
	other, err := connector.Load([]byte(strings.NewReplacer(`"acme"`, `"zeta"`, `"Acme"`, `"Zeta"`, "ak-", "zk-").Replace(sample)))
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := s.Recognise(" ak-123 "); !ok || c.Label != "Key" || s.CheckKey("ak-123") != nil {
		t.Error("a good key is not recognised")
	}
	err = s.CheckKey("zk-123", s, other)
	if connector.KindOf(err) != connector.Unauthorized || !strings.Contains(err.Error(), "looks like a Zeta key") || strings.Contains(err.Error(), "123") {
		t.Error(err)
	}
	if err := s.CheckKey("nonsense", other); connector.KindOf(err) != connector.Unauthorized || strings.Contains(err.Error(), "nonsense") {
		t.Error(err)
	}
}

// family is the sample with an object that hangs on contacts, and scopes.
func family(t *testing.T) string {
	t.Helper()
	data := strings.Replace(sample, `"objects": [{`, `"scopes": [
    {"name": "all", "why": "see", "for": ["read"]}, {"name": "fields", "why": "make", "for": ["make_fields"], "objects": ["contact"]},
    {"name": "tasks", "why": "see tasks", "for": ["read"], "objects": ["task"]}, {"name": "change", "why": "change", "for": ["write"]}],
  "objects": [{
    "name": "task", "one": "task", "many": "tasks", "parent": "contact", "per_parent": true, "title": ["title"], "sweep": true,
    "changes": false, "ordered": false, "settle": "5s", "alike": ["title"], "required": ["title"],
    "fields": [{"name": "title", "label": "Title", "type": "text", "read": true, "on_create": "yes", "on_update": "yes"}]
  }, {`, 1)
	if data == sample {
		t.Fatal("the sample has no objects")
	}
	return data
}

func TestScopesAreAskedForByObject(t *testing.T) {
	t.Parallel()
	s, err := connector.Load([]byte(family(t)))
	if err != nil {
		t.Fatal(err)
	}
	everything := []connector.Need{connector.ToRead, connector.ToWrite, connector.ToMakeFields}
	for want, needs := range map[string][]connector.Need{
		"all":                     {connector.ToRead},
		"all fields change":       everything,
		"all fields":              {connector.ToRead, connector.Of("contact"), connector.ToMakeFields},
		"all tasks change":        append([]connector.Need{connector.Of("task")}, everything...),
		"all fields tasks change": append([]connector.Need{connector.Of("task"), connector.Of("contact")}, everything...),
		"":                        {connector.Of("task")},
		"fields":                  {connector.Using("fields")},
		"all tasks dance":         {connector.ToRead, connector.Using("dance"), connector.Using("tasks"), connector.Using("all"), connector.Using("dance")},
	} {
		var names []string
		for _, scope := range s.ScopesFor(needs...) {
			names = append(names, scope.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%v ask for %q, want %q", needs, got, want)
		}
	}
}

func TestAnObjectThatHangsOnAnotherMustSaySoRightly(t *testing.T) {
	t.Parallel()
	for old, wrong := range map[string]string{
		`"parent": "contact"`:   `"parent": "spaceship"`,
		`"alike": ["title"]`:    `"alike": ["name"]`,
		`"required": ["title"]`: `"required": ["name"]`,
		`"alike": ["title"], `:  ``,
		`"parent": "contact", `: ``,
		`"objects": ["task"]`:   `"objects": ["spaceship"]`,
	} {
		data := strings.Replace(family(t), old, wrong, 1)
		if data == family(t) {
			t.Fatalf("the family has no %s", old)
		}
		if _, err := connector.Load([]byte(data)); err == nil {
			t.Errorf("taken: %s", wrong)
		}
	}
}
