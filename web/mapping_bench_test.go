package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/mapping"
)

// crowded is a flow with 45 pairs between accounts of about 60 fields each.
func crowded(t testing.TB) *crms {
	t.Helper()
	c := newCRMs(t, 40)
	f, err := c.store.FlowByID(t.Context(), c.flow.Workspace, c.flow.ID)
	must(t, err)
	for i := range 40 {
		name := fmt.Sprintf("Field %02d", i)
		made, err := c.box.HighLevel.Create("customFields", map[string]any{"name": name, "dataType": "TEXT", "model": "contact"})
		must(t, err)
		_, err = c.box.UserCom.Create("attributes", map[string]any{"name": name, "value_type": "string", "content_type": "clientuser"})
		must(t, err)
		f.Map = append(f.Map, mapping.Row{A: mapping.Names{"customFields." + made["id"].(string)}, B: mapping.Names{fmt.Sprintf("field_%02d", i)}})
	}
	c.flow, _, err = c.store.SaveFlow(t.Context(), c.flow.Workspace, f)
	must(t, err)
	return c
}

// BenchmarkMapOfFortyPairs is from a press on the page to the answer with the whole board, over HTTP: opening a pair, and
// saving a choice.
func BenchmarkMapOfFortyPairs(b *testing.B) {
	c := crowded(b)
	client := c.signIn("editor")
	head := map[string]string{"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Origin": c.url, "HX-Request": "true", "HX-Target": "div#bld"}
	ask := func(method, path, form string) {
		res := c.as(client, method, path, strings.NewReader(form), head)
		if n, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK || n < 10_000 {
			b.Fatalf("status %d, %d bytes, %v", res.StatusCode, n, err)
		}
	}
	ask(http.MethodGet, c.path(), "") // reads both accounts
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			ask(http.MethodGet, c.path()+"?open=email%3Demail", "")
		}
	})
	b.Run("save", func(b *testing.B) {
		n := 0
		for b.Loop() {
			d, err := c.store.DraftState(b.Context(), c.flow.Workspace, c.flow.ID)
			must(b, err)
			n++
			direction := []mapping.Direction{mapping.Both, mapping.AToB}[n%2]
			ask(http.MethodPost, c.path()+"/row", url.Values{"revision": {fmt.Sprint(d.Revision)}, "row": {"tags=tags"}, "a": {"tags"}, "b": {"tags"}, "direction": {string(direction)}}.Encode())
		}
	})
}

func TestAMapOfFortyPairsIsSetTighter(t *testing.T) {
	t.Parallel()
	c := crowded(t)
	doc := c.open(c.signIn("editor"), "")
	if _, dense := doc.Find("[data-board]").Attr("data-dense"); !dense || doc.Find("[data-testid=pair]").Length() != 45 || doc.Find("[data-testid=needs]").Length() != 0 {
		t.Errorf("%d pairs, dense %v", doc.Find("[data-testid=pair]").Length(), dense)
	}
}
