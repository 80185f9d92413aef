package highlevel

const dealsRead, dealsWrite = "opportunities.readonly", "opportunities.write"

var (
	dealStates = oneOf("open", "won", "lost", "abandoned")
	dealChange = dto{"pipelineId": filled, "name": filled, "pipelineStageId": text, "status": dealStates, "monetaryValue": number, "assignedTo": text, "customFields": array}
	dealBody   = dealChange.with(dto{"pipelineId": must(filled), "locationId": must(filled), "name": must(filled), "status": must(dealStates), "contactId": must(filled)})
	dealUpsert = dto{
		"id": text, "pipelineId": must(filled), "locationId": must(filled), "followers": must(texts), "isRemoveAllFollowers": must(boolean),
		"followersActionType": must(oneOf("add", "remove")), "name": text, "status": dealStates, "pipelineStageId": text, "monetaryValue": anything, "assignedTo": text, "lostReasonId": text,
	}
	dealQuery = dto{
		"q": text, "location_id": must(text), "pipeline_id": text, "pipeline_stage_id": text, "contact_id": text, "status": oneOf("open", "won", "lost", "abandoned", "all"),
		"assigned_to": text, "campaignId": text, "id": text, "order": text, "endDate": text, "startAfter": text, "startAfterId": text, "date": text, "country": text,
		"page": digits, "limit": digits, "getTasks": yesNo, "getNotes": yesNo, "getCalendarEvents": yesNo,
	}
	dealDetails = nested(dto{"notes": must(boolean), "tasks": must(boolean), "calendarEvents": must(boolean), "unReadConversations": must(boolean)})
	dealSearch  = dto{"locationId": must(filled), "query": must(text), "limit": must(number), "page": must(number), "searchAfter": must(array), "additionalDetails": must(dealDetails)}

	dealPlans = []plan{
		{get, "/opportunities/pipelines", dealsRead, here, nil, listAll("pipelines", "pipelines")},
		{get, "/opportunities/lost-reason", dealsRead, here.with(dto{"name": text, "deleted": yesNo, "query": text, "skip": digits, "limit": digits, "getCount": yesNo}), nil, listReasons},
		{get, "/opportunities/search", dealsRead, dealQuery, nil, findDeals},
		{post, "/opportunities/search", dealsRead, nil, dealSearch, searchDeals},
		{post, "/opportunities/", dealsWrite, nil, dealBody, postDeal},
		{post, "/opportunities/upsert", dealsWrite, nil, dealUpsert, upsertDeal},
		{get, "/opportunities/{id}", dealsRead, nil, nil, readOne("opportunities", "id", "opportunity")},
		{put, "/opportunities/{id}", dealsWrite, nil, dealChange, putDeal},
		{del, "/opportunities/{id}", dealsWrite, nil, dto{}, dropDeal},
		{put, "/opportunities/{id}/status", dealsWrite, nil, dto{"status": must(dealStates), "lostReasonId": text}, putDealStatus},
		{post, "/opportunities/{id}/followers", dealsWrite, nil, dto{"followers": must(texts)}, followDeal(true)},
		{del, "/opportunities/{id}/followers", dealsWrite, dto{"isRemoveAllFollowers": yesNo}, dto{"followers": must(texts)}, followDeal(false)},
	}

	newDeal = map[string]any{"status": "open", "monetaryValue": 0.0, "assignedTo": "", "source": "public api", "followers": []any{}}
)

// stageOf finds a stage in its pipeline: the first one for "". A stage of another pipeline is refused; how, is [U].
func (c *CRM) stageOf(pipeline, id string) (string, *apiError) {
	p, err := c.one("pipelines", pipeline)
	if err != nil {
		return "", err
	}
	stages, _ := p.Fields["stages"].([]any)
	for _, s := range stages {
		if one, _ := s.(map[string]any)["id"].(string); id == "" || one == id {
			return one, nil
		}
	}
	return "", badRequest("The pipeline stage id %s is invalid", id)
}

// staged puts into fields the stage that a deal has after a write.
func (c *CRM) staged(old *record, fields map[string]any) *apiError {
	pipeline, _ := fields["pipelineId"].(string)
	stage, _ := fields["pipelineStageId"].(string)
	if old != nil && pipeline == "" {
		pipeline = old.text("pipelineId")
	}
	if old != nil && stage == "" && pipeline == old.text("pipelineId") {
		return nil
	}
	stage, err := c.stageOf(pipeline, stage)
	fields["pipelineStageId"] = stage
	return err
}

func finishDeal(c *CRM, old, next *record) {
	now := stampOf(c.now())
	for field, at := range map[string]string{"status": "lastStatusChangeAt", "pipelineStageId": "lastStageChangeAt"} {
		if old == nil || old.text(field) != next.text(field) {
			next.Fields[at] = now.String()
		}
	}
	if list, ok := next.Fields["customFields"].([]any); ok {
		next.Fields["customFields"] = dealValues(list)
	}
}

// dealValues are custom fields as they are answered; written they have field_value.
func dealValues(list []any) []any {
	out := []any{}
	for _, item := range list {
		if one, ok := item.(map[string]any); ok {
			value := one["field_value"]
			if value == nil {
				value = one["fieldValue"]
			}
			out = append(out, map[string]any{"id": one["id"], "fieldValue": value})
		}
	}
	return out
}

func showDeal(c *CRM, r *record) map[string]any {
	out := plainly("createdAt", "updatedAt")(c, r)
	out["lastActionDate"] = r.Changed
	if contact := c.contacts[r.text("contactId")]; contact != nil {
		out["contact"] = map[string]any{
			"id": contact.ID, "name": contact.Name(), "companyName": contact.CompanyName, "email": contact.Email, "phone": contact.Phone, "tags": contact.Tags,
		}
	}
	return out
}

// tellDeal sends what became another, and OpportunityUpdate beside each of these [U].
func tellDeal(c *CRM, old, next *record) {
	switch {
	case old == nil:
		c.dealEvent("OpportunityCreate", next)
		return
	case next == nil:
		c.dealEvent("OpportunityDelete", old)
		return
	}
	for _, one := range [][2]string{
		{"pipelineStageId", "OpportunityStageUpdate"}, {"status", "OpportunityStatusUpdate"},
		{"assignedTo", "OpportunityAssignedToUpdate"}, {"monetaryValue", "OpportunityMonetaryValueUpdate"},
	} {
		if old.Fields[one[0]] != next.Fields[one[0]] {
			c.dealEvent(one[1], next)
		}
	}
	c.dealEvent("OpportunityUpdate", next)
}

func (c *CRM) dealEvent(what string, r *record) {
	body := map[string]any{"id": r.ID, "dateAdded": r.Made}
	for _, name := range []string{"assignedTo", "contactId", "monetaryValue", "name", "pipelineId", "pipelineStageId", "source", "status"} {
		if v := r.Fields[name]; v != nil && v != "" {
			body[name] = v
		}
	}
	c.event(what, body)
}
