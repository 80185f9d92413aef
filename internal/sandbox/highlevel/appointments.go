package highlevel

import (
	"net/http"
	"strconv"
	"time"
)

var (
	appointmentStates = oneOf("new", "confirmed", "cancelled", "showed", "noshow", "invalid")
	appointmentChange = dto{
		"title": text, "meetingLocationType": oneOf("custom", "zoom", "gmeet", "phone", "address", "ms_teams", "google"), "meetingLocationId": text,
		"overrideLocationConfig": boolean, "appointmentStatus": appointmentStates, "assignedUserId": text, "description": text, "address": text,
		"ignoreDateRange": boolean, "toNotify": boolean, "ignoreFreeSlotValidation": boolean, "rrule": text, "calendarId": text, "startTime": instant, "endTime": instant,
	}
	appointmentBody = appointmentChange.with(dto{"calendarId": must(filled), "locationId": must(filled), "contactId": must(filled), "startTime": must(instant)})
	remark          = dto{"body": must(filled), "userId": text}

	appointmentPlans = []plan{
		{get, "/calendars/events/appointments/{eventId}", eventsRead, nil, nil, getAppointment},
		{post, "/calendars/events/appointments", eventsWrite, nil, appointmentBody, makeOne("appointments", http.StatusOK, "")},
		{put, "/calendars/events/appointments/{eventId}", eventsWrite, nil, appointmentChange, changeOne("appointments", "eventId", http.StatusOK, "")},
		{del, "/calendars/events/{eventId}", eventsWrite, nil, dto{}, deleteEvent},
		{get, "/contacts/{contactId}/appointments", read, nil, nil, contactAppointments},
		{get, "/calendars/appointments/{appointmentId}/notes", eventsRead, dto{"limit": must(digits), "offset": must(digits)}, nil, listRemarks},
		{post, "/calendars/appointments/{appointmentId}/notes", eventsWrite, nil, remark, postRemark},
		{put, "/calendars/appointments/{appointmentId}/notes/{noteId}", eventsWrite, nil, remark, changeOne("appointmentNotes", "noteId", http.StatusOK, "note")},
		{del, "/calendars/appointments/{appointmentId}/notes/{noteId}", eventsWrite, nil, dto{}, dropOne("appointmentNotes", "noteId", http.StatusOK, "success")},
	}

	newAppointment = map[string]any{"title": "", "appointmentStatus": "confirmed", "assignedUserId": "", "address": "", "source": "api"}
)

// finishAppointment ends one that nobody gave an end after the calendar's length, and forgets what only steers the call.
func finishAppointment(c *CRM, old, next *record) {
	for _, name := range []string{"ignoreDateRange", "toNotify", "ignoreFreeSlotValidation", "overrideLocationConfig"} {
		delete(next.Fields, name)
	}
	begins, ok := parseInstant(next.text("startTime"))
	moved := old != nil && old.text("startTime") != next.text("startTime") && old.text("endTime") == next.text("endTime")
	if !ok || next.text("endTime") != "" && !moved {
		return
	}
	length := 30 * time.Minute
	if calendar, err := c.one("calendars", next.text("calendarId")); err == nil {
		if minutes, _ := calendar.Fields["slotDuration"].(float64); minutes > 0 {
			length = time.Duration(minutes) * time.Minute
		}
	}
	next.Fields["endTime"] = begins.Add(length).In(c.zone()).Format(time.RFC3339)
}

// showAppointment is the answer of a write, not wrapped (section 8.1).
func showAppointment(c *CRM, r *record) map[string]any {
	out := plainly("", "")(c, r)
	out["isRecurring"] = r.text("rrule") != ""
	return out
}

// event83 is an appointment or a blocked slot as a calendar shows it (section 8.2).
func (c *CRM) event83(r *record) map[string]any {
	users := []string{}
	if user := r.text("assignedUserId"); user != "" {
		users = append(users, user)
	}
	out := map[string]any{
		"id": r.ID, "locationId": c.location.ID, "groupId": c.groupOf(r), "users": users, "dateAdded": r.Made, "dateUpdated": r.Changed,
		"assignedResources": []string{}, "isRecurring": r.text("rrule") != "", "notes": r.text("description"), "createdBy": map[string]any{"source": "api"},
	}
	for _, name := range []string{"title", "calendarId", "contactId", "appointmentStatus", "assignedUserId", "address", "description", "startTime", "endTime"} {
		out[name] = r.text(name)
	}
	if rule := r.text("rrule"); rule != "" {
		out["rrule"] = rule
	}
	return out
}

