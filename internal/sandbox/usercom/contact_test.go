package usercom

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"couplet/internal/sandbox/kit"
)

func TestLongValuesAreCutWithoutAWord(t *testing.T) { // sections 3, 6.1
	t.Parallel()
	w := open(t, Options{EchoNames: true})
	long := strings.Repeat("ã", 100)
	u := w.do("POST", "/users/", fields{"first_name": long, "last_name": long, "city": long, "phone_number": long, "region": long}, 201)
	for field, want := range map[string]int{"first_name": 40, "last_name": 40, "city": 64, "phone_number": 64, "region": 100} {
		if got := len([]rune(u[field].(string))); got != want {
			t.Errorf("%s has %d characters, want %d", field, got, want)
		}
	}
	if got := len([]rune(u["name"].(string))); got != 81 {
		t.Errorf("name has %d characters", got)
	}
}

func TestEnumerationsGoInAsNumbersAndComeOutAsWords(t *testing.T) { // section 3 [D, R]
	t.Parallel()
	w := open(t, Options{})
	u := w.do("POST", "/users/", fields{"gender": 2, "status": "2"}, 201)
	if u["gender"] != "male" || u["status"] != "user" {
		t.Errorf("gender %v, status %v", u["gender"], u["status"])
	}
	for _, bad := range []fields{{"gender": "male"}, {"gender": 4}, {"gender": 0}, {"status": nil}, {"status": true}} {
		w.do("PUT", "/users/1001/", bad, 400)
	}
}

func TestUpdatedAtMovesOnEachEffectiveWriteOnly(t *testing.T) { // section 6.2
	t.Parallel()
	w := open(t, Options{})
	u := w.do("POST", "/users/", fields{"city": "Porto"}, 201)
	if u["created_at"].(string) >= u["updated_at"].(string) {
		t.Errorf("updated_at %v must be some microseconds after created_at %v", u["updated_at"], u["created_at"])
	}
	at := u["updated_at"].(string)
	if same := w.do("PUT", "/users/1001/", fields{"city": "Porto", "id": 7, "name": "x"}, 200); same["updated_at"] != at || same["name"] != nil {
		t.Errorf("nothing changed: %v", same)
	}
	for _, step := range []struct {
		method, path string
		body         fields
		status       int
	}{
		{"PUT", "/users/1001/", fields{"city": "Faro"}, 200},
		{"POST", "/users/1001/add_tag/", fields{"name": "vip"}, 201},
		{"DELETE", "/users/1001/remove_tag/", fields{"name": "vip"}, 204},
	} {
		w.do(step.method, step.path, step.body, step.status)
		now := w.do("GET", "/users/1001/", nil, 200)["updated_at"].(string)
		if now <= at {
			t.Errorf("%s %s: updated_at stayed", step.method, step.path)
		}
		at = now
	}
}

func TestAPersonMayDoWhatAppsMayNot(t *testing.T) {
	t.Parallel()
	w := open(t, Options{})
	u, err := w.Create("users", fields{"name": "Ana Maria Silva", "tags": []any{"a", "b"}, "status": "user"})
	if err != nil {
		t.Fatal(err)
	}
	if u["name"] != "Ana Maria Silva" || u["status"] != "user" || len(u["tags"].([]any)) != 2 {
		t.Errorf("created %v", u)
	}
	u, err = w.Update("users", "1001", fields{"tags": []string{"b"}, "last_name": "Sousa"})
	if err != nil || len(u["tags"].([]any)) != 1 || u["name"] != "Ana Sousa" {
		t.Errorf("updated %v %v", u, err)
	}
	if _, err := w.Update("users", "1001", fields{"no such field": 1}); err == nil {
		t.Error("a field that is not there must be refused")
	}
	var p *Problem
	if _, err := w.Update("users", "9", nil); !errors.As(err, &p) || p.Status != 404 {
		t.Errorf("nobody: %v", err)
	}
	if _, err := w.Create("users_", nil); err == nil {
		t.Error("an unknown object must be refused")
	}
	for object, body := range map[string]fields{
		"attributes": {"name": "Points", "value_type": "integer", "content_type": "clientuser"},
		"tags":       {"name": "c"}, "lists": {"name": "News"}, "companies": {"name": "Acme"},
		"activities": {"activity_type": 3, "name": "x", "due_date": "2024-06-01T10:00:00Z", "user_id": 1001},
	} {
		made, err := w.Create(object, body)
		if err != nil {
			t.Fatalf("%s: %v", object, err)
		}
		id := formatID(int64(made["id"].(float64)))
		if object != "attributes" {
			if changed, err := w.Update(object, id, fields{"name": "renamed"}); err != nil || changed["name"] != "renamed" {
				t.Errorf("%s: %v %v", object, changed, err)
			}
		}
		if got, err := w.Get(object, id); err != nil || got["id"] != made["id"] {
			t.Errorf("%s: %v %v", object, got, err)
		}
		if err := w.Delete(object, id); err != nil {
			t.Errorf("%s: %v", object, err)
		}
		if _, err := w.Get(object, id); err == nil {
			t.Errorf("%s is still there", object)
		}
	}
}

