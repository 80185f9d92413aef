package highlevel

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"reflect"
	"slices"
	"time"

	"couplet/internal/sandbox/kit"
)

// HookPolicy is the newest guide's: up to 12 retries with exponential back-off
// (section 11.3). Time-outs are not documented; 10 s is [U].
var HookPolicy = kit.Policy{Attempts: 13, Base: time.Second, Max: time.Hour, Timeout: 10 * time.Second}

// SignatureHeader carries the Ed25519 signature over the raw body, in base64 (section 11.2).
const SignatureHeader = "X-GHL-Signature"

// PublicKeyPEM is the key that the sandbox's webhooks verify with (section 11.2).
func (c *CRM) PublicKeyPEM() string {
	c.agency.mu.Lock()
	defer c.agency.mu.Unlock()
	der, err := x509.MarshalPKIXPublicKey(c.agency.key.Public())
	if err != nil {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// contactEvents tells of a change: ContactTagUpdate when tags changed, and
// ContactDndUpdate when DND did, each beside the ContactUpdate (section 11.5 [U]).
func (c *CRM) contactEvents(old, next *Contact) {
	if !sameSet(old.Tags, next.Tags) {
		c.contactEvent("ContactTagUpdate", next)
	}
	if old.DND != next.DND || !reflect.DeepEqual(old.DNDSettings, next.DNDSettings) {
		c.contactEvent("ContactDndUpdate", next)
	}
	c.contactEvent("ContactUpdate", next)
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// contactEvent sends one contact, without dateUpdated and without naming what
// changed or who did it; a deletion has only the id (section 11.5).
func (c *CRM) contactEvent(kind string, one *Contact) {
	if c.Webhook() == "" {
		return
	}
	body := map[string]any{"id": one.ID}
	if kind != "ContactDelete" {
		for name, v := range map[string]string{
			"name": one.Name(), "firstName": one.FirstName, "lastName": one.LastName, "email": one.Email,
			"phone": one.Phone, "companyName": one.CompanyName, "address1": one.Address1, "city": one.City,
			"state": one.State, "country": one.Country, "postalCode": one.PostalCode, "website": one.Website,
			"source": one.Source, "assignedTo": one.AssignedTo,
		} {
			if v != "" {
				body[name] = v
			}
		}
		if one.DateOfBirth != "" {
			body["dateOfBirth"] = one.DateOfBirth + "T00:00:00.000Z"
		}
		body["dateAdded"], body["dnd"], body["tags"] = one.DateAdded, one.DND, one.Tags
		body["attachments"], body["customFields"] = []any{}, one.CustomFields
	}
	if kind == "ContactDndUpdate" {
		body["dndSettings"] = one.DNDSettings
	}
	c.event(kind, body)
}

// taskEvent: real TaskCreates lack contactId and body (section 11.5 [M #332]). Every second one here has them, as documented.
func (c *CRM) taskEvent(kind string, t *Task) {
	bare := false
	if kind == "TaskCreate" {
		bare = c.taskCalls%2 == 0
		c.taskCalls++
	}
	body := map[string]any{"id": t.ID, "title": t.Title, "dateAdded": t.DateAdded, "dueDate": t.DueDate}
	if t.AssignedTo != "" {
		body["assignedTo"] = t.AssignedTo
	}
	if !bare {
		body["contactId"], body["body"] = t.ContactID, t.Body
	}
	c.event(kind, body)
}

func (c *CRM) noteEvent(kind string, n *Note) {
	c.event(kind, map[string]any{"id": n.ID, "body": n.Body, "contactId": n.ContactID, "dateAdded": n.DateAdded})
}

func (c *CRM) userEvent(kind string, u *User) {
	c.event(kind, map[string]any{
		"id": u.ID, "firstName": u.FirstName, "lastName": u.LastName, "email": u.Email, "phone": u.Phone,
		"role": u.Roles.Role,
	})
}

// event tells of something that happened in the location. The caller holds the lock.
func (c *CRM) event(kind string, body map[string]any) {
	body["type"], body["locationId"] = kind, c.location.ID
	c.agency.send(body)
}

// send puts the envelope around a flat body and hands it to the sender. A retry
// repeats the same bytes with their first timestamp (section 11.2 [U]).
func (a *agency) send(body map[string]any) {
	a.mu.Lock()
	url, key, app := a.webhook, a.key, a.app
	a.mu.Unlock()
	if url == "" {
		return
	}
	body["timestamp"], body["webhookId"] = stampOf(a.now()), a.ids.UUID()
	body["appId"], body["versionId"] = app.VersionID, app.VersionID
	a.hooks.Send(url, func(int) ([]byte, http.Header) {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(body); err != nil {
			return nil, nil
		}
		raw := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
		signature := base64.StdEncoding.EncodeToString(ed25519.Sign(key, raw))
		if a.o.Unsigned {
			signature = "N/A"
		}
		return raw, signed(signature)
	})
}

func signed(signature string) http.Header {
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set(SignatureHeader, signature)
	return h
}
