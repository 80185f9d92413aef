package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// keeps are the times for which a workspace remembers things, as a form asks for them in days.
var keeps = []struct {
	name, label, help string
	of                func(*store.Policy) *time.Duration
}{
	{"runs", "Runs and what they wrote", "Pages of runs, the history of each record, and the values from before: a run can be undone for so long.", func(p *store.Policy) *time.Duration { return &p.Runs }},
	{"quiet", "Runs that found nothing to do", "They are shown folded among the others. No longer than the others.", func(p *store.Policy) *time.Duration { return &p.QuietRuns }},
	{"losses", "Values that gave way, and what people decided", "Where both sides had changed a value, the one that was not taken; and answers on Needs you. What waits for an answer is kept until it has one.", func(p *store.Policy) *time.Duration { return &p.Conflicts }},
	{"calls", "Calls of the systems", "That a system told of a change, and of which record; never what it said. So a call that comes twice is known.", func(p *store.Policy) *time.Duration { return &p.Events }},
}

// everies are how often a new flow may look by itself.
var everies = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

const fromTemplate = "As its template says"

// settled is what is chosen for a workspace, as it was read.
type settled struct {
	name, zone string
	hosts      string
	defaults   flow.Defaults
	keeps      store.Policy
}

func (s *Server) settled(ctx context.Context, ws string) (is settled, err error) {
	if is.name, err = s.o.Store.WorkspaceName(ctx, ws); err != nil {
		return is, err
	}
	if is.zone, err = s.o.Store.Setting(ctx, ws, zoneSetting); err != nil {
		return is, err
	}
	if is.hosts, err = s.o.Store.Setting(ctx, ws, store.HostsSetting); err != nil {
		return is, err
	}
	if is.defaults, err = s.o.Store.Defaults(ctx, ws); err != nil {
		return is, err
	}
	is.keeps, err = s.o.Store.Keeps(ctx, ws)
	return is, err
}

// workspaceSettings is the page as it stands.
func (s *Server) workspaceSettings(c echo.Context) (p templates.WorkspaceSettings, is settled, err error) {
	ctx, v := c.Request().Context(), visitorOf(c)
	if p.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return p, is, err
	}
	if is, err = s.settled(ctx, ws(c)); err != nil {
		return p, is, err
	}
	zone, d, kept := is.zone, is.defaults, is.keeps
	p.Frame, p.May, p.Watch = frame(c, "Workspace", "settings"), may(v.Role, owner), d.Watch
	p.Name = templates.TextField{Name: "name", Label: "Name of the client", Value: is.name, Autocomplete: "off"}
	p.Zone = templates.TextField{Name: "zone", Label: "Time zone", Value: zone, Autocomplete: "off", Optional: true, Placeholder: p.Clock.Zone.String(),
		Hint: "Such as Europe/Warsaw. Empty: that of the accounts."}
	p.Hosts = templates.TextField{Name: "hosts", Label: "Hosts", Value: is.hosts, Autocomplete: "off", Optional: true, Placeholder: "hooks.example.com",
		Hint: "Such as hooks.example.com, several with spaces between. Empty: none."}
	p.Country = []templates.MapOption{{Text: "The country of the accounts", Chosen: d.Region == ""}}
	for _, r := range mapping.Regions() {
		p.Country = append(p.Country, templates.MapOption{Value: r.Code, Text: strings.ReplaceAll(r.Name, "&", "and") + " +" + strconv.Itoa(r.Prefix), Chosen: r.Code == d.Region})
	}
	p.Every = []templates.MapOption{{Text: fromTemplate, Chosen: d.Every == 0}}
	for _, e := range everies {
		p.Every = append(p.Every, templates.MapOption{Value: e.String(), Text: templates.ScheduleWords(flow.Schedule{Every: flow.Duration(e)}), Chosen: e == d.Every.D()})
	}
	p.Deletes = []templates.MapOption{{Text: fromTemplate, Chosen: d.Delete == ""}}
	all := flow.Flow{Object: "contact"}.Deletes()
	elsewhere := flow.Flow{Object: "task"}.Deletes()
	for _, x := range all {
		text := deleteWords[x].option
		if !slices.Contains(elsewhere, x) {
			text += " (contacts; others as their template says)"
		}
		p.Deletes = append(p.Deletes, templates.MapOption{Value: string(x), Text: text, Chosen: x == d.Delete})
	}
	least, most := store.LeastPolicy, store.MostPolicy
	for _, k := range keeps {
		p.Keeps = append(p.Keeps, templates.KeepField{Name: k.name, Label: k.label, Help: k.help, Value: strconv.Itoa(days(*k.of(&kept))), Least: days(*k.of(&least)), Most: days(*k.of(&most))})
	}
	p.Seen = map[string]string{"name": seenOf(p.Name.Value), "zone": seenOf(zone), "hosts": seenOf(is.hosts), "defaults": seenOf(d), "keeps": seenOf(kept)}
	return p, is, nil
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

func (s *Server) workspacePage(c echo.Context) error {
	p, _, err := s.workspaceSettings(c)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.WorkspacePage(p))
}

