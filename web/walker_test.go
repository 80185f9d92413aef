package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// walker is a person with a browser that runs no scripts: it keeps cookies, follows links and redirects across sites, and
// sends forms as they stand on the page. Pages of ours are checked on the way.
type walker struct {
	t      testing.TB
	client *http.Client
	home   string
	// What is open now: its address, page and status.
	url    *url.URL
	doc    *goquery.Document
	status int
	// seen is every page of ours so far.
	seen []string
}

// walk gives a walker that is signed in with a role.
func (b *bundle) walk(role string) *walker {
	b.t.Helper()
	return &walker{t: b.t, client: b.signIn(role), home: b.url}
}

// open goes to an address, of ours unless it is a whole one.
func (w *walker) open(address string) *walker {
	w.t.Helper()
	return w.request(http.MethodGet, w.resolve(address), nil)
}

func (w *walker) resolve(address string) *url.URL {
	w.t.Helper()
	base := w.url
	if base == nil {
		var err error
		base, err = url.Parse(w.home)
		must(w.t, err)
	}
	to, err := base.Parse(address)
	must(w.t, err)
	return to
}

// click follows the link that a selector finds.
func (w *walker) click(selector string) *walker {
	w.t.Helper()
	link := w.doc.Find(selector)
	href, ok := link.Attr("href")
	if link.Length() != 1 || !ok {
		w.t.Fatalf("%s: %d links for %s:\n%s", w.url, link.Length(), selector, w.text())
	}
	return w.open(href)
}

// send presses the button that a selector finds, with the fields of its form changed as given. A field that is given as
// nothing is left out.
func (w *walker) send(button string, change url.Values) *walker {
	w.t.Helper()
	b := w.doc.Find(button)
	if b.Length() != 1 {
		w.t.Fatalf("%s: %d buttons for %s:\n%s", w.url, b.Length(), button, w.text())
	}
	form := b.Closest("form")
	if id, ok := b.Attr("form"); ok {
		form = w.doc.Find("form#" + id)
	}
	fields := url.Values{}
	form.Find("input, select, textarea").Each(func(_ int, n *goquery.Selection) {
		name, kind := n.AttrOr("name", ""), n.AttrOr("type", "text")
		_, checked := n.Attr("checked")
		if name == "" || (kind == "checkbox" || kind == "radio") && !checked {
			return
		}
		value := n.AttrOr("value", "")
		if n.Is("select") {
			value = n.Find("option[selected]").AttrOr("value", "")
		}
		if n.Is("textarea") {
			value = n.Text()
		}
		fields.Add(name, value)
	})
	for name, values := range change {
		fields[name] = values
	}
	if name, ok := b.Attr("name"); ok {
		fields.Set(name, b.AttrOr("value", ""))
	}
	to := w.resolve(form.AttrOr("action", w.url.String()))
	if strings.EqualFold(form.AttrOr("method", "get"), "get") {
		to.RawQuery = fields.Encode()
		return w.request(http.MethodGet, to, nil)
	}
	return w.request(http.MethodPost, to, fields)
}

func (w *walker) request(method string, to *url.URL, form url.Values) *walker {
	w.t.Helper()
	for range 10 {
		var body io.Reader
		if method == http.MethodPost {
			body = strings.NewReader(form.Encode())
		}
		req, err := http.NewRequestWithContext(w.t.Context(), method, to.String(), body)
		must(w.t, err)
		req.Header.Set("Accept", "text/html")
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", "same-origin")
			req.Header.Set("Origin", to.Scheme+"://"+to.Host)
		}
		res, err := w.client.Do(req)
		must(w.t, err)
		text, err := io.ReadAll(res.Body)
		must(w.t, err)
		must(w.t, res.Body.Close())
		if next := res.Header.Get("Location"); next != "" {
			to, err = to.Parse(next)
			must(w.t, err)
			method, form = http.MethodGet, nil
			continue
		}
		w.url, w.status = to, res.StatusCode
		w.doc, err = goquery.NewDocumentFromReader(strings.NewReader(string(text)))
		must(w.t, err)
		if strings.HasPrefix(to.String(), w.home) && len(text) > 0 {
			w.seen = append(w.seen, string(text))
			w.check()
		}
		return w
	}
	w.t.Fatalf("it goes round in circles at %s", to)
	return w
}

// check holds a page of ours against what every page must be.
func (w *walker) check() {
	w.t.Helper()
	if !strings.Contains(w.url.Path+"/", "/map/") { // the map, also after a refusal, is held to it by its own tests
		voice(w.t, w.url.Path, w.doc)
	}
	w.doc.Find("script:not([src]), style, [style]").Each(func(_ int, n *goquery.Selection) { w.t.Errorf("%s: inline %s", w.url, goquery.NodeName(n)) })
	if n := w.doc.Find("h1").Length(); n != 1 {
		w.t.Errorf("%s: %d h1", w.url, n)
	}
	ids := map[string]bool{}
	w.doc.Find("[id]").Each(func(_ int, n *goquery.Selection) {
		if id := n.AttrOr("id", ""); ids[id] {
			w.t.Errorf("%s: two things have the id %s", w.url, id)
		} else {
			ids[id] = true
		}
	})
	w.doc.Find("[aria-describedby]").Each(func(_ int, n *goquery.Selection) {
		for _, id := range strings.Fields(n.AttrOr("aria-describedby", "")) {
			if !ids[id] {
				w.t.Errorf("%s: %s is described by %s, which is not there", w.url, n.AttrOr("id", "?"), id)
			}
		}
	})
	w.doc.Find("main form input:not([type=hidden]), main form select").Each(func(_ int, n *goquery.Selection) {
		id := n.AttrOr("id", "")
		if n.AttrOr("aria-label", "") == "" && n.Closest("label").Length() == 0 && w.doc.Find("label[for='"+id+"']").Length() == 0 {
			w.t.Errorf("%s: field %s has no label", w.url, n.AttrOr("name", "?"))
		}
	})
}

// at is the text of what has a test id, "" when it is not there.
func (w *walker) at(id string) string {
	return strings.Join(strings.Fields(w.doc.Find("[data-testid="+id+"]").Text()), " ")
}

// expect checks that the page is there and says something.
func (w *walker) expect(status int, headline string) *walker {
	w.t.Helper()
	if got := w.at("headline"); w.status != status || got != headline {
		w.t.Fatalf("%s: status %d, headline %q, want %d and %q:\n%s", w.url, w.status, got, status, headline, w.text())
	}
	return w
}

// says checks that what has a test id says something.
func (w *walker) says(id, part string) *walker {
	w.t.Helper()
	if got := w.at(id); !strings.Contains(got, part) {
		w.t.Errorf("%s: %s says %q, want %q", w.url, id, got, part)
	}
	return w
}

// path is the path of the open page with its query.
func (w *walker) path() string { return w.url.RequestURI() }

func (w *walker) text() string {
	return strings.Join(strings.Fields(w.doc.Find("main, body").First().Text()), " ")
}
