package engine

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// A custom field that somebody removes, makes anew or retypes in one of the systems holds up its own pairs and nothing else
// (sync-semantics 5.15). It is noticed at the start of a run, and in its course wherever an answer looks as if: a value that is
// suddenly empty, one that is not taken, or one that is refused. Only then the fields are read again, and only what is read
// after the answer proves anything. What a field that is gone shows is never believed, so its bases outlive it.

// schema is what a run knows of the custom fields of its map.
type schema struct {
	mu    sync.Mutex
	known [2]map[string]Known // by the name that the map uses
	// asked is when the fields of a side were last asked for.
	asked [2]time.Time
	// asking lets one at a time ask.
	asking [2]sync.Mutex
	// gone are fields, by the name that the system uses, whose values are not believed.
	gone [2]map[string]bool
	// out are the keys of rows that are paused.
	out map[string]bool
	// rules are those that are not, nil for all.
	rules []mapping.Rule
}

// loadKnown begins with what was known at the end of the last run.
func (s *session) loadKnown(ctx context.Context) error {
	list, err := s.e.Store.KnownFields(ctx, s.ws, s.flow.Connections, s.flow.Object)
	for side := range s.schema.known {
		s.schema.known[side], s.schema.gone[side] = map[string]Known{}, map[string]bool{}
	}
	s.schema.out = map[string]bool{}
	for _, k := range list {
		for side, conn := range s.flow.Connections {
			if k.Conn == conn {
				s.schema.known[side][k.Name] = k
			}
		}
	}
	return err
}

// knownAs finds a field that was made for the flow, by what it was called then.
func (s *session) knownAs(side Side, w connector.Field) (Known, bool) {
	for _, k := range s.schema.known[side] {
		if _, ok := labelled([]connector.Field{k.Field}, w); ok {
			return k, true
		}
	}
	return Known{}, false
}

// recognise compares the fields that the map names with what is known of them. It returns the rows that can work, under the
// names that the systems use now, and which row of the flow each of them is.
func (s *session) recognise(ctx context.Context) (rows []mapping.Row, of []int, err error) {
	now := s.e.Now()
	var changed []Known
	var lifted []string // connections of fields whose rows are paused no longer
	note := func(side Side, name string) {
		old, was := s.schema.known[side][name]
		k := old
		if !was {
			f, ok := connector.FieldNamed(s.fields[side], name)
			if !ok || !f.Custom {
				return
			}
			k = Known{Conn: s.flow.Connections[side], Object: s.flow.Object, Name: name, Field: f}
		}
		k = k.Seen(s.fields[side], now)
		if held := k.Drift().Pauses(); held != k.Held {
			if k.Held = held; !held {
				lifted = append(lifted, k.Conn)
			}
		}
		s.schema.known[side][name] = k
		if !was || !reflect.DeepEqual(old, k) {
			changed = append(changed, k)
		}
	}
	for i, row := range s.flow.Map {
		held := false
		for _, side := range []Side{A, B} {
			for _, name := range row.Side(side) {
				note(side, name)
				k, known := s.schema.known[side][name]
				held = held || known && k.Drift().Pauses()
				if since := k.Afresh.UnixMilli(); known && !k.Afresh.IsZero() {
					s.anew[s.flow.Map[i].Key()] = max(since, s.anew[s.flow.Map[i].Key()])
				}
				if known && k.Now != nil && k.Now.Name != name {
					row = row.With(side, name, k.Now.Name)
				}
			}
		}
		if held {
			s.schema.out[s.flow.Map[i].Key()] = true
			continue
		}
		rows, of = append(rows, row), append(of, i)
	}
	for _, side := range []Side{A, B} {
		f, ok := connector.FieldNamed(s.fields[side], s.stampField[side])
		if object, there := s.conn[side].Spec().Object(s.flow.Object); ok && there && f.Custom {
			k := Known{Conn: s.flow.Connections[side], Object: s.flow.Object, Field: f, Now: &f}
			k.Field.Label = object.Stamp.Label // by which it is found, whatever people call it
			if !reflect.DeepEqual(s.schema.known[side][""], k) {
				changed = append(changed, k)
			}
		}
	}
	if len(rows) == 0 && len(of) < len(s.flow.Map) {
		return nil, nil, &stopError{Halt: Halt{Why: HaltMap, Side: noSide, N: 1}, Note: fmt.Sprintf("Every field that flow %s maps was changed or removed in one of the two systems. Open its map and choose others; nothing was changed.", s.flow.Name)}
	}
	if s.run.DryRun || len(changed) == 0 {
		return rows, of, nil
	}
	if len(lifted) > 0 {
		s.pair.Again++
	}
	return rows, of, s.e.Store.SaveKnownFields(ctx, s.ws, s.lease, changed, lifted)
}

