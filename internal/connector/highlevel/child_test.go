package highlevel_test

import (
	"net/http"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
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
