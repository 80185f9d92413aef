package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to show what it must. It is long because many tests share few cores.
const patience = 50 * time.Second

// tab is one page of the browser with a profile of its own.
type tab struct {
	t    testing.TB
	ctx  context.Context
	base string // of paths

	unscripted bool // the scripts of pages do not run
	stills     bool // streams do not come through

	mu        sync.Mutex
	complains []string
	expected  map[int64]bool // statuses that a page may answer with
	bodies    map[string]network.RequestID
}

// newTab opens a page. Its complaints fail the test at the end.
func newTab(t testing.TB, base string) *tab {
	t.Helper()
	browser, err := engine()
	if err != nil {
		t.Fatal(err)
	}
	b := &tab{t: t, base: base, expected: map[int64]bool{422: true}}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	b.ctx = ctx
	t.Cleanup(func() {
		if t.Failed() {
			b.keep()
		}
		cancel()
	})
	b.must(chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)))
	_, err = chromedp.Call(ctx, audits.Enable, cdp.Empty{})
	b.must(err)
	t.Cleanup(b.quiet)
	return b
}

// hear notes what Chromium complains about.
func (b *tab) hear(ev any) {
	note := func(format string, args ...any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.complains = append(b.complains, fmt.Sprintf(format, args...))
	}
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if x := ev.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		note("uncaught in a script: %s (%s)", text, ev.ExceptionDetails.URL)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "assert" {
			var words []string
			for _, a := range ev.Args {
				words = append(words, string(a.Value)+a.Description)
			}
			text := strings.Join(words, " ")
			left := strings.Contains(text, "hx-sse") // a page that was left while it began to listen
			if !strings.Contains(text, "Failed to fetch") || !left && !b.isStill() {
				note("console: %s", text)
			}
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == "error" && !b.isExpected(ev.Entry) {
			note("%s: %s (%s)", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL)
		}
	case *audits.EventIssueAdded:
		if d := ev.Issue.Details; d != nil && d.ContentSecurityPolicyIssueDetails != nil {
			note("refused by the content security policy: %s %s", d.ContentSecurityPolicyIssueDetails.ViolatedDirective, d.ContentSecurityPolicyIssueDetails.BlockedURL)
		}
	}
}

func (b *tab) isStill() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stills
}

var status = regexp.MustCompile(`status of (\d+)`)

// isExpected reports whether an entry of the browser's log only says that a page answered with a status that it may.
func (b *tab) isExpected(e *log.Entry) bool {
	m := status.FindStringSubmatch(e.Text)
	if strings.Contains(e.Text, "ERR_BLOCKED_BY_CLIENT") && strings.Contains(e.URL, "/events") {
		return true // still
	}
	if e.Source != "network" || m == nil {
		return false
	}
	var n int64
	_, _ = fmt.Sscan(m[1], &n)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.expected[n]
}

// expect lets pages answer with a status that Chromium complains about.
func (b *tab) expect(status int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected[status] = true
}

// quiet holds that there was nothing to complain about.
func (b *tab) quiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complains {
		b.t.Error(c)
	}
	b.complains = nil
}

func (b *tab) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// withoutScripts switches JavaScript off in the pages. What the test itself asks of a page still runs.
func (b *tab) withoutScripts() {
	b.t.Helper()
	b.unscripted = true
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.must(err)
}

// open loads an address; a path is one of the web app's.
func (b *tab) open(address string) {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.base + address
	}
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(address)))
}

// path is where the tab is.
func (b *tab) path() string {
	b.t.Helper()
	at, err := chromedp.Run(b.ctx, chromedp.Location())
	b.must(err)
	return strings.TrimPrefix(at, b.base)
}

// at waits for an address that matches, loaded whole, and returns its path.
func (b *tab) at(pattern string) (path string) {
	b.t.Helper()
	match := regexp.MustCompile(pattern)
	b.until("the address is "+pattern, func() bool {
		path = strings.TrimPrefix(ask[string](b, `document.readyState == "complete" ? location.href : ""`), b.base)
		return match.MatchString(path)
	})
	return path
}

// until waits for a condition.
func (b *tab) until(what string, holds func() bool) {
	b.t.Helper()
	within(b.t, patience, what, holds)
}

// reload waits for a condition that a page comes to by itself, or, where its scripts do not run, when it is loaded again.
func (b *tab) reload(what string, holds func() bool) {
	b.t.Helper()
	last := time.Now()
	within(b.t, 2*time.Minute, what, func() bool {
		if holds() {
			return true
		}
		if b.unscripted && time.Since(last) > time.Second {
			b.must(chromedp.Do(b.ctx, chromedp.Reload()))
			last = time.Now()
		}
		return false
	})
}

// within waits for a condition with a deadline.
func within(t testing.TB, d time.Duration, what string, holds func() bool) {
	t.Helper()
	late := time.After(d)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-late:
			t.Fatalf("not within %s: %s", d, what)
		case <-tick.C:
		}
	}
}

// ask evaluates an expression in the page, with find.js at hand. A page that is just being replaced gives the zero value.
func ask[T any](b *tab, expression string) (v T) {
	b.t.Helper()
	v, _ = try[T](b, expression)
	return v
}

// demand is ask for what must work at once.
func demand[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := try[T](b, expression)
	b.must(err)
	return v
}

func try[T any](b *tab, expression string) (v T, err error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("(() => {"+findJS+"\nreturn JSON.stringify(("+expression+") ?? null)})()"))
	if err != nil {
		if b.ctx.Err() != nil {
			b.t.Fatal("the browser is gone: ", err)
		}
		return v, err
	}
	return v, json.Unmarshal([]byte(text), &v)
}

// quoted is a Go string as JavaScript.
func quoted(s string) string { b, _ := json.Marshal(s); return string(b) }

// keep writes what the tab shows into a folder that outlives the test.
func (b *tab) keep() {
	dir := os.Getenv("COUPLET_BROWSER_OUT")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "couplet-browser-failures")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		b.t.Log(err)
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	name := filepath.Join(dir, fmt.Sprintf("%s.%d", strings.ReplaceAll(b.t.Name(), "/", "-"), time.Now().UnixMilli()%1e6))
	if at, err := chromedp.Run(ctx, chromedp.Location()); err == nil {
		b.t.Logf("the tab was at %s", at)
	}
	if png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100)); err == nil {
		_ = os.WriteFile(name+".png", png, 0o600)
		b.t.Logf("it showed %s.png", name)
	}
	if page, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("html"))); err == nil {
		_ = os.WriteFile(name+".html", []byte(page), 0o600)
	}
}

// still keeps streams of events from pages, so that one that changes by itself can be looked at as it was loaded.
func (b *tab) still(on bool) {
	b.t.Helper()
	b.mu.Lock()
	b.stills = on
	b.mu.Unlock()
	_, err := chromedp.Call(b.ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{
		{URLPattern: "http://127.0.0.1:*/*/events", Block: on}, {URLPattern: "http://127.0.0.1:*/*/events?*", Block: on}}})
	b.must(err)
}

// cookies are those of the tab's profile.
func (b *tab) cookies() []*network.Cookie {
	b.t.Helper()
	res, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{b.base + "/"}})
	b.must(err)
	return res.Cookies
}
