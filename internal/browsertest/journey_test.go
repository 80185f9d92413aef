package browsertest

import (
	"slices"
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
	if b.shows(css("nav.ways a:not([aria-current])", "Agree in")) {
		h.press(link("Agree in"))
	}
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

// clock tells how long the parts of a journey took.
type clock struct {
	t           testing.TB
	what        string
	begun, last time.Time
}

func startClock(t testing.TB, what string) *clock {
	return &clock{t: t, what: what, begun: time.Now(), last: time.Now()}
}

func (c *clock) lap(part string) {
	now := time.Now()
	c.t.Logf("measured: %s: %5.1f s  %s", c.what, now.Sub(c.last).Seconds(), part)
	c.last = now
}

func (c *clock) total() time.Duration {
	d := time.Since(c.begun)
	c.t.Logf("measured: %s: %5.1f s  in all", c.what, d.Seconds())
	return d
}

// journey goes from the set-up code to contacts that stay in step.
func journey(t *testing.T, w *world, b *tab, h hand) time.Duration {
	c := startClock(t, "by "+h.name())
	setUp(w, b, h)
	c.lap("the owner is made")
	connectBoth(b, h)
	c.lap("both accounts are connected")
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
