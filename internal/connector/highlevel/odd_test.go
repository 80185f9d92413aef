package highlevel_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/highlevel"
	pretend "couplet/internal/sandbox/highlevel"
	"couplet/internal/sandbox/kit"
)

// rig is a pretend account whose oddities are set, and a connector to it.
type rig struct {
	*testing.T
	crm   *pretend.CRM
	acc   connector.Account
	conn  *highlevel.Connector
	calls *[]string
}

func newRig(t *testing.T, o pretend.Options, wrap func(http.Handler) http.Handler) *rig {
	t.Helper()
	crm := pretend.New(o)
	t.Cleanup(crm.Close)
	var calls []string
	var handler http.Handler = crm.Handler()
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	r := &rig{T: t, crm: crm, calls: &calls, acc: connector.Account{
		BaseURL: server.URL, Params: map[string]string{"locationId": crm.LocationID()}, HTTP: server.Client(),
		Budget: &connectortest.Budget{}, Token: key(crm.Token()),
		Observe: func(e connector.Exchange) { calls = append(calls, e.Method+" "+e.Path) },
	}}
	r.conn = r.connect(r.acc)
	return r
}

func key(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return token, nil }
}

func (r *rig) connect(acc connector.Account) *highlevel.Connector {
	r.Helper()
	conn, err := highlevel.New(acc)
	if err != nil {
		r.Fatal(err)
	}
	return conn
}

func (r *rig) add(first, last string) string {
	return r.crm.Add(kit.Person{First: first, Last: last, Email: strings.ToLower(first) + "@example.com", Created: time.Unix(1700000000, 0)})
}

func (r *rig) pages(req connector.ListRequest) (pages []connector.Page) {
	r.Helper()
	req.Object = "contact"
	for {
		page, err := r.conn.List(r.Context(), req)
		if err != nil {
			r.Fatal(err)
		}
		pages = append(pages, page)
		if req.After = page.Next; req.After == "" {
			return pages
		}
	}
}

// Section 4.6: never write names back from a search row.
func TestNamesComeFromTheSecondStreamOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{}, nil)
	id := r.add("McAnna", "O'Nowak")
	pages := r.pages(connector.ListRequest{Fields: []string{"email"}})
	if len(pages) != 1 || slices.Contains(*r.calls, "GET /contacts/") {
		t.Errorf("names were read that nobody asked for: %v", *r.calls)
	}
	if _, shown := pages[0].Records[0].Fields["firstName"]; shown {
		t.Errorf("a search row shows a name: %v", pages[0].Records[0].Fields)
	}
	pages = r.pages(connector.ListRequest{Fields: []string{"firstName"}})
	if len(pages) != 2 || pages[1].Records[0].ID != id || pages[1].Records[0].Fields["firstName"] != "McAnna" {
		t.Errorf("the second stream does not show the name: %+v", pages)
	}
	if _, shown := pages[1].Records[0].Fields["dnd"]; shown || pages[1].Total != 1 {
		t.Errorf("the deprecated list shows what it does not have: %+v", pages[1])
	}
	if v, shown := pages[1].Records[0].Fields["phone"]; !shown || v != nil {
		t.Errorf("an absent value in a field that the list shows is not nil")
	}
}

func TestRowsWithNamesNeedNoSecondStream(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{SearchNames: true}, nil)
	r.add("McAnna", "O'Nowak")
	r.add("Madonna", "")
	r.crm.Add(kit.Person{Email: "nameless@example.com"})
	pages := r.pages(connector.ListRequest{Fields: []string{"firstName", "lastName"}})
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	for _, rec := range pages[0].Records {
		_, first := rec.Fields["firstName"]
		_, last := rec.Fields["lastName"]
		if !first || !last {
			t.Errorf("a name is unknown: %v", rec.Fields)
		}
	}
}

