package usercom

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"couplet/internal/connector"
)

// changesPath is where people changed since a time are asked for. Two clients use /users/, one uses /users/search/, and
// the vendor's own page could not be had (section 4): switch here if the first turns out wrong.
const changesPath = "/users/"

// overlap is added to changes, because nobody knows whether the bounds count in (section 4).
const overlap = 2 * time.Second

// cursor continues a List: the query of the page's `next` (section 4), which is taken as it is.
type cursor struct {
	Query string `json:"q"`
	Seen  int    `json:"n,omitempty"`
	Total int    `json:"t,omitempty"`
	// Again counts how often the reading began anew, Broke is how far it had come.
	Again int `json:"r,omitempty"`
	Broke int `json:"b,omitempty"`
}

func (cur cursor) encode() connector.Cursor {
	text, _ := json.Marshal(cur)
	return connector.Cursor(text)
}

// envelope is a page of any list (section 4).
type envelope[T any] struct {
	Count   int    `json:"count"`
	Next    string `json:"next"`
	Results []T    `json:"results"`
}

// List reads records: all of them, or the people changed since a time. The order is unknown (section 4), so all pages are
// read and none is left out.
func (c *Connector) List(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	if isChild(req.Object) {
		return c.children(ctx, req)
	}
	if req.Object == companyObject {
		return c.listCompanies(ctx, req)
	}
	if err := only(req.Object); err != nil {
		return connector.Page{}, err
	}
	cur, err := decodeCursor(req.After)
	if err != nil {
		return connector.Page{}, err
	}
	asked := slices.DeleteFunc(slices.Clone(req.Fields), func(name string) bool {
		_, standard := connector.FieldNamed(c.object.Fields, name)
		return standard
	})
	cat := &catalog{}
	if len(asked) > 0 {
		known, err := c.catalog(ctx, c.people, asked)
		if err != nil {
			return connector.Page{}, err
		}
		cat = &catalog{types: known.types} // types of the asked ones, without showing all others
	}
	call := connector.Request{Method: http.MethodGet, Path: "/users/", RawQuery: cur.Query}
	if !req.Since.IsZero() {
		call.Path = changesPath
		if cur.Query == "" {
			call.Query = url.Values{"search": {"updated_at"}, "min": {strconv.FormatInt(req.Since.Add(-overlap).Unix(), 10)}}
		}
	}
	var out envelope[person]
	call.Out = &out
	answer, err := c.client.Do(ctx, call)
	if connector.KindOf(err) == connector.NotFound && cur.Query != "" {
		return c.broken(cur, answer)
	}
	if err != nil {
		return connector.Page{}, c.explain(err)
	}
	page := connector.Page{Records: make([]connector.Record, len(out.Results)), Total: out.Count, At: answer.At}
	for i, p := range out.Results {
		page.Records[i] = c.record(p, cat, asked)
	}
	page.Next, err = c.after(cur, out.Next, len(out.Results), out.Count)
	return page, err
}

// broken is the answer when the place of the next page is gone, which one client takes as the end of the list (section
// 4). It is the end if all rows came, by the count. If not, the rows behind it may still be there: the reading begins
// anew, so that rows come twice but none is skipped, until it is through or breaks at the same place again.
func (c *Connector) broken(cur cursor, answer connector.Answer) (connector.Page, error) {
	page := connector.Page{Total: cur.Total, At: answer.At}
	switch {
	case cur.Seen >= cur.Total:
		return page, nil
	case cur.Again > 0 && cur.Seen == cur.Broke:
		page.Partial = true
		return page, nil
	case cur.Again == maxAgain:
		return connector.Page{}, &connector.Error{Kind: connector.Temporary, Status: answer.Status, Message: spec.Name +
			" broke off the list again and again, at different places. Couplet tries again later."}
	}
	page.Next = cursor{Again: cur.Again + 1, Broke: cur.Seen}.encode()
	return page, nil
}

// maxAgain is how often one reading begins anew.
const maxAgain = 3

// next takes the query out of the address of the next page. The address must be the account's own, or the key would go
// to a stranger; only its query is used, so that a missing slash in it does no harm (sections 1, 4).
func (c *Connector) next(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || !c.client.Origin(u) || u.RawQuery == "" {
		return "", &connector.Error{Kind: connector.Config, Message: spec.Name + " pointed to a next page that is not at " +
			c.client.Host() + ", so reading stopped. Check the address of the account."}
	}
	return u.RawQuery, nil
}
