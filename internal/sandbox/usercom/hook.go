package usercom

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// hookCall is one automation call of the write in progress, made under the lock
// and sent after it.
type hookCall struct {
	to     string
	body   []byte
	header http.Header
}

// automate prepares the calls of section 12 for a contact that a write made or
// changed.
func (c *CRM) automate(u *contact, event string) {
	for _, a := range c.automations {
		if a.Event == event {
			c.call(a, u, nil)
		}
	}
}

// happened is automate for an event of a contact. The person who built the automation typed its name and data into the extra
// data, as snippets (section 12).
func (c *CRM) happened(t *thing) {
	extra := map[string]any{}
	if data, ok := t.Fields["data"].(map[string]any); ok {
		maps.Copy(extra, data)
	}
	extra["event"] = t.text("name")
	for _, a := range c.automations {
		if a.Event == eventHappened {
			c.call(a, c.users.get(t.User), extra)
		}
	}
}

// call prepares the call of one automation; its number is the `path`, and no name
// of the event is in it. u is nil in a test without any contact.
func (c *CRM) call(a Automation, u *contact, extra map[string]any) {
	if c.opts.Hooks == nil {
		return
	}
	o := out{b: make([]byte, 0, 1024)}
	o.open('{')
	o.int("path", a.ID)
	at := c.opts.Clock.Now().UTC().Format("2006-01-02T15:04:05.000000-07:00")
	o.str("timestamp", at)
	o.key("extra")
	if extra == nil {
		extra = map[string]any{}
	}
	o.raw(string(encode(extra)))
	if !c.opts.HookWithoutUser && u != nil {
		o.key("user")
		c.writeUser(&o, u, d1) // dialect 1 names whatever you do (section 2)
	}
	o.close('}')
	call := hookCall{to: a.URL, body: o.b, header: http.Header{}}
	// Section 12: the header is one that the person adds by hand.
	call.header.Set("Content-Type", "application/json")
	if c.opts.HookForm {
		call.body = form(o.b)
		call.header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.opts.HookSignature {
		// Lower-case hex, keyed with the REST token, over compact JSON: the body
		// as it is. Over the raw form when urlencoded. UNVERIFIED, section 12.
		mac := hmac.New(sha256.New, []byte(c.opts.Token))
		mac.Write(call.body)
		call.header.Set("X-User-Com-Signature", hex.EncodeToString(mac.Sum(nil)))
	}
	c.calls = append(c.calls, call)
}

// sendCalls hands the calls of a finished write to the sender. It takes the lock
// itself, so it runs after the write let go of it. Nothing is retried: section
// 12 knows of no retries.
func (c *CRM) sendCalls() {
	if c.opts.Hooks == nil {
		return
	}
	c.mu.Lock()
	calls := c.calls
	c.calls = nil
	c.mu.Unlock()
	for _, call := range calls {
		c.opts.Hooks.Send(call.to, func(int) ([]byte, http.Header) { return call.body, call.header })
	}
}

// form spells a call urlencoded, nested names in brackets. The vendor's sample
// receiver parses such bodies; how they are spelled is UNVERIFIED.
func form(body []byte) []byte {
	var v map[string]any
	if json.Unmarshal(body, &v) != nil {
		return nil
	}
	values := url.Values{}
	flatten(values, "", v)
	return []byte(values.Encode())
}

func flatten(into url.Values, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if name != "" {
				key = name + "[" + key + "]"
			}
			flatten(into, key, inner)
		}
	case []any:
		for i, inner := range v {
			flatten(into, name+"["+strconv.Itoa(i)+"]", inner)
		}
	case nil:
		into.Set(name, "")
	default:
		s, no := asText(v)
		if no != "" {
			s = string(encode(v))
		}
		into.Set(name, s)
	}
}
