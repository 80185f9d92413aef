package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connection"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

func TestAViewerSeesTheMapAndChangesNothing(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20)
	client := c.signIn("viewer")
	doc := c.open(client, "?open=email%3Demail")
	if n := doc.Find("#bld form").Length(); n != 0 {
		t.Errorf("%d forms", n)
	}
	if pairLine(doc, "email=email").Find("[data-testid=open]").Length() != 1 || doc.Find("[data-testid=lines] li").Length() == 0 {
		t.Error("a viewer cannot look")
	}
	for _, act := range []string{"pair", "row", "unpair", "match", "dismiss", "rules", "undo", "redo", "drop", "read"} {
		if res := c.post(client, c.path()+"/"+act, url.Values{"revision": {"0"}, "a": {"city"}, "b": {"city"}}); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d", act, res.StatusCode)
		}
	}
	if len(c.draftKeys()) != 5 {
		t.Error("something changed")
	}
}

func TestTheMapIsWorkedOnWhileAnAccountCannotBeRead(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 20, func(f *flow.Flow) {
		f.Map = append(f.Map, mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"their_own"}})
	})
	must(t, c.store.DeleteSecret(t.Context(), c.flow.Workspace, c.conns[1].ID, connection.SecretToken))
	client := c.signIn("editor")
	doc := c.open(client, "")
	if got := squeezed(doc.Find("[data-testid=unread]")); !strings.Contains(got, "The fields of User.com could not be read") || !strings.Contains(got, "has no key") {
		t.Errorf("%q", got)
	}
	if doc.Find("[data-testid=needs]").Length() != 0 || pairLine(doc, "city=their_own").Length() != 1 {
		t.Error("what cannot be looked up counts as broken")
	}
	c.follow(client, c.press(client, doc.Find("[data-testid=pair-these]"), "a", "state", "b", "region"))
}

func TestAMapOfALostAccountSaysWhatComesFirst(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 10)
	client := c.signIn("editor")
	if doc := c.open(client, ""); doc.Find("[data-testid=to-preview]").Length() != 1 || doc.Find("[data-testid=blocked]").Length() != 0 {
		t.Error("nothing is in the way, and it cannot be previewed")
	}
	lost := c.conns[1]
	lost.State = connection.Reconnect
	_, err := c.store.SaveConnection(t.Context(), lost.Workspace, lost)
	must(t, err)
	doc := c.open(client, "")
	first := doc.Find("[data-testid=blocked]")
	if doc.Find("[data-testid=to-preview]").Length() != 0 || squeezed(first) != "Connect User.com again first" {
		t.Errorf("it says %q", squeezed(first))
	}
	want := "/connections/" + lost.ID + "/key?" + url.Values{"then": {c.path()}}.Encode()
	if first.AttrOr("href", "") != want {
		t.Errorf("it leads to %s", first.AttrOr("href", ""))
	}
	// Every button that is only a drawing says in words what it does, on sight too.
	doc.Find("#bld a.icon, #bld button.icon, #bld .dirb").Each(func(_ int, n *goquery.Selection) {
		if n.AttrOr("aria-label", "") == "" || n.AttrOr("title", "") == "" {
			t.Errorf("without words: %s", n.AttrOr("data-testid", n.AttrOr("class", "?")))
		}
	})
}

func TestSamplesAreShownOneByOneOnBothSides(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 60)
	client := c.signIn("viewer")
	seen, made := map[string]bool{}, false
	doc := c.open(client, "")
	for range 5 {
		seen[squeezed(doc.Find("[data-testid=sample]"))] = true
		if both := squeezed(doc.Find(".picker small")); strings.Contains(both, "only in") {
			other := c.open(client, "?"+strings.TrimPrefix(doc.Find("[data-testid=side-a]").AttrOr("href", ""), c.path()+"?")).Find("[data-testid=absent]")
			made = made || strings.Contains(squeezed(doc.Find("[data-testid=absent]"))+squeezed(other), "would be made in")
		}
		to, _, _ := strings.Cut(doc.Find("[data-testid=next]").AttrOr("href", ""), "#")
		doc = c.open(client, strings.TrimPrefix(to, c.path()))
	}
	if len(seen) < 4 || !made {
		t.Errorf("%d people, a new record is announced: %v", len(seen), made)
	}
	side := c.open(client, "?side=a")
	if side.Find("#side-a").AttrOr("aria-current", "") != "true" || !strings.Contains(squeezed(side.Find("[data-testid=lines]")), "Business name") {
		t.Errorf("the first side: %s", squeezed(side.Find("[data-testid=lines]")))
	}
}

func TestLookingAtTheMapWritesNothingAndIsRemembered(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 40)
	client := c.signIn("editor")
	doc := c.open(client, "")
	calls := func() (n, writes int) {
		for _, system := range []string{"highlevel", "usercom"} {
			for _, k := range c.box.Counters(system).Calls {
				n += k.Count
				if k.Method != http.MethodGet && !strings.HasSuffix(k.Path, "/search") {
					writes += k.Count
				}
			}
		}
		return n, writes
	}
	first, writes := calls()
	if writes != 0 || first == 0 {
		t.Errorf("%d calls, %d of them write", first, writes)
	}
	c.follow(client, c.press(client, doc.Find("[data-testid=pair-these]"), "a", "city", "b", "city"))
	c.open(client, "?sample=1&side=a")
	if again, _ := calls(); again != first {
		t.Errorf("%d more calls", again-first)
	}
	// A field that was made meanwhile is there after reading again.
	_, err := c.box.UserCom.Create("attributes", map[string]any{"name": "Loyalty", "value_type": "string", "content_type": "clientuser"})
	must(t, err)
	doc = c.follow(client, c.press(client, c.open(client, "").Find("[data-testid=read]")))
	if doc.Find("[data-testid=free-b] .cust").Length() == 0 {
		t.Errorf("the new field is not there: %s", squeezed(doc.Find("[data-testid=free-b]")))
	}
}
