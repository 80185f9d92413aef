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

// A program deletes nothing that it did not see as it is, and takes nothing back that is on its way.
func TestAProgramDeletesWhatItSawAndNothingElse(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.condemned()
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
	listed := func() (seen string) {
		t.Helper()
		var doc command.ReviewsDoc
		if err := json.Unmarshal([]byte(ask("GET", "/reviews", "", http.StatusOK, "")), &doc); err != nil {
			t.Fatal(err)
		}
		for _, r := range doc.Reviews {
			if r.Record == "33" {
				seen = r.Seen
			} else if (r.Seen != "") != strings.HasPrefix(r.Reason, "to_delete_") {
				t.Errorf("%+v", r)
			}
		}
		return seen
	}
	older := listed()
	ask("POST", "/reviews/33", `{"answer": "delete"}`, http.StatusUnprocessableEntity, "which state of record 33 you saw")
	ask("POST", "/reviews/33", `{"answer": "keep", "seen": "`+older+`"}`, http.StatusUnprocessableEntity, "Leave seen out")
	b.now = b.now.Add(time.Minute)
	b.known(engine.B, "33", map[string]any{"name": "Fay Wray"})
	ask("POST", "/reviews/33", `{"answer": "delete", "seen": "`+older+`"}`, http.StatusConflict, "changed meanwhile")
	if got := b.orders(); len(got) != 0 {
		t.Fatalf("ordered %+v", got)
	}
	ask("POST", "/reviews/33", `{"answer": "delete", "seen": "`+listed()+`"}`, http.StatusOK, `"delete"`)
	r := b.ran(0, func(*engine.Run) {})
	b.commit(r, engine.Commit{Sending: &engine.Sending{Link: "d3", Run: r.ID, At: b.now, Erase: &engine.Erasing{Side: engine.B}}})
	ask("POST", "/reviews/33/back", `{}`, http.StatusConflict, "being deleted already")
	ask("POST", "/reviews/33", `{"answer": "keep"}`, http.StatusConflict, "being deleted already")
	if got := b.orders(); len(got) != 1 || got[0].Kind != engine.OrderDelete {
		t.Errorf("ordered %+v", got)
	}
}
