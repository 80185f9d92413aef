package web

import (
	"context"
	"maps"
	"slices"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

const (
	// samplesShown is how many stored records an automation can be tried on.
	samplesShown = 5
	// realFor is how far back what really set it off is offered, realLooked how many of those are gone through.
	realFor    = 24 * time.Hour
	realLooked = 20
	// recordsCounted is how many stored records a filter is counted over.
	recordsCounted = 100
)

// storedRecord is a record that was read before, as data of the trigger.
type storedRecord struct {
	id, name string
	data     automation.Data
}

// storedRecords are the newest records of the kind that the trigger is about and would be set off by, with the one that each hangs
// on, as they were last read; no account is asked. There are none until a flow has read the account, and no object for what flows do
// not read.
func (s *Server) storedRecords(ctx context.Context, ws string, b *canvasView) (out []storedRecord, o *connector.Object, err error) {
	t := b.a().Trigger
	conn := b.account(t.System)
	if conn == nil {
		return nil, nil, nil
	}
	thing := aboutOf(b.systems, t)
	o, known := b.systems[t.System].Spec.Object(thing)
	if !known {
		return nil, nil, nil
	}
	var when connector.When
	if e, ok := b.systems.Event(t); ok && e.When != nil {
		when = *e.When
	}
	found, err := s.o.Store.LastMirrors(ctx, ws, conn.ID, thing, when.Changed, recordsCounted)
	if err != nil {
		return nil, o, err
	}
	parent := b.systems[t.System].Catalog.Things[thing].Parent
	parents := map[string]engine.Mirror{}
	if parent != "" {
		var ids []string
		for _, m := range found {
			ids = append(ids, m.Parent)
		}
		if parents, err = s.o.Store.Mirrors(ctx, ws, conn.ID, parent, ids); err != nil {
			return nil, o, err
		}
	}
	for _, m := range found {
		if when.Field != "" && plain(m.Fields[when.Field]) != when.Is {
			continue // it would not set it off
		}
		r := storedRecord{id: m.ID, data: automation.Data{thing: recordOf(m)}}
		if parent != "" {
			up, there := parents[m.Parent]
			if !there {
				continue // it would lack what it hangs on
			}
			r.data[parent] = recordOf(up)
		}
		name, address := titleOf(o, m.Fields)
		if name == "" {
			name = address
		}
		if r.name = name; name == "" {
			r.name = templates.Capital(o.One) + " " + m.ID
		}
		out = append(out, r)
	}
	return out, o, nil
}

// realCalls are the last times that the same trigger set it off, as the firings hold them, a day back at most. What came of them plays
// no part.
func (s *Server) realCalls(ctx context.Context, ws string, b *canvasView) (out []storedRecord, err error) {
	t := b.a().Trigger
	list, err := s.o.Store.Firings(ctx, ws, store.FiringFilter{Automation: b.a().ID, Since: b.now.Add(-realFor)}, "", realLooked)
	if err != nil {
		return nil, err
	}
	same := map[int]bool{}
	for _, f := range list {
		if _, known := same[f.Version]; !known {
			v, err := s.o.Store.AutomationAt(ctx, ws, f.Automation, f.Version)
			if err != nil && !isNotFound(err) {
				return nil, err
			}
			was := v.Trigger
			same[f.Version] = err == nil && was.Kind == t.Kind && was.System == t.System && was.Event == t.Event && was.Object == t.Object
		}
		if !same[f.Version] || len(f.Data) == 0 || f.Trigger == automation.BySchedule || len(out) == samplesShown {
			continue
		}
		name := f.Title
		if name == "" {
			name = map[bool]string{true: "A call", false: "What set it off"}[f.Trigger == automation.ByCall]
			if says := firstText(f.Data.At("call")); says != "" {
				name += " (" + cutTo(says, 30) + ")"
			}
		}
		out = append(out, storedRecord{id: f.ID, name: name + ", came " + b.clock.Ago(f.At), data: f.Data})
	}
	return out, nil
}

// firstText is the first text in a call, by the names of its fields: it tells one call from the next.
func firstText(call any) string {
	fields, _ := call.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if text, is := fields[name].(string); is && text != "" {
			return text
		}
	}
	return ""
}

// recordOf is a record with the fields that are known of it.
func recordOf(m engine.Mirror) map[string]any {
	record := map[string]any{"id": m.ID}
	for name, v := range m.Fields {
		if !slices.Contains(m.Missing, name) {
			record[name] = plain(v)
		}
	}
	return record
}

// plain is a value as it is read from JSON.
func plain(v any) any {
	list, is := v.([]string)
	if !is {
		return v
	}
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = x
	}
	return out
}

func sampleOptions(stored []storedRecord) (out []templates.MapOption) {
	for _, x := range stored[:min(len(stored), samplesShown)] {
		out = append(out, templates.MapOption{Value: x.id, Text: x.name})
	}
	return out
}

// aboutOf is the thing that a trigger is about, "" for none.
func aboutOf(s automation.Systems, t automation.Trigger) string {
	if e, ok := s.Event(t); ok {
		return e.Thing
	}
	if t.Kind == automation.ByHand {
		return t.Object
	}
	return ""
}
