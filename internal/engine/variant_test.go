package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

// variant is an engine from which something is taken, or a world that is harder than others.
type variant struct {
	name string
	// harm is the kind of violation that it must show, "" for none at all.
	harm string
	// unsettled lets creates go at once. lag is how long the indexes of both systems lag behind, if not for a moment.
	unsettled bool
	lag       time.Duration
	// stormy weather is there from the first call on: half of what takes effect is not answered.
	stormy bool
	store  func(engine.Store) engine.Store
	link   func(*history, engine.Side, whole) connector.Connector
}

// whole is a connector with the abilities that the engine asks for.
type whole interface {
	connector.Connector
	connector.Describer
	connector.Checker
	connector.Staff
}

var variants = []variant{
	{name: "as it is"},
	{name: "as it is, people type between our read and our write", link: func(h *history, side engine.Side, c whole) connector.Connector {
		return &raced{whole: c, h: h, side: side}
	}},
	{name: "without waiting until an index must show it", harm: flagged, unsettled: true, lag: 30 * time.Second},
	{name: "without remembering creates, and without stamps", harm: "silent duplicate",
		store: func(s engine.Store) engine.Store { return forgetful{s} },
		link:  func(_ *history, _ engine.Side, c whole) connector.Connector { return stampless{c} }},
	{name: "with one base for both sides", harm: "degraded", store: func(s engine.Store) engine.Store { return oneBase{s} }},
	{name: "with bases of what was sent, not of what was answered", harm: "lost update",
		link: func(_ *history, _ engine.Side, c whole) connector.Connector { return believing{c} }},
	// Nobody was made again in 250 of these, but who stays stands nowhere: not linked, not asked about, not known as left alone.
	{name: "without graves", harm: "other", store: func(s engine.Store) engine.Store { return graveless{s} }},
}

// forgetful does not keep what may have been created.
type forgetful struct{ engine.Store }

func (f forgetful) Begin(context.Context, string, engine.Lease, []engine.Intent) error { return nil }

func (f forgetful) Commit(ctx context.Context, ws string, l engine.Lease, r engine.Run, all []engine.Commit) error {
	for i := range all {
		all[i].Intent = nil
	}
	return f.Store.Commit(ctx, ws, l, r, all)
}

// graveless knows nothing of what was deleted.
type graveless struct{ engine.Store }

func (g graveless) Commit(ctx context.Context, ws string, l engine.Lease, r engine.Run, all []engine.Commit) error {
	for i := range all {
		all[i].Bury = nil
	}
	return g.Store.Commit(ctx, ws, l, r, all)
}

// oneBase keeps one value for both sides of a text field, as most designs do: what the side said that has more to say.
type oneBase struct{ engine.Store }

// key is the key of the name's rule.
func (oneBase) key(base map[string]engine.Base) string {
	for key := range base {
		if strings.Contains(strings.ToLower(key), ruleWord("name")) {
			return key
		}
	}
	return ""
}

func (o oneBase) Commit(ctx context.Context, ws string, l engine.Lease, r engine.Run, all []engine.Commit) error {
	for i := range all {
		if all[i].Link == nil {
			continue
		}
		for key, b := range all[i].Link.Base {
			if parts := asNoted("name", b.V[engine.A]); key == o.key(all[i].Link.Base) && parts != "" {
				b.V[engine.B] = parts
				all[i].Link.Base[key] = b
			}
		}
	}
	return o.Store.Commit(ctx, ws, l, r, all)
}

// stampless shows no stamps.
type stampless struct{ whole }

func (s stampless) hide(r connector.Record) connector.Record {
	f := connector.Fields{}
	for k, v := range r.Fields {
		if text, ok := v.(string); ok && strings.HasPrefix(text, "couplet:") {
			v = nil
		}
		f[k] = v
	}
	r.Fields = f
	return r
}

func (s stampless) List(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	p, err := s.whole.List(ctx, req)
	for i := range p.Records {
		p.Records[i] = s.hide(p.Records[i])
	}
	return p, err
}

func (s stampless) Get(ctx context.Context, ref connector.Ref) (connector.Record, error) {
	r, err := s.whole.Get(ctx, ref)
	return s.hide(r), err
}

func (s stampless) Find(ctx context.Context, object, parent string, by connector.Fields) ([]connector.Record, error) {
	list, err := s.whole.Find(ctx, object, parent, by)
	for i := range list {
		list[i] = s.hide(list[i])
	}
	return list, err
}

func (s stampless) Create(ctx context.Context, object, parent string, set connector.Fields) (connector.Record, error) {
	r, err := s.whole.Create(ctx, object, parent, set)
	return s.hide(r), err
}

// believing takes it that a system keeps what it is sent.
type believing struct{ whole }

func (b believing) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	r, err := b.whole.Update(ctx, ref, set)
	if err == nil {
		for k, v := range set {
			if _, sets := v.(connector.Delta); !sets {
				r.Fields[k] = v
			}
		}
	}
	return r, err
}

// raced lets people type into the record that is about to be written.
type raced struct {
	whole
	h    *history
	side engine.Side
	mu   sync.Mutex
}

func (r *raced) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	if rand.IntN(20) == 0 && ref.Object == "contact" {
		r.h.race(r.side, ref.ID, set)
	}
	return r.whole.Update(ctx, ref, set)
}

// race is a person who types a phone number or a company at the worst moment.
func (h *history) race(side engine.Side, id string, set connector.Fields) {
	h.racing.Lock()
	defer h.racing.Unlock()
	field, values := "phone", phones[:6]
	if rand.IntN(2) == 0 {
		field, values = "company", companies
	}
	value := values[rand.IntN(len(values))]
	own := map[string][2]string{"phone": {"phone", "phone_number"}, "company": {"companyName", "company_name"}}[field][side]
	old := h.shows(side, id, own)
	if old == value {
		return
	}
	h.arrived(side, id, field, orNothing(old))
	h.tellf("%s: %s types %s %q between a read and a write", side, id, field, value)
	h.edit(side, id, fields{own: value})
	h.note(side, id, field, value)
	_, overwritten := set[own]
	h.typed[len(h.typed)-1].window = overwritten
}

// arrived marks what somebody typed on the other side and this record shows: it was carried over before it was typed over,
// though the run that carried it goes on.
func (h *history) arrived(side engine.Side, id, field, shown string) {
	crm, object := h.people(side)
	r, err := crm.Get(object, id)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := range h.typed {
		e := &h.typed[i]
		if e.side == side || e.carried > 0 || e.object != "contact" || e.field != field || !h.holds(field, shown, noted(*e)) {
			continue
		}
		madeFrom := strings.Contains(fmt.Sprint(r), ":"+e.id) // which its reference says, before the link is stored
		if madeFrom || h.partner(e.side, e.id) == id {
			e.carried = h.now
		}
	}
}

// varied takes from the engine of a history what the variant says.
func (h *history) varied(v variant) {
	if v.unsettled {
		h.unsettled = true
	}
	h.under = v.store
	if v.link != nil {
		h.veil = func(side engine.Side, c whole) connector.Connector { return v.link(h, side, c) }
	}
	h.e = h.engine()
	if v.stormy {
		h.fault("after", .5)
		for range 5 {
			h.create()
		}
		h.look(false)
	}
}
