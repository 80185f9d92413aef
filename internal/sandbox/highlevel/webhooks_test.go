package highlevel

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// listener collects verified webhooks.
func listener(t *testing.T) (c *CRM, next func() map[string]any) {
	t.Helper()
	got := make(chan map[string]any, 100)
	var key ed25519.PublicKey
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		signature, _ := base64.StdEncoding.DecodeString(r.Header.Get(SignatureHeader))
		out := map[string]any{}
		if !ed25519.Verify(key, body, signature) {
			out["type"] = "forged"
		} else if err := json.Unmarshal(body, &out); err != nil {
			out["type"] = err.Error()
		}
		got <- out
	}))
	t.Cleanup(server.Close)
	c = quiet(t, Options{Seed: 1, WebhookURL: server.URL})
	block, _ := pem.Decode([]byte(c.PublicKeyPEM()))
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key = public.(ed25519.PublicKey)
	return c, func() map[string]any {
		t.Helper()
		select {
		case out := <-got:
			return out
		case <-time.After(20 * time.Second):
			t.Fatal("no webhook")
			return nil
		}
	}
}

func TestUnsignedWebhooksSayNA(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get(SignatureHeader) }))
	t.Cleanup(server.Close)
	c := quiet(t, Options{Seed: 1, WebhookURL: server.URL, Unsigned: true})
	if _, err := c.Create("contacts", map[string]any{"firstName": "Ana"}); err != nil {
		t.Fatal(err)
	}
	if s := <-got; s != "N/A" {
		t.Errorf("signature %q", s)
	}
}

func TestWritesFireWebhooks(t *testing.T) {
	t.Parallel()
	c, next := listener(t)
	arrives := func(kind string) map[string]any {
		t.Helper()
		out := next()
		if out["type"] != kind {
			t.Fatalf("%v came, want %s", out, kind)
		}
		for _, name := range []string{"locationId", "id", "timestamp", "webhookId", "appId", "versionId"} {
			if s, _ := out[name].(string); s == "" {
				t.Errorf("%s has no %s: %v", kind, name, out)
			}
		}
		return out
	}
	lacks := func(out map[string]any, names string) {
		t.Helper()
		for _, name := range strings.Fields(names) {
			if v, present := out[name]; present {
				t.Errorf("%s has %s: %v (11.5)", out["type"], name, v)
			}
		}
	}
	made := want(t, c, 201, "POST", "/contacts/", inLocation(c, obj{"email": "a@example.com", "tags": []string{"x"}}))
	id := dig(made, "contact.id").(string)
	out := arrives("ContactCreate")
	lacks(out, "dateUpdated data actor contact")
	if out["id"] != id || out["email"] != "a@example.com" {
		t.Error(out)
	}
	want(t, c, okay, "PUT", "/contacts/"+id, obj{"firstName": "A"})
	arrives("ContactUpdate")
	want(t, c, okay, "PUT", "/contacts/"+id, obj{"firstName": "A"}) // changes nothing, tells nothing
	want(t, c, 201, "POST", "/contacts/"+id+"/tags", obj{"tags": []string{"y"}})
	if out := arrives("ContactTagUpdate"); len(out["tags"].([]any)) != 2 {
		t.Error("not the full list", out)
	}
	arrives("ContactUpdate")
	want(t, c, okay, "PUT", "/contacts/"+id, obj{"dnd": true, "dndSettings": obj{"SMS": obj{"status": "active"}}})
	if out := arrives("ContactDndUpdate"); dig(out, "dndSettings.SMS.status") != "active" {
		t.Error(out)
	}
	arrives("ContactUpdate")

	tasks := "/contacts/" + id + "/tasks"
	made = want(t, c, 201, "POST", tasks, obj{"title": "T", "body": "B", "dueDate": "2026-01-01T00:00:00Z", "completed": false})
	task := tasks + "/" + dig(made, "task.id").(string)
	lacks(arrives("TaskCreate"), "contactId body completed")
	want(t, c, okay, "PUT", task, obj{"title": "U"}) // there is no TaskUpdate
	want(t, c, okay, "PUT", task+"/completed", obj{"completed": true})
	if out := arrives("TaskComplete"); out["contactId"] != id || out["title"] != "U" {
		t.Error(out)
	}
	want(t, c, okay, "PUT", task+"/completed", obj{"completed": false}) // nor one for re-opening
	want(t, c, okay, "DELETE", task, nil)
	arrives("TaskDelete")
	want(t, c, 201, "POST", tasks, obj{"title": "T", "body": "B", "dueDate": "2026-01-01T00:00:00Z", "completed": false})
	if out := arrives("TaskCreate"); out["contactId"] != id || out["body"] != "B" { // every second one is as documented
		t.Error(out)
	}

	notes := "/contacts/" + id + "/notes"
	made = want(t, c, 201, "POST", notes, obj{"body": "N", "title": "t"})
	lacks(arrives("NoteCreate"), "title userId dateUpdated")
	want(t, c, okay, "PUT", notes+"/"+dig(made, "note.id").(string), obj{"body": "M"})
	if out := arrives("NoteUpdate"); out["body"] != "M" || out["contactId"] != id {
		t.Error(out)
	}
	want(t, c, okay, "DELETE", notes+"/"+dig(made, "note.id").(string), nil)
	arrives("NoteDelete")
	want(t, c, okay, "DELETE", "/contacts/"+id, nil)
	lacks(arrives("ContactDelete"), "email name tags dateAdded")
}

func TestEditsByUsersFireWebhooksTooAndSeedingDoesNot(t *testing.T) {
	t.Parallel()
	c, next := listener(t)
	c.Add(person("seed@example.com", ""))
	made, err := c.Create("contacts", obj{"email": "seed@example.com", "companyName": "Acme", "gender": "x"}) // no duplicate rule
	if err != nil {
		t.Fatal(err)
	}
	if out := next(); out["type"] != "ContactCreate" || out["companyName"] != "Acme" {
		t.Error(out)
	}
	id := made["id"].(string)
	if out, err := c.Update("contacts", id, obj{"companyName": "Other", "additionalEmails": []any{"b@example.com"}}); err != nil || out["companyName"] != "Other" {
		t.Error(out, err)
	}
	if out := next(); out["type"] != "ContactUpdate" || out["companyName"] != "Other" {
		t.Error(out)
	}
	if err := c.Delete("contacts", id); err != nil {
		t.Fatal(err)
	}
	if out := next(); out["type"] != "ContactDelete" {
		t.Error(out)
	}
}
