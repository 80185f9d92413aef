package browsertest

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// look is a way of seeing a page.
type look struct {
	name   string
	dark   bool
	width  int64
	height int64
}

// looks are the three that every page must be sound in.
var looks = []look{{"light", false, 1280, 900}, {"dark", true, 1280, 900}, {"390px", false, 390, 844}}

// seen sets how pages are seen from now on.
func (b *tab) seen(l look) {
	b.t.Helper()
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	b.must(err)
	options := []chromedp.EmulateViewportOption{}
	if l.width < 600 {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	b.must(chromedp.Do(b.ctx, chromedp.EmulateViewport(l.width, l.height, options...)))
	b.until("the window has its size", func() bool { // or a click would land beside what it is meant for
		return ask[bool](b, fmt.Sprintf("innerHeight == %d && innerWidth == %d || %t && screen.width == %d", l.height, l.width, l.width < 600, l.width))
	})
}

var axeSource = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile(root("node_modules/axe-core/axe.min.js"))
	return string(text), err
})

// violation is what axe finds wrong, and where.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

// Everything that axe-core knows of WCAG 2.0 to 2.2 A and AA and of good practice, and what of it depends on colours. The dark
// page is the light one in other colours, the same document in the same places, so only the latter can come out otherwise.
const (
	allRules = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`
	colours  = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`
)

// axe holds that the page as it is now has no fault that some rules of axe-core find.
func (b *tab) axe(name, rules string) {
	b.t.Helper()
	source, err := axeSource()
	b.must(err)
	if !demand[bool](b, "!!window.axe") {
		b.must(chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void](source+";0")))
	}
	faults, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]violation](`axe.run(document, {runOnly: `+rules+`, resultTypes: ["violations"]}).then((r) => r.violations.map((v) => ({ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.slice(0, 3).map((n) => ({HTML: n.html.slice(0, 300), FailureSummary: n.failureSummary}))})))`,
		chromedp.EvalAwaitPromise))
	b.must(err)
	for _, v := range faults {
		var where []string
		for _, n := range v.Nodes {
			where = append(where, n.HTML+"\n\t\t"+strings.ReplaceAll(n.FailureSummary, "\n", "\n\t\t"))
		}
		b.t.Errorf("%s: axe %s (%s): %s\n\t%s", name, v.ID, v.Impact, v.Help, strings.Join(where, "\n\t"))
	}
}

// narrow holds that nothing makes the page scroll sideways.
func (b *tab) narrow(name string) {
	b.t.Helper()
	wide := demand[[]string](b, `(() => {
		const most = document.documentElement.clientWidth;
		if (document.scrollingElement.scrollWidth <= most) return [];
		const out = [...document.querySelectorAll("body *")].filter((e) => shown(e) && e.getBoundingClientRect().right > most + 1);
		return ["" + document.scrollingElement.scrollWidth, ...out.slice(0, 5).map((e) => e.outerHTML.slice(0, 160))];
	})()`)
	if len(wide) > 0 {
		b.t.Errorf("%s: the page scrolls sideways:\n\t%s", name, strings.Join(wide, "\n\t"))
	}
}

// drawn holds that each icon has a drawing: that static/icons.txt names it.
func (b *tab) drawn(name string) {
	b.t.Helper()
	for _, icon := range demand[[]string](b, `[...document.querySelectorAll("svg.i > use")].filter((u) => shown(u.parentElement) && !u.getBBox().width && !u.getBBox().height).map((u) => u.getAttribute("href"))`) {
		b.t.Errorf("%s: the icon %s has no drawing", name, icon)
	}
}

// sound looks at the page that the tab is at in all three ways. then is called in each.
func (b *tab) sound(name string, then func(look)) {
	b.t.Helper()
	for _, l := range looks {
		b.seen(l)
		b.settle() // colours do not jump
		at := fmt.Sprintf("%s (%s, %s)", name, b.path(), l.name)
		rules := allRules
		if l.dark {
			rules = colours
		}
		b.axe(at, rules)
		b.narrow(at)
		b.drawn(at)
		then(l)
	}
	b.seen(looks[0])
}
