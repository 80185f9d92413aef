package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/flow"
	"couplet/internal/mapping"
)

const company = "companyName=company_name"

// opened is the open pair of the company of a flow whose map has these steps on it.
func opened(t *testing.T, steps ...mapping.Step) (c *crms, client *http.Client, line *goquery.Selection) {
	t.Helper()
	c = newCRMs(t, 40, func(f *flow.Flow) { f.Map[rowAt(*f, company)] = f.Map[rowAt(*f, company)].WithChain(steps) })
	client = c.signIn("editor")
	return c, client, pairLine(c.open(client, "?open="+url.QueryEscape(company)), company)
}

func (c *crms) savedSteps() []mapping.Step {
	c.t.Helper()
	f, _, err := c.store.Draft(c.t.Context(), c.flow.Workspace, c.flow.ID)
	must(c.t, err)
	return f.Map[rowAt(f, company)].Chain()
}

// try sends a pair as it is typed.
func (c *crms) try(client *http.Client, values url.Values) *goquery.Selection {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodPost, c.url+c.path()+"/try", strings.NewReader(values.Encode()))
	must(c.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("HX-Request", "true")
	res, err := client.Do(req)
	must(c.t, err)
	if res.StatusCode != http.StatusOK {
		c.t.Fatalf("status %d: %s", res.StatusCode, textOf(res))
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	must(c.t, err)
	return doc.Selection
}

// Whatever button is pressed without scripts, what was typed beside it goes with it.
func TestAMoveKeepsWhatWasTypedBesideIt(t *testing.T) {
	t.Parallel()
	c, client, line := opened(t, mapping.Step{Do: "trim"}, mapping.Step{Do: "replace", With: map[string]string{"find": "Inc", "with": "Ltd"}})
	c.follow(client, c.press(client, line.Find("button[value='up:1']"), "step.1.find", "typed"))
	if got := c.savedSteps(); len(got) != 2 || got[0].Do != "replace" || got[0].With["find"] != "typed" || got[0].With["with"] != "Ltd" {
		t.Errorf("%+v", got)
	}
}

// What cannot be saved stays as it was typed, with the reason at the field and the value up to there, and the draft stays as it was.
func TestWhatCannotBeSavedStaysAsItWasTyped(t *testing.T) {
	t.Parallel()
	steps := []mapping.Step{{Do: "uppercase"}, {Do: "formula", With: map[string]string{"formula": "value"}}}
	c := newCRMs(t, 40, func(f *flow.Flow) {
		i := rowAt(*f, company)
		f.Map[i] = f.Map[i].WithChain(steps[:1])
		f.Map[i].Direction = mapping.AToB
	})
	client := c.signIn("editor")
	line := pairLine(c.open(client, "?open="+url.QueryEscape(company)), company)
	line = pairLine(c.follow(client, c.press(client, pick(line, "extract"))), company)
	res := c.press(client, line.Find("button.apply").Last(), "step.1.pattern", "(")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", res.StatusCode)
	}
	line = pairLine(parsed(t, res), company)
	in := line.Find("[name='step.1.pattern']")
	if in.AttrOr("value", "") != "(" || in.AttrOr("aria-invalid", "") != "true" || in.AttrOr("aria-describedby", "") == "" {
		t.Errorf("the field: %q, %q, %q", in.AttrOr("value", ""), in.AttrOr("aria-invalid", ""), in.AttrOr("aria-describedby", ""))
	}
	if says := squeezed(line.Find("[data-testid=setting-error]")); !strings.Contains(says, "missing closing )") || !strings.Contains(says, "what was saved before goes on") {
		t.Errorf("the reason: %s", says)
	}
	if got := c.savedSteps(); got[1].With["pattern"] != ".+" {
		t.Errorf("saved: %+v", got)
	}
}

// Typing shows what comes of it, after each step, and saves nothing; a formula that cannot be read says where.
func TestTypingShowsWhatComesOfItAndSavesNothing(t *testing.T) {
	t.Parallel()
	c, client, line := opened(t, mapping.Step{Do: "uppercase"}, mapping.Step{Do: "prefix", With: map[string]string{"text": "+"}})
	try := func(kv ...string) *goquery.Selection {
		t.Helper()
		values := url.Values{"row": {company}, "a": {"companyName"}, "b": {"company_name"}, "step": {"uppercase", "prefix"}, "step.1.text": {"+"}}
		for i := 0; i < len(kv); i += 2 {
			values[kv[i]] = strings.Split(kv[i+1], "|")
		}
		return c.try(client, values)
	}
	before := c.savedSteps()
	was := squeezed(line.Find("[data-testid=step] .pv").Last())
	steps := try("step.1.text", "Firma ").Find("[data-testid=step]")
	if now := squeezed(steps.Last().Find(".pv")); steps.Length() != 2 || now != "Firma "+strings.TrimPrefix(was, "+") {
		t.Errorf("after %q: %q", was, now)
	}
	bad := try("direction", "a_to_b", "step", "uppercase|formula", "step.1.formula", "value +\n  phone")
	if says := squeezed(bad.Find("[data-testid=setting-error]")); !strings.Contains(says, "line 2, character 3") || squeezed(bad.Find(".where mark")) != "phone" {
		t.Errorf("%s, marked %q", says, squeezed(bad.Find(".where mark")))
	}
	if first := squeezed(bad.Find("[data-testid=step] .pv").First()); first != strings.TrimPrefix(was, "+") {
		t.Errorf("the value before the step that cannot work: %q", first)
	}
	if after := c.savedSteps(); len(after) != len(before) || after[1].With["text"] != "+" {
		t.Errorf("saved: %+v", after)
	}
}

