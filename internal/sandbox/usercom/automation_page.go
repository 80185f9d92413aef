package usercom

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// triggers are the events in the words of the page.
var triggers = []struct{ Event, Words string }{
	{eventCreated, "New user"},
	{eventUpdated, "User was changed"},
	{eventHappened, "An event of a user happened"},
}

func triggerWords(event string) string {
	for _, t := range triggers {
		if t.Event == event {
			return t.Words
		}
	}
	return event
}

func (p *pages) getAutomations(w http.ResponseWriter, _ *http.Request) {
	p.automations(w, http.StatusOK, "", map[string]bool{eventCreated: true, eventUpdated: true}, "")
}

// automations is the page, with what was typed when that was refused.
func (p *pages) automations(w http.ResponseWriter, status int, typed string, events map[string]bool, problem string) {
	type row struct {
		Automation
		Trigger, Last string
	}
	var rows []row
	for _, a := range p.c.Automations() {
		rows = append(rows, row{a, triggerWords(a.Event), p.c.lastWords(a.URL)})
	}
	p.Show(w, kit.View{Status: status, Page: "automations.html", Data: map[string]any{
		"Rows": rows, "Triggers": triggers, "Events": events, "URL": typed, "Problem": problem,
	}})
}

// postAutomation adds one automation for every event that was ticked.
func (p *pages) postAutomation(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	to, events := strings.TrimSpace(r.PostForm.Get("url")), map[string]bool{}
	problem := "Tick at least one event."
	for _, event := range r.PostForm["event"] {
		events[event] = true
		problem = ""
		if err := (Automation{Event: event, URL: to}).Check(); err != nil {
			problem = kit.Sentence(err)
		}
	}
	if problem != "" {
		p.automations(w, http.StatusUnprocessableEntity, to, events, problem)
		return
	}
	for _, t := range triggers {
		if events[t.Event] {
			_ = p.c.AddAutomation(Automation{Event: t.Event, URL: to}) // checked above
		}
	}
	http.Redirect(w, r, "/automations", http.StatusSeeOther)
}

func (p *pages) postTest(w http.ResponseWriter, r *http.Request) {
	if err := p.c.TestAutomation(chosen(r)); err != nil {
		p.Refuse(w, kit.Refused{Status: http.StatusNotFound, Title: "This automation is gone",
			Why: "It was deleted meanwhile.", Fix: "Go back to Automations."})
		return
	}
	if p.c.opts.Hooks != nil {
		p.c.opts.Hooks.Settle(2 * time.Second) // so that the page can tell the answer
	}
	http.Redirect(w, r, "/automations", http.StatusSeeOther)
}

func (p *pages) postDelete(w http.ResponseWriter, r *http.Request) {
	p.c.DropAutomation(chosen(r))
	http.Redirect(w, r, "/automations", http.StatusSeeOther)
}

func chosen(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PostFormValue("id"), 10, 64)
	return id
}
