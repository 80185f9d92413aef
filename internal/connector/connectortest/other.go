package connectortest

import (
	"fmt"
	"maps"
	"slices"

	"couplet/internal/connector"
)

// eachOther runs a check for every object that hangs on nothing.
func eachOther(run func(b *bench, c Child, parent string)) func(*bench) {
	return func(b *bench) {
		if len(b.Others) == 0 {
			b.Skip("there are contacts and what hangs on them only")
		}
		for _, c := range b.Others {
			run(b, c, "")
		}
	}
}

// otherListed makes more records than fit on a page or two.
func otherListed(b *bench, c Child, _ string) {
	var want []string
	for i := range 230 {
		want = append(want, b.child(c, "", fmt.Sprintf("Number %d", i)).ID)
	}
	slices.Sort(want)
	var got map[string]connector.Record
	b.eventually("all are listed", func() bool {
		all, partial := b.all(c.Object, "")
		got = all
		return !partial && slices.Equal(slices.Sorted(maps.Keys(all)), want)
	})
	for _, id := range want[:3] {
		truth, err := b.conn.Get(b.ctx(), got[id].Ref)
		b.must(err)
		if got[id].Version != truth.Version || truth.Version == "" || !got[id].Created.Equal(truth.Created) || truth.Created.IsZero() {
			b.Errorf("list says %q of %s, get says %q of %s", got[id].Version, got[id].Created, truth.Version, truth.Created)
		}
		for name, v := range truth.Fields {
			if listed, shown := got[id].Fields[name]; !shown || !same(v, listed) {
				b.Errorf("list shows %s = %#v, get shows %#v", name, listed, v)
			}
		}
	}
}

func otherDeleted(b *bench, c Child, _ string) {
	made, kept := b.child(c, "", "Gone"), b.child(c, "", "Kept")
	b.must(b.conn.Delete(b.ctx(), made.Ref))
	b.must(b.conn.Delete(b.ctx(), made.Ref))
	_, err := b.conn.Get(b.ctx(), made.Ref)
	b.wantKind(err, connector.NotFound)
	_, err = b.conn.Get(b.ctx(), kept.Ref)
	b.must(err)
}
