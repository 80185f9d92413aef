package highlevel

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"couplet/internal/connector"
)

const (
	searchPage = 500 // the most that search gives (4.6)
	listPage   = 100 // the most that the deprecated list gives (4.5)
)

// cursor continues a List.
//
// Stream 1 is the search index, which shows all but real names (4.6: "never write names back from a search row").
// When everything is read and the caller needs names, or companies, which search does not show either, stream 2 follows: the
// deprecated list, which shows those but not the rest, as partial records (4.5). Where that list is gone, names stay unknown.
type cursor struct {
	Stream int `json:"s"`
	// Search: the place, how many rows came, how many there are, and whether a row lacked its name.
	After    json.RawMessage `json:"a,omitempty"`
	Seen     int             `json:"n,omitempty"`
	Total    int             `json:"t,omitempty"`
	Nameless bool            `json:"m,omitempty"`
	// List: the place.
	At string `json:"at,omitempty"`
	ID string `json:"id,omitempty"`
}

func (cur cursor) encode() connector.Cursor {
	text, _ := json.Marshal(cur)
	return connector.Cursor(text)
}

// List reads contacts: all of them, oldest first, or those changed since a time, oldest change first. Tasks and notes are
// read by contact, and the tasks of the whole location by scanning them (scan.go).
func (c *Connector) List(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	if s, ok := shelves[req.Object]; ok {
		if req.Parent == "" && !s.object.PerParent {
			return c.scan(ctx, s, req)
		}
		return c.listChildren(ctx, s, req.Parent)
	}
	if req.Object == company {
		return c.scan(ctx, firms, req)
	}
	if err := only(req.Object); err != nil {
		return connector.Page{}, err
	}
	cur := cursor{Stream: 1}
	if req.After != "" {
		if err := json.Unmarshal([]byte(req.After), &cur); err != nil {
			return connector.Page{}, &connector.Error{Kind: connector.Invalid, Message: "The place to go on reading is not one of " + spec.Name + ".", Err: err}
		}
	}
	asked := slices.DeleteFunc(slices.Clone(req.Fields), func(name string) bool {
		return !strings.HasPrefix(name, c.object.CustomPrefix)
	})
	cat := &catalog{}
	if len(asked) > 0 {
		known, err := c.catalog(ctx, asked)
		if err != nil {
			return connector.Page{}, err
		}
		cat = &catalog{types: known.types} // types of the asked ones, without showing all others
	}
	if cur.Stream == 2 {
		return c.listNames(ctx, cur, cat, asked)
	}
	return c.search(ctx, req, cur, cat, asked)
}

// search is one page of stream 1 (4.6). `page` reaches 10,000 rows only, so it goes by searchAfter.
func (c *Connector) search(ctx context.Context, req connector.ListRequest, cur cursor, cat *catalog, asked []string) (connector.Page, error) {
	sort := "dateAdded"
	body := map[string]any{"locationId": c.location, "pageLimit": searchPage}
	if !req.Since.IsZero() {
		sort = "dateUpdated"
		since := req.Since.UTC().Format("2006-01-02T15:04:05.000Z")
		body["filters"] = []any{filter(sort, "range", map[string]string{"gte": since})}
	}
	body["sort"] = []any{map[string]string{"field": sort, "direction": "asc"}}
	if cur.After != nil {
		body["searchAfter"] = cur.After
	}
	rows, total, at, err := c.find(ctx, body)
	if err != nil {
		return connector.Page{}, err
	}
	page := connector.Page{Records: make([]connector.Record, len(rows)), Total: total, At: at}
	next := cursor{Stream: 1, Seen: cur.Seen + len(rows), Total: total, Nameless: cur.Nameless}
	for i := range rows {
		page.Records[i] = c.record(&rows[i], "search", cat, asked)
		_, first := page.Records[i].Fields["firstName"]
		_, last := page.Records[i].Fields["lastName"]
		next.Nameless = next.Nameless || !first || !last
	}
	// A short page is the last (4.6), unless the server gives fewer than asked and says that there are more.
	if len(rows) == searchPage || len(rows) > 0 && next.Seen < total {
		next.After = rows[len(rows)-1].SearchAfter
		if next.After == nil {
			return connector.Page{}, &connector.Error{Kind: connector.Temporary, Message: spec.Name +
				" gave a page of contacts without the place of the next one. Couplet tries again later."}
		}
		page.Next = next.encode()
		return page, nil
	}
	names := slices.Contains(req.Fields, "firstName") || slices.Contains(req.Fields, "lastName")
	if req.Since.IsZero() && (names && next.Nameless || slices.Contains(req.Fields, "businessId")) {
		page.Next = cursor{Stream: 2, Total: total}.encode()
	}
	return page, nil
}

// find makes one search call.
func (c *Connector) find(ctx context.Context, body map[string]any) (rows []row, total int, at time.Time, err error) {
	var out struct {
		Contacts []row `json:"contacts"`
		Total    int   `json:"total"`
	}
	answer, err := c.client.Do(ctx, connector.Request{
		Method: http.MethodPost, Path: "/contacts/search", Body: body, Out: &out, Scope: scopeRead,
	})
	return out.Contacts, out.Total, answer.At, err
}

func filter(field, operator string, value any) map[string]any {
	return map[string]any{"field": field, "operator": operator, "value": value}
}

// listNames is one page of stream 2 (4.5).
func (c *Connector) listNames(ctx context.Context, cur cursor, cat *catalog, asked []string) (connector.Page, error) {
	query := url.Values{"locationId": {c.location}, "limit": {strconv.Itoa(listPage)}}
	if cur.ID != "" {
		query.Set("startAfter", cur.At)
		query.Set("startAfterId", cur.ID)
	}
	var out struct {
		Contacts []row `json:"contacts"`
		Meta     *struct {
			StartAfter   json.Number `json:"startAfter"`
			StartAfterID string      `json:"startAfterId"`
			NextPage     any         `json:"nextPage"`
		} `json:"meta"`
	}
	answer, err := c.client.Do(ctx, connector.Request{
		Method: http.MethodGet, Path: "/contacts/", Query: query, Out: &out, Scope: scopeRead,
	})
	page := connector.Page{Total: cur.Total, At: answer.At}
	if gone(err) {
		return page, nil // removed at last: names stay unknown, and are read one by one where they matter
	}
	if err != nil {
		return connector.Page{}, err
	}
	page.Records = make([]connector.Record, len(out.Contacts))
	for i := range out.Contacts {
		page.Records[i] = c.record(&out.Contacts[i], "list", cat, asked)
	}
	if len(out.Contacts) < listPage || out.Meta != nil && out.Meta.NextPage == nil {
		return page, nil
	}
	next := cursor{Stream: 2, Total: cur.Total}
	last := out.Contacts[len(out.Contacts)-1]
	next.ID = last.ID
	if added := page.Records[len(page.Records)-1].Created; !added.IsZero() {
		next.At = strconv.FormatInt(added.UnixMilli(), 10)
	}
	if out.Meta != nil && out.Meta.StartAfterID != "" {
		next.At, next.ID = out.Meta.StartAfter.String(), out.Meta.StartAfterID
	}
	page.Next = next.encode()
	return page, nil
}

// gone reports that the route itself is not there (any more).
func gone(err error) bool {
	e, ok := connector.AsError(err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}
