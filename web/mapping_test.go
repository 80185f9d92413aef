package web

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/flow"
	"couplet/internal/mapping"
)

func TestTheMapShowsPairsWithRealValuesAndEverythingElseUnpaired(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 60)
	doc := c.open(c.signIn("editor"), "")
	if n := doc.Find("[data-testid=pair]").Length(); n != 5 {
		t.Errorf("%d pairs", n)
	}
	email := pairLine(doc, "email=email")
	if email.Find("[data-testid=match-key]").Length() != 1 || email.Find("[data-testid=way]").AttrOr("data-way", "") != "both" || squeezed(email.Find("[data-testid=fate]")) != "Lossless" {
		t.Errorf("email: %s", squeezed(email))
	}
	if !strings.Contains(squeezed(email), "@") {
		t.Errorf("no real value: %s", squeezed(email))
	}
	name := pairLine(doc, "firstName+lastName=name")
	if name.Find("[data-testid=fate]").Length() != 0 || !strings.Contains(squeezed(name), "First name + Last name") { // it may lose, and loses nothing of these
		t.Errorf("name: %s", squeezed(name))
	}
	if made := squeezed(pairLine(doc, "companyName=company_name")); !strings.Contains(made, "Made when you switch on") {
		t.Errorf("company: %s", made)
	}
	for _, f := range []string{"city", "state", "dateOfBirth"} {
		if free(doc, "a", f).Length() != 1 {
			t.Errorf("%s is not listed as unpaired", f)
		}
	}
	if free(doc, "a", "email").Length() != 0 || free(doc, "b", "first_name").Length() != 0 {
		t.Error("what is paired is listed as unpaired")
	}
	if squeezed(doc.Find("[data-testid=sample]")) == "" || doc.Find("[data-testid=lines] li").Length() < 4 {
		t.Errorf("no sample: %s", squeezed(doc.Find("[data-testid=preview]")))
	}
	if on := doc.Find("[data-testid=to-preview]").Closest("form"); on.AttrOr("action", "") != "/flows/"+c.flow.ID+"/preview/rehearse" || on.AttrOr("method", "") != "post" {
		t.Error("no way on that has the first sync rehearsed")
	}
}

func TestTwoFieldsArePairedByPressingOneThenTheOtherWithoutScripts(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 40)
	client := c.signIn("editor")
	picked := parsed(t, c.press(client, free(c.open(client, ""), "a", "city")))
	if free(picked, "a", "city").AttrOr("aria-pressed", "") != "true" {
		t.Error("what is picked up does not look so")
	}
	doc := c.follow(client, c.press(client, free(picked, "b", "city")))
	if pairLine(doc, "city=city").Length() != 1 || !slices.Contains(c.draftKeys(), "city=city") {
		t.Errorf("not paired: %v", c.draftKeys())
	}
	if squeezed(doc.Find("[data-testid=saved]")) != "Saved at 10:00" {
		t.Errorf("saved: %q", squeezed(doc.Find("[data-testid=saved]")))
	}
	published, err := c.store.FlowByID(t.Context(), c.flow.Workspace, c.flow.ID)
	must(t, err)
	if len(published.Map) != 5 {
		t.Error("a draft changed what runs")
	}
	// Letting go: a press on what is picked up.
	dropped := parsed(t, c.press(client, free(parsed(t, c.press(client, free(doc, "a", "state"))), "a", "state")))
	if free(dropped, "a", "state").AttrOr("aria-pressed", "") != "false" {
		t.Error("it cannot be let go")
	}
}

func TestTwoFieldsArePairedByTheirNames(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20)
	client := c.signIn("editor")
	doc := c.follow(client, c.press(client, c.open(client, "").Find("[data-testid=pair-these]"), "a", "state", "b", "region"))
	if pairLine(doc, "state=region").Length() != 1 {
		t.Error("not paired")
	}
	res := c.press(client, doc.Find("[data-testid=pair-these]"), "a", "dateOfBirth", "b", "tags")
	bad := parsed(t, res)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(squeezed(bad.Find("[data-testid=bad]")), "Tags is a list and Date of birth holds one value") {
		t.Errorf("status %d: %s", res.StatusCode, squeezed(bad.Find("[data-testid=bad]")))
	}
	if res := c.press(client, doc.Find("[data-testid=pair-these]"), "a", "city"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("half a pair: status %d", res.StatusCode)
	}
}

