package main

import (
	"cmp"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"couplet/internal/sandbox"
	"couplet/internal/sandbox/highlevel"
	"couplet/internal/sandbox/usercom"
)

// scopes are all that the README asks for.
var scopes = []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly", "locations/customFields.write"}

// issue makes a key of the pretend HighLevel that may do only so much. A known value is changed.
func (h *house) issue(value string, scopes ...string) string {
	return h.box.HighLevel.Issue(highlevel.Token{Value: value, Kind: highlevel.PIT, Class: highlevel.LocationClass, Scopes: scopes}).Value
}

// TestAWrongKeyOrAccountIsRefusedAndNothingIsStored tries each mistake on an empty installation and on one that works: the
// sentence says what to do, nothing is stored, and the right file is taken afterwards.
func TestAWrongKeyOrAccountIsRefusedAndNothingIsStored(t *testing.T) {
	t.Parallel()
	nowhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(nowhere.Close)
	const another = "it exists and is another account. What was agreed about the records of one account says nothing about those of another, so give the new one a name of its own"
	for name, c := range map[string]struct {
		says  string
		later string // what it says when the account works already, if that is another thing
		wrong func(h *house) (file string)
	}{
		"a key that HighLevel does not know": {
			says: "3: connection hl: HighLevel does not know this private integration token. It may have been deleted or rotated. Copy the current one from Settings > Private Integrations and connect again.",
			wrong: func(h *house) string {
				h.set("HL_TOKEN", "pit-00000000-0000-0000-0000-000000000000")
				return h.file
			}},
		"a key that User.com does not know": {
			says: "4: connection uc: User.com does not accept the key. It may have been deleted or replaced. Copy the current one from Settings > App settings > Advanced > Public API and connect again.",
			wrong: func(h *house) string {
				h.set("UC_TOKEN", strings.Repeat("Ab12", 16))
				return h.file
			}},
		"a User.com key given to HighLevel": {
			says: "3: connection hl: This looks like a User.com key, not one of HighLevel. HighLevel keys are private integration tokens that begin with pit-, or access tokens of a connected app (long, beginning with eyJ). Paste the key that belongs to HighLevel.",
			wrong: func(h *house) string {
				h.set("HL_TOKEN", h.info.UserCom.Token)
				return h.file
			}},
		"a HighLevel key given to User.com": {
			says: "4: connection uc: This looks like a HighLevel key, not one of User.com. User.com keys are 64 letters and digits. Paste the key that belongs to User.com.",
			wrong: func(h *house) string {
				h.set("UC_TOKEN", h.info.HighLevel.Token)
				return h.file
			}},
		"half a key": {
			says: "4: connection uc: This does not look like a User.com key. User.com keys are 64 letters and digits. Copy the key again and paste all of it.",
			wrong: func(h *house) string {
				h.set("UC_TOKEN", h.info.UserCom.Token[:32])
				return h.file
			}},
		"a HighLevel key that may only read contacts": {
			says: "3: connection hl: HighLevel refused the call, because the key does not have the scope locations.readonly. Open Settings > Private Integrations, edit the integration, tick locations.readonly and save: the key stays the same.",
			wrong: func(h *house) string {
				h.set("HL_TOKEN", h.issue("pit-11111111-0000-0000-0000-000000000000", "contacts.readonly"))
				return h.file
			}},
		"a HighLevel key that may not write": {
			says: "3: connection hl: HighLevel refused the call, because the key does not have the scope contacts.write. Open Settings > Private Integrations, edit the integration, tick contacts.write and save: the key stays the same.",
			wrong: func(h *house) string {
				h.set("HL_TOKEN", h.issue("pit-22222222-0000-0000-0000-000000000000", "contacts.readonly", "locations.readonly", "locations/customFields.readonly"))
				return h.file
			}},
		"a User.com key that may not write": {
			says: "4: connection uc: User.com does not let this key do this. Its API Shield allows only reading or only writing, or only other server addresses. Make a key that may read and write, and paste it.",
			wrong: func(h *house) string {
				key := strings.Repeat("Cd34", 16)
				h.box.UserCom.AddToken(usercom.Token{Value: key, Scope: usercom.ScopeRead})
				h.set("UC_TOKEN", key)
				return h.file
			}},
		"another location": {
			later: "3: connection hl: " + another,
			says:  "3: connection hl: HighLevel refused the call, because the key belongs to another location than the Location ID that was given. Check the Location ID, or use a key made inside that sub-account.",
			wrong: func(h *house) string {
				return h.with("locationId: "+h.info.HighLevel.LocationID, "locationId: ve9EPM428h8vShlRW1KT")
			}},
		"a sub-domain that nobody has": {
			later: "4: connection uc: " + another,
			says:  "4: connection uc: There is no User.com workspace at " + host(nowhere.URL) + ". Check the subdomain.",
			wrong: func(h *house) string {
				h.set("COUPLET_ALLOW_PRIVATE_HOSTS", host(h.info.HighLevel.URL)+","+host(nowhere.URL))
				return h.with(h.info.UserCom.URL, nowhere.URL+"/api/public/")
			}},
		"a sub-domain that cannot be": {
			later: "4: connection uc: " + another,
			says:  "4: connection uc: The Subdomain of User.com is missing or not in the right form. It looks like acme. The first part of the address at which you use User.com. The whole address is taken too.",
			wrong: func(h *house) string {
				return h.with("subdomain: "+h.info.UserCom.Subdomain, `subdomain: "not a name"`)
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, sandbox.Options{Contacts: 4}, "")
			right := h.env
			file := c.wrong(h)
			h.refused(1, file+":"+c.says, "apply", "-f", file)
			if left := strings.TrimSpace(h.content("connection", "secret", "flow", "flow_state")); left != "" {
				t.Errorf("stored all the same: %s", left)
			}
			h.env = right
			h.must("apply", "-f", h.file)
			before := h.content()
			file = c.wrong(h)
			h.refused(1, file+":"+cmp.Or(c.later, c.says), "apply", "-f", file)
			if h.content() != before {
				t.Error("the refused file changed the database")
			}
		})
	}
}

