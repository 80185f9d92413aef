package engine_test

import (
	"errors"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// Somebody makes another person of a record that is to be linked, before the run comes to it: its lists show that, or only a read.
func TestALinkIsWithdrawnWhenOneOfTheTwoIsSomebodyElseByNow(t *testing.T) {
	t.Parallel()
	for _, look := range []bool{true, false} {
		for _, side := range []engine.Side{engine.A, engine.B} {
			w, a, b, _ := twins(t)
			o := w.order(engine.Order{Kind: engine.OrderLink, Side: engine.A, Record: a, Partner: b})
			w.pass(time.Minute)
			w.edit(side, [2]string{a, b}[side], []fields{
				{"email": "zoe@example.com", "firstName": "Zoe", "lastName": "Zimmer", "phone": "+12025550199"},
				{"email": "zoe@example.com", "first_name": "Zoe", "last_name": "Zimmer", "phone_number": "+12025550199"}}[side])
			w.pass(time.Minute)
			w.request(engine.Request{Look: look}, engine.Done)
			w.ended(o, engine.OrderWithdrawn, "changed_since")
			if side == engine.B {
				w.want(engine.B, b, fields{"name": "Zoe Zimmer", "email": "zoe@example.com", "phone_number": "+12025550199"})
			}
			if w.partner(engine.A, a) == b || w.reviews()["a "+a] == "" {
				t.Errorf("look %v, side %s: partner %q, waiting %v", look, side, w.partner(engine.A, a), w.reviews())
			}
		}
	}
}

func TestALinkIsAboutWhatThePersonSaw(t *testing.T) {
	t.Parallel()
	w, a, b, _ := twins(t)
	o := engine.Order{Pair: w.pair().ID, Kind: engine.OrderLink, Side: engine.A, Record: a, Partner: b, Seen: [2]any{w.mirror(engine.A, a).Sight(), w.mirror(engine.B, b).Sight()}}
	w.edit(engine.B, b, fields{"first_name": "Zoe"})
	w.run(engine.Done)
	if _, err := w.st.AddOrder(t.Context(), ws, o); !errors.Is(err, store.ErrMoved) {
		t.Errorf("a link of other people was taken: %v", err)
	}
	o.Seen[engine.B] = w.mirror(engine.B, b).Sight()
	o, err := w.st.AddOrder(t.Context(), ws, o)
	if err != nil {
		t.Fatal(err)
	}
	w.run(engine.Done)
	w.ended(o, engine.OrderDone, "")
}
