package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

// TestAFormDoesNotTakeBackWhatAColleagueSaved: each form that saves a whole comes back with what was typed, and what is kept now is
// said; sent again it counts.
func TestAFormDoesNotTakeBackWhatAColleagueSaved(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 4})
	account := "/connections/" + s.conns[1].ID
	for _, x := range []struct {
		page, button         string
		theirs, mine         url.Values
		says, field, keeping string
	}{
		{"/settings/workspace", "form:has([name=do][value=name]) button", url.Values{"name": {"Northfold"}}, url.Values{"name": {"Lumen"}}, "It says now: Northfold.", "#name", "Lumen"},
		{"/settings/workspace", "[data-testid=hosts] button", url.Values{"hosts": {"a.test"}}, url.Values{"hosts": {"b.test"}}, "It says now: a.test.", "#hosts", "b.test"},
		{"/settings/workspace", "form:has([name=do][value=zone]) button", url.Values{"zone": {"Europe/Warsaw"}}, url.Values{"zone": {"UTC"}}, "It says now: Europe/Warsaw.", "#zone", "UTC"},
		{"/settings/workspace", "[data-testid=defaults] button", url.Values{"country": {"PL"}}, url.Values{"country": {"DE"}, "watch": {"on"}}, "Poland", "#country option[selected]", "DE"},
		{"/settings/workspace", "[data-testid=keeps] button", url.Values{"losses": {"40"}}, url.Values{"losses": {"50"}}, "40 days", "#losses", "50"},
		{account, "form[action$=rename] button", url.Values{"name": {"theirs"}}, url.Values{"name": {"mine"}}, "It says now: theirs.", "[name=name]", "mine"},
	} {
		mine, theirs := s.walk("owner").open(x.page), s.walk("owner").open(x.page)
		theirs.send(x.button, x.theirs)
		if theirs.status != http.StatusOK {
			t.Fatalf("%s: a colleague could not save: %d", x.button, theirs.status)
		}
		mine.send(x.button, x.mine)
		if mine.status != http.StatusConflict || !strings.Contains(mine.at("clash"), x.says) || mine.doc.Find(x.field).AttrOr("value", "") != x.keeping {
			t.Errorf("%s: %d, %q, kept %q", x.button, mine.status, mine.at("clash"), mine.doc.Find(x.field).AttrOr("value", ""))
			continue
		}
		mine.send(x.button, nil)
		if got := s.walk("owner").open(x.page).doc.Find(x.field).AttrOr("value", ""); mine.status != http.StatusOK || got != x.keeping {
			t.Errorf("%s: sent again it is %d and %q", x.button, mine.status, got)
		}
	}
}

// TestSettingsOfAnAccountAreNotTakenBackUnseen is the same of what is chosen about an account.
func TestSettingsOfAnAccountAreNotTakenBackUnseen(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 4})
	page := "/connections/" + s.conns[1].ID
	mine, theirs := s.walk("editor").open(page), s.walk("editor").open(page)
	name := theirs.doc.Find("[data-testid=settings] input:not([type=hidden])").First().AttrOr("name", "")
	if name == "" {
		t.Fatal("the account has no settings")
	}
	theirs.send("[data-testid=settings] button", url.Values{name: {"41"}})
	mine.send("[data-testid=settings] button", url.Values{name: {"42"}})
	if mine.status != http.StatusConflict || !strings.Contains(mine.at("clash"), ": 41") || mine.doc.Find("[name='"+name+"']").AttrOr("value", "") != "42" {
		t.Fatalf("%d %q", mine.status, mine.at("clash"))
	}
	mine.send("[data-testid=settings] button", nil)
	if got := s.walk("editor").open(page).doc.Find("[name='"+name+"']").AttrOr("value", ""); got != "42" {
		t.Errorf("sent again it is %q", got)
	}
}
