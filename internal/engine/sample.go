package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// Ground is what a flow stands on: the fields that both accounts have now. What could not be read is filled from the
// system's own description, so that work on a map can go on.
type Ground struct {
	Specs  [2]*connector.Spec
	Fields [2][]connector.Field
	// Made are the names of fields that are not there yet and are made when the flow is switched on.
	Made [2][]string
	// Stamps are the names of the fields that hold our own references; they are nothing to map.
	Stamps [2][]string
	// Problem says why the fields of a side are not known for certain.
	Problem [2]error
	At      time.Time
	// Zone is what the map had to know of both accounts when they were read, Owners who works there.
	Zone   string
	Owners *mapping.Owners
	// Partners are the linked records that rows name, by object.
	Partners map[string]*mapping.Partners
}

// Ground reads the fields of both accounts. It writes nothing. What cannot be read is said in Problem.
func (e *Engine) Ground(ctx context.Context, ws string, f flow.Flow) Ground {
	g := Ground{At: e.Now()}
	var conn [2]connector.Connector
	var wait errgroup.Group
	for _, side := range []Side{A, B} {
		wait.Go(func() error {
			c, err := e.Links.Open(ctx, ws, f.Connections[side], nil)
			if err != nil {
				g.Problem[side] = err
				return nil
			}
			conn[side], g.Specs[side] = c, c.Spec()
			g.Fields[side], g.Problem[side] = describedBy(ctx, c, f.Object)
			return nil
		})
	}
	_ = wait.Wait() // nothing in it fails
	if conn[A] != nil && conn[B] != nil {
		// What cannot be asked now is said beside each value that needed it.
		ask := func(_ Side, call func() error) error { return call() }
		g.Zone, g.Owners, _ = accounts(ctx, conn, f.Map, g.Fields, ask)
		given := func(x connector.Field) bool { return x.Type == connector.User }
		if g.Owners == nil && (slices.ContainsFunc(g.Fields[A], given) || slices.ContainsFunc(g.Fields[B], given)) {
			g.Owners, _ = staff(ctx, conn, ask) // people are shown by their names, whether they are paired or not
		}
	}
	g.Partners, _, _ = partners(ctx, e.Store, ws, f.Connections, mapping.Refers(f.Map, g.Fields[A], g.Fields[B]))
	return g
}

func describedBy(ctx context.Context, c connector.Connector, object string) ([]connector.Field, error) {
	d, ok := c.(connector.Describer)
	if !ok {
		return nil, fmt.Errorf("%s does not say which fields it has", c.Spec().Name)
	}
	return d.Describe(ctx, object)
}

// Fit completes what was read for a flow: with the system's own fields where an account could not be read, with the
// fields that are made when the flow is switched on, and with those that its map names and nobody could look up. specs
// describe the systems where no connection could be opened.
func (g Ground) Fit(f flow.Flow, specs [2]*connector.Spec) Ground {
	for _, side := range []Side{A, B} {
		if g.Specs[side] == nil {
			g.Specs[side] = specs[side]
		}
		object, ok := g.Specs[side].Object(f.Object)
		if !ok {
			continue
		}
		fields := slices.Clone(g.Fields[side])
		g.Made[side], g.Stamps[side] = nil, nil
		if g.Problem[side] != nil && len(fields) == 0 {
			fields = slices.Clone(object.Fields)
		}
		for _, x := range f.Extras() {
			if x.Side != side {
				continue
			}
			if _, there := labelled(fields, x.Field); !there {
				fields = append(fields, x.Field)
				g.Made[side] = append(g.Made[side], x.Field.Name)
			}
		}
		if g.Problem[side] != nil {
			fields = append(fields, assumed(fields, f.Map, side)...)
		}
		if stamp, there := labelled(fields, object.Stamp); there {
			g.Stamps[side] = append(g.Stamps[side], stamp.Name)
		}
		g.Fields[side] = fields
	}
	return g
}