func TestAPairIsOpenedChangedAndTakenOut(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 40)
	client := c.signIn("editor")
	doc := c.open(client, "?open=phone%3Dphone_number")
	line := pairLine(doc, "phone=phone_number")
	if !strings.Contains(squeezed(line.Find("[data-testid=open]")), "International phone") {
		t.Fatalf("not open: %s", squeezed(line))
	}
	choices := line.Find("[data-testid=choices] > .pipe-side > button.apply")
	doc = c.follow(client, c.press(client, choices, "direction", "a_to_b", "step", "trim", "conflict", "ask", "blank", "clear"))
	line = pairLine(doc, "phone=phone_number")
	if line.Find("[data-testid=way]").AttrOr("data-way", "") != "to" || squeezed(line.Find("[data-testid=fate]")) != "One way" || line.Find("[data-testid=choices]").Length() != 1 {
		t.Errorf("after the change: %s", squeezed(line))
	}
	f, _, err := c.store.Draft(t.Context(), c.flow.Workspace, c.flow.ID)
	must(t, err)
	got := f.Map[rowAt(f, "phone=phone_number")]
	if got.Direction != mapping.AToB || got.Transform != "trim" || got.Conflict != mapping.Ask || got.Blank != mapping.Clear {
		t.Errorf("%+v", got)
	}
	doc = c.follow(client, c.press(client, line.Find("[data-testid=unpair]")))
	if pairLine(doc, "phone=phone_number").Length() != 0 || free(doc, "a", "phone").Length() != 1 {
		t.Error("still paired")
	}
	doc = c.follow(client, c.press(client, doc.Find("[data-testid=undo]")))
	if pairLine(doc, "phone=phone_number").Find("[data-testid=way]").AttrOr("data-way", "") != "to" {
		t.Error("not undone")
	}
	doc = c.follow(client, c.press(client, doc.Find("[data-testid=redo]")))
	if pairLine(doc, "phone=phone_number").Length() != 0 {
		t.Error("not redone")
	}
}

func TestAnImpossibleDirectionIsShutWithItsReason(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20, func(f *flow.Flow) { f.Direction = mapping.AToB })
	doc := c.open(c.signIn("editor"), "?open=tags%3Dtags")
	back := pairLine(doc, "tags=tags").Find("input[name=direction][value=b_to_a]")
	if _, shut := back.Attr("disabled"); !shut || !strings.Contains(squeezed(back.Closest("label")), "The whole flow goes from HighLevel to User.com only.") {
		t.Errorf("%s", squeezed(back.Closest("label")))
	}
}

func TestABrokenPairIsOnTopWithTheButtonThatMendsIt(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20, func(f *flow.Flow) {
		f.Map = append(f.Map, mapping.Row{A: mapping.Names{"citty"}, B: mapping.Names{"city"}}, mapping.Row{A: mapping.Names{"state"}, B: mapping.Names{"first_name"}})
	})
	client := c.signIn("editor")
	doc := c.open(client, "")
	needs := doc.Find("[data-testid=needs] [data-testid=pair]")
	if needs.Length() != 2 || doc.Find("[data-testid=to-preview]").Length() != 0 || squeezed(doc.Find("[data-testid=blocked]")) != "2 pairs need you first" {
		t.Fatalf("%d need somebody; %s", needs.Length(), squeezed(doc.Find("header.bld-head")))
	}
	line := pairLine(doc, "citty=city")
	if !strings.Contains(squeezed(line.Find("[data-testid=problem]")), "HighLevel has no field “citty”") {
		t.Errorf("%s", squeezed(line))
	}
	doc = c.follow(client, c.press(client, line.Find("[data-testid=fix]").First()))
	if pairLine(doc, "city=city").Find("[data-testid=problem]").Length() != 0 || doc.Find("[data-testid=needs] [data-testid=pair]").Length() != 1 {
		t.Error("not mended")
	}
	doc = c.follow(client, c.press(client, doc.Find("[data-testid=needs] [data-testid=unpair]")))
	if doc.Find("[data-testid=needs]").Length() != 0 || doc.Find("[data-testid=to-preview]").Length() != 1 {
		t.Error("still something is needed")
	}
}

