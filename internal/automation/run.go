package automation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"couplet/internal/connector"
)

// Runner works firings off. It walks an automation from its beginning each time; what a step gave is remembered with its position,
// so that a step that was done is not done again, after a wait of three days as after a kill.
//
// A call that makes something is noted before it leaves. When nobody hears its end, whether it was cut off or the process died, it
// is in doubt: it is not made again by itself, but waits for a person. Calls that come to the same when they are made twice are
// simply made again.
type Runner struct {
	Store    Firings
	Accounts Accounts
	Systems  Systems
	// Scripts runs scripts, HTTP makes calls to addresses of people's own; it refuses private ones.
	Scripts Scripts
	HTTP    *http.Client
	// Now is the clock, Random yields numbers from 0 to 1, Owner names this process.
	Now    func() time.Time
	Random func() float64
	Owner  string
	Log    *slog.Logger

	busy sync.Map // what is being worked off here
}

// Accounts opens what automations work with.
type Accounts interface {
	// Account opens a connection. An error of kind Config says that there is none.
	Account(ctx context.Context, ws, connection string) (Account, error)
	// Hosts are those that steps of the workspace may call.
	Hosts(ctx context.Context, ws string) ([]string, error)
}

// Account is one account.
type Account struct {
	System   string
	Operator connector.Operator
	// Staff tells who works there; nil where the system does not.
	Staff connector.Staff
	// Settings are those of the connection, Region is the country of its phone numbers, "" when nobody knows.
	Settings map[string]string
	Region   string
}

const (
	// held is how long a firing stays with who took it without a sign of life, and keep how often one is given.
	held = 20 * time.Second
	keep = 5 * time.Second
	// atOnce is how many firings of one automation are worked on at a time.
	atOnce = 4
)