// assumed are fields that a map names and that cannot be looked up at the moment. They are taken for what they were
// when somebody paired them.
func assumed(have []connector.Field, rows []mapping.Row, side Side) []connector.Field {
	var out []connector.Field
	for _, row := range rows {
		for _, name := range row.Side(side) {
			_, known := connector.FieldNamed(append(have, out...), name)
			if !known {
				t := connector.Text
				out = append(out, connector.Field{Name: name, Label: name, Type: t, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes, Custom: true})
			}
		}
	}
	return out
}

// Options are what the flow's map is compiled with on this ground.
func (g Ground) Options(f flow.Flow) mapping.Options {
	o := mapping.Options{Region: f.Region, Zone: g.Zone, Owners: g.Owners, Partners: g.Partners, Direction: f.Direction, Policy: f.Conflict, Blank: f.Blank}
	for side, s := range g.Specs {
		if s != nil {
			o.Systems[side] = s.Name
		}
	}
	return o
}

// A Sample is one real person as both accounts show them now, for a person to see what a map does.
type Sample struct {
	// Records are what was read, by side; one without an ID is not there.
	Records [2]connector.Record
	// Linked says that the two belong together already, by the link of the id Link. By is the kind of key that would join them otherwise.
	Linked bool
	Link   string
	By     string
	// Why is the reason why a record has no partner: new_a, new_b, or that of a review (no_key, shared_key). "" when it
	// has one, or when nobody could look.
	Why string
	// On is what both sides show of the record that it hangs on, nil where it hangs on none or that is not known.
	On [2]connector.Fields

	base    map[string]Base
	changed [2]time.Time
}

// Remembered is a linked pair of records as runs last saw both sides: a sample that costs no call.
func Remembered(l Link, object string, seen [2]Mirror) Sample {
	s := Sample{Linked: true, Link: l.ID, base: l.Base}
	for side, m := range seen {
		s.Records[side] = connector.Record{Ref: connector.Ref{Object: object, ID: l.IDs[side], Parent: m.Parent}, Version: m.Version, Fields: m.Fields}
		s.changed[side] = m.Changed
	}
	return s
}

// Both reports whether the sample is there on both sides.
func (s Sample) Both() bool { return s.Records[A].ID != "" && s.Records[B].ID != "" }

// Values are the fields that each side showed.
func (s Sample) Values() mapping.Sample {
	return mapping.Sample{s.Records[A].Fields, s.Records[B].Fields}
}

// with is what each side shows once the fields are there that are still to be made: those are empty.
func (s Sample) with(made [2][]string) mapping.Sample {
	shown := s.Values()
	for side := range shown {
		if len(made[side]) == 0 || shown[side] == nil {
			continue
		}
		fields := maps.Clone(shown[side])
		for _, name := range made[side] {
			if _, ok := fields[name]; !ok {
				fields[name] = nil
			}
		}
		shown[side] = fields
	}
	return shown
}

// Waits reports whether a person has to say first who the sample's partner is; nothing is written until then.
func (s Sample) Waits() bool { return s.Why != "" && !strings.HasPrefix(s.Why, "new_") }

// Decide plans the sample by the same planner that a run uses; for one that waits nothing is planned. lessons are what
// the accounts' answers have taught.
func (s Sample) Decide(m *mapping.Map, f flow.Flow, g Ground, lessons []Capability) Decision {
	caps := &abilities{s: &session{flow: f, fields: g.Fields}, is: map[ability]Capability{}}
	for _, c := range lessons {
		for side, conn := range f.Connections {
			if c.Conn == conn {
				caps.is[ability{Side(side), c.Verb, c.Field}] = c
			}
		}
	}
	if s.Both() {
		return Plan(Input{Rules: m.Rules, Obs: s.with(g.Made), Base: s.base, Changed: s.changed, Interval: (&session{flow: f}).interval(), Denied: caps.denied})
	}
	if s.Waits() {
		return Decision{}
	}
	from := A
	if s.Records[A].ID == "" {
		from = B
	}
	d, _ := planNew(m.Rules, from, s.Records[from].Fields, caps.deniedOnCreate)
	return d
}
