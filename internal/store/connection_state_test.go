package store_test

import (
	"testing"

	"couplet/internal/connection"
	"couplet/internal/store"
)

func TestAFlowIsHeldWhileAnAccountIsNotConnectedAndDueOnceItIs(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.SaveSecret(w.ctx, w.ws, w.conns[1], "token", []byte("sealed")))
		for _, state := range []connection.State{connection.Reconnect, connection.NeedsKey} {
			changed, err := w.MarkConnection(w.ctx, w.ws, w.conns[1], state, "why", start)
			must(t, err)
			again, err := w.MarkConnection(w.ctx, w.ws, w.conns[1], state, "why", start)
			must(t, err)
			if !changed || again {
				t.Errorf("changed %v, then %v", changed, again)
			}
			for name, due := range map[string]func() ([]store.DueFlow, error){
				"DueFlows": func() ([]store.DueFlow, error) { return w.DueFlows(w.ctx, start) },
				"TakeDue":  func() ([]store.DueFlow, error) { return w.TakeDue(w.ctx, start) },
			} {
				if list, err := due(); len(list) != 0 || err != nil {
					t.Errorf("%s gives out a flow that is held: %v, %v", name, list, err)
				}
			}
		}
		_, err := w.MarkConnection(w.ctx, w.ws, w.conns[1], connection.OK, "", start)
		must(t, err)
		list, err := w.TakeDue(w.ctx, start)
		must(t, err)
		if len(list) != 1 || !list[0].Scheduled {
			t.Errorf("%+v", list)
		}
	})
}

func TestWhatIsFoundOutAboutAForgottenKeyMarksNothing(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.SaveSecret(w.ctx, w.ws, w.conns[1], "token", []byte("sealed")))
		must(t, w.Disconnect(w.ctx, w.ws, w.conns[1], connection.NeedsKey, "You disconnected it."))
		for _, state := range []connection.State{connection.OK, connection.Reconnect} { // of a call that was under way
			if changed, err := w.MarkConnection(w.ctx, w.ws, w.conns[1], state, "late", start); changed || err != nil {
				t.Errorf("%s: %v, %v", state, changed, err)
			}
		}
		if c, err := w.ConnectionByID(w.ctx, w.ws, w.conns[1]); err != nil || c.State != connection.NeedsKey || c.Problem != "You disconnected it." {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestWhyAConnectionWaitsIsToldAnewUnlessItWaitsNoMore(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.Disconnect(w.ctx, w.ws, w.conns[1], connection.NeedsKey, "You disconnected it."))
		told, err := w.TellConnection(w.ctx, w.ws, w.conns[1], connection.NeedsKey, "The app was installed.")
		if c, _ := w.ConnectionByID(w.ctx, w.ws, w.conns[1]); !told || err != nil || c.Problem != "The app was installed." {
			t.Errorf("%v, %v, %+v", told, err, c)
		}
		must(t, w.SaveSecret(w.ctx, w.ws, w.conns[1], "token", []byte("sealed"))) // somebody connects it
		if changed, err := w.MarkConnection(w.ctx, w.ws, w.conns[1], connection.OK, "", start); !changed || err != nil {
			t.Fatalf("%v, %v", changed, err)
		}
		told, err = w.TellConnection(w.ctx, w.ws, w.conns[1], connection.NeedsKey, "The app was installed.") // by a call from before
		if c, _ := w.ConnectionByID(w.ctx, w.ws, w.conns[1]); told || err != nil || c.State != connection.OK || c.Problem != "" {
			t.Errorf("%v, %v, %+v", told, err, c)
		}
	})
}