// Section 2.1: the deprecated list is gone from v3.
func TestNamesStayUnknownWhereTheDeprecatedListIsGone(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusGone} {
		r := newRig(t, pretend.Options{}, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if req.Method == http.MethodGet && req.URL.Path == "/contacts/" {
					w.WriteHeader(status)
					_, _ = w.Write([]byte(`{"statusCode":404,"message":"Cannot GET /contacts/"}`))
					return
				}
				next.ServeHTTP(w, req)
			})
		})
		r.add("McAnna", "Nowak")
		pages := r.pages(connector.ListRequest{Fields: []string{"firstName"}})
		if _, shown := pages[0].Records[0].Fields["firstName"]; shown || len(pages) != 2 || len(pages[1].Records) != 0 {
			t.Errorf("%d: %+v", status, pages)
		}
	}
}

// Sections 1.2 and 4.2.
func TestCompanyNameIsRefusedOnUpdateByName(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{}, nil)
	rec, err := r.conn.Create(t.Context(), "contact", "", connector.Fields{"email": "a@example.com", "companyName": "Old"})
	if err != nil || rec.Fields["companyName"] != "Old" {
		t.Fatal(rec, err)
	}
	_, err = r.conn.Update(t.Context(), rec.Ref, connector.Fields{"companyName": "New", "city": "Kraków"})
	e, _ := connector.AsError(err)
	if e == nil || e.Kind != connector.Invalid || !slices.Equal(e.Fields, []string{"companyName"}) || !strings.Contains(e.Message, "companyName") {
		t.Fatalf("%+v", e)
	}
	allowed := newRig(t, pretend.Options{AllowCompanyPut: true}, nil)
	rec, err = allowed.conn.Create(t.Context(), "contact", "", connector.Fields{"email": "a@example.com"})
	if err == nil {
		rec, err = allowed.conn.Update(t.Context(), rec.Ref, connector.Fields{"companyName": "New"})
	}
	if err != nil || rec.Fields["companyName"] != "New" {
		t.Error(rec, err)
	}
}

// Sections 3.6 and 9.
func TestMissingPermissionsAreNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{}, nil)
	all := []string{"locations.readonly", "contacts.readonly", "contacts.write", "locations/customFields.readonly", "locations/customFields.write"}
	for _, missing := range all[:3] {
		acc := r.acc
		acc.Token = key(r.crm.Issue(pretend.Token{
			Kind: pretend.PIT, Class: pretend.LocationClass, Value: "pit-lacks-" + strings.ReplaceAll(missing, ".", "-"),
			Scopes: slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == missing }),
		}).Value)
		_, err := r.connect(acc).Check(t.Context(), true)
		if e, _ := connector.AsError(err); e == nil || e.Kind != connector.Forbidden || !strings.Contains(e.Message, missing) {
			t.Errorf("without %s: %v", missing, err)
		}
		_, err = r.connect(acc).Check(t.Context(), false)
		if (err == nil) != (missing == "contacts.write") {
			t.Errorf("a check for reading without %s: %v", missing, err)
		}
	}
	agency := r.acc
	agency.Token = key(r.crm.Issue(pretend.Token{Kind: pretend.PIT, Class: pretend.CompanyClass, Value: "pit-agency-token", Scopes: all}).Value)
	if _, err := r.connect(agency).Check(t.Context(), false); connector.KindOf(err) != connector.Forbidden || !strings.Contains(err.Error(), "agency") {
		t.Errorf("an agency's key: %v", err)
	}
	other := r.acc
	other.Params = map[string]string{"locationId": "SomebodyElsesLocatio"}
	if _, err := r.connect(other).Check(t.Context(), false); connector.KindOf(err) != connector.Forbidden || !strings.Contains(err.Error(), "Location ID") {
		t.Errorf("another location: %v", err)
	}
	blind := r.acc
	blind.Token = key(r.crm.Issue(pretend.Token{
		Kind: pretend.PIT, Class: pretend.LocationClass, Value: "pit-without-fields", Scopes: all[:3],
	}).Value)
	id := r.add("Anna", "Nowak")
	if rec, err := r.connect(blind).Get(t.Context(), connector.Ref{Object: "contact", ID: id}); err != nil || rec.Fields["firstName"] != "Anna" {
		t.Errorf("a key that may not read custom fields cannot read contacts: %v", err)
	}
}

