package browsertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// person is who goes through the web app in these tests.
var person = struct{ name, email, password, workspace string }{"Ana Lima", "ana@example.com", "wide river small boat", "Harbour Studio"}

// setUp makes the first owner with the set-up code, and ends on the overview.
func setUp(w *world, b *tab, h hand) {
	b.open("/setup")
	h.write(field("Your name"), person.name)
	h.write(field("Work email"), person.email)
	h.write(field("Password"), person.password)
	h.write(field("Workspace"), person.workspace)
	h.write(field("Set-up code"), w.made.SetupCode)
	h.press(button("Create the owner"))
	b.at("^/$")
}

// connectBoth goes through the consent pages of both systems, and ends where a template is chosen.
func connectBoth(b *tab, h hand) {
	b.open("/new")
	b.at("^/new/a")
	b.agree(h)
	b.at("^/new/b")
	b.agree(h)
	b.at("^/new/template")
}

// agree consents and takes the account.
func (b *tab) agree(h hand) {
	b.t.Helper()
	b.consent(h)
	h.press(button("Yes, connect"))
}

// consent follows the way to the system's consent page and says yes to everything. It ends where the account is named.
func (b *tab) consent(h hand) {
	b.t.Helper()
	h.press(testid("go"))
	b.untilAsked(h)
	h.press(testid("allow"))
	b.at("^/connect/pending/")
}

// untilAsked signs in at the system and chooses the first account, where it has such pages.
func (b *tab) untilAsked(h hand) {
	b.t.Helper()
	steps := []string{"signin", "choose", "allow"}
	for i, step := range steps[:2] {
		b.until("the page of "+step, func() bool {
			return slices.ContainsFunc(steps[i:], func(s string) bool { return b.shows(testid(s)) })
		})
		if b.shows(testid(step)) {
			h.press(testid(step))
		}
	}
}

// makeFlow makes a flow from the template, takes one suggestion of the map, and returns the path of the flow.
func makeFlow(b *tab, h hand) (flow string) {
	b.t.Helper()
	h.press(button("Use this template"))
	flow = strings.TrimSuffix(b.at("^/flows/[^/]+/map$"), "/map")
	b.see(testid("pairs"))
	suggested := ask[int](b, `document.querySelectorAll("[data-testid=suggestion]").length`)
	if suggested > 0 {
		paired := ask[int](b, `document.querySelectorAll("[data-testid=pair]").length`)
		h.press(testid("accept"))
		b.until("the suggestion is a pair", func() bool {
			return ask[int](b, `document.querySelectorAll("[data-testid=pair]").length`) == paired+1
		})
	} else {
		b.t.Error("the map suggests nothing, so nothing was accepted")
	}
	return flow
}

// preview rehearses the flow whose map is open, and holds that the page counts what the pretend systems' people must
// come to.
func preview(w *world, b *tab, h hand) {
	b.t.Helper()
	h.press(testid("to-preview"))
	b.at(`/preview($|\?)`)
	b.reload("the rehearsal is over", func() bool { return b.shows(testid("go-on")) })
	want := w.made.Expected
	b.counts("created", want.CreatedA+want.CreatedB)
	b.counts("need-you", want.Review)
}

// switchOn goes through the last step and returns the path of the first run.
func switchOn(b *tab, h hand) (run string) {
	b.t.Helper()
	h.press(testid("go-on"))
	b.at("/on$")
	h.press(testid("press"))
	b.reload("the first run has begun", func() bool {
		run = strings.TrimPrefix(ask[string](b, "location.href"), b.base)
		return strings.HasPrefix(run, "/runs/")
	})
	return run
}

// firstRun waits for the end of a run and holds what it came to.
func firstRun(w *world, b *tab, run string) {
	b.t.Helper()
	b.reload("the run is over", func() bool { return b.shows(testid("run-now")) })
	if at := b.path(); !strings.HasPrefix(at, run) {
		b.t.Errorf("the page of the run %s became %s", run, at)
	}
	want := w.made.Expected
	b.counts("Created", want.CreatedA+want.CreatedB)
	b.counts("Needs you", want.Review)
	b.counts("Failed", 0)
}

// counts holds that a page counts so many of one kind.
func (b *tab) counts(kind string, want int) {
	b.t.Helper()
	id := "count-" + kind
	b.see(testid(id))
	text := ask[string](b, fmt.Sprintf(`(testid(%s).querySelector("b") ?? testid(%[1]s)).innerText`, quoted(id)))
	if got := strings.ReplaceAll(text, ",", ""); got != fmt.Sprint(want) {
		b.t.Errorf("the page counts %s %s, want %d", got, kind, want)
	}
}

