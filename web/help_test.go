package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func TestTheHelpExplainsEachWord(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	client := b.signIn("viewer")
	doc := b.see(client, "/help")
	terms := strings.Join(textsOf(doc, "dt"), "\n")
	for _, word := range []string{"API", "OAuth", "Webhook", "Endpoint", "Flow", "Pair", "Step", "Match key", "In step", "Needs you", "Preview", "Switch on", "Created, updated, the same, skipped, needs you, failed",
		"Key", "Told of changes", "Requests, allowance"} {
		if !strings.Contains(terms, word) {
			t.Errorf("%s is not explained", word)
		}
	}
	quoted := strings.Join(textsOf(doc, "[data-quoted] dt, [data-quoted] dd"), " ")
	for _, x := range banned[:10] { // what we do not say is explained beside what we say
		if !x.is.MatchString(quoted) && !strings.Contains(x.is.String(), "activate") && !strings.Contains(x.is.String(), "synced") {
			t.Errorf("nothing explains %s", x.is)
		}
	}
	if text := tidyText(doc.Find("#keeps dl")); !strings.Contains(text, "before and after: 30 days. Runs that found nothing to do: 7 days. An undo reaches back 30 days.") || strings.Contains(text, " 0 days") {
		t.Error(text)
	}
	doc.Find("nav[aria-label='On this page'] a").Each(func(_ int, n *goquery.Selection) {
		if doc.Find("section"+n.AttrOr("href", "#")).Length() != 1 {
			t.Errorf("%s leads nowhere", n.Text())
		}
	})
	guides := doc.Find("[data-testid=doc]")
	if guides.Length() < 5 {
		t.Errorf("%d documents", guides.Length())
	}
	guides.Each(func(_ int, n *goquery.Selection) {
		res := b.visit(client, n.AttrOr("href", ""))
		if text := textOf(res); res.StatusCode != http.StatusOK || !strings.HasPrefix(text, "# ") || res.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s: status %d, %.60s", n.Text(), res.StatusCode, text)
		}
	})
	for _, name := range []string{"operations", "..%2fREADME", "docs.go", "nothing"} {
		if res := b.visit(client, "/help/"+name); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
	}
}

func TestEveryPageLeadsToTheHelpAndTheSearch(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	doc := b.see(b.signIn("viewer"), b.recordPath(b.first()))
	for _, to := range []string{"/help", "/search"} {
		if doc.Find(".nav a[href='"+to+"']").Length() != 1 || doc.Find(".topbar a[href='"+to+"']").Length() != 1 {
			t.Errorf("no way to %s", to)
		}
	}
	if doc.Find("#why a[href='/help#decides']").Length() != 1 {
		t.Error("why something is so leads to no explanation")
	}
}

func TestOnlyADemoShowsThePageOfComponents(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	if doc := b.see(b.signIn("viewer"), "/_gallery"); doc.Find("[data-testid=sample]").Length() < 10 || doc.Find("[style]").Length() != 0 {
		t.Errorf("%d samples", doc.Find("[data-testid=sample]").Length())
	}
	real := newBundle(t, func(o *Options) { o.Gallery = false })
	if res := real.visit(real.signIn("owner"), "/_gallery"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a real server shows it: %d", res.StatusCode)
	}
}
