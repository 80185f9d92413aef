package engine_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// Sync-semantics 5.15: a custom field that changes in one of the systems holds up its own pair and nothing else.

// drifting is a world whose people have a custom field "Plan" on both sides, and one of whom is linked.
type drifting struct {
	*world
	a, b   string    // the linked person
	field  [2]string // the ids of the fields
	serial int
}

func newDrifting(t *testing.T, o sandbox.Options) *drifting {
	t.Helper()
	d := &drifting{world: newWorld(t, o)}
	made, err := d.box.HighLevel.Create("customFields", fields{"name": "Plan", "dataType": "TEXT"})
	if err != nil {
		t.Fatal(err)
	}
	d.field[engine.A] = made["id"].(string)
	if made, err = d.box.UserCom.Create("attributes", fields{"name": "Plan", "value_type": "string", "content_type": "clientuser"}); err != nil {
		t.Fatal(err)
	}
	d.field[engine.B] = fmt.Sprint(made["id"])
	d.flow.Map = append(slices.Clone(d.flow.Map), mapping.Row{A: mapping.Names{d.name()}, B: mapping.Names{"plan"}, Blank: mapping.Clear})
	d.a, d.b = d.couple(fields{"firstName": "Ada", "lastName": "Bell", "email": "ada@example.com", "phone": phone0, "customFields": d.plan("gold")})
	d.wantPlan("gold", "gold")
	d.pass(time.Hour)
	return d
}

func (d *drifting) name() string { return "customFields." + d.field[engine.A] }

// plan is a value of side a's field as its pages take it.
func (d *drifting) plan(v any) []any {
	return []any{fields{"id": d.field[engine.A], "field_value": v}}
}

func (d *drifting) wantPlan(a, b any) {
	d.t.Helper()
	got := any(nil)
	if one, err := d.box.HighLevel.Get("contacts", d.a); err == nil {
		for _, v := range one["customFields"].([]any) {
			if v := v.(map[string]any); v["id"] == d.field[engine.A] {
				got = v["value"]
			}
		}
	}
	if got != a {
		d.t.Errorf("side a: the plan is %v, want %v", got, a)
	}
	d.want(engine.B, d.b, fields{"plan": b})
}

// objects are what each side calls its custom fields.
var objects = [2]string{"customFields", "attributes"}

func (d *drifting) drop(side engine.Side) {
	d.t.Helper()
	crm, _ := d.people(side)
	if err := crm.Delete(objects[side], d.field[side]); err != nil {
		d.t.Fatal(err)
	}
}

// back brings the dropped field of a side back.
func (d *drifting) back(side engine.Side) {
	d.t.Helper()
	crm, _ := d.people(side)
	id := any(d.field[side])
	if side == engine.B {
		var n float64
		if _, err := fmt.Sscan(d.field[side], &n); err != nil {
			d.t.Fatal(err)
		}
		id = n
	}
	if _, err := crm.Create(objects[side], fields{"id": id}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *drifting) turn(side engine.Side, change fields) {
	d.t.Helper()
	crm, _ := d.people(side)
	if _, err := crm.Update(objects[side], d.field[side], change); err != nil {
		d.t.Fatal(err)
	}
}

// goesOn fails unless the other fields of the linked person travel.
func (d *drifting) goesOn() engine.Run {
	d.t.Helper()
	d.serial++
	d.pass(time.Minute)
	phone := fmt.Sprintf("+1202555%04d", 200+d.serial)
	d.edit(engine.A, d.a, fields{"phone": phone})
	r := d.run(engine.Done)
	d.want(engine.B, d.b, fields{"phone_number": phone})
	return r
}

// wantDrift fails unless this is what is known to have changed, as "side kind".
func (d *drifting) wantDrift(want ...string) {
	d.t.Helper()
	known, err := d.st.KnownFields(d.t.Context(), ws, d.flow.Connections, d.flow.Object)
	if err != nil {
		d.t.Fatal(err)
	}
	var got []string
	for _, k := range known {
		if kind := k.Drift(); kind != "" {
			got = append(got, fmt.Sprint(engine.Side(slices.Index(d.flow.Connections[:], k.Conn)), " ", kind))
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		d.t.Errorf("drift %q, want %q", got, want)
	}
}

func TestARemovedFieldPausesItsPairAlone(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		d := newDrifting(t, sandbox.Options{})
		d.drop(side)
		d.goesOn()
		d.wantDrift(side.String() + " removed")
		d.run(engine.Done)
		c := d.add(engine.A, fields{"email": "new@example.com", "firstName": "New"})
		d.pass(time.Minute)
		d.request(engine.Request{Look: true, Full: true}, engine.Done)
		if d.partner(engine.A, c) == "" {
			t.Error("nobody new is made while a field is gone")
		}
		d.back(side)
		d.wantPlan("gold", "gold")
		if side == engine.B {
			d.edit(engine.A, d.a, fields{"customFields": d.plan("silver")})
		} else {
			d.edit(engine.B, d.b, fields{"plan": "silver"})
		}
		d.goesOn()
		d.wantPlan("silver", "silver")
		d.wantDrift()
		d.quiet()
	}
}

// What is edited while a field is away is carried over when it is back, and nothing is taken for emptied.
func TestAFieldThatComesBackOverwritesNothing(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		d := newDrifting(t, sandbox.Options{})
		d.drop(side)
		d.goesOn()
		if side == engine.B {
			d.edit(engine.A, d.a, fields{"customFields": d.plan("silver")})
		} else {
			d.edit(engine.B, d.b, fields{"plan": "silver"})
		}
		d.goesOn()
		d.back(side)
		d.pass(time.Minute)
		d.run(engine.Done)
		d.wantPlan("silver", "silver")
		d.quiet()
	}
}

