package flow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryExampleIsAFlowFileWithoutProblems(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "examples", "*.yaml"))
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(name, data, func(v string) (string, bool) {
			if strings.HasSuffix(v, "_URL") {
				return "https://crm.example", true
			}
			return "7", true
		})
		if err != nil {
			t.Error(err)
			continue
		}
		for _, spec := range f.Flows {
			one, err := Resolve(spec)
			if problems := one.Problems(); err != nil || len(problems) > 0 {
				t.Errorf("%s: %s: %v, %v", name, spec.Name, err, problems)
			}
		}
	}
}
