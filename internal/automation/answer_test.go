package automation_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connector"
)

// answered has a person answer about a firing.
func (s *shop) answered(f automation.Firing, answer string) (automation.Firing, error) {
	s.Helper()
	return s.st.ChangeFiring(s.Context(), s.ws, f.ID, func(f *automation.Firing, entries []automation.Entry) ([]automation.Entry, error) {
		return f.Answer(answer, "Ann", entries, 2, s.clock())
	})
}

func TestAPersonSaysWhatBecameOfACallInDoubt(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		for _, c := range []struct {
			answer string
			calls  int
			want   automation.State
		}{{automation.ItWas, 1, automation.Done}, {automation.DoAgain, 2, automation.Done}, {automation.EndIt, 1, automation.Ended}} {
			n := 0
			s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) {
				if n++; n == 1 {
					return nil, &connector.Error{Kind: connector.Unknown, Message: "No answer came."}
				}
				return map[string]any{}, nil
			})
			f := s.work(s.fire(s.publishAs(c.answer, doing(step("s1", "highlevel", "contact-create", map[string]string{"email": "x@x.test"}))), "1", map[string]any{"id": "c1"}))
			entries, err := s.st.FiringEntries(s.Context(), s.ws, f.ID)
			s.must(err)
			if got := f.Answers(entries); !reflect.DeepEqual(got, []string{automation.ItWas, automation.DoAgain, automation.EndIt, automation.OnceMore, automation.OnceOwn}) {
				s.Errorf("%v", got)
			}
			_, err = s.answered(f, c.answer)
			s.must(err)
			if _, err := s.answered(f, automation.ItWas); !errors.Is(err, automation.ErrStands) {
				s.Errorf("%s: answered twice: %v", c.answer, err)
			}
			s.work(f)
			if s.state(f, c.want); n != c.calls {
				s.Errorf("%s: %d calls", c.answer, n)
			}
		}
	})
}

func TestAFailedStepIsDoneAgainLeftOutOrDoneByTheNewestVersion(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		for _, c := range []struct {
			answer string
			want   string
		}{{automation.DoAgain, "old"}, {automation.Newest, "new"}, {automation.LeaveOut, ""}} {
			refuse, got := true, ""
			s.acc["highlevel"] = answering(func(_ context.Context, _ string, in map[string]any) (any, error) {
				if refuse {
					return nil, &connector.Error{Kind: connector.Invalid, Message: "No."}
				}
				got, _ = in["tags"].(string)
				return map[string]any{}, nil
			})
			id := s.publishAs(c.answer, doing(step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "old"})))
			f := s.work(s.fire(id, "1", map[string]any{"id": "c1"}))
			stored, err := s.st.Automation(s.Context(), s.ws, id)
			s.must(err)
			d := stored.Draft
			d.Steps = []automation.Step{step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "new"})}
			stored, err = s.st.ChangeAutomation(s.Context(), s.ws, "ann", d, stored.Revision)
			s.must(err)
			_, _, err = s.st.PublishAutomation(s.Context(), s.ws, "ann", id, stored.Revision)
			s.must(err)
			refuse = false
			_, err = s.answered(f, c.answer)
			s.must(err)
			s.work(f)
			if s.state(f, automation.Done); got != c.want {
				s.Errorf("%s: sent %q", c.answer, got)
			}
		}
	})
}

func TestWhatIsOverBeginsAgainAsAFiringOfItsOwn(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		n := 0
		s.acc["highlevel"] = answering(func(context.Context, string, map[string]any) (any, error) { n++; return map[string]any{}, nil })
		f := s.work(s.fire(s.publish(doing(step("s1", "highlevel", "contact-tag", map[string]string{"contactId": "c1", "tags": "x"}))), "1", map[string]any{"id": "c1"}))
		if got := f.Answers(nil); !reflect.DeepEqual(got, []string{automation.OnceMore, automation.OnceOwn}) {
			s.Errorf("%v", got)
		}
		fresh, err := s.st.AddFirings(s.Context(), s.ws, []automation.Firing{f.Again("Ann", "x", 1)})
		s.must(err)
		again := s.work(fresh[0])
		if s.state(again, automation.Done); n != 2 || again.ID == f.ID || again.By != "Ann" || again.Record != "c1" {
			s.Errorf("%d calls, %+v", n, again)
		}
		s.pass(time.Hour)
	})
}
