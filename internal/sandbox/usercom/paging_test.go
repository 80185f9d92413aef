package usercom

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

func seed(c *CRM, n int) {
	for i := range n {
		c.Add(kit.Person{
			First: "Ana", Last: fmt.Sprint(i), Email: fmt.Sprintf("p%d@example.com", i), Phone: fmt.Sprintf("+3519%08d", i),
			Tags: []string{"seeded"}, Company: fmt.Sprintf("Firm %d", i%50), Created: time.Date(2024, 1, 1, 0, 0, i%3600, 0, time.UTC),
		})
	}
}

func ids(page map[string]any) []int {
	var all []int
	for _, row := range page["results"].([]any) {
		all = append(all, int(row.(map[string]any)["id"].(float64)))
	}
	return all
}

func TestPagesHold100AndTheirLinksAreAbsolute(t *testing.T) { // section 4 [D]
	t.Parallel()
	w := open(t, Options{})
	seed(w.CRM, 250)
	page := w.do("GET", "/users/", nil, 200)
	if page["count"] != 250.0 || page["previous"] != nil || len(ids(page)) != 100 {
		t.Fatalf("first page: count %v, previous %v, %d rows", page["count"], page["previous"], len(ids(page)))
	}
	next := page["next"].(string)
	if !strings.HasPrefix(next, w.server.URL+"/api/public/users/?cursor=") {
		t.Fatalf("next is %s", next)
	}
	seen := len(ids(page))
	var last map[string]any
	for next != "" {
		last = w.do("GET", next, nil, 200)
		seen += len(ids(last))
		next, _ = last["next"].(string)
	}
	if seen != 250 || last["count"] != 250.0 || len(ids(last)) != 50 {
		t.Errorf("%d rows in all, %d on the last page", seen, len(ids(last)))
	}
	back := w.do("GET", last["previous"].(string), nil, 200)
	if got := ids(back); len(got) != 100 || got[0] != 1101 || got[99] != 1200 {
		t.Errorf("the page before the last: %v", got)
	}
	first := w.do("GET", back["previous"].(string), nil, 200)
	if got := ids(first); got[0] != 1001 || first["previous"] != nil || first["next"] == nil {
		t.Errorf("back at the first page: %v, previous %v", got[0], first["previous"])
	}
	w.do("GET", "/users/?cursor=nonsense", nil, 404)
}

func TestACursorOutlivesItsRowUnlessTheSwitchSaysOtherwise(t *testing.T) { // section 4 [T keghub]
	t.Parallel()
	for _, gone := range []bool{false, true} {
		w := open(t, Options{ExpiredCursor404: gone})
		seed(w.CRM, 150)
		next := w.do("GET", "/users/", nil, 200)["next"].(string)
		w.do("DELETE", "/users/1100/", nil, 204)
		want := 200
		if gone {
			want = 404
		}
		w.do("GET", next, nil, want)
	}
}

func TestNoContactIsMissedByIDWhileOthersComeAndGo(t *testing.T) {
	t.Parallel()
	w := open(t, Options{})
	seed(w.CRM, 300)
	seen := map[int]bool{}
	next := "/users/"
	for pages := 0; next != ""; pages++ {
		page := w.do("GET", next, nil, 200)
		for _, id := range ids(page) {
			seen[id] = true
		}
		next, _ = page["next"].(string)
		if pages == 0 {
			w.do("DELETE", "/users/1001/", nil, 204)
			w.do("DELETE", "/users/1150/", nil, 204)
			w.do("POST", "/users/", fields{}, 201)
		}
	}
	for id := 1001; id <= 1301; id++ {
		if !seen[id] && id != 1150 {
			t.Errorf("contact %d was missed", id)
		}
	}
}

func TestChangedSinceFollowsTheOrderOfChange(t *testing.T) { // section 4 [T]
	t.Parallel()
	clock := kit.NewClock()
	w := open(t, Options{Clock: clock})
	seed(w.CRM, 5000) // many of one second
	old := w.do("GET", "/users/?search=updated_at&min=1704067200&max=1704067201", nil, 200)
	if old["count"] != 2.0 { // both bounds count, so of the second that max names only its first microsecond
		t.Errorf("%v contacts between two seconds", old["count"])
	}
	seen, next := map[int]bool{}, "/users/?search=updated_at"
	for next != "" {
		page := w.do("GET", next, nil, 200)
		for _, id := range ids(page) {
			seen[id] = true
		}
		next, _ = page["next"].(string)
	}
	if len(seen) != 5000 {
		t.Errorf("%d of 5000 contacts seen", len(seen))
	}
	since := clock.Now().Unix()
	for i, id := range []int{1300, 1002, 1300} {
		w.do("PUT", fmt.Sprintf("/users/%d/", id), fields{"score": i + 1}, 200)
	}
	for _, path := range []string{"/users/", "/users/search/"} {
		page := w.do("GET", fmt.Sprintf("%s?search=updated_at&min=%d&max=%d", path, since, since+100), nil, 200)
		if got := ids(page); page["count"] != 2.0 || len(got) != 2 || got[0] != 1002 || got[1] != 1300 {
			t.Errorf("%s: changed are %v", path, got)
		}
	}
	w.do("GET", "/users/?search=updated_at&min=yesterday", nil, 400)
	w.do("GET", "/users/?search=name&min=1", nil, 400)
}

func TestAHundredThousandContactsAreListedQuickly(t *testing.T) {
	if testing.Short() {
		t.Skip("seeds 100,000 contacts")
	}
	t.Parallel()
	w := open(t, Options{})
	seed(w.CRM, 100_000)
	rows, path := 0, "/users/?search=updated_at&min=0"
	start := time.Now()
	for path != "" {
		res, raw := w.raw(http.MethodGet, path, nil, nil)
		var page struct {
			Next    string
			Results []json.RawMessage
		}
		if err := json.Unmarshal(raw, &page); err != nil || res.StatusCode != 200 {
			t.Fatalf("%d %v", res.StatusCode, err)
		}
		rows += len(page.Results)
		path = page.Next
	}
	if rows != 100_000 {
		t.Errorf("%d rows", rows)
	}
	took := time.Since(start)
	t.Logf("1000 pages in %v", took)
	if took > time.Minute {
		t.Errorf("1000 pages took %v", took)
	}
	w.do("GET", "/users/search/?phone_number=%2B351900099999", nil, 200)
}

func BenchmarkListPage(b *testing.B) {
	c := New(Options{})
	seed(c, 100_000)
	h := c.Handler()
	for b.Loop() {
		req, _ := http.NewRequest("GET", "/api/public/users/", nil)
		req.Header.Set("Authorization", "Token "+c.Token())
		req.Header.Set("Accept", "*/*; version=2")
		h.ServeHTTP(&nowhere{}, req)
	}
}

func BenchmarkUpdate(b *testing.B) {
	c := New(Options{})
	seed(c, 100_000)
	h := c.Handler()
	n := 0
	for b.Loop() {
		n++
		req, _ := http.NewRequest("PUT", fmt.Sprintf("/api/public/users/%d/", 1001+n%100_000),
			strings.NewReader(fmt.Sprintf(`{"first_name":"Eva","score":%d}`, n)))
		req.Header.Set("Authorization", "Token "+c.Token())
		req.Header.Set("Accept", "*/*; version=2")
		h.ServeHTTP(&nowhere{}, req)
	}
}

type nowhere struct{ h http.Header }

func (n *nowhere) Header() http.Header {
	if n.h == nil {
		n.h = http.Header{}
	}
	return n.h
}
func (n *nowhere) WriteHeader(int)             {}
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
