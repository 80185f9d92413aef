package engine_test

import (
	"fmt"
	"strconv"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// agents are those of User.com, by number and email.
const agents = "926 sam.seller@example.com, 927 ursula.usher@example.com"

// family is a world whose contacts have tasks and notes.
type family struct {
	*world
	contacts, tasks, notes flow.Flow
}

func newFamily(t tester, o sandbox.Options) *family {
	t.Helper()
	f := &family{world: newWorld(t, o)}
	f.contacts = f.flow
	f.tasks, f.notes = f.child("task"), f.child("note")
	return f
}

func (f *family) child(object string) flow.Flow {
	f.t.Helper()
	made, err := flow.Resolve(flow.FlowSpec{Name: object + "s", Template: object + "-sync"})
	if err != nil {
		f.t.Fatal(err)
	}
	made.ID, made.Workspace, made.Connections, made.Enabled, made.Version = "flow_"+object, ws, f.contacts.Connections, true, 1
	made.Retry, made.Approval, made.Region = f.contacts.Retry, f.contacts.Approval, f.contacts.Region
	return made
}

// as goes on with another flow.
func (f *family) as(x flow.Flow) *world {
	f.flow = x
	return f.world
}

// sync runs a flow to its end.
func (f *family) sync(x flow.Flow) engine.Run { f.t.Helper(); return f.as(x).run(engine.Done) }

// couple makes a person on both sides and links the two.
func (f *family) couple(email string) (a, b string) {
	f.t.Helper()
	a = f.as(f.contacts).add(engine.A, fields{"firstName": "Ada", "lastName": "Bell", "email": email})
	f.sync(f.contacts)
	return a, f.partner(engine.A, a)
}

// shelf is what a side calls the records of the flow at hand, and what all of them have.
func (f *family) shelf(side engine.Side) (object string, all fields) {
	if side == engine.A {
		return f.flow.Object + "s", fields{}
	}
	return "activities", fields{"activity_type": map[string]float64{"task": 3, "note": 4}[f.flow.Object]}
}

// put makes a task or note of a person as a user would.
func (f *family) put(side engine.Side, parent string, typed fields) string {
	f.t.Helper()
	object, body := f.shelf(side)
	for k, v := range typed {
		body[k] = v
	}
	body[[2]string{"contactId", "user_id"}[side]] = any(parent)
	if side == engine.B {
		n, _ := strconv.ParseFloat(parent, 64)
		body["user_id"] = n
		if f.flow.Object == "note" {
			body["name"], body["due_date"], body["done"] = "Note", due1, true
		}
	}
	crm, _ := f.people(side)
	made, err := crm.Create(object, body)
	if err != nil {
		f.t.Fatalf("create on %s: %v", side, err)
	}
	if n, ok := made["id"].(float64); ok {
		return strconv.FormatInt(int64(n), 10)
	}
	return fmt.Sprint(made["id"])
}

// turn changes a task or note as a user would.
func (f *family) turn(side engine.Side, id string, typed fields) {
	f.t.Helper()
	object, _ := f.shelf(side)
	crm, _ := f.people(side)
	if _, err := crm.Update(object, id, typed); err != nil {
		f.t.Fatalf("change on %s: %v", side, err)
	}
}

func (f *family) drop(side engine.Side, id string) {
	f.t.Helper()
	object, _ := f.shelf(side)
	crm, _ := f.people(side)
	if err := crm.Delete(object, id); err != nil {
		f.t.Fatalf("delete on %s: %v", side, err)
	}
}

// kids are the records of the flow at hand on a side, by id, as its connector lists them.
func (f *family) kids(side engine.Side) map[string]connector.Record {
	f.t.Helper()
	c, err := f.Open(f.t.Context(), ws, f.flow.Connections[side], nil)
	if err != nil {
		f.t.Fatal(err)
	}
	object, _ := c.Spec().Object(f.flow.Object)
	parents := []string{""}
	if object.PerParent {
		parents = nil
		now := f.flow
		for id := range f.as(f.contacts).all(side) {
			parents = append(parents, id)
		}
		f.flow = now
	}
	out := map[string]connector.Record{}
	for _, parent := range parents {
		for after := connector.Cursor(""); ; {
			page, err := c.List(f.t.Context(), connector.ListRequest{Object: f.flow.Object, Parent: parent, After: after})
			if connector.KindOf(err) == connector.NotFound {
				break // the list of contacts has not heard of it yet
			}
			if err != nil {
				f.t.Fatal(err)
			}
			for _, r := range page.Records {
				out[r.ID] = r
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	return out
}

// wantKids fails unless the records of a side say these things in a field, in any order.
func (f *family) wantKids(side engine.Side, field string, want ...string) {
	f.t.Helper()
	var got []string
	for _, r := range f.kids(side) {
		got = append(got, mapping.Plain(fmt.Sprint(r.Fields[field])))
	}
	if !sameBag(got, want) {
		f.t.Errorf("side %s has %q, want %q", side, got, want)
	}
}

func sameBag(x, y []string) bool {
	count := map[string]int{}
	for _, s := range x {
		count[s]++
	}
	for _, s := range y {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// togetherKids checks that links are one to one, under the link of the parents, and that each pair agrees.
func (f *family) togetherKids() []engine.Link {
	f.t.Helper()
	kids := [2]map[string]connector.Record{f.kids(engine.A), f.kids(engine.B)}
	child := f.flow
	parents := map[string]string{}
	for _, l := range f.as(f.contacts).links() {
		if l.State == engine.On {
			parents[l.IDs[0]] = l.IDs[1]
		}
	}
	f.flow = child
	m := f.rules(f.flow)
	links := f.links()
	seen := map[string]bool{}
	for _, l := range links {
		if l.State != engine.On {
			continue
		}
		a, okA := kids[0][l.IDs[0]]
		b, okB := kids[1][l.IDs[1]]
		if !okA || !okB {
			f.t.Errorf("%v: a linked record is not there", l.IDs)
			continue
		}
		if seen["a"+a.ID] || seen["b"+b.ID] {
			f.t.Errorf("%v: twice", l.IDs)
		}
		seen["a"+a.ID], seen["b"+b.ID] = true, true
		if parents[a.Parent] != b.Parent || l.Parent == "" {
			f.t.Errorf("%v hang on %q and %q, under the link %q", l.IDs, a.Parent, b.Parent, l.Parent)
		}
		for i := range m.Rules {
			r := &m.Rules[i]
			if r.Owner() {
				continue
			}
			x, _ := r.Read(engine.A, a.Fields)
			y, _ := r.Read(engine.B, b.Fields)
			base := l.Base[r.Key]
			if !r.Agree(x, y) && !accepted(base, x, y) && !(strings.HasPrefix(base.Rule, "required_") && r.Same(engine.A, base.V[0], x) && r.Same(engine.B, base.V[1], y)) {
				f.t.Errorf("%v: %s differs: %v and %v, base %+v", l.IDs, r.Key, x, y, base)
			}
		}
	}
	return links
}

// rules are those of a flow's map.
func (f *family) rules(x flow.Flow) *mapping.Map {
	f.t.Helper()
	var fields [2][]connector.Field
	for side, id := range x.Connections {
		c, _ := f.Open(f.t.Context(), ws, id, nil)
		fields[side], _ = c.(connector.Describer).Describe(f.t.Context(), x.Object)
	}
	m, problems := mapping.Compile(x.Map, fields[0], fields[1], mapping.Options{Region: "US"})
	if len(problems) > 0 {
		f.t.Fatal(problems)
	}
	return m
}

// loneKids are records whose contact is linked and that have no partner.
func (f *family) loneKids() (lone []string) {
	f.t.Helper()
	child := f.flow
	var linked [2]map[string]bool
	for side := range linked {
		linked[side] = map[string]bool{}
	}
	for _, l := range f.as(f.contacts).links() {
		for side, id := range l.IDs {
			linked[side][id] = l.State == engine.On
		}
	}
	f.flow = child
	for side := range linked {
		for id, r := range f.kids(engine.Side(side)) {
			if linked[side][r.Parent] && f.partner(engine.Side(side), id) == "" {
				lone = append(lone, fmt.Sprint(engine.Side(side), " ", id, " ", r.Fields))
			}
		}
	}
	return lone
}

// quietKids runs the flow once more: it writes nothing, and reads lists only.
func (f *family) quietKids() {
	f.t.Helper()
	f.pass(minute)
	type seen struct{ writes, singles int }
	var was [2]seen
	look := func() (now [2]seen) {
		for side := range now {
			now[side] = seen{f.writes(engine.Side(side)), f.calls(engine.Side(side), single)}
		}
		return now
	}
	was = look()
	f.run(engine.Done)
	if now := look(); now != was {
		f.t.Errorf("a run after quiet wrote, or read single records: %+v, then %+v", was, now)
	}
}

// single tells reads of one record from lists.
func single(c kit.Call) bool {
	if c.Method != "GET" {
		return false
	}
	path := strings.TrimSuffix(c.Path, "/")
	return strings.HasSuffix(path, "}") || strings.Contains(path, "/tasks/") || strings.Contains(path, "/notes/")
}