// change is what was changed by hand.
type change struct{ Person, Email, Company string }

// changeByHand gives somebody whom both systems have another company, in the first of them, on its own pages.
func changeByHand(w *world, b *tab, h hand) change {
	b.t.Helper()
	b.open(w.made.Control.Page)
	b.see(testid("line"))
	// Somebody with an email address in both.
	who := ask[change](b, `(() => {
		for (const line of document.querySelectorAll("[data-testid=line]")) {
			const both = ["highlevel", "usercom"].map((s) => line.querySelectorAll("[data-testid=side-" + s + "] .record"));
			const mail = both[0][0]?.querySelector(".parts span")?.innerText ?? "";
			if (both.every((b) => b.length === 1) && mail.includes("@")) return { person: words(both[0][0].querySelector("h3").innerText), email: mail };
		}
	})()`)
	if who.Email == "" {
		b.t.Fatal("nobody is in both systems")
	}
	who.Company = "Harbour Light Studio"
	h.write(css("#q"), who.Email)
	h.press(testid("search"))
	b.at("q=")
	h.press(css("[data-testid^=edit-highlevel-]"))
	h.write(css("[name=companyName]"), who.Company)
	h.press(testid("save"))
	b.see(testid("notice"))
	return who
}

// arrives waits until the other system shows the change.
func (c change) arrives(b *tab) {
	b.t.Helper()
	here := b.path()
	within(b.t, time.Minute, "the other system has "+c.Company, func() bool {
		b.open(here)
		return ask[bool](b, fmt.Sprintf(`!!testid("side-usercom")?.innerText.includes(%s)`, quoted(c.Company)))
	})
}

// isExplained goes from the list of runs to the record, and holds that the page says what became what, and why.
func (c change) isExplained(w *world, b *tab, h hand) {
	b.t.Helper()
	b.open("/runs")
	b.reload("the run of the change is in the list", func() bool {
		return b.shows(css("[data-testid=run] .c-u", "1"))
	})
	h.press(css("[data-testid=run] a.rowlink"))
	b.at("^/runs/.")
	b.see(testid("record"))
	if !b.shows(testid("fields")) {
		h.press(css("[data-testid=record] > summary"))
	}
	says := b.see(testid("fields"))
	for _, word := range []string{c.Company, "HighLevel"} {
		if !strings.Contains(says, word) {
			b.t.Errorf("the record does not say %s: %s", word, says)
		}
	}
	b.t.Logf("the page says: %s", says)
}

// journey goes from the set-up code to contacts that stay in step.
func journey(t *testing.T, w *world, b *tab, h hand) time.Duration {
	c := startClock(t, "by "+h.name())
	setUp(w, b, h)
	c.lap("the owner is made")
	connectBoth(b, h)
	c.lap("both accounts are connected")
	makeFlow(b, h)
	c.lap("a flow is made and mapped")
	preview(w, b, h)
	c.lap("both sides are read and the preview is there")
	run := switchOn(b, h)
	c.lap("the flow is on and its first run is on the page")
	firstRun(w, b, run)
	c.lap("the first run is done")
	change := changeByHand(w, b, h)
	c.lap("a person is changed by hand, in one of the systems")
	change.arrives(b)
	c.lap("the change has arrived in the other")
	change.isExplained(w, b, h)
	c.lap("the run and its reason are on the page")
	return c.total()
}

// TestAPersonWithoutAnyAccountComesToContactsInStepWithinTwoMinutes by mouse.
func TestAPersonWithoutAnyAccountComesToContactsInStepWithinTwoMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--first-run")
	b := w.tab(t)
	if d := journey(t, w, b, mouse{b}); d > 2*time.Minute {
		t.Errorf("it took %s", d)
	}
}

// TestTheSameByKeyboardAlone never moves a mouse, and what has the focus can always be seen.
func TestTheSameByKeyboardAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--first-run")
	b := w.tab(t)
	journey(t, w, b, keyboard{b})
}

// TestTheSameWithoutJavaScript because every page is whole without it.
func TestTheSameWithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--first-run")
	b := w.tab(t)
	b.withoutScripts()
	journey(t, w, b, unscripted{mouse{b}})
}
