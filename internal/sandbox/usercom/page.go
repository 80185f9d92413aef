package usercom

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"sort"
	"strconv"
)

// pageSize is the most rows of a page (section 4: at most 100).
const pageSize = 100

// cursor says where a page starts: behind (or, in reverse, before) a position.
// It carries the count of the first page, so that counting happens once.
type cursor struct {
	pos     int64
	count   int
	reverse bool
	given   bool
}

func (c cursor) String() string {
	v := url.Values{"p": {strconv.FormatInt(c.pos, 10)}, "n": {strconv.Itoa(c.count)}}
	if c.reverse {
		v.Set("r", "1")
	}
	return base64.StdEncoding.EncodeToString([]byte(v.Encode()))
}

// parseCursor reads the query parameter; opaque to clients, as section 4 asks.
func parseCursor(s string) (cursor, *Problem) {
	if s == "" {
		return cursor{}, nil
	}
	bad := detail(http.StatusNotFound, "Invalid cursor")
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return cursor{}, bad
	}
	v, err := url.ParseQuery(string(raw))
	if err != nil {
		return cursor{}, bad
	}
	pos, err := strconv.ParseInt(v.Get("p"), 10, 64)
	if err != nil {
		return cursor{}, bad
	}
	count, _ := strconv.Atoi(v.Get("n"))
	return cursor{pos: pos, count: count, reverse: v.Get("r") == "1", given: true}, nil
}

// source is a sequence in the order of its positions, of which only some rows
// belong to the answer. The order is by id, or by time of change for the
// changed-since search; the real one's is undocumented (section 4).
type source struct {
	n     int
	pos   func(i int) int64
	keep  func(i int) bool // nil keeps all
	write func(o *out, i int)
}

func (s source) kept(i int) bool { return s.keep == nil || s.keep(i) }

func (s source) count() int {
	if s.keep == nil {
		return s.n
	}
	n := 0
	for i := range s.n {
		if s.keep(i) {
			n++
		}
	}
	return n
}

// page picks the rows of one page, in order, and says whether more lie on both sides.
func (s source) page(c cursor) (rows []int, before, after bool) {
	if !c.reverse {
		start := 0
		if c.given {
			start = sort.Search(s.n, func(i int) bool { return s.pos(i) > c.pos })
		}
		for i := start; i < s.n; i++ {
			if s.kept(i) {
				if len(rows) == pageSize {
					return rows, c.given, true
				}
				rows = append(rows, i)
			}
		}
		return rows, c.given, false
	}
	end := sort.Search(s.n, func(i int) bool { return s.pos(i) >= c.pos })
	for i := end - 1; i >= 0; i-- {
		if s.kept(i) {
			if len(rows) == pageSize {
				before = true
				break
			}
			rows = append(rows, i)
		}
	}
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows, before, true
}

// envelope answers with one page of section 4's envelope.
func (c *CRM) envelope(q *call, s source) reply {
	cur, bad := parseCursor(q.query.Get("cursor"))
	if bad != nil {
		return refuse(bad)
	}
	if !cur.given {
		cur.count = s.count()
	}
	rows, before, after := s.page(cur)
	if c.opts.ExpiredCursor404 && cur.given && c.expired(cur, s, rows) {
		return refuse(notFound())
	}
	o := out{b: make([]byte, 0, 512+len(rows)*768)}
	o.open('{')
	o.int("count", int64(cur.count))
	if after && len(rows) > 0 {
		o.str("next", q.link(cursor{pos: s.pos(rows[len(rows)-1]), count: cur.count}))
	} else {
		o.null("next")
	}
	if before && len(rows) > 0 {
		o.str("previous", q.link(cursor{pos: s.pos(rows[0]), count: cur.count, reverse: true}))
	} else {
		o.null("previous")
	}
	o.key("results")
	o.open('[')
	for _, i := range rows {
		s.write(&o, i)
	}
	o.close(']')
	o.close('}')
	return reply{http.StatusOK, o.b}
}

// expired says whether what a cursor was made from is gone: its own row, or
// everything behind it (section 4: following next can answer 404).
func (c *CRM) expired(cur cursor, s source, rows []int) bool {
	i := sort.Search(s.n, func(i int) bool { return s.pos(i) >= cur.pos })
	return len(rows) == 0 || i == s.n || s.pos(i) != cur.pos || !s.kept(i)
}

// link is the absolute address of another page: same host, path and query.
func (q *call) link(cur cursor) string {
	v := url.Values{}
	for name, values := range q.query {
		v[name] = values
	}
	v.Set("cursor", cur.String())
	return "http://" + q.r.Host + q.r.URL.EscapedPath() + "?" + v.Encode()
}
