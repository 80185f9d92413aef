package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"couplet/internal/command"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

// runCmd runs a flow once and waits (cli.md, `couplet run`).
type runCmd struct {
	Flow   string        `arg:"" help:"Name of the flow."`
	DryRun bool          `help:"Plan only: say what would change, and write nothing."`
	Full   bool          `help:"Read both sides completely."`
	Allow  bool          `help:"Let this one run write beyond the brake."`
	Wait   time.Duration `default:"-1ns" help:"Return after this long, with code 6 if the run is not over. Default: wait for the end." placeholder:"DURATION"`
	JSON   bool          `name:"json" help:"Answer with JSON."`
}

func (runCmd) Help() string { return "Example: couplet run contacts --json" }

// codes are the exit codes of run.
var codes = map[engine.Status]int{engine.Done: 0, engine.DoneWithProblems: 3, engine.Paused: 4, engine.Cancelled: 5, engine.Failed: 1}

func (c *runCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	f, err := a.desk().Flow(ctx, c.Flow)
	if err != nil {
		return err
	}
	if !f.Enabled && !c.DryRun {
		return fmt.Errorf("flow %s is off, so nothing was run; set `enabled: true` in its flow file and apply it, or look at what it would do with --dry-run", f.Name)
	}
	req := engine.Request{Workspace: a.ws, Flow: f, Trigger: "manual", DryRun: c.DryRun, Full: c.Full, Look: true, Allow: c.Allow}
	quiet := a.progress(ctx, t, f)
	r, err := a.runUntil(ctx, req, c.Wait)
	quiet()
	if err != nil {
		return err
	}
	code, final := codes[r.Status]
	if !final {
		code = 6
		r.Note = fmt.Sprintf("Not over yet: a `couplet serve` that runs goes on with it, or else the next `couplet run %s`.", f.Name)
	}
	if c.JSON {
		err = t.json(command.RunJSON(r))
	} else {
		a.tell(context.WithoutCancel(ctx), t, f, r) // an interrupted run is told, too
	}
	if err != nil {
		return err
	}
	if code != 0 {
		return &exit{Code: code}
	}
	return nil
}

// runUntil runs, or follows the run that somebody else is carrying out, until it is over or the time is up.
func (a *app) runUntil(ctx context.Context, req engine.Request, wait time.Duration) (engine.Run, error) {
	if wait >= 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		req.Started = func(engine.Run) {
			if wait == 0 {
				cancel() // stored; a server, or the next run, goes on with it
			}
		}
		if wait > 0 {
			timer := time.AfterFunc(wait, cancel)
			defer timer.Stop()
		}
	}
	for {
		r, err := a.engine.Run(ctx, req)
		if !errors.Is(err, engine.ErrBusy) {
			return r, err
		}
		r, over, err := a.follow(ctx, req.Flow)
		if err != nil || over {
			return r, err
		}
	}
}

// progress tells a person at a terminal every few seconds how far the run has come, on stderr. The function that it
// returns ends that.
func (a *app) progress(ctx context.Context, t *terminal, f flow.Flow) (end func()) {
	if !t.forPerson() {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(5 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if r, found, err := a.store.ActiveRun(ctx, a.ws, f.ID); err == nil && found {
				fmt.Fprintln(t.Err, soFar(r))
			}
		}
	}()
	return func() { cancel(); <-over }
}

// soFar is a run that is not over, on one line.
func soFar(r engine.Run) string {
	calls := r.APICalls[0].Read + r.APICalls[0].Write + r.APICalls[1].Read + r.APICalls[1].Write
	text := fmt.Sprintf("  %s: %d created, %d updated, %d linked, %d failed; %d calls so far", r.Status,
		r.To[0].Created+r.To[1].Created, r.To[0].Updated+r.To[1].Updated, r.Linked, r.To[0].Failed+r.To[1].Failed, calls)
	if r.Note != "" {
		text += "\n    " + r.Note
	}
	return text
}

// follow waits for a run that another worker carries out. over is false when that worker died, or works on another flow
// of the same two accounts: then it is our turn to try.
func (a *app) follow(ctx context.Context, f flow.Flow) (r engine.Run, over bool, err error) {
	r, found, err := a.store.ActiveRun(ctx, a.ws, f.ID)
	if err != nil {
		return r, false, err
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return r, true, nil
		case <-tick.C:
		}
		if !found {
			return r, false, nil
		}
		if r, err = a.store.RunByID(context.WithoutCancel(ctx), a.ws, r.ID); err != nil {
			return r, false, err
		}
		if r.Status.Final() {
			return r, true, nil
		}
		if a.now().Sub(r.Beat) > engine.DeadAfter {
			return r, false, nil
		}
	}
}

// tell prints a run for people.
func (a *app) tell(ctx context.Context, t *terminal, f flow.Flow, r engine.Run) {
	names := a.desk().Names(ctx, f)
	verb := ""
	if r.DryRun {
		verb = " (dry run: nothing was written)"
	}
	t.printf("%s: %s%s\n", f.Name, r.Status, verb)
	if r.Note != "" {
		t.printf("  %s\n", r.Note)
	}
	if r.Halt.Why == engine.HaltAfresh {
		t.printf("  See it with `couplet run %s --dry-run`; `couplet review afresh %s` approves it, or takes another answer.\n", f.Name, f.Name)
	}
	for _, side := range []engine.Side{engine.B, engine.A} {
		c := r.To[side]
		t.printf("  %s to %s: %d created, %d updated, %d skipped, %d conflicts, %d failed\n", names[side.Other()], names[side], c.Created, c.Updated, c.Skipped, c.Conflicts, c.Failed)
	}
	t.printf("  %d linked, %d unchanged, %d need review\n", r.Linked, r.Same, r.Review)
	took := "not over yet"
	if !r.Finished.IsZero() {
		took = r.Finished.Sub(r.Started).Round(time.Millisecond).String()
	}
	t.printf("  calls: %s %d read, %d write; %s %d read, %d write; %s\n", names[0], r.APICalls[0].Read, r.APICalls[0].Write,
		names[1], r.APICalls[1].Read, r.APICalls[1].Write, took)
	t.printf("  run %s; `couplet runs show %s` tells why\n", r.ID, r.ID)
}
