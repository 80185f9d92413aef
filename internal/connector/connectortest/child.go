package connectortest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"couplet/internal/connector"
)

// Child is an object whose records hang on contacts.
type Child struct {
	Object string
	// Values are those of a new record. Text is the field among them that the checks vary, and that can be looked up.
	Values connector.Fields
	Text   string
	// Change is a change of other fields.
	Change connector.Fields
	// Follows are fields that the system changes by itself when Text changes.
	Follows []string
}

// values are those of one more record.
func (c Child) values(text string) connector.Fields {
	v := maps.Clone(c.Values)
	v[c.Text] = text
	return v
}

// eachChild runs a check for every object that hangs on contacts, with a contact of its own.
func eachChild(run func(b *bench, c Child, parent string)) func(*bench) {
	return func(b *bench) {
		if len(b.Children) == 0 {
			b.Skip("nothing hangs on contacts")
		}
		for i, c := range b.Children {
			run(b, c, b.create(b.person(fmt.Sprintf("parent%d@example.com", i))).ID)
		}
	}
}

func (b *bench) child(c Child, parent, text string) connector.Record {
	b.Helper()
	rec, err := b.conn.Create(b.ctx(), c.Object, parent, c.values(text))
	b.must(err)
	return rec
}

// all reads a list of one object to its end; parent limits it. A partial one is read again by its caller.
func (b *bench) all(object, parent string) (all map[string]connector.Record, partial bool) {
	b.Helper()
	all = map[string]connector.Record{}
	req := connector.ListRequest{Object: object, Parent: parent}
	for range 1000 {
		page, err := b.conn.List(b.ctx(), req)
		b.must(err)
		for _, rec := range page.Records {
			if o, _ := b.conn.Spec().Object(object); rec.ID == "" || rec.Object != object || (rec.Parent == "") != (o.Parent == "") || parent != "" && rec.Parent != parent {
				b.Fatalf("a %s without id, object or the right parent: %+v", object, rec)
			}
			all[rec.ID] = rec
		}
		if page.Next == "" {
			return all, page.Partial
		}
		req.After = page.Next
	}
	b.Fatal("a list without an end")
	return nil, false
}

func childComesBack(b *bench, c Child, parent string) {
	made := b.child(c, parent, "One of "+c.Object)
	if made.ID == "" || made.Object != c.Object || made.Parent != parent {
		b.Fatalf("a new %s without id, object or parent: %+v", c.Object, made)
	}
	truth, err := b.conn.Get(b.ctx(), made.Ref)
	b.must(err)
	if truth.Ref != made.Ref {
		b.Errorf("get says it is %+v, create said %+v", truth.Ref, made.Ref)
	}
	for name, v := range c.values("One of " + c.Object) {
		if !equal(made.Fields[name], v) || !equal(truth.Fields[name], v) {
			b.Errorf("%s of a %s was sent as %#v, came back as %#v and is read as %#v", name, c.Object, v, made.Fields[name], truth.Fields[name])
		}
	}
	object, _ := b.conn.Spec().Object(c.Object)
	if undated := made.Version == "" && truth.Version == ""; undated != object.Undated {
		b.Errorf("a %s is made with version %q and read with %q, and the spec says undated: %v", c.Object, made.Version, truth.Version, object.Undated)
	}
	for _, name := range object.View("full") {
		if _, shown := truth.Fields[name]; !shown {
			b.Errorf("get of a %s does not show %s", c.Object, name)
		}
	}
	other := truth.Ref
	other.ID = b.Nobody
	_, err = b.conn.Get(b.ctx(), other)
	b.wantKind(err, connector.NotFound)
}

// equal is same, and two ways to write one instant are equal.
func equal(x, y any) bool {
	a, _ := x.(string)
	c, _ := y.(string)
	at, err := time.Parse(time.RFC3339Nano, a)
	and, wrong := time.Parse(time.RFC3339Nano, c)
	return same(x, y) || err == nil && wrong == nil && at.Equal(and)
}

func childListed(b *bench, c Child, parent string) {
	second := b.create(b.person("second." + c.Object + "@example.com")).ID
	var mine, theirs []string
	for i := range 3 {
		mine = append(mine, b.child(c, parent, fmt.Sprintf("Mine %d", i)).ID)
		theirs = append(theirs, b.child(c, second, fmt.Sprintf("Theirs %d", i)).ID)
	}
	slices.Sort(mine)
	b.eventually("the contact's own are listed, and nobody else's", func() bool {
		got, partial := b.all(c.Object, parent)
		return !partial && slices.Equal(slices.Sorted(maps.Keys(got)), mine)
	})
	listed, _ := b.all(c.Object, parent)
	for _, id := range mine {
		truth, err := b.conn.Get(b.ctx(), listed[id].Ref)
		b.must(err)
		for name, v := range listed[id].Fields {
			if !same(v, truth.Fields[name]) {
				b.Errorf("list shows %s = %#v, get shows %#v", name, v, truth.Fields[name])
			}
		}
	}
	object, _ := b.conn.Spec().Object(c.Object)
	if object.PerParent {
		_, err := b.conn.List(b.ctx(), connector.ListRequest{Object: c.Object})
		b.wantKind(err, connector.Invalid)
		return
	}
	b.eventually("those of all contacts are listed", func() bool {
		got, partial := b.all(c.Object, "")
		for _, id := range slices.Concat(mine, theirs) {
			if _, shown := got[id]; !shown {
				return false
			}
		}
		return !partial && got[theirs[0]].Parent == second
	})
}

