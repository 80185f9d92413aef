package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/command"
	"couplet/internal/engine"
	"couplet/internal/store"
)

func TestTheAPIRefusesInWordsForPrograms(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	p := b.program(b.conns[0].Workspace, "editor")
	run, _ := b.asked(b.named("showRun"))
	take, _ := b.asked(b.named("takeConflict"))
	for _, c := range []struct {
		what, method, path, body, kind string
		want                           int
		header, says                   string // a header that the answer has, and a word of the problem
	}{
		{"no such address", "GET", "/nothing", "", "", 404, "", "openapi.json"},
		{"another method", "DELETE", "/flows", "", "", 405, "Allow", "Allow"},
		{"a get of a post", "GET", "/flows/people/run", "", "", 405, "Allow", ""},
		{"a form", "POST", "/flows/people/run", "dry_run=true", "application/x-www-form-urlencoded", 415, "Accept-Post", "application/json"},
		{"JSON for a file", "POST", "/apply", "{}", "application/json", 415, "Accept-Post", "application/yaml"},
		{"no type", "POST", "/flows/people/run", "{}", "", 415, "", ""},
		{"no JSON", "POST", "/flows/people/run", "{", "application/json", 400, "", ""},
		{"two of them", "POST", "/flows/people/run", "{}{}", "application/json", 400, "", ""},
		{"a word that is not known", "POST", "/flows/people/run", `{"dry": true}`, "application/json", 400, "", "unknown field"},
		{"too much", "POST", "/apply", strings.Repeat("#", largestBody+1), "application/yaml", 413, "", ""},
		{"no such flow", "GET", "/flows/nobody", "", "", 404, "", "GET /api/v1/flows"},
		{"no such run", "GET", "/runs/nothing", "", "", 404, "", "GET /api/v1/runs"},
		{"a limit of nothing", "GET", "/runs?limit=0", "", "", 400, "", "200"},
		{"a limit of words", "GET", run[:strings.Index(run, "?")] + "?limit=many", "", "", 400, "", "200"},
		{"a result that is none", "GET", run[:strings.Index(run, "?")] + "?result=maybe", "", "", 400, "", "created"},
		{"a cursor that is none", "GET", "/conflicts?cursor=none", "", "", 422, "", "next"},
		{"a cursor of another list", "GET", "/reviews?cursor=" + url.QueryEscape("YQBi"), "", "", 422, "", "next"},
		{"a run that the list cannot go on from", "GET", "/runs?cursor=none", "", "", 422, "", "next"},
		{"a system that is none", "GET", "/operations?system=nobody", "", "", 422, "", "highlevel, usercom"},
		{"a kind that is none", "GET", "/operations?kind=deed", "", "", 422, "", "trigger"},
		{"neither true nor false", "POST", "/apply?dry_run=maybe", "version: 1\n", "application/yaml", 400, "", "dry_run=true"},
		{"a variable in a file", "POST", "/apply", "version: 1\nconnections:\n  - name: ${HOME}\n    system: usercom\n    auth: {kind: token}\n", "application/yaml", 422, "", `"line":3`},
		{"no answer", "POST", take, "{}", "application/json", 422, "", "a, b or different"},
		{"an answer that is none", "POST", take, `{"answer": "c"}`, "application/json", 422, "", "a, b or different"},
		{"an answer that does not fit", "POST", "/reviews/a5", `{"answer": "delete"}`, "application/json", 422, "", "link or create or alone"},
		{"a link with nobody", "POST", "/reviews/a5", `{"answer": "link"}`, "application/json", 422, "", "partner"},
		{"neither on nor off", "POST", "/flows/people/switch", "", "", 422, "", "on"},
	} {
		header := map[string]string{"Authorization": "Bearer " + p.token, "Accept": "text/html"} // which does not get a program a page
		if c.kind != "" {
			header["Content-Type"] = c.kind
		}
		was := b.kept(b.conns[0].Workspace)
		res := b.do(c.method, apiPath+c.path, strings.NewReader(c.body), header)
		problemIn(t, res)
		if text := textOf(res); res.StatusCode != c.want || c.header != "" && res.Header.Get(c.header) == "" || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %v, want %d, %s and %q\n%s", c.what, res.StatusCode, res.Header, c.want, c.header, c.says, text)
		}
		if is := b.kept(b.conns[0].Workspace); is != was {
			t.Errorf("%s changed something:\n%s", c.what, difference(was, is))
		}
	}
	for path, want := range map[string]int{"/flows": 200, "/flows/nobody": 404} {
		if res := b.do(http.MethodHead, apiPath+path, nil, map[string]string{"Authorization": "Bearer " + p.token}); res.StatusCode != want || textOf(res) != "" {
			t.Errorf("the head of %s: %d %q", path, res.StatusCode, textOf(res))
		}
	}
	if log := b.log.String(); strings.Contains(log, p.token) || strings.Contains(log, "example.test") || strings.Contains(log, "nobody") {
		t.Errorf("the log tells what was asked for:\n%s", log)
	}
}

