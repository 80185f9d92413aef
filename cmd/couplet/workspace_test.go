package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

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
