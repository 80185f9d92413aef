package web

import (
	"testing"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

func TestWhatARecordBelongsToIsShownByItsName(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	conn := b.conns[1]
	ws := conn.Workspace
	spec := b.options.Connect.Systems[conn.System].Spec
	contact, _ := spec.Object("contact")
	var linked connector.Field
	for _, f := range contact.Fields {
		if f.Type == connector.Linked {
			linked = f
		}
	}
	company, ok := spec.Object(linked.Object)
	if !ok || len(company.Title) == 0 {
		t.Fatalf("nothing is linked: %+v", linked)
	}
	lease, _, err := b.store.Acquire(t.Context(), ws, "pair/"+b.pair.ID, "test", b.now, b.now)
	must(t, err)
	m := engine.Mirror{ID: "77", Fields: connector.Fields{company.Title[0]: "Harbour Ltd"}, First: b.now, Seen: b.now, Changed: b.now}
	must(t, b.store.SavePage(t.Context(), ws, lease, engine.Cursor{Conn: conn.ID, Object: linked.Object}, 0, []engine.Mirror{m}, nil, nil))
	h, err := b.house(t.Context(), ws)
	must(t, err)
	v := runView{house: h, pair: engine.Pair{Conns: [2]string{b.conns[0].ID, conn.ID}, Object: "contact"}}
	other := b.options.Connect.Systems[b.conns[0].System].Spec
	p := view{prospect: prospect{flow: flow.Flow{Connections: v.pair.Conns, Object: "contact"}, specs: [2]*connector.Spec{other, spec}}, named: h.named}
	f := engine.FieldChange{Field: "x=" + linked.Name}
	for held, want := range map[string]string{"77": "Harbour Ltd", "77, 78": "Harbour Ltd, 78", "78": "78", "": ""} {
		if got := v.says(f, [2]any{nil, held}, 1); got != want {
			t.Errorf("%q is shown as %q, want %q", held, got, want)
		}
		if got := p.says(f, [2]any{nil, held}, 1); got != want {
			t.Errorf("the preview shows %q as %q, want %q", held, got, want)
		}
	}
	if got := v.says(engine.FieldChange{Field: "x=" + contact.Title[0]}, [2]any{nil, "77"}, 1); got != "77" {
		t.Errorf("a text is shown as %q", got)
	}
}
