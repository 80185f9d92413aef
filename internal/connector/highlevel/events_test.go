package highlevel_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/highlevel"
)

func TestEventsHaveSamplesOfTheirFields(t *testing.T) {
	t.Parallel()
	connectortest.Events(t, highlevel.Spec(), highlevel.Operations())
}

// TestEventsAreThoseOfTheFactSheet holds the calls that tell of events against the vendor's list, and what they carry against
// the published form of each call.
func TestEventsAreThoseOfTheFactSheet(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("COUPLET_APIS")
	if folder == "" {
		folder = "../../../../shared/apis"
	}
	file, err := os.Open(filepath.Join(folder, "highlevel-operations.tsv"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the list of events is missing: %v", err)
		}
		t.Skipf("NOT CHECKED against the list of events, which is missing: %v (set COUPLET_APIS)", err)
	}
	defer func() { _ = file.Close() }()
	scopes := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if col := strings.Split(lines.Text(), "\t"); col[0] == "trigger" && col[3] == "WEBHOOK" {
			scopes[col[2]] = strings.TrimPrefix(col[5], "?")
		}
	}
	for _, e := range highlevel.Operations().Events {
		for _, hook := range e.Hooks {
			if scope, listed := scopes[hook]; !listed || scope != e.Scope {
				t.Errorf("%s is told by %s with the scope %q; the list says %q (%t)", e.ID, hook, e.Scope, scope, listed)
			}
			fields := highlevel.Operations().Things[e.Thing].Fields
			if len(fields) == 0 {
				continue
			}
			form := published(t, filepath.Join(folder, "highlevel/webhooks", hook+".json"))
			for _, f := range fields {
				if !slices.Contains(form, f.Name) {
					t.Errorf("%s: %s does not carry %s, only %v", e.ID, hook, f.Name, form)
				}
			}
		}
	}
}

// published are the names that a call carries, those of the record in it where it has one.
func published(t *testing.T, path string) (names []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	type schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	var doc struct {
		Schemas []schema `json:"schemas"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range doc.Schemas {
		if inner, ok := s.Properties["appointment"]; ok {
			var of schema
			if err := json.Unmarshal(inner, &of); err != nil {
				t.Fatal(err)
			}
			s = of
		}
		for name := range s.Properties {
			names = append(names, name)
		}
	}
	return names
}
