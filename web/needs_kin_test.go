package web

import (
	"strings"
	"testing"

	"couplet/internal/engine"
)

// hangs stores what hangs on a record of the second system, as a flow of those read it.
func (b *bundle) hangs(object, parent string, fields map[string]map[string]any) {
	b.t.Helper()
	ctx, w := b.t.Context(), b.conns[0].Workspace
	p, err := b.store.PairFor(ctx, w, [2]string{b.conns[0].ID, b.conns[1].ID}, object, "pair_"+object)
	must(b.t, err)
	lease, ok, err := b.store.Acquire(ctx, w, "pair/"+p.ID, "test", b.now, b.now)
	must(b.t, err)
	if !ok {
		b.t.Fatal("no lease")
	}
	must(b.t, b.store.Seed(ctx, w, lease, p, b.now))
	var all []engine.Mirror
	for id, f := range fields {
		all = append(all, engine.Mirror{ID: id, Parent: parent, Fields: f, Version: "1", First: b.now, Seen: b.now, Changed: b.now})
	}
	must(b.t, b.store.SavePage(ctx, w, lease, engine.Cursor{Conn: b.conns[1].ID, Object: object}, 0, all, nil, nil))
	must(b.t, b.store.Release(ctx, w, lease))
}

// Before somebody decides about a delete, the card says what is known to hang on the record, what is not known, and what is asked later;
// no system is asked for the page.
func TestADeleteSaysWhatHangsOnIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.condemned()
	client := b.signIn("editor")
	said := func(card, name string) string {
		t.Helper()
		doc := b.all(client, "/needs-you?kind=delete")
		voice(t, "/needs-you", doc)
		for i := range doc.Find("[data-testid=" + card + "]").Length() {
			if one := doc.Find("[data-testid=" + card + "]").Eq(i); name == "" || strings.Contains(tidyText(one.Find("h2")), name) {
				return tidyText(one.Find("[data-testid=kin]"))
			}
		}
		t.Fatalf("no card of %s", name)
		return ""
	}
	expect := func(card, name string, parts ...string) {
		t.Helper()
		got := said(card, name)
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s %s does not say %q: %s", card, name, part, got)
			}
		}
	}
	expect("delete", "Fay", "Its tasks and notes in User.com were never read here, so look there before you answer.",
		"Right before a delete User.com is asked for the tasks and notes once more", "added after your answer holds the delete back.")
	b.hangs("task", "33", map[string]map[string]any{"t1": {"name": "Call Fay"}, "t2": {"name": "Send the offer"}})
	expect("delete", "Fay", "2 tasks in User.com hang on it: “Call Fay” and “Send the offer”. What hangs on a person goes with it, or is left there without it. Its notes in User.com were never read here")
	b.hangs("note", "33", map[string]map[string]any{"n1": {"description": "<p>Likes <b>tea</b></p>"}, "n2": {"description": "Second"}})
	expect("delete", "Fay", "2 tasks and 2 notes in User.com hang on it: “Call Fay”, “Send the offer”, “Likes tea” and 1 more.")
	expect("delete", "Gus", "As far as Couplet has read, no tasks or notes in User.com hang on it.")
	expect("doomed", "", "2 tasks and 2 notes in User.com hang on 1 of them: “Call Fay”")
	b.hangs("task", "34", map[string]map[string]any{"t3": {"name": "Only one"}})
	expect("delete", "Gus", "1 task in User.com hangs on it: “Only one”.")
	expect("doomed", "", "3 tasks and 2 notes in User.com hang on 2 of them")
}