func TestSeededPeopleKeepTheirCompanyWhereTheWorkspaceHasAPlace(t *testing.T) { // section 6.1
	t.Parallel()
	w := open(t, Options{})
	w.Add(kit.Person{First: "Ana", Company: "Acme"})
	w.Add(kit.Person{First: "Eva", Company: "Acme"})
	if co := w.do("GET", "/companies/501/", nil, 200); len(co["employees"].([]any)) != 2 {
		t.Errorf("Acme has %v", co["employees"])
	}
	w.do("POST", "/attributes/", fields{"name": "company_name", "value_type": "string", "content_type": "clientuser"}, 201)
	id := w.Add(kit.Person{First: "Bea", Company: "Acme"})
	if u := w.do("GET", "/users/"+id+"/", nil, 200); u["company_name"] != "Acme" || len(u["companies"].([]any)) != 0 {
		t.Errorf("%v", u)
	}
}

func TestTheNightlyRunMergesByEmailUnlessCustomIDsDiffer(t *testing.T) { // section 6.4 [H], 13.13
	t.Parallel()
	w := open(t, Options{})
	for _, u := range []fields{
		{"email": "a@x.org"}, {"email": "a@x.org", "custom_id": "1"}, {"email": "a@x.org", "custom_id": "2"},
		{"email": "b@x.org"}, {"email": "b@x.org", "status": 2}, {},
	} {
		w.do("POST", "/users/", u, 201)
	}
	if n := w.Dedup(); n != 2 {
		t.Errorf("%d merged", n)
	}
	w.do("GET", "/users/1001/", nil, 404)
	w.do("GET", "/users/1004/", nil, 404)
	if n := w.do("GET", "/users/", nil, 200)["count"]; n != 4.0 {
		t.Errorf("%v are left", n)
	}
}

func TestMergingMovesActivities(t *testing.T) { // section 6.4 [H]
	t.Parallel()
	w := open(t, Options{})
	w.do("POST", "/users/", fields{}, 201)
	w.do("POST", "/users/", fields{"custom_id": "x"}, 201)
	w.do("POST", "/activities/", fields{"activity_type": 3, "name": "x", "due_date": "2024-06-01", "user_id": 1002}, 201)
	w.do("POST", "/users/merge/", fields{"parent": 1001, "user_list": []int{1002}}, 200)
	if a := w.do("GET", "/activities/70001/", nil, 200); a["user_id"] != 1001.0 {
		t.Errorf("the activity is of %v", a["user_id"])
	}
	w.do("DELETE", "/users/1001/", nil, 204)
	if a := w.do("GET", "/activities/70001/", nil, 200); a["user_id"] != nil {
		t.Errorf("the activity is of %v", a["user_id"])
	}
}

func TestStateIsTakenBackWhole(t *testing.T) {
	t.Parallel()
	w := open(t, Options{Subdomain: "demo"})
	seed(w.CRM, 120)
	w.do("POST", "/attributes/", fields{"name": "Points", "value_type": "integer", "content_type": "clientuser"}, 201)
	w.do("PUT", "/users/1007/", fields{"points": 3, "custom_id": "x", "tags": []string{"vip"}}, 200)
	w.do("POST", "/activities/", fields{"activity_type": 3, "name": "x", "due_date": "2024-06-01", "user_id": 1007}, 201)
	raw, err := json.Marshal(w.State())
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, Options{})
	if err := other.Load(raw); err != nil {
		t.Fatal(err)
	}
	if other.Token() != w.Token() || other.Subdomain() != "demo" {
		t.Error("the key or the name is another")
	}
	for _, path := range []string{"/users/1007/", "/users-by-id/x/", "/users/", "/users/?search=updated_at", "/activities/", "/companies/", "/tags/", "/users/search/?email=p5@example.com"} {
		_, a := w.raw("GET", path, nil, nil)
		_, b := other.raw("GET", path, nil, nil)
		if strings.ReplaceAll(string(a), w.server.URL, "") != strings.ReplaceAll(string(b), other.server.URL, "") {
			t.Errorf("%s:\n%s\n%s", path, a, b)
		}
	}
	if u := other.do("POST", "/users/", fields{}, 201); u["id"] != 1121.0 {
		t.Errorf("the next id is %v", u["id"])
	}
	if err := other.Load(json.RawMessage(`[]`)); err == nil {
		t.Error("nonsense must be refused")
	}
}
