package web

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// Whom a contact is given to, and which company it belongs to, is shown by name on the map wherever the name is known: in the list of
// fields, in the pair with its samples, and in the preview. The ids are on no line.
func TestTheMapShowsNamesInsteadOfIDs(t *testing.T) {
	t.Parallel()
	owner := mapping.Row{A: mapping.Names{"assignedTo"}, B: mapping.Names{"assigned_to"}}
	c := newCRMs(t, 20, func(f *flow.Flow) { f.Map = append(f.Map, owner) })
	h, err := c.eng.Links.Open(t.Context(), c.flow.Workspace, c.conns[0].ID, nil)
	must(t, err)
	staff, err := h.(connector.Staff).Owners(t.Context())
	must(t, err)
	pages, err := c.eng.Samples(t.Context(), c.flow.Workspace, c.flow, c.eng.Ground(t.Context(), c.flow.Workspace, c.flow), 5)
	must(t, err)
	companies := map[string]bool{}
	for _, s := range pages.Samples {
		if id := s.Records[engine.A].ID; id != "" {
			_, err := c.box.HighLevel.Update("contacts", id, map[string]any{"assignedTo": staff[0].ID})
			must(t, err)
		}
		if of, _ := s.Records[engine.B].Fields["companies"].(string); of != "" {
			for id := range strings.SplitSeq(of, ",") {
				companies[strings.TrimSpace(id)] = true
			}
		}
	}
	if len(companies) == 0 {
		t.Fatal("no sample belongs to a company")
	}
	lease, _, err := c.store.Acquire(t.Context(), c.flow.Workspace, "pair/x", "test", c.now, c.now)
	must(t, err)
	var mirrors []engine.Mirror
	for _, id := range slices.Sorted(maps.Keys(companies)) {
		mirrors = append(mirrors, engine.Mirror{ID: id, Fields: connector.Fields{"name": "House of " + id}, First: c.now, Seen: c.now, Changed: c.now})
	}
	must(t, c.store.SavePage(t.Context(), c.flow.Workspace, lease, engine.Cursor{Conn: c.conns[1].ID, Object: "company"}, 0, mirrors, nil, nil))

	client := c.signIn("editor")
	shown := ""
	for sample := range len(pages.Samples) {
		doc := c.open(client, "?open="+url.QueryEscape(owner.Key())+"&sample="+string(rune('0'+sample)))
		line := pairLine(doc, owner.Key())
		shown += " | " + squeezed(line) + squeezed(doc.Find("[data-testid=free-b]")) + squeezed(doc.Find("[data-testid=lines]"))
		if sample == 0 {
			if says := squeezed(line.Find("[data-testid=steps]")) + squeezed(line.Find("[data-testid=trips]")); !strings.Contains(says, staff[0].Name) {
				t.Errorf("the open pair: %s", says)
			}
		}
	}
	if !strings.Contains(shown, staff[0].Name) || !strings.Contains(shown, "House of ") {
		t.Errorf("no names: %s", shown)
	}
	if strings.Contains(shown, staff[0].ID) {
		t.Errorf("an id is left: %s", shown)
	}
	for id := range companies {
		if strings.Contains(strings.ReplaceAll(shown, "House of "+id, ""), "Companies "+id) {
			t.Errorf("the id %s is left", id)
		}
	}
}
