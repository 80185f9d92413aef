package highlevel

import (
	"maps"
	"net/http"
)

var (
	whenEvent = dto{"eventStartTime": instant}
	followers = dto{"followers": must(texts)}

	contactPlans = []plan{
		{get, "/contacts/business/{businessId}", read, dto{"limit": digits, "locationId": must(text), "skip": digits, "query": text}, nil, contactsOfBusiness},
		{post, "/contacts/{contactId}/followers", write, nil, followers, followContact(true)},
		{del, "/contacts/{contactId}/followers", write, nil, followers, followContact(false)},
		{post, "/contacts/{contactId}/campaigns/{campaignId}", write, nil, dto{}, enrol("campaignId", http.StatusCreated)},
		{del, "/contacts/{contactId}/campaigns/{campaignId}", write, nil, dto{}, release("campaignId")},
		{del, "/contacts/{contactId}/campaigns/removeAll", write, nil, dto{}, release("campaignId")},
		{post, "/contacts/{contactId}/workflow/{workflowId}", write, nil, whenEvent, enrol("workflowId", http.StatusOK)},
		{del, "/contacts/{contactId}/workflow/{workflowId}", write, nil, whenEvent, release("workflowId")},
	}
)

// enrol puts a contact into a workflow or campaign, where nothing further happens to it. Once is enough: adding it again
// changes nothing, and that a draft takes nobody is [U].
func enrol(field string, status int) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		id := q.PathValue(field)
		if r, err := c.one(named[field], id); err == nil && r.text("status") == "draft" {
			return 0, nil, badRequest("The %s is not published", field[:len(field)-2])
		}
		fields := map[string]any{"contactId": q.PathValue("contactId"), field: id}
		for _, r := range c.having("enrolments", field, id) {
			if r.text("contactId") == fields["contactId"] {
				return status, map[string]any{"succeded": true}, nil
			}
		}
		maps.Copy(fields, q.body)
		c.keep("enrolments", fields)
		return status, map[string]any{"succeded": true}, nil
	}
}

// release takes a contact out again: of one, or of all when the path names none.
func release(field string) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		for _, r := range c.having("enrolments", "contactId", q.PathValue("contactId")) {
			if id := q.PathValue(field); r.text(field) != "" && (id == "" || r.text(field) == id) {
				c.drop("enrolments", r)
			}
		}
		return http.StatusOK, map[string]any{"succeded": true}, nil
	}
}

func followContact(add bool) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		old, err := c.find(q)
		if err != nil {
			return 0, nil, err
		}
		after, changed := followed(old.Followers, strs(q.body["followers"]), add)
		next := *old
		next.Followers = after
		c.save(old, &next)
		if add {
			return http.StatusCreated, map[string]any{"followers": after, "followersAdded": changed}, nil
		}
		return http.StatusOK, map[string]any{"followers": after, "followersRemoved": changed}, nil
	}
}

// contactsOfBusiness reads the index, as the other lists do.
func contactsOfBusiness(c *CRM, q *call) (int, any, *apiError) {
	id := q.PathValue("businessId")
	if _, err := c.business(id); err != nil {
		return 0, nil, err
	}
	limit, err := numbered(q, "limit", 25, 1, 100)
	if err != nil {
		return 0, nil, err
	}
	skip, err := numbered(q, "skip", 0, 0, 1<<30)
	if err != nil {
		return 0, nil, err
	}
	c.index.catchUp(c.now())
	rows, count := []listRow{}, 0
	c.index.added.walk(nil, true, func(one *Contact) bool {
		if one.BusinessID == id && mentions(one, q.URL.Query().Get("query")) {
			if count++; count > skip && len(rows) < limit {
				rows = append(rows, listRowOf(c.shown(one)))
			}
		}
		return true
	})
	return http.StatusOK, map[string]any{"contacts": rows, "count": count}, nil
}
