package highlevel

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func postDeal(c *CRM, q *call) (int, any, *apiError) {
	fields := written(q)
	if err := c.staged(nil, fields); err != nil {
		return 0, nil, err
	}
	return c.reply(http.StatusCreated, "opportunities", "opportunity", c.keep("opportunities", fields), nil)
}

func putDeal(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.one("opportunities", q.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	fields := written(q)
	if err := c.staged(r, fields); err != nil {
		return 0, nil, err
	}
	return c.reply(http.StatusOK, "opportunities", "opportunity", c.alter("opportunities", r, fields), nil)
}

func putDealStatus(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.one("opportunities", q.PathValue("id"))
	if err == nil {
		c.alter("opportunities", r, q.body)
	}
	return http.StatusOK, map[string]any{"succeded": true}, err
}

func dropDeal(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.one("opportunities", q.PathValue("id"))
	if err == nil {
		c.drop("opportunities", r)
	}
	return http.StatusOK, map[string]any{"succeded": true}, err
}

// upsertDeal changes the one with the id; without an id it makes one, which has no contact, as the body has no place for it.
func upsertDeal(c *CRM, q *call) (int, any, *apiError) {
	fields := written(q)
	for _, name := range []string{"id", "followersActionType", "isRemoveAllFollowers"} {
		delete(fields, name)
	}
	id, _ := q.body["id"].(string)
	var r *record
	held := []string{}
	if id != "" {
		var err *apiError
		if r, err = c.one("opportunities", id); err != nil {
			return 0, nil, err
		}
		held = strs(r.Fields["followers"])
	}
	if all, _ := q.body["isRemoveAllFollowers"].(bool); all {
		held = []string{}
	}
	fields["followers"], _ = followed(held, strs(q.body["followers"]), q.body["followersActionType"] == "add")
	if err := c.staged(r, fields); err != nil {
		return 0, nil, err
	}
	if r == nil {
		r = c.keep("opportunities", fields)
	} else {
		r = c.alter("opportunities", r, fields)
	}
	return http.StatusOK, map[string]any{"opportunity": showDeal(c, r), "new": id == ""}, nil
}

// followed is a list of followers after some were added or taken, and which of them changed it.
func followed(held, given []string, add bool) (after, changed []string) {
	after, changed = slices.Clone(held), []string{}
	for _, id := range given {
		if slices.Contains(after, id) != add {
			changed = append(changed, id)
			if add {
				after = append(after, id)
			} else {
				after = without(after, []string{id})
			}
		}
	}
	return after, changed
}

func followDeal(add bool) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		r, err := c.one("opportunities", q.PathValue("id"))
		if err != nil {
			return 0, nil, err
		}
		given := strs(q.body["followers"])
		if q.URL.Query().Get("isRemoveAllFollowers") == "true" {
			given = strs(r.Fields["followers"])
		}
		after, changed := followed(strs(r.Fields["followers"]), given, add)
		c.alter("opportunities", r, map[string]any{"followers": after})
		if add {
			return http.StatusCreated, map[string]any{"followers": after, "followersAdded": changed}, nil
		}
		return http.StatusOK, map[string]any{"followers": after, "followersRemoved": changed}, nil
	}
}

func listReasons(c *CRM, q *call) (int, any, *apiError) {
	rows := c.showAll("lostReasons", c.kept["lostReasons"])
	words := strings.ToLower(q.URL.Query().Get("query") + q.URL.Query().Get("name"))
	rows = slices.DeleteFunc(rows, func(r map[string]any) bool { return !strings.Contains(strings.ToLower(r["name"].(string)), words) })
	return http.StatusOK, map[string]any{"lostReasons": rows, "total": len(rows)}, nil
}

// dealsLike are the deals whose fields have these values and whose name or contact has the words, newest first; "" is any.
func (c *CRM) dealsLike(words string, values map[string]string) []*record {
	var found []*record
	words = strings.ToLower(words)
	for _, r := range slices.Backward(c.kept["opportunities"]) {
		said := strings.ToLower(r.text("name"))
		if contact := c.contacts[r.text("contactId")]; contact != nil {
			said += "\n" + strings.ToLower(contact.Name()+"\n"+contact.Email+"\n"+contact.Phone)
		}
		ok := strings.Contains(said, words)
		for field, want := range values {
			ok = ok && (want == "" || r.text(field) == want || field == "id" && r.ID == want)
		}
		if ok {
			found = append(found, r)
		}
	}
	return found
}

func findDeals(c *CRM, q *call) (int, any, *apiError) {
	query := q.URL.Query()
	limit, err := numbered(q, "limit", 20, 1, 100)
	if err != nil {
		return 0, nil, err
	}
	page, err := numbered(q, "page", 1, 1, 1<<30)
	if err != nil {
		return 0, nil, err
	}
	status := query.Get("status")
	if status == "all" {
		status = ""
	}
	found := c.dealsLike(query.Get("q"), map[string]string{
		"pipelineId": query.Get("pipeline_id"), "pipelineStageId": query.Get("pipeline_stage_id"), "contactId": query.Get("contact_id"),
		"status": status, "assignedTo": query.Get("assigned_to"), "id": query.Get("id"),
	})
	from := (page - 1) * limit
	if after := query.Get("startAfterId"); after != "" {
		from = slices.IndexFunc(found, func(r *record) bool { return r.ID == after }) + 1
	}
	from = min(from, len(found))
	rows := found[from:min(from+limit, len(found))]
	meta := map[string]any{"total": len(found), "currentPage": page}
	if len(rows) > 0 {
		last := rows[len(rows)-1]
		meta["startAfterId"], meta["startAfter"] = last.ID, int64(last.Made)
		if from+limit < len(found) {
			next := maps.Clone(query)
			next.Set("startAfterId", last.ID)
			next.Set("startAfter", strconv.FormatInt(int64(last.Made), 10))
			meta["nextPage"], meta["nextPageUrl"] = page+1, "http://"+q.Host+"/opportunities/search?"+next.Encode()
		}
	}
	return http.StatusOK, map[string]any{"opportunities": c.showAll("opportunities", rows), "meta": meta, "aggregations": map[string]any{}, "traceId": c.ids.UUID()}, nil
}

func searchDeals(c *CRM, q *call) (int, any, *apiError) {
	words, _ := q.body["query"].(string)
	limit, page := int(number64(q.body["limit"])), int(number64(q.body["page"]))
	if limit < 1 || limit > 100 || page < 1 {
		return 0, nil, invalid("limit must not be greater than 100")
	}
	found := c.dealsLike(words, nil)
	from := min((page-1)*limit, len(found))
	rows := c.showAll("opportunities", found[from:min(from+limit, len(found))])
	return http.StatusOK, map[string]any{"opportunities": rows, "total": len(found), "aggregations": map[string]any{}}, nil
}