// A pair is called lossy where a sample comes back as another value, which is shown; lossless where none can; and nothing
// where its steps may lose and no sample does.
func TestWhatAPairLosesIsMeasuredOnTheSamples(t *testing.T) {
	t.Parallel()
	for fate, steps := range map[string][]mapping.Step{"Lossy": {{Do: "uppercase"}}, "Lossless": {{Do: "prefix", With: map[string]string{"text": "+"}}}, "": {{Do: "truncate", With: map[string]string{"length": "200"}}}} {
		_, _, line := opened(t, steps...)
		if got := squeezed(line.Find("[data-testid=fate]")); !strings.HasPrefix(got, fate) || fate == "" && got != "" {
			t.Errorf("%s: %q", steps[0].Do, got)
		}
		losing := line.Find("[data-testid=losing]")
		if (losing.Length() > 0) != (fate == "Lossy") || losing.Length() > 0 && !strings.Contains(squeezed(losing.First()), "and comes back as") {
			t.Errorf("%s: %d losing: %s", steps[0].Do, losing.Length(), squeezed(losing.First()))
		}
	}
}

// What is filled where it is empty counts as lossy where a sample has such a gap, and the sample is shown; where none has, nothing is said.
func TestWhatFillsAGapIsMeasuredToo(t *testing.T) {
	t.Parallel()
	for key, fate := range map[string]string{"timezone=timezone": "Lossy", "country=country": ""} {
		names := strings.Split(key, "=")
		c := newCRMs(t, 40, func(f *flow.Flow) {
			f.Map = append(f.Map, mapping.Row{A: mapping.Names{names[0]}, B: mapping.Names{names[1]}, Steps: []mapping.Step{{Do: "if_empty", With: map[string]string{"use": "Nowhere"}}}})
		})
		line := pairLine(c.open(c.signIn("editor"), "?open="+url.QueryEscape(key)), key)
		if got := squeezed(line.Find("[data-testid=fate]")); !strings.HasPrefix(got, fate) || fate == "" && got != "" {
			t.Errorf("%s: %q", key, got)
		}
		losing := squeezed(line.Find("[data-testid=losing]").First())
		if (losing != "") != (fate == "Lossy") || losing != "" && !strings.Contains(losing, "becomes Nowhere and stays empty here") {
			t.Errorf("%s: losing: %s", key, losing)
		}
		if says := squeezed(line.Find("[data-testid=measured]")); fate == "Lossy" && !strings.Contains(says, "stay empty where they are") {
			t.Errorf("%s: %s", key, says)
		}
	}
}

// Choosing another sample shows its values and changes nothing, so there is nothing to undo.
func TestTheSampleIsChosenWhereTheStepsAre(t *testing.T) {
	t.Parallel()
	c, client, line := opened(t, mapping.Step{Do: "uppercase"})
	if n := line.Find("[name=sample] option").Length(); n < 2 {
		t.Fatalf("%d samples", n)
	}
	before := squeezed(line.Find(".walk .pv").First())
	doc := c.follow(client, c.press(client, line.Find("button[value=look]"), "sample", "1"))
	if after := squeezed(pairLine(doc, company).Find(".walk .pv").First()); after == before {
		t.Errorf("still %q", after)
	}
	if _, off := doc.Find("[data-testid=undo]").Attr("disabled"); !off {
		t.Error("there is something to undo")
	}
}

// A list and a text are paired by the step between them, which is said; turned round, the pair does the opposite.
func TestAListIsPairedWithATextOnThePage(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20, func(f *flow.Flow) { f.Map = f.Map[:rowAt(*f, "tags=tags")] })
	client := c.signIn("editor")
	doc := c.follow(client, c.press(client, c.open(client, "").Find("[data-testid=pair-these]"), "a", "tags", "b", "city"))
	line := pairLine(doc, "tags=city")
	if line.Find("[data-testid=way]").AttrOr("data-way", "") != "to" || !strings.Contains(squeezed(line), "List to text") {
		t.Fatalf("%s", squeezed(line))
	}
	line = pairLine(c.open(client, "?open="+url.QueryEscape("tags=city")), "tags=city")
	line = pairLine(c.follow(client, c.press(client, line.Find("button.apply").Last(), "direction", "b_to_a", "step.0.separator", "; ")), "tags=city")
	if line.Find("[data-testid=way]").AttrOr("data-way", "") != "from" || line.Find("input[name=step]").AttrOr("value", "") != "split_list" || line.Find("[name='step.0.separator']").AttrOr("value", "") != "; " {
		t.Errorf("turned: %s", squeezed(line))
	}
}
