package web

import (
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// banned are the words that pages do not say (design, section 3), each with what is said instead.
var banned = []struct {
	is      *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?i)\bintegrations?\b`), "flow"},
	{regexp.MustCompile(`(?i)\btransforms?\b`), "step"},
	{regexp.MustCompile(`(?i)\bprimary key\b`), "match key"},
	{regexp.MustCompile(`(?i)\b(synced|up to date)\b`), "in step"},
	{regexp.MustCompile(`(?i)\b(errors?|action required|conflicts?)\b`), "needs you, failed"},
	{regexp.MustCompile(`(?i)\bdry[- ]runs?\b`), "rehearse"},
	{regexp.MustCompile(`(?i)\b(activate|enable|disable)d?\b`), "switch on, switch off"},
	{regexp.MustCompile(`(?i)\b(tokens?|refresh)\b`), "key, renews"},
	{regexp.MustCompile(`(?i)\bwebhooks?\b`), "told of changes"},
	{regexp.MustCompile(`(?i)\b(api calls?|rate limits?)\b`), "requests, allowance"},
	{regexp.MustCompile(`\b(GHL|UC)\b`), "the name of the system"},
	{regexp.MustCompile(`(?i)\b(oops|successfully|please)\b`), "nothing"},
	{regexp.MustCompile(`[!&]`), "a calm sentence, and"},
}

// voice checks that a page speaks our words, except where it quotes.
func voice(t testing.TB, path string, doc *goquery.Document) {
	t.Helper()
	body := doc.Find("body").Clone()
	body.Find("script, pre, code, [data-quoted]").Remove()
	texts := []string{strings.Join(strings.Fields(body.Text()), " ")}
	body.Find("[title], [aria-label], [placeholder], [alt]").Each(func(_ int, n *goquery.Selection) {
		for _, name := range []string{"title", "aria-label", "placeholder", "alt"} {
			texts = append(texts, n.AttrOr(name, ""))
		}
	})
	for _, text := range texts {
		for _, b := range banned {
			if at := b.is.FindStringIndex(text); at != nil {
				t.Errorf("%s says %q, which we do not say; we say %s: …%s…", path, text[at[0]:at[1]], b.instead, text[max(0, at[0]-40):min(len(text), at[1]+40)])
			}
		}
	}
}
