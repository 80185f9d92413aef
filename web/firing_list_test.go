package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"couplet/internal/automation"
)

func (w *walker) listed() int { return w.doc.Find("[data-testid=firing]").Length() }

func TestRunsOfAutomationsAreFoundByWordsAndTime(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	one, two := b.published(w), b.published(w)
	b.now = b.now.Add(-8 * 24 * time.Hour)
	b.fired(one, "1", automation.Firing{State: automation.Done, Over: b.now}, automation.Entry{At: "person", Step: "person", Seq: 1, State: automation.StepDone, Text: "Looked up in User.com."})
	b.now = b.now.Add(8 * 24 * time.Hour)
	b.parked(one, "No such tag.", automation.StepWaits, "2")
	b.parked(two, "No such list.", automation.StepWaits, "3")
	for path, want := range map[string]int{
		"/automations/" + one + "/runs":                                            2,
		"/automations/" + one + "/runs?q=looked+UP":                                1,
		"/automations/" + one + "/runs?q=maya.stone@":                              2,
		"/automations/" + one + "/runs?q=nonsense":                                 0,
		"/automations/" + one + "/runs?when=7d":                                    1,
		"/automations/" + one + "/runs?when=today&show=done":                       0,
		"/automations/" + one + "/runs?when=30d&show=done":                         1,
		"/automations/" + one + "/runs?when=nonsense&show=nonsense":                2,
		"/automations/" + one + "/runs?automation=" + two:                          2,
		"/runs/automations":                                                        3,
		"/runs/automations?automation=" + two:                                      1,
		"/runs/automations?show=needs&q=no+such":                                   2,
		"/runs/automations?automation=" + one + "&show=needs&q=no+such&when=today": 1,
	} {
		w.open(path)
		if w.status != http.StatusOK || w.listed() != want {
			t.Errorf("%s: %d, %d listed, want %d", path, w.status, w.listed(), want)
		}
		voice(t, path, w.doc)
	}
	w.open("/runs").click("[data-testid=tab-automations]").expect(http.StatusOK, "Runs").has("New-contact follow-up")
	if w.open("/search?q=follow"); w.doc.Find("[data-testid=automation] .find[href='/automations/"+two+"']").Length() != 1 {
		t.Error("the search does not find an automation")
	}
	w.open("/search?q=maya.stone").click("[data-testid=in-automations]")
	if w.listed() != 3 {
		t.Errorf("%d are found by the search", w.listed())
	}
	w.open("/runs/automations?q=nonsense").click("[data-testid=all]")
	if w.listed() != 3 {
		t.Errorf("%d are listed", w.listed())
	}
}

func TestAllThatAListShowsIsDoneAgain(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id, other := b.published(w), b.published(w)
	failed := b.parked(id, "No such tag.", automation.StepWaits, "1", "2")
	doubt := b.parked(id, "No such tag, who knows.", automation.InDoubt, "3")[0]
	away := b.parked(id, "Another reason.", automation.StepWaits, "4")[0]
	foreign := b.parked(other, "No such tag.", automation.StepWaits, "5")[0]
	w.open("/automations/" + id + "/runs?show=needs&q=no+such+tag")
	late := b.parked(id, "No such tag.", automation.StepWaits, "6")[0]
	w.send("[data-testid=do-all]", url.Values{"answer": {"again"}}).has("say first that you mean all of them")
	w.open("/automations/" + id + "/runs?show=needs&q=no+such+tag&when=today")
	form := w.doc
	w.send("[data-testid=do-all]", url.Values{"answer": {"nonsense"}, "sure": {"yes"}}).has("choose what is to be done")
	w.doc = form
	w.send("[data-testid=do-all]", url.Values{"answer": {"again"}, "sure": {"yes"}, "newest": {doubt.ID}}).has("2 runs go on.").has("1 is left because nobody knows")
	for f, want := range map[string]automation.State{failed[0].ID: automation.Waiting, failed[1].ID: automation.Waiting, doubt.ID: automation.Parked, away.ID: automation.Parked,
		foreign.ID: automation.Parked, late.ID: automation.Parked} {
		if got := b.stateOf(f); got != want {
			t.Errorf("%s stands at %s, want %s", f, got, want)
		}
	}
	if w.url.Query().Get("q") != "no such tag" || w.url.Query().Get("when") != "today" {
		t.Errorf("one is led to %s", w.url)
	}
	w.open("/runs/automations?show=needs").send("[data-testid=do-all]", url.Values{"answer": {"restart"}, "sure": {"yes"}}).has("3 runs begin again from the start")
	if b.stateOf(away.ID) != automation.Ended || b.stateOf(doubt.ID) != automation.Parked {
		t.Errorf("%s, %s", b.stateOf(away.ID), b.stateOf(doubt.ID))
	}
	w.open("/automations/" + other + "/runs")
	if w.listed() != 2 {
		t.Errorf("%d runs of the other", w.listed())
	}
	w.open("/runs/automations?show=needs").send("[data-testid=do-all]", url.Values{"answer": {"was"}, "sure": {"yes"}}).has("1 run goes on.")
}
