package web

import (
	"net/url"
	"testing"
)

func TestSettingsOfAnAccountAreChosenOnItsPage(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor")
	a, b := p.both(w)
	w.open("/connections/"+a.ID).says("country", "US").says("zone", "/")
	if w.doc.Find("[data-testid=settings]").Length() != 0 {
		t.Error("a system without settings has a form for them")
	}
	form := "[data-testid=settings] button[type=submit]"
	w.open("/connections/"+b.ID).says("settings", "Activity type of tasks")
	w.send(form, url.Values{"task_type": {"three"}, "note_type": {"4"}, "agents": {"926 anna@example.com"}}).expect(422, "demo").says("settings", "must be the number of an activity type")
	if got := w.doc.Find("#task_type").AttrOr("value", "") + w.doc.Find("#agents").AttrOr("value", ""); got != "three926 anna@example.com" {
		t.Errorf("typed values are lost: %q", got)
	}
	if p.stored()["usercom"][0].Settings != nil {
		t.Error("a wrong setting was stored")
	}
	w.send(form, url.Values{"task_type": {"3"}, "note_type": {"4"}, "text_format": {"html"}, "agents": {""}}).expect(200, "demo").says("said", "are saved")
	if s := p.stored()["usercom"][0].Settings; s["task_type"] != "3" || s["note_type"] != "4" || s["text_format"] != "html" || len(s) != 3 {
		t.Error(s)
	}
	if w.doc.Find("#text_format option[selected]").Text() != "html" || w.doc.Find("#task_type").AttrOr("value", "") != "3" {
		t.Error("the page shows other settings")
	}
	// A colleague who only looks sees them.
	p.walk("viewer").open("/connections/"+b.ID).says("settings", "html").says("settings", "Not set")
}
