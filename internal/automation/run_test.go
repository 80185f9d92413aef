package automation_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/automation/script"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/sandbox/kit"
)

// The template "New-contact follow-up" from the trigger to the task, over a night.
func TestAFollowUpRunsToItsEnd(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		id := s.box.HighLevel.Add(kit.Person{First: "Maya", Last: "Stone", Email: "maya.stone@example.com"})
		a := template(s.T, "new-contact-follow-up")
		real := s.acc["usercom"]
		s.acc["usercom"] = answering(func(ctx context.Context, op string, in map[string]any) (any, error) {
			if op == "event-create" {
				return map[string]any{"id": 1.0}, nil
			}
			return real.Do(ctx, op, in)
		})
		for i := range a.Steps { // the sandbox keeps no calendars
			if a.Steps[i].ID == "booked" {
				a.Steps[i] = step("booked", "usercom", "person-by-email", map[string]string{"email": "{{contact.email}}"})
			}
			if a.Steps[i].ID == "decide" {
				a.Steps[i].If = automation.Filter{Value: "contact.city", Op: "not_empty"}
			}
		}
		auto := s.publish(a)
		contact := map[string]any{"id": id, "firstName": "Maya", "lastName": "Stone", "email": "maya.stone@example.com", "tags": []any{"lead"}}
		f := s.work(s.fire(auto, "1", contact))
		if f.State != automation.Waiting || f.Step != "pause" || !f.Due.Equal(time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)) {
			s.Fatalf("it stands at %+v", f)
		}
		if n := s.sent("POST", "/users/"); n != 1 {
			s.Errorf("%d people were made", n)
		}
		s.pass(20 * time.Hour)
		if f = s.work(f); f.State != automation.Waiting {
			s.Fatalf("it went on before its time: %+v", f)
		}
		s.pass(2 * time.Hour)
		s.work(f)
		f = s.state(f, automation.Done)
		if e := s.entry(f, "ring"); e.State != automation.StepDone || !strings.HasPrefix(e.Made, "usercom task ") || e.Input["name"] != "Call Maya" {
			s.Errorf("the task: %+v", e)
		}
		if e := s.entry(f, "event"); e.State != automation.StepDone || e.Attempts != 1 {
			s.Errorf("the event: %+v", e)
		}
		if n := s.sent("POST", "/users/"); n != 1 {
			s.Errorf("after the wait %d people were made", n)
		}
	})
}

func TestWhatTheFilterHoldsBackSaysWhy(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		a := doing(step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "{{contact.id}}", "tags": "x"}))
		a.Filter = automation.Filter{Value: "contact.tags", Op: "has", Than: "lead"}
		f := s.work(s.fire(s.publish(a), "1", map[string]any{"id": "c1", "tags": []any{"vip"}}))
		if f.State != automation.Filtered || !strings.Contains(f.Reason, "vip") || f.Over.IsZero() {
			s.Errorf("%+v", f)
		}
		if n := s.sent("POST", ""); n != 0 {
			s.Errorf("%d calls were made", n)
		}
	})
}

// A call that makes something and whose end nobody heard is not made again by itself; one that comes to the same is.
func TestACallInDoubtWaitsForAPersonAndOthersAreMadeAgain(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		var calls []string
		fail := true
		s.acc["highlevel"] = answering(func(_ context.Context, op string, _ map[string]any) (any, error) {
			if calls = append(calls, op); fail {
				return nil, &connector.Error{Kind: connector.Unknown, Message: "No answer came."}
			}
			return map[string]any{"tags": []any{"x"}}, nil
		})
		tag := s.publish(doing(step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "x"})))
		f := s.work(s.fire(tag, "1", map[string]any{"id": "c1"}))
		if f.State != automation.Waiting || f.Attempts != 1 || !f.Due.After(s.now) {
			s.Fatalf("%+v", f)
		}
		fail = false
		s.pass(time.Minute)
		s.work(f)
		s.state(f, automation.Done)
		if len(calls) != 2 {
			s.Errorf("%v", calls)
		}

		fail, calls = true, nil
		a := doing(step("s1", "highlevel", "contact-create", map[string]string{"email": "x@x.test"}))
		a.Name = "b"
		f = s.work(s.fire(s.publishAs("b", a), "1", map[string]any{"id": "c1"}))
		if f.State != automation.Parked || s.entry(f, "s1").State != automation.InDoubt || !strings.Contains(f.Reason, "may have happened") {
			s.Fatalf("%+v", f)
		}
		s.pass(100 * time.Hour)
		s.work(f)
		if s.state(f, automation.Parked); len(calls) != 1 {
			s.Errorf("it was made again: %v", calls)
		}
	})
}

