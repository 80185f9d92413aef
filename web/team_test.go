package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// inviteLink has an owner invite somebody and returns the path of the link.
func (b *bundle) inviteLink(owner *http.Client, email, role string) string {
	b.t.Helper()
	res := b.post(owner, "/settings/team", url.Values{"email": {email}, "role": {role}})
	link := parsed(b.t.(*testing.T), res).Find("#link").AttrOr("value", "")
	path, ok := strings.CutPrefix(link, b.url)
	if !ok || res.StatusCode != http.StatusOK {
		b.t.Fatalf("status %d, link %q", res.StatusCode, link)
	}
	return path
}

func joins(name, password string) url.Values {
	return url.Values{"name": {name}, "password": {password}}
}

func TestAnInvitedPersonComesInOnce(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	boss := b.signIn("owner")
	link := b.inviteLink(boss, " Joe@HarborPine.test ", "editor")
	if strings.Contains(textOf(b.visit(boss, "/settings/team")), link) {
		t.Error("the link is shown again")
	}
	joe := b.nobody()
	doc := parsed(t, b.visit(joe, link))
	if text := doc.Find("[data-testid=invite]").Text(); !strings.Contains(text, "joe@harborpine.test as an editor") {
		t.Error(text)
	}
	for _, wrong := range []url.Values{joins("", words4), joins("Joe", "short"), joins("Joe", "joe@harborpine.test")} {
		if res := b.post(joe, link, wrong); res.StatusCode != http.StatusUnprocessableEntity || parsed(t, res).Find("[aria-invalid]").Length() != 1 {
			t.Errorf("%v: status %d", wrong, res.StatusCode)
		}
	}
	goesTo(t, b.post(joe, link, joins("Joe Poe", words4)), "/")
	if text := parsed(t, b.visit(joe, "/settings/account")).Find("[data-testid=headline] + p").Text(); !strings.Contains(text, "is an editor of") {
		t.Error(text)
	}
	for _, res := range []*http.Response{b.visit(b.nobody(), link), b.post(b.nobody(), link, joins("Eve", words4))} {
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("used again: status %d", res.StatusCode)
		}
	}
	goesTo(t, b.post(b.nobody(), "/sign-in", credentials("joe@harborpine.test", words4)), "/")
	if res := b.post(boss, "/settings/team", url.Values{"email": {"joe@harborpine.test"}, "role": {"owner"}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a member is invited: status %d", res.StatusCode)
	}
}

func TestAnInvitationIsOverWhenItIs(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	first := b.person("ines@harborpine.test", "owner")
	boss, other := b.signInAs(first), b.signIn("owner")
	withdrawn := b.inviteLink(boss, "a@harborpine.test", "viewer")
	doc := parsed(t, b.visit(boss, "/settings/team"))
	action, _ := doc.Find("[data-testid=invited] form").Attr("action")
	goesTo(t, b.post(boss, action, nil), "/settings/team")
	replaced := b.inviteLink(boss, "b@harborpine.test", "viewer")
	stands := b.inviteLink(boss, "b@harborpine.test", "viewer")
	demoted := b.inviteLink(boss, "c@harborpine.test", "owner")
	if res := b.visit(b.nobody(), stands); res.StatusCode != http.StatusOK {
		t.Errorf("the one that stands: status %d", res.StatusCode)
	}
	goesTo(t, b.post(other, "/settings/team/"+first.ID+"/role", url.Values{"role": {"viewer"}}), "/settings/team")
	late := b.inviteLink(other, "d@harborpine.test", "viewer")
	b.now = b.now.Add(invitationLasts - time.Second)
	if res := b.visit(b.nobody(), late); res.StatusCode != http.StatusOK {
		t.Errorf("just before its end: status %d", res.StatusCode)
	}
	b.now = b.now.Add(time.Second)
	for what, link := range map[string]string{"withdrawn": withdrawn, "replaced": replaced, "of an owner who is none any more": demoted, "late": late, "made up": "/invite/x"} {
		for _, res := range []*http.Response{b.visit(b.nobody(), link), b.post(b.nobody(), link, joins("Eve", words4))} {
			if text := parsed(t, res).Text(); res.StatusCode != http.StatusNotFound || !strings.Contains(text, "Ask whoever sent it") {
				t.Errorf("%s: status %d: %s", what, res.StatusCode, text)
			}
		}
	}
	for _, email := range []string{"a@harborpine.test", "b@harborpine.test", "c@harborpine.test", "d@harborpine.test"} {
		if all, _ := b.store.SignIn(t.Context(), email); len(all) > 0 {
			t.Errorf("%s came in", email)
		}
	}
}

func TestWhoHasAPasswordJoinsWithIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	boss := b.signIn("owner")
	there, err := b.store.AddWorkspace(t.Context(), "there")
	must(t, err)
	joe := b.person("joe@harborpine.test", "viewer")
	must(t, b.store.RemoveMember(t.Context(), joe.Workspace, joe.ID))
	joe, err = b.store.AddUser(t.Context(), there.ID, joe.Email, "owner", "")
	must(t, err)

	link := b.inviteLink(boss, joe.Email, "editor")
	doc := parsed(t, b.visit(b.nobody(), link))
	if doc.Find("#name").Length() != 0 || doc.Find("#password[autocomplete=current-password]").Length() != 1 {
		t.Error("the page asks for a new password")
	}
	res := b.post(b.nobody(), link, joins("Eve", "a new password of mine"))
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(parsed(t, res).Find("[data-testid=password-error]").Text(), "4 tries left") {
		t.Errorf("another password: status %d", res.StatusCode)
	}
	stranger := b.signIn("viewer")
	if doc := parsed(t, b.visit(stranger, link)); doc.Find("#password").Length() != 0 || doc.Find("form[action='/sign-out'] [name=next]").AttrOr("value", "") != link {
		t.Error("somebody else is asked to join")
	}
	if res := b.post(stranger, link, nil); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("somebody else joins: status %d", res.StatusCode)
	}
	goesTo(t, b.post(stranger, "/sign-out", url.Values{"next": {link}}), link)
	if res := b.visit(stranger, link); res.StatusCode != http.StatusOK {
		t.Errorf("after that the invitation is gone: status %d", res.StatusCode)
	}

	client := b.signInAs(joe)
	if doc := parsed(t, b.visit(client, link)); doc.Find("#password").Length() != 0 {
		t.Error("asks for a password of somebody who is signed in")
	}
	goesTo(t, b.post(client, link, nil), "/")
	if text := parsed(t, b.visit(client, "/settings/account")).Find("[data-testid=headline] + p").Text(); !strings.Contains(text, "an editor of default") {
		t.Error(text)
	}
	second := b.inviteLink(boss, "ann@harborpine.test", "editor")
	ann := b.person("ann@harborpine.test", "viewer")
	must(t, b.store.RemoveMember(t.Context(), ann.Workspace, ann.ID))
	_, err = b.store.AddUser(t.Context(), there.ID, ann.Email, "viewer", "")
	must(t, err)
	goesTo(t, b.post(b.nobody(), second, joins("", words4)), "/")
}

