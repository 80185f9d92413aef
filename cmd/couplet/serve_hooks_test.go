package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// inStepAndServed is a house whose flow is done and whose server listens, with a schedule that will not come.
func inStepAndServed(t *testing.T, database string) (*house, *front, string) {
	f := newFront(t)
	h := newHouse(t, sandbox.Options{Contacts: 30, Seed: 3, WebhookURL: f.url + "/hooks/highlevel"}, database)
	h.set("COUPLET_PUBLIC_URL", f.url)
	var said struct {
		Changes []struct {
			Name    string
			HookURL string `json:"hook_url"`
		}
	}
	if err := json.Unmarshal([]byte(h.must("apply", "--json", "-f", h.with("enabled: true", `enabled: true, schedule: { cron: "0 0 1 1 *" }`))), &said); err != nil {
		t.Fatal(err)
	}
	address := ""
	for _, c := range said.Changes {
		if (c.HookURL != "") != (c.Name == "uc") {
			t.Errorf("%s has the address %q", c.Name, c.HookURL)
		}
		address += c.HookURL
	}
	parts := strings.Split(address, "/")
	h.secrets = append(h.secrets, parts[len(parts)-2])
	h.serve(f, "--highlevel-webhook-keys", h.keyFile())
	eventually(t, 20*time.Second, "the first run is done", func() bool { return h.last().status == "done" })
	h.quiet()
	return h, f, address
}

// quiet waits until the calls of the first run's own writes have been worked off, and no more is going on.
func (h *house) quiet() {
	h.t.Helper()
	d := h.raw()
	defer d.Close()
	since, before := time.Now(), ""
	eventually(h.t, 30*time.Second, "all is quiet", func() bool {
		now := fmt.Sprint(h.calls(), value[int](d, "select count(*) from event"), value[int](d, "select count(*) from flow_state where due_at > 0"),
			value[int](d, "select count(*) from run where status in ('running', 'waiting')"))
		if now != before {
			since, before = time.Now(), now
		}
		return time.Since(since) > 2*time.Second && strings.HasSuffix(now, " 0 0")
	})
}

func post(t *testing.T, address, body string, header ...string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// TestAWebhookBringsAChangeOverInSecondsAndItsEchoWritesNothing edits a contact by hand in HighLevel, which calls.
func TestAWebhookBringsAChangeOverInSecondsAndItsEchoWritesNothing(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h, _, _ := inStepAndServed(t, url(t))
		lists, writes := h.lists(), h.writes()
		l := h.links()[0]
		began := time.Now()
		if _, err := h.box.HighLevel.Update("contacts", l.IDs[0], map[string]any{"phone": "+12015557002"}); err != nil {
			t.Fatal(err)
		}
		eventually(t, 15*time.Second, "the change arrives", func() bool {
			r, err := h.box.UserCom.Get("users", l.IDs[1])
			return err == nil && strings.HasSuffix(text(r["phone_number"]), "2015557002")
		})
		t.Logf("arrived after %s", time.Since(began).Round(time.Millisecond))
		h.quiet()
		if n := h.writes() - writes; n != 1 {
			t.Errorf("the change led to %d writes", n)
		}
		if n := h.lists() - lists; n != 0 {
			t.Errorf("the change led to %d lists being read", n)
		}
		h.complete()
	})
}

// lists counts how often HighLevel's contacts were listed. One page of people is read to learn what User.com shows.
func (h *house) lists() (n int) {
	for call, times := range h.calls() {
		if strings.HasPrefix(call, "POST /contacts/search ") || strings.HasPrefix(call, "GET /contacts/ ") {
			n += times
		}
	}
	return n
}

// TestTheEchoOfOurOwnWriteLeadsToNoWrite has HighLevel call about what Couplet wrote there.
func TestTheEchoOfOurOwnWriteLeadsToNoWrite(t *testing.T) {
	t.Parallel()
	h, _, address := inStepAndServed(t, "")
	events := value[int](h.raw(), "select count(*) from event")
	writes := h.writes()
	l := h.links()[1]
	if _, err := h.box.UserCom.Update("users", l.IDs[1], map[string]any{"phone_number": "+12015557003"}); err != nil {
		t.Fatal(err)
	}
	if code := post(t, address, userCall(l.IDs[1])); code != http.StatusOK {
		t.Fatal(code)
	}
	eventually(t, 15*time.Second, "the change arrives", func() bool {
		r, err := h.box.HighLevel.Get("contacts", l.IDs[0])
		return err == nil && text(r["phone"]) == "+12015557003"
	})
	eventually(t, 15*time.Second, "HighLevel calls about it", func() bool { return value[int](h.raw(), "select count(*) from event") >= events+2 })
	h.quiet()
	if n := h.writes() - writes; n != 1 {
		t.Errorf("one change led to %d writes", n)
	}
	h.complete()
}

// userCall is a call of an automation of User.com about a person.
func userCall(id string) string {
	return fmt.Sprintf(`{"path": 2, "timestamp": %q, "extra": {}, "user": {"id": %s}}`, time.Now().UTC().Format(time.RFC3339Nano), id)
}

// TestACallThatDoesNotProveItselfIsRefusedAndStoresNothing for both ways of proof: a signature and a secret address.
func TestACallThatDoesNotProveItselfIsRefusedAndStoresNothing(t *testing.T) {
	t.Parallel()
	h, f, address := inStepAndServed(t, "")
	before := h.content()
	l := h.links()[0]
	body := fmt.Sprintf(`{"type":"ContactUpdate","locationId":%q,"id":%q,"webhookId":"x","timestamp":%d}`, h.info.HighLevel.LocationID, l.IDs[0], time.Now().UnixMilli())
	for name, header := range map[string][]string{"none": nil, "a wrong one": {"X-GHL-Signature", strings.Repeat("A", 86) + "=="}, "no base64": {"X-GHL-Signature", "%"}} {
		if code := post(t, f.url+"/hooks/highlevel", body, header...); code != http.StatusUnauthorized {
			t.Errorf("signature, %s: %d", name, code)
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(u.Path, "/") // "", hooks, usercom, connection, secret, event
	for i, wrong := range map[int]string{2: "highlevel", 3: "con_x", 4: strings.Repeat("A", len(parts[4]))} {
		other := append([]string{}, parts...)
		other[i] = wrong
		if code := post(t, f.url+strings.Join(other, "/"), userCall(l.IDs[1])); code != http.StatusNotFound {
			t.Errorf("%s in the place of %s: %d", wrong, parts[i], code)
		}
	}
	if h.content() != before {
		t.Error("a refused call changed the database")
	}
}
