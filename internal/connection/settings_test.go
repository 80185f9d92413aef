package connection_test

import (
	"maps"
	"strings"
	"testing"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
)

// settings changes what was chosen about an account, and looks whether its connector goes by it.
func (h *house) settings(c connection.Connection) {
	h.Helper()
	if c.System != "usercom" {
		c.Settings = map[string]string{"task_type": "3"}
		if _, err := h.svc.Change(h.Context(), h.seen(c), c); connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), "has none") {
			h.Error(err)
		}
		return
	}
	tasks := func() error {
		h.Helper()
		c, err := h.store.ConnectionByID(h.Context(), h.ws, c.ID)
		must(h, err)
		conn, err := h.svc.Pool.Open(h.Context(), c, nil)
		must(h, err)
		_, err = conn.List(h.Context(), connector.ListRequest{Object: "task"})
		return err
	}
	if err := tasks(); connector.KindOf(err) != connector.Config {
		h.Errorf("tasks of a type that nobody chose: %v", err)
	}
	c.Settings = map[string]string{"task_type": "three"}
	if _, err := h.svc.Change(h.Context(), h.seen(c), c); connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), "task_type must be the number") {
		h.Error(err)
	}
	c.Settings = map[string]string{"task_type": " 3 ", "note_type": ""}
	now, err := h.svc.Change(h.Context(), h.seen(c), c)
	must(h, err)
	if !maps.Equal(now.Settings, map[string]string{"task_type": "3"}) {
		h.Error(now.Settings)
	}
	must(h, tasks())
}

func TestANewConnectionBeginsWithWhatIsKnownBeforehand(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	known := map[string]string{"task_type": "3", "note_type": "4"}
	h.svc.Known = map[string]map[string]string{"usercom": known}
	byKey, _, err := h.svc.Give(t.Context(), h.key("usercom"))
	must(t, err)
	if !maps.Equal(byKey.Settings, known) {
		t.Errorf("by key: %v", byKey.Settings)
	}
	// One that is there keeps what was chosen.
	byKey.Settings = map[string]string{"task_type": "1"}
	_, err = h.svc.Change(t.Context(), h.seen(byKey), byKey)
	must(t, err)
	again := h.key("usercom")
	again.Connection = byKey.ID
	now, _, err := h.svc.Give(t.Context(), again)
	must(t, err)
	if !maps.Equal(now.Settings, byKey.Settings) {
		t.Errorf("connected again: %v", now.Settings)
	}
	if other := h.connected(h.wish("highlevel"), visit{}); len(other.Settings) != 0 {
		t.Errorf("another system: %v", other.Settings)
	}
}

// seen is a connection as somebody sees it who is about to change it.
func (h *house) seen(c connection.Connection) connection.Connection {
	h.Helper()
	c, err := h.store.ConnectionByID(h.Context(), h.ws, c.ID)
	must(h, err)
	return c
}