// Work works off what is due of an automation, until nothing is. While it is at that, a second call here does nothing: whoever asks
// every second what is due finds what came in between.
func (r *Runner) Work(ctx context.Context, ws, id string) error {
	if _, at := r.busy.LoadOrStore(id, true); at {
		return nil
	}
	defer r.busy.Delete(id)
	for ctx.Err() == nil {
		now := r.Now()
		list, err := r.Store.TakeFirings(ctx, ws, id, r.Owner, now, now.Add(held), atOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		errs := make([]error, len(list))
		var all sync.WaitGroup
		for i, f := range list {
			all.Go(func() { errs[i] = r.one(ctx, ws, f) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// one works on a firing as far as it goes now.
func (r *Runner) one(ctx context.Context, ws string, f Firing) error {
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	var beating sync.WaitGroup
	beating.Go(func() { r.beat(ctx, ws, f, lost) })
	defer beating.Wait()
	defer lost(nil)
	w, err := r.begin(ctx, ws, f)
	if err == nil {
		err = w.walk(ctx, w.a.Steps, "")
	}
	return w.settle(ctx, err)
}

// beat keeps a firing while it is worked on.
func (r *Runner) beat(ctx context.Context, ws string, f Firing, lost context.CancelCauseFunc) {
	t := time.NewTicker(keep)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := r.Store.KeepFiring(ctx, ws, f, r.Now().Add(held)); errors.Is(err, ErrLost) {
			lost(ErrLost)
			return
		}
	}
}

// working is one firing under way.
type working struct {
	r        *Runner
	ws       string
	f        Firing
	a        Automation
	scene    Scene
	given    []Value
	accounts map[string]Account // by system
	entries  map[string]Entry
	seq      int
	// staff are who works in the accounts, staffless is why nobody knows.
	staff     map[string][]connector.Owner
	staffless error
}

// begin gathers what is known of a firing, and lets it through the filter when it is new.
func (r *Runner) begin(ctx context.Context, ws string, f Firing) (w *working, err error) {
	w = &working{r: r, ws: ws, f: f, accounts: map[string]Account{}, entries: map[string]Entry{}}
	if w.a, err = r.Store.AutomationAt(ctx, ws, f.Automation, f.Version); err != nil {
		return w, err
	}
	w.given = r.Systems.given(w.a)
	entries, err := r.Store.FiringEntries(ctx, ws, f.ID)
	if err != nil {
		return w, err
	}
	for _, e := range entries {
		w.entries[e.At], w.seq = e, max(w.seq, e.Seq)
	}
	w.scene = Scene{Data: Data{}, Now: r.Now(), Zone: w.a.TimeZone}
	for k, v := range f.Data {
		w.scene.Data[k] = v
	}
	if err := w.open(ctx); err != nil {
		return w, err
	}
	if len(entries) > 0 {
		return w, nil // it was let through, by the filter and the brake
	}
	passes, each, err := w.scene.Judge(w.a.Filter, w.given)
	if err != nil {
		return w, &halt{State: Parked, Reason: "The filter cannot be decided: " + err.Error()}
	}
	if !passes {
		reason := "The filter did not let it through."
		for _, j := range each {
			if !j.Holds {
				reason = fmt.Sprintf("The filter did not let it through: %s, and it is %s.", j.Text, j.Found)
				break
			}
		}
		return w, &halt{State: Filtered, Reason: reason}
	}
	if !f.Begun.IsZero() {
		return w, nil
	}
	begun, most, err := r.Store.BeginFiring(ctx, ws, f, w.scene.Now)
	if w.f.Begun = begun; err == nil && begun.IsZero() {
		return w, braked(most)
	}
	return w, err
}

// open opens the accounts and puts their settings into the scene.
func (w *working) open(ctx context.Context) error {
	settings := map[string]any{}
	for _, id := range w.a.Connections {
		if id == "" {
			continue
		}
		acc, err := w.r.Accounts.Account(ctx, w.ws, id)
		if _, answered := connector.AsError(err); answered {
			return w.refused("", err)
		}
		if err != nil {
			return err
		}
		w.accounts[acc.System] = acc
		own := map[string]any{}
		if sys, ok := w.r.Systems[acc.System]; ok {
			for _, x := range sys.Spec.Settings {
				if x.Default != "" {
					own[x.Name] = x.Default
				}
			}
		}
		for name, v := range acc.Settings {
			own[name] = v
		}
		settings[acc.System] = own
		if w.scene.Region == "" {
			w.scene.Region = acc.Region
		}
	}
	w.scene.Data["settings"] = settings
	w.scene.Owner = w.owner(ctx)
	return nil
}

// owner finds a member of staff of the one account in the other, by the email.
func (w *working) owner(ctx context.Context) func(id string) string {
	return func(id string) string {
		if w.staff == nil && w.staffless == nil {
			w.staff = map[string][]connector.Owner{}
			for system, acc := range w.accounts {
				if acc.Staff == nil {
					continue
				}
				if w.staff[system], w.staffless = acc.Staff.Owners(ctx); w.staffless != nil {
					w.staff = nil
					return ""
				}
			}
		}
		for system, list := range w.staff {
			i := slices.IndexFunc(list, func(o connector.Owner) bool { return o.ID == id })
			if i < 0 || list[i].Email == "" {
				continue
			}
			for other, more := range w.staff {
				if j := slices.IndexFunc(more, func(o connector.Owner) bool { return strings.EqualFold(o.Email, list[i].Email) }); other != system && j >= 0 {
					return more[j].ID
				}
			}
		}
		return ""
	}
}

// halt is why a firing goes no further now.
type halt struct {
	State  State
	Due    time.Time
	Reason string
	Step   string // its position
	Failed bool   // the step failed, and is tried again
	Braked bool   // the brake holds it
}

func (h *halt) Error() string { return h.Reason }

// settle stores where the firing stands.
func (w *working) settle(ctx context.Context, err error) error {
	f, now := w.f, w.r.Now()
	var h *halt
	switch {
	case err == nil:
		h = &halt{State: Done}
	case errors.Is(err, ErrLost) || errors.Is(context.Cause(ctx), ErrLost):
		return nil // whoever has it now goes on
	case !errors.As(err, &h):
		return fmt.Errorf("firing %s: %w", f.ID, err) // the database, or the program ends: it is due again soon
	}
	if h.Failed {
		if f.Step != h.Step || f.Attempts == 0 {
			f.Attempts, f.Since = 0, now
		}
		f.Attempts++
	} else {
		f.Attempts, f.Since = 0, time.Time{}
	}
	f.Held = h.Braked
	f.State, f.Reason, f.Step, f.Due, f.Over = h.State, h.Reason, h.Step, h.Due, time.Time{}
	if f.State.Over() {
		f.Over = now
	}
	if err := w.r.Store.Settle(ctx, w.ws, f); err != nil && !errors.Is(err, ErrLost) {
		return err
	}
	return nil
}
