package highlevel

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

func TestRateLimitAnswers429AndCountsDown(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	c := quiet(t, Options{Clock: clock, Rate: kit.Limit{Max: 2, Window: 10 * time.Second}, Daily: kit.Limit{Max: 3, Window: 24 * time.Hour}})
	path := "/locations/" + c.LocationID()
	want(t, c, okay, "GET", path, nil)
	want(t, c, okay, "GET", path, nil)
	out := want(t, c, 429, "GET", path, nil)
	if !reflect.DeepEqual(out, obj{"statusCode": 429.0, "message": "Too Many Requests"}) {
		t.Error(out)
	}
	clock.Advance(10 * time.Second)
	want(t, c, okay, "GET", path, nil)
	want(t, c, 429, "GET", path, nil) // the day is used up
	clock.Advance(24 * time.Hour)
	want(t, c, okay, "GET", path, nil)
}

func TestAccessTokensExpireAndTheirAppSharesOneAllowance(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	c := quiet(t, Options{Clock: clock, Rate: kit.Limit{Max: 2, Window: time.Hour}})
	app := Token{Kind: Access, Class: LocationClass, ClientID: "app", Scopes: AllScopes()}
	a, b := c.Issue(app).Value, c.Issue(app).Value
	path := "/locations/" + c.LocationID()
	for i, token := range []string{a, b, a} {
		status, _ := as(t, c, token, "GET", path, nil)
		if (status == 429) != (i == 2) {
			t.Errorf("call %d: %d", i, status)
		}
	}
	if status, _ := direct(t, c, "GET", path, nil); status != okay {
		t.Errorf("the PIT shares the app's allowance: %d", status)
	}
	clock.Advance(86_399 * time.Second)
	if status, out := as(t, c, a, "GET", path, nil); status != 401 || out["message"] != "Invalid JWT" {
		t.Error(status, out)
	}
}

func TestRevokeStrikesAccessTokensOnly(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Faults: faulty(t, kit.Revoke)})
	path := "/locations/" + c.LocationID()
	want(t, c, okay, "GET", path, nil)
	token := c.Issue(Token{Kind: Access, Class: LocationClass, Scopes: AllScopes()}).Value
	if status, _ := as(t, c, token, "GET", path, nil); status != 401 {
		t.Error(status)
	}
	if !c.Revoke(c.Token()) || c.Revoke("unknown") {
		t.Error("control revokes what there is")
	}
}

func TestIgnoreFieldLosesOneFieldOfAWrite(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Faults: faulty(t, kit.IgnoreField)})
	id := c.Add(person("a@example.com", ""))
	out := want(t, c, okay, "PUT", "/contacts/"+id, obj{"city": "X", "state": "Y"})
	_, city := out["contact"].(obj)["city"]
	_, state := out["contact"].(obj)["state"]
	if city == state {
		t.Errorf("city %v, state %v written", city, state)
	}
}

// The fault is a success that leaves something out. It is no reason to refuse what would have been taken.
func TestIgnoreFieldRefusesNothing(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Faults: faulty(t, kit.IgnoreField)})
	c.Add(person("a@example.com", "+12015550123"))
	lost := map[bool]int{}
	for i := range 20 {
		out := want(t, c, 201, "POST", "/contacts/", inLocation(c, obj{"email": fmt.Sprintf("b%d@example.com", i), "phone": "+12015550123"}))
		lost[dig(out, "contact.email") == nil]++
	}
	if lost[true] == 0 || lost[false] == 0 {
		t.Errorf("which field is lost does not vary: %v", lost)
	}
}

func TestCreated422HappensAllTheSame(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Faults: faulty(t, kit.Created422)})
	want(t, c, 422, "POST", "/contacts/", inLocation(c, obj{"email": "a@example.com"}))
	if c.Count("contacts") != 1 {
		t.Error("nothing was created")
	}
}

func TestDateUpdatedMovesOnEffectiveWritesOnly(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	c := quiet(t, Options{Clock: clock})
	id := dig(want(t, c, 201, "POST", "/contacts/", inLocation(c, obj{"firstName": "A", "tags": []string{"x"}})), "contact.id").(string)
	stamp := func(fields obj) any {
		clock.Advance(time.Minute)
		return dig(want(t, c, okay, "PUT", "/contacts/"+id, fields), "contact.dateUpdated")
	}
	first := dig(want(t, c, okay, "GET", "/contacts/"+id, nil), "contact.dateUpdated")
	if stamp(obj{"firstName": "A", "tags": []string{"X"}}) != first {
		t.Error("moved although nothing changed")
	}
	if stamp(obj{"firstName": "B"}) == first {
		t.Error("did not move")
	}
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{AllowCompanyPut: true})
	id := c.Add(person("a@example.com", "+12015550123"))
	if out := want(t, c, okay, "PUT", "/contacts/"+id, obj{"companyName": "Acme"}); dig(out, "contact.companyName") != "Acme" {
		t.Error(out)
	}
	c = quiet(t, Options{AllowDuplicates: true})
	for range 2 {
		want(t, c, 201, "POST", "/contacts/", inLocation(c, obj{"email": "a@example.com"}))
	}
	forced := inLocation(c, obj{"email": "a@example.com", "createNewIfDuplicateAllowed": true})
	if out := want(t, c, okay, "POST", "/contacts/upsert", forced); out["new"] != true {
		t.Error(out)
	}
	c = quiet(t, Options{DuplicateOnUpdate: true})
	c.Add(person("a@example.com", ""))
	id = c.Add(person("b@example.com", ""))
	want(t, c, 400, "PUT", "/contacts/"+id, obj{"email": "A@example.com"})
	want(t, c, okay, "PUT", "/contacts/"+id, obj{"email": "B@example.com"})
	c = quiet(t, Options{})
	c.Add(person("a@example.com", ""))
	id = c.Add(person("b@example.com", ""))
	want(t, c, okay, "PUT", "/contacts/"+id, obj{"email": "a@example.com"})
}

