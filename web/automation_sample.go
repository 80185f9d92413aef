package web

import (
	"context"

	"couplet/internal/automation"
	"couplet/templates"
)

// samplesShown is how many stored records an automation can be tried on.
const samplesShown = 5

// storedSample is a record that was read before, as data of the trigger.
type storedSample struct {
	id, name string
	data     automation.Data
}

// storedSamples are records of the kind that the trigger is about, as they were last read; no account is asked. There are none
// until a flow has read the account.
func (s *Server) storedSamples(ctx context.Context, ws string, b *canvasView) (out []storedSample, err error) {
	t := b.a().Trigger
	conn := b.account(t.System)
	if conn == nil {
		return nil, nil
	}
	thing := aboutOf(b.systems, t)
	o, known := b.systems[t.System].Spec.Object(thing)
	if !known || o.Parent != "" { // one that hangs on another would lack what it hangs on
		return nil, nil
	}
	found, err := s.o.Store.SomeMirrors(ctx, ws, conn.ID, thing, samplesShown)
	for _, m := range found {
		record := map[string]any{"id": m.ID}
		for name, v := range m.Fields {
			record[name] = plain(v)
		}
		name, address := titleOf(o, m.Fields)
		if name == "" {
			name = address
		}
		if name == "" {
			name = templates.Capital(o.One) + " " + m.ID
		}
		out = append(out, storedSample{id: m.ID, name: name, data: automation.Data{thing: record}})
	}
	return out, err
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

func sampleOptions(stored []storedSample) (out []templates.MapOption) {
	for _, x := range stored {
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
