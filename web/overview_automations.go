package web

import (
	"context"
	"time"

	"couplet/internal/automation"
	"couplet/templates"
)

// firingLines are why runs of automations wait for a person, each automation one line for those that failed and one for those in doubt.
func (w watched) firingLines() (out []templates.OverviewNeed) {
	at := map[string]int{}
	for _, n := range w.firings {
		a, _ := w.automation(n.Automation)
		key := n.Automation + map[bool]string{true: " doubt"}[n.Doubt]
		if i, ok := at[key]; ok {
			out[i].N, out[i].Text = out[i].N+n.N, a.Name+" · for several reasons"
			continue
		}
		at[key] = len(out)
		line := templates.OverviewNeed{Kind: "bad", Icon: "circle-x", Title: firingTitle(n), Text: a.Name + " · " + shortened(n.Reason, 60), N: n.N, Href: "/needs-you?flow=" + n.Automation + "&kind=firing"}
		if n.Doubt {
			line.Kind, line.Icon = "warn", "circle-alert"
		}
		out = append(out, line)
	}
	if len(out) > mostNeeds {
		rest := templates.OverviewNeed{Kind: "warn", Icon: "ellipsis", Title: "Other automations", Text: "each with a few runs", Href: "/needs-you?kind=firing"}
		for _, line := range out[mostNeeds:] {
			rest.N += line.N
		}
		out = append(out[:mostNeeds], rest)
	}
	return out
}

// automationDay are the automations with what they did since a time.
func (s *Server) automationDay(ctx context.Context, ws string, w watched, since time.Time) (out []templates.OverviewAutomation, err error) {
	if len(w.autos) == 0 {
		return nil, nil
	}
	day, err := s.o.Store.FiringDay(ctx, ws, since)
	needs := map[string]int{}
	for _, n := range w.firings {
		needs[n.Automation] += n.N
	}
	for _, a := range w.autos {
		line := templates.OverviewAutomation{ID: a.ID, Name: a.Name, On: a.On, Made: a.Version > 0, Needs: needs[a.ID], Done: day[a.ID][automation.Done] + day[a.ID][automation.Ended],
			Held: day[a.ID][automation.Filtered], Waits: day[a.ID][automation.Waiting] + day[a.ID][automation.Open]}
		out = append(out, line)
	}
	return out, err
}