func TestUpsertByAdditionalEmailMakesItPrimary(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{})
	id := c.Add(person("a@example.com", ""))
	if _, err := c.Update("contacts", id, obj{"additionalEmails": []any{"b@example.com"}}); err != nil {
		t.Fatal(err)
	}
	out := want(t, c, okay, "POST", "/contacts/upsert", inLocation(c, obj{"email": "b@example.com"}))
	if dig(out, "contact.id") != id || dig(out, "contact.email") != "b@example.com" || dig(out, "contact.additionalEmails.0.email") != "a@example.com" {
		t.Error(out)
	}
}

func TestStateComesBack(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Seed: 1})
	for i := range 20 {
		c.Add(person(fmt.Sprintf("p%d@example.com", i), fmt.Sprintf("+1201555%04d", 100+i)))
	}
	id := c.Add(person("x@example.com", ""))
	want(t, c, 201, "POST", "/contacts/"+id+"/tasks", obj{"title": "T", "dueDate": "2026-01-01", "completed": false})
	want(t, c, 201, "POST", "/contacts/"+id+"/notes", obj{"body": "N"})
	want(t, c, 201, "POST", "/locations/"+c.LocationID()+"/customFields", obj{"name": "F", "dataType": "TEXT"})
	raw, err := json.Marshal(c.State())
	if err != nil {
		t.Fatal(err)
	}
	again := quiet(t, Options{Seed: 2})
	if err := again.Load(raw); err != nil {
		t.Fatal(err)
	}
	back, err := json.Marshal(again.State())
	if err != nil || string(back) != string(raw) {
		t.Errorf("%s\nis not\n%s (%v)", back, raw, err)
	}
	want(t, again, 400, "POST", "/contacts/", inLocation(again, obj{"email": "P3@example.com"})) // look-ups work
	out := want(t, again, okay, "POST", "/contacts/search", inLocation(again, obj{"pageLimit": 100}))
	if out["total"] != 21.0 {
		t.Error(out["total"])
	}
	for _, object := range Objects {
		if again.Count(object) != c.Count(object) {
			t.Errorf("%d %s, want %d", again.Count(object), object, c.Count(object))
		}
	}
	if again.Load(json.RawMessage(`{}`)) == nil {
		t.Error("an empty state was taken")
	}
}

func TestControlKnowsItsObjects(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{})
	id := c.Add(person("a@example.com", ""))
	fields := map[string]obj{
		"contacts": {"email": "b@example.com"}, "tags": {"name": "x"}, "customFields": {"name": "F"},
		"users": {"firstName": "U"}, "tasks": {"contactId": id, "title": "T"}, "notes": {"contactId": id, "body": "N"},
		"businesses": {"name": "B"}, "conversations": {"contactId": id}, "messages": {"contactId": id, "message": "M"},
		"appointments": {"contactId": id, "startTime": "2031-03-03T15:00:00Z"}, "opportunities": {"contactId": id, "pipelineId": c.kept["pipelines"][0].ID, "name": "D"},
	}
	for _, object := range Objects {
		if fields[object] == nil {
			fields[object] = obj{"name": "N"}
		}
		made, err := c.Create(object, fields[object])
		if err != nil {
			t.Fatal(object, err)
		}
		one, _ := made["id"].(string)
		if _, err := c.Update(object, one, obj{"name": "y", "title": "y", "body": "y", "firstName": "y"}); err != nil {
			t.Error(object, err)
		}
		if got, err := c.Get(object, one); err != nil || got["id"] != one {
			t.Error(object, got, err)
		}
		if err := c.Delete(object, one); err != nil {
			t.Error(object, err)
		}
		if c.Delete(object, one) == nil {
			t.Errorf("%s: deleted twice", object)
		}
	}
	if _, err := c.Create("deals", nil); err == nil {
		t.Error("unknown object")
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{SearchLag: time.Millisecond})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 40 {
				made := want(t, c, 201, "POST", "/contacts/", inLocation(c, obj{"email": fmt.Sprintf("p%d-%d@example.com", i, j)}))
				id := dig(made, "contact.id").(string)
				want(t, c, 201, "POST", "/contacts/"+id+"/tags", obj{"tags": []string{fmt.Sprint(j)}})
				want(t, c, okay, "POST", "/contacts/search", inLocation(c, obj{"pageLimit": 5, "sort": []any{obj{"field": "dateUpdated", "direction": "asc"}}}))
				_, _ = json.Marshal(c.State())
			}
		})
	}
	all.Wait()
	if c.Count("contacts") != 320 {
		t.Error(c.Count("contacts"))
	}
}
