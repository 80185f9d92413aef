package sandbox_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	hl "couplet/internal/sandbox/highlevel"
	uc "couplet/internal/sandbox/usercom"
)

// docs/sandbox.md says which calls are only checked.
func TestWhatIsOnlyCheckedIsWrittenDown(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(raw), "**Only checked**")
	for system, calls := range map[string][]string{"HighLevel": hl.CheckedOnly(), "User.com": uc.CheckedOnly()} {
		line := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(system) + ` \|.*$`).FindString(table)
		var said []string
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(line, -1) {
			said = append(said, m[1])
		}
		slices.Sort(said)
		slices.Sort(calls)
		if !slices.Equal(said, calls) {
			t.Errorf("%s: docs/sandbox.md says %v, only checked are %v", system, said, calls)
		}
	}
}
