package connector_test

import (
	"maps"
	"strings"
	"testing"

	"couplet/internal/connector"
)

const settings = `"settings": [
  {"name": "kind", "label": "Kind", "help": "Which one.", "object": "contact", "pattern": "[0-9]+", "looks": "a number"},
  {"name": "text_format", "label": "Text", "help": "How.", "default": "text", "options": ["text", "html"]}
], "hooks"`

func TestSettingsAreCheckedByTheirSpec(t *testing.T) {
	t.Parallel()
	s, err := connector.Load([]byte(strings.Replace(sample, `"hooks"`, settings, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if bad := s.BadSettings(map[string]string{"kind": "12", "text_format": "html"}); bad != nil {
		t.Error(bad)
	}
	got := s.BadSettings(map[string]string{"kind": "x", "text_format": "pdf", "colour": "red"})
	want := map[string]string{"kind": "must be a number", "text_format": "must be one of text, html", "colour": "is not a setting of Acme; it has kind, text_format"}
	if !maps.Equal(got, want) {
		t.Error(got)
	}
	if bad := acme(t).BadSettings(map[string]string{"kind": "1"}); bad["kind"] != "is not a setting: Acme has none" {
		t.Error(bad)
	}
	acc := connector.Account{Settings: map[string]string{"kind": "7"}}
	if acc.Setting(s, "kind") != "7" || acc.Setting(s, "text_format") != "text" {
		t.Error("a choice or a default is lost")
	}
	for old, broken := range map[string]string{
		`"object": "contact"`:     `"object": "spaceship"`,
		`"looks": "a number"`:     `"looks": ""`,
		`"default": "text"`:       `"default": "pdf"`,
		`"pattern": "[0-9]+", `:   ``,
		`"name": "kind"`:          `"name": "text_format"`,
		`"help": "Which one."`:    `"help": "Which one"`,
		`"pattern": "[0-9]+"`:     `"pattern": "[0-9"`,
		`["text", "html"]`:        `["text", "html"], "pattern": "x", "looks": "x"`,
		`"label": "Kind", "help"`: `"label": "", "help"`,
	} {
		data := strings.Replace(strings.Replace(sample, `"hooks"`, settings, 1), old, broken, 1)
		if _, err := connector.Load([]byte(data)); err == nil || !strings.Contains(err.Error(), "setting") {
			t.Errorf("%s is taken: %v", broken, err)
		}
	}
}

// A record that carries no reference must be known by something else.
func TestAnObjectHasAStampOrSomethingAlike(t *testing.T) {
	t.Parallel()
	for stamp, ok := range map[string]bool{
		`{}`: false, `{}, "alike": ["email"]`: true, `{}, "alike": ["mail"]`: false, `{}, "alike": ["email"], "required": ["mail"]`: false,
		`{"name": "secret", "label": "S", "type": "text"}`: true, `{"name": "other", "label": "S", "type": "text"}`: false,
		`{}, "alike": ["email"], "per_parent": true`: false,
	} {
		from := strings.Index(sample, `"stamp": `) + len(`"stamp": `)
		to := from + strings.Index(sample[from:], "}") + 1
		if _, err := connector.Load([]byte(sample[:from] + stamp + sample[to:])); (err == nil) != ok {
			t.Errorf("%s: %v", stamp, err)
		}
	}
}