// A process that dies while a call is out leaves it as sent. Who goes on makes it again only where that does no harm.
func TestADeathInTheMiddleOfACallMakesNothingTwice(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		for _, c := range []struct {
			name string
			step automation.Step
			want automation.State
			call int
		}{
			{"makes", step("s1", "highlevel", "contact-create", map[string]string{"email": "x@x.test"}), automation.Parked, 0},
			{"tags", step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "x"}), automation.Done, 1},
		} {
			n := 0
			s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) { n++; return map[string]any{}, nil })
			f := s.fire(s.publishAs(c.name, doing(c.step)), "1", map[string]any{"id": "c1"})
			dead, err := s.st.TakeFirings(s.Context(), s.ws, f.Automation, "dead", s.clock(), s.clock().Add(20*time.Second), 9)
			s.must(err)
			s.must(s.st.Note(s.Context(), s.ws, dead[0], automation.Entry{At: "s1", Step: "s1", Seq: 1, State: automation.Sending, Attempts: 1, Began: s.clock()}))
			if s.work(f); n != 0 {
				s.Error("somebody else has it, and it was worked on")
			}
			s.pass(21 * time.Second)
			s.work(f)
			if s.state(f, c.want); n != c.call {
				s.Errorf("%s: %d calls", c.name, n)
			}
		}
	})
}

// A program that is asked to end while a call is out hears its answer, and goes on behind it after the next start.
func TestAnEndInTheMiddleOfACallLeavesNoDoubt(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		ctx, end := context.WithCancel(s.Context())
		n := 0
		s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) {
			n++
			end()
			return map[string]any{"contact": map[string]any{"id": "c9"}}, nil
		})
		f := s.fire(s.publish(doing(step("s1", "highlevel", "contact-create", map[string]string{"email": "x@x.test"}))), "1", map[string]any{"id": "c1"})
		_ = s.run.Work(ctx, s.ws, f.Automation)
		if e := s.entry(f, "s1"); e.State != automation.StepDone || e.Made != "highlevel contact c9" {
			s.Fatalf("%+v", e)
		}
		s.pass(time.Minute)
		s.work(f)
		if s.state(f, automation.Done); n != 1 {
			s.Errorf("%d calls", n)
		}
	})
}

func TestAFailureIsTriedAgainForAWhileAndThenAsked(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		n := 0
		s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) {
			n++
			return nil, &connector.Error{Kind: connector.Temporary, Message: "HighLevel is closed."}
		})
		f := s.fire(s.publish(doing(step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "x"}))), "1", map[string]any{"id": "c1"})
		for f = s.work(f); f.State == automation.Waiting; f = s.work(f) {
			if f.Reason != "HighLevel is closed." {
				s.Fatalf("%+v", f)
			}
			s.pass(f.Due.Sub(s.clock()))
		}
		if took := s.clock().Sub(start); f.State != automation.Parked || took < automation.UsualFail || took > automation.UsualFail+time.Hour || n < 50 {
			s.Errorf("%s after %s and %d tries", f.State, took, n)
		}
	})
}

func TestWhatIsRefusedIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		n := 0
		s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) {
			n++
			return nil, &connector.Error{Kind: connector.Invalid, Message: "The tag is too long."}
		})
		st := step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "x"})
		for _, c := range []struct {
			fail string
			want automation.State
		}{{"", automation.Parked}, {automation.Skip, automation.Done}, {automation.End, automation.Ended}} {
			n, st.Fail = 0, c.fail
			f := s.work(s.fire(s.publishAs("fail "+c.fail, doing(st)), "1", map[string]any{"id": "c1"}))
			if f.State != c.want || n != 1 {
				s.Errorf("%q: %s after %d calls: %s", c.fail, f.State, n, f.Reason)
			}
			if e := s.entry(f, "s1"); !strings.Contains(e.Text, "The tag is too long.") {
				s.Errorf("%q: %+v", c.fail, e)
			}
		}
	})
}

