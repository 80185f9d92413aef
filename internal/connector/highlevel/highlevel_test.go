package highlevel_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/highlevel"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

var (
	_ connector.Connector = (*highlevel.Connector)(nil)
	_ connector.Describer = (*highlevel.Connector)(nil)
	_ connector.Checker   = (*highlevel.Connector)(nil)
	_ connector.Hooks     = (*highlevel.Connector)(nil)
	_ connector.Staff     = (*highlevel.Connector)(nil)
	_ connector.Prober    = (*highlevel.Connector)(nil)
)

func open(acc connector.Account) (connector.Connector, error) { return highlevel.New(acc) }

// start runs a pretend account.
func start(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{RateLimits: "off"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// subject is a pretend account as the checks want it; every call goes through the transport.
func subject(t *testing.T, transport http.RoundTripper) connectortest.Subject {
	s := start(t)
	info := s.Info().HighLevel
	return connectortest.Subject{
		New: open,
		Account: connector.Account{
			BaseURL: info.URL, Params: map[string]string{"locationId": info.LocationID}, HTTP: &http.Client{Transport: transport},
		},
		Token: info.Token, WrongToken: "pit-00000000-0000-4000-8000-000000000000",
		Seed: func(n int) []string {
			ids := make([]string, n)
			for i := range ids {
				ids[i] = s.HighLevel.Add(kit.Person{
					First: "Anna", Last: fmt.Sprintf("Nowak%d", i), Email: fmt.Sprintf("anna%d@example.com", i), City: "Kraków",
					Created: time.Date(2025, 1, 1, 0, 0, i/3, 0, time.UTC),
				})
			}
			return ids
		},
		Pages: 1201, Names: []string{"firstName", "lastName"},
		Email: "email", Phone: "phone", City: "city", Tags: "tags", Consent: "dnd",
		Writes:   connector.Fields{"firstName": "Anna", "lastName": "Nowak"},
		Nobody:   "NobodyNobodyNobody00",
		Identity: connector.Identity{ID: info.LocationID, Name: "Sandbox Location", Region: "US", Zone: "America/New_York"},
		Unique:   true,
		Children: []connectortest.Child{
			{Object: "task", Text: "title",
				Values: connector.Fields{"title": "", "body": "Ask for\nthe new address.", "dueDate": "2031-03-01T09:30:00Z", "completed": false, "assignedTo": nil},
				Change: connector.Fields{"completed": true}},
			{Object: "note", Text: "body", Values: connector.Fields{"body": ""}, Change: connector.Fields{"userId": "TUcm12345678901234567"}},
		},
		Others: []connectortest.Child{
			{Object: "company", Text: "name", Values: connector.Fields{
				"name": "", "phone": "+12015550199", "email": "hello@acme.example", "website": "https://acme.example", "address": "1 Main Street", "city": "Gdynia",
				"state": "Pomorskie", "postalCode": "81-300", "country": "Poland", "description": "Makes\nthings.",
			}, Change: connector.Fields{"website": nil, "country": "PL"}},
		},
	}
}

func TestConnector(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, func(t *testing.T) connectortest.Subject { return subject(t, nil) })
}
