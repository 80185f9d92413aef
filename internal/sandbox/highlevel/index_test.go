package highlevel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

func TestSearchLagsAndGetDoesNot(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	c := quiet(t, Options{Clock: clock, SearchLag: time.Minute})
	c.Add(person("seeded@example.com", "")) // was there before: indexed
	emails := func() []string {
		var found []string
		out := want(t, c, okay, "POST", "/contacts/search", inLocation(c, obj{"pageLimit": 100, "sort": []any{obj{"field": "email"}}}))
		for _, row := range out["contacts"].([]any) {
			found = append(found, row.(obj)["email"].(string))
		}
		out = want(t, c, okay, "GET", "/contacts/?locationId="+c.LocationID(), nil)
		if len(out["contacts"].([]any)) != len(found) {
			t.Errorf("the deprecated list shows %v, search %v", out["contacts"], found)
		}
		return found
	}
	expect := func(step string, want ...string) {
		t.Helper()
		if got := emails(); !slices.Equal(got, want) {
			t.Errorf("%s: search shows %v, want %v", step, got, want)
		}
	}
	out := want(t, c, 201, "POST", "/contacts/", inLocation(c, obj{"email": "new@example.com"}))
	id := dig(out, "contact.id").(string)
	want(t, c, okay, "GET", "/contacts/"+id, nil)
	expect("created", "seeded@example.com")
	clock.Advance(time.Minute)
	expect("a minute later", "new@example.com", "seeded@example.com")
	want(t, c, okay, "PUT", "/contacts/"+id, obj{"email": "newer@example.com"})
	clock.Advance(30 * time.Second)
	want(t, c, okay, "DELETE", "/contacts/"+id, nil)
	want(t, c, 400, "GET", "/contacts/"+id, nil)
	expect("updated and deleted", "new@example.com", "seeded@example.com")
	clock.Advance(30 * time.Second)
	expect("the update shows", "newer@example.com", "seeded@example.com")
	clock.Advance(30 * time.Second)
	expect("the deletion shows", "seeded@example.com")
}

// Whatever happens to dates, a timeline walks exactly the living contacts in order.
func TestTimelineIsAlwaysTheSortedContacts(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 1))
		x, truth := newIndex(0), map[string]*Contact{}
		for step := range 3000 {
			id := fmt.Sprintf("%03d", rng.IntN(300))
			next := &Contact{ID: id, DateAdded: Stamp(rng.IntN(40)), DateUpdated: Stamp(step / 2)}
			if rng.IntN(10) == 0 { // far out of order
				next.DateUpdated = Stamp(rng.IntN(step + 1))
			}
			if rng.IntN(4) == 0 {
				next = nil
				delete(truth, id)
			} else {
				truth[id] = next
			}
			if next != nil || x.docs[id] != nil {
				x.show(id, next)
			}
			if step%100 != 0 {
				continue
			}
			for name, line := range map[string]*timeline{"added": &x.added, "updated": &x.updated} {
				var got, sorted []string
				line.walk(nil, false, func(c *Contact) bool { got = append(got, c.ID); return true })
				for _, c := range truth {
					sorted = append(sorted, fmt.Sprintf("%06d %s", line.of(c), c.ID))
				}
				slices.Sort(sorted)
				for i := range sorted {
					sorted[i] = sorted[i][7:]
				}
				if !slices.Equal(got, sorted) {
					t.Fatalf("seed %d step %d %s: %v, want %v", seed, step, name, got, sorted)
				}
				checkHalves(t, line, sorted, truth, rng)
			}
		}
	}
}

// checkHalves walks both ways from some contact.
func checkHalves(t *testing.T, line *timeline, sorted []string, truth map[string]*Contact, rng *rand.Rand) {
	t.Helper()
	if len(sorted) == 0 {
		return
	}
	at := rng.IntN(len(sorted))
	from := &position{line.of(truth[sorted[at]]), sorted[at]}
	var up, down []string
	line.walk(from, false, func(c *Contact) bool { up = append(up, c.ID); return true })
	line.walk(from, true, func(c *Contact) bool { down = append(down, c.ID); return true })
	slices.Reverse(down)
	if !slices.Equal(up, sorted[at+1:]) || !slices.Equal(down, sorted[:at]) {
		t.Fatalf("from %s: up %v, down %v of %v", sorted[at], up, down, sorted)
	}
}

func TestPagingReachesEveryContactOnceInEveryOrder(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{})
	created := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 253 {
		p := person(fmt.Sprintf("p%03d@example.com", i), "")
		p.First, p.Created = string(rune('a'+i%7)), created.Add(time.Duration(i/10)*time.Second) // ties
		if i%9 == 0 {
			p.Email = ""
		}
		c.Add(p)
	}
	for _, field := range []string{"dateAdded", "dateUpdated", "email", "firstNameLowerCase", "dnd"} {
		for _, direction := range []string{"asc", "desc"} {
			seen, body := map[string]bool{}, inLocation(c, obj{"pageLimit": 20, "sort": []any{obj{"field": field, "direction": direction}}})
			for {
				rows := want(t, c, okay, "POST", "/contacts/search", body)["contacts"].([]any)
				for _, row := range rows {
					id := row.(obj)["id"].(string)
					if seen[id] {
						t.Fatalf("%s %s: %s comes twice", field, direction, id)
					}
					seen[id] = true
					body["searchAfter"] = row.(obj)["searchAfter"]
				}
				if len(rows) < 20 {
					break
				}
			}
			if len(seen) != 253 {
				t.Errorf("%s %s: %d contacts", field, direction, len(seen))
			}
		}
	}
	seen, next := map[string]bool{}, "/contacts/?limit=50&locationId="+c.LocationID()
	for next != "" {
		out := want(t, c, okay, "GET", next, nil)
		for _, row := range out["contacts"].([]any) {
			seen[row.(obj)["id"].(string)] = true
		}
		next, _ = dig(out, "meta.nextPageUrl").(string)
		next = strings.TrimPrefix(next, "http://example.com")
	}
	if len(seen) != 253 {
		t.Errorf("deprecated list: %d contacts", len(seen))
	}
}

func TestSearchRowsMayShowNames(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{SearchNames: true})
	c.Add(person("a@example.com", ""))
	out := want(t, c, okay, "POST", "/contacts/search", inLocation(c, obj{"pageLimit": 1}))
	if dig(out, "contacts.0.firstName") != "Rubika" {
		t.Error(out)
	}
}
