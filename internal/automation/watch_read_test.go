package automation_test

import (
	"testing"
	"time"

	"couplet/internal/automation"
)

// found is what an operation answers.
func (s *tower) found(operation string, in map[string]any) automation.Data {
	s.Helper()
	out, err := s.acc["highlevel"].Do(s.Context(), operation, in)
	s.must(err)
	return automation.Data(out.(map[string]any))
}

// TestAppointmentsSetOff books, misses and cancels, told and found calendar by calendar.
func TestAppointmentsSetOff(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		who := s.person(0, "maya")
		calendars, _ := s.found("calendar-list", nil)["calendars"].([]any)
		if len(calendars) == 0 {
			t.Fatal("there are no calendars")
		}
		book := func(title string, in time.Duration) string {
			return s.make(0, "appointments", map[string]any{"calendarId": calendars[len(calendars)-1].(map[string]any)["id"], "contactId": who, "title": title,
				"appointmentStatus": "confirmed", "startTime": s.box.Clock.Now().Add(in).UTC().Format(time.RFC3339)})
		}
		old, older := book("old", time.Hour), book("older", 2*time.Hour)
		s.pass(time.Minute)
		booked, missed, cancelled := s.on(event("highlevel", "appointment-booked")), s.on(event("highlevel", "appointment-missed")), s.on(event("highlevel", "appointment-cancelled"))
		poll := func() {
			s.pass(time.Minute)
			for _, id := range []string{booked, missed, cancelled} {
				s.look(id, true)
			}
		}
		poll()
		for _, id := range []string{booked, missed, cancelled} {
			s.fired(id, 0)
		}
		told := book("told", 48*time.Hour)
		s.told(0, "w1", "AppointmentCreate", "appointment", told, who)
		s.look(booked, false)
		if f := s.fired(booked, 1); f.Record != told || f.Title != "told" || f.Data.At("appointment.title") != "told" || f.Data.At("contact.email") != "maya@example.com" {
			t.Errorf("it is %+v", f)
		}
		other := book("found", 72*time.Hour)
		poll()
		poll()
		if f := s.fired(booked, 2); f.Record != other {
			t.Errorf("it is %+v", f)
		}
		s.edit(0, "appointments", old, map[string]any{"appointmentStatus": "noshow"})
		s.told(0, "w2", "AppointmentUpdate", "appointment", old, who)
		for _, id := range []string{missed, cancelled} {
			s.look(id, false)
		}
		s.fired(missed, 1)
		s.fired(cancelled, 0)
		s.edit(0, "appointments", older, map[string]any{"appointmentStatus": "cancelled"})
		poll()
		poll()
		s.fired(missed, 1)
		if f := s.fired(cancelled, 1); f.Record != older || f.Trigger != automation.ByPoll {
			t.Errorf("it is %+v", f)
		}
	})
}

// TestOpportunitiesAndMessagesSetOff makes, moves and wins one, and has somebody write.
func TestOpportunitiesAndMessagesSetOff(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		who := s.person(0, "maya")
		pipelines := s.found("pipelines", nil)
		deal := func(name string) string {
			return s.make(0, "opportunities", map[string]any{"pipelineId": pipelines.At("pipelines.0.id"), "contactId": who, "name": name, "status": "open"})
		}
		old := deal("old")
		s.pass(time.Minute)
		created, moved, state, wrote := s.on(event("highlevel", "deal-created")), s.on(event("highlevel", "deal-moved")), s.on(event("highlevel", "deal-status")), s.on(event("highlevel", "message-received"))
		poll := func(want ...int) {
			t.Helper()
			s.pass(time.Minute)
			for range 2 {
				for i, id := range []string{created, moved, state, wrote} {
					s.look(id, true)
					s.fired(id, want[i])
				}
			}
		}
		poll(0, 0, 0, 0)
		s.told(0, "w1", "OpportunityCreate", "deal", deal("new"), who)
		poll(1, 0, 0, 0)
		if f := s.fired(created, 1); f.Title != "new" || f.Data.At("deal.status") != "open" || f.Data.At("contact.id") != who {
			t.Errorf("it is %+v", f)
		}
		s.edit(0, "opportunities", old, map[string]any{"pipelineStageId": pipelines.At("pipelines.0.stages.1.id")})
		poll(1, 1, 0, 0)
		s.edit(0, "opportunities", old, map[string]any{"status": "won", "name": "renamed"})
		poll(1, 1, 1, 0)
		message := s.make(0, "messages", map[string]any{"contactId": who, "message": "Thursday?"})
		s.told(0, "w2", "InboundMessage", "message", message, who)
		s.told(0, "w3", "InboundMessage", "message", message, who)
		poll(1, 1, 1, 1)
		if f := s.fired(wrote, 1); f.Data.At("message.body") != "Thursday?" || f.Data.At("contact.email") != "maya@example.com" {
			t.Errorf("it is %+v", f)
		}
	})
}
