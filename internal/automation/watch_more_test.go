package automation_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	sandboxed "couplet/internal/sandbox/usercom"
	"couplet/internal/store"
)

// TestACallThatNothingElseShowsCountsForItself has a person's automation in User.com call the address with the id in it.
func TestACallThatNothingElseShowsCountsForItself(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		who := s.person(1, "maya")
		id, other := s.on(event("usercom", "event")), s.on(event("usercom", "event"))
		for _, call := range []string{"one", "one", "two"} {
			s.told(1, call, id, "contact", who, "")
		}
		s.look(id, true)
		s.look(id, true)
		if f := s.fired(id, 2); f.Data.At("contact.email") != "maya@example.com" {
			t.Errorf("it is %+v", f)
		}
		s.told(1, "three", "changed", "contact", who, "")
		for _, x := range []string{id, other} {
			s.look(x, true)
		}
		s.fired(id, 2)
		s.fired(other, 0)
		s.told(1, "four", id, "contact", "999999", "")
		s.look(id, false) // nobody of that id
		s.fired(id, 2)
	})
}

// TestRealCallsThatAreLostDoubledAndShuffledSetOffOnce has both systems call over HTTP, badly, while people work.
func TestRealCallsThatAreLostDoubledAndShuffledSetOffOnce(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		hl, err := highlevel.NewHooks(highlevel.HookKeys(s.box.HighLevel.PublicKeyPEM()))
		s.must(err)
		uc, err := usercom.NewHooks()
		s.must(err)
		var came atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			hooks, side := connector.Hooks(hl), 0
			if strings.HasPrefix(r.URL.Path, "/usercom/") {
				hooks, side = uc, 1
			}
			body, _ := io.ReadAll(r.Body)
			call, err := hooks.Parse(r.Header, body)
			if err != nil {
				t.Error(err)
			}
			if side == 1 {
				call.Type = path.Base(r.URL.Path)
			}
			came.Add(1)
			_, _, err = s.st.TakeHook(context.WithoutCancel(s.Context()), s.ws, s.conns[side], store.Event{WebhookID: call.ID, Type: call.Type, Sent: call.At, Extra: call.Extra}, call.Refs, s.box.Clock.Now(), 0)
			if err != nil {
				t.Error(err)
			}
		}))
		t.Cleanup(server.Close)
		s.pass(time.Minute)
		created, tagged, people, events := s.on(event("highlevel", "contact-created")), s.on(event("highlevel", "contact-tagged")), s.on(event("usercom", "person-created")), s.on(event("usercom", "event"))
		all := []string{created, tagged, people, events}
		s.box.HighLevel.SetWebhook(server.URL + "/highlevel")
		s.must(s.box.UserCom.AddAutomation(sandboxed.Automation{Event: "created", URL: server.URL + "/usercom/created"}))
		s.must(s.box.UserCom.AddAutomation(sandboxed.Automation{Event: "event", URL: server.URL + "/usercom/" + events}))
		for name, rate := range map[string]float64{"lose": 0.3, "double": 0.3, "shuffle": 0.3} {
			s.must(s.box.Faults.Set(name, rate))
		}
		var last string
		for i := range 20 {
			who := s.make(0, "contacts", map[string]any{"firstName": "Maya", "email": fmt.Sprint("m", i, "@example.com")})
			s.edit(0, "contacts", who, map[string]any{"tags": []any{"lead", fmt.Sprint("t", i)}})
			last = s.make(1, "users", map[string]any{"first_name": "Maya", "email": fmt.Sprint("m", i, "@example.com")})
			s.pass(time.Second)
			for _, id := range all {
				s.look(id, i%7 == 0)
			}
		}
		s.must(s.box.Faults.Set("lose", 0))
		s.must(s.box.Faults.Set("shuffle", 0))
		s.make(1, "events", map[string]any{"user_id": number(last), "name": "bought", "data": map[string]any{"plan": "gold"}})
		await(t, func() bool {
			s.look(events, false)
			return len(s.firings(events)) > 0
		})
		for range 2 {
			s.pass(time.Minute)
			for _, id := range all {
				s.look(id, true)
			}
		}
		s.fired(created, 20)
		s.fired(tagged, 40)
		s.fired(people, 20)
		if f := s.fired(events, 1); f.Data.At("extra.plan") != "gold" || f.Record != last {
			t.Errorf("it is %+v", f)
		}
		if came.Load() == 0 {
			t.Error("nobody called")
		}
	})
}

// await waits for something that another goroutine does.
func await(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("it does not happen")
		}
	}
}

