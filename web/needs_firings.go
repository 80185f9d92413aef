package web

import (
	"context"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/command"
	"couplet/internal/store"
	"couplet/templates"
)

// needsFirings gathers the reasons for which runs of automations wait for a person.
func (s *Server) needsFirings(ctx context.Context, ws string, h house, v *templates.NeedsPage, lines []needLine) ([]needLine, error) {
	needs, err := s.o.Store.FiringNeeds(ctx, ws)
	shown := 0
	for _, n := range needs {
		key := firingKey(n.Automation, n.Reason)
		if v.Flow != "" && v.Flow != n.Automation {
			continue
		}
		v.Counts["firing"] += n.N
		if shown++; shown > linesOnPage && key != v.Item {
			continue
		}
		newest, err := s.o.Store.Firing(ctx, ws, n.Newest)
		if isNotFound(err) { // it went on meanwhile, and was forgotten
			continue
		}
		if err != nil {
			return lines, err
		}
		a, _ := h.automation(n.Automation)
		name := firingLine(newest).About
		if n.N > 1 {
			name += " and " + templates.Number(n.N-1) + " more"
		}
		lines = append(lines, needLine{kind: "firing", NeedLine: templates.NeedLine{Key: key, Name: name, Sub: a.Name + ": " + shortened(n.Reason, 70), Flow: a.Name, Since: newest.At}, open: func(ctx context.Context) error {
			x, err := s.needFiring(ctx, ws, a, n)
			v.Firings = []templates.NeedFiring{x}
			return err
		}})
	}
	return lines, err
}

// shortened is a text of at most so many signs.
func shortened(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// firingFixes say what to do about runs of automations that wait, by whether their end is in doubt.
var firingFixes = map[bool]string{
	true:  "Look there whether it happened, then say so here: it is not done twice by itself. Each can be answered on its own page.",
	false: "Mend what the reason names: the record or the account there, or the step here, and publish it. Then do the step again, by the newest version if you changed it.",
}

func firingTitle(n store.FiringNeed) string {
	if n.Doubt {
		return "It may have happened, or not"
	}
	return "A step cannot be done"
}

func (s *Server) needFiring(ctx context.Context, ws string, a store.AutomationName, n store.FiringNeed) (templates.NeedFiring, error) {
	x := templates.NeedFiring{Automation: n.Automation, Name: a.Name, Title: firingTitle(n), Why: n.Reason, Fix: firingFixes[n.Doubt], Reason: n.Reason, Newest: n.Newest, N: n.N}
	list, err := s.o.Store.Firings(ctx, ws, store.FiringFilter{Automation: n.Automation, State: automation.Parked, Reason: n.Reason}, "", ofEach)
	for _, f := range list {
		x.Runs = append(x.Runs, templates.NeedFiringRun{About: firingLine(f).About, Href: "/automations/" + f.Automation + "/runs/" + f.ID, At: f.At})
	}
	if err != nil || len(list) == 0 {
		return x, err
	}
	entries, err := s.o.Store.FiringEntries(ctx, ws, list[0].ID)
	for i, answer := range list[0].Answers(entries) {
		if answer == automation.OnceMore || answer == automation.OnceOwn || answer == automation.Newest && list[0].Version == a.Version {
			continue
		}
		x.Answers = append(x.Answers, templates.FiringAnswer{Value: answer, Text: answerTexts[answer][0], Help: answerTexts[answer][1], Primary: i == 0})
	}
	return x, err
}

// decideFirings answers all runs of an automation that wait for one reason.
func (s *Server) decideFirings(c echo.Context, h house, on string, back func(text string, bad bool) error) error {
	ctx, d := c.Request().Context(), s.desk(c)
	f := store.FiringFilter{Automation: c.FormValue("automation"), State: automation.Parked, Reason: c.FormValue("reason"), UpTo: c.FormValue("newest")}
	if _, ok := h.automation(f.Automation); !ok || f.Reason == "" {
		return back(settledText, true)
	}
	ids, err := s.o.Store.FiringIDs(ctx, d.Workspace, f, command.MostAnswered)
	if err != nil {
		return err
	}
	shown, _ := strconv.Atoi(c.FormValue("n"))
	switch {
	case len(ids) == 0:
		return back(settledText, true)
	case len(ids) > 1 && c.FormValue("sure") != "yes":
		return back("Nothing was decided: say first that you mean all of them.", true)
	case len(ids) > shown:
		return back("It is "+templates.Count(len(ids), "run", "runs")+" by now, and you saw another number. Nothing was decided; look again.", true)
	}
	said, err := s.sayFirings(c, ids, command.Say{Answer: c.FormValue("answer")})
	if err != nil {
		return err
	}
	if len(said.Changed) == 0 {
		return back(settledText, true)
	}
	return s.sayAndGo(c, firingsSaid(c.FormValue("answer"), said), false, on)
}

// sayFirings has firings go on as somebody says, and wakes their automations.
func (s *Server) sayFirings(c echo.Context, ids []string, say command.Say) (command.Said, error) {
	said, err := s.desk(c).Say(c.Request().Context(), ids, say)
	for _, id := range said.Automations() {
		s.wakeAutomation(c, id)
	}
	return said, err
}

// firingsSaid says what came of an answer to several.
func firingsSaid(answer string, said command.Said) string {
	n := len(said.Changed)
	text := templates.Count(n, "run goes on.", "runs go on.")
	switch answer {
	case automation.EndIt:
		text = templates.Count(n, "run was ended.", "runs were ended.") + " What was done stays."
	case automation.OnceMore, automation.OnceOwn:
		text = templates.Count(n, "run begins", "runs begin") + " again from the start. Steps that are done once for a record stay done."
	}
	if said.Doubt > 0 {
		text += " " + templates.Count(said.Doubt, "is left", "are left") + " because nobody knows whether a call happened: open each, look there, and say."
	}
	if rest := said.Left - said.Doubt; rest > 0 {
		text += " " + templates.Count(rest, "was left", "were left") + " as it does not stand there any more."
	}
	return text
}
