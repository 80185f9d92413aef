package engine_test

import (
	"context"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// wrongKey reaches the second side with a key that it does not take, or not at all.
type wrongKey struct {
	*world
	none bool
}

func (w wrongKey) Open(ctx context.Context, ws, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	if conn == "con_a" {
		return w.world.Open(ctx, ws, conn, observe)
	}
	if w.none {
		return nil, &connector.Error{Kind: connector.Unauthorized, Message: "There is no key."}
	}
	info := w.box.Info().UserCom
	return usercom.New(connector.Account{HTTP: w.http, Budget: &connectortest.Budget{}, Observe: observe, Now: w.box.Clock.Now, BaseURL: info.URL,
		Params: map[string]string{"subdomain": info.Subdomain}, Token: func(context.Context) (string, error) { return strings.Repeat("x", 64), nil }})
}

func TestARunThatIsTurnedAwaySaysByWhichSide(t *testing.T) {
	t.Parallel()
	for _, none := range []bool{false, true} {
		w := newWorld(t, sandbox.Options{Contacts: 20, Seed: 3})
		w.e.Links = wrongKey{w, none}
		r := w.run(engine.Paused)
		if r.Halt != (engine.Halt{Why: engine.HaltKey, Side: 1}) || !strings.Contains(r.Note, "Nothing is lost") {
			t.Errorf("no key %v: %+v, %q", none, r.Halt, r.Note)
		}
		w.e.Links = w
		if r = w.run(engine.Done); r.Halt != (engine.Halt{}) {
			t.Errorf("%+v", r.Halt)
		}
		w.inStep()
	}
}

func TestAMapThatCannotWorkHaltsAndNamesItsRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 20, Seed: 3})
	w.flow.Map = append(w.flow.Map, mapping.Row{A: mapping.Names{"nothing"}, B: mapping.Names{"nowhere"}})
	if r := w.run(engine.Paused); r.Halt.Why != engine.HaltMap || r.Halt.N != len(w.flow.Map) {
		t.Errorf("%+v", r.Halt)
	}
}
