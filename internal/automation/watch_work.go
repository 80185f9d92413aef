package automation

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

const (
	// hintBatch is how many hints are taken at once, and mostProblems how many in a row may fail before the look gives up.
	hintBatch    = 50
	mostProblems = 3
	// soonAgain is when a hint that failed is looked at again, and shortly when Couplet itself may be just writing the record. It is waited for
	// patience.
	soonAgain = time.Minute
	shortly   = 2 * time.Second
	patience  = 5 * time.Minute
	// hope is how long a record is tried that the system does not show us although it works otherwise.
	hope = 24 * time.Hour
	// slack is how far the clock of a system may be behind.
	slack = 2 * time.Second
)

// work looks at the records that hints are about, until none is due.
func (l *looking) work(ctx context.Context) error {
	var errs []error
	for {
		hints, err := l.Store.HintsFor(ctx, l.ws, l.a.ID, l.Now(), hintBatch)
		if err != nil || len(hints) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, h := range hints {
			n, problem := l.settle(ctx, h)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if problem != nil {
				errs = append(errs, problem)
				h.Due = l.Now().Add(soonAgain)
				if n = (Noticed{Later: []Hint{h}}); hopeless(problem) && l.Now().Sub(h.At) > hope {
					l.Log.Warn("a record cannot be read, so an automation was not set off for it", "workspace", l.ws, "automation", l.a.ID, "error", problem)
					n = Noticed{Done: []Hint{h}}
				}
			}
			fresh, err := l.save(ctx, n)
			if err != nil {
				return errors.Join(append(errs, err)...)
			}
			for _, f := range fresh {
				l.Log.Info("an automation was set off", "workspace", l.ws, "automation", l.a.ID, "firing", f.ID, "noticed", f.Trigger)
			}
			if len(errs) >= mostProblems {
				return errors.Join(errs...)
			}
		}
	}
}

// hopeless reports whether a problem is with the record alone.
func hopeless(err error) bool {
	kind := connector.KindOf(err)
	return kind == connector.Invalid || kind == connector.Forbidden
}

// settle reads the record of a hint and says what is to be stored: what happened, and that the hint is over or put off.
func (l *looking) settle(ctx context.Context, h Hint) (n Noticed, err error) {
	asked := l.Now()
	r, err := l.from.Get(ctx, connector.Ref{Object: l.in.Name, ID: h.Record, Parent: h.Parent})
	if connector.KindOf(err) == connector.NotFound {
		return Noticed{Done: []Hint{h}, Gone: []string{h.Record}}, nil
	}
	if err != nil {
		return n, err
	}
	known, err := l.Store.SeenBy(ctx, l.ws, l.a.ID, []string{h.Record})
	if err != nil {
		return n, err
	}
	seen, was := known[h.Record]
	happened, next := l.judge(seen, was, r, h, asked)
	if n = (Noticed{Done: []Hint{h}}); !l.event.When.Told {
		n.Seen = []Seen{next}
	}
	if len(happened) == 0 {
		return n, nil
	}
	deeds, going, err := l.Store.DeedsOn(ctx, l.ws, l.id, l.a.Trigger.System, r.Ref, seen.At, asked)
	if err != nil {
		return n, err
	}
	if going && asked.Sub(h.At) < patience {
		h.Due = asked.Add(shortly)
		return Noticed{Later: []Hint{h}}, nil
	}
	var data Data
	for _, x := range happened {
		cause := l.cause(deeds, x, r)
		if cause.ours && !l.a.Trigger.Own {
			continue
		}
		if cause.hop > MostHops {
			l.Log.Warn("automations set each other off in a circle, so this one was not set off again", "workspace", l.ws, "automation", l.a.ID, "cause", cause.firing, "hops", cause.hop)
			continue
		}
		if data == nil {
			if data, err = l.data(ctx, r); err != nil {
				return n, err
			}
		}
		n.Firings = append(n.Firings, l.firing(h, x, r, data, cause))
	}
	return n, nil
}

// origin is what made something happen: Couplet, and maybe a step of an automation.
type origin struct {
	ours   bool
	firing string
	hop    int
}

