package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// spellings are texts by which one finds the person of the stage "ada", or her partner, besides by their ids.
var spellings = []string{"ada", "LOVE", "love ad", "  Ada   Lovelace ", "ádà", "ada@example.test", "ADA@EXAM", "ada@example.test ada", "(202) 555-0177", "+1 202-555-0177", "001 202 555 0177", "202 555 01"}

func TestARecordIsFoundByAllThatPeopleKnowItBy(t *testing.T) {
	t.Parallel()
	s, run, a := ada(t)
	_, err := s.box.HighLevel.Create("contacts", map[string]any{"firstName": "Bo", "lastName": "Adams", "email": "bo@example.test"})
	must(t, err)
	s.run("manual", engine.Done)
	l := s.linked(a)
	w := s.walk("viewer")
	for _, ask := range append(slices.Clone(spellings), l.IDs[0], l.IDs[1]) {
		w.open("/search?q=" + url.QueryEscape(ask))
		if got := textsOf(w.doc, "[data-testid=record] .find"); len(got) == 0 || got[0] != "Ada Lovelace" || len(got) > 1 && (ask != "ada" && ask != "ádà" || got[1] != "Bo Adams") {
			t.Errorf("%q finds %q", ask, got)
		}
	}
	w.open("/search?q=lovelace").click("[data-testid=record] .find")
	if w.url.Path != "/records/"+l.ID {
		t.Errorf("it leads to %s", w.url)
	}
	for _, ask := range []string{"Bell", "ovelace", "da@example.test", "5550177", "ada smith", "%", "'", "a_a"} { // another one by now, and what is no beginning
		w.open("/search?q=" + url.QueryEscape(ask))
		if w.doc.Find("[data-testid=record]").Length() != 0 || w.doc.Find("[data-testid=nothing]").Length()+w.doc.Find("#h-hints").Length() != 1 {
			t.Errorf("%q finds %q", ask, textsOf(w.doc, "[data-testid=record]"))
		}
	}
	w.open("/search?q=conta")
	if got := textsOf(w.doc, "[data-testid=flow] .find"); len(got) != 1 || got[0] != "Contacts" {
		t.Errorf("flows: %q", got)
	}
	if w.open("/search?q=" + run.ID).click("[data-testid=run] .find"); w.url.Path != "/runs/"+run.ID {
		t.Errorf("it leads to %s", w.url)
	}
	// Nobody of another workspace finds any of it.
	other := s.elsewhere()
	for _, ask := range append(slices.Clone(spellings), l.IDs[0], l.IDs[1], l.ID, run.ID, s.flow.ID, "Contacts", "Bo", "bo@example.test") {
		doc := s.see(other, "/search?q="+url.QueryEscape(ask))
		if doc.Find("[data-testid=nothing]").Length() != 1 {
			t.Errorf("%q shows another workspace: %s", ask, tidyText(doc.Find("#found")))
		}
	}
}

func TestASearchSaysWhatItLooksAt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	client := b.signIn("viewer")
	doc := b.see(client, "/search")
	if doc.Find("#h-hints").Length() != 1 || tidyText(doc.Find("[data-testid=says]")) != "" {
		t.Error(tidyText(doc.Find("#found")))
	}
	wants(t, b.see(client, "/search?q=a"), "[data-testid=says]", "Type one more letter.")
	doc = b.see(client, "/search?q=nobody")
	wants(t, doc, "[data-testid=says]", "Nothing found.")
	if text := tidyText(doc.Find("[data-testid=nothing]")); !strings.Contains(text, "names, emails, phone numbers and IDs") || !strings.Contains(text, "Couplet keeps only") {
		t.Error(text)
	}
	if doc := b.see(client, "/search?q="+strings.Repeat("x", 999)); len(doc.Find("#q").AttrOr("value", "")) != askLong {
		t.Error("a long question is kept whole")
	}
	res := b.as(client, http.MethodGet, "/search?q=nobody", nil, map[string]string{"HX-Request": "true", "HX-Target": "div#found"})
	if part := textOf(res); strings.Contains(part, "<html") || !strings.Contains(part, "Nothing found.") {
		t.Errorf("the part is %s", part)
	}
}

