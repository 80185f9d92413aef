package connectortest

import (
	"fmt"
	"maps"

	"couplet/internal/connector"
)

func createEcho(b *bench) {
	values := b.person("echo@example.com")
	values[b.City] = "Gdańsk"
	values[b.Phone] = "+48601234567"
	values[b.Tags] = []string{"alpha", "beta"}
	made := b.create(values)
	if made.ID == "" || made.Object != "contact" || made.Version == "" {
		b.Fatalf("a new record without id, object or version: %+v", made)
	}
	for _, name := range []string{b.Email, b.City, b.Phone} {
		if made.Fields[name] != values[name] {
			b.Errorf("%s was sent as %#v and came back as %#v", name, values[name], made.Fields[name])
		}
	}
	b.wantTags(made, "alpha", "beta")
	truth := b.get(made.ID)
	for name, v := range made.Fields {
		if !same(v, truth.Fields[name]) {
			b.Errorf("create shows %s = %#v, get shows %#v", name, v, truth.Fields[name])
		}
	}
}

func updateOnly(b *bench) {
	stamp := b.stamp()
	values := b.person("only@example.com")
	values[b.City], values[b.Phone], values[stamp] = "Before", "+48601234567", "r1"
	values[b.Tags] = []string{"kept"}
	made := b.create(values)
	before := b.get(made.ID)
	after, err := b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.City: "After"})
	b.must(err)
	if after.ID != made.ID || after.Fields[b.City] != "After" {
		b.Errorf("update shows %v", after)
	}
	truth := b.get(made.ID)
	want := maps.Clone(before.Fields)
	want[b.City] = "After"
	for name, v := range want {
		if !same(v, truth.Fields[name]) {
			b.Errorf("%s was %#v and is %#v now", name, v, truth.Fields[name])
		}
	}
	for name, v := range after.Fields {
		if !same(v, truth.Fields[name]) {
			b.Errorf("update shows %s = %#v, get shows %#v", name, v, truth.Fields[name])
		}
	}
	_, err = b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{"no_such_field_1": "x"})
	if err == nil && b.get(made.ID).Fields["no_such_field_1"] == "x" {
		b.Errorf("a field appeared out of nowhere")
	}
}

func blank(b *bench) {
	stamp := b.stamp()
	values := b.person("blank@example.com")
	values[b.City], values[stamp] = "Somewhere", "r1"
	values[b.Phone] = nil
	made := b.create(values)
	for _, rec := range []connector.Record{made, b.get(made.ID)} {
		if v, shown := rec.Fields[b.Phone]; !shown || v != nil {
			b.Errorf("a phone that was never set is shown as %#v, shown: %v", v, shown)
		}
	}
	after, err := b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.City: nil, stamp: nil})
	b.must(err)
	for _, rec := range []connector.Record{after, b.get(made.ID)} {
		for _, name := range []string{b.City, stamp} {
			if v, shown := rec.Fields[name]; !shown || v != nil {
				b.Errorf("%s was emptied and is shown as %#v, shown: %v", name, v, shown)
			}
		}
	}
	rec, shown := b.readAll(made.Created, b.City, stamp)[made.ID]
	if !shown {
		b.Fatal("the record is not listed")
	}
	for _, name := range []string{b.City, stamp} {
		b.eventually(name+" is listed as nil", func() bool {
			rec = b.readAll(made.Created, b.City, stamp)[made.ID]
			v, shown := rec.Fields[name]
			return shown && v == nil
		})
	}
}

func tagDelta(b *bench) {
	values := b.person("tags@example.com")
	values[b.Tags] = []string{"alpha", "beta"}
	made := b.create(values)
	steps := []struct {
		delta connector.Delta
		want  []string
	}{
		{connector.Delta{Add: []string{"gamma"}, Remove: []string{"alpha"}}, []string{"beta", "gamma"}},
		{connector.Delta{Add: []string{"delta"}}, []string{"beta", "delta", "gamma"}},
		{connector.Delta{Remove: []string{"delta", "gamma"}}, []string{"beta"}},
		{connector.Delta{Remove: []string{"never there"}}, []string{"beta"}},
		{connector.Delta{Add: []string{"beta"}}, []string{"beta"}},
		{connector.Delta{Remove: []string{"beta"}}, nil},
	}
	for _, step := range steps {
		after, err := b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.Tags: step.delta})
		b.must(err)
		b.wantTags(after, step.want...)
		b.wantTags(b.get(made.ID), step.want...)
	}
	after, err := b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{
		b.Tags: connector.Delta{Add: []string{"with"}}, b.City: "Both",
	})
	b.must(err)
	b.wantTags(after, "with")
	if after.Fields[b.City] != "Both" {
		b.Errorf("a change beside tags was lost: %v", after.Fields)
	}
	_, err = b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.Tags: []string{"whole"}})
	b.wantKind(err, connector.Invalid)
	b.wantTags(b.get(made.ID), "with")
}

