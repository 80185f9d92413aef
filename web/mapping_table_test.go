package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// rowsOf are the rows of a table on the page, without the empty one.
func rowsOf(line *goquery.Selection) (rows []mapping.TableRow) {
	line.Find("[data-testid=table-row]").Each(func(_ int, r *goquery.Selection) {
		from, to := r.Find("[name$='.from']").AttrOr("value", ""), r.Find("input[name$='.to']").AttrOr("value", "")
		if chosen, ok := r.Find("select option[selected]").Attr("value"); ok {
			to = chosen
		}
		if from+to != "" {
			rows = append(rows, mapping.TableRow{From: from, To: to})
		}
	})
	return rows
}

// tableText is the table of the first step as it is saved.
func (c *crms) tableText() string { return c.savedSteps()[0].With["table"] }

// Rows are filled in, added, taken out and pasted without scripts; there is always an empty one to go on in.
func TestATableIsFilledInByRowsAndFromASheet(t *testing.T) {
	t.Parallel()
	c, client, line := opened(t, mapping.Step{Do: "map_values", With: map[string]string{"table": "Gold = VIP"}})
	save := func(line *goquery.Selection, button string, kv ...string) *goquery.Selection {
		t.Helper()
		return pairLine(c.follow(client, c.press(client, line.Find(button), kv...)), company)
	}
	if n := line.Find("[data-testid=table-row]").Length(); n != 2 || len(rowsOf(line)) != 1 {
		t.Fatalf("%d rows: %+v", n, rowsOf(line))
	}
	line = save(line, "[id$=-more]", "step.0.table.from#1", "a=b", "step.0.table.to#1", " Sum ")
	if got := c.tableText(); got != "Gold = VIP\na=b\tSum" {
		t.Errorf("a row more: %q", got)
	}
	line = save(line, "[data-fill]", "step.0.table.sheet", "Silver;Regular\nTin;\"Bas\nic\";note\nGold;VIP")
	if got := c.tableText(); got != "Gold = VIP\na=b\tSum\nSilver = Regular\nTin = Bas ic" {
		t.Errorf("out of a sheet: %q", got)
	}
	line = save(line, "button[value='cut:0:1']")
	if got := rowsOf(line); len(got) != 3 || got[1].From != "Silver" || c.tableText() != "Gold = VIP\nSilver = Regular\nTin = Bas ic" {
		t.Errorf("a row less: %+v", got)
	}
	// What cannot be is said at its row, all of them at once, with what was typed still there, and nothing is saved.
	before := c.tableText()
	res := c.press(client, line.Find("button.apply").Last(), "step.0.table.to#0", "", "step.0.table.from#3", "tin", "step.0.table.to#3", "Other")
	line = pairLine(parsed(t, res), company)
	faults := line.Find("[data-testid=table-row].bad")
	if res.StatusCode != http.StatusUnprocessableEntity || faults.Length() != 2 || len(rowsOf(line)) != 4 || c.tableText() != before {
		t.Fatalf("status %d, %d faults, rows %+v, saved %q", res.StatusCode, faults.Length(), rowsOf(line), c.tableText())
	}
	if says := squeezed(faults.Eq(0)) + squeezed(faults.Eq(1)); !strings.Contains(says, "what “Gold” becomes") || !strings.Contains(says, "“tin” stands in row 3 already") {
		t.Errorf("they say: %s", says)
	}
	for _, cell := range []string{"[name='step.0.table.to']", "[name='step.0.table.from']"} {
		if x := line.Find(cell).First(); cell == "[name='step.0.table.to']" && (x.AttrOr("aria-invalid", "") != "true" || x.AttrOr("aria-describedby", "") == "") {
			t.Errorf("the cell says nothing of it: %+v", x.Nodes[0].Attr)
		}
	}
	if says := squeezed(line.Find("[data-testid=setting-error]")); !strings.Contains(says, "2 rows cannot be used yet") {
		t.Errorf("the table says: %s", says)
	}
	// Taking out what is wrong keeps the rest of what was typed.
	line = save(line, "button[value='cut:0:3']", "step.0.table.to#0", "Best")
	if got := c.tableText(); got != "Gold = Best\nSilver = Regular\nTin = Bas ic" {
		t.Errorf("mended: %q", got)
	}
}

