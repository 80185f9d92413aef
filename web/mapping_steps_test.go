package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/mapping"
)

// A person adds steps to a pair, sets them up, moves them, and takes them out; each is in the draft, and the value after each
// step is on the page.
func TestStepsAreAddedSetUpMovedAndTakenOut(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 40)
	client := c.signIn("editor")
	const key = "companyName=company_name"
	steps := func() []mapping.Step {
		t.Helper()
		f, _, err := c.store.Draft(t.Context(), c.flow.Workspace, c.flow.ID)
		must(t, err)
		return f.Map[rowAt(f, key)].Chain()
	}
	line := pairLine(c.open(client, "?open="+strings.ReplaceAll(key, "=", "%3D")), key)
	for _, name := range []string{"uppercase", "replace"} {
		line = pairLine(c.follow(client, c.press(client, pick(line, name))), key)
	}
	if got := steps(); len(got) != 2 || got[0].Do != "uppercase" || got[1].Do != "replace" || got[1].With["find"] == "" {
		t.Fatalf("%+v", got)
	}
	line = pairLine(c.follow(client, c.press(client, line.Find("[data-testid=choices] > .pipe-side > button.apply"), "step.1.find", "ACME", "step.1.with", "Umbrella = 1")), key)
	if got := steps(); got[1].With["find"] != "ACME" || got[1].With["with"] != "Umbrella = 1" {
		t.Errorf("%+v", got)
	}
	walk := squeezed(line.Find(".walk").First())
	if !strings.Contains(walk, "Upper case") || !strings.Contains(walk, "Replace") {
		t.Errorf("the way of the value: %s", walk)
	}
	line = pairLine(c.follow(client, c.press(client, line.Find("button[value='up:1']"))), key)
	if got := steps(); got[0].Do != "replace" || got[0].With["find"] != "ACME" || got[1].Do != "uppercase" {
		t.Errorf("moved: %+v", got)
	}
	line = pairLine(c.follow(client, c.press(client, line.Find("button[value='drop:0']"))), key)
	if got := steps(); len(got) != 1 || got[0].Do != "uppercase" {
		t.Errorf("taken out: %+v", got)
	}
	// What works one way only turns the pair, and the page says why the other ways are shut.
	line = pairLine(c.follow(client, c.press(client, pick(line, "first_word"))), key)
	if line.Find("[data-testid=way]").AttrOr("data-way", "") != "to" || !strings.Contains(squeezed(line), "works one way only, from HighLevel to User.com") {
		t.Errorf("one way: %s", squeezed(line))
	}
	// A setting that cannot work is said, and nothing is lost.
	line = pairLine(c.follow(client, c.press(client, pick(line, "extract"))), key)
	res := c.press(client, line.Find("[data-testid=choices] > .pipe-side > button.apply"), "step.2.pattern", "(")
	if bad := parsed(t, res); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(squeezed(bad.Find("[data-testid=bad]")), "missing closing )") {
		t.Errorf("status %d: %s", res.StatusCode, squeezed(bad.Find("[data-testid=bad]")))
	}
	if got := steps(); len(got) != 3 || got[2].With["pattern"] != ".+" {
		t.Errorf("after a bad pattern: %+v", got)
	}
}

// pick is the button that adds a step of a kind.
func pick(line *goquery.Selection, kind string) *goquery.Selection {
	return line.Find("[data-testid=add-step] button[value='" + kind + "']").Last()
}
