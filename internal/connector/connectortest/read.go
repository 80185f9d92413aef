package connectortest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"couplet/internal/connector"
)

// readAll follows a List to its end and puts what its pages show of each record together. Each page says what it has.
func (b *bench) readAll(since time.Time, fields ...string) map[string]connector.Record {
	b.Helper()
	all := map[string]connector.Record{}
	req := connector.ListRequest{Object: "contact", Since: since, Fields: fields}
	rows := 0
	for pages := 0; ; pages++ {
		page, err := b.conn.List(b.ctx(), req)
		b.must(err)
		if pages > 1000 {
			b.Fatal("a list without an end")
		}
		if page.At.IsZero() {
			b.Fatal("a page does not say when it was made")
		}
		rows += len(page.Records)
		for _, rec := range page.Records {
			if rec.ID == "" || rec.Object != "contact" || rec.Version == "" {
				b.Fatalf("a row without id, object or version: %+v", rec)
			}
			if had, again := all[rec.ID]; again {
				maps.Copy(had.Fields, rec.Fields)
				continue
			}
			all[rec.ID] = rec
		}
		if rows > 3*len(all) {
			b.Fatalf("%d rows for %d records", rows, len(all))
		}
		if page.Next == "" {
			return all
		}
		if page.Next == req.After {
			b.Fatal("the next page is the same page")
		}
		req.After = page.Next
	}
}

func listsEverything(b *bench) {
	ids := b.Seed(b.Pages)
	all := b.readAll(time.Time{}, append([]string{b.Email}, b.Names...)...)
	if len(all) < len(ids) {
		b.Fatalf("%d of %d records were shown", len(all), len(ids))
	}
	for _, id := range ids {
		rec, shown := all[id]
		if !shown {
			b.Fatalf("record %s was skipped", id)
		}
		for _, name := range append([]string{b.Email}, b.Names...) {
			if v, shown := rec.Fields[name]; !shown || v == nil {
				b.Fatalf("record %s does not show %s: %v", id, name, rec.Fields)
			}
		}
	}
	truth := b.get(ids[0])
	for name, v := range all[ids[0]].Fields {
		if !same(v, truth.Fields[name]) {
			b.Errorf("list shows %s = %#v, get shows %#v", name, v, truth.Fields[name])
		}
	}
}

func listsChanges(b *bench) {
	ids := b.Seed(5)
	page, err := b.conn.List(b.ctx(), connector.ListRequest{Object: "contact"})
	b.must(err)
	_, err = b.conn.Update(b.ctx(), ref(ids[2]), connector.Fields{b.City: "Changed"})
	b.must(err)
	b.eventually("the changed record shows among the changes", func() bool {
		rec, shown := b.readAll(page.At.Add(-time.Minute), b.City)[ids[2]]
		return shown && rec.Fields[b.City] == "Changed"
	})
	if n := len(b.readAll(page.At.Add(time.Hour))); n != 0 {
		b.Errorf("%d records changed in the future", n)
	}
}

func sameVersion(b *bench) {
	ids := b.Seed(3)
	listed := b.readAll(time.Time{}, b.Names...)
	for _, id := range ids {
		if got := b.get(id); got.Version != listed[id].Version {
			b.Errorf("list says version %q, get says %q", listed[id].Version, got.Version)
		}
	}
}

func notFound(b *bench) {
	_, err := b.conn.Get(b.ctx(), ref(b.Nobody))
	b.wantKind(err, connector.NotFound)
	_, err = b.conn.Update(b.ctx(), ref(b.Nobody), connector.Fields{b.City: "x"})
	b.wantKind(err, connector.NotFound)
	_, err = b.conn.Get(b.ctx(), connector.Ref{Object: "spaceship", ID: "1"})
	b.wantKind(err, connector.Invalid)
}

func findByStamp(b *bench) {
	stamp := b.stamp()
	values := b.person("stamped@example.com")
	values[stamp] = "ref-4711"
	made := b.create(values)
	if made.Fields[stamp] != "ref-4711" {
		b.Fatalf("the stamp came back as %#v", made.Fields[stamp])
	}
	b.eventually("the stamp leads to the record", func() bool {
		found, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{stamp: "ref-4711"})
		b.must(err)
		return len(found) == 1 && found[0].ID == made.ID && found[0].Fields[stamp] == "ref-4711"
	})
	found, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{stamp: "ref-4712"})
	b.must(err)
	if len(found) != 0 {
		b.Errorf("another stamp leads to %v", found)
	}
}

func findByKey(b *bench) {
	b.Seed(3)
	values := b.person("Find.Me+tag@example.com")
	values[b.Phone] = "+48601234567"
	made := b.create(values)
	for name, v := range map[string]string{b.Email: "Find.Me+tag@example.com", b.Phone: "+48601234567"} {
		b.eventually("the record is found by "+name, func() bool {
			found, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{name: v})
			b.must(err)
			return len(found) == 1 && found[0].ID == made.ID
		})
	}
	b.eventually("the record is found by both", func() bool {
		found, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{b.Email: "Find.Me+tag@example.com", b.Phone: "+48601234567"})
		b.must(err)
		return len(found) == 1
	})
	for name, v := range map[string]string{b.Email: "nobody@example.com", b.Phone: "+48600000000"} {
		found, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{name: v})
		b.must(err)
		if len(found) != 0 {
			b.Errorf("%s of nobody leads to %d records", name, len(found))
		}
	}
	_, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{b.Email: nil})
	b.wantKind(err, connector.Invalid)
	if err := b.conn.Delete(b.ctx(), ref(made.ID)); err != nil {
		b.Fatal(err)
	}
	found, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{b.Email: "Find.Me+tag@example.com"})
	b.must(err)
	if len(found) != 0 {
		b.Errorf("a deleted record is found")
	}
}

// same compares two values; sets have no order.
func same(x, y any) bool {
	a, aSet := x.([]string)
	c, cSet := y.([]string)
	if aSet && cSet {
		a, c = slices.Clone(a), slices.Clone(c)
		slices.Sort(a)
		slices.Sort(c)
		return slices.Equal(a, c)
	}
	return fmt.Sprintf("%T %v", x, x) == fmt.Sprintf("%T %v", y, y)
}

// wantTags fails unless the record shows exactly these tags, upper and lower case being the same.
func (b *bench) wantTags(rec connector.Record, want ...string) {
	b.Helper()
	got, _ := rec.Fields[b.Tags].([]string)
	got = slices.Clone(got)
	for i := range got {
		got[i] = strings.ToLower(got[i])
	}
	slices.Sort(got)
	if _, shown := rec.Fields[b.Tags]; !shown || !slices.Equal(got, want) {
		b.Errorf("tags are %v, want %v", rec.Fields[b.Tags], want)
	}
}
