package usercom_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/usercom"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

var (
	_ connector.Connector = (*usercom.Connector)(nil)
	_ connector.Describer = (*usercom.Connector)(nil)
	_ connector.Checker   = (*usercom.Connector)(nil)
	_ connector.Hooks     = (*usercom.Connector)(nil)
)

func open(acc connector.Account) (connector.Connector, error) { return usercom.New(acc) }

func start(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{RateLimits: "off"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestConnector(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, func(t *testing.T) connectortest.Subject {
		s := start(t)
		info := s.Info().UserCom
		return connectortest.Subject{
			New:     open,
			Account: connector.Account{BaseURL: info.URL, Params: map[string]string{"subdomain": info.Subdomain}, Settings: typed()},
			Token:   info.Token, WrongToken: strings.Repeat("x", 64),
			Seed: func(n int) []string {
				ids := make([]string, n)
				for i := range ids {
					ids[i] = fmt.Sprint(s.UserCom.Add(kit.Person{
						First: "Anna", Last: fmt.Sprintf("Nowak%d", i), Email: fmt.Sprintf("anna%d@example.com", i), City: "Kraków",
						Created: time.Date(2025, 1, 1, 0, 0, i/3, 0, time.UTC),
					}))
				}
				return ids
			},
			Pages: 301, Names: []string{"name"},
			Email: "email", Phone: "phone_number", City: "city", Tags: "tags", Consent: "unsubscribed",
			Writes:   connector.Fields{"first_name": "Anna", "last_name": "Nowak"},
			Nobody:   strconv.Itoa(987654321),
			Identity: connector.Identity{ID: info.Subdomain, Name: info.Subdomain},
			Children: []connectortest.Child{
				{Object: "task", Text: "name",
					Values: connector.Fields{"name": "", "description": "Ask for\nthe new address.", "due_date": "2031-03-01T09:30:00Z", "done": false},
					Change: connector.Fields{"done": true}},
				{Object: "note", Text: "description", Values: connector.Fields{"description": ""}, Change: connector.Fields{"name": "Another title"}, Follows: []string{"name"}},
			},
			Others: []connectortest.Child{
				{Object: "company", Text: "name", Values: connector.Fields{
					"name": "", "phone_numbers": "+48 58 300 00 00", "email": "hello@acme.example", "address": "1 Main Street", "city": "Gdynia",
					"region": "Pomorskie", "postal_code": "81-300", "country": "Poland", "description": "Makes\nthings.", "category": "Tools", "size": "11-50",
				}, Change: connector.Fields{"phone_numbers": nil, "country": "PL"}},
			},
		}
	})
}
