package templates

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// apart are components that the page of components does not show by themselves, each with the reason.
var apart = map[string]string{
	"document": "the page stands in it", "brand": "in the frame of the page", "workspaceButton": "in the frame of the page", "workspaceMenu": "in the frame of the page",
	"bracket":  "within a couplet",
	"AuthPage": "the frame of the pages before anybody is signed in, which the tours see", "wayTop": "the head of the pages of the way to a flow, which the tours see",
	"prospectTop": "the head of the pages of a flow before it is on, which the tours see", "prospectCrumbs": "the same", "recordList": "the records of a run or an undo, which the tours see",
	"diffValue": "a value of two versions, which the tours see", "whatChanged": "the changes of a draft, which the tours see",
	"FieldCheck": "within a field", "orphans": "a note of a flow that is on, with its links", "needDecided": "a sentence of two pages about a decision",
	"foretoldRow": "a record of a preview or of a trial, which the tours see", "foretoldLine": "a value of one, which the tours see",
	"choose": "a list of the map", "zones": "what a browser offers while one types", "radio": "a choice of the map", "rowInputs": "nothing that is seen", "mapInputs": "nothing that is seen", "mapForm": "nothing that is seen",
}

var (
	templFunc = regexp.MustCompile(`(?m)^templ (\w+)\(`)
	templCall = regexp.MustCompile(`@(\w+)\(`)
)

// TestEveryComponentIsOnThePageOfComponents takes for a component what the pages of several nouns are made of, and all of
// parts.templ. What only one noun's pages show has its states in the tours of the browser tests.
func TestEveryComponentIsOnThePageOfComponents(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) < 20 {
		t.Fatal(len(files), err)
	}
	used, shown, parts, all := map[string][]string{}, map[string]bool{}, []string{}, map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		noun, _, _ := strings.Cut(strings.TrimSuffix(file, ".templ"), "_")
		for _, m := range templFunc.FindAllStringSubmatch(string(text), -1) {
			all[m[1]] = true
			if noun == "parts" {
				parts = append(parts, m[1])
			}
		}
		for _, m := range templCall.FindAllStringSubmatch(string(text), -1) {
			if noun == "components" {
				shown[m[1]] = true
			} else if !slices.Contains(used[m[1]], noun) {
				used[m[1]] = append(used[m[1]], noun)
			}
		}
	}
	n := 0
	for name := range all {
		if len(used[name]) < 2 && !slices.Contains(parts, name) {
			continue
		}
		n++
		if !shown[name] && apart[name] == "" {
			t.Errorf("%s, used by %v, is not on the page of components: show it there in all its states (components.templ), or name it in apart with the reason", name, used[name])
		}
		if shown[name] && apart[name] != "" {
			t.Errorf("%s is on the page of components; take it out of apart", name)
		}
	}
	if n < 25 {
		t.Errorf("only %d components", n)
	}
	for name := range apart {
		if !all[name] {
			t.Errorf("apart names %s, which is no component", name)
		}
	}
}
