package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/engine"
)

var browser = map[string]string{"Accept": "text/html,application/xhtml+xml"}

func parsed(t *testing.T, res *http.Response) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	must(t, err)
	doc.Find("script:not([src]), style, [style]").Each(func(_ int, n *goquery.Selection) { t.Errorf("inline: %s", goquery.NodeName(n)) })
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%d h1", n)
	}
	return doc
}

func TestSomebodyWhoIsNotSignedInIsSentToSignInAndShownNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	res := b.get("/", browser)
	doc := parsed(t, res)
	if got := res.Request.URL.Path; res.StatusCode != http.StatusOK || got != "/sign-in" {
		t.Errorf("status %d at %s", res.StatusCode, got)
	}
	if text := doc.Text(); strings.Contains(text, "people") || strings.Contains(text, "left") {
		t.Error("it shows what is kept")
	}
	doc.Find("link[href], script[src]").Each(func(_ int, n *goquery.Selection) {
		path := n.AttrOr("href", n.AttrOr("src", ""))
		file := b.get(path, nil)
		if file.StatusCode != http.StatusOK || !strings.Contains(file.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: status %d, %s", path, file.StatusCode, file.Header.Get("Cache-Control"))
		}
	})
}

func TestErrorsArePagesForPeopleAndProblemsForPrograms(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.echo.GET("/panic", func(echo.Context) error { panic("the password is 12345") })
	b.echo.GET("/fails", func(echo.Context) error { return errors.New("the password is 12345") })
	b.echo.GET("/says", func(echo.Context) error {
		return &Error{Status: http.StatusConflict, Text: "Somebody else was quicker.", Err: errors.New("row 12345")}
	})
	for _, c := range []struct {
		path   string
		status int
		text   string
	}{
		{"/nowhere", 404, "mistyped"},
		{"/panic", 500, "in the log"},
		{"/fails", 500, "in the log"},
		{"/says", 409, "Somebody else was quicker."},
	} {
		res := b.get(c.path, browser)
		doc := parsed(t, res)
		if got := doc.Find("[data-testid=text]").Text(); res.StatusCode != c.status || !strings.Contains(got, c.text) {
			t.Errorf("%s: status %d, text %q", c.path, res.StatusCode, got)
		}
		if strings.Contains(doc.Text(), "12345") {
			t.Errorf("%s shows what is meant for the log", c.path)
		}
		number := doc.Find("[data-testid=request]").Text()
		if number == "" || number != res.Header.Get(requestID) {
			t.Errorf("%s: request %q on the page", c.path, number)
		}
		if c.status == 500 && (!strings.Contains(b.log.String(), "12345") || !strings.Contains(b.log.String(), number)) {
			t.Errorf("%s: the log lacks the cause or the number", c.path)
		}

		res = b.get(c.path, map[string]string{"Accept": "application/json"})
		var p struct {
			Status                 int
			Title, Detail, Request string
		}
		must(t, json.NewDecoder(res.Body).Decode(&p))
		if p.Status != c.status || !strings.Contains(p.Detail, c.text) || p.Title == "" || p.Request == "" || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: problem %+v as %s", c.path, p, res.Header.Get("Content-Type"))
		}
	}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(o *Options) { o.PublicURL = &url.URL{Scheme: "https", Host: "couplet.example"} })
	check := func(method, path string) {
		t.Helper()
		res := b.do(method, path, nil, nil)
		for name, want := range fixed {
			if got := res.Header.Get(name); got != want && !(name == "Cache-Control" && strings.HasPrefix(path, "/static/")) {
				t.Errorf("%s %s: %s is %q", method, path, name, got)
			}
		}
		if res.Header.Get("Strict-Transport-Security") == "" || res.Header.Get(requestID) == "" {
			t.Errorf("%s %s: no transport security or no number", method, path)
		}
	}
	for _, r := range b.routes() {
		path := regexp.MustCompile(`:\w+`).ReplaceAllString(strings.NewReplacer(":system", "highlevel", "*", "app.css").Replace(r.path), "x")
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete, http.MethodOptions} {
			check(method, path)
		}
	}
	check(http.MethodGet, "/nowhere")
	check(http.MethodGet, "/static/nothing.css")
}

func TestPostsFromOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	body := b.event(nil)
	header := map[string]string{"X-GHL-Signature": b.sign(body), "Sec-Fetch-Site": "cross-site"}
	if res := b.send("/hooks/highlevel", body, header); res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d for a post that another site sends through a browser", res.StatusCode)
	}
	if res := b.send("/nowhere", nil, map[string]string{"Origin": "https://elsewhere.example"}); res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d for another origin", res.StatusCode)
	}
	if status := b.call(body); status != http.StatusOK {
		t.Errorf("status %d for a program", status)
	}
}

func TestOnlyNamedProxiesSayWhoAsks(t *testing.T) {
	t.Parallel()
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.RemoteAddr = "10.0.0.1:1234"
	req.Header.Set("X-Forwarded-For", "203.0.113.9, 198.51.100.7")
	for want, trusted := range map[string][]netip.Prefix{
		"10.0.0.1":     nil,
		"198.51.100.7": {netip.MustParsePrefix("10.0.0.0/24")},
		"203.0.113.9":  {netip.MustParsePrefix("10.0.0.1/32"), netip.MustParsePrefix("198.51.100.0/24")},
	} {
		if got := clientIP(trusted)(req); got != want {
			t.Errorf("trusting %v: %s, want %s", trusted, got, want)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	var down, idle error
	b := newBundle(t, func(o *Options) {
		o.Ping = func(context.Context) error { return down }
		o.Workers = func() error { return idle }
	})
	ready := func(want int, words string) {
		t.Helper()
		res := b.get("/readyz", nil)
		if text := textOf(res); res.StatusCode != want || !strings.Contains(text, words) || strings.Contains(text, "secret") {
			t.Errorf("status %d: %s", res.StatusCode, text)
		}
		if res := b.get("/healthz", nil); res.StatusCode != http.StatusOK || textOf(res) != "ok" {
			t.Errorf("healthz: status %d", res.StatusCode)
		}
	}
	ready(http.StatusOK, "ready")
	down = errors.New("a secret address refuses")
	ready(http.StatusServiceUnavailable, "database")
	down, idle = nil, errors.New("not started yet")
	ready(http.StatusServiceUnavailable, "workers")
	idle = nil
	b.Drain()
	ready(http.StatusServiceUnavailable, "stopping")
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(o *Options) {
		o.Metrics = NewMetrics(Build{"1.2.3", "abc"}, func() []BudgetState {
			return []BudgetState{{"left", "sys", connection.Snapshot{Rate: 9, InFlight: 2, DailyRemaining: -1}}}
		})
	})
	b.metrics.Run(engine.DoneWithProblems)
	b.metrics.Call("sys", 204)
	b.metrics.Call("sys", 0)
	b.get("/healthz", nil)
	b.get("/nowhere", nil)
	for _, line := range []string{
		`couplet_build_info{commit="abc",version="1.2.3"} 1`,
		`couplet_runs_total{status="done_with_problems"} 1`,
		`couplet_calls_total{class="2xx",system="sys"} 1`,
		`couplet_calls_total{class="none",system="sys"} 1`,
		`couplet_budget_rate{connection="left",system="sys"} 9`,
		`couplet_budget_in_flight{connection="left",system="sys"} 2`,
		`couplet_http_requests_total{method="GET",route="/healthz",status="200"} 1`,
		`couplet_http_requests_total{method="GET",route="none",status="404"} 1`,
	} {
		b.counted("%s", line)
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{}); err == nil {
		t.Error("no error without a store")
	}
	o := newBundle(t).options
	o.HookKey, o.Log = nil, slog.New(slog.DiscardHandler)
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "HookKey") {
		t.Errorf("without a key: %v", err)
	}
}