// Sections 1.7 and 4.4: the index lags, the duplicate search does not.
func TestFindSeesWhatTheIndexDoesNotYet(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{SearchLag: time.Hour}, nil)
	made, err := r.conn.Create(t.Context(), "contact", "", connector.Fields{"email": "fresh@example.com", "phone": "+12125550199"})
	if err != nil {
		t.Fatal(err)
	}
	found, err := r.conn.Find(t.Context(), "contact", "", connector.Fields{"email": "fresh@example.com"})
	if err != nil || len(found) != 1 || found[0].ID != made.ID {
		t.Errorf("%v %v", found, err)
	}
	long := strings.Repeat("x", 70) + "@example.com" // search takes 75 characters (4.6)
	if _, err := r.conn.Find(t.Context(), "contact", "", connector.Fields{"email": long}); err != nil {
		t.Error(err)
	}
}

// Section 9: messages name positions; people know names.
func TestRefusedCustomFieldIsNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Method == http.MethodPut {
				w.WriteHeader(http.StatusUnprocessableEntity)
				_, _ = w.Write([]byte(`{"statusCode":422,"message":["customFields.1.field_value must be a string"],"error":"Unprocessable Entity"}`))
				return
			}
			next.ServeHTTP(w, req)
		})
	})
	ref := connector.Ref{Object: "contact", ID: r.add("Anna", "Nowak")}
	_, err := r.conn.Update(t.Context(), ref, connector.Fields{"customFields.aaa": "1", "customFields.bbb": "2"})
	if e, _ := connector.AsError(err); e == nil || !slices.Equal(e.Fields, []string{"customFields.bbb"}) || !strings.Contains(e.Message, "must be a string") {
		t.Errorf("%+v", e)
	}
}

// everyField writes, changes and empties every standard field (section 4.2).
func everyField(t *testing.T, s connectortest.Subject) {
	t.Helper()
	acc := s.Account
	acc.Token, acc.Budget = key(s.Token), &connectortest.Budget{}
	conn, err := s.New(acc)
	if err != nil {
		t.Fatal(err)
	}
	one := connector.Fields{
		"firstName": "Anna", "lastName": "Nowak", "email": "anna@example.com", "phone": "+12125550123", "companyName": "Acme",
		"address1": "1 Main St", "city": "Dolomite", "state": "AL", "postalCode": "35061", "country": "US",
		"website": "https://example.com", "timezone": "America/New_York", "source": "import", "dateOfBirth": "1990-09-25",
		"assignedTo": "y0BeYjuRIlDwsDcOHOJo", "dnd": true, "tags": []string{"vip"},
	}
	rec, err := conn.Create(t.Context(), "contact", "", one)
	if err != nil {
		t.Fatal(err)
	}
	compare := func(what string, got connector.Record, want connector.Fields) {
		for name, v := range want {
			if list, ok := v.([]string); ok {
				if had, _ := got.Fields[name].([]string); !slices.Equal(had, list) {
					t.Errorf("%s: %s is %#v, want %#v", what, name, had, list)
				}
			} else if shown, ok := got.Fields[name]; !ok || shown != v {
				t.Errorf("%s: %s is %#v (shown: %v), want %#v", what, name, shown, ok, v)
			}
		}
	}
	compare("create", rec, one)
	empty := connector.Fields{}
	for _, f := range highlevel.Spec().Objects[0].Fields {
		// country takes its codes only, and dnd is never unset
		if f.OnUpdate == connector.Yes && f.Name != "country" && f.Name != "dnd" && f.Name != "tags" {
			empty[f.Name] = nil
		}
	}
	empty["email"] = "still@example.com"
	rec, err = conn.Update(t.Context(), rec.Ref, empty)
	if err != nil {
		t.Fatal(err)
	}
	compare("update", rec, empty)
	rec, err = conn.Get(t.Context(), rec.Ref)
	if err != nil {
		t.Fatal(err)
	}
	compare("get", rec, empty)
	two := connector.Fields{"dateOfBirth": "2000-02-29", "city": "B", "dnd": false}
	if rec, err = conn.Update(t.Context(), rec.Ref, two); err != nil {
		t.Fatal(err)
	}
	compare("second update", rec, two)
}

func TestEveryStandardFieldGoesThereAndBack(t *testing.T) {
	t.Parallel()
	everyField(t, subject(t, nil))
}
