package automation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

// A firing comes about so: a call of a system, or a poll, leaves a hint about a record. A look reads that record itself, compares it
// with what the automation last saw of it, and fires for what really happened. What was seen, the hint's end and the firings are
// stored together, so that nothing fires twice and nothing is lost, wherever a look is killed.

// Watcher notices what sets automations off.
type Watcher struct {
	Store   Watches
	Links   engine.Links
	Systems Systems
	// Owner names this process among those that work on the same database.
	Owner string
	Now   func() time.Time
	Log   *slog.Logger
}

// Watches is what a [Watcher] remembers. It is the store.
type Watches interface {
	// TakeWatch hands out the watch of an automation, to nobody else before until. It reports false while somebody else has it.
	TakeWatch(ctx context.Context, ws, automation, owner string, now, until time.Time) (Watch, bool, error)
	// SaveWatch stores a watch with what was noticed, together, and keeps it until a later time; it returns the firings that are new.
	// It fails with ErrLost when the watch was taken away.
	SaveWatch(ctx context.Context, ws string, w Watch, n Noticed, until time.Time) ([]Firing, error)
	// LeaveWatch gives the watch back. well says that the look came to its end; else it is taken up again a minute later.
	LeaveWatch(ctx context.Context, ws string, w Watch, well bool) error
	// HintsFor lists hints of an automation that are due, in the order in which they came.
	HintsFor(ctx context.Context, ws, automation string, now time.Time, limit int) ([]Hint, error)
	// SeenBy is what an automation saw last of records.
	SeenBy(ctx context.Context, ws, automation string, ids []string) (map[string]Seen, error)
	// DeedsOn is what runs of flows and steps of automations did to a record since a time, the oldest first. going says that something
	// is being done to it, or that one is being made that may be it, so that the answer is not known yet.
	DeedsOn(ctx context.Context, ws, conn, system string, ref connector.Ref, since, now time.Time) (deeds []Deed, going bool, err error)
	// AddFirings makes firings, and returns those that are new.
	AddFirings(ctx context.Context, ws string, list []Firing) ([]Firing, error)
}

// Watch is what an automation looks at, and how far it has looked.
type Watch struct {
	Automation string `json:"-"`
	Fence      int64  `json:"-"`
	// Of says what it looks at in one text: when that changes it begins anew.
	Of string `json:"of"`
	// Conn and Object are the account and the kind of record. Calls are the types of calls that it hears, [AnyCall] for all about such
	// a record; one that is the automation's id is meant for it alone.
	Conn   string   `json:"conn"`
	Object string   `json:"object"`
	Calls  []string `json:"calls,omitempty"`
	// Began is when it was switched on, by the clock of the system: what was made before sets nothing off. Ready says that what was
	// there by then is known.
	Began time.Time `json:"began,omitzero"`
	Ready bool      `json:"ready,omitempty"`
	// Mark is before what everything was seen. Page and Skip are where a list under way goes on, Asked when it was begun by the
	// system's clock.
	Mark  time.Time        `json:"mark,omitzero"`
	Page  connector.Cursor `json:"page,omitempty"`
	Skip  int              `json:"skip,omitempty"`
	Asked time.Time        `json:"asked,omitzero"`
	// Last is the last moment of a schedule that was dealt with.
	Last time.Time `json:"last,omitzero"`
	// Problem says why the last look did not come to its end, "" when it did.
	Problem string `json:"problem,omitempty"`
}

// AnyCall stands for every type of call.
const AnyCall = "*"

// Hint says that something may have happened to a record.
type Hint struct {
	Record, Parent string
	// Call is the delivery that it counts for, "" where the record itself shows what happened.
	Call string
	// Extra is what that one says besides.
	Extra map[string]any
	// By is how it came: a word of the ways to notice.
	By string
	At time.Time
	// Due is when it is looked at. Seq grows when another one comes for the same.
	Due time.Time
	Seq int64
}

// Noticed is what a look found. It is stored as a whole.
type Noticed struct {
	// Anew forgets all that was seen and hinted at before.
	Anew bool
	// Seen replaces what was known of records, First is for those of which nothing was known, Gone are ids of records that are not there any more.
	Seen, First []Seen
	Gone        []string
	// Hints are to be looked at, Done are over unless another came for the same, Later are put off.
	Hints, Done, Later []Hint
	Firings            []Firing
}

// Deed is something that Couplet did to a record.
type Deed struct {
	// Began and Over are when. Made says that it made the record, as far as that can be told.
	Began, Over time.Time
	Made        bool
	// Fields are what it wrote, nil when that is not known.
	Fields connector.Fields
	// Firing is the firing whose step did it and Hop that one's, "" for a run of a flow.
	Firing string
	Hop    int
}

const (
	// lookHold is how long a look keeps what it took, from each thing that it stores.
	lookHold = 45 * time.Second
	// PollEvery is how often an automation looks for what nobody tells.
	PollEvery = 5 * time.Minute
)

// ErrUnwatched says that what sets an automation off is not noticed by this version.
var ErrUnwatched = errors.New("is not noticed yet")

