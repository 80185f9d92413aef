package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"couplet/internal/password"
	"couplet/internal/sandbox"
)

// TestAnAddressThatWasMadeInAnyWorkspaceIsHeardByTheServer: the server serves all workspaces, whichever it was started in.
func TestAnAddressThatWasMadeInAnyWorkspaceIsHeardByTheServer(t *testing.T) {
	t.Parallel()
	f := newFront(t)
	h := newHouse(t, sandbox.Options{Contacts: 1}, "")
	h.set("COUPLET_PUBLIC_URL", f.url)
	h.workspace("other")
	var said struct {
		Changes []struct {
			HookURL string `json:"hook_url"`
		}
	}
	if err := json.Unmarshal([]byte(h.must("apply", "--workspace", "other", "--json", "-f", h.with("enabled: true", "enabled: false"))), &said); err != nil {
		t.Fatal(err)
	}
	address := ""
	for _, c := range said.Changes {
		address += c.HookURL
	}
	h.serve(f)
	if status := post(t, address, `{"id":1}`); status != http.StatusOK {
		t.Errorf("status %d at the address of another workspace", status)
	}
	if status := post(t, strings.Replace(address, "/changed", "x/changed", 1), `{"id":1}`); status != http.StatusNotFound {
		t.Errorf("status %d at a wrong address", status)
	}
}

// workspace makes one beside the first.
func (h *house) workspace(name string) {
	h.t.Helper()
	a := h.inside()
	defer a.Close()
	if _, err := a.store.AddWorkspace(h.t.Context(), name); err != nil {
		h.t.Fatal(err)
	}
}

// TestARecordThatIsGoneIsKnownInWhicheverWorkspaceAProcessBegan: a server and a command in another workspace hash alike.
func TestARecordThatIsGoneIsKnownInWhicheverWorkspaceAProcessBegan(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 1}, "")
	h.workspace("other")
	here := h.inside()
	defer here.Close()
	g := Globals{Data: h.data, DatabaseURL: h.url, Workspace: "other"}
	there, err := g.open(t.Context(), &terminal{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	if here.ws == there.ws || string(here.engine.HashKey) != string(there.engine.HashKey) {
		t.Errorf("workspaces %s and %s, keys alike %t", here.ws, there.ws, string(here.engine.HashKey) == string(there.engine.HashKey))
	}
}

func TestSomebodyWhoIsKnownKeepsTheirPasswordAndTheCommandSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 1}, "")
	h.workspace("other")
	add := func(typed string, args ...string) string {
		t.Helper()
		c := h.command(append([]string{"users", "add", "ana@example.com"}, args...)...)
		c.Stdin = strings.NewReader(typed + "\n")
		out, err := c.CombinedOutput()
		if err != nil || strings.Contains(string(out), typed) {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if out := add("four words make one"); !strings.Contains(out, "Made user ana@example.com, owner.") || strings.Contains(out, "was not used") {
		t.Errorf("%s", out)
	}
	out := add("four words make two", "--workspace", "other", "--role", "viewer")
	if !strings.Contains(out, "Made ana@example.com a member of this workspace, viewer.") || !strings.Contains(out, "the password that you gave was not used") ||
		!strings.Contains(out, "couplet users password ana@example.com") {
		t.Errorf("%s", out)
	}
	a := h.inside()
	defer a.Close()
	all, err := a.store.SignIn(t.Context(), "ana@example.com")
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	for _, u := range all {
		if same, err := password.Check(t.Context(), "four words make one", u.PasswordHash); !same || err != nil {
			t.Errorf("the password from before no longer opens workspace %s: %v", u.Workspace, err)
		}
	}
}
