package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strings"

	"couplet/internal/automation"
	"couplet/internal/automation/script"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/jobs"
	"couplet/internal/store"
)

// automations makes what notices that automations are set off, and what works that off.
func (a *app) automations(owner string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	a.runner = &automation.Runner{Store: a.store, Accounts: tools{a}, Systems: automationSystems(), Scripts: script.NewRunner(self, "script-child"), HTTP: a.http,
		Now: a.now, Random: rand.Float64, Owner: owner, Log: a.log}
	a.watcher = &automation.Watcher{Store: a.store, Links: links{a}, Systems: a.runner.Systems, Owner: owner, Now: a.now, Log: a.log}
	return nil
}

// automationSystems are the systems as automations see them, without an account's own fields.
func automationSystems() automation.Systems {
	out := automation.Systems{}
	for id, s := range systems() {
		out[id] = automation.System{Spec: s.Spec, Catalog: s.Operations}
	}
	return out
}

// tools is how automations reach accounts and addresses.
type tools struct{ a *app }

// Account implements automation.Accounts.
func (t tools) Account(ctx context.Context, ws, id string) (automation.Account, error) {
	c, err := t.a.store.ConnectionByID(ctx, ws, id)
	if errors.Is(err, store.ErrNotFound) {
		return automation.Account{}, &connector.Error{Kind: connector.Config, Message: "An account that this automation works with is no longer connected. Choose another one at the top of the automation, and publish it."}
	}
	if err != nil {
		return automation.Account{}, err
	}
	if c.State == connection.NeedsKey || c.State == connection.Reconnect {
		return automation.Account{}, &connector.Error{Kind: connector.Unauthorized, Message: "“" + c.Name + "” has to be connected again, under Connections."}
	}
	conn, err := links{t.a}.Open(ctx, ws, id, nil)
	if err != nil {
		return automation.Account{}, err
	}
	out := automation.Account{System: c.System, Settings: c.Settings, Region: c.Identity.Region}
	out.Staff, _ = conn.(connector.Staff)
	var can bool
	if out.Operator, can = conn.(connector.Operator); !can {
		return out, &connector.Error{Kind: connector.Config, Message: c.System + " has no operations."}
	}
	return out, nil
}

// Hosts implements automation.Accounts.
func (t tools) Hosts(ctx context.Context, ws string) ([]string, error) {
	text, err := t.a.store.Setting(ctx, ws, store.HostsSetting)
	return strings.Fields(text), err
}

// isAutomation reports whether an id is that of an automation; all other ids are those of flows.
func isAutomation(id string) bool { return strings.HasPrefix(id, "auto_") }

// automate is what a wake-up of an automation leads to: a look at what was told of, with poll at what nobody told, and then the
// steps of all that is due. What set off one that is off waits until it is on again.
func (a *app) automate(ctx context.Context, ws, id string, poll bool) error {
	stored, err := a.store.Automation(ctx, ws, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !stored.Published.Enabled {
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.watcher.Look(ctx, ws, stored.Published, poll); err != nil && !errors.Is(err, engine.ErrBusy) {
		// It looks again in a minute; what was noticed before is worked off all the same.
		a.log.Warn("an automation could not look at what sets it off", "automation", id, "workspace", ws, "error", err)
	}
	return a.runner.Work(ctx, ws, id)
}

// dueAutomations are the automations that have something to do. What a process of this machine had that is gone need not be waited for.
func (s source) dueAutomations(ctx context.Context) (list []jobs.Due, err error) {
	now := s.now()
	if err := errors.Join(s.st.FreeFirings(ctx, now, s.dead), s.st.FreeWatches(ctx, s.dead)); err != nil {
		return nil, err
	}
	looks, err := s.st.DueAutomations(ctx, now)
	firings, e := s.st.DueFirings(ctx, now)
	for _, d := range append(looks, firings...) {
		due := jobs.Due{Workspace: d.Workspace, Flow: d.Flow, Trigger: jobs.Webhook}
		if d.Scheduled {
			due.Trigger = "schedule"
		}
		list = append(list, due)
	}
	return list, errors.Join(err, e)
}
