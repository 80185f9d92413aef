package store_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
)

// across are the methods that look over all workspaces on purpose; what each returns names its workspace.
var across = map[string]bool{
	"Default": true, "AddWorkspace": true, "Workspaces": true, "WorkspaceByName": true, "SignIn": true, "FindConnectionByAccount": true,
	"HasOwner": true, "FirstOwner": true, "Visit": true, "UseSignInLink": true, "FindInvitation": true, "Accept": true, "Try": true, "Forgive": true, "PrunePeople": true,
	"AllSecrets": true, "ReplaceSecrets": true, "DueFlows": true, "TakeDue": true, "DueFirings": true, "FreeFirings": true, "DueAutomations": true, "FreeWatches": true, "FindAutomationHook": true, "DeadRuns": true,
	"TakeConsent": true, "OpenConsents": true, "FindPermits": true, "FindToken": true, "AddClient": true, "CopyFlow": true,
}

// fill gives the first workspace one of everything.
func (w *world) fill(t testing.TB) {
	t.Helper()
	must(t, w.Seed(w.ctx, w.ws, w.lease, w.pair, start))
	must(t, w.SettlePair(w.ctx, w.ws, w.lease, w.pair.ID, start))
	a1 := mirror("a1", "email", "x@x.test")
	a1.Words = "ann"
	a1.Stamp = "stamp"
	h := engine.Hint{ID: "a1", Reason: "gen", At: start, Due: start, Problem: "refused"}
	must(t, w.SavePage(w.ctx, w.ws, w.lease, engine.Cursor{Conn: w.conns[0], Object: "contact", Page: "1"}, 1, []engine.Mirror{a1, mirror("a2")}, nil, []engine.Hint{h}))
	must(t, w.Begin(w.ctx, w.ws, w.lease, []engine.Intent{{ID: "i1", Pair: w.pair.ID, Side: engine.B, Source: "a1", Stamp: "s", State: engine.Sent, At: start}}))
	must(t, w.Intend(w.ctx, w.ws, w.lease, w.run, []engine.Commit{{Sending: sending("l1")}}))
	w.commit(t, engine.Commit{Link: w.link("l1", "a1", "b1", engine.On), Review: []engine.Review{{Pair: w.pair.ID, ID: "a2", Reason: "no_key"}, {Pair: w.pair.ID, ID: "a1", Reason: "changed_since_preview", Plan: &engine.Line{Made: true}}},
		Bury:     []engine.Tombstone{{Pair: w.pair.ID, ID: "a9", Keys: []string{"hash"}, Until: start.Add(time.Hour)}},
		Again:    []engine.Hint{{ID: "a2", Reason: "parked", At: start, Due: start, Problem: "refused"}},
		Conflict: []engine.Conflict{{Link: "l1", Field: "name", Open: true, At: start}, {Link: "l1", Field: "zip", Open: true, At: start}, {Link: "l1", Field: "city", Run: w.run.ID, At: start}},
		Entry:    &engine.Entry{ID: "e1", Run: w.run.ID, Link: "l1", Result: engine.ResultLinked, At: start}})
	w.fillChildren(t)
	lost, err := w.Losses(w.ctx, w.ws, "l1", "", 1)
	must(t, err)
	w.loss = lost[0]
	w.commit(t, engine.Commit{Review: []engine.Review{{Pair: w.pair.ID, ID: "a3", Reason: "no_key"}}})
	w.order, err = w.AddOrder(w.ctx, w.ws, engine.Order{Pair: w.pair.ID, Kind: engine.OrderAlone, Record: "a3", By: "ann"})
	must(t, err)
	_, err = w.AddOrder(w.ctx, w.ws, engine.Order{Pair: w.pair.ID, Kind: engine.OrderChoose, Link: "l1", Field: "name", By: "ann"})
	must(t, err)
	asks := w.flow
	asks.Map = []mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"x"}, Conflict: mapping.Ask}, {A: mapping.Names{"name"}, B: mapping.Names{"name"}, Conflict: mapping.Ask}}
	_, _, err = w.SaveFlow(w.ctx, w.ws, asks)
	must(t, err)
	must(t, w.SaveDraft(w.ctx, w.ws, "ann", w.flow)) // and what it was before stays known
	must(t, w.DropDraft(w.ctx, w.ws, w.flow.ID))
	w.rule, _, err = w.MakeRule(w.ctx, w.ws, store.Rule{Pair: w.pair.ID, Flow: w.flow.ID, Field: "x=x", By: "ann"})
	must(t, err)
	w.plan = w.run
	w.plan.ID, w.plan.DryRun, w.plan.Trigger, w.plan.Status = "plan", true, engine.Rehearse, engine.Done
	must(t, w.StartRun(w.ctx, w.plan))
	must(t, w.NameFields(w.ctx, w.ws, "plan", map[string][2]string{"name": {"First name", "Name"}}))
	w.commitAs(t, w.plan, engine.Commit{Entry: &engine.Entry{ID: "p1", Run: "plan", IDs: [2]string{"a1", "b1"}, Result: engine.ResultUpdated, Sides: [2]bool{true, false}, At: start,
		Fields: []engine.FieldChange{{Field: "name", Outcome: engine.Write, Before: [2]any{"x", "y"}, After: [2]any{"y", "y"}}}, Planned: true}})
	look := w.plan
	look.ID, look.Trigger, look.Undo = "look", engine.Undo, &engine.Undoing{Run: w.run.ID}
	must(t, w.StartRun(w.ctx, look))
	kept := w.plan
	kept.ID = "kept"
	must(t, w.StartRun(w.ctx, kept))
	w.commitAs(t, kept, engine.Commit{Entry: &engine.Entry{ID: "k1", Run: "kept", IDs: [2]string{"a1", ""}, Result: engine.ResultCreated, At: start, Planned: true}})
	must(t, w.KeepPlan(w.ctx, w.ws, w.flow.ID, "kept"))
	w.off, _, err = w.SaveFlow(w.ctx, w.ws, flow.Flow{Name: "off", Object: "company", Connections: w.conns, Match: []string{"name"}})
	must(t, err)
	tried := w.plan
	tried.ID, tried.Flow, tried.Pair = "tried", w.off.ID, "none"
	must(t, w.StartRun(w.ctx, tried))
	must(t, w.AskTrial(w.ctx, w.ws, w.off.ID, store.Trial{Records: []string{"a1"}, Rehearsal: "tried", By: "ann", At: start}))
	w.silent = w.run
	w.silent.ID, w.silent.Flow = "silent", "none"
	must(t, w.StartRun(w.ctx, w.silent))
	for _, id := range []string{"finished", "quiet"} {
		r := w.run
		r.ID, r.Status, r.Finished = id, engine.Done, start
		if id == "finished" {
			r.To[engine.B].Created = 1
		}
		must(t, w.StartRun(w.ctx, r))
	}
	_, err = w.CancelRun(w.ctx, w.ws, w.run.ID)
	must(t, err)
	must(t, w.CountCalls(w.ctx, w.ws, w.run.ID, []engine.CallCount{{Method: "GET", Path: "/", Status: 200, N: 1}}))
	must(t, w.SaveCapability(w.ctx, w.ws, engine.Capability{Conn: w.conns[0], Object: "contact", Field: "f", Verb: "update", MaxLen: 4}))
	must(t, w.AcceptField(w.ctx, w.ws, engine.Known{Conn: w.conns[0], Object: "contact", Name: "f", Since: start}))
	must(t, w.SaveSetting(w.ctx, w.ws, "zone", "UTC"))
	must(t, w.SaveKeeps(w.ctx, w.ws, store.DefaultPolicy, store.MostPolicy))
	must(t, w.SaveDefaults(w.ctx, w.ws, flow.Defaults{}, flow.Defaults{Region: "PL"}))
	must(t, w.SaveSecret(w.ctx, w.ws, w.conns[0], "token", []byte("sealed")))
	must(t, w.SavePermit(w.ctx, w.ws, w.permit()))
	must(t, w.SaveApp(w.ctx, w.ws, connection.App{System: "sys", ClientID: "client"}, []byte("sealed")))
	must(t, w.SaveConsent(w.ctx, w.ws, w.consent(), start))
	_, err = w.SaveAgencyTokens(w.ctx, w.ws, "sys", "agency", nil, []byte("sealed"))
	must(t, err)
	_, err = w.HoldTokens(w.ctx, w.ws, w.conns[0], "holder", start, start.Add(time.Minute))
	must(t, err)
	_, err = w.RecordEvent(w.ctx, w.ws, w.conns[0], "d1", "t", start)
	must(t, err)
	w.user, err = w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "hash")
	must(t, err)
	_, err = w.AddUser(w.ctx, w.ws, "bob@x.test", "owner", "hash") // so that ann is not the last
	must(t, err)
	for _, hash := range []string{"first", "second"} {
		must(t, w.StartSession(w.ctx, w.ws, store.Session{Hash: hash, User: w.user.ID, Device: "d"}))
	}
	w.invited, err = w.Invite(w.ctx, w.ws, store.Invitation{Hash: "invited", Email: "eve@x.test", Role: "viewer", By: w.user.ID, Ends: start.AddDate(0, 0, 7)})
	must(t, err)
	w.token, err = w.AddToken(w.ctx, w.ws, store.Token{Hash: "token", Name: "deploy", Role: "owner", By: w.user.ID})
	must(t, err)
	w.fillAutomation(t)
	w.fillTemplate(t)
	_, _, err = w.BeginOnce(w.ctx, w.ws, store.Once{Token: w.token.ID, Key: "key", Hash: "of it"})
	must(t, err)
}