func TestARecordWithoutAPartnerIsFoundToo(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.begun(time.Minute)
	one := func(id, words string) engine.Mirror {
		return engine.Mirror{ID: id, Words: words, Fields: map[string]any{"firstName": words}, First: b.now, Seen: b.now}
	}
	gone := one("x3", "ann")
	gone.Gone = b.now
	b.commit(r, engine.Commit{Mirrors: [2][]engine.Mirror{{one("x1", "ann"), one("x2", "anna"), gone}}, Review: []engine.Review{{Pair: b.pair.ID, ID: "x2", Reason: "no_key"}}})
	doc := b.see(b.signIn("viewer"), "/search?q=ann")
	if got := textsOf(doc, "[data-testid=alone]"); len(got) != 2 || got[0] != "Only in HighLevel. It is linked with no person of User.com." || !strings.HasSuffix(got[1], "It needs you.") {
		t.Errorf("%q", got)
	}
	if got := doc.Find("[data-testid=record] a.find").AttrOr("href", ""); !strings.Contains(got, "/needs-you?item=") || doc.Find("[data-testid=record] a.find").Length() != 1 {
		t.Errorf("it leads to %s", got)
	}
}

func TestATaskIsFoundAndSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.recordPath(store.User{})
	kin, err := b.store.PairFor(t.Context(), b.conns[0].Workspace, [2]string{b.conns[0].ID, b.conns[1].ID}, "task", "pair_tasks")
	must(t, err)
	b.commit(b.begun(0), engine.Commit{Mirrors: [2][]engine.Mirror{{{ID: "s1", Fields: map[string]any{"firstName": "Ana"}, Words: "ana", First: b.now, Seen: b.now}}}})
	r := b.begun(time.Minute, func(r *engine.Run) { r.Pair = kin.ID })
	b.commit(r, engine.Commit{Mirrors: [2][]engine.Mirror{{{ID: "t1", Parent: "s1", Fields: map[string]any{"title": "Call back"}, Words: "call back", First: b.now, Seen: b.now}}},
		Link: &engine.Link{ID: "lnk_task", Pair: kin.ID, IDs: [2]string{"t1", "t2"}, State: engine.OneGone, Made: "match", At: b.now, Parent: "lnk_sample"}})
	doc := b.see(b.signIn("viewer"), "/search?q=back")
	wants(t, doc, "[data-testid=record]", "HighLevel User.com Call back Task of Ana One is goneTask")
	if got := doc.Find("[data-testid=record] .find").AttrOr("href", ""); got != "/records/lnk_task" {
		t.Errorf("it leads to %s", got)
	}
}

// BenchmarkSearch is one question over HTTP among 10,000 pairs of records: by a word that many have, by one that few have, by a
// phone, and by nothing that is there.
func BenchmarkSearch(b *testing.B) {
	x := newBundle(b)
	const many = 10_000
	r := x.begun(time.Minute)
	for from := 0; from < many; from += 500 {
		var cs []engine.Commit
		for i := from; i < from+500; i++ {
			var m [2][]engine.Mirror
			for side := range m {
				name := fmt.Sprintf("Ann Person%05d", i)
				m[side] = []engine.Mirror{{ID: fmt.Sprintf("%c%d", 'a'+side, i), Words: fmt.Sprintf("%s p%d@example.test +1202%07d", strings.ToLower(name), i, i),
					Keys: map[string]string{"email": fmt.Sprintf("p%d@example.test", i)}, Fields: map[string]any{"firstName": name, "name": name}, First: x.now, Seen: x.now}}
			}
			cs = append(cs, engine.Commit{Mirrors: m, Link: &engine.Link{ID: fmt.Sprint("l", i), Pair: x.pair.ID, IDs: [2]string{fmt.Sprint("a", i), fmt.Sprint("b", i)}, State: engine.On, At: x.now}})
		}
		x.commit(r, cs...)
	}
	client := x.signIn("viewer")
	for name, ask := range map[string]string{"many": "ann", "few": "ann person0912", "phone": "(202) 000-4711", "nothing": "zoe"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				res := x.as(client, http.MethodGet, "/search?q="+url.QueryEscape(ask), nil, browser)
				if text, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK || strings.Contains(string(text), `data-testid="record"`) != (name != "nothing") {
					b.Fatalf("status %d, %v: %s", res.StatusCode, err, text)
				}
			}
		})
	}
}
