package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/store"
)

// givenToken is the id of a fresh token of a member, of its first workspace's owner where the member is of another.
func (b *bundle) givenToken(u store.User) string {
	b.t.Helper()
	if u.Workspace != b.conns[0].Workspace {
		u = b.first()
	}
	_, hash := newSecret()
	x, err := b.store.AddToken(b.t.Context(), u.Workspace, store.Token{Hash: hash, Name: "sample", Role: "viewer", By: u.ID})
	must(b.t, err)
	return x.ID
}

// keyShown is the key that a page shows once.
func keyShown(w *walker) string {
	w.t.Helper()
	key := w.doc.Find("#token").AttrOr("value", "")
	if !strings.HasPrefix(key, tokenPrefix) || len(key) != len(tokenPrefix)+43 {
		w.t.Fatalf("the key is %q:\n%s", key, w.text())
	}
	return key
}

func TestAKeyIsMadeShownOnceUsedAndRevoked(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	ana := &walker{t: t, client: b.signInAs(b.person("ana@couplet.test", "editor")), home: b.url}
	ana.open("/settings/tokens").expect(200, "You have made no API key")
	if roles := ana.doc.Find("input[name=role]").Length(); roles != 2 {
		t.Errorf("an editor can give %d roles", roles)
	}
	ana.send("[data-testid=new-token] button", url.Values{"name": {" "}})
	if ana.status != http.StatusUnprocessableEntity || ana.at("name-error") == "" {
		t.Errorf("without a name: %d, %s", ana.status, ana.text())
	}
	ana.send("[data-testid=new-token] button", url.Values{"name": {"deploy"}, "role": {"owner"}})
	if ana.status != http.StatusBadRequest {
		t.Errorf("more than her own role: %d", ana.status)
	}
	ana.open("/settings/tokens").send("[data-testid=new-token] button", url.Values{"name": {"deploy"}, "role": {"editor"}, "days": {"30"}})
	key := keyShown(ana)
	ana.says("made-title", "").open("/settings/tokens").expect(200, "You have made 1 API key").says("tokens", "never used · until 23 Dec 2026")
	if strings.Contains(ana.seen[len(ana.seen)-1], key) || strings.Contains(b.everything(), key) || strings.Contains(b.log.String(), key) {
		t.Error("the key is somewhere after it was shown")
	}
	bearer := map[string]string{"Authorization": "Bearer " + key}
	if res := b.get(apiPath, bearer); res.StatusCode != 200 || !strings.Contains(textOf(res), `"role":"editor"`) {
		t.Errorf("%d %s", res.StatusCode, textOf(res))
	}
	b.now = b.now.Add(3 * time.Minute)
	ana.open("/settings/tokens").says("tokens", "used 3 min ago")

	// Others do not see it, owners do, with who made it.
	bob := b.walk("editor").open("/settings/tokens").expect(200, "You have made no API key")
	id := ana.doc.Find("[data-testid=tokens] li").AttrOr("data-testid", "")[len("token-"):]
	if res := b.post(bob.client, "/settings/tokens/"+id+"/revoke", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("revoked by another editor: %d", res.StatusCode)
	}
	boss := b.walk("owner").open("/settings/tokens").says("tokens", "by ana@couplet.test")
	boss.send("[data-testid=tokens] button", nil).says("said", "The key deploy is revoked.")
	if res := b.get(apiPath, bearer); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("revoked and still good: %d", res.StatusCode)
	}
	if strings.Contains(b.log.String(), key) {
		t.Error("the log has a key")
	}
}