// A field goes away in the middle of a run: after its start, before its pages are read.
func TestAFieldThatGoesAwayDuringARunEmptiesNothing(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		for _, full := range []bool{false, true} {
			d := newDrifting(t, sandbox.Options{})
			gone := false
			d.veil = func(at engine.Side, c whole) connector.Connector {
				return dropping{whole: c, list: func() { // the first list of that side
					if at == side && !gone {
						gone = true
						d.drop(side)
					}
				}}
			}
			d.edit(engine.A, d.a, fields{"phone": phoneA})
			d.edit(engine.B, d.b, fields{"city": "Bath"})
			d.request(engine.Request{Look: true, Full: full}, engine.Done)
			if !gone {
				t.Fatal("the field is still there")
			}
			d.veil = nil
			d.want(engine.B, d.b, fields{"phone_number": phoneA})
			if side == engine.A {
				d.want(engine.B, d.b, fields{"plan": "gold"})
			}
			d.goesOn()
			d.wantDrift(side.String() + " removed")
			d.back(side)
			d.wantPlan("gold", "gold")
			d.pass(time.Minute)
			d.run(engine.Done)
			d.wantPlan("gold", "gold")
			d.quiet()
		}
	}
}

// A field goes away between the reading and the writing of its value: that is no lesson about the field.
func TestAFieldThatGoesAwayBeforeAWriteIsNotLearnedAsNotWritable(t *testing.T) {
	t.Parallel()
	for _, refuses := range []bool{false, true} {
		d := newDrifting(t, sandbox.Options{RefuseUnknown: refuses})
		gone := false
		d.veil = func(at engine.Side, c whole) connector.Connector {
			return dropping{whole: c, update: func() {
				if at == engine.B && !gone {
					gone = true
					d.drop(at)
				}
			}}
		}
		d.edit(engine.A, d.a, fields{"phone": phoneA, "customFields": d.plan("silver")})
		d.run(engine.Done)
		d.veil = nil
		d.want(engine.B, d.b, fields{"phone_number": phoneA})
		d.wantDrift("b removed")
		caps, err := d.st.Capabilities(t.Context(), ws, d.flow.Connections, d.flow.Object)
		if err != nil || len(caps) > 0 {
			t.Errorf("learned %+v, %v", caps, err)
		}
		d.goesOn()
		d.back(engine.B)
		d.pass(time.Minute)
		d.run(engine.Done)
		d.wantPlan("silver", "silver")
		d.quiet()
	}
}

