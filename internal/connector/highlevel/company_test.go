package highlevel_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/highlevel"
	pretend "couplet/internal/sandbox/highlevel"
)

// Section 7.5: what only companies need is asked for by flows of companies alone, found out, and missed by name.
func TestScopesOfCompaniesAreAskedForByCompaniesAlone(t *testing.T) {
	t.Parallel()
	asked := func(needs ...connector.Need) (names []string) {
		for _, s := range highlevel.Spec().ScopesFor(needs...) {
			names = append(names, s.Name)
		}
		return names
	}
	for _, object := range []string{"", "contact", "task", "note", "company"} {
		needs := []connector.Need{connector.ToRead, connector.ToWrite, connector.ToMakeFields}
		if object != "" {
			needs = append(needs, connector.Of(object))
		}
		got := asked(needs...)
		for _, name := range []string{"businesses.readonly", "businesses.write"} {
			if slices.Contains(got, name) != (object == "company") {
				t.Errorf("a flow about %q asks for %v", object, got)
			}
		}
		if object == "company" && slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "customFields") || strings.Contains(s, "tasks") }) {
			t.Errorf("companies ask for %v", got)
		}
	}
	r := newRig(t, pretend.Options{}, nil)
	contacts := []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly"}
	for i, more := range [][]string{nil, {"businesses.readonly"}, {"businesses.readonly", "businesses.write"}} {
		acc := r.acc
		acc.Token = key(r.crm.Issue(pretend.Token{
			Kind: pretend.PIT, Class: pretend.LocationClass, Value: "pit-firms-" + strings.Repeat("0", i+8), Scopes: slices.Concat(contacts, more),
		}).Value)
		conn := r.connect(acc)
		has, err := conn.Probe(t.Context())
		slices.Sort(has)
		if want := slices.Sorted(slices.Values(slices.Concat(contacts, more))); err != nil || !slices.Equal(has, want) {
			t.Errorf("it may %v, want %v: %v", has, want, err)
		}
		_, err = conn.List(t.Context(), connector.ListRequest{Object: "company"})
		if slices.Contains(more, "businesses.readonly") != (err == nil) || err != nil && !strings.Contains(err.Error(), "businesses.readonly") {
			t.Errorf("with %v: %v", more, err)
		}
	}
}

// belongs: sections 4 and 7.5. The company of a contact is written by one call, and shown by the contact and the old list only.
func belongs(t *testing.T, s connectortest.Subject) {
	t.Helper()
	acc := s.Account
	acc.Token, acc.Budget = key(s.Token), &connectortest.Budget{}
	if acc.HTTP.Transport == nil {
		acc.HTTP = http.DefaultClient
	}
	conn, err := open(acc)
	if err != nil {
		t.Fatal(err)
	}
	must := func(rec connector.Record, err error) connector.Record {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return rec
	}
	one := must(conn.Create(t.Context(), "company", "", connector.Fields{"name": "One"})).ID
	two := must(conn.Create(t.Context(), "company", "", connector.Fields{"name": "Two"})).ID
	rec := must(conn.Create(t.Context(), "contact", "", connector.Fields{"email": "member@example.com", "businessId": one}))
	if rec.Fields["businessId"] != one {
		t.Errorf("made with %v, want %s", rec.Fields["businessId"], one)
	}
	ref := rec.Ref
	for _, set := range []connector.Fields{{"businessId": two}, {"businessId": one, "city": "Gdynia"}, {"businessId": nil}, {"businessId": two}} {
		rec = must(conn.Update(t.Context(), ref, set))
		if truth := must(conn.Get(t.Context(), ref)); rec.Fields["businessId"] != set["businessId"] || truth.Fields["businessId"] != set["businessId"] || set["city"] != nil && truth.Fields["city"] != set["city"] {
			t.Errorf("after %v it shows %v, and get %v", set, rec.Fields, truth.Fields)
		}
	}
	shown, pages := any("nowhere"), 0
	for req := (connector.ListRequest{Object: "contact", Fields: []string{"email", "businessId"}}); ; {
		page, err := conn.List(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, r := range page.Records {
			if v, is := r.Fields["businessId"]; is && r.ID == ref.ID {
				shown = v
			}
		}
		if req.After = page.Next; req.After == "" {
			break
		}
	}
	if shown != two || pages != 2 {
		t.Errorf("the list shows %v in %d pages", shown, pages)
	}
	_, err = conn.Update(t.Context(), ref, connector.Fields{"businessId": "63771dcac1116f0e21de8e12"})
	if connector.KindOf(err) != connector.Temporary {
		t.Errorf("a company that is gone: %v", err)
	}
	if err := conn.Delete(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if _, err = conn.Update(t.Context(), ref, connector.Fields{"businessId": "63771dcac1116f0e21de8e12"}); connector.KindOf(err) != connector.NotFound {
		t.Errorf("a contact that is gone: %v", err)
	}
}

func TestAContactBelongsToACompany(t *testing.T) {
	t.Parallel()
	belongs(t, subject(t, nil))
}
