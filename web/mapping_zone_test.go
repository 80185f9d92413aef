package web

import (
	"net/http"
	"strings"
	"testing"

	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// A time zone is typed or chosen from a list; one that there is not is told at its place with the one that may be meant, and is not kept.
func TestATimeZoneIsTypedOnTheMap(t *testing.T) {
	t.Parallel()
	const key = "companyName=company_name"
	c := newCRMs(t, 40, func(f *flow.Flow) {
		form := func(v string) map[string]string { return map[string]string{"form": v} }
		f.Map[rowAt(*f, key)] = f.Map[rowAt(*f, key)].WithChain([]mapping.Step{{Do: "read_time", With: form("dmy")}, {Do: "write_time", With: form("ymd")}})
	})
	client := c.signIn("editor")
	line := pairLine(c.open(client, "?open="+strings.ReplaceAll(key, "=", "%3D")), key)
	input := line.Find("input[name='step.0.zone']")
	if n := line.Find("datalist#" + input.AttrOr("list", "none") + " option[value='Europe/Warsaw']").Length(); n != 1 {
		t.Fatalf("the list of %s has Warsaw %d times: %s", input.AttrOr("list", "none"), n, squeezed(line))
	}
	res := c.press(client, line.Find("[data-testid=choices] > .pipe-side > button.apply"), "step.0.zone", "Warsaw")
	doc := parsed(t, res)
	at := pairLine(doc, key).Find("[data-testid=setting-error]")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(squeezed(at), "“Text to date and time” cannot work: \"Warsaw\" is no time zone; perhaps you mean Europe/Warsaw.") ||
		at.AttrOr("id", "") != doc.Find("input[name='step.0.zone']").AttrOr("aria-describedby", " ")[:len(at.AttrOr("id", ""))] {
		t.Errorf("status %d: %s, described by %s", res.StatusCode, squeezed(at), doc.Find("input[name='step.0.zone']").AttrOr("aria-describedby", ""))
	}
	line = pairLine(c.follow(client, c.press(client, line.Find("[data-testid=choices] > .pipe-side > button.apply"), "step.0.zone", "Europe/Warsaw")), key)
	f, _, err := c.store.Draft(t.Context(), c.flow.Workspace, c.flow.ID)
	must(t, err)
	if got := f.Map[rowAt(f, key)].Chain()[0].With["zone"]; got != "Europe/Warsaw" || line.Find("input[name='step.0.zone']").AttrOr("value", "") != got {
		t.Errorf("%q is kept", got)
	}
}