// heldUp reports whether a row waits for a person because of its fields.
func (s *session) heldUp(key string) bool {
	s.schema.mu.Lock()
	defer s.schema.mu.Unlock()
	return s.schema.out[key]
}

// inUse are the rules whose fields are what they were.
func (s *session) inUse() []mapping.Rule {
	s.schema.mu.Lock()
	defer s.schema.mu.Unlock()
	if s.schema.rules != nil {
		return s.schema.rules
	}
	return s.rules.Rules
}

// believed reports whether what a side shows of a field counts.
func (s *session) believed(side Side, name string) bool {
	s.schema.mu.Lock()
	defer s.schema.mu.Unlock()
	return !s.schema.gone[side][name]
}

// doubtEmpty asks for the fields again when a record shows a custom field empty that had a value.
func (s *session) doubtEmpty(ctx context.Context, side Side, old, shown connector.Fields) error {
	if !s.blanked(side, old, shown) {
		return nil
	}
	return s.recheck(ctx, side)
}

func (s *session) blanked(side Side, old, shown connector.Fields) bool {
	return slices.ContainsFunc(s.need[side], func(name string) bool {
		v, ok := shown[name]
		return ok && mapping.Empty(v) && !mapping.Empty(old[name]) && s.custom(side, name)
	})
}

func (s *session) custom(side Side, name string) bool {
	f, ok := connector.FieldNamed(s.fields[side], name)
	return ok && f.Custom && s.believed(side, name)
}

// recheck reads the fields of a side once more and pauses the rows whose fields are not what they were. Who comes while
// somebody asks waits for an answer that was asked for after that.
func (s *session) recheck(ctx context.Context, side Side) error {
	d, ok := s.conn[side].(connector.Describer)
	if !ok {
		return nil
	}
	came := s.e.Now()
	s.schema.asking[side].Lock()
	defer s.schema.asking[side].Unlock()
	if s.schema.asked[side].After(came) {
		return nil
	}
	asked := s.e.Now()
	var fields []connector.Field
	if err := s.patiently(ctx, side, func() (err error) {
		fields, err = d.Describe(ctx, s.flow.Object)
		return err
	}); err != nil {
		return err
	}
	s.schema.asked[side] = asked
	return s.compare(ctx, side, fields)
}

// compare pauses the rows whose fields are not what they were at the start of the run.
func (s *session) compare(ctx context.Context, side Side, fields []connector.Field) error {
	var lost []Known
	s.schema.mu.Lock()
	for name, k := range s.schema.known[side] {
		used := name
		if k.Now != nil {
			used = k.Now.Name
		}
		next := k.Seen(fields, s.e.Now())
		moved := next.Now != nil && next.Now.Name != used
		if s.schema.gone[side][used] || !next.Drift().Pauses() && !moved {
			continue
		}
		next.Held = true // until the next run, which follows it where it went
		s.schema.known[side][name], s.schema.gone[side][used] = next, true
		lost = append(lost, next)
		for i := range s.rules.Rules {
			r := &s.rules.Rules[i]
			if slices.ContainsFunc(r.Fields[side], func(f connector.Field) bool { return f.Name == used }) {
				s.schema.out[r.Key] = true
			}
		}
	}
	if len(lost) > 0 {
		s.schema.rules = slices.DeleteFunc(slices.Clone(s.rules.Rules), func(r mapping.Rule) bool { return s.schema.out[r.Key] })
	}
	s.schema.mu.Unlock()
	if len(lost) == 0 || s.run.DryRun {
		return nil
	}
	return s.e.Store.SaveKnownFields(ctx, s.ws, s.lease, lost, nil)
}

// afresh are the bases of a link without those that were agreed with another field than the one of that name now.
func (s *session) afresh(bases map[string]Base) map[string]Base {
	var out map[string]Base
	for key, since := range s.anew {
		if b, known := bases[key]; known && b.At < since {
			if out == nil {
				out = make(map[string]Base, len(bases))
				for k, v := range bases {
					out[k] = v
				}
			}
			delete(out, key)
		}
	}
	if out == nil {
		return bases
	}
	return out
}

// drifted is what of the map changed behind our back.
func (s *session) drifted() []Drifted {
	s.schema.mu.Lock()
	defer s.schema.mu.Unlock()
	var all []Known
	for side := range s.schema.known {
		for _, name := range slices.Sorted(maps.Keys(s.schema.known[side])) {
			all = append(all, s.schema.known[side][name])
		}
	}
	return DriftOf(s.flow, all)
}
