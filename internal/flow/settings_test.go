package flow

import (
	"strings"
	"testing"

	"couplet/internal/connector"
)

// What an API leaves open is chosen in the file; each wrong choice has its line and its fix.
func TestSettingsOfAConnection(t *testing.T) {
	t.Parallel()
	in := Installation{Systems: []System{{ID: "plain", Name: "Plain CRM"}, {ID: "open", Name: "Open CRM", Settings: []connector.Setting{
		{Name: "kind", Pattern: "[0-9]+", Looks: "a number"}, {Name: "format", Options: []string{"text", "html"}}}}}}
	text := `version: 1
connections:
  - name: o
    system: open
    auth: { kind: token, token: x }
    settings: { kind: 3, format: html }
  - name: left out
    system: open
    auth: { kind: token, token: x }
  - name: emptied
    system: open
    auth: { kind: token, token: x }
    settings: {}
`
	f, err := Load("my.yaml", []byte(text), environment, in)
	if err != nil {
		t.Fatal(err)
	}
	if s := f.Connections[0].Settings; len(s) != 2 || s["kind"] != "3" || s["format"] != "html" {
		t.Error(s)
	}
	if f.Connections[1].Settings != nil || f.Connections[2].Settings == nil || len(f.Connections[2].Settings) != 0 {
		t.Error(f.Connections[1].Settings, f.Connections[2].Settings)
	}
	text = strings.Replace(text, "{ kind: 3, format: html }", "\n      kind: three\n      colour: red\n      format: pdf", 1)
	text = strings.Replace(text, "system: open\n    auth: { kind: token, token: x }\n    settings: {}", "system: plain\n    auth: { kind: token, token: x }\n    settings: { kind: 1 }", 1)
	_, err = Load("my.yaml", []byte(text), environment, in)
	want := `my.yaml:7: settings.kind of o must be a number
my.yaml:8: settings.colour of o is not a setting of Open CRM; it has kind, format
my.yaml:9: settings.format of o must be one of text, html
my.yaml:16: settings.kind of emptied is not a setting: Plain CRM has none`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