func getAppointment(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.one("appointments", q.PathValue("eventId"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"event": c.event83(r), "traceId": c.ids.UUID()}, nil
}

// deleteEvent takes an appointment or a blocked slot; 201 and the key are as the specification says.
func deleteEvent(c *CRM, q *call) (int, any, *apiError) {
	id := q.PathValue("eventId")
	for _, family := range []string{"appointments", "blocks"} {
		if r, err := c.one(family, id); err == nil {
			c.drop(family, r)
			return http.StatusCreated, map[string]any{"succeeded": true}, nil
		}
	}
	return 0, nil, resourceGone("Event", id)
}

// contactAppointments have local times without a zone, and the state twice (section 8.3).
func contactAppointments(c *CRM, q *call) (int, any, *apiError) {
	local := func(t time.Time) string { return t.In(c.zone()).Format(time.DateTime) }
	rows := []map[string]any{}
	for _, r := range c.having("appointments", "contactId", q.PathValue("contactId")) {
		row := c.event83(r)
		for _, name := range []string{"startTime", "endTime"} {
			at, _ := parseInstant(r.text(name))
			row[name] = local(at)
		}
		row["status"] = "booked"
		row["dateAdded"], row["dateUpdated"] = local(time.UnixMilli(int64(r.Made))), local(time.UnixMilli(int64(r.Changed)))
		rows = append(rows, row)
	}
	return http.StatusOK, map[string]any{"events": rows, "traceId": c.ids.UUID()}, nil
}

// tellAppointment nests the appointment (section 11.5).
func tellAppointment(c *CRM, old, next *record) {
	what, r := "AppointmentUpdate", next
	switch {
	case old == nil:
		what = "AppointmentCreate"
	case next == nil:
		what, r = "AppointmentDelete", old
	}
	body := c.event83(r)
	body["source"] = r.text("source")
	for _, name := range []string{"locationId", "assignedResources", "isRecurring", "createdBy", "description", "rrule"} {
		delete(body, name)
	}
	c.event(what, map[string]any{"appointment": body})
}

func listRemarks(c *CRM, q *call) (int, any, *apiError) {
	limit, err := numbered(q, "limit", 20, 1, 20)
	if err != nil {
		return 0, nil, err
	}
	offset, err := numbered(q, "offset", 0, 0, 1<<30)
	if err != nil {
		return 0, nil, err
	}
	all := c.having("appointmentNotes", "appointmentId", q.PathValue("appointmentId"))
	page := all[min(offset, len(all)):min(offset+limit, len(all))]
	return http.StatusOK, map[string]any{"notes": c.showAll("appointmentNotes", page), "hasMore": offset+limit < len(all)}, nil
}

func postRemark(c *CRM, q *call) (int, any, *apiError) {
	if body, _ := q.body["body"].(string); len([]rune(body)) > 5000 {
		return 0, nil, invalid("body must be shorter than or equal to 5000 characters")
	}
	fields := written(q)
	fields["appointmentId"] = q.PathValue("appointmentId")
	return c.reply(http.StatusCreated, "appointmentNotes", "note", c.keep("appointmentNotes", fields), nil)
}

func showAppointmentNote(c *CRM, r *record) map[string]any {
	out := map[string]any{
		"id": r.ID, "body": r.text("body"), "userId": r.text("userId"), "dateAdded": r.Made, "createdBy": map[string]any{"id": r.text("userId"), "name": c.userName(r.text("userId"))},
	}
	if a, err := c.one("appointments", r.text("appointmentId")); err == nil {
		out["contactId"] = a.text("contactId")
	}
	return out
}

func (c *CRM) userName(id string) string {
	for _, u := range c.users {
		if u.ID == id {
			return u.FirstName + " " + u.LastName
		}
	}
	return ""
}

// ordinalOf is a number of an address.
func ordinalOf(s string) (int64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return int64(f), err == nil
}
