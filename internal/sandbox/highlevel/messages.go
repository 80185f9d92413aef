package highlevel

import (
	"net/http"
	"slices"
)

// channels are the words for a message's way in the order of writing it, reading it and its number. Their numbers are [U]
// except those of SMS and email.
var channels = map[string]struct {
	reads  string
	number float64
}{
	"Call": {"TYPE_CALL", 1}, "SMS": {"TYPE_SMS", 2}, "Email": {"TYPE_EMAIL", 3}, "WebChat": {"TYPE_WEBCHAT", 5}, "FB": {"TYPE_FACEBOOK", 11}, "GMB": {"TYPE_GMB", 16},
	"IG": {"TYPE_INSTAGRAM", 18}, "WhatsApp": {"TYPE_WHATSAPP", 19}, "Custom": {"TYPE_CUSTOM_SMS", 20}, "IVR_Call": {"TYPE_IVR_CALL", 24},
	"Live_Chat": {"TYPE_LIVE_CHAT", 29}, "RCS": {"TYPE_RCS", 36}, "TIKTOK": {"TYPE_TIKTOK", 40},
}

var (
	callBody = nested(dto{"to": text, "from": text, "status": oneOf("pending", "completed", "answered", "busy", "no-answer", "failed", "canceled", "voicemail")})
	states   = oneOf("delivered", "failed", "pending", "read")
	outBody  = dto{
		"type": must(oneOf("SMS", "RCS", "Email", "WhatsApp", "IG", "FB", "Custom", "Live_Chat", "TIKTOK")), "contactId": must(filled), "subType": anything, "appointmentId": text,
		"attachments": texts, "emailFrom": text, "emailCc": texts, "emailBcc": texts, "html": text, "message": text, "subject": text, "replyMessageId": text, "templateId": text,
		"threadId": text, "scheduledTimestamp": number, "conversationProviderId": text, "emailTo": text, "customSubtypeId": text, "emailReplyMode": oneOf("reply", "reply_all"),
		"fromNumber": text, "toNumber": text, "forward": object, "status": states, "usesNativeSchedulingAi": boolean, "optimizationPeriod": oneOf("24h", "48h", "72h"),
	}
	inBody = dto{
		"type": must(oneOf("SMS", "RCS", "Email", "WhatsApp", "GMB", "IG", "FB", "Custom", "WebChat", "Live_Chat", "Call", "IVR_Call", "TIKTOK")), "conversationId": must(filled),
		"contactId": must(filled), "conversationProviderId": must(filled), "attachments": texts, "message": text, "html": text, "subject": text, "emailFrom": text, "emailTo": text,
		"emailCc": texts, "emailBcc": texts, "emailMessageId": text, "altId": text, "direction": oneOf("inbound", "outbound"), "date": instant, "call": callBody,
	}
	phoned     = dto{"type": must(oneOf("Call")), "conversationId": must(filled), "conversationProviderId": must(filled), "attachments": texts, "altId": text, "date": instant, "call": callBody}
	statusBody = dto{"status": must(states), "error": nested(dto{"code": must(text), "type": must(text), "message": must(text)}), "emailMessageId": text, "recipients": texts}

	messagePlans = []plan{
		{get, "/conversations/{conversationId}/messages", messagesRead, dto{"lastMessageId": text, "limit": digits, "type": text}, nil, listMessages},
		{get, "/conversations/messages/{id}", messagesRead, nil, nil, readOne("messages", "id", "")},
		{get, "/conversations/messages/email/{id}", messagesRead, nil, nil, getEmail},
		{post, "/conversations/messages", messagesWrite, nil, outBody, sendMessage},
		{post, "/conversations/messages/inbound", messagesWrite, nil, inBody, takeMessage("inbound")},
		{post, "/conversations/messages/outbound", messagesWrite, nil, phoned, takeMessage("outbound")},
		{put, "/conversations/messages/{messageId}/status", messagesWrite, nil, statusBody, putStatus},
		{del, "/conversations/messages/{messageId}/schedule", messagesWrite, nil, dto{}, cancelMessage},
		{del, "/conversations/messages/email/{emailMessageId}/schedule", messagesWrite, nil, dto{}, cancelMessage},
	}
)

// finishMessage reads what was written into what is answered, and counts what a contact wrote as unread. It is kept and sent
// to nobody.
func finishMessage(c *CRM, old, next *record) {
	if old != nil {
		return
	}
	f := next.Fields
	way, _ := f["type"].(string)
	said := f["message"]
	if said == nil {
		said = f["html"]
	}
	if said == nil {
		said = ""
	}
	if _, known := channels[way]; !known {
		way = "SMS"
	}
	f["type"], f["messageType"], f["channel"], f["body"] = channels[way].number, channels[way].reads, way, said
	f["contentType"] = "text/plain"
	if way == "Email" {
		f["contentType"] = "text/html"
		if f["emailMessageId"] == nil {
			f["emailMessageId"], f["threadId"] = next.ID, next.ID
		}
	}
	for name, is := range map[string]any{"attachments": []any{}, "direction": "inbound", "status": "delivered", "source": "api"} {
		if f[name] == nil {
			f[name] = is
		}
	}
	delete(f, "message")
	contact, _ := f["contactId"].(string)
	talk := c.talkWith(contact)
	f["conversationId"] = talk.ID
	if f["direction"] == "inbound" {
		c.alter("conversations", talk, map[string]any{"unreadCount": number64(talk.Fields["unreadCount"]) + 1})
	}
}

