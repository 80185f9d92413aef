package highlevel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// booked are the records that the page of a contact shows beside tasks and notes, by their word there.
var booked = map[string]string{"appointment": "appointments", "opportunity": "opportunities", "message": "messages"}

// bookedItems lists them. The caller holds the lock, as everywhere in this file where nothing else is said.
func (c *CRM) bookedItems(contactID string) (all []kit.Item) {
	for _, r := range c.having("appointments", "contactId", contactID) {
		at, _ := parseInstant(r.text("startTime"))
		all = append(all, kit.Item{Kind: "appointment", ID: r.ID, Title: r.text("title"),
			Facts: fmt.Sprintf("An appointment, %s, %s UTC", r.text("appointmentStatus"), at.UTC().Format("2006-01-02 15:04"))})
	}
	for _, r := range c.having("opportunities", "contactId", contactID) {
		all = append(all, kit.Item{Kind: "opportunity", ID: r.ID, Title: r.text("name"),
			Facts: fmt.Sprintf("An opportunity, %s, in the stage %s, worth %v", r.text("status"), c.stageName(r), r.Fields["monetaryValue"])})
	}
	for _, r := range c.having("messages", "contactId", contactID) {
		way := "from the contact"
		if r.text("direction") == "outbound" {
			way = "to the contact, kept here and sent to nobody"
		}
		all = append(all, kit.Item{Kind: "message", ID: r.ID, Title: r.text("channel"), Text: r.text("body"), Facts: "A message " + way, Fixed: true})
	}
	return all
}

// stages are those of the first pipeline, or of a deal's own.
func (c *CRM) stages(pipeline string) (pipelineID string, ids, names []string) {
	for _, p := range c.kept["pipelines"] {
		if pipeline == "" || p.ID == pipeline {
			list, _ := p.Fields["stages"].([]any)
			for _, s := range list {
				one, _ := s.(map[string]any)
				ids, names = append(ids, fmt.Sprint(one["id"])), append(names, fmt.Sprint(one["name"]))
			}
			return p.ID, ids, names
		}
	}
	return "", nil, nil
}

func (c *CRM) stageName(r *record) string {
	_, ids, names := c.stages(r.text("pipelineId"))
	if i := slices.Index(ids, r.text("pipelineStageId")); i >= 0 {
		return names[i]
	}
	return "none"
}

func (c *CRM) calendarNames() (names []string) {
	for _, r := range c.kept["calendars"] {
		names = append(names, r.text("name"))
	}
	return names
}

func (c *CRM) bookedForm(contactID, kind, id string) ([]kit.Field, bool) {
	family := booked[kind]
	r := &record{Fields: map[string]any{}}
	if id != "" {
		held, err := c.one(family, id)
		if err != nil || held.text("contactId") != contactID {
			return nil, false
		}
		if kind == "message" { // it can be deleted, and not be edited
			return nil, true
		}
		r = held
	}
	switch kind {
	case "appointment":
		begins, calendar := r.text("startTime"), ""
		if begins == "" {
			begins = c.now().Add(24 * time.Hour).Truncate(time.Hour).UTC().Format(time.RFC3339)
		}
		if held, err := c.one("calendars", r.text("calendarId")); err == nil {
			calendar = held.text("name")
		} else if names := c.calendarNames(); len(names) > 0 {
			calendar = names[0]
		}
		return []kit.Field{
			{Name: "title", Label: "Title", Value: r.text("title"), Type: "text"},
			{Name: "startTime", Label: "Begins", Value: begins, Type: "text", Help: "Such as 2031-05-20T15:00:00Z."},
			{Name: "calendarId", Label: "Calendar", Value: calendar, Options: c.calendarNames()},
			{Name: "appointmentStatus", Label: "State", Value: orElse(r.text("appointmentStatus"), "confirmed"), Options: []string{"new", "confirmed", "cancelled", "showed", "noshow", "invalid"}},
		}, true
	case "opportunity":
		_, _, names := c.stages(r.text("pipelineId"))
		stage := c.stageName(r)
		if id == "" && len(names) > 0 {
			stage = names[0]
		}
		value, _ := r.Fields["monetaryValue"].(float64)
		return []kit.Field{
			{Name: "name", Label: "Name", Value: r.text("name"), Type: "text"},
			{Name: "pipelineStageId", Label: "Stage", Value: stage, Options: names},
			{Name: "status", Label: "State", Value: orElse(r.text("status"), "open"), Options: []string{"open", "won", "lost", "abandoned"}},
			{Name: "monetaryValue", Label: "Value", Value: strconv.FormatFloat(value, 'f', -1, 64), Type: "text"},
		}, true
	case "message":
		return []kit.Field{
			{Name: "message", Label: "What the contact writes", Type: "textarea"},
			{Name: "type", Label: "Channel", Value: "SMS", Options: []string{"SMS", "Email", "WhatsApp", "Live_Chat"}},
		}, true
	}
	return nil, false
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// saveBooked writes what a person typed, calendars and stages by their names. It takes the lock itself.
func (c *CRM) saveBooked(contactID, kind, id string, typed map[string]string) error {
	family, needed := booked[kind], map[string]string{"appointment": "title", "opportunity": "name", "message": "message"}[kind]
	c.mu.Lock()
	pipeline, stages, names := c.stages("")
	if held, err := c.one(family, id); id != "" && err == nil {
		pipeline, stages, names = c.stages(held.text("pipelineId"))
	}
	calendars := slices.Clone(c.kept["calendars"])
	c.mu.Unlock()
	fields := map[string]any{"contactId": contactID}
	if kind == "opportunity" {
		fields["pipelineId"] = pipeline
	}
	for name, v := range typed {
		switch v = strings.TrimSpace(v); {
		case v == "" && name == needed:
			return invalid(name + " should not be empty")
		case name == "startTime":
			if _, ok := parseInstant(v); !ok {
				return invalid("startTime must be a valid ISO 8601 date string")
			}
			fields[name] = v
		case name == "monetaryValue":
			n, err := strconv.ParseFloat(orElse(v, "0"), 64)
			if err != nil {
				return invalid("monetaryValue must be a number conforming to the specified constraints")
			}
			fields[name] = n
		case name == "calendarId":
			if i := slices.IndexFunc(calendars, func(r *record) bool { return r.text("name") == v }); i >= 0 {
				fields[name] = calendars[i].ID
			}
		case name == "pipelineStageId":
			if i := slices.Index(names, v); i >= 0 {
				fields[name] = stages[i]
			}
		case v != "":
			fields[name] = v
		}
	}
	if id != "" {
		_, err := c.Update(family, id, fields)
		return err
	}
	if fields[needed] == nil {
		return invalid(needed + " should not be empty")
	}
	_, err := c.Create(family, fields)
	return err
}
