package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"couplet/internal/sandbox"
)

// sandboxCmd runs only the two pretend CRMs (cli.md, `couplet sandbox`).
type sandboxCmd struct {
	HighlevelAddr  string        `default:"127.0.0.1:0" help:"Where the pretend HighLevel listens."`
	UsercomAddr    string        `default:"127.0.0.1:0" help:"Where the pretend User.com listens."`
	ControlAddr    string        `default:"127.0.0.1:0" help:"Where the control routes listen."`
	Contacts       int           `default:"250" help:"People to seed, over both sides."`
	Seed           int64         `default:"1" help:"The same seed gives the same people."`
	Latency        time.Duration `default:"0ms" help:"Added to every answer."`
	SearchLag      time.Duration `default:"0ms" help:"How long the search index of HighLevel lags."`
	UsercomLag     time.Duration `default:"0ms" help:"How long the lists of User.com lag."`
	RateLimits     string        `default:"real" help:"real, off, or N/s for both sides."`
	WebhookURL     string        `help:"Where webhooks go." placeholder:"URL"`
	UsercomHookURL string        `help:"Where User.com's automation calls go." placeholder:"URL"`
	RedirectURI    []string      `help:"Address registered for both OAuth apps; without any, https and this machine's own are accepted." placeholder:"URL"`
	AccessLife     time.Duration `help:"How long OAuth access tokens live; each side's own when left out."`
	DropState      bool          `help:"The consent pages do not send state back."`
	Fault          []string      `help:"NAME=RATE: before, after, timeout, ignore-field, created-422, revoke, lose, double, shuffle." placeholder:"NAME=RATE"`
	Chaos          bool          `help:"All faults at moderate rates."`
	State          string        `help:"File to keep everything in, so that a restart goes on." placeholder:"FILE"`
	Expose         bool          `help:"Allow addresses that are not loopback."`
	JSON           bool          `name:"json" help:"Print one line of JSON when ready."`
}

func (sandboxCmd) Help() string { return "Example: couplet sandbox --contacts 2000 --json" }

func (c *sandboxCmd) Run(ctx context.Context, t *terminal) error {
	faults := map[string]float64{}
	for _, f := range c.Fault {
		name, rate, _ := strings.Cut(f, "=")
		r, err := strconv.ParseFloat(rate, 64)
		if err != nil || r < 0 || r > 1 {
			return &exit{Code: 2, Text: fmt.Sprintf("--fault %s: give a rate from 0 to 1, as in before=0.05", f)}
		}
		faults[name] = r
	}
	s, err := sandbox.Start(ctx, sandbox.Options{HighLevelAddr: c.HighlevelAddr, UserComAddr: c.UsercomAddr, ControlAddr: c.ControlAddr,
		Contacts: c.Contacts, Seed: c.Seed, Latency: c.Latency, SearchLag: c.SearchLag, UserComLag: c.UsercomLag, RateLimits: c.RateLimits,
		WebhookURL: c.WebhookURL, UserComHookURL: c.UsercomHookURL,
		RedirectURIs: c.RedirectURI, AccessLife: c.AccessLife, DropState: c.DropState, Faults: faults, Chaos: c.Chaos, StateFile: c.State, Expose: c.Expose})
	if err != nil {
		return err
	}
	info := s.Info()
	if c.JSON {
		err = t.json(info)
	} else {
		t.printf("Pretend HighLevel  %s\n  location  %s\n  key       %s\nPretend User.com   %s\n  subdomain %s\n  key       %s\n  tasks are activities of type %s, notes of type %s, shown as %s\n  agents    %s\nControl            %s\n  X-Sandbox-Key: %s\n",
			info.HighLevel.URL, info.HighLevel.LocationID, info.HighLevel.Token, info.UserCom.URL, info.UserCom.Subdomain, info.UserCom.Token,
			info.Settings.TaskType, info.Settings.NoteType, info.Settings.TextFormat, info.Settings.Agents, info.Control.URL, info.Control.Key)
		t.printf("Both side by side  %s\n", info.Control.Page)
		e := info.Expected
		t.printf("Once in step: %d pairs linked, %d created in HighLevel, %d created in User.com, %d records left for a person.\n", e.Linked, e.CreatedA, e.CreatedB, e.Review)
		for _, of := range []struct {
			name string
			n    sandbox.ExpectedOf
		}{{"tasks", info.Tasks}, {"notes", info.Notes}} {
			t.printf("Then of their %s: %d pairs linked, %d created in HighLevel, %d created in User.com.\n", of.name, of.n.Linked, of.n.CreatedA, of.n.CreatedB)
		}
		t.printf("Stop with Ctrl-C.\n")
	}
	if err != nil {
		return err
	}
	if f, ok := t.Out.(*os.File); ok {
		_ = f.Sync() // a pipe cannot be synced, and need not be
	}
	<-ctx.Done()
	return s.Close()
}