func TestARenamedFieldIsFollowed(t *testing.T) {
	t.Parallel()
	d := newDrifting(t, sandbox.Options{})
	d.turn(engine.A, fields{"name": "Tariff"})
	d.turn(engine.B, fields{"name": "Tariff", "name_std": "tariff"})
	d.goesOn()
	d.wantDrift("a renamed", "b renamed")
	d.edit(engine.A, d.a, fields{"customFields": d.plan("silver")})
	d.goesOn()
	d.want(engine.B, d.b, fields{"tariff": "silver"})
	d.edit(engine.B, d.b, fields{"tariff": "bronze"})
	r := d.goesOn()
	if got := d.changes(r, d.name()); !slices.Contains(got, "write changed_b") {
		t.Errorf("the log says %q", got)
	}
	d.quiet()
}

func TestARetypedFieldWaitsUntilSomebodyAccepts(t *testing.T) {
	t.Parallel()
	d := newDrifting(t, sandbox.Options{})
	d.edit(engine.A, d.a, fields{"customFields": d.plan("12")})
	d.goesOn()
	d.turn(engine.B, fields{"value_type": "integer"})
	d.edit(engine.A, d.a, fields{"customFields": d.plan("13")})
	d.goesOn()
	d.want(engine.B, d.b, fields{"plan": 12.0})
	d.wantDrift("b retyped")
	d.accept(engine.B)
	d.pass(time.Minute)
	d.run(engine.Done)
	d.want(engine.B, d.b, fields{"plan": 13.0})
	d.wantDrift()
	d.quiet()
}

// A field of the same name that is another one holds nobody's values: they are filled from the other side, never emptied.
func TestAFieldThatWasMadeAnewIsFilledOnceAccepted(t *testing.T) {
	t.Parallel()
	d := newDrifting(t, sandbox.Options{})
	d.drop(engine.B)
	if _, err := d.box.UserCom.Create("attributes", fields{"name": "Plan", "value_type": "string", "content_type": "clientuser"}); err != nil {
		t.Fatal(err)
	}
	d.goesOn()
	d.wantDrift("b replaced")
	d.wantPlan("gold", nil)
	d.accept(engine.B)
	d.pass(time.Minute)
	d.run(engine.Done)
	d.wantPlan("gold", "gold")
	d.wantDrift()
	d.quiet()
}

func TestANewOptionHoldsUpOnlyThoseWhoHaveIt(t *testing.T) {
	t.Parallel()
	d := newDrifting(t, sandbox.Options{})
	d.turn(engine.A, fields{"dataType": "SINGLE_OPTIONS", "textBoxListOptions": []any{"gold", "silver"}})
	d.turn(engine.B, fields{"value_type": "fixed", "choices": []any{"gold", "silver"}})
	d.goesOn()
	d.accept(engine.A)
	d.accept(engine.B)
	d.edit(engine.A, d.a, fields{"customFields": d.plan("silver")})
	d.goesOn()
	d.wantPlan("silver", "silver")
	d.turn(engine.A, fields{"textBoxListOptions": []any{"gold", "silver", "bronze"}})
	d.edit(engine.A, d.a, fields{"customFields": d.plan("bronze"), "phone": phoneA})
	d.pass(time.Minute)
	d.run(engine.DoneWithProblems)
	d.want(engine.B, d.b, fields{"phone_number": phoneA, "plan": "silver"})
	d.wantDrift("a options")
	d.edit(engine.A, d.a, fields{"customFields": d.plan("gold")})
	d.goesOn()
	d.wantPlan("gold", "gold")
	d.turn(engine.B, fields{"choices": []any{"gold", "silver", "bronze"}})
	d.edit(engine.A, d.a, fields{"customFields": d.plan("bronze")})
	d.goesOn()
	d.wantPlan("bronze", "bronze")
}

// accept is what a person says of a field that changed.
func (d *drifting) accept(side engine.Side) {
	d.t.Helper()
	known, err := d.st.KnownFields(d.t.Context(), ws, d.flow.Connections, d.flow.Object)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, k := range known {
		if k.Conn == d.flow.Connections[side] && k.Drift() != "" {
			if err := d.st.AcceptField(d.t.Context(), ws, k.Accepted(d.box.Clock.Now())); err != nil {
				d.t.Fatal(err)
			}
		}
	}
}

// dropping is a connector beside which something happens before a call.
type dropping struct {
	whole
	list, update func()
}

func (d dropping) List(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	if d.list != nil {
		d.list()
	}
	return d.whole.List(ctx, req)
}

func (d dropping) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	if d.update != nil {
		d.update()
	}
	return d.whole.Update(ctx, ref, set)
}