func TestSuggestionsAreAcceptedDismissedAndShownBeforeTheyArePaired(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 60)
	client := c.signIn("editor")
	doc := c.open(client, "")
	suggestion := func(doc *goquery.Document, key string) *goquery.Selection {
		return doc.Find("[data-testid=suggestion][data-key='" + key + "']")
	}
	if suggestion(doc, "city=city").Length() != 1 || suggestion(doc, "state=region").Length() != 1 {
		t.Fatalf("suggested: %s", squeezed(doc.Find("[data-testid=suggestions]")))
	}
	doc = c.follow(client, c.press(client, suggestion(doc, "city=city").Find("[data-testid=accept]")))
	if pairLine(doc, "city=city").Length() != 1 || suggestion(doc, "city=city").Length() != 0 {
		t.Error("not accepted")
	}
	doc = c.follow(client, c.press(client, suggestion(doc, "state=region").Find("[data-testid=dismiss]")))
	if suggestion(doc, "state=region").Length() != 0 || free(doc, "a", "state").Length() != 1 || suggestion(c.open(client, ""), "state=region").Length() != 0 {
		t.Error("not dismissed for good")
	}
	before := c.draftKeys()
	doc = c.open(client, "?match=1")
	if !slices.Equal(before, c.draftKeys()) {
		t.Error("something was paired by looking")
	}
	boxes := doc.Find("[data-testid=matching] input[type=checkbox]")
	if boxes.Length() == 0 || strings.Contains(squeezed(doc.Find("[data-testid=matching]")), "Unsubscribed") {
		t.Fatalf("%s", squeezed(doc.Find("[data-testid=matching]")))
	}
	doc = c.follow(client, c.press(client, doc.Find("[data-testid=match-all]")))
	boxes.Each(func(_ int, box *goquery.Selection) {
		if key := box.AttrOr("value", ""); pairLine(doc, key).Length() != 1 {
			t.Errorf("%s was not paired", key)
		}
	})
	if !slices.Contains(c.draftKeys(), "country=country") {
		t.Errorf("%v", c.draftKeys())
	}
}

func TestAColleaguesChangeIsNotOverwrittenAndTheWishIsOfferedAgain(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20)
	mine, theirs := c.signIn("editor"), c.signIn("owner")
	old := c.open(mine, "?open=phone%3Dphone_number")
	c.follow(theirs, c.press(theirs, c.open(theirs, "").Find("[data-testid=pair-these]"), "a", "state", "b", "region"))

	res := c.press(mine, old.Find("[data-testid=pair-these]"), "a", "city", "b", "city")
	doc := parsed(t, res)
	note := squeezed(doc.Find("[data-testid=clash]"))
	if res.StatusCode != http.StatusConflict || !strings.Contains(note, "@couplet.test changed this map at 10:00") || !strings.Contains(note, "You wanted to pair City with City.") {
		t.Fatalf("status %d: %s", res.StatusCode, note)
	}
	if theirs := squeezed(doc.Find("[data-testid=theirs]")); !strings.Contains(theirs, "State and Region") || strings.Contains(theirs, "City") {
		t.Errorf("what they changed: %q", theirs)
	}
	if keys := c.draftKeys(); slices.Contains(keys, "city=city") || !slices.Contains(keys, "state=region") {
		t.Fatalf("overwritten: %v", keys)
	}
	c.follow(mine, c.press(mine, doc.Find("[data-testid=again]")))
	if keys := c.draftKeys(); !slices.Contains(keys, "city=city") || !slices.Contains(keys, "state=region") {
		t.Errorf("%v", keys)
	}
	// Taking out, rules and suggestions clash the same way.
	for _, button := range []*goquery.Selection{pairLine(old, "phone=phone_number").Find("[data-testid=unpair]"), old.Find("#rules-form button"), old.Find("[data-testid=suggestion] [data-testid=accept]").First()} {
		if res := c.press(mine, button); res.StatusCode != http.StatusConflict {
			t.Errorf("status %d", res.StatusCode)
		}
	}
}

