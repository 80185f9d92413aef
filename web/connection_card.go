package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// known is what all cards of a workspace are made from.
type known struct {
	clock   templates.Clock
	flows   []flow.Flow
	people  map[string]store.User
	budgets map[string]connection.Snapshot
}

func (s *Server) knowledge(ctx context.Context, ws string) (known, error) {
	k := known{people: map[string]store.User{}}
	var err error
	if k.clock, err = s.clock(ctx, ws); err != nil {
		return k, err
	}
	if k.flows, err = s.o.Store.Flows(ctx, ws); err != nil {
		return k, err
	}
	people, err := s.o.Store.Users(ctx, ws)
	for _, u := range people {
		k.people[u.ID] = u
	}
	if s.o.Connect.Pool != nil {
		k.budgets = s.o.Connect.Pool.Snapshots()
	}
	return k, err
}

// card gathers what is known of a connection. Nothing is asked of its system.
func (s *Server) card(ctx context.Context, conn connection.Connection, k known) (templates.ConnectionCard, error) {
	c := templates.ConnectionCard{ID: conn.ID, Name: conn.Name, Clock: k.clock, Checked: conn.CheckedAt, Checkable: conn.State != connection.NeedsKey, Used: -1}
	sys, ok := s.o.Connect.Systems[conn.System]
	if !ok {
		return c, fmt.Errorf("connection %s is of the system %s, which this program does not know", conn.ID, conn.System)
	}
	spec := sys.Spec
	c.System = systemOf(spec, "")
	c.Country, c.Zone = conn.Identity.Region, conn.Identity.Zone
	if name := accountOf(conn); name != conn.Name {
		c.Account = name
	} else if conn.Identity.ID != "" && conn.Identity.ID != conn.Name {
		c.Account = conn.Identity.ID
	}
	permit, has, err := s.o.Connect.Permit(ctx, conn.Workspace, conn.ID)
	if err != nil {
		return c, err
	}
	heard, err := s.o.Store.LastHeard(ctx, conn.Workspace, conn.ID)
	if err != nil {
		return c, err
	}
	hook, err := s.o.Store.Setting(ctx, conn.Workspace, connection.HookSetting(conn.ID))
	if err != nil {
		return c, err
	}
	by, err := s.o.Store.Setting(ctx, conn.Workspace, connectedSetting(conn.ID))
	if err != nil {
		return c, err
	}
	c.ToldAt, c.Told = heard.At, told(spec, conn, hook != "", heard)
	c.Connected = connectedLine(k, by, permit.Obtained)
	c.KeyLine = keyLine(conn, permit, k.clock)
	allowance(&c, spec, conn, k)
	var needs []connector.Need
	for _, f := range k.flows {
		for side, id := range f.Connections {
			if id == conn.ID {
				needs = append(needs, f.Needs(connector.Side(side))...)
				c.Flows = append(c.Flows, templates.Choice{ID: f.ID, Name: f.Name})
			}
		}
	}
	more, err := s.automationNeeds(ctx, conn.Workspace, conn.ID)
	if err != nil {
		return c, err
	}
	for _, n := range more {
		needs = append(needs, n.needs...)
	}
	mayDo(&c, spec, permit, has, needs)
	s.health(&c, conn, waiting(k.flows, conn.ID))
	return c, nil
}

// waiting names the flows that are switched on and use a connection.
func waiting(flows []flow.Flow, conn string) (names []string) {
	for _, f := range flows {
		if f.Enabled && slices.Contains(f.Connections[:], conn) {
			names = append(names, f.Name)
		}
	}
	return names
}

// health is the state of a connection in words, and the one thing that mends it.
func (s *Server) health(c *templates.ConnectionCard, conn connection.Connection, flows []string) {
	again := "/connections/" + conn.ID + "/key"
	waits := "No flow waits for it."
	if len(flows) == 1 {
		waits = "The flow “" + flows[0] + "” waits for it, and nothing is lost."
	} else if len(flows) > 1 {
		waits = "These flows wait for it, and nothing is lost: " + strings.Join(flows, ", ") + "."
	}
	switch {
	case conn.State == connection.NeedsKey:
		c.Kind, c.Says, c.Drawing = "off", "Not connected", "circle-dashed"
		c.Trouble = &templates.Trouble{Kind: "warn", Title: "It has no key", Text: cmp.Or(sentence(conn.Problem), "Its key was forgotten or never given.") + " " + waits, Href: again, Button: "Connect it"}
	case conn.State == connection.Reconnect:
		c.Kind, c.Says, c.Drawing = "bad", "Needs to be connected again", "circle-x"
		c.Trouble = &templates.Trouble{Kind: "bad", Title: c.System.Name + " does not take the key any more", Text: cmp.Or(sentence(conn.Problem), "It has ended or was taken back.") + " " + waits, Href: again, Button: "Reconnect"}
	case len(c.Missing) > 0:
		c.Kind, c.Says, c.Drawing = "warn", templates.Capital(numberWord(len(c.Missing)))+" "+plural(len(c.Missing), "permission", "permissions")+" missing", "circle-alert"
		what := c.Missing[0].Words
		if len(c.Missing) > 1 {
			what = templates.Number(len(c.Missing)) + " things"
		}
		c.Trouble = &templates.Trouble{Kind: "warn", Title: c.System.Name + " does not let Couplet do all that is needed", Text: "Missing: " + what + ". A flow that needs it cannot be switched on.", Href: again, Button: "Ask again"}
	default:
		c.Kind, c.Says, c.Drawing = "ok", "Healthy", "check"
	}
}

