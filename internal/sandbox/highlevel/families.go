package highlevel

import (
	"hash/fnv"
	"maps"
	"time"

	"couplet/internal/sandbox/kit"
)

// families are the kinds of records that are data, by their names for control.
var families map[string]family

func init() { // not a literal: what shows records looks for others
	families = map[string]family{
		"calendars":        {title: "Calendar", id: alnum, show: plainly("", "")},
		"groups":           {title: "Calendar group", id: alnum, show: plainly("", "")},
		"appointments":     {title: "Appointment", id: alnum, fresh: newAppointment, finish: finishAppointment, show: showAppointment, tell: tellAppointment, under: "contactId"},
		"blocks":           {title: "Blocked slot", id: alnum, fresh: map[string]any{"title": ""}, show: showBlock},
		"appointmentNotes": {title: "Note", id: alnum, fresh: map[string]any{"userId": ""}, show: showAppointmentNote, under: "appointmentId"},
		"pipelines":        {title: "Pipeline", id: alnum, show: plainly("dateAdded", "dateUpdated")},
		"opportunities":    {title: "Opportunity", id: alnum, fresh: newDeal, finish: finishDeal, show: showDeal, tell: tellDeal, under: "contactId"},
		"lostReasons":      {title: "Lost reason", id: hex24, show: plainly("createdAt", "updatedAt")},
		"conversations":    {title: "Conversation", id: alnum, fresh: map[string]any{"unreadCount": 0.0, "starred": false}, show: showConversation, under: "contactId"},
		"messages":         {title: "Message", id: alnum, finish: finishMessage, show: showMessage, tell: tellMessage, under: "conversationId"},
		"enrolments":       {title: "Enrolment", id: alnum, show: plainly("dateAdded", ""), under: "contactId"},
		"workflows":        {title: "Workflow", id: uuid, show: plainly("createdAt", "updatedAt")},
		"campaigns":        {title: "Campaign", id: alnum, show: plainly("", "")},
		"links":            {title: "Link", id: alnum, finish: keyed("{{trigger_link.", "}}", ""), show: plainly("", "")},
		"customValues":     {title: "Custom value", id: alnum, finish: keyed("{{ custom_values.", " }}", "name"), show: plainly("", "")},
		"recurringTasks":   {title: "Recurring task", id: alnum, fresh: map[string]any{"description": "", "totalOccurrence": 0.0, "deleted": false}, show: plainly("createdAt", "updatedAt")},
		"objects":          {title: "Object", id: hex24, show: plainly("dateAdded", "dateUpdated")},
		"records":          {title: "Record", id: hex24, fresh: map[string]any{"owner": []any{}, "followers": []any{}}, show: plainly("dateAdded", "dateUpdated")},
		"associations":     {title: "Association", id: hex24, show: plainly("", "")},
		"relations":        {title: "Relation", id: hex24, show: showRelation},
	}
}

// familyNames are those that people make and change in the CRM's own pages.
var familyNames = []string{"appointments", "blocks", "calendars", "campaigns", "conversations", "links", "lostReasons", "messages", "opportunities", "pipelines", "workflows"}

// keyed gives a record the fieldKey under which texts name it: made of the value of a field, or of its id [U].
func keyed(before, after, field string) func(*CRM, *record, *record) {
	return func(_ *CRM, old, next *record) {
		if old == nil {
			key := next.ID
			if field != "" {
				key = keyName(next.text(field))
			}
			next.Fields["fieldKey"] = before + key + after
		}
	}
}

// furnish puts in what no operation can make: people build these in the CRM's own pages. The ids follow from the location's.
func (c *CRM) furnish() {
	c.kept = map[string][]*record{}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(c.location.ID))
	ids := kit.NewIDs(int64(hash.Sum64()))
	now := stampOf(time.Date(2024, 1, 1, 8, 0, 0, 0, time.UTC))
	add := func(name string, fields map[string]any) string {
		id := families[name].id(ids)
		c.kept[name] = append(c.kept[name], &record{ID: id, Made: now, Changed: now, Fields: fields})
		return id
	}
	group := add("groups", map[string]any{"name": "Front desk", "description": "Everything that is booked at the desk", "slug": "front-desk", "isActive": true})
	for _, one := range []struct {
		name, slug string
		minutes    float64
	}{{"First visit", "first-visit", 30}, {"Follow-up call", "follow-up-call", 15}} {
		add("calendars", map[string]any{
			"name": one.name, "slug": one.slug, "widgetSlug": one.slug, "groupId": group, "calendarType": "event", "isActive": true,
			"eventType": "RoundRobin_OptimizeForAvailability", "slotDuration": one.minutes, "slotDurationUnit": "mins", "autoConfirm": true,
		})
	}
	stages := []any{}
	for i, name := range []string{"New lead", "Contacted", "Offer sent", "Closed"} {
		stages = append(stages, map[string]any{"id": ids.UUID(), "name": name, "position": float64(i), "showInFunnel": true, "showInPieChart": true})
	}
	add("pipelines", map[string]any{"name": "Sales", "stages": stages, "showInFunnel": true, "showInPieChart": true})
	add("lostReasons", map[string]any{"name": "Too expensive"})
	add("lostReasons", map[string]any{"name": "No answer"})
	for _, one := range [][2]string{{"Welcome", "published"}, {"Win back", "published"}, {"Birthday", "draft"}} {
		add("workflows", map[string]any{"name": one[0], "status": one[1], "version": 1.0})
	}
	add("campaigns", map[string]any{"name": "Spring", "status": "published"})
	add("campaigns", map[string]any{"name": "Autumn", "status": "draft"})
	pet := "custom_objects.pet"
	add("objects", map[string]any{
		"key": pet, "standard": false, "labels": map[string]any{"singular": "Pet", "plural": "Pets"}, "description": "What lives with a contact",
		"primaryDisplayProperty": pet + ".name", "type": "USER_DEFINED",
	})
	add("associations", map[string]any{
		"key": "contact_pet", "firstObjectLabel": "Owner", "firstObjectKey": "contact", "secondObjectLabel": "Pet", "secondObjectKey": pet, "associationType": "USER_DEFINED",
	})
}

// showRelation has the keys of its association, and the two records.
func showRelation(c *CRM, r *record) map[string]any {
	out := plainly("", "")(c, r)
	if a, err := c.one("associations", r.text("associationId")); err == nil {
		maps.Copy(out, a.Fields)
	}
	return out
}