func TestAnAccountThatCannotBeUsedIsWaitedFor(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		n := 0
		s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) { n++; return map[string]any{}, nil })
		f := s.fire(s.publish(doing(step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "x"}))), "1", map[string]any{"id": "c1"})
		s.closed["highlevel"] = &connector.Error{Kind: connector.Unauthorized, Message: "The account has to be connected again."}
		for range 400 { // more than a day
			f = s.work(f)
			if f.State != automation.Waiting || n != 0 {
				s.Fatalf("%+v", f)
			}
			s.pass(f.Due.Sub(s.clock()))
		}
		s.closed["highlevel"] = nil
		s.work(f)
		s.state(f, automation.Done)
	})
}

func TestAStepThatIsDoneOnceIsLeftOutTheNextTime(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		n := 0
		s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) {
			if n++; n == 1 {
				return nil, &connector.Error{Kind: connector.Invalid, Message: "No."} // it did not happen
			}
			return map[string]any{}, nil
		})
		st := step("s1", "highlevel", "contact-create", map[string]string{"email": "x@x.test"})
		st.Once, st.Fail = true, automation.Skip
		id := s.publish(doing(st))
		for i, want := range []automation.StepState{automation.StepFailed, automation.StepDone, automation.StepLeft} {
			f := s.work(s.fire(id, string(rune('a'+i)), map[string]any{"id": "c1"}))
			if e := s.entry(f, "s1"); e.State != want || f.State != automation.Done {
				s.Errorf("time %d: %+v", i, e)
			}
		}
		if n != 2 {
			s.Errorf("%d calls", n)
		}
	})
}

func TestALoopGoesOnWhereItWasAndAStopEndsOneMember(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		var tags []string
		s.acc["highlevel"] = answering(func(_ context.Context, _ string, in map[string]any) (any, error) {
			tag, _ := in["tags"].(string)
			if tags = append(tags, tag); tag == "b" && len(tags) == 3 {
				return nil, &connector.Error{Kind: connector.Temporary, Message: "Not now."}
			}
			return map[string]any{}, nil
		})
		a := doing(automation.Step{ID: "loop", Kind: automation.Each, Over: "{{contact.tags}}", Most: 3, Do: []automation.Step{
			step("tag", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "{{loop.item}}"}),
			{ID: "if", Kind: automation.Condition, If: automation.Filter{Value: "loop.item", Op: "is", Than: "b"}, Then: []automation.Step{{ID: "end", Kind: automation.Stop}}},
			step("more", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "{{loop.number}} of {{loop.item}}"}),
		}}, step("last", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "{{loop.count}} in all"}))
		f := s.work(s.fire(s.publish(a), "1", map[string]any{"id": "c1", "tags": []any{"a", "b", "c", "d"}}))
		if f.Step != "loop[2].tag" {
			s.Fatalf("%+v", f)
		}
		s.pass(time.Minute)
		s.work(f)
		s.state(f, automation.Done)
		if got := strings.Join(tags, ", "); got != "a, 1 of a, b, b, c, 3 of c, 4 in all" {
			s.Errorf("%s", got)
		}
	})
}

