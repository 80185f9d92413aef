package connection_test

import (
	"maps"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/connector"
)

// settings changes what was chosen about an account, and looks whether its connector goes by it.
func (h *house) settings(c connection.Connection) {
	h.Helper()
	if c.System != "usercom" {
		c.Settings = map[string]string{"task_type": "3"}
		if _, err := h.svc.Change(h.Context(), c); connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), "has none") {
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
	if _, err := h.svc.Change(h.Context(), c); connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), "task_type must be the number") {
		h.Error(err)
	}
	c.Settings = map[string]string{"task_type": " 3 ", "note_type": ""}
	now, err := h.svc.Change(h.Context(), c)
	must(h, err)
	if !maps.Equal(now.Settings, map[string]string{"task_type": "3"}) {
		h.Error(now.Settings)
	}
	must(h, tasks())
}
