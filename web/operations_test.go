package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

func TestTheCatalogIsFoundByWordsSystemAndKind(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 4})
	w := s.walk("viewer").open("/operations").expect(http.StatusOK, "Everything the two can do")
	all := w.doc.Find("[data-testid=operation]").Length()
	if all < 126 {
		t.Errorf("%d operations are shown", all)
	}
	w.open("/operations?q=tag+person&system=usercom&kind=action")
	found := w.doc.Find("[data-testid=operation]")
	if n := found.Length(); n == 0 || n >= all || found.Find(".op-ic.hl").Length() > 0 || found.Find("a[href='/operations/usercom/tag-list']").Length() > 0 {
		t.Errorf("asked for actions on tags of persons: %s", found.Text())
	}
	w.open("/operations?q=nonsense").has("No operation has the words “nonsense”.")
	w.open("/operations?system=acme&kind=wish")
	if n := w.doc.Find("[data-testid=operation]").Length(); n != all {
		t.Errorf("what nobody knows leaves %d of %d", n, all)
	}
	w.open("/operations/usercom/person-merge").expect(http.StatusOK, "Merge people").says("doubt", "spells the list in two ways").says("try-not", "changes something")
	w.open("/operations/usercom/person").says("try-not", "An editor or owner")
	w.open("/operations/usercom/nonsense").expect(http.StatusNotFound, "There is nothing here")
	w.open("/operations/acme/person").expect(http.StatusNotFound, "There is nothing here")
}

func TestAnOperationThatChangesNothingIsTried(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 4})
	_, err := s.box.UserCom.Create("users", map[string]any{"email": "ada.bell@example.com", "first_name": "Ada"})
	must(t, err)
	const title = "Find a person by email"
	w := s.walk("editor").open("/operations/usercom/person-by-email")
	w.send("[data-testid=try]", url.Values{"connection": {s.conns[1].ID}}).expect(http.StatusUnprocessableEntity, title).says("problem", "Email is missing. Give it.")
	if w.doc.Find("#in-email[aria-invalid]").Length() != 1 {
		t.Error("the field that is missing is not marked")
	}
	w.send("[data-testid=try]", url.Values{"connection": {s.conns[1].ID}, "in.email": {"nobody@example.com"}}).expect(http.StatusUnprocessableEntity, title)
	if got, _ := w.doc.Find("#in-email").Attr("value"); got != "nobody@example.com" {
		t.Errorf("what was typed is lost: %q", got)
	}
	before := s.written()
	w.send("[data-testid=try]", url.Values{"connection": {s.conns[1].ID}, "in.email": {"ada.bell@example.com"}}).expect(http.StatusOK, title).says("answer", `"email": "ada.bell@example.com"`)
	if s.written() != before {
		t.Error("trying has written")
	}
	w.send("[data-testid=try]", url.Values{"connection": {s.conns[1].ID}, "in.email": {"ada.bell@example.com"}, "in.page": {"2"}}).says("problem", "does not take page")

	w.request(http.MethodPost, w.resolve("/operations/usercom/person-delete/try"), url.Values{"connection": {s.conns[1].ID}, "in.id": {"1"}}).expect(http.StatusUnprocessableEntity, "Delete a person").says("try-not", "changes something")
	w.request(http.MethodPost, w.resolve("/operations/usercom/person-by-email/try"), url.Values{"connection": {s.conns[0].ID}, "in.email": {"a@example.com"}}).says("problem", "not connected here any more")
	other, err := s.store.AddWorkspace(t.Context(), "Other")
	must(t, err)
	theirs := s.conns[1]
	theirs.ID, theirs.Workspace, theirs.Name = "", other.ID, "theirs"
	theirs, err = s.store.SaveConnection(t.Context(), other.ID, theirs)
	must(t, err)
	w.request(http.MethodPost, w.resolve("/operations/usercom/person-by-email/try"), url.Values{"connection": {theirs.ID}, "in.email": {"ada.bell@example.com"}}).says("problem", "not connected here any more")
	if strings.Contains(w.text(), "Ada") {
		t.Error("another workspace's account was asked")
	}
}
