package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// TestSettingsOfAColleagueAreNotOverwritten: the second who saves is told what the first changed, with all that was typed; a change
// of the map alone is none of their business.
func TestSettingsOfAColleagueAreNotOverwritten(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 4, Seed: 7})
	mine, theirs := s.walk("editor").open(s.path("on")), s.walk("owner").open(s.path("on"))
	theirs.send("[data-testid=save]", url.Values{"every": {"20"}, "unit": {"m"}, "attempts": {"7"}})
	mine.send("[data-testid=save]", url.Values{"every": {"45"}, "unit": {"m"}, "attempts": {"many"}})
	if mine.status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", mine.status)
	}
	mine.send("[data-testid=save]", url.Values{"attempts": {"3"}})
	d, err := s.store.DraftState(t.Context(), s.ws(), s.flow.ID)
	must(t, err)
	if mine.status != http.StatusConflict || d.Flow.Schedule.Every.D() != 20*time.Minute || d.Flow.Retry.MaxAttempts != 7 {
		t.Fatalf("status %d, overwritten: %+v %+v", mine.status, d.Flow.Schedule, d.Flow.Retry)
	}
	mine.says("clash", "@couplet.test changed these settings at ")
	if got := saidBy(mine, "theirs"); len(got) != 1 || !strings.Contains(got[0], "When it looks Was: Every 5 minutes Now: Every 20 minutes") || !strings.Contains(got[0], "Now: 7 tries") {
		t.Errorf("%q", got)
	}
	if typed := mine.doc.Find("#every").AttrOr("value", ""); typed != "45" {
		t.Errorf("what was typed is lost: %q", typed)
	}
	mine.send("[data-testid=save]", nil)
	if d, err = s.store.DraftState(t.Context(), s.ws(), s.flow.ID); err != nil || d.Flow.Schedule.Every.D() != 45*time.Minute || d.Flow.Retry.MaxAttempts != 3 {
		t.Errorf("%+v %+v %v", d.Flow.Schedule, d.Flow.Retry, err)
	}
	mine.open(s.path("on"))
	s.edit(func(f *flow.Flow) { f.Map = f.Map[:4] })
	mine.send("[data-testid=save]", url.Values{"every": {"50"}})
	if d, err = s.store.DraftState(t.Context(), s.ws(), s.flow.ID); err != nil || mine.status != http.StatusOK || d.Flow.Schedule.Every.D() != 50*time.Minute || len(d.Flow.Map) != 4 {
		t.Errorf("status %d: %+v, %d pairs, %v", mine.status, d.Flow.Schedule, len(d.Flow.Map), err)
	}
}