// cause finds out whether Couplet made it happen.
func (l *looking) cause(deeds []Deed, x happening, r connector.Record) (o origin) {
	left := map[string]bool{}
	for _, name := range x.fields {
		left[name] = true
	}
	for _, d := range deeds {
		if d.Made && d.Firing != "" && !r.Created.IsZero() && d.Began.After(r.Created.Add(slack)) {
			d.Made = false // it was there before that step
		}
		switch {
		case x.made && d.Made, !x.made && d.Fields == nil && d.Firing != "":
			o.ours = true
		case !x.made:
			for name, v := range d.Fields {
				if left[name] && wrote(v, x, r.Fields[name]) {
					delete(left, name)
				}
			}
			o.ours = o.ours || len(x.fields) > 0 && len(left) == 0 || x.fields == nil && len(d.Fields) > 0 && !l.event.When.Told
		}
		if d.Firing != "" && (d.Made || !x.made) {
			o.firing, o.hop = d.Firing, d.Hop+1
		}
	}
	if x.made && !o.ours {
		for _, v := range r.Fields {
			o.ours = o.ours || isStamp(v)
		}
	}
	return o
}

// wrote reports whether what was written is what now stands there: the whole value, or the member of a list that it is about.
func wrote(v any, x happening, now any) bool {
	if member, ok := x.value.(string); ok {
		return len(mapping.Minus([]string{member}, mapping.AsSet(v))) == len(mapping.Minus([]string{member}, mapping.AsSet(now)))
	}
	if mapping.Canon(v) == mapping.Canon(now) {
		return true
	}
	if parts, is := v.([]string); is { // a value of several parts, read as a whole
		v = strings.Join(parts, " ")
	}
	a, isText := v.(string)
	b, both := now.(string)
	if !isText || !both {
		return v == nil && now == "" || v == "" && now == nil
	}
	if strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) {
		return true
	}
	at, err := time.Parse(time.RFC3339Nano, a)
	other, fails := time.Parse(time.RFC3339Nano, b)
	return err == nil && fails == nil && at.Equal(other)
}

// stamp is what the reference looks like that a sync writes into what it makes.
var stamp = regexp.MustCompile(`^couplet:[0-9a-z]{8}:`)

func isStamp(v any) bool {
	s, _ := v.(string)
	return stamp.MatchString(s)
}

// firing is one for something that happened.
func (l *looking) firing(h Hint, x happening, r connector.Record, data Data, cause origin) Firing {
	f := Firing{Automation: l.a.ID, Version: l.a.Version, Key: l.id + " " + l.event.ID + " " + r.ID + " " + x.nth, Trigger: h.By,
		Thing: l.event.Thing, Record: r.ID, Title: titleOf(l.in, r), Data: Data{}, Cause: cause.firing, Hop: cause.hop}
	for k, v := range data {
		f.Data[k] = v
	}
	if l.event.When.As != "" {
		f.Data[l.event.When.As] = x.value
	}
	return f
}

// data are the record and what it hangs on, as pills name them. Of what it hangs on nothing but the id is known when that is gone.
func (l *looking) data(ctx context.Context, r connector.Record) (Data, error) {
	return dataOf(ctx, l.conn, l.event.Thing, l.thing.Parent, r)
}

func dataOf(ctx context.Context, conn connector.Connector, thing, parent string, r connector.Record) (Data, error) {
	d := Data{thing: plainRecord(r)}
	if parent == "" || r.Parent == "" {
		return d, nil
	}
	p, err := conn.Get(ctx, connector.Ref{Object: parent, ID: r.Parent})
	switch {
	case connector.KindOf(err) == connector.NotFound:
		d[parent] = map[string]any{"id": r.Parent}
	case err != nil:
		return nil, fmt.Errorf("what it hangs on could not be read: %w", err)
	default:
		d[parent] = plainRecord(p)
	}
	return d, nil
}

// plainRecord is a record as it is read from JSON.
func plainRecord(r connector.Record) map[string]any {
	out := map[string]any{"id": r.ID}
	for name, v := range r.Fields {
		if list, is := v.([]string); is {
			all := make([]any, len(list))
			for i, x := range list {
				all[i] = x
			}
			v = all
		}
		out[name] = v
	}
	return out
}

// titleOf is what people call a record.
func titleOf(o *connector.Object, r connector.Record) string {
	name, address := o.TitleOf(r.Fields)
	for _, s := range []string{name, address, o.One + " " + r.ID} {
		if runes := []rune(s); len(runes) > longestTitle {
			return string(runes[:longestTitle-1]) + "…"
		}
		if s != "" {
			return s
		}
	}
	return ""
}

// longestTitle is how much of a note stands for it.
const longestTitle = 80