func childChanged(b *bench, c Child, parent string) {
	made := b.child(c, parent, "Before")
	want := maps.Clone(made.Fields)
	for _, set := range []connector.Fields{{c.Text: "After"}, c.Change} {
		if len(set) == 0 {
			continue
		}
		maps.Copy(want, set)
		after, err := b.conn.Update(b.ctx(), made.Ref, set)
		b.must(err)
		truth, err := b.conn.Get(b.ctx(), made.Ref)
		b.must(err)
		for name, v := range set {
			if !equal(after.Fields[name], v) {
				b.Errorf("%s of a %s was set to %#v, and update shows %#v", name, c.Object, v, after.Fields[name])
			}
		}
		for name, v := range want {
			f, _ := b.fieldOf(c.Object, name)
			if f.OnUpdate != connector.No && !(slices.Contains(c.Follows, name) && set[name] == nil) && !equal(truth.Fields[name], v) {
				b.Errorf("after %v, %s of a %s is %#v, want %#v", set, name, c.Object, truth.Fields[name], v)
			}
		}
	}
	_, err := b.conn.Update(b.ctx(), connector.Ref{Object: c.Object, ID: b.Nobody, Parent: parent}, connector.Fields{c.Text: "x"})
	b.wantKind(err, connector.NotFound)
}

func (b *bench) fieldOf(object, name string) (connector.Field, bool) {
	o, _ := b.conn.Spec().Object(object)
	return connector.FieldNamed(o.Fields, name)
}

func childDeleted(b *bench, c Child, parent string) {
	made, kept := b.child(c, parent, "Gone"), b.child(c, parent, "Kept")
	b.must(b.conn.Delete(b.ctx(), made.Ref))
	b.must(b.conn.Delete(b.ctx(), made.Ref))
	_, err := b.conn.Get(b.ctx(), made.Ref)
	b.wantKind(err, connector.NotFound)
	_, err = b.conn.Get(b.ctx(), kept.Ref)
	b.must(err)
	b.must(b.conn.Delete(b.ctx(), ref(parent)))
	b.must(b.conn.Delete(b.ctx(), kept.Ref))
	_, err = b.conn.Create(b.ctx(), c.Object, parent, c.values("Of nobody"))
	b.wantKind(err, connector.NotFound)
}

func childFound(b *bench, c Child, parent string) {
	made := b.child(c, parent, "Look for me")
	b.child(c, parent, "Not for me")
	object, _ := b.conn.Spec().Object(c.Object)
	by := connector.Fields{}
	for _, name := range object.Alike {
		by[name] = made.Fields[name]
	}
	by[c.Text] = "Look for me"
	b.eventually("it is found among its contact's by what makes it alike", func() bool {
		found, err := b.conn.Find(b.ctx(), c.Object, parent, by)
		b.must(err)
		return len(found) == 1 && found[0].ID == made.ID
	})
	_, err := b.conn.Find(b.ctx(), c.Object, parent, connector.Fields{c.Text: nil})
	b.wantKind(err, connector.Invalid)
}

// childRefused: what the system would refuse for sure is refused before any call, so that no create is in doubt for it.
func childRefused(b *bench, c Child, parent string) {
	object, _ := b.conn.Spec().Object(c.Object)
	for _, name := range object.Required {
		values := c.values("Lacks " + name)
		values[name] = nil
		sent := b.tap.Sent()
		_, err := b.conn.Create(b.ctx(), c.Object, parent, values)
		if e := b.wantKind(err, connector.Invalid); !slices.Contains(e.Fields, name) || b.tap.Sent() != sent {
			b.Errorf("a %s without %s: %v, %d calls", c.Object, name, e.Fields, b.tap.Sent()-sent)
		}
	}
}

func childInDoubt(b *bench, c Child, parent string) {
	made := b.child(c, parent, "Sure")
	for name, fate := range map[string]Fate{"lost": Lost, "torn": Torn} {
		b.onWrite(fate)
		_, err := b.conn.Create(b.ctx(), c.Object, parent, c.values(name))
		b.tap.Always(nil)
		b.wantKind(err, connector.Unknown)
		b.eventually("what it holds leads to it", func() bool {
			found, err := b.conn.Find(b.ctx(), c.Object, parent, connector.Fields{c.Text: name})
			b.must(err)
			return len(found) == 1
		})
		b.onWrite(fate)
		_, err = b.conn.Update(b.ctx(), made.Ref, connector.Fields{c.Text: name + " again"})
		b.tap.Always(nil)
		b.wantKind(err, connector.Unknown)
		truth, err := b.conn.Get(b.ctx(), made.Ref)
		b.must(err)
		if truth.Fields[c.Text] != name+" again" {
			b.Errorf("the check is wrong: the lost write did not happen, %v", truth.Fields)
		}
	}
	for _, status := range []int{500, 503} {
		b.tap.Plan(Answer(status, ""))
		_, err := b.conn.Create(b.ctx(), c.Object, parent, c.values("fault"))
		b.wantKind(err, connector.Unknown)
		b.tap.Plan(Answer(status, ""))
		_, err = b.conn.Get(b.ctx(), made.Ref)
		b.wantKind(err, connector.Temporary)
	}
	b.onWrite(Lost)
	b.wantKind(b.conn.Delete(b.ctx(), made.Ref), connector.Unknown)
	b.tap.Always(nil)
}

// onWrite gives a fate to the calls that change something; reads before and after them are made.
func (b *bench) onWrite(fate Fate) {
	b.tap.Always(func(req *http.Request, forward func() (*http.Response, error)) (*http.Response, error) {
		if req.Method == http.MethodGet {
			return forward()
		}
		return fate(req, forward)
	})
}
