package engine

import (
	"context"
	"fmt"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// prepare opens both sides, reads their fields and compiles the map.
func (s *session) prepare(ctx context.Context) error {
	if err := s.loadKnown(ctx); err != nil {
		return err
	}
	for _, side := range []Side{A, B} {
		c, err := s.e.Links.Open(ctx, s.ws, s.flow.Connections[side], func(x connector.Exchange) { s.called(side, x) })
		if err != nil {
			return s.blame(side, err)
		}
		s.conn[side], s.names[side] = c, c.Spec().Name
		if s.settled[side], err = s.e.Store.SettledOf(ctx, s.ws, s.flow.Connections[side], s.flow.Object); err != nil {
			return err
		}
		d, ok := c.(connector.Describer)
		if !ok {
			return fmt.Errorf("%s does not say which fields it has", s.names[side])
		}
		if err := s.describe(ctx, side, d); err != nil {
			return err
		}
	}
	rows, of, err := s.recognise(ctx)
	if err != nil {
		return err
	}
	zone, owners, err := s.accounts(ctx)
	if err != nil {
		return err
	}
	linked, err := s.partners(ctx)
	if err != nil {
		return err
	}
	for _, side := range []Side{A, B} {
		if err := s.tagless(side); err != nil {
			return err
		}
	}
	rules, problems := mapping.Compile(rows, s.fields[A], s.fields[B], mapping.Options{
		Region: s.flow.Region, Zone: zone, Owners: owners, Partners: linked, Systems: s.names, Direction: s.flow.Direction, Policy: s.flow.Conflict, Blank: s.flow.Blank})
	if len(problems) > 0 {
		n := of[problems[0].Row] + 1
		return &stopError{Halt: Halt{Why: HaltMap, Side: noSide, N: n}, Note: fmt.Sprintf("Row %d of the map of flow %s cannot work: %s. Mend the map and run again; nothing was changed.", n, s.flow.Name, problems[0].Text)}
	}
	for i := range rules.Rules { // under the names of the map: bases and decisions hang on them
		rules.Rules[i].Key = s.flow.Map[of[i]].Key()
	}
	s.rules, s.fields = rules, rules.Keyed(s.fields)
	s.startAnew()
	if err := s.family(ctx); err != nil {
		return err
	}
	caps, err := s.e.Store.Capabilities(ctx, s.ws, s.flow.Connections, s.flow.Object)
	if err != nil {
		return err
	}
	s.caps = learn(s, caps)
	for _, side := range []Side{A, B} {
		if s.need[side], err = s.needs(ctx, side); err != nil {
			return err
		}
	}
	return nil
}

// nameFields keeps what the fields of the map are called, for those who read the log: an account may rename a field later,
// and nobody should have to ask it.
func (s *session) nameFields(ctx context.Context) error {
	labels := make(map[string][2]string, len(s.rules.Rules))
	for i := range s.rules.Rules {
		r := &s.rules.Rules[i]
		labels[r.Key] = [2]string{r.Label(A), r.Label(B)}
	}
	return s.e.Store.NameFields(ctx, s.ws, s.run.ID, labels)
}

// describe reads the fields of a side, and makes those that the flow needs and that its owner agreed to.
func (s *session) describe(ctx context.Context, side Side, d connector.Describer) error {
	var fields []connector.Field
	err := s.patiently(ctx, side, func() (err error) {
		fields, err = d.Describe(ctx, s.flow.Object)
		return err
	})
	if err != nil {
		return err
	}
	object, ok := s.conn[side].Spec().Object(s.flow.Object)
	if !ok {
		return &stopError{Halt: Halt{Why: HaltObject, Side: int(side)}, Note: fmt.Sprintf("%s has no %s to keep in step.", s.names[side], s.flow.Object)}
	}
	s.object[side] = object
	var want []connector.Field
	for _, x := range s.flow.Extras() {
		if x.Side == side {
			want = append(want, x.Field)
		}
	}
	stamped := s.flow.Direction.To(side) && object.Stamp.Label != ""
	if stamped {
		want = append(want, object.Stamp)
	}
	for i, w := range want {
		stamp := stamped && i == len(want)-1
		k, known := s.knownAs(side, w)
		if k = k.Seen(fields, s.e.Now()); known && k.Now != nil {
			want[i] = *k.Now // whatever it is called by now
			continue
		}
		if known && !stamp && !k.Remake {
			continue // somebody removed it: it is made again when a person wants it
		}
		have, ok := labelled(fields, w)
		if s.run.DryRun {
			if !ok {
				fields = append(fields, w)
			}
			continue
		}
		if !ok {
			err := s.patiently(ctx, side, func() (err error) { // it looks before it creates, so it may be repeated
				if have, err = d.EnsureField(ctx, s.flow.Object, w); connector.KindOf(err) == connector.Invalid {
					have, err = d.EnsureField(ctx, s.flow.Object, w) // a refusal may have created it all the same
				}
				return err
			})
			if err != nil {
				return err
			}
			fields = append(fields, have)
		}
	}
	s.fields[side] = fields
	if stamped {
		f, _ := labelled(fields, want[len(want)-1])
		s.stampField[side] = f.Name
	}
	return nil
}

func labelled(fields []connector.Field, w connector.Field) (connector.Field, bool) {
	for _, f := range fields {
		if f.Custom && (f.Name == w.Name || f.Label == w.Label) || f.Name == w.Name && w.Name != "" {
			return f, true
		}
	}
	return connector.Field{}, false
}