// TestAScopeThatIsTakenAwayInMidRunPausesTheRun and the next one goes on, once the scope is back, without doing anything
// twice.
func TestAScopeThatIsTakenAwayInMidRunPausesTheRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says       string
		take, mend func(h *house)
	}{
		"scope": {
			says: "HighLevel refused the call, because the key does not have the scope contacts.write. Open Settings > Private Integrations, edit the integration, tick contacts.write and save: the key stays the same. For a connected app, connect again and agree to the new scope. Nothing is lost: the run goes on from here once that is mended.",
			take: func(h *house) {
				h.issue(h.info.HighLevel.Token, "contacts.readonly", "locations.readonly", "locations/customFields.readonly")
			},
			mend: func(h *house) { h.issue(h.info.HighLevel.Token, scopes...) }},
		"key": {
			says: "User.com does not accept the key. It may have been deleted or replaced. Copy the current one from Settings > App settings > Advanced > Public API and connect again. Nothing is lost: the run goes on from here once that is mended.",
			take: func(h *house) { h.box.UserCom.Revoke(h.info.UserCom.Token) },
			mend: func(h *house) {
				h.info.UserCom.Token = strings.Repeat("Ef56", 16)
				h.box.UserCom.AddToken(usercom.Token{Value: h.info.UserCom.Token, Scope: usercom.ScopeBoth})
				h.set("UC_TOKEN", h.info.UserCom.Token)
				h.must("apply", "-f", h.file)
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, sandbox.Options{Contacts: 150, Seed: 3, Latency: 10 * time.Millisecond}, "")
			h.must("apply", "-f", h.file)
			run := h.start("run", "contacts", "--json")
			eventually(t, 20*time.Second, "the run writes", func() bool { return h.writes() > 30 })
			c.take(h)
			out, code := run.wait()
			if code != 4 || !strings.Contains(out, `"status":"paused"`) || !strings.Contains(out, c.says) {
				t.Errorf("code %d: %s", code, out)
			}
			h.silent(out)
			h.refused(4, c.says, "run", "contacts", "--json")
			c.mend(h)
			h.run()
			h.complete()
		})
	}
}

