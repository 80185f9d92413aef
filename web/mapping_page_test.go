package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func (c *crms) path() string { return "/flows/" + c.flow.ID + "/map" }

// open is the page as a client sees it.
func (c *crms) open(client *http.Client, query string) *goquery.Document {
	c.t.Helper()
	res := c.visit(client, c.path()+query)
	if res.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: status %d\n%s", query, res.StatusCode, textOf(res))
	}
	return parsed(c.t.(*testing.T), res)
}

// press submits a form of a page as a browser without scripts does, with the button that was pressed, and returns the
// answer. It does not follow redirects.
func (c *crms) press(client *http.Client, button *goquery.Selection, typed ...string) *http.Response {
	c.t.Helper()
	if button.Length() != 1 {
		c.t.Fatalf("%d buttons to press", button.Length())
	}
	form := button.Closest("form")
	if id, ok := button.Attr("form"); ok {
		form = button.ParentsFiltered("html").Find("form#" + id)
	}
	values := url.Values{}
	form.Find("input[name], select[name]").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		kind, _ := in.Attr("type")
		_, checked := in.Attr("checked")
		switch {
		case goquery.NodeName(in) == "select":
			values.Add(name, in.Find("option[selected]").AttrOr("value", in.Find("option").First().AttrOr("value", "")))
		case kind == "radio" || kind == "checkbox":
			if checked {
				values.Add(name, in.AttrOr("value", "on"))
			}
		default:
			values.Add(name, in.AttrOr("value", ""))
		}
	})
	form.Find("textarea[name]").Each(func(_ int, in *goquery.Selection) { values.Add(in.AttrOr("name", ""), in.Text()) })
	if name, ok := button.Attr("name"); ok {
		values.Add(name, button.AttrOr("value", ""))
	}
	for i := 0; i < len(typed); i += 2 {
		if name, n, several := strings.Cut(typed[i], "#"); several { // of inputs with one name
			at, err := strconv.Atoi(n)
			must(c.t, err)
			values[name][at] = typed[i+1]
			continue
		}
		values.Set(typed[i], typed[i+1])
	}
	to, ok := form.Attr("action")
	if !ok {
		c.t.Fatal("a form without an address")
	}
	if form.AttrOr("method", "get") == "get" {
		u, err := url.Parse(to)
		must(c.t, err)
		return c.visit(client, u.Path+"?"+values.Encode())
	}
	return c.post(client, to, values)
}

// follow goes where a redirect leads, which must be a place that is on that page.
func (c *crms) follow(client *http.Client, res *http.Response) *goquery.Document {
	c.t.Helper()
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, c.path()) {
		c.t.Fatalf("status %d to %q\n%s", res.StatusCode, to, regexp.MustCompile(`(?s)<nav.*</nav>`).ReplaceAllString(textOf(res), ""))
	}
	path, anchor, _ := strings.Cut(to, "#")
	doc := parsed(c.t.(*testing.T), c.visit(client, path))
	if anchor != "" && doc.Find("[id='"+anchor+"']").Length() != 1 {
		c.t.Errorf("%s leads to a place that is not there", to)
	}
	return doc
}

func pairLine(doc *goquery.Document, key string) *goquery.Selection {
	return doc.Find("[data-testid=pair][data-key='" + key + "']")
}

func free(doc *goquery.Document, side, name string) *goquery.Selection {
	return doc.Find("[data-testid=free][data-side=" + side + "][data-name='" + name + "']")
}

func (c *crms) draftKeys() (keys []string) {
	c.t.Helper()
	f, _, err := c.store.Draft(c.t.Context(), c.flow.Workspace, c.flow.ID)
	must(c.t, err)
	for _, r := range f.Map {
		keys = append(keys, r.Key())
	}
	return keys
}

func squeezed(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }
