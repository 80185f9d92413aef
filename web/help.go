package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/docs"
	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// guides are the documents that the help leads to, in order, by the names of their files.
var guides = []templates.Choice{
	{ID: "limits", Name: "What Couplet cannot promise"},
	{ID: "steps", Name: "All steps, with what each of them loses"},
	{ID: "pains", Name: "What goes wrong elsewhere, and what keeps it away here"},
	{ID: "proof", Name: "How it is shown that two systems stay in step"},
	{ID: "performance", Name: "How fast it is"},
	{ID: "self-hosting", Name: "Running Couplet on your own machine"},
	{ID: "api", Name: "Couplet for programs"},
}

// helpPage explains words, rules and keys.
func (s *Server) helpPage(c echo.Context) error {
	return page(c, http.StatusOK, templates.Help(templates.HelpPage{Frame: frame(c, "Help", "help"), Kept: kept(store.DefaultPolicy), Docs: guides}))
}

// kept is what is kept of a workspace, and for how long.
func kept(p store.Policy) []templates.Term {
	days := func(d time.Duration) string { return templates.Count(int(d/(24*time.Hour)), "day", "days") }
	return []templates.Term{
		{Word: "Fields of records", Means: "Those that your maps name, the match keys among them, as both sides last showed them, on this server and nowhere else. They stay when an account is disconnected: it may be connected again. Nothing else of a record is kept."},
		{Word: "What was agreed", Means: "Which two records belong together, and what each side held when they last agreed, for as long as this installation is there: a flow that is made again makes nothing twice."},
		{Word: "Runs", Means: "What each did to which record, with the values before and after: " + days(p.Runs) + ". Runs that found nothing to do: " + days(p.QuietRuns) + ". An undo reaches back " + days(engine.UndoFor) + "."},
		{Word: "Values that gave way", Means: "And what people decided: " + days(p.Conflicts) + ". What still needs you waits for ever."},
		{Word: "Calls that told of changes", Means: "That they came and which record they were about, never what they said: " + days(p.Events) + "."},
		{Word: "Deleted records", Means: "Their IDs, so that none of them comes back by itself, and their match keys for 90 days in a form from which nobody can read them. The fields that your maps name stay as they were last shown, and no time takes them away: a flow may have to make the record again. What runs wrote to it is kept for as long as the runs are."},
		{Word: "Keys of accounts", Means: "Sealed with a key that only this server has, until you disconnect the account. They are in no log and in no file that you take along."},
		{Word: "Sign-ins", Means: "A session ends after 12 hours without use, and after " + days(store.SessionMost) + " in any case. Passwords are kept in a form from which nobody can read them."},
	}
}

// guide is one document, as it is written.
func (s *Server) guide(c echo.Context) error {
	name := c.Param("guide")
	if !slices.ContainsFunc(guides, func(g templates.Choice) bool { return g.ID == name }) {
		return echo.ErrNotFound
	}
	text, err := docs.All.ReadFile(name + ".md")
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", text)
}

// componentsPage shows what pages are made of, with invented data.
func (s *Server) componentsPage(c echo.Context) error {
	if !s.o.Gallery {
		return echo.ErrNotFound
	}
	return page(c, http.StatusOK, templates.Components(frame(c, "Components", "")))
}