// nobody is an address at which nobody listens, and nobody will while the test runs: its port is taken.
func nobody(t *testing.T) string {
	t.Helper()
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(s) })
	if err := syscall.Bind(s, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(s)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://127.0.0.1:%d", at.(*syscall.SockaddrInet4).Port)
}

// TestAnAddressThatMayNotBeCalledIsRefusedAndNeverGetsTheKey is about the ways in which an address can be wrong.
func TestAnAddressThatMayNotBeCalledIsRefusedAndNeverGetsTheKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4}, "")
	closed := nobody(t)
	var reached atomic.Int32
	self := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	self.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that is broken off
	self.StartTLS()
	t.Cleanup(self.Close)
	allow := host(h.info.HighLevel.URL) + "," + host(h.info.UserCom.URL)
	h.set("COUPLET_ALLOW_PRIVATE_HOSTS", allow+","+host(closed)+","+host(self.URL))

	h.refused(1, "3: connection hl: HighLevel could not be reached at 127.0.0.1. ", "apply", "-f", h.with(h.info.HighLevel.URL, closed))
	h.refused(1, "3: connection hl: 127.0.0.1 was not given the key: its certificate is signed by nobody this machine trusts; check the address, or a network device is reading along.",
		"apply", "-f", h.with(h.info.HighLevel.URL, self.URL))
	if reached.Load() > 0 {
		t.Error("the server with the wrong certificate was sent a call")
	}
	h.unset("COUPLET_ALLOW_PRIVATE_HOSTS")
	h.refused(1, "3: connection hl: "+host(h.info.HighLevel.URL)+" may not be called, because 127.0.0.1 is a loopback address. If this is the server you mean, start Couplet with COUPLET_ALLOW_PRIVATE_HOSTS="+
		host(h.info.HighLevel.URL)+"; otherwise check the address of the connection.", "apply", "-f", h.file)
	if left := strings.TrimSpace(h.content("connection", "secret", "flow")); left != "" {
		t.Errorf("stored all the same: %s", left)
	}

	// The same for a run of what is stored already.
	h.set("COUPLET_ALLOW_PRIVATE_HOSTS", allow)
	h.must("apply", "-f", h.file)
	h.unset("COUPLET_ALLOW_PRIVATE_HOSTS")
	h.refused(1, "start Couplet with COUPLET_ALLOW_PRIVATE_HOSTS="+host(h.info.HighLevel.URL), "run", "contacts", "--json")
	h.set("COUPLET_ALLOW_PRIVATE_HOSTS", allow)
	h.run()
	h.complete()
}

// TestASystemThatIsAwayFailsTheRunAndTheNextOneGoesOn takes both systems down and brings them up again.
func TestASystemThatIsAwayFailsTheRunAndTheNextOneGoesOn(t *testing.T) {
	t.Parallel()
	o := sandbox.Options{Contacts: 40, Seed: 3, StateFile: t.TempDir() + "/state"}
	h := newHouse(t, o, "")
	h.must("apply", "-f", h.with("max: 2s", "max: 1s, max_attempts: 2"))
	if err := h.box.Close(); err != nil {
		t.Fatal(err)
	}
	out := h.refused(1, `"status":"failed"`, "run", "contacts", "--json")
	if !strings.Contains(out, "could not be reached at 127.0.0.1. Couplet tries again later; if this lasts, check the address.") {
		t.Error(out)
	}
	h.reopen(o)
	h.run()
	h.complete()
}
