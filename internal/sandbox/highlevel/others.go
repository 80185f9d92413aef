package highlevel

import (
	"net/http"
	"slices"
	"strings"
)

const (
	workflowsRead         = "workflows.readonly"
	campaignsRead         = "campaigns.readonly"
	linksRead, linksWrite = "links.readonly", "links.write"
	valuesRead            = "locations/customValues.readonly"
	valuesWrite           = "locations/customValues.write"
	recurRead, recurWrite = "recurring-tasks.readonly", "recurring-tasks.write"
	templatesRead         = "locations/templates.readonly"
)

var (
	linkBody  = dto{"name": must(filled), "redirectTo": must(filled)}
	valueBody = dto{"name": must(filled), "value": must(text)}
	rhythm    = nested(dto{
		"intervalType": must(oneOf("yearly", "monthly", "weekly", "daily", "hourly")), "interval": must(number), "startDate": must(instant), "endDate": instant, "dayOfMonth": number,
		"dayOfWeek": oneOf("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "monthOfYear": number, "count": number, "createTaskIfOverDue": boolean, "dueAfterSeconds": must(number),
	})
	recurChange = dto{"title": filled, "description": text, "contactIds": texts, "owners": texts, "rruleOptions": rhythm, "ignoreTaskCreation": boolean}

	otherPlans = []plan{
		{get, "/workflows/", workflowsRead, here, nil, listAll("workflows", "workflows")},
		{get, "/campaigns/", campaignsRead, here.with(dto{"status": text}), nil, listCampaigns},
		{get, "/links/", linksRead, here, nil, listAll("links", "links")},
		{get, "/links/search", linksRead, here.with(dto{"query": text, "skip": digits, "limit": digits}), nil, searchLinks},
		{get, "/links/id/{linkId}", linksRead, here, nil, readOne("links", "linkId", "link")},
		{post, "/links/", linksWrite, nil, linkBody.with(dto{"locationId": must(filled)}), makeOne("links", http.StatusCreated, "link")},
		{put, "/links/{linkId}", linksWrite, nil, linkBody, changeOne("links", "linkId", http.StatusCreated, "link")},
		{del, "/links/{linkId}", linksWrite, nil, dto{}, dropOne("links", "linkId", http.StatusCreated, "succeded")},
		{get, "/locations/{locationId}/customValues", valuesRead, nil, nil, listAll("customValues", "customValues")},
		{get, "/locations/{locationId}/customValues/{id}", valuesRead, nil, nil, readOne("customValues", "id", "customValue")},
		{post, "/locations/{locationId}/customValues", valuesWrite, nil, valueBody, makeOne("customValues", http.StatusCreated, "customValue")},
		{put, "/locations/{locationId}/customValues/{id}", valuesWrite, nil, valueBody, changeOne("customValues", "id", http.StatusOK, "customValue")},
		{del, "/locations/{locationId}/customValues/{id}", valuesWrite, nil, dto{}, dropOne("customValues", "id", http.StatusOK, "succeded")},
		{get, "/locations/{locationId}/recurring-tasks/{id}", recurRead, nil, nil, readOne("recurringTasks", "id", "recurringTask")},
		{post, "/locations/{locationId}/recurring-tasks", recurWrite, nil, recurChange.with(dto{"title": must(filled), "rruleOptions": must(rhythm)}), makeOne("recurringTasks", http.StatusCreated, "recurringTask")},
		{put, "/locations/{locationId}/recurring-tasks/{id}", recurWrite, nil, recurChange, changeOne("recurringTasks", "id", http.StatusOK, "recurringTask")},
		{del, "/locations/{locationId}/recurring-tasks/{id}", recurWrite, nil, dto{}, dropOne("recurringTasks", "id", http.StatusOK, "success")},
	}

	checkedPlans = []plan{
		{get, "/locations/{locationId}/timezones", locationsRead, nil, nil, answers(map[string]any{"timeZones": []string{"America/New_York", "Europe/Lisbon", "Australia/Sydney"}})},
		{get, "/locations/{locationId}/templates", templatesRead, dto{"originId": must(text), "deleted": yesNo, "skip": digits, "limit": digits, "type": oneOf("sms", "email", "whatsapp")}, nil,
			answers(map[string]any{"templates": []any{}, "totalCount": 0})},
	}
)

// CheckedOnly are the calls whose requests are checked and answered although nothing is held for them.
func CheckedOnly() (calls []string) {
	for _, p := range checkedPlans {
		calls = append(calls, p.method+" "+p.path)
	}
	return calls
}

// answers is the act of an operation of which the request is checked and nothing is held.
func answers(body map[string]any) act {
	return func(*CRM, *call) (int, any, *apiError) { return http.StatusOK, body, nil }
}

func listCampaigns(c *CRM, q *call) (int, any, *apiError) {
	all := c.kept["campaigns"]
	if status := q.URL.Query().Get("status"); status != "" {
		all = c.having("campaigns", "status", status)
	}
	return http.StatusOK, map[string]any{"campaigns": c.showAll("campaigns", all)}, nil
}

func searchLinks(c *CRM, q *call) (int, any, *apiError) {
	limit, err := numbered(q, "limit", 20, 1, 100)
	if err != nil {
		return 0, nil, err
	}
	skip, err := numbered(q, "skip", 0, 0, 1<<30)
	if err != nil {
		return 0, nil, err
	}
	words := strings.ToLower(q.URL.Query().Get("query"))
	found := slices.DeleteFunc(slices.Clone(c.kept["links"]), func(r *record) bool { return !strings.Contains(strings.ToLower(r.text("name")), words) })
	from := min(skip, len(found))
	return http.StatusOK, map[string]any{"links": c.showAll("links", found[from:min(from+limit, len(found))])}, nil
}