func TestAnotherWorkspaceSeesAndChangesNothing(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.fill(t)
		w.fillMoved(t)
		other, err := w.AddWorkspace(w.ctx, "other")
		must(t, err)
		everyMethod(t, append(w.reads(), w.writes()...))

		before := snapshot(t, w, w.ws)
		for _, c := range w.reads() {
			seen, err := c.run(w.ctx, w.Store, other.ID, engine.Lease{})
			if !empty(seen) {
				t.Errorf("%s shows another workspace: %+v (%v)", c.name, seen, err)
			}
			if seen, err = c.run(w.ctx, w.Store, w.ws, engine.Lease{}); err != nil || empty(seen) {
				t.Errorf("%s sees nothing where something is: %+v (%v)", c.name, seen, err)
			}
		}
		// The other workspace has a pair and a lease of the very same names, so that nothing but the workspace keeps
		// its writes away.
		_, err = w.PairFor(w.ctx, other.ID, w.conns, "contact", w.pair.ID)
		must(t, err)
		l, ok, err := w.Acquire(w.ctx, other.ID, w.lease.Name, w.lease.Owner, start, start)
		must(t, err)
		if !ok || l != w.lease {
			t.Fatalf("%v, %v", l, ok)
		}
		people := snapshotPeople(t, w)
		for _, c := range w.writes() {
			_, err := c.run(w.ctx, w.Store, other.ID, l)
			if c.name == "Release" {
				l, _, err = w.Acquire(w.ctx, other.ID, l.Name, l.Owner, start, start)
				must(t, err)
			}
			if after := snapshot(t, w, w.ws); after != before && c.name != "AddUser" {
				t.Errorf("%s changes another workspace (%v):\n%s\n%s", c.name, err, before, after)
			} else if c.name == "AddUser" { // it adds to the list of people, which has no workspace
				before = after
			}
		}
		if after := snapshotPeople(t, w); after != people {
			t.Errorf("a password of another workspace was changed: %s", after)
		}
		for _, c := range w.writes() {
			was := snapshot(t, w, w.ws)
			if _, err := c.run(w.ctx, w.Store, w.ws, w.lease); err != nil {
				t.Errorf("%s fails at home: %v", c.name, err)
			}
			if snapshot(t, w, w.ws) == was {
				t.Errorf("%s changes nothing at home", c.name)
			}
			if c.name == "Release" {
				w.lease = w.acquire(t, "me", start)
			}
		}
	})
}

// everyMethod fails when a method of the store is missing from the table.
func everyMethod(t *testing.T, calls []call) {
	t.Helper()
	have := map[string]bool{}
	for _, c := range calls {
		have[c.name] = true
	}
	typ := reflect.TypeFor[*store.Store]()
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		if !have[m.Name] && !across[m.Name] {
			t.Errorf("%s is in neither list: is it kept within its workspace?", m.Name)
		}
		takesOne := m.Type.NumIn() > 2 && m.Type.In(2).Kind() == reflect.String || m.Name == "StartRun" // which has it in the run
		if have[m.Name] && !takesOne {
			t.Errorf("%s takes no workspace", m.Name)
		}
	}
}

// empty reports whether a read saw nothing.
func empty(v any) bool {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Slice, reflect.Map:
		return r.Len() == 0
	}
	if p, ok := v.(engine.Run); ok {
		p.Workspace = ""
		return reflect.ValueOf(p).IsZero()
	}
	return r.IsZero()
}

func snapshotPeople(t testing.TB, w *world) string {
	t.Helper()
	u, err := w.UserByID(w.ctx, w.ws, w.user.ID)
	must(t, err)
	return fmt.Sprint(u)
}
