package highlevel

import (
	"net/http"
	"slices"
	"time"
)

const (
	calendarsRead           = "calendars.readonly"
	groupsRead              = "calendars/groups.readonly"
	eventsRead, eventsWrite = "calendars/events.readonly", "calendars/events.write"
)

var (
	window    = dto{"startTime": must(digits), "endTime": must(digits), "locationId": must(text), "userId": text, "calendarId": text, "groupId": text}
	blockBody = dto{"title": text, "calendarId": text, "assignedUserId": text, "locationId": must(text), "startTime": instant, "endTime": instant}

	calendarPlans = []plan{
		{get, "/calendars/", calendarsRead, here.with(dto{"groupId": text, "showDrafted": yesNo}), nil, listCalendars},
		{get, "/calendars/{calendarId}", calendarsRead, nil, nil, readOne("calendars", "calendarId", "calendar")},
		{get, "/calendars/groups", groupsRead, here, nil, listAll("groups", "groups")},
		{get, "/calendars/{calendarId}/free-slots", calendarsRead, dto{"startDate": must(digits), "endDate": must(digits), "timezone": text, "userId": text, "userIds": several}, nil, freeSlots},
		{get, "/calendars/events", eventsRead, window, nil, listEvents("appointments")},
		{get, "/calendars/blocked-slots", eventsRead, window, nil, listEvents("blocks")},
		{post, "/calendars/events/block-slots", eventsWrite, nil, blockBody, writeBlock(makeOne("blocks", http.StatusCreated, ""))},
		{put, "/calendars/events/block-slots/{eventId}", eventsWrite, nil, blockBody, writeBlock(changeOne("blocks", "eventId", http.StatusCreated, ""))},
	}
)

func listCalendars(c *CRM, q *call) (int, any, *apiError) {
	all := c.kept["calendars"]
	if group := q.URL.Query().Get("groupId"); group != "" {
		all = c.having("calendars", "groupId", group)
	}
	return http.StatusOK, map[string]any{"calendars": c.showAll("calendars", all), "traceId": c.ids.UUID()}, nil
}

// span is the time between two moments of an address, in milliseconds since 1970.
func span(q *call, from, to string) (low, high time.Time) {
	a, _ := ordinalOf(q.URL.Query().Get(from))
	b, _ := ordinalOf(q.URL.Query().Get(to))
	return time.UnixMilli(a).UTC(), time.UnixMilli(b).UTC()
}

// listEvents shows what begins in a span of time, first come first, of one calendar, group or user: one of them has to be
// named (section 8.1).
func listEvents(family string) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		query := q.URL.Query()
		calendar, group, user := query.Get("calendarId"), query.Get("groupId"), query.Get("userId")
		if calendar+group+user == "" {
			return 0, nil, invalid("Either of userId, calendarId or groupId is required") // text [U]
		}
		low, high := span(q, "startTime", "endTime")
		var found []*record
		for _, r := range c.kept[family] {
			at, _ := parseInstant(r.text("startTime"))
			if at.Before(low) || at.After(high) || calendar != "" && r.text("calendarId") != calendar ||
				group != "" && c.groupOf(r) != group || user != "" && r.text("assignedUserId") != user {
				continue
			}
			found = append(found, r)
		}
		slices.SortStableFunc(found, func(a, b *record) int {
			x, _ := parseInstant(a.text("startTime"))
			y, _ := parseInstant(b.text("startTime"))
			return x.Compare(y)
		})
		rows := []map[string]any{}
		for _, r := range found {
			rows = append(rows, c.event83(r))
		}
		return http.StatusOK, map[string]any{"events": rows, "traceId": c.ids.UUID()}, nil
	}
}

func (c *CRM) groupOf(r *record) string {
	calendar, err := c.one("calendars", r.text("calendarId"))
	if err != nil {
		return ""
	}
	return calendar.text("groupId")
}

// freeSlots are the times from 9 to 17 of weekdays that nothing stands in, by day (section 8.1).
func freeSlots(c *CRM, q *call) (int, any, *apiError) {
	low, high := span(q, "startDate", "endDate")
	if high.Sub(low) > 31*24*time.Hour || high.Before(low) {
		return 0, nil, badRequest("Date range can not be more than 31 days") // text [U]
	}
	calendar, err := c.one("calendars", q.PathValue("calendarId"))
	if err != nil {
		return 0, nil, err
	}
	zone := c.zone()
	if name := q.URL.Query().Get("timezone"); name != "" {
		loaded, bad := time.LoadLocation(name)
		if bad != nil {
			return 0, nil, invalid("timezone must be a valid IANA time-zone")
		}
		zone = loaded
	}
	minutes, _ := calendar.Fields["slotDuration"].(float64)
	step := time.Duration(minutes) * time.Minute
	out := map[string]any{}
	for day := low.In(c.zone()); !day.After(high); day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		free := []string{}
		open := time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, c.zone())
		for at := open; at.Before(open.Add(8 * time.Hour)); at = at.Add(step) {
			if !at.Before(low) && !at.After(high) && !c.taken(calendar.ID, at, at.Add(step)) {
				free = append(free, at.In(zone).Format(time.RFC3339))
			}
		}
		if len(free) > 0 {
			out[open.In(zone).Format(time.DateOnly)] = map[string]any{"slots": free}
		}
	}
	return http.StatusOK, out, nil
}

// taken says whether something stands in a calendar between two moments.
func (c *CRM) taken(calendar string, from, to time.Time) bool {
	for _, family := range []string{"appointments", "blocks"} {
		for _, r := range c.having(family, "calendarId", calendar) {
			begins, _ := parseInstant(r.text("startTime"))
			ends, _ := parseInstant(r.text("endTime"))
			if r.text("appointmentStatus") != "cancelled" && begins.Before(to) && ends.After(from) {
				return true
			}
		}
	}
	return false
}

// zone is the location's time zone.
func (c *CRM) zone() *time.Location {
	if zone, err := time.LoadLocation(c.location.Timezone); err == nil {
		return zone
	}
	return time.UTC
}

// writeBlock lets an act pass for a block of a calendar or of a user (section 8.1). Both writes answer 201 as the
// specification says.
func writeBlock(do act) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		if q.body["calendarId"] == nil && q.body["assignedUserId"] == nil {
			return 0, nil, invalid("Either of calendarId or assignedUserId is required") // text [U]
		}
		return do(c, q)
	}
}

func showBlock(c *CRM, r *record) map[string]any {
	out := plainly("", "")(c, r)
	for _, name := range []string{"startTime", "endTime"} {
		if out[name] == nil {
			out[name] = r.Made // one without times begins when it is made [U]
		}
	}
	return out
}
