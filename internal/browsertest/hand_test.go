package browsertest

import (
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed find.js
var findJS string

// A what is something on a page, as an expression of find.js.
type what string

// css finds by a selector, and by a name when there is one.
func css(selector string, name ...string) what {
	return what(fmt.Sprintf("css(%s, %s)", quoted(selector), quoted(strings.Join(name, ""))))
}
func testid(id string, name ...string) what {
	return what(fmt.Sprintf("testid(%s, %s)", quoted(id), quoted(strings.Join(name, ""))))
}
func button(name string) what { return what("button(" + quoted(name) + ")") }
func link(name string) what   { return what("link(" + quoted(name) + ")") }
func field(name string) what  { return what("field(" + quoted(name) + ")") }

// see waits for something to be shown, and returns its words.
func (b *tab) see(w what) (words string) {
	b.t.Helper()
	b.until("the page shows "+string(w), func() bool {
		found := ask[*string](b, fmt.Sprintf("(() => { const e = %s; return e && shown(e) ? called(e) : null })()", w))
		if found != nil {
			words = *found
		}
		return found != nil
	})
	return words
}

// shows reports whether something is shown now.
func (b *tab) shows(w what) bool {
	b.t.Helper()
	return ask[bool](b, fmt.Sprintf("(() => { const e = %s; return !!e && shown(e) })()", w))
}

// says waits for words anywhere on the page.
func (b *tab) says(words string) {
	b.t.Helper()
	b.until("the page says "+words, func() bool {
		return ask[bool](b, "words(document.body.innerText).includes("+quoted(words)+")")
	})
}

// hand is how a person works a page.
type hand interface {
	// press follows a link, pushes a button, ticks a box or a choice.
	press(what)
	// write puts a text into a field, instead of what is in it.
	write(what, string)
	name() string
}

// mouse points and clicks; only texts are typed.
type mouse struct{ b *tab }

func (m mouse) name() string { return "mouse" }

// unscripted is a mouse on pages whose scripts do not run.
type unscripted struct{ mouse }

func (unscripted) name() string { return "mouse without JavaScript" }

func (m mouse) press(w what) {
	m.b.t.Helper()
	for range 3 {
		var at *point
		spot := func() *point { return ask[*point](m.b, fmt.Sprintf("ready() ? spot(%s) : null", w)) }
		m.b.until("can be clicked: "+string(w), func() bool {
			now := spot()
			if now == nil || at == nil || *now != *at {
				at = now
				return false
			}
			// What the mouse comes to lie on may move the page.
			m.b.must(chromedp.Do(m.b.ctx, chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Y)))
			now = spot()
			return now != nil && *now == *at
		})
		if m.b.clicks(w, func() { m.b.must(chromedp.Do(m.b.ctx, chromedp.MouseClickXY(at.X, at.Y))) }) {
			return
		}
	}
	m.b.t.Fatalf("clicks never arrive: %s", w)
}

type point struct{ X, Y float64 }

// clicks does what makes a click, and reports whether it came to what was meant, or that is gone because of it. Under load Chromium
// drops one now and then.
func (b *tab) clicks(w what, do func()) bool {
	b.t.Helper()
	if b.unscripted {
		do()
		return true
	}
	ask[bool](b, fmt.Sprintf("hear(() => %s)", w))
	do()
	late, last := time.Now().Add(5*time.Second), time.Now().Add(patience)
	for {
		got, err := try[bool](b, "window.couplet_heard !== false")
		if err == nil && got {
			return true
		}
		// No answer at all is that of a page that is being left, because of the click.
		if now := time.Now(); now.After(last) || err == nil && now.After(late) {
			break
		}
	}
	b.t.Logf("measured: a click did not come to %s; it is made again", w)
	return false
}

func (m mouse) write(w what, text string) {
	m.b.t.Helper()
	m.press(w)
	m.b.until("has the focus: "+string(w), func() bool { return m.b.focused(w) })
	m.b.retype(text)
}

// keyboard never touches a mouse: what it wants is reached with Tab, in the order of the page.
type keyboard struct{ b *tab }

func (k keyboard) name() string { return "keyboard" }

// most is more stops than any page has.
const most = 400

// reach moves the focus on until it is where it should be.
func (k keyboard) reach(w what) {
	k.b.t.Helper()
	k.b.until("is there: "+string(w), func() bool {
		return ask[bool](k.b, fmt.Sprintf(`ready() && !!%s`, w))
	})
	for range most {
		if k.b.focused(w) {
			return
		}
		// Of choices that belong together only one is a stop; arrows go through them.
		key := kb.Tab
		if ask[bool](k.b, fmt.Sprintf(`(() => { const e = %s, f = document.activeElement; return f?.type == "radio" && e?.type == "radio" && f.name == e.name && f.form == e.form })()`, w)) {
			key = kb.ArrowDown
		}
		k.b.must(chromedp.Do(k.b.ctx, chromedp.KeyEvent(key)))
	}
	k.b.t.Fatalf("cannot be reached with Tab: %s", w)
}

func (k keyboard) press(w what) {
	k.b.t.Helper()
	k.reach(w)
	if !ask[bool](k.b, "(() => { const f = document.activeElement, s = getComputedStyle(f), l = f.labels?.[0]; return f.matches(':focus-visible') })()") {
		k.b.t.Errorf("the focus cannot be seen on %s", w)
	}
	key := kb.Enter
	switch ask[string](k.b, "document.activeElement.type ?? ''") {
	case "radio":
		if ask[bool](k.b, "document.activeElement.checked") {
			return
		}
		key = " "
	case "checkbox":
		key = " "
	}
	for range 3 {
		k.reach(w) // a page that came in meanwhile may have moved the focus to what it opened
		if k.b.clicks(w, func() { k.b.must(chromedp.Do(k.b.ctx, chromedp.KeyEvent(key))) }) {
			return
		}
	}
	k.b.t.Fatalf("keys never arrive: %s", w)
}

func (k keyboard) write(w what, text string) {
	k.b.t.Helper()
	k.reach(w)
	k.b.retype(text)
}

// focused reports whether something has the focus.
func (b *tab) focused(w what) bool {
	b.t.Helper()
	return ask[bool](b, fmt.Sprintf("(() => { const e = %s; return !!e && document.activeElement === e })()", w))
}

// retype replaces what is in the field that has the focus.
func (b *tab) retype(text string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent(kb.Backspace), chromedp.KeyEvent(text)))
}

// hit presses a key wherever the focus is.
func (b *tab) hit(keys ...string) {
	b.t.Helper()
	b.until("keys arrive", func() bool { return ask[bool](b, "ready()") })
	for _, key := range keys {
		b.must(chromedp.Do(b.ctx, chromedp.KeyEvent(key)))
	}
}
