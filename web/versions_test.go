package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

// saidBy are the texts of what has a test id, in order, with a space between elements.
func saidBy(w *walker, id string) []string {
	return w.doc.Find("[data-testid=" + id + "]").Map(func(_ int, n *goquery.Selection) string {
		markup, err := n.Html()
		must(w.t, err)
		return strings.Join(strings.Fields(html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(markup, " "))), " ")
	})
}

// twoVersions is a stage whose flow was published twice, the second time by a flow file.
func twoVersions(t *testing.T) *stage {
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	f := s.stored()
	f.Map = append(f.Map[:4:4], mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"city"}, Direction: mapping.AToB})
	f.Conflict, f.Schedule = mapping.Ask, flow.Schedule{Every: flow.Duration(3600e9)}
	_, _, err := s.store.SaveFlowBy(t.Context(), s.ws(), store.Author{By: "max", How: store.ByFile}, f)
	must(t, err)
	return s
}

func TestVersionsAreListedWithWhatEachChanged(t *testing.T) {
	t.Parallel()
	s := twoVersions(t)
	w := s.walk("viewer").open(s.path("versions")).expect(http.StatusOK, "2 versions")
	got := saidBy(w, "version")
	if len(got) != 2 || !strings.Contains(got[0], "Version 2 Published The pair of City and City was added. The pair of Tags and Tags was removed. "+
		"Changed: when it looks and what counts where both sides changed. max, by a flow file, ") || !strings.Contains(got[1], "Version 1 The first one, with 5 pairs.") {
		t.Errorf("%q", got)
	}
	if d := saidBy(w, "difference"); len(d) != 4 || d[0] != "City and City Added No pair Now: HighLevel fills User.com" || d[1] != "Tags and Tags Removed Was: The way of the flow No pair" ||
		d[2] != "If both sides changed the same field Was: The newest change wins Now: Neither wins: somebody decides on Needs you" || d[3] != "When it looks Was: Every 5 minutes Now: Every hour" {
		t.Errorf("%q", d)
	}
	if w.doc.Find("[data-testid=take]").Length() != 0 {
		t.Error("a viewer may take a version back")
	}
	w.open(s.path("versions?from=9&to=1"))
	if w.status != http.StatusNotFound || !strings.Contains(w.text(), "This flow has the versions 1 to 2.") {
		t.Errorf("%d: %s", w.status, w.text())
	}
}

func TestAVersionIsTakenBackAsTheDraftAndThatIsUndone(t *testing.T) {
	t.Parallel()
	s := twoVersions(t)
	w := s.walk("editor").open(s.path("map")).click("[data-testid=to-versions]")
	w.send("[data-version='1'] [data-testid=take]", nil).expect(http.StatusOK, "2 versions, and a draft that differs").says("taken", "Version 1 is the draft now")
	d, err := s.store.DraftState(t.Context(), s.ws(), s.flow.ID)
	must(t, err)
	first := flow.Compare(s.flow, d.Flow)
	if !d.Changed || len(first) != 0 || s.stored().Version != 2 {
		t.Errorf("the draft is not version 1: %+v", first)
	}
	if got := w.at("differ"); !strings.HasPrefix(got, "From version 2 to the draft") || len(saidBy(w, "difference")) != 4 {
		t.Errorf("%q", got)
	}
	w.send("[data-testid=undo]", nil).expect(http.StatusOK, "2 versions")
	if d, err = s.store.DraftState(t.Context(), s.ws(), s.flow.ID); err != nil || d.Changed {
		t.Errorf("not undone: %v", err)
	}
	// It goes through the preview like every change, and becomes the next version.
	w.send("[data-version='1'] [data-testid=take]", nil)
	if to, _ := w.open(s.path("map")).doc.Find("[data-testid=to-preview]").Closest("form").Attr("action"); to != s.path("preview/rehearse") {
		t.Errorf("the way on from a changed draft rehearses nothing: %q", to)
	}
	w.open(s.path("versions")).click("[data-testid=to-preview]")
	w = s.rehearsedBy(w)
	w.click("[data-testid=go-on]").send("[data-testid=press]", nil)
	w.open(s.path("versions")).expect(http.StatusOK, "3 versions")
	if got := saidBy(w, "version")[0]; !strings.Contains(got, "Version 3 Runs now The pair of Tags and Tags was added.") || !strings.Contains(got, "@couplet.test") {
		t.Errorf("%q", got)
	}
	w.open(s.path("versions?from=1&to=3")).says("same", "They say the same.")
}

func TestAVersionIsNotTakenBackOverAColleaguesChange(t *testing.T) {
	t.Parallel()
	s := twoVersions(t)
	w := s.walk("editor").open(s.path("versions"))
	s.edit(func(f *flow.Flow) { f.Region = "PT" })
	w.send("[data-version='1'] [data-testid=take]", nil)
	d, err := s.store.DraftState(t.Context(), s.ws(), s.flow.ID)
	must(t, err)
	if w.status != http.StatusConflict || d.Flow.Region != "PT" || len(d.Flow.Map) != 5 {
		t.Errorf("status %d, %+v", w.status, d.Flow.Region)
	}
	w.says("clash", "changed the draft since you opened this page. You wanted to take back version 1")
	w.send("[data-version='1'] [data-testid=take]", nil).says("taken", "Version 1 is the draft now")
	if w.send("[data-testid=undo]", url.Values{"revision": {"0"}}); w.status != http.StatusConflict {
		t.Errorf("an undo of what was seen long ago: %d", w.status)
	}
}

// TestEverySettingOfAFlowHasWords: a setting that a flow file gets is said on pages, too.
func TestEverySettingOfAFlowHasWords(t *testing.T) {
	t.Parallel()
	full := flow.Flow{Name: "n", Template: "t", Object: "o", Connections: [2]string{"a", "b"}, Direction: mapping.AToB, Schedule: flow.Schedule{Every: 1}, Match: []string{"email"},
		Conflict: mapping.Ask, Blank: mapping.Clear, Delete: flow.Approve, Scope: flow.Scope{Only: flow.ScopeThese, Records: []string{"r"}},
		Watch: true, Brake: flow.Brake{Change: 0.1, Delete: 0.2}, Retry: flow.Retry{MaxAttempts: 3}, Region: "PT"}
	w := flowWords{board: &board{}, labels: func(_ connector.Side, n string) string { return n }, conns: map[string]string{"a": "one", "b": "other"}}
	changes := flow.Compare(flow.Flow{}, full)
	if len(changes) != len(settingWords) {
		t.Errorf("%d settings differ, %d have words", len(changes), len(settingWords))
	}
	for _, c := range changes {
		s, ok := settingWords[c.Setting]
		if !ok || s.label == "" || s.short == "" || s.say(w, full) == "" || s.say(w, full) == s.say(w, flow.Flow{}) {
			t.Errorf("%s: %+v says %q", c.Setting, s.label, s.say(w, full))
		}
	}
}
