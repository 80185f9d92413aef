package usercom

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

func TestListsAreBehindAndADirectReadIsNot(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	w := open(t, Options{Clock: clock, SearchLag: time.Minute})
	seed(w.CRM, 1) // was there before: indexed
	expect := func(step string, want ...string) {
		t.Helper()
		for _, path := range []string{"/users/", "/users/?search=updated_at&min=1"} {
			var got []string
			for _, row := range w.do("GET", path, nil, 200)["results"].([]any) {
				got = append(got, row.(map[string]any)["email"].(string))
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s shows %v, want %v", step, path, got, want)
			}
		}
		for _, email := range []string{"p0@example.com", "new@example.com", "newer@example.com"} {
			status := http.StatusNotFound
			if slices.Contains(want, email) {
				status = http.StatusOK
			}
			w.do("GET", "/users/search/?email="+email, nil, status)
		}
	}
	id := int(w.do("POST", "/users/", fields{"email": "new@example.com"}, 201)["id"].(float64))
	at := fmt.Sprintf("/users/%d/", id)
	w.do("GET", at, nil, 200)
	expect("made", "p0@example.com")
	clock.Advance(time.Minute)
	expect("a minute later", "new@example.com", "p0@example.com")
	w.do("PUT", at, fields{"email": "newer@example.com"}, 200)
	if got := w.do("GET", at, nil, 200)["email"]; got != "newer@example.com" {
		t.Errorf("the direct read says %v", got)
	}
	clock.Advance(30 * time.Second)
	w.do("DELETE", at, nil, 204)
	w.do("GET", at, nil, 404)
	expect("changed and deleted", "new@example.com", "p0@example.com")
	clock.Advance(30 * time.Second)
	expect("the change shows", "newer@example.com", "p0@example.com")
	clock.Advance(30 * time.Second)
	expect("the deletion shows", "p0@example.com")
	w.do("PUT", "/users/1001/", fields{"email": "new@example.com"}, 200)
	expect("behind again", "p0@example.com")
	w.SetSearchLag(0)
	expect("caught up", "new@example.com")
}

func TestCompaniesAndActivitiesAreBehindToo(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	w := open(t, Options{Clock: clock, SearchLag: time.Minute})
	id := w.do("POST", "/companies/", fields{"name": "Firm"}, 201)["id"]
	task := w.do("POST", "/activities/", fields{"name": "Call", "activity_type": 3, "due_date": "2026-01-01T00:00:00Z"}, 201)["id"]
	clock.Advance(time.Minute)
	w.do("PUT", fmt.Sprintf("/companies/%v/", id), fields{"name": "Firma"}, 200)
	w.do("PATCH", fmt.Sprintf("/activities/%v/", task), fields{"name": "Ring"}, 200)
	names := func() (all []string) {
		for _, path := range []string{"/companies/", "/activities/"} {
			for _, row := range w.do("GET", path, nil, 200)["results"].([]any) {
				all = append(all, row.(map[string]any)["name"].(string))
			}
		}
		return all
	}
	if got := names(); !slices.Equal(got, []string{"Firm", "Call"}) {
		t.Errorf("at once: %v", got)
	}
	clock.Advance(time.Minute)
	if got := names(); !slices.Equal(got, []string{"Firma", "Ring"}) {
		t.Errorf("later: %v", got)
	}
}