func showMessage(c *CRM, r *record) map[string]any {
	out := map[string]any{"id": r.ID, "locationId": c.location.ID, "dateAdded": r.Made}
	for _, name := range []string{
		"type", "messageType", "contactId", "conversationId", "body", "direction", "status", "contentType", "attachments", "source", "conversationProviderId",
	} {
		if v := r.Fields[name]; v != nil {
			out[name] = v
		}
	}
	return out
}

// tellMessage: InboundMessage and OutboundMessage, the channel in the word of the other direction (section 11.4).
func tellMessage(c *CRM, old, next *record) {
	if old != nil {
		return
	}
	what := "InboundMessage"
	if next.text("direction") == "outbound" {
		what = "OutboundMessage"
	}
	body := showMessage(c, next)
	for _, name := range []string{"id", "type", "locationId"} {
		delete(body, name)
	}
	body["messageId"], body["messageType"] = next.ID, next.text("channel")
	if what == "InboundMessage" {
		delete(body, "source")
	}
	c.event(what, body)
}

func listMessages(c *CRM, q *call) (int, any, *apiError) {
	limit, err := numbered(q, "limit", 20, 1, 100)
	if err != nil {
		return 0, nil, err
	}
	query := q.URL.Query()
	found := c.having("messages", "conversationId", q.PathValue("conversationId"))
	slices.Reverse(found)
	if way := query.Get("type"); way != "" {
		found = slices.DeleteFunc(found, func(r *record) bool { return r.text("messageType") != way })
	}
	if after := query.Get("lastMessageId"); after != "" {
		found = found[slices.IndexFunc(found, func(r *record) bool { return r.ID == after })+1:]
	}
	rows := found[:min(limit, len(found))]
	last := ""
	if len(rows) > 0 {
		last = rows[len(rows)-1].ID
	}
	return http.StatusOK, map[string]any{"lastMessageId": last, "nextPage": len(found) > limit, "messages": c.showAll("messages", rows)}, nil
}

// emailOf finds the message of an email's id.
func (c *CRM) emailOf(id string) (*record, *apiError) {
	if found := c.having("messages", "emailMessageId", id); len(found) > 0 {
		return found[0], nil
	}
	return nil, resourceGone("Email", id)
}

func getEmail(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.emailOf(q.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	out := showMessage(c, r)
	out["id"], out["threadId"], out["subject"] = r.text("emailMessageId"), r.text("threadId"), r.text("subject")
	out["from"], out["to"], out["cc"], out["bcc"] = r.text("emailFrom"), []string{r.text("emailTo")}, strs(r.Fields["emailCc"]), strs(r.Fields["emailBcc"])
	return http.StatusOK, out, nil
}

// sendMessage needs something to say, and somewhere to say it [U].
func sendMessage(c *CRM, q *call) (int, any, *apiError) {
	contact, fields := c.contacts[q.body["contactId"].(string)], written(q)
	if fields["message"] == nil && fields["html"] == nil && fields["templateId"] == nil && len(strs(fields["attachments"])) == 0 {
		return 0, nil, badRequest("There is no message or attachments for this message. Skip sending.")
	}
	switch to, _ := fields["emailTo"].(string); {
	case fields["type"] == "Email" && to == "" && contact.Email == "":
		return 0, nil, badRequest("Missing email address")
	case fields["type"] == "SMS" && fields["toNumber"] == nil && contact.Phone == "":
		return 0, nil, badRequest("Missing phone number")
	case fields["type"] == "Email" && to == "":
		fields["emailTo"] = contact.Email
	}
	if fields["direction"] = "outbound"; fields["scheduledTimestamp"] != nil {
		fields["status"] = "scheduled"
	}
	r := c.keep("messages", fields)
	out := c.messageReply(r)
	if out["status"] == "scheduled" {
		out["status"] = "pending"
	}
	return http.StatusOK, out, nil
}

func (c *CRM) messageReply(r *record) map[string]any {
	out := map[string]any{"conversationId": r.text("conversationId"), "messageId": r.ID, "status": r.text("status")}
	if id := r.text("emailMessageId"); id != "" {
		out["emailMessageId"] = id
	}
	return out
}

// takeMessage notes one that another program sent or got.
func takeMessage(way string) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		fields := written(q)
		talk, err := c.one("conversations", q.body["conversationId"].(string))
		if err != nil {
			return 0, nil, err
		}
		if fields["contactId"] == nil {
			fields["contactId"] = talk.text("contactId")
		}
		if fields["contactId"] != talk.text("contactId") {
			return 0, nil, badRequest("The conversation is another contact's") // text [U]
		}
		if fields["direction"] == nil {
			fields["direction"] = way
		}
		r := c.keep("messages", fields)
		out := c.messageReply(r)
		delete(out, "status")
		out["success"], out["message"], out["contactId"], out["dateAdded"] = true, "Message added", r.text("contactId"), r.Made
		return http.StatusOK, out, nil
	}
}

func putStatus(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.one("messages", q.PathValue("messageId"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.messageReply(c.alter("messages", r, map[string]any{"status": q.body["status"]})), nil
}

// cancelMessage takes back one that waits for its time; another one is refused [U].
func cancelMessage(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.emailOf(q.PathValue("emailMessageId"))
	if id := q.PathValue("messageId"); id != "" {
		r, err = c.one("messages", id)
	}
	if err != nil {
		return 0, nil, err
	}
	if r.text("status") != "scheduled" {
		return 0, nil, badRequest("The message is not scheduled")
	}
	c.drop("messages", r)
	return http.StatusOK, map[string]any{"status": 200, "message": "Message cancelled"}, nil
}