// mayDo sorts the permissions into those that are there and those that a flow misses.
func mayDo(c *templates.ConnectionCard, spec *connector.Spec, permit connection.Permit, has bool, needs []connector.Need) {
	if !has || len(permit.Scopes) == 0 {
		c.Unknown = true
		return
	}
	for _, x := range spec.ScopesNamed(permit.Scopes...) {
		c.May = append(c.May, permission(x, nil))
	}
	for _, x := range spec.ScopesFor(needs...) {
		if !slices.Contains(permit.Scopes, x.Name) {
			c.Missing = append(c.Missing, permission(x, needs))
		}
	}
}

// connectedLine says who connected an account and when, as far as it is known.
func connectedLine(k known, by string, at time.Time) string {
	var parts []string
	if u, ok := k.people[by]; ok {
		parts = append(parts, "by "+u.Called())
	}
	if !at.IsZero() {
		parts = append(parts, k.clock.Date(at))
	}
	return strings.Join(parts, ", ")
}

// keyLine says what kind of key a connection has and until when.
func keyLine(conn connection.Connection, permit connection.Permit, clock templates.Clock) string {
	switch {
	case conn.State == connection.NeedsKey:
		return "None"
	case conn.State == connection.Reconnect && conn.AuthKind == connection.KindToken:
		return "Pasted, not taken any more"
	case conn.State == connection.Reconnect:
		return "By consent, not taken any more"
	case conn.AuthKind == connection.KindToken:
		return "Pasted, does not end by itself"
	case permit.Expires.IsZero():
		return "By consent"
	case permit.Renews && !permit.Renewed.IsZero():
		return "By consent, renews " + clock.Until(permit.Expires) + ", last renewed " + clock.Ago(permit.Renewed)
	case permit.Renews:
		return "By consent, renews " + clock.Until(permit.Expires)
	}
	return "By consent, ends " + clock.Until(permit.Expires)
}

// told says whether a system tells of changes.
func told(spec *connector.Spec, conn connection.Connection, address bool, heard store.Heard) string {
	switch {
	case !heard.At.IsZero():
		return "Yes, last one"
	case spec.Hooks.Kind == "none":
		return "No, it is asked every few minutes."
	case spec.Hooks.Kind == "manual" && address:
		return "There is an address, nothing has come yet."
	case spec.Hooks.Kind == "app" && conn.AuthKind == connection.KindConsent:
		return "By the installed app, nothing has come yet."
	}
	return "Not set up, it is asked every few minutes."
}

// allowance says how much of a day's requests is used, where the system tells, and how fast they may come.
func allowance(c *templates.ConnectionCard, spec *connector.Spec, conn connection.Connection, k known) {
	c.Daily = spec.Limits.Daily
	c.Pace = fmt.Sprintf("At most %d in %s", spec.Limits.Max, templates.Took(time.Duration(spec.Limits.Window)))
	if time.Duration(spec.Limits.Window) == time.Second {
		c.Pace = fmt.Sprintf("At most %d a second", spec.Limits.Max)
	}
	if conn.PerSecond > 0 {
		c.Pace = "At most " + strconv.FormatFloat(conn.PerSecond, 'f', -1, 64) + " a second, as you set it"
	}
	b, ok := k.budgets[conn.ID]
	if !ok {
		return
	}
	if c.Daily > 0 && b.DailyRemaining >= 0 {
		c.Used = max(0, c.Daily-b.DailyRemaining)
	}
	if b.PausedUntil.After(k.clock.Now) {
		c.PausedFor = "No requests until " + k.clock.Hour(b.PausedUntil) + ": " + sentence(b.Why)
	}
}
