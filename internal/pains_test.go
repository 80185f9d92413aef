package internal

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/pains.md names a test for each complaint of users that recurs, or says why there is none. A document that names tests
// that are gone would promise what nobody holds, so every test that any of them names must exist.
func TestEveryComplaintHasItsTest(t *testing.T) {
	text, err := os.ReadFile("../docs/pains.md")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, root := range []string{"../cmd", "../db", "../internal", "../web"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			src, err := os.ReadFile(path)
			all.Write(src)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	rows := regexp.MustCompile(`(?m)^\| (\d+) \|.*\| (.*) \|$`).FindAllStringSubmatch(string(text), -1)
	for i := range 40 {
		if i >= len(rows) || rows[i][1] != fmt.Sprint(i+1) {
			t.Fatalf("docs/pains.md has no line %d at its place", i+1)
		}
		if !strings.Contains(rows[i][2], "Test") && !strings.HasPrefix(rows[i][2], "No test: ") {
			t.Errorf("complaint %d has no test and no reason for that", i+1)
		}
	}
	docs, err := filepath.Glob("../docs/*.md")
	if err != nil || len(docs) == 0 {
		t.Fatal(docs, err)
	}
	for _, doc := range docs {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(string(text), -1) {
			if !strings.Contains(all.String(), "\nfunc "+name+"(") {
				t.Errorf("%s: there is no %s", doc, name)
			}
		}
	}
}
