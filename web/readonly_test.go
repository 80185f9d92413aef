package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// mayHere says in words who may do what a page does not offer to somebody who only looks.
var mayHere = regexp.MustCompile(`(?i)\b(an editor|an owner|editors|owners|owner of|editor or)\b`)

// leads finds the route that an address leads to.
func (b *bundle) leads(method, address string) (route, bool) {
	u, err := url.Parse(address)
	must(b.t, err)
	best, found := route{}, false
	for _, r := range b.routes() {
		pattern := regexp.MustCompile("^" + parameter.ReplaceAllString(r.path, "[^/]+") + "$")
		if r.method == method && pattern.MatchString(u.Path) && (!found || strings.Count(best.path, ":") > strings.Count(r.path, ":")) {
			best, found = r, true
		}
	}
	return best, found
}

// refused are the forms and links of a page that a role would be refused by.
func (b *bundle) refused(doc *goquery.Document, here string, role who) (out []string) {
	check := func(method, to string) {
		if to == "" {
			to = here
		}
		if r, found := b.leads(method, to); strings.HasPrefix(to, "/") && found && r.who != anyone && r.who != system && !may(string(role), r.who) {
			out = append(out, method+" "+to)
		}
	}
	doc.Find("form").Each(func(_ int, f *goquery.Selection) {
		method := strings.ToUpper(f.AttrOr("method", "get"))
		check(method, f.AttrOr("action", ""))
		f.Find("[formaction]").Each(func(_ int, x *goquery.Selection) { check(method, x.AttrOr("formaction", "")) })
	})
	doc.Find("[hx-post]").Each(func(_ int, x *goquery.Selection) { check(http.MethodPost, x.AttrOr("hx-post", "")) })
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) { check(http.MethodGet, a.AttrOr("href", "")) })
	return out
}

// TestNobodyIsOfferedWhatTheyWouldBeRefused opens every page as everybody who may: no form and no link leads to what their role does
// not allow, and where an owner finds a form, somebody who only looks is told who may.
func TestNobodyIsOfferedWhatTheyWouldBeRefused(t *testing.T) {
	t.Parallel()
	for name, world := range map[string]func(*bundle){"as it begins": func(*bundle) {}, "with what waits and a run that only looks": func(b *bundle) {
		b.condemned()
		b.once("run", func() string { return b.ran(0, func(r *engine.Run) { r.DryRun, r.Watch = true, true }).ID })
	}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			world(b)
			open := func(u store.User, r route) (*goquery.Document, string) {
				path := b.sample(r, u)
				res := b.as(b.signInAs(u), http.MethodGet, path, nil, browser)
				if res.StatusCode >= 300 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
					must(t, res.Body.Close())
					return nil, path
				}
				doc, err := goquery.NewDocumentFromReader(res.Body)
				must(t, err)
				return doc, path
			}
			user := func(role who) store.User {
				u, err := b.store.AddUser(t.Context(), b.conns[0].Workspace, string(role)+"-who-looks@couplet.test", string(role), "no password")
				must(t, err)
				return u
			}
			looker, changer, boss := user(viewer), user(editor), user(owner)
			n := 0
			for _, r := range b.routes() {
				if r.method != http.MethodGet || r.who == anyone || r.who == system || strings.HasSuffix(r.path, "/events") {
					continue
				}
				for _, u := range []store.User{looker, changer} {
					if !may(u.Role, r.who) {
						continue
					}
					doc, path := open(u, r)
					if doc == nil {
						continue
					}
					n++
					for _, x := range b.refused(doc, path, who(u.Role)) {
						t.Errorf("%s offers %s %s", path, u.Role, x)
					}
					if u.Role != string(viewer) {
						continue
					}
					whole, _ := open(boss, r)
					whole.Find("body > div").Children().Not("main").Remove() // what stands around every page
					if more := b.refused(whole, path, viewer); len(more) > 0 && doc.Find("main p, main small, main dd, main b, main li").FilterFunction(func(_ int, x *goquery.Selection) bool { return mayHere.MatchString(x.Text()) }).Length() == 0 {
						t.Errorf("%s does not say who may do %s", path, more)
					}
				}
			}
			if n < 40 {
				t.Errorf("only %d pages were opened", n)
			}
		})
	}
}
