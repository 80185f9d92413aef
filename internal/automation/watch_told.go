package automation

import (
	"context"
	"fmt"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

// schedule fires for the last planned moment that has come, if nobody did: of several that were missed, for that one alone.
func (l *looking) schedule(ctx context.Context) error {
	now := l.Now()
	if l.w.Of != l.of() {
		l.w = Watch{Automation: l.w.Automation, Fence: l.w.Fence, Of: l.of(), Last: now}
		_, err := l.save(ctx, Noticed{Anew: true})
		return err
	}
	s := l.a.Trigger.Schedule
	from := l.w.Last
	if every := s.Every.D(); every > 0 && now.Sub(from) > 2*every {
		from = now.Add(-2 * every)
	}
	var last time.Time
	for next := s.Next(from, l.a.ID); !next.IsZero() && !next.After(now); next = s.Next(next, l.a.ID) {
		last = next
	}
	if last.IsZero() {
		return nil
	}
	l.w.Last = last
	_, err := l.save(ctx, Noticed{Firings: []Firing{{Automation: l.a.ID, Version: l.a.Version, Key: "at " + last.UTC().Format(time.RFC3339), Trigger: BySchedule,
		Title: last.UTC().Format("2006-01-02 15:04 MST"), Data: Data{}}}})
	return err
}

// CallFiring is the firing of a call that came in for an automation. call is what it said, and key what its sender calls it, "" where
// each counts.
func CallFiring(a Automation, call any, key string, now time.Time) Firing {
	name := "call " + engine.NewID("call", now)
	if key != "" {
		name = "key " + key
	}
	return Firing{Automation: a.ID, Version: a.Version, Key: name, Trigger: ByCall, Data: Data{"call": call}}
}

// Start sets an automation off by hand, for a record of the kind that its trigger is about, or for none. by is who asks. once names the
// asking, so that one that comes twice sets it off once: then there is no firing. "" has each count.
func (w *Watcher) Start(ctx context.Context, ws string, a Automation, ref connector.Ref, by, once string) (Firing, error) {
	if once == "" {
		once = engine.NewID("hand", w.Now())
	}
	f := Firing{Automation: a.ID, Version: a.Version, Key: "hand " + once, Trigger: ByPerson, By: by, Data: Data{}}
	if thing := w.Systems.about(a.Trigger); thing != "" && ref.ID != "" {
		_, conn, err := w.account(ctx, ws, a, a.Trigger.System)
		if err != nil {
			return Firing{}, err
		}
		sys := w.Systems[a.Trigger.System]
		from, o, readable := sourceOf(conn, sys, thing, w.Now)
		if !readable {
			return Firing{}, fmt.Errorf("a %s of %s cannot be read yet, so nothing can be started for one. Start it for another kind of record", sys.Catalog.Things[thing].One, sys.Spec.Name)
		}
		ref.Object = thing
		r, err := from.Get(connector.As(ctx, connector.Interactive), ref)
		if err != nil {
			return Firing{}, err
		}
		f.Thing, f.Record, f.Title = thing, r.ID, titleOf(o, r)
		if f.Data, err = dataOf(ctx, conn, thing, sys.Catalog.Things[thing].Parent, r); err != nil {
			return Firing{}, err
		}
	}
	fresh, err := w.Store.AddFirings(ctx, ws, []Firing{f})
	if err != nil || len(fresh) == 0 {
		return Firing{}, err
	}
	return fresh[0], nil
}