// While somebody types, what is being pasted is left alone.
func TestASheetThatIsBeingPastedIsNoRowYet(t *testing.T) {
	t.Parallel()
	c, client, _ := opened(t, mapping.Step{Do: "map_values", With: map[string]string{"table": "Gold = VIP"}})
	line := c.try(client, url.Values{"row": {company}, "a": {"companyName"}, "b": {"company_name"}, "step": {"map_values"},
		"step.0.table.from": {"Gold", "Tin"}, "step.0.table.to": {"VIP", "Basic"}, "step.0.table.sheet": {"A;B"}})
	if got := rowsOf(line); len(got) != 2 || got[1] != (mapping.TableRow{From: "Tin", To: "Basic"}) || line.Find("[data-testid=table-row].bad").Length() != 0 {
		t.Errorf("%+v", got)
	}
}

// Where both fields have choices, each choice has its row, the counterpart is chosen, and what is left open is said and no fault.
func TestTheChoicesOfBothFieldsAreTheCells(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 10)
	_, err := c.box.HighLevel.Create("customFields", map[string]any{"name": "Tier", "dataType": "SINGLE_OPTIONS", "textBoxListOptions": []any{
		map[string]any{"label": "Gold"}, map[string]any{"label": "Silver"}, map[string]any{"label": "Tin"}}})
	must(t, err)
	_, err = c.box.UserCom.Create("attributes", map[string]any{"name": "Rank", "value_type": "fixed", "content_type": "clientuser", "allow_multiple_choices": false, "choices": []any{"VIP", "Silver", "Lead"}})
	must(t, err)
	client := c.signIn("editor")
	doc := c.open(client, "")
	a, b := doc.Find("[data-testid=free-a] [data-label=Tier]").AttrOr("data-name", ""), doc.Find("[data-testid=free-b] [data-label=Rank]").AttrOr("data-name", "")
	key := a + "=" + b
	c.follow(client, c.press(client, doc.Find("[data-testid=pair-these]"), "a", a, "b", b))
	line := pairLine(c.open(client, "?open="+url.QueryEscape(key)), key)
	line = pairLine(c.follow(client, c.press(client, pick(line, "map_values"))), key)
	saved := func() string {
		f, _, err := c.store.Draft(t.Context(), c.flow.Workspace, c.flow.ID)
		must(t, err)
		return f.Map[rowAt(f, key)].Chain()[0].With["table"]
	}
	if got := rowsOf(line); len(got) != 3 || got[0].From != "Gold" || got[1] != (mapping.TableRow{From: "Silver", To: "Silver"}) || saved() != "Silver = Silver" {
		t.Fatalf("it begins with %+v, saved %q", got, saved())
	}
	if says := squeezed(line.Find("[data-testid=table]")); !strings.Contains(says, "2 choices have nothing on the right yet") || !strings.Contains(says, "Nothing becomes VIP, Lead") || line.Find(".bad").Length() != 0 {
		t.Errorf("it says: %s", says)
	}
	line = pairLine(c.follow(client, c.press(client, line.Find("button.apply").Last(), "step.0.table.to#0", "VIP", "step.0.table.from#3", "Brass", "step.0.table.to#3", "Lead")), key)
	if saved() != "Gold = VIP\nSilver = Silver\nBrass = Lead" || !strings.Contains(squeezed(line.Find("[data-testid=row-warn]")), "“Brass” is no choice of Tier in HighLevel") {
		t.Errorf("saved %q: %s", saved(), squeezed(line.Find("[data-testid=row-warn]")))
	}
}

// Where the two have nothing in common, the step is there to be filled in and is saved once it says something.
func TestATableOfChoicesWithNothingInCommonIsFilledInFirst(t *testing.T) {
	t.Parallel()
	fields := func(choices ...string) []connector.Field {
		return []connector.Field{{Name: "x", Label: "X", Type: connector.Option, Options: choices, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes}}
	}
	m := &mapOf{}
	m.draft.Flow = flow.Flow{Map: []mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"x"}}}}
	m.seen.ground.Fields = [2][]connector.Field{fields("A", "B"), fields("One", "Two")}
	row, _, err := m.addStep(m.flow().Map, 0, "map_values")
	if err == nil || len(row.Chain()) != 1 || row.Chain()[0].With["table"] != "" {
		t.Errorf("%+v, %v", row, err)
	}
	m.seen.ground.Fields[1] = fields("b", "a")
	if row, _, err = m.addStep(m.flow().Map, 0, "map_values"); err != nil || row.Chain()[0].With["table"] != "A = a\nB = b" {
		t.Errorf("%+v, %v", row, err)
	}
}
