package highlevel_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	pretend "couplet/internal/sandbox/highlevel"
)

func staffByEmail(t *testing.T, s connectortest.Subject) {
	t.Helper()
	acc := s.Account
	acc.Token = key(s.Token)
	if acc.HTTP.Transport == nil {
		acc.HTTP = http.DefaultClient
	}
	conn, err := open(acc)
	if err != nil {
		t.Fatal(err)
	}
	owners, err := conn.(connector.Staff).Owners(t.Context())
	if err != nil || len(owners) != 1 || owners[0].ID == "" || owners[0].Name != "Olivia Owner" || owners[0].Email != "olivia.owner@example.com" {
		t.Errorf("%+v, %v", owners, err)
	}
}

func TestStaffIsKnownByEmail(t *testing.T) {
	t.Parallel()
	staffByEmail(t, subject(t, nil))
}

// Section 3.6: what only tasks need is asked for, found out and missed by name.
func TestScopesOfTasksAreFoundOut(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{}, nil)
	contacts := []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly"}
	for i, more := range [][]string{nil, {"locations/tasks.readonly"}, {"users.readonly"}, {"locations/tasks.readonly", "users.readonly"}} {
		acc := r.acc
		acc.Token = key(r.crm.Issue(pretend.Token{
			Kind: pretend.PIT, Class: pretend.LocationClass, Value: "pit-tasks-" + strings.Repeat("0", i+8), Scopes: slices.Concat(contacts, more),
		}).Value)
		conn := r.connect(acc)
		has, err := conn.Probe(t.Context())
		slices.Sort(has)
		if want := slices.Sorted(slices.Values(slices.Concat(contacts, more))); err != nil || !slices.Equal(has, want) {
			t.Errorf("it may %v, want %v: %v", has, want, err)
		}
		_, err = conn.List(t.Context(), connector.ListRequest{Object: "task"})
		if slices.Contains(more, "locations/tasks.readonly") != (err == nil) || err != nil && !strings.Contains(err.Error(), "locations/tasks.readonly") {
			t.Errorf("with %v: %v", more, err)
		}
	}
}
