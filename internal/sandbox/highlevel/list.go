package highlevel

import (
	"net/http"
	"strconv"
	"strings"
)

// listRow is a row of the deprecated list (section 4.5).
type listRow struct {
	ID           string       `json:"id"`
	LocationID   string       `json:"locationId"`
	ContactName  string       `json:"contactName,omitempty"`
	FirstName    string       `json:"firstName,omitempty"`
	LastName     string       `json:"lastName,omitempty"`
	Email        string       `json:"email,omitempty"`
	Phone        string       `json:"phone,omitempty"`
	CompanyName  string       `json:"companyName,omitempty"`
	BusinessID   string       `json:"businessId,omitempty"`
	Timezone     string       `json:"timezone,omitempty"`
	Country      string       `json:"country,omitempty"`
	Source       string       `json:"source,omitempty"`
	AssignedTo   string       `json:"assignedTo,omitempty"`
	DateAdded    Stamp        `json:"dateAdded"`
	DateUpdated  Stamp        `json:"dateUpdated"`
	CustomFields []fieldValue `json:"customFields"`
	Tags         []string     `json:"tags"`
	Attributions []any        `json:"attributions"`
	Followers    []string     `json:"followers"`
}

// listContacts is the deprecated GET /contacts/: newest first, then by id, at most
// 100 a page, out of the search index (sections 4, 4.5 [U]).
func (c *CRM) listContacts(q *call) (int, any, *apiError) {
	if err := c.needLocation(q); err != nil {
		return 0, nil, err
	}
	query := q.URL.Query()
	limit, err := queryNumber(query.Get("limit"), 20, "limit")
	if err != nil {
		return 0, nil, err
	}
	if limit < 1 || limit > 100 {
		return 0, nil, invalid("limit must not be greater than 100")
	}
	var from *position
	if id := query.Get("startAfterId"); id != "" || query.Get("startAfter") != "" {
		at, err := queryNumber(query.Get("startAfter"), 0, "startAfter")
		if err != nil {
			return 0, nil, err
		}
		from = &position{Stamp(at), id}
	}
	words := strings.ToLower(strings.TrimSpace(query.Get("query")))

	c.mu.Lock()
	defer c.mu.Unlock()
	c.index.catchUp(c.now())
	total := c.index.size()
	if words != "" {
		total = 0
		c.index.added.walk(nil, true, func(one *Contact) bool {
			if mentions(one, words) {
				total++
			}
			return true
		})
	}
	rows, more := []listRow{}, false
	c.index.added.walk(from, true, func(one *Contact) bool {
		if words != "" && !mentions(one, words) {
			return true
		}
		if more = len(rows) == limit; !more {
			rows = append(rows, listRowOf(c.shown(one)))
		}
		return !more
	})
	meta := map[string]any{
		"total": total, "nextPageUrl": nil, "startAfterId": nil, "startAfter": nil,
		"currentPage": 1, "nextPage": nil, "prevPage": nil,
	}
	if len(rows) > 0 {
		last := rows[len(rows)-1]
		meta["startAfterId"], meta["startAfter"] = last.ID, int64(last.DateAdded)
		if more {
			meta["nextPage"] = 2
			next := q.URL.Query()
			next.Set("startAfterId", last.ID)
			next.Set("startAfter", strconv.FormatInt(int64(last.DateAdded), 10))
			meta["nextPageUrl"] = "http://" + q.Host + "/contacts/?" + next.Encode()
		}
	}
	return http.StatusOK, map[string]any{"contacts": rows, "count": total, "meta": meta, "traceId": c.ids.UUID()}, nil
}

func listRowOf(c *Contact) listRow {
	return listRow{
		ID: c.ID, LocationID: c.LocationID, ContactName: strings.ToLower(c.Name()),
		FirstName: c.FirstName, LastName: c.LastName, Email: c.Email, Phone: c.Phone, CompanyName: c.CompanyName, BusinessID: c.BusinessID,
		Timezone: c.Timezone, Country: c.Country, Source: c.Source, AssignedTo: c.AssignedTo,
		DateAdded: c.DateAdded, DateUpdated: c.DateUpdated,
		CustomFields: c.CustomFields, Tags: c.Tags, Attributions: []any{}, Followers: c.Followers,
	}
}

// mentions is the free text of `query` over names, e-mail, phone and company; text
// is in lower case.
func mentions(c *Contact, text string) bool {
	for _, field := range []string{c.Name(), c.Email, c.CompanyName, c.Phone} {
		if strings.Contains(strings.ToLower(field), text) {
			return true
		}
	}
	return false
}

func queryNumber(s string, fallback int, name string) (int, *apiError) {
	if s == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, invalid(name + " must be a number conforming to the specified constraints")
	}
	return n, nil
}