// TestNotesAreFoundInTurn has more contacts than one poll asks for their notes, and kills in between.
func TestNotesAreFoundInTurn(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		var who []string
		for i := range 230 {
			who = append(who, s.person(0, fmt.Sprint("p", i)))
		}
		s.make(0, "notes", map[string]any{"contactId": who[3], "body": "old"})
		s.pass(time.Minute)
		id := s.on(event("highlevel", "note-created"))
		s.pass(time.Second)
		for _, i := range []int{0, 99, 100, 229} {
			s.make(0, "notes", map[string]any{"contactId": who[i], "body": fmt.Sprint("note ", i)})
		}
		s.pass(time.Minute)
		asked := func() (n int) {
			s.heard.mu.Lock()
			defer s.heard.mu.Unlock()
			for _, r := range s.heard.all {
				if r.Method == "GET" && strings.HasSuffix(r.Address, "/notes") {
					n++
				}
			}
			return n
		}
		before := asked()
		s.look(id, true)
		if n := asked() - before; n != 100 {
			t.Errorf("one poll asks for the notes of %d contacts", n)
		}
		if n := len(s.firings(id)); n == 4 {
			t.Errorf("one poll finds %d", n)
		}
		w := s.watcher(&dying{s.st, 1, false})
		_ = w.Look(s.Context(), s.ws, s.automation(id), true)
		s.pass(time.Minute)
		s.look(id, true)
		s.look(id, true)
		s.fired(id, 4)
		for range 3 {
			s.look(id, true)
		}
		s.fired(id, 4)
	})
}

// TestAListThatIsBehindDoesNotUndoWhatWasSeen has a search that shows old rows.
func TestAListThatIsBehindDoesNotUndoWhatWasSeen(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		s.box.UserCom.SetSearchLag(time.Hour)
		who := s.person(1, "maya")
		s.pass(2 * time.Hour)
		tagged, changed := s.on(event("usercom", "person-tagged")), s.on(event("usercom", "person-updated"))
		both := []string{tagged, changed}
		s.edit(1, "users", who, map[string]any{"tags": []any{"lead"}})
		s.told(1, "w1", "changed", "contact", who, "")
		for range 30 {
			for _, id := range both {
				s.look(id, true)
			}
			s.pass(5 * time.Minute)
		}
		for _, id := range both {
			s.fired(id, 1)
		}
	})
}

// TestSomebodyStartsItByHand starts one for a record, for a task and for nothing.
func TestSomebodyStartsItByHand(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		who := s.person(0, "maya")
		task := s.make(0, "tasks", map[string]any{"contactId": who, "title": "call", "dueDate": "2026-12-24T10:00:00Z", "completed": false})
		start := func(object string, ref connector.Ref) automation.Firing {
			tr := automation.Trigger{Kind: automation.ByHand}
			if object != "" {
				tr.System, tr.Object = "highlevel", object
			}
			f, err := s.w.Start(s.Context(), s.ws, s.automation(s.published(tr)), ref, "ann", "")
			s.must(err)
			if f.By != "ann" || f.Trigger != automation.ByPerson || f.State != automation.Open {
				t.Errorf("it is %+v", f)
			}
			return f
		}
		if f := start("contact", connector.Ref{ID: who}); f.Record != who || f.Data.At("contact.email") != "maya@example.com" {
			t.Errorf("it is %+v", f)
		}
		if f := start("task", connector.Ref{ID: task, Parent: who}); f.Data.At("task.title") != "call" || f.Data.At("contact.email") != "maya@example.com" {
			t.Errorf("it is %+v", f)
		}
		start("", connector.Ref{})
		id := s.published(automation.Trigger{Kind: automation.ByHand, System: "highlevel", Object: "contact"})
		if _, err := s.w.Start(s.Context(), s.ws, s.automation(id), connector.Ref{ID: "nobody"}, "ann", ""); connector.KindOf(err) != connector.NotFound {
			t.Errorf("one for nobody: %v", err)
		}
	})
}

// TestAnEventThatIsNotWatchedYetSaysSo is about one of which the catalog does not say by what a record shows it.
func TestAnEventThatIsNotWatchedYetSaysSo(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		id := s.on(event("highlevel", "contact-created"))
		sys := s.w.Systems["highlevel"]
		catalog := *sys.Catalog
		catalog.Events = slices.Clone(catalog.Events)
		e, _ := catalog.Event("contact-created")
		e.When = nil
		sys.Catalog = &catalog
		s.w.Systems["highlevel"] = sys
		if err := s.w.Look(s.Context(), s.ws, s.automation(id), false); !errors.Is(err, automation.ErrUnwatched) || !strings.Contains(err.Error(), "A contact is created") {
			t.Error(err)
		}
		problem := func() string {
			t.Helper()
			text, err := s.st.WatchProblem(s.Context(), s.ws, id)
			s.must(err)
			return text
		}
		if got := problem(); !strings.Contains(got, "is not noticed yet") { // and its page can say it
			t.Errorf("stored is %q", got)
		}
		s.w.Systems["highlevel"] = systems()["highlevel"]
		s.must(s.w.Look(s.Context(), s.ws, s.automation(id), false))
		if got := problem(); got != "" {
			t.Errorf("after a look that went well %q is stored", got)
		}
	})
}

// TestABrokenAccountLosesNothing has the system fail while calls come in.
func TestABrokenAccountLosesNothing(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		id := s.on(event("highlevel", "contact-created"))
		s.pass(time.Second)
		for i := range 6 {
			s.told(0, fmt.Sprint(i), "ContactCreate", "contact", s.person(0, fmt.Sprint("p", i)), "")
		}
		s.must(s.box.Faults.Set("before", 1))
		if err := s.w.Look(s.Context(), s.ws, s.automation(id), true); err == nil {
			t.Error("nothing is said of it")
		}
		s.fired(id, 0)
		s.must(s.box.Faults.Set("before", 0))
		s.pass(2 * time.Minute)
		s.look(id, false)
		s.fired(id, 6)
	})
}
