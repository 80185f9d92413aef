package automation_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"couplet/internal/automation"
)

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// TestWhatIsNewSetsOffOnceHoweverItIsTold tells of a new contact twice and late, and polls besides.
func TestWhatIsNewSetsOffOnceHoweverItIsTold(t *testing.T) {
	t.Parallel()
	for side, c := range []struct{ system, event, call string }{{"highlevel", "contact-created", "ContactCreate"}, {"usercom", "person-created", "created"}} {
		t.Run(c.system, func(t *testing.T) {
			towers(t, func(s *tower) {
				s.person(side, "old")
				s.pass(time.Minute)
				id := s.on(event(c.system, c.event))
				s.look(id, true)
				s.fired(id, 0)
				s.pass(time.Second)
				who := s.person(side, "maya")
				s.told(side, "w1", c.call, "contact", who, "")
				s.look(id, false)
				f := s.fired(id, 1)
				contact, _ := f.Data["contact"].(map[string]any)
				if f.Trigger != automation.ByWebhook || f.Record != who || contact["id"] != who || contact["email"] != "maya@example.com" || f.Version != 1 || f.Title == "" {
					t.Errorf("it is %+v", f)
				}
				s.told(side, "w1", c.call, "contact", who, "")
				s.told(side, "w2", c.call, "contact", who, "")
				s.pass(time.Minute)
				s.look(id, true)
				s.edit(side, people[side], who, map[string]any{"city": "Porto"})
				s.pass(time.Hour)
				s.told(side, "w3", c.call, "contact", who, "")
				s.look(id, true)
				s.fired(id, 1)
				other := s.person(side, "nobody-tells")
				s.pass(time.Minute)
				s.look(id, true)
				if f := s.fired(id, 2); f.Trigger != automation.ByPoll || f.Record != other {
					t.Errorf("it is %+v", f)
				}
			})
		})
	}
}

// people is what the systems call contacts.
var people = [2]string{"contacts", "users"}
