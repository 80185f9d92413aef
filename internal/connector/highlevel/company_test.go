package highlevel_test

import (
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector"
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