// saveWorkspace saves the form of the page that was sent.
func (s *Server) saveWorkspace(c echo.Context) error {
	p, was, err := s.workspaceSettings(c)
	if err != nil {
		return err
	}
	clash := func() error {
		p.Clash = clashText + typedOver(c, &p)
		return page(c, http.StatusConflict, templates.WorkspacePage(p))
	}
	if outdated(c, p.Seen[c.FormValue("do")]) {
		return clash()
	}
	said := ""
	switch c.FormValue("do") {
	case "name":
		said, err = s.renameWorkspace(c, &p, was)
	case "zone":
		said, err = s.saveZone(c, &p, was)
	case "hosts":
		said, err = s.saveHosts(c, &p, was)
	case "defaults":
		said, err = s.saveDefaults(c, was)
	case "keeps":
		said, err = s.saveKeeps(c, &p, was)
	default:
		return &Error{Status: http.StatusBadRequest, Text: "The form did not say what to save. Open the page again."}
	}
	switch {
	case errors.Is(err, store.ErrOutdated): // while this was read
		if p, _, err = s.workspaceSettings(c); err != nil {
			return err
		}
		return clash()
	case err != nil:
		return err
	case said == "":
		return page(c, http.StatusUnprocessableEntity, templates.WorkspacePage(p))
	}
	return s.sayAndGo(c, said, false, "/settings/workspace")
}

// Each of these says what it saved, "" where something is wrong that the page now shows.

func (s *Server) renameWorkspace(c echo.Context, p *templates.WorkspaceSettings, was settled) (string, error) {
	p.Name.Value = typed(c, "name")
	if p.Name.Error = nameProblem(p.Name.Value, "the client a name"); focusFirst(&p.Name) {
		return "", nil
	}
	err := s.o.Store.RenameWorkspace(c.Request().Context(), ws(c), was.name, p.Name.Value)
	if errors.Is(err, store.ErrExists) {
		p.Name.Error = nameTaken
		focusFirst(&p.Name)
		return "", nil
	}
	return "The client is now called " + p.Name.Value + ".", err
}

func (s *Server) saveZone(c echo.Context, p *templates.WorkspaceSettings, was settled) (string, error) {
	name := typed(c, "zone")
	p.Zone.Value = name
	if name != "" && !mapping.KnownZone(name) {
		p.Zone.Error = "No time zone is called that. " + meantZone(name)
		focusFirst(&p.Zone)
		return "", nil
	}
	return "Times are now those of " + cmp.Or(name, "the accounts") + ".", s.o.Store.ChangeSetting(c.Request().Context(), ws(c), zoneSetting, was.zone, name)
}

// saveHosts saves which hosts steps of automations may call.
func (s *Server) saveHosts(c echo.Context, p *templates.WorkspaceSettings, was settled) (string, error) {
	hosts := strings.Fields(strings.ReplaceAll(strings.ToLower(typed(c, "hosts")), ",", " "))
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	p.Hosts.Value = typed(c, "hosts")
	for _, h := range hosts {
		if u, err := url.Parse("https://" + h); err != nil || u.Host != h || u.Hostname() == "" || strings.ContainsAny(h, "*@") {
			p.Hosts.Error = "“" + h + "” is no host. Write it without https:// and without a path, such as hooks.example.com or hooks.example.com:8443."
			focusFirst(&p.Hosts)
			return "", nil
		}
	}
	said := "Steps may call no address of your own now."
	if len(hosts) > 0 {
		said = "Steps may call " + strings.Join(hosts, ", ") + " now."
	}
	return said, s.o.Store.ChangeSetting(c.Request().Context(), ws(c), store.HostsSetting, was.hosts, strings.Join(hosts, " "))
}

// meantZone says which time zone somebody may have meant.
func meantZone(name string) string {
	if near := mapping.NearZone(name); near != "" {
		return "Perhaps you mean " + near + "."
	}
	return "It is a place, such as Europe/Warsaw or America/New_York, or UTC."
}

func (s *Server) saveDefaults(c echo.Context, was settled) (string, error) {
	every, err := time.ParseDuration(cmp.Or(c.FormValue("every"), "0s"))
	d := flow.Defaults{Region: c.FormValue("country"), Every: flow.Duration(every), Delete: flow.Delete(c.FormValue("delete")), Watch: c.FormValue("watch") == "on"}
	if err != nil || every != 0 && !slices.Contains(everies, every) || d.Region != "" && !mapping.KnownRegion(d.Region) ||
		d.Delete != "" && !slices.Contains(flow.Flow{Object: "contact"}.Deletes(), d.Delete) {
		return "", &Error{Status: http.StatusBadRequest, Text: "The form named something that there is not to choose. Open the page again."}
	}
	return "New flows begin with that from now on. Those that exist stay as they are.", s.o.Store.SaveDefaults(c.Request().Context(), ws(c), was.defaults, d)
}

func (s *Server) saveKeeps(c echo.Context, p *templates.WorkspaceSettings, was settled) (string, error) {
	var kept store.Policy
	wrong := false
	for i, k := range keeps {
		f := &p.Keeps[i]
		f.Value = typed(c, k.name)
		n, err := strconv.Atoi(f.Value)
		if err != nil || n < f.Least || n > f.Most {
			f.Error, wrong = "This takes a whole number of days between "+strconv.Itoa(f.Least)+" and "+strconv.Itoa(f.Most)+".", true
			continue
		}
		*k.of(&kept) = time.Duration(n) * 24 * time.Hour
		if k.name == "quiet" && kept.Runs > 0 && kept.QuietRuns > kept.Runs {
			f.Error, wrong = "Runs that found nothing to do are kept no longer than the others.", true
		}
	}
	if wrong {
		return "", nil
	}
	return "From now on it is remembered for so long.", s.o.Store.SaveKeeps(c.Request().Context(), ws(c), was.keeps, kept)
}