func TestAnAddressIsCalledOnlyWhenItsHostIsAllowedAndPublic(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		got := ""
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Get("X-Key")
			_, _ = w.Write([]byte(`{"ok": true}`))
		}))
		s.Cleanup(srv.Close)
		host := strings.TrimPrefix(srv.URL, "http://")
		a := doing(automation.Step{ID: "s1", Kind: automation.Request, HTTP: automation.HTTP{Method: "POST", URL: srv.URL + "/x", Headers: map[string]string{"X-Key": "quiet"}}, With: map[string]string{"a": "{{contact.id}}"}})
		id := s.publish(a)
		s.run.HTTP = connection.NewHTTP(connection.Options{})
		f := s.work(s.fire(id, "1", map[string]any{"id": "c1"}))
		if f.State != automation.Parked || !strings.Contains(f.Reason, "may not call "+host) {
			s.Errorf("%+v", f)
		}
		s.hosts = []string{host}
		f = s.work(s.fire(id, "2", map[string]any{"id": "c1"}))
		if f.State != automation.Parked || !strings.Contains(f.Reason, "may not be called, because") || strings.Contains(f.Reason, "ial tcp") || got != "" {
			s.Errorf("%+v", f)
		}
		s.run.HTTP = connection.NewHTTP(connection.Options{Allow: []string{host}})
		f = s.work(s.fire(id, "3", map[string]any{"id": "c1"}))
		e := s.entry(f, "s1")
		body, _ := e.Output["body"].(map[string]any)
		if f.State != automation.Done || got != "quiet" || e.Output["status"] != 200.0 || body["ok"] != true {
			s.Errorf("%+v %+v", f, e)
		}
		if text := strings.ToLower(f.Reason + e.Text); strings.Contains(text, "quiet") || e.Input["headers"] != nil {
			s.Error("the log holds a header")
		}
	})
}

// scripts answering in place of the process that runs them, which has tests of its own.
type scripts func(in map[string]any) (script.Result, error)

func (f scripts) Run(_ context.Context, _ string, in map[string]any) (script.Result, error) {
	return f(in)
}

func TestAScriptGivesAndOneThatFailsIsAskedAbout(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		s.run.Scripts = scripts(func(in map[string]any) (script.Result, error) {
			if in["a"] == "c2" {
				return script.Result{}, &script.Error{Kind: script.Failed, Line: 2, Column: 1, Text: "no such key"}
			}
			return script.Result{Output: map[string]any{"x": "made of " + in["a"].(string)}}, nil
		})
		var got any
		s.acc["highlevel"] = answering(func(_ context.Context, _ string, in map[string]any) (any, error) { got = in["tags"]; return nil, nil })
		id := s.publish(doing(automation.Step{ID: "s1", Kind: automation.Script, Code: "def run(input): return 1", With: map[string]string{"a": "{{contact.id}}"}},
			step("s2", "highlevel", "contact-tag", map[string]string{"contactId": "{{contact.id}}", "tags": "{{s1.result.x}}"})))
		s.state(s.work(s.fire(id, "1", map[string]any{"id": "c1"})), automation.Done)
		if got != "made of c1" {
			s.Errorf("given %v", got)
		}
		if f := s.work(s.fire(id, "2", map[string]any{"id": "c2"})); f.State != automation.Parked || !strings.Contains(f.Reason, "no such key") {
			s.Errorf("%+v", f)
		}
	})
}

// A wait of three days goes on in another process with a later clock, and fires once though two look.
func TestAWaitOfThreeDaysIsOverOnce(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		n := 0
		s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) { n++; return nil, nil })
		id := s.publish(doing(automation.Step{ID: "pause", Kind: automation.Pause, Wait: automation.Wait{For: waitOf(72 * time.Hour)}},
			step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "x"})))
		f := s.work(s.fire(id, "1", map[string]any{"id": "c1"}))
		s.pass(72*time.Hour - time.Second)
		if due, err := s.st.DueFirings(s.Context(), s.clock()); err != nil || len(due) != 0 {
			s.Fatalf("due before its time: %v %v", due, err)
		}
		s.pass(time.Second)
		other := &automation.Runner{Store: s.st, Accounts: s, Systems: systems(), Now: s.clock, Random: s.run.Random, Owner: "other", Log: s.run.Log}
		errs := make(chan error, 2)
		for _, r := range []*automation.Runner{s.run, other} {
			go func() { errs <- r.Work(s.Context(), s.ws, id) }()
		}
		s.must(errors.Join(<-errs, <-errs))
		if s.state(f, automation.Done); n != 1 {
			s.Errorf("%d calls", n)
		}
	})
}
