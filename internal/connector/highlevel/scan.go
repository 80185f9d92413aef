package highlevel

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"couplet/internal/connector"
)

// The tasks and the companies of a location come by limit and skip, without a sort and without a total (5): while people work, rows move to
// other pages, and one reading can miss some. So they are read again until two readings agree, or three were made
// (sync-semantics 5.5).

const (
	taskPage = 500 // the most that is seen to work (12)
	// A server that gives fewer rows than asked gives a round number of them. After such a page the next one is asked for.
	roundPage = 25
	scans     = 3
)

// scanCursor continues a scan. Of what a reading has shown only a sum is kept: two readings with the same sum and number
// have shown the same ids.
type scanCursor struct {
	Scan int   `json:"s"` // the number of the reading, from 1
	Skip int   `json:"k"`
	Now  tally `json:"n"`
	Last tally `json:"l"` // of the reading before
}

type tally struct {
	Sum   uint64 `json:"s"`
	More  uint64 `json:"m"`
	Count int    `json:"c"`
}

func (t tally) add(id string) tally {
	sum := sha256.Sum256([]byte(id))
	return tally{t.Sum + binary.BigEndian.Uint64(sum[:8]), t.More + binary.BigEndian.Uint64(sum[8:16]), t.Count + 1}
}

// scan is one page of a reading of all tasks, or all companies. The readings after the first repeat the records: a caller knows them by their
// content.
func (c *Connector) scan(ctx context.Context, s shelf, req connector.ListRequest) (connector.Page, error) {
	cur := scanCursor{Scan: 1}
	if req.After != "" {
		if err := json.Unmarshal([]byte(req.After), &cur); err != nil || cur.Scan < 1 || cur.Skip < 0 {
			return connector.Page{}, &connector.Error{Kind: connector.Invalid, Message: "The place to go on reading is not one of " + spec.Name + ".", Err: err}
		}
	}
	read, size := c.searchTasks, taskPage
	if req.Object == company {
		read, size = c.listCompanies, companyPage
	}
	rows, at, err := read(ctx, cur.Skip, size)
	if err != nil {
		return connector.Page{}, err
	}
	page := connector.Page{Total: -1, At: at, Records: make([]connector.Record, 0, len(rows))}
	for _, row := range rows {
		rec := s.row(row)
		if req.Object == company {
			rec, _ = s.whole(connector.Ref{}, row, "list") // a row is all there is of one; without an id it is nothing
		}
		cur.Now = cur.Now.add(rec.ID)
		if rec.ID == "" || rec.Parent == "" && s.object.Parent != "" || row["deleted"] == true || !changedSince(rec, req.Since) {
			continue
		}
		page.Records = append(page.Records, rec)
	}
	switch {
	case len(rows) >= size, len(rows) > 0 && len(rows)%roundPage == 0:
		cur.Skip += len(rows)
	case cur.Scan > 1 && cur.Now == cur.Last:
		return page, nil
	case cur.Scan >= scans:
		page.Partial = true
		return page, nil
	default:
		cur = scanCursor{Scan: cur.Scan + 1, Last: cur.Now}
	}
	text, _ := json.Marshal(cur)
	page.Next = connector.Cursor(text)
	return page, nil
}

// changedSince leaves out what is known to be older.
func changedSince(rec connector.Record, since time.Time) bool {
	at, err := time.Parse(time.RFC3339Nano, rec.Version)
	return err != nil || !at.Before(since)
}

// searchTasks is one page of the location's tasks. The index is behind what the contact's own calls show (1.7).
func (c *Connector) searchTasks(ctx context.Context, skip, limit int) ([]map[string]any, time.Time, error) {
	var out struct {
		Tasks []map[string]any `json:"tasks"`
	}
	answer, err := c.client.Do(ctx, connector.Request{
		Method: http.MethodPost, Path: "/locations/" + url.PathEscape(c.location) + "/tasks/search", Pattern: "/locations/{locationId}/tasks/search",
		Body: map[string]any{"limit": limit, "skip": skip}, Out: &out, Scope: scopeTasks,
	})
	return out.Tasks, answer.At, err
}

// contactOf finds the contact of a task among all tasks.
func (c *Connector) contactOf(ctx context.Context, id string) (string, error) {
	req := connector.ListRequest{Object: "task"}
	for {
		page, err := c.scan(ctx, shelves["task"], req)
		if err != nil {
			return "", err
		}
		for _, rec := range page.Records {
			if rec.ID == id {
				return rec.Parent, nil
			}
		}
		if page.Next == "" {
			return "", &connector.Error{Kind: connector.NotFound, Message: spec.Name +
				" does not show this task among those of the sub-account. It was deleted, or is too new to be shown."}
		}
		req.After = page.Next
	}
}
