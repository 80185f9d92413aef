package usercom_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/usercom"
	pretend "couplet/internal/sandbox/usercom"
)

// Sections 2 and 10: both dialects say the same of a company, and attributes of people are not its own.
func TestBothDialectsOfACompanyAreRead(t *testing.T) {
	t.Parallel()
	attributes := `{"count":2,"next":null,"results":[
		{"id":1,"name":"Website","name_std":"website","value_type":%s,"content_type":"company"},
		{"id":2,"name":"Points","name_std":"points","value_type":%s,"content_type":"clientuser"}]}`
	two := &script{answers: map[string]string{
		"GET /attributes/": fmt.Sprintf(attributes, `"string"`, `"integer"`),
		"GET /companies/21/": `{"id":21,"custom_id":"acme-1","name":"Acme","email":null,"description":null,"category":null,"address":"1 Main St","city":"",
			"region":null,"country":"PL","postal_code":null,"size":null,"phone_numbers":["+48 1","+48 2"],"employees":[52],"tags":[],"website":"acme.example",
			"created_at":"2024-05-02T09:15:30.548068Z","updated_at":"2024-05-03T10:00:00.481891Z"}`,
	}}
	one := &script{answers: map[string]string{
		"GET /attributes/": fmt.Sprintf(attributes, `4`, `2`),
		"GET /companies/21/": `{"id":21,"company_id":"acme-1","name":"Acme","email":null,"description":null,"category":null,"address":"1 Main St","city":"",
			"region":null,"country":"PL","postal_code":null,"size":null,"phone_numbers":["+48 1","+48 2"],"approx_employees":1,"tags":[],
			"created_at":"2024-05-02T09:15:30.548068Z","updated_at":"2024-05-03T10:00:00.481891Z",
			"attributes":[{"id":1,"name_std":"website","value":"acme.example","value_type":4}]}`,
	}}
	want := "map[address:1 Main St category:<nil> city:<nil> country:PL custom_id:acme-1 description:<nil> email:<nil> name:Acme phone_numbers:+48 1 " +
		"postal_code:<nil> region:<nil> size:<nil> website:acme.example]"
	for name, s := range map[string]*script{"two": two, "one": one} {
		rec, err := s.conn(t).Get(t.Context(), connector.Ref{Object: "company", ID: "21"})
		if err != nil || rec.ID != "21" || fmt.Sprint(rec.Fields) != want || rec.Version != "2024-05-03T10:00:00.481891Z" || rec.Created.Year() != 2024 {
			t.Errorf("dialect %s: %v\n got %v\nwant %v", name, err, rec, want)
		}
	}
}

// hearing keeps the bodies of writes to companies.
func hearing(t *testing.T, settings map[string]string) (*usercom.Connector, *pretend.CRM, func() map[string]any) {
	t.Helper()
	crm := pretend.New(pretend.Options{})
	var mu sync.Mutex
	var last map[string]any
	conn := withSettings(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && strings.Contains(r.URL.Path, "/companies/") {
			var body map[string]any
			mu.Lock()
			r.Body = copied(r.Body, &body)
			last = body
			mu.Unlock()
		}
		crm.Handler().ServeHTTP(w, r)
	}), crm.Token(), settings)
	return conn, crm, func() map[string]any { mu.Lock(); defer mu.Unlock(); return last }
}

// The first number is the one that is kept in step; what stands behind it stays.
func TestOnlyTheFirstPhoneNumberOfACompanyChanges(t *testing.T) {
	t.Parallel()
	conn, crm, _ := hearing(t, nil)
	made, err := crm.Create("companies", map[string]any{"name": "Acme", "phone_numbers": []any{"1", "2", "3"}})
	if err != nil {
		t.Fatal(err)
	}
	ref := connector.Ref{Object: "company", ID: fmt.Sprint(made["id"])}
	for _, step := range []struct {
		v    any
		want string
	}{{"9", "[9 2 3]"}, {nil, "[2 3]"}} {
		if _, err := conn.Update(t.Context(), ref, connector.Fields{"phone_numbers": step.v}); err != nil {
			t.Fatal(err)
		}
		if now, _ := crm.Get("companies", ref.ID); fmt.Sprint(now["phone_numbers"]) != step.want {
			t.Errorf("after %v there is %v, want %s", step.v, now["phone_numbers"], step.want)
		}
	}
}

