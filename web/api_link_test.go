package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"couplet/internal/command"
	"couplet/internal/engine"
)

// A program links two records as it saw them, and not when one of them changed since.
func TestAProgramLinksWhatItSaw(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	p := b.program(b.conns[0].Workspace, "editor")
	header := map[string]string{"Authorization": "Bearer " + p.token, "Content-Type": "application/json"}
	ask := func(method, path, body string, want int, says string) string {
		t.Helper()
		res := b.do(method, apiPath+path, strings.NewReader(body), header)
		text := textOf(res)
		if res.StatusCode != want || !strings.Contains(text, says) {
			t.Errorf("%s: %d %s, want %d %q", path, res.StatusCode, text, want, says)
		}
		return text
	}
	listed := func() (r command.ReviewDoc, seen string) {
		t.Helper()
		var doc command.ReviewsDoc
		if err := json.Unmarshal([]byte(ask("GET", "/reviews", "", http.StatusOK, "")), &doc); err != nil {
			t.Fatal(err)
		}
		for _, r := range doc.Reviews {
			if len(r.Candidates) > 0 && r.Seen == "" {
				return r, r.Candidates[0].Seen
			}
		}
		t.Fatalf("nobody may be somebody: %+v", doc)
		return r, ""
	}
	r, older := listed()
	link := func(seen string) string {
		return `{"answer": "link", "partner": "` + r.Candidates[0].Record + `", "seen": "` + seen + `"}`
	}
	other := engine.B
	if r.Side == engine.B.String() {
		other = engine.A
	}
	ask("POST", "/reviews/"+r.Record, link("0011223344556677"), http.StatusUnprocessableEntity, "names both")
	ask("POST", "/reviews/"+r.Record, `{"answer": "alone", "seen": "`+older+`"}`, http.StatusUnprocessableEntity, "Leave seen out")
	b.now = b.now.Add(time.Minute)
	b.known(other, r.Candidates[0].Record, map[string]any{"firstName": "Somebody", "name": "Somebody else"})
	ask("POST", "/reviews/"+r.Record, link(older), http.StatusConflict, "changed meanwhile")
	if got := b.orders(); len(got) != 0 {
		t.Fatalf("ordered %+v", got)
	}
	_, now := listed()
	ask("POST", "/reviews/"+r.Record, link(now), http.StatusOK, `"link"`)
	if got := b.orders(); len(got) != 1 || got[0].Kind != engine.OrderLink || got[0].Partner != r.Candidates[0].Record {
		t.Errorf("ordered %+v", got)
	}
}