func TestATokenIsGoodAsLongAsItAndItsMakerAre(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	here, who := b.conns[0].Workspace, b.named("whoami")
	maker, err := b.store.AddUser(t.Context(), here, "maker@couplet.test", "owner", "no password")
	must(t, err)
	p := b.programOf(maker, "editor")
	role := func() string {
		t.Helper()
		res := p.ask(who, "", "")
		if res.StatusCode == http.StatusUnauthorized {
			return ""
		}
		return jsonOf[WhoDoc](t, res).Role
	}
	if got := role(); got != "editor" {
		t.Errorf("an editor's token of an owner is %q", got)
	}
	for _, wrong := range []string{p.token + "x", p.token[:len(p.token)-1], strings.TrimPrefix(p.token, tokenPrefix), "", tokenPrefix, hashOf(p.token)} {
		if res := b.get(apiPath, map[string]string{"Authorization": "Bearer " + wrong}); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%q opens: %d", wrong, res.StatusCode)
		}
	}
	for _, place := range []map[string]string{{"Cookie": "token=" + p.token}, {"Authorization": "Basic " + p.token}, {"X-Api-Key": p.token}} {
		if res := b.get(apiPath+"?token="+p.token, place); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("a token elsewhere than in its header opens: %v", place)
		}
	}
	must(t, b.store.SetRole(t.Context(), here, maker.ID, "viewer"))
	if got := role(); got != "viewer" {
		t.Errorf("the maker lost the role, and the token is %q", got)
	}
	must(t, b.store.RemoveMember(t.Context(), here, maker.ID))
	if got := role(); got != "" {
		t.Errorf("the maker is gone, and the token is %q", got)
	}

	secret := tokenPrefix + strings.Repeat("x", 43)
	_, err = b.store.AddToken(t.Context(), here, store.Token{Hash: hashOf(secret), Name: "short", Role: "viewer", By: b.first().ID, Ends: b.now.Add(time.Hour)})
	must(t, err)
	p.token = secret
	if role() != "viewer" {
		t.Error("a token is not good before its end")
	}
	b.now = b.now.Add(time.Hour)
	if role() != "" {
		t.Error("a token is good after its end")
	}
}

func TestATokenIsKeptToItsPaceAndOthersAreNot(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	p, other, who := b.program(b.conns[0].Workspace, "viewer"), b.program(b.conns[0].Workspace, "viewer"), b.named("whoami")
	for i := range tokenAtOnce {
		if res := b.get(apiPath, map[string]string{"Authorization": "Bearer " + p.token}); res.StatusCode != 200 {
			t.Fatalf("request %d: %d", i, res.StatusCode)
		}
	}
	res := p.ask(who, "", "")
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "1" {
		t.Errorf("one too many: %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	if res := other.ask(who, "", ""); res.StatusCode != 200 {
		t.Errorf("another token waits with it: %d", res.StatusCode)
	}
	b.now = b.now.Add(time.Second)
	if res := p.ask(who, "", ""); res.StatusCode != 200 {
		t.Errorf("after Retry-After: %d", res.StatusCode)
	}
}

func TestListsOfTheAPIGoOnToTheirEnd(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.waiting()
	var cs []engine.Commit
	for i := range 7 {
		cs = append(cs, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, Side: engine.Side(i % 2), ID: fmt.Sprintf("r%d", i), Reason: "shared_key", At: b.now}}})
		b.ran(time.Duration(i+2)*time.Hour, nil)
	}
	b.commit(r, cs...)
	reviews, err := b.store.CountReviews(t.Context(), b.conns[0].Workspace, b.pair.ID)
	must(t, err)
	p := b.program(b.conns[0].Workspace, "viewer")
	walk := func(name, path string, page func(res *http.Response) (ids []string, next string)) []string {
		t.Helper()
		var all []string
		for cursor, n := "", 0; ; n++ {
			ids, next := page(p.ask(b.named(name), path+"limit=2"+cursor, ""))
			all = append(all, ids...)
			if len(ids) > 2 || n > 20 {
				t.Fatalf("%s: %d at once, %d pages", name, len(ids), n)
			}
			if next == "" {
				return all
			}
			cursor = "&cursor=" + url.QueryEscape(next)
		}
	}
	once := func(name string, ids []string, want int) {
		t.Helper()
		seen := map[string]bool{}
		for _, id := range ids {
			if seen[id] || id == "" {
				t.Errorf("%s gives %q twice", name, id)
			}
			seen[id] = true
		}
		if len(ids) != want {
			t.Errorf("%s gives %d of %d", name, len(ids), want)
		}
	}
	once("runs", walk("listRuns", "/runs?", func(res *http.Response) (ids []string, next string) {
		d := jsonOf[command.RunsDoc](t, res)
		for _, x := range d.Runs {
			ids = append(ids, x.Run)
		}
		return ids, d.Next
	}), 8)
	once("conflicts", walk("listConflicts", "/conflicts?", func(res *http.Response) (ids []string, next string) {
		d := jsonOf[command.ConflictsDoc](t, res)
		for _, x := range d.Conflicts {
			ids = append(ids, x.ID)
		}
		return ids, d.Next
	}), 2)
	once("reviews", walk("listReviews", "/reviews?", func(res *http.Response) (ids []string, next string) {
		d := jsonOf[command.ReviewsDoc](t, res)
		for _, x := range d.Reviews {
			ids = append(ids, x.Side+x.Record)
		}
		return ids, d.Next
	}), reviews)
	entries, err := b.store.Entries(t.Context(), b.conns[0].Workspace, r.ID, "", 100, "")
	must(t, err)
	records := 0
	walk("showRun", "/runs/"+r.ID+"?", func(res *http.Response) (ids []string, next string) {
		d := jsonOf[command.ShownRunDoc](t, res)
		for _, x := range d.Records {
			records++
			ids = append(ids, x.A+x.B)
		}
		return ids, d.Next
	})
	if records != len(entries) {
		t.Errorf("%d of %d records", records, len(entries))
	}
}