// Look works off what is noted for an automation and, with poll, looks at the system for what nobody told. It makes firings. The
// first one after it was switched on, or after something else sets it off, begins anew: what is there by then sets nothing off. It
// fails with engine.ErrBusy while somebody else looks.
func (w *Watcher) Look(ctx context.Context, ws string, a Automation, poll bool) error {
	return w.look(ctx, ws, a, func(ctx context.Context, l *looking) error {
		if a.Trigger.Kind == OnSchedule {
			return l.schedule(ctx)
		}
		if a.Trigger.Kind != OnEvent {
			return nil // it is told of each firing itself
		}
		if err := l.reach(ctx); err != nil {
			return err
		}
		if l.w.Of != l.of() {
			if err := l.begin(ctx); err != nil {
				return err
			}
		}
		if !l.w.Ready {
			if done, err := l.baseline(ctx); err != nil || !done {
				return err
			}
		}
		errs := l.work(ctx)
		if poll && !errors.Is(errs, ErrLost) {
			errs = errors.Join(errs, l.poll(ctx), l.work(ctx))
		}
		return errs
	})
}

// look runs a look by somebody who has the watch to themselves.
func (w *Watcher) look(ctx context.Context, ws string, a Automation, do func(context.Context, *looking) error) error {
	now := w.Now()
	watch, ours, err := w.Store.TakeWatch(ctx, ws, a.ID, w.Owner, now, now.Add(lookHold))
	if err != nil {
		return err
	}
	if !ours {
		return engine.ErrBusy
	}
	l := &looking{Watcher: w, ws: ws, a: a, w: watch}
	err = do(ctx, l)
	if errors.Is(err, ErrLost) {
		return engine.ErrBusy
	}
	l.told(ctx, err)
	left := w.Store.LeaveWatch(context.WithoutCancel(ctx), ws, l.w, err == nil)
	if errors.Is(left, ErrLost) {
		left = nil
	}
	return errors.Join(err, left)
}

// told notes on the watch why the look did not come to its end, for the people who wonder why nothing happens.
func (l *looking) told(ctx context.Context, err error) {
	problem := ""
	if err != nil {
		problem = sentence(err)
	}
	if ctx.Err() != nil || problem == l.w.Problem {
		return
	}
	l.w.Problem = problem
	if _, err := l.save(ctx, Noticed{}); err != nil && !errors.Is(err, ErrLost) {
		l.Log.Warn("why an automation cannot look was not stored", "automation", l.a.ID, "error", err)
	}
}

// looking is one look under way.
type looking struct {
	*Watcher
	ws    string
	a     Automation
	w     Watch
	event *connector.Event
	thing connector.Thing
	// id and conn are the connection that it looks at, in the object there, and from what its records are read from.
	id   string
	conn connector.Connector
	in   *connector.Object
	from source
}

// of says what it looks at in one text.
func (l *looking) of() string {
	t := l.a.Trigger
	switch t.Kind {
	case OnEvent:
		return t.Kind + " " + l.id + " " + t.Event
	case OnSchedule:
		return fmt.Sprintf("%s %v %s %s", t.Kind, t.Schedule.Every, t.Schedule.Cron, t.Schedule.TimeZone)
	}
	return t.Kind
}

// reach finds what sets the automation off and opens the account: the first of its system.
func (l *looking) reach(ctx context.Context) error {
	t := l.a.Trigger
	event, known := l.Systems.Event(t)
	if !known {
		return fmt.Errorf("event %q of %q is not known", t.Event, t.System)
	}
	sys := l.Systems[t.System]
	l.event, l.thing = event, sys.Catalog.Things[event.Thing]
	var err error
	if l.id, l.conn, err = l.account(ctx, l.ws, l.a, t.System); err != nil {
		return err
	}
	readable := false
	if l.from, l.in, readable = sourceOf(l.conn, sys, event.Thing, l.Now); !readable || event.When == nil {
		return fmt.Errorf("“%s” of %s %w. Choose another trigger", event.Title, sys.Spec.Name, ErrUnwatched)
	}
	return nil
}

// account opens the first account of a system that an automation works with.
func (w *Watcher) account(ctx context.Context, ws string, a Automation, system string) (string, connector.Connector, error) {
	var problem error
	for _, id := range a.Connections {
		if id == "" {
			continue
		}
		c, err := w.Links.Open(ctx, ws, id, nil)
		if err == nil && c.Spec().ID == system {
			return id, c, nil
		}
		problem = errors.Join(problem, err)
	}
	if problem == nil {
		problem = errors.New("it has no account of that system. Choose one on its page")
	}
	return "", nil, fmt.Errorf("%s cannot be looked at: %w", system, problem)
}

// save stores where the look stands with what it noticed.
func (l *looking) save(ctx context.Context, n Noticed) ([]Firing, error) {
	return l.Store.SaveWatch(ctx, l.ws, l.w, n, l.Now().Add(lookHold))
}

// calls are the types of calls that it hears: those that the system has for the event; of systems where a person pastes addresses
// every one about such a record, for only that person knows what they called it; and of what nothing but calls can show, those
// whose name in the address is the automation's id.
func (l *looking) calls() []string {
	switch hooks := l.conn.Spec().Hooks; {
	case l.event.When.Told:
		return []string{l.a.ID}
	case hooks.Kind == "manual":
		return []string{AnyCall}
	}
	return slices.Clone(l.event.Hooks)
}
