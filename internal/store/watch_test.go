package store_test

import (
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// watching is an automation that is on, and heard what it looks at.
func (w *world) watching(t testing.TB, name string, tr automation.Trigger, watch automation.Watch) string {
	t.Helper()
	a, err := w.AddAutomation(w.ctx, w.ws, "ann", automation.Automation{Name: name, Trigger: tr})
	must(t, err)
	id := a.Draft.ID
	_, _, err = w.PublishAutomation(w.ctx, w.ws, "ann", id, a.Revision)
	must(t, err)
	must(t, w.SwitchAutomation(w.ctx, w.ws, id, true))
	w.looked(t, id, &watch)
	return id
}

// looked is a look that came to its end. It leaves the watch as it is, or another one.
func (w *world) looked(t testing.TB, id string, as *automation.Watch) {
	t.Helper()
	watch, ours, err := w.TakeWatch(w.ctx, w.ws, id, "me", w.now, w.now.Add(time.Minute))
	must(t, err)
	if !ours {
		t.Fatal("somebody else looks")
	}
	if as != nil {
		as.Automation, as.Fence = watch.Automation, watch.Fence
		watch = *as
	}
	hints, err := w.HintsFor(w.ctx, w.ws, id, w.now, 99)
	must(t, err)
	_, err = w.SaveWatch(w.ctx, w.ws, watch, automation.Noticed{Done: hints}, w.now.Add(time.Minute))
	must(t, err)
	must(t, w.LeaveWatch(w.ctx, w.ws, watch, true))
}

// due names what is to be looked at: the id, with a star where its time has come.
func (w *world) due(t testing.TB) (out []string) {
	t.Helper()
	list, err := w.DueAutomations(w.ctx, w.now)
	must(t, err)
	for _, d := range list {
		if d.Scheduled {
			d.Flow += "*"
		}
		out = append(out, d.Flow)
	}
	return out
}

// nobody is due.
var nobody []string

var whenCreated = automation.Trigger{Kind: automation.OnEvent, System: "sys", Event: "created"}

func TestAnAutomationIsNamedWhenItsTimeHasComeAndOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		id := w.watching(t, "one", whenCreated, automation.Watch{Conn: w.conns[0], Object: "contact"})
		w.watching(t, "by hand", automation.Trigger{Kind: automation.ByHand}, automation.Watch{})
		same(t, []string{id + "*"}, w.due(t)) // its first time
		same(t, nobody, w.due(t))
		w.now = w.now.Add(time.Minute)
		if len(w.due(t)) != 1 {
			t.Error("nobody came to its end, and it is not handed out again")
		}
		w.looked(t, id, nil)
		w.now = w.now.Add(automation.PollEvery)
		same(t, []string{id + "*"}, w.due(t))
		w.looked(t, id, nil)
		must(t, w.SaveSecret(w.ctx, w.ws, w.conns[0], "token", []byte("sealed")))
		_, err := w.MarkConnection(w.ctx, w.ws, w.conns[0], connection.Reconnect, "gone", w.now)
		must(t, err)
		w.now = w.now.Add(automation.PollEvery)
		same(t, nobody, w.due(t))
		_, err = w.MarkConnection(w.ctx, w.ws, w.conns[0], connection.OK, "", w.now)
		must(t, err)
		same(t, []string{id + "*"}, w.due(t))
		w.looked(t, id, nil)
		must(t, w.SwitchAutomation(w.ctx, w.ws, id, false))
		w.now = w.now.Add(automation.PollEvery)
		same(t, nobody, w.due(t))
		w.running(t, "nobody called begin")
		same(t, nobody, w.due(t)) // it has no trigger
	})
}

func TestAScheduleIsNamedAtItsMoments(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		id := w.watching(t, "one", automation.Trigger{Kind: automation.OnSchedule, Schedule: flow.Schedule{Cron: "0 13 * * *"}}, automation.Watch{})
		same(t, []string{id + "*"}, w.due(t))
		w.looked(t, id, nil)
		w.now = start.Add(59 * time.Minute)
		same(t, nobody, w.due(t))
		w.now = start.Add(time.Hour + time.Millisecond)
		same(t, []string{id + "*"}, w.due(t))
	})
}