func consent(b *bench) {
	made := b.create(b.person("consent@example.com"))
	for _, want := range []bool{true, false} {
		after, err := b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.Consent: want})
		b.must(err)
		if after.Fields[b.Consent] != want || b.get(made.ID).Fields[b.Consent] != want {
			b.Errorf("%s is not %v", b.Consent, want)
		}
	}
}

func customTypes(b *bench) {
	wants := []struct {
		field connector.Field
		value any
	}{
		{connector.Field{Label: "Check text", Type: connector.Text}, "Zażółć"},
		{connector.Field{Label: "Check number", Type: connector.Number}, 12.5},
		{connector.Field{Label: "Check day", Type: connector.Day}, "2026-02-28"},
	}
	values := b.person("types@example.com")
	var names []string
	for i := range wants {
		f, err := b.describer().EnsureField(b.ctx(), "contact", wants[i].field)
		b.must(err)
		if f.Type != wants[i].field.Type || !f.Custom || f.Name == "" {
			b.Fatalf("asked for %v, got %+v", wants[i].field, f)
		}
		names = append(names, f.Name)
		values[f.Name] = wants[i].value
	}
	made := b.create(values)
	b.eventually("the record is listed with its custom fields", func() bool {
		rec := b.readAll(made.Created, names...)[made.ID]
		return rec.Fields[names[0]] != nil
	})
	listed := b.readAll(made.Created, names...)[made.ID]
	for i, name := range names {
		for how, rec := range map[string]connector.Record{"create": made, "get": b.get(made.ID), "list": listed} {
			if !same(rec.Fields[name], wants[i].value) {
				b.Errorf("%s shows %s as %#v, want %#v", how, wants[i].field.Label, rec.Fields[name], wants[i].value)
			}
		}
	}
	for i, name := range names {
		after, err := b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{name: nil})
		b.must(err)
		if v, shown := after.Fields[name]; !shown || v != nil {
			b.Errorf("%s was emptied and is shown as %#v, shown: %v", wants[i].field.Label, v, shown)
		}
	}
}

func deleteTwice(b *bench) {
	made := b.create(b.person("gone@example.com"))
	b.must(b.conn.Delete(b.ctx(), ref(made.ID)))
	b.must(b.conn.Delete(b.ctx(), ref(made.ID)))
	_, err := b.conn.Get(b.ctx(), ref(made.ID))
	b.wantKind(err, connector.NotFound)
}

func duplicate(b *bench) {
	if !b.Unique {
		b.Skip("this system takes duplicates")
	}
	made := b.create(b.person("twice@example.com"))
	_, err := b.conn.Create(b.ctx(), "contact", "", b.person("twice@example.com"))
	if e := b.wantKind(err, connector.Duplicate); e.Existing != made.ID {
		b.Errorf("in the way is %q, want %q", e.Existing, made.ID)
	}
}

func together(b *bench) {
	const n = 24
	done := make(chan error, n)
	for i := range n {
		go func() {
			rec, err := b.conn.Create(b.ctx(), "contact", "", b.person(fmt.Sprintf("many%d@example.com", i)))
			if err == nil {
				_, err = b.conn.Update(b.ctx(), ref(rec.ID), connector.Fields{
					b.City: "Here", b.Tags: connector.Delta{Add: []string{"t"}},
				})
			}
			if err == nil {
				_, err = b.conn.Get(b.ctx(), ref(rec.ID))
			}
			done <- err
		}()
	}
	for range n {
		b.must(<-done)
	}
}
