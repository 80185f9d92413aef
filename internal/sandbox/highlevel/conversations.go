package highlevel

import (
	"net/http"
	"slices"
	"strings"
)

const (
	talksRead, talksWrite       = "conversations.readonly", "conversations.write"
	messagesRead, messagesWrite = "conversations/message.readonly", "conversations/message.write"
)

var (
	talkQuery = dto{
		"locationId": must(text), "contactId": text, "assignedTo": text, "followers": text, "mentions": text, "query": text, "sort": oneOf("asc", "desc"), "startAfterDate": text,
		"id": text, "limit": digits, "lastMessageType": text, "lastMessageAction": oneOf("automated", "manual"), "lastMessageDirection": oneOf("inbound", "outbound"),
		"status": oneOf("all", "read", "unread", "starred", "recents"), "sortBy": text, "sortScoreProfile": text, "scoreProfile": text, "scoreProfileMin": digits,
		"scoreProfileMax": digits, "startDate": digits, "endDate": digits,
	}

	conversationPlans = []plan{
		{get, "/conversations/search", talksRead, talkQuery, nil, searchTalks},
		{post, "/conversations/", talksWrite, nil, dto{"contactId": must(filled), "locationId": must(filled)}, postTalk},
		{get, "/conversations/{conversationId}", talksRead, nil, nil, getTalk},
		{put, "/conversations/{conversationId}", talksWrite, nil, dto{"locationId": must(filled), "unreadCount": number, "starred": boolean, "feedback": anything}, putTalk},
		{del, "/conversations/{conversationId}", talksWrite, nil, dto{}, dropOne("conversations", "conversationId", http.StatusOK, "success")},
	}
)

// talkWith is the one conversation with a contact, made when there is none [U].
func (c *CRM) talkWith(contact string) *record {
	if held := c.having("conversations", "contactId", contact); len(held) > 0 {
		return held[0]
	}
	return c.keep("conversations", map[string]any{"contactId": contact})
}

// said is the last message of a conversation, nil when there is none.
func (c *CRM) said(talk *record) *record {
	all := c.having("messages", "conversationId", talk.ID)
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// showConversation is a conversation as a write answers it.
func showConversation(c *CRM, r *record) map[string]any {
	out := plainly("dateAdded", "dateUpdated")(c, r)
	out["deleted"], out["inbox"], out["lastMessageDate"] = false, true, r.Made
	if last := c.said(r); last != nil {
		out["lastMessageDate"], out["lastMessageBody"], out["lastMessageType"] = last.Made, last.text("body"), last.text("messageType")
	}
	return out
}

func searchTalks(c *CRM, q *call) (int, any, *apiError) {
	query := q.URL.Query()
	limit, err := numbered(q, "limit", 20, 1, 100)
	if err != nil {
		return 0, nil, err
	}
	words := strings.ToLower(query.Get("query"))
	found := []*record{}
	for _, r := range c.kept["conversations"] {
		unread, starred := number64(r.Fields["unreadCount"]) > 0, r.Fields["starred"] == true
		last, kind, way := c.said(r), "", ""
		if last != nil {
			kind, way = last.text("messageType"), last.text("direction")
		}
		row := c.talkRow(r)
		ok := true
		for want, is := range map[string]string{"contactId": r.text("contactId"), "id": r.ID, "lastMessageType": kind, "lastMessageDirection": way, "assignedTo": r.text("assignedTo")} {
			ok = ok && (query.Get(want) == "" || query.Get(want) == is)
		}
		status := query.Get("status")
		if ok && (status != "unread" || unread) && (status != "read" || !unread) && (status != "starred" || starred) &&
			strings.Contains(strings.ToLower(row["fullName"].(string)+"\n"+row["email"].(string)+"\n"+row["phone"].(string)), words) {
			found = append(found, r)
		}
	}
	when := func(r *record) Stamp {
		if last := c.said(r); last != nil {
			return last.Made
		}
		return r.Made
	}
	slices.SortStableFunc(found, func(a, b *record) int {
		if query.Get("sort") == "asc" {
			a, b = b, a
		}
		return int(when(b) - when(a))
	})
	rows := []map[string]any{}
	for _, r := range found[:min(limit, len(found))] {
		rows = append(rows, c.talkRow(r))
	}
	return http.StatusOK, map[string]any{"conversations": rows, "total": len(found), "traceId": c.ids.UUID()}, nil
}

// talkRow is a conversation as the search lists it. One without messages says TYPE_SMS [U].
func (c *CRM) talkRow(r *record) map[string]any {
	row := map[string]any{
		"id": r.ID, "contactId": r.text("contactId"), "locationId": c.location.ID, "type": "TYPE_PHONE", "unreadCount": r.Fields["unreadCount"], "starred": r.Fields["starred"],
		"lastMessageBody": "", "lastMessageType": "TYPE_SMS", "fullName": "", "contactName": "", "email": "", "phone": "", "dateAdded": int64(r.Made), "dateUpdated": int64(r.Changed),
	}
	if last := c.said(r); last != nil {
		row["lastMessageBody"], row["lastMessageType"], row["lastMessageDirection"], row["lastMessageDate"] = last.text("body"), last.text("messageType"), last.text("direction"), int64(last.Made)
	}
	if contact := c.contacts[r.text("contactId")]; contact != nil {
		row["fullName"], row["contactName"], row["email"], row["phone"] = contact.Name(), contact.Name(), contact.Email, contact.Phone
	}
	return row
}

func postTalk(c *CRM, q *call) (int, any, *apiError) {
	r := c.talkWith(q.body["contactId"].(string))
	return http.StatusCreated, map[string]any{"success": true, "conversation": showConversation(c, r)}, nil
}

func getTalk(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.one("conversations", q.PathValue("conversationId"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{
		"id": r.ID, "contactId": r.text("contactId"), "locationId": c.location.ID, "deleted": false, "inbox": true, "type": 1,
		"unreadCount": r.Fields["unreadCount"], "starred": r.Fields["starred"],
	}, nil
}

func putTalk(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.one("conversations", q.PathValue("conversationId"))
	if err != nil {
		return 0, nil, err
	}
	fields := written(q)
	delete(fields, "feedback")
	r = c.alter("conversations", r, fields)
	return http.StatusOK, map[string]any{"success": true, "conversation": showConversation(c, r)}, nil
}
