package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/store"
)

// sides are all records of both systems, as their own APIs show them.
type sides [2]map[string]map[string]any

// read reads both sides completely through the vendors' APIs, with plain HTTP and none of our connectors.
func (h *house) read() sides {
	h.t.Helper()
	s := sides{{}, {}}
	hl, uc := h.info.HighLevel, h.info.UserCom
	header := http.Header{"Authorization": {"Bearer " + hl.Token}, "Version": {"2021-07-28"}}
	for after := ""; ; {
		var page struct {
			Contacts []struct{ ID string }
			Meta     struct {
				StartAfterID string      `json:"startAfterId"`
				StartAfter   json.Number `json:"startAfter"`
			}
		}
		fetch(h.t, fmt.Sprintf("%s/contacts/?locationId=%s&limit=100%s", hl.URL, hl.LocationID, after), header, &page)
		for _, c := range page.Contacts {
			var one struct{ Contact map[string]any }
			fetch(h.t, hl.URL+"/contacts/"+c.ID, header, &one)
			s[0][c.ID] = one.Contact
		}
		if len(page.Contacts) < 100 {
			break
		}
		after = fmt.Sprintf("&startAfterId=%s&startAfter=%s", page.Meta.StartAfterID, page.Meta.StartAfter)
	}
	header = http.Header{"Authorization": {"Token " + uc.Token}, "Accept": {"*/*; version=2"}}
	for next := uc.URL + "users/"; next != ""; {
		var page struct {
			Next    string
			Results []map[string]any
		}
		fetch(h.t, next, header, &page)
		for _, u := range page.Results {
			s[1][fmt.Sprint(u["id"].(json.Number))] = u
		}
		next = page.Next
	}
	return s
}

func fetch(t testing.TB, url string, header http.Header, into any) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	for range 20 { // a fault of the sandbox may meet this reader too
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			continue
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			continue
		}
		dec := json.NewDecoder(strings.NewReader(string(body)))
		dec.UseNumber()
		if err := dec.Decode(into); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("no answer from " + url)
}

// inStep holds that every link joins two records that are there, that no record has two, that no two records were made
// from one, and that every mapped field says the same on both sides. It returns the number of links.
func (h *house) inStep(s sides) int {
	h.t.Helper()
	links := h.links()
	seen := [2]map[string]bool{{}, {}}
	for _, l := range links {
		for side, id := range l.IDs {
			if seen[side][id] {
				h.t.Errorf("record %s of side %d has two partners", id, side)
			}
			seen[side][id] = true
			if s[side][id] == nil {
				h.t.Errorf("record %s of side %d is linked and not there", id, side)
			}
		}
		a, b := s[0][l.IDs[0]], s[1][l.IDs[1]]
		if a == nil || b == nil {
			continue
		}
		for field, pair := range compared(a, b) {
			if pair[0] != pair[1] && !limited(field, pair) {
				h.t.Errorf("%v: %s is %q and %q", l.IDs, field, pair[0], pair[1])
			}
		}
	}
	for side, records := range s {
		made := map[string]string{}
		for id, r := range records {
			if stamp := stampOf(r); stamp != "" {
				if other := made[stamp]; other != "" {
					h.t.Errorf("side %d: %s and %s were both made from %s", side, other, id, stamp)
				}
				made[stamp] = id
			}
		}
	}
	return len(links)
}

// compared are the mapped fields of the contact template in comparable form.
func compared(a, b map[string]any) map[string][2]string {
	text := func(v any) string {
		s, _ := v.(string)
		return strings.Join(strings.Fields(s), " ")
	}
	tags := func(v any) string {
		var names []string
		list, _ := v.([]any)
		for _, e := range list {
			name, _ := e.(string)
			if m, ok := e.(map[string]any); ok {
				name, _ = m["name"].(string)
			}
			names = append(names, strings.ToLower(name))
		}
		slices.Sort(names)
		return strings.Join(names, ",")
	}
	phone := func(v any) string { return mapping.Normal(connector.Phone, v, "US") }
	return map[string][2]string{
		"email":   {strings.ToLower(text(a["email"])), strings.ToLower(text(b["email"]))},
		"phone":   {phone(a["phone"]), phone(b["phone_number"])},
		"name":    {text(text(a["firstName"]) + " " + text(a["lastName"])), text(b["name"])},
		"company": {text(a["companyName"]), text(b["company_name"])},
		"tags":    {tags(a["tags"]), tags(b["tags"])},
	}
}

// limited are the two differences that the systems themselves make: names that one cuts, and a company that the other
// does not take in a change.
func limited(field string, pair [2]string) bool {
	return field == "name" && len(pair[0]) > 40 || field == "company"
}

func stampOf(r map[string]any) string {
	if s, ok := r["couplet_ref"].(string); ok {
		return s
	}
	list, _ := r["customFields"].([]any)
	for _, f := range list {
		m, _ := f.(map[string]any)
		if s, ok := m["value"].(string); ok && strings.HasPrefix(s, "couplet:") {
			return s
		}
	}
	return ""
}

func (h *house) links() []engine.Link { h.t.Helper(); return h.linksOf("contact") }

// linksOf are the live links of a kind of records.
func (h *house) linksOf(object string) (all []engine.Link) {
	h.t.Helper()
	d := h.db()
	defer d.Close()
	st := store.New(d, nil)
	ws, err := st.Default(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	pairs, err := st.Pairs(h.t.Context(), ws.ID)
	pairs = slices.DeleteFunc(pairs, func(p engine.Pair) bool { return p.Object != object })
	if err != nil || len(pairs) != 1 {
		h.t.Fatal(pairs, err)
	}
	for after := ""; ; {
		page, err := st.Links(h.t.Context(), ws.ID, pairs[0].ID, after, 1000)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(page) == 0 {
			return all
		}
		after = page[len(page)-1].ID
		for _, l := range page {
			if l.State == engine.On {
				all = append(all, l)
			}
		}
	}
}
