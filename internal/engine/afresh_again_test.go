package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
)

// rewound is a world of six pairs in which a backup of side a was restored after a phone had been typed there, and a person
// approved what that comes to. ids are those of both sides.
func rewound(t *testing.T) (w *world, ids [2][]string) {
	t.Helper()
	w, ids = settledWith(t, 6)
	saved := w.backup(engine.A)
	w.pass(time.Hour)
	w.edit(engine.A, ids[engine.A][0], fields{"phone": phoneA})
	w.pass(time.Minute)
	w.run(engine.Done)
	w.pass(time.Hour)
	w.load(engine.A, saved)
	w.request(engine.Request{Look: true, Full: true}, engine.Paused)
	w.pass(time.Hour)
	w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	w.allowed()
	w.run(engine.Done)
	w.want(engine.B, ids[engine.B][0], fields{"phone_number": phoneA})
	return w, ids
}

// What was agreed before a backup was restored says nothing, also when somebody asks what another map would do, and when they
// change their mind.
func TestAskingForAnotherMapBringsNothingBackFromBeforeABackup(t *testing.T) {
	t.Parallel()
	w, ids := rewound(t)
	asked := len(w.conflicts(true))
	for _, a := range []engine.Afresh{{At: w.box.Clock.Now(), Why: engine.Reapply}, {At: w.box.Clock.Now(), Why: engine.Reapply, Keys: []string{"email=email"}}, {}} {
		if err := w.st.ProposeAfresh(t.Context(), ws, w.pair().ID, a); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		w.pass(time.Minute)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
		w.want(engine.B, ids[engine.B][0], fields{"phone_number": phoneA})
		if n := len(w.conflicts(true)); asked == 0 || n != asked {
			t.Errorf("%d questions are open, before it were %d", n, asked)
		}
	}
	if a := w.pair().Afresh; a.Why != engine.Restored || a.Proposed {
		t.Errorf("what is in force: %+v", a)
	}
}

// A map that is applied to what is there lets go of no more links than any other run may.
func TestApplyingAMapKeepsTheBrakeOnLettingGo(t *testing.T) {
	t.Parallel()
	w, ids := settledWith(t, 40)
	w.pass(time.Hour)
	for _, id := range ids[engine.A][:10] {
		w.remove(engine.A, id)
	}
	w.request(engine.Request{Look: true, Full: true}, engine.Done)
	w.pass(11 * time.Minute)
	w.afresh(engine.Afresh{Why: engine.Reapply}, true)
	if r := w.request(engine.Request{Look: true}, engine.Paused); r.Halt.Why != engine.HaltEmptied || len(w.links()) < 35 {
		t.Errorf("%+v, %d links", r.Halt, len(w.links()))
	}
}