func TestACallIsHeardByWhoMeansIt(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		hears := func(name, conn, object string, calls ...string) string {
			return w.watching(t, name, whenCreated, automation.Watch{Conn: conn, Object: object, Calls: calls})
		}
		created, any := hears("created", w.conns[0], "contact", "Created"), hears("any", w.conns[0], "contact", automation.AnyCall)
		hears("other account", w.conns[1], "contact", automation.AnyCall)
		hears("tasks", w.conns[0], "task", automation.AnyCall)
		off := hears("off", w.conns[0], "contact", automation.AnyCall)
		must(t, w.SwitchAutomation(w.ctx, w.ws, off, false))
		itself := hears("itself", w.conns[0], "contact")
		w.looked(t, itself, &automation.Watch{Conn: w.conns[0], Object: "contact", Calls: []string{itself}})
		w.due(t)
		for _, id := range []string{created, any, itself} {
			w.looked(t, id, nil)
		}
		call := func(id, typ string) {
			_, _, err := w.TakeHook(w.ctx, w.ws, w.conns[0], store.Event{WebhookID: id, Type: typ}, []connector.Ref{{Object: "contact", ID: "c1"}}, w.now, 3*time.Second)
			must(t, err)
		}
		hints := func(id string) int {
			list, err := w.HintsFor(w.ctx, w.ws, id, w.now.Add(time.Hour), 9)
			must(t, err)
			return len(list)
		}
		call("1", "Updated")
		call("1", "Updated")
		same(t, []string{any}, w.due(t))
		if hints(created) != 0 || hints(any) != 1 {
			t.Error("a call is heard by others than it is for")
		}
		w.looked(t, any, nil)
		call("2", "Created")
		if len(w.due(t)) != 2 {
			t.Error("a call is not heard by all whom it is for")
		}
		for _, n := range []string{"3", "4"} {
			call(n, itself)
		}
		if hints(itself) != 2 {
			t.Error("calls that count for themselves are not kept apart")
		}
	})
}

func TestAHintThatCameDuringALookStaysAndFurtherOnesWait(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		id := w.watching(t, "one", whenCreated, automation.Watch{Conn: w.conns[0], Object: "contact", Calls: []string{automation.AnyCall}})
		w.due(t)
		call := func(n string) {
			_, _, err := w.TakeHook(w.ctx, w.ws, w.conns[0], store.Event{WebhookID: n, Type: "t"}, []connector.Ref{{Object: "contact", ID: "c1", Parent: "p"}}, w.now, 3*time.Second)
			must(t, err)
		}
		call("1")
		watch, _, err := w.TakeWatch(w.ctx, w.ws, id, "me", w.now, w.now.Add(time.Minute))
		must(t, err)
		hints, err := w.HintsFor(w.ctx, w.ws, id, w.now, 9)
		must(t, err)
		if len(hints) != 1 || hints[0].Record != "c1" || hints[0].Parent != "p" || hints[0].By != automation.ByWebhook || !hints[0].At.Equal(w.now) {
			t.Fatalf("%+v", hints)
		}
		call("2")
		_, err = w.SaveWatch(w.ctx, w.ws, watch, automation.Noticed{Done: hints, Seen: []automation.Seen{{ID: "c1", At: w.now, Version: "v"}}}, w.now.Add(time.Minute))
		must(t, err)
		must(t, w.LeaveWatch(w.ctx, w.ws, watch, true))
		same(t, []string{id}, w.due(t))
		w.looked(t, id, nil)
		w.now = w.now.Add(time.Second)
		call("3") // it was looked at a moment ago
		same(t, nobody, w.due(t))
		w.now = w.now.Add(3 * time.Second)
		same(t, []string{id}, w.due(t))
		seen, err := w.SeenBy(w.ctx, w.ws, id, []string{"c1", "c2"})
		must(t, err)
		if len(seen) != 1 || seen["c1"].Version != "v" || seen["c1"].ID != "c1" {
			t.Errorf("%+v", seen)
		}
	})
}