func TestTheRulesOfTheFlowAreChanged(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20)
	client := c.signIn("editor")
	doc := c.open(client, "")
	if got := squeezed(doc.Find("[data-testid=rules] summary")); got != "Rules Both ways · matched by email, else phone · the newest change wins · an emptied value deletes nothing · partners of deleted records stay" {
		t.Errorf("%q", got)
	}
	if got := squeezed(doc.Find("#rules-form label").Has("[value=newest]")); got != "The newest change wins; where both were changed between two looks, HighLevel wins" {
		t.Errorf("what decides a tie: %q", got)
	}
	doc = c.follow(client, c.press(client, doc.Find("#rules-form button"), "match", "phone", "conflict", "b_wins", "blank", "clear", "direction", "a_to_b", "region", "PT", "delete", "approve"))
	if got := squeezed(doc.Find("[data-testid=rules] summary")); got != "Rules HighLevel fills User.com · matched by phone only · User.com wins · an emptied value empties the other side · deletes ask you first" {
		t.Errorf("%q", got)
	}
	f, _, err := c.store.Draft(t.Context(), c.flow.Workspace, c.flow.ID)
	must(t, err)
	if f.Conflict != mapping.BWins || f.Blank != mapping.Clear || !slices.Equal(f.Match, []string{"phone"}) || f.Direction != mapping.AToB || f.Region != "PT" {
		t.Errorf("%+v", f)
	}
	if pairLine(doc, "email=email").Find("[data-testid=match-key]").Length() != 0 || pairLine(doc, "phone=phone_number").Find("[data-testid=match-key]").Length() != 1 {
		t.Error("the match key did not move")
	}
	if res := c.press(client, doc.Find("#rules-form button"), "match", "name"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a match by names: status %d", res.StatusCode)
	}
}

func TestAMapThatWasPublishedAnotherWaySaysSo(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20)
	client := c.signIn("editor")
	c.follow(client, c.press(client, c.open(client, "").Find("[data-testid=pair-these]"), "a", "city", "b", "city"))
	f := c.flow
	f.Map = f.Map[:2]
	_, _, err := c.store.SaveFlow(t.Context(), f.Workspace, f) // as a flow file does
	must(t, err)
	doc := c.open(client, "")
	if doc.Find("[data-testid=behind]").Length() != 1 || pairLine(doc, "city=city").Length() != 1 {
		t.Fatal("nothing is said")
	}
	doc = c.follow(client, c.press(client, doc.Find("[data-testid=behind] button")))
	if doc.Find("[data-testid=pair]").Length() != 2 || doc.Find("[data-testid=behind]").Length() != 0 {
		t.Errorf("%d pairs", doc.Find("[data-testid=pair]").Length())
	}
}

// TestHtmxGetsTheBoardAlone: the answer to htmx is the inner part of the page, which says aloud what was done and leads
// the focus to the new pair.
func TestHtmxGetsTheBoardAlone(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20)
	client := c.signIn("editor")
	revision := c.open(client, "").Find("#pair-form [name=revision]").AttrOr("value", "")
	head := map[string]string{"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Origin": c.url, "HX-Request": "true", "HX-Target": "div#bld"}
	res := c.as(client, http.MethodPost, c.path()+"/pair", strings.NewReader(url.Values{"revision": {revision}, "a": {"city"}, "b": {"city"}}.Encode()), head)
	body, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusOK || strings.Contains(string(body), "<html") || strings.Contains(string(body), `id="bld"`) {
		t.Fatalf("status %d: %.300s", res.StatusCode, body)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	must(t, err)
	if squeezed(doc.Find("[data-testid=announce]")) != "City is now paired with City." {
		t.Errorf("announced: %q", squeezed(doc.Find("[data-testid=announce]")))
	}
	if _, focus := pairLine(doc, "city=city").Attr("autofocus"); !focus {
		t.Error("the focus is lost")
	}
}

func TestAFlowTakesTheCountryOfItsAccounts(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 10)
	account := c.conns[0]
	account.Identity.Region = "PT"
	_, err := c.store.SaveConnection(t.Context(), account.Workspace, account)
	must(t, err)
	client := c.signIn("editor")
	// A flow of these accounts is there already; one that was on is not gone on with.
	must(t, c.store.SaveApproval(t.Context(), account.Workspace, c.flow.ID, flow.Approval{By: "ann", How: "preview"}))
	res := c.post(client, "/new/template?a="+c.conns[0].ID+"&b="+c.conns[1].ID, url.Values{"template": {"contact-sync"}})
	id, _ := strings.CutSuffix(strings.TrimPrefix(res.Header.Get("Location"), "/flows/"), "/map")
	f, err := c.store.FlowByID(t.Context(), account.Workspace, id)
	must(t, err)
	if f.Region != "PT" || f.Enabled {
		t.Errorf("%+v", f)
	}
	if got := parsed(t, c.visit(client, res.Header.Get("Location"))).Find("#region option[selected]").AttrOr("value", ""); got != "PT" {
		t.Errorf("the page says %q", got)
	}
}
