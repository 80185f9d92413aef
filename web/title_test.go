package web

import (
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/flow"
)

// A note is called by its words and not by its markup, and by the first of them only.
func TestANoteIsCalledByItsWords(t *testing.T) {
	note, ok := highlevel.Spec().Object("note")
	if !ok {
		t.Fatal("HighLevel has no notes")
	}
	if got, _ := titleOf(note, connector.Fields{"body": `<div style="margin:0px">Likes the <b>new</b> version.<br />Will tell others.</div>`}); got != "Likes the new version. Will tell others." {
		t.Errorf("it is called %q", got)
	}
	if got, _ := titleOf(note, connector.Fields{"body": "<p>" + strings.Repeat("word ", 40) + "</p>"}); len([]rune(got)) != titleMost+1 || !strings.HasSuffix(got, "…") {
		t.Errorf("it is called %q", got)
	}
}

// The map of notes speaks of notes: nothing of keys, no failure of a list that cannot be, and no question to a person.
func TestTheMapOfNotesSaysHowTheyAreFound(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 60, func(f *flow.Flow) {
		note, err := flow.Resolve(flow.FlowSpec{Name: "Notes in step", Template: "note-sync"})
		must(t, err)
		note.Connections, note.Region = f.Connections, f.Region
		*f = note
	})
	doc := c.open(c.signIn("editor"), "")
	if got := squeezed(doc.Find("[data-testid=rules] summary")); !strings.Contains(got, "matched by what they say, contact by contact") {
		t.Errorf("the rules say %q", got)
	}
	if n := doc.Find("input[name=match]").Length(); n != 0 {
		t.Errorf("%d choices of keys", n)
	}
	if got := squeezed(doc.Find("main")); strings.Contains(got, "could not be read") || strings.Contains(got, "Waits for you") || strings.Contains(got, "email and no phone") {
		t.Errorf("the page says %s", got)
	}
}
