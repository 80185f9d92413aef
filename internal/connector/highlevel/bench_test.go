package highlevel_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/sandbox"
)

// The aim is to stay within twice the time of a plain loop (architecture, section 8).
func BenchmarkList(b *testing.B) {
	s, err := sandbox.Start(b.Context(), sandbox.Options{RateLimits: "off", Contacts: 10000})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	info := s.Info().HighLevel
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			var after json.RawMessage
			for {
				body := map[string]any{"locationId": info.LocationID, "pageLimit": 500, "sort": []any{map[string]string{"field": "dateAdded", "direction": "asc"}}}
				if after != nil {
					body["searchAfter"] = after
				}
				text, _ := json.Marshal(body)
				req, _ := http.NewRequest("POST", info.URL+"/contacts/search", bytes.NewReader(text))
				req.Header.Set("Authorization", "Bearer "+info.Token)
				req.Header.Set("Version", "2021-07-28")
				req.Header.Set("Content-Type", "application/json")
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					b.Fatal(err)
				}
				raw, _ := io.ReadAll(res.Body)
				res.Body.Close()
				var out struct {
					Contacts []struct {
						ID, Email, Phone, City, CompanyName, DateUpdated string
						Tags                                             []string
						SearchAfter                                      json.RawMessage
					}
				}
				if err := json.Unmarshal(raw, &out); err != nil || res.StatusCode != 200 {
					b.Fatal(err, string(raw))
				}
				if len(out.Contacts) < 500 {
					break
				}
				after = out.Contacts[len(out.Contacts)-1].SearchAfter
			}
		}
	})
	acc := connector.Account{BaseURL: info.URL, Params: map[string]string{"locationId": info.LocationID}, HTTP: http.DefaultClient, Token: key(info.Token)}
	conn, err := open(acc)
	if err != nil {
		b.Fatal(err)
	}
	for name, fields := range map[string][]string{"connector": {"email"}, "connector with names": {"email", "firstName"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				req := connector.ListRequest{Object: "contact", Fields: fields}
				for {
					page, err := conn.List(b.Context(), req)
					if err != nil {
						b.Fatal(err)
					}
					if req.After = page.Next; req.After == "" {
						break
					}
				}
			}
		})
	}
	b.Run("create", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			if _, err := conn.Create(b.Context(), "contact", "", connector.Fields{"email": fmt.Sprintf("bench%d@example.com", n), "firstName": "A", "city": "B"}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("create plain", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			text, _ := json.Marshal(map[string]any{"locationId": info.LocationID, "email": fmt.Sprintf("plain%d@example.com", n), "firstName": "A", "city": "B"})
			req, _ := http.NewRequest("POST", info.URL+"/contacts/", bytes.NewReader(text))
			req.Header.Set("Authorization", "Bearer "+info.Token)
			req.Header.Set("Version", "2021-07-28")
			req.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			raw, _ := io.ReadAll(res.Body)
			res.Body.Close()
			var out struct {
				Contact struct{ ID, Email, City, DateUpdated string }
			}
			_ = json.Unmarshal(raw, &out)
		}
	})
}