// Whether PUT is partial for companies is not documented: it is a setting.
func TestAChangeOfACompanySendsWhatTheSettingsSay(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{"": `{"city":"Gdynia"}`,
		"whole": `{"address":null,"category":null,"city":"Gdynia","country":null,"custom_id":null,"description":null,"email":null,"name":"Acme","phone_numbers":["1"],"postal_code":null,"region":null,"size":null,"website":"acme.example"}`} {
		conn, crm, body := hearing(t, map[string]string{"company_update": how})
		if _, err := conn.EnsureField(t.Context(), "company", connector.Field{Label: "website", Type: connector.Text}); err != nil {
			t.Fatal(err)
		}
		made, err := crm.Create("companies", map[string]any{"name": "Acme", "phone_numbers": []any{"1"}, "website": "acme.example"})
		if err != nil {
			t.Fatal(err)
		}
		rec, err := conn.Update(t.Context(), connector.Ref{Object: "company", ID: fmt.Sprint(made["id"])}, connector.Fields{"city": "Gdynia"})
		if err != nil || rec.Fields["city"] != "Gdynia" || rec.Fields["website"] != "acme.example" {
			t.Fatal(rec, err)
		}
		if got, _ := json.Marshal(body()); string(got) != want {
			t.Errorf("%q sends %s\nwant %s", how, got, want)
		}
	}
}

// Section 7: an attribute belongs to one kind of records.
func TestAttributesOfCompaniesAreTheirOwn(t *testing.T) {
	t.Parallel()
	conn, _, _ := hearing(t, nil)
	if _, err := conn.EnsureField(t.Context(), "company", connector.Field{Label: "website", Type: connector.Text}); err != nil {
		t.Fatal(err)
	}
	for object, want := range map[string]bool{"company": true, "contact": false} {
		fields, err := conn.Describe(t.Context(), object)
		if _, there := connector.FieldNamed(fields, "website"); err != nil || there != want {
			t.Errorf("%s has it: %t, %v", object, there, err)
		}
	}
	if rec, err := conn.Create(t.Context(), "company", "", connector.Fields{"name": "Acme", "website": "acme.example"}); err != nil || rec.Fields["website"] != "acme.example" {
		t.Error(rec, err)
	}
}

// Sections 6.1 and 10: a person is put into companies by a call about the company, and shows them all.
func TestAPersonBelongsToCompanies(t *testing.T) {
	t.Parallel()
	conn, crm, _ := hearing(t, nil)
	company := func(name string) string {
		t.Helper()
		rec, err := conn.Create(t.Context(), "company", "", connector.Fields{"name": name})
		if err != nil {
			t.Fatal(err)
		}
		return rec.ID
	}
	one, two, three := company("One"), company("Two"), company("Three")
	rec, err := conn.Create(t.Context(), "contact", "", connector.Fields{"email": "ana@example.com", "companies": two})
	if err != nil || rec.Fields["companies"] != two || rec.Fields["email"] != "ana@example.com" {
		t.Fatal(rec, err)
	}
	crm.Join(rec.ID, one)
	for _, set := range []connector.Fields{{"companies": three}, {"companies": two, "city": "Gdynia"}} {
		rec, err = conn.Update(t.Context(), rec.Ref, set)
		truth, _ := conn.Get(t.Context(), rec.Ref)
		if want := two + "," + one + "," + three; err != nil || rec.Fields["companies"] != want || truth.Fields["companies"] != want || set["city"] != nil && truth.Fields["city"] != "Gdynia" {
			t.Errorf("after %v it shows %v, and get %v: %v", set, rec.Fields, truth.Fields, err)
		}
	}
	page, err := conn.List(t.Context(), connector.ListRequest{Object: "contact", Fields: []string{"companies"}})
	if err != nil || len(page.Records) != 1 || page.Records[0].Fields["companies"] != two+","+one+","+three {
		t.Error(page.Records, err)
	}
	_, err = conn.Update(t.Context(), rec.Ref, connector.Fields{"companies": nil})
	if e, ok := connector.AsError(err); !ok || e.Kind != connector.Invalid || !slices.Equal(e.Fields, []string{"companies"}) || !strings.Contains(e.Message, "by hand") {
		t.Errorf("taken out of all: %v", err)
	}
	if _, err = conn.Update(t.Context(), rec.Ref, connector.Fields{"companies": "987654"}); connector.KindOf(err) != connector.Temporary {
		t.Errorf("a company that is gone: %v", err)
	}
	nobody := connector.Ref{Object: "contact", ID: "987654"}
	if _, err = conn.Update(t.Context(), nobody, connector.Fields{"companies": one}); connector.KindOf(err) != connector.NotFound {
		t.Errorf("a person who is gone: %v", err)
	}
}

// copied decodes a body and gives one that can be read again.
func copied(body io.ReadCloser, into *map[string]any) io.ReadCloser {
	data, _ := io.ReadAll(body)
	_ = json.Unmarshal(data, into)
	return io.NopCloser(bytes.NewReader(data))
}