func TestTheLastOwnerStaysOne(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	last := b.first()
	client := b.signInAs(last)
	b.signIn("editor")
	role, remove := "/settings/team/"+last.ID+"/role", "/settings/team/"+last.ID+"/remove"
	refused := func() {
		t.Helper()
		for _, res := range []*http.Response{b.post(client, role, url.Values{"role": {"viewer"}}), b.visit(client, remove), b.post(client, remove, nil)} {
			if text := parsed(t, res).Text(); res.StatusCode != http.StatusConflict || !strings.Contains(text, "Make somebody else an owner first") {
				t.Errorf("%s: status %d: %s", res.Request.URL.Path, res.StatusCode, text)
			}
		}
		if u, err := b.store.UserByID(t.Context(), last.Workspace, last.ID); err != nil || u.Role != "owner" {
			t.Errorf("%+v, %v", u, err)
		}
	}
	refused()
	row := parsed(t, b.visit(client, "/settings/team")).Find("[data-testid='member-" + last.ID + "']")
	if row.Find("form").Length() != 0 || !strings.Contains(row.Text(), "last owner stays") {
		t.Error("the page offers what is refused")
	}
	other := b.person("ines@harborpine.test", "owner")
	goesTo(t, b.post(b.signInAs(other), "/settings/team/"+other.ID+"/role", url.Values{"role": {"editor"}}), "/settings/team")
	refused()
	must(t, b.store.SetRole(t.Context(), other.Workspace, other.ID, "owner"))
	goesTo(t, b.post(client, remove, nil), "/sign-in") // leaves
	if b.signedIn(client) {
		t.Error("still signed in")
	}
}

func TestATeamIsSeenByAllAndChangedByOwners(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for role, forms := range map[string]bool{"viewer": false, "editor": false, "owner": true} {
		doc := parsed(t, b.visit(b.signIn(role), "/settings/team"))
		if got := doc.Find("main form").Length() > 0; got != forms || !strings.Contains(doc.Find("[data-testid=members]").Text(), "first@couplet.test") {
			t.Errorf("%s: forms %v", role, got)
		}
	}
}

func TestAPasswordIsChangedByWhoKnowsIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "viewer")
	client, other := b.signInAs(u), b.signInAs(u)
	link, err := NewSignInLink(t.Context(), b.store, u, b.now)
	must(t, err)
	change := func(old, fresh string) *http.Response {
		return b.post(client, "/settings/account", url.Values{"do": {"password"}, "old": {old}, "new": {fresh}})
	}
	const next = "five plain words are here"
	for field, c := range map[string][2]string{"new": {words4, "short"}, "old": {"not my password at all", next}} {
		if doc := parsed(t, change(c[0], c[1])); doc.Find("#"+field+"[aria-invalid=true]").Length() != 1 || doc.Find("[aria-invalid]").Length() != 1 {
			t.Errorf("%s is not marked", field)
		}
	}
	if !b.signedIn(other) {
		t.Error("a change that was refused ended a session")
	}
	before := b.cookieOf(client).Value
	goesTo(t, change(words4, next), "/settings/account")
	if said := parsed(t, b.visit(client, "/settings/account")).Find("[data-testid=said]").Text(); !strings.Contains(said, "password is changed") {
		t.Errorf("said %q", said)
	}
	if b.cookieOf(client).Value == before || b.signedIn(other) {
		t.Error("the id is the old one, or another session goes on")
	}
	if res := b.visit(b.nobody(), link); res.StatusCode != http.StatusNotFound {
		t.Errorf("a link of before signs in: status %d", res.StatusCode)
	}
	if res := b.post(b.nobody(), "/sign-in", credentials(u.Email, words4)); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the old password signs in: status %d", res.StatusCode)
	}
	goesTo(t, b.post(b.nobody(), "/sign-in", credentials(u.Email, next)), "/")
	for range freePerAccount {
		change("guessed in a stolen session", next)
	}
	if res := change(next, words4); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("guessing is free: status %d", res.StatusCode)
	}
}

func TestANameIsShownToOthers(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	client := b.signIn("viewer")
	if res := b.post(client, "/settings/account", url.Values{"do": {"name"}, "name": {" "}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no name: status %d", res.StatusCode)
	}
	goesTo(t, b.post(client, "/settings/account", url.Values{"do": {"name"}, "name": {" Ana <b>Lisboa</b> "}}), "/settings/account")
	page := textOf(b.visit(b.signIn("viewer"), "/settings/team"))
	if !strings.Contains(page, "Ana &lt;b&gt;Lisboa&lt;/b&gt;") || strings.Contains(page, "<b>Lisboa") {
		t.Error("the name is not shown as it was typed")
	}
}
