package usercom_test

import (
	"encoding/json"
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
	info := s.Info().UserCom
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			for next := info.URL + "users/"; next != ""; {
				req, _ := http.NewRequest(http.MethodGet, next, nil)
				req.Header.Set("Authorization", "Token "+info.Token)
				req.Header.Set("Accept", "*/*; version=2")
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					b.Fatal(err)
				}
				raw, _ := io.ReadAll(res.Body)
				res.Body.Close()
				var out envelope
				if err := json.Unmarshal(raw, &out); err != nil || res.StatusCode != http.StatusOK {
					b.Fatal(err, res.Status)
				}
				next = out.Next
			}
		}
	})
	conn, err := open(connector.Account{
		BaseURL: info.URL, Params: map[string]string{"subdomain": info.Subdomain}, HTTP: http.DefaultClient, Token: key(info.Token),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("connector", func(b *testing.B) {
		for b.Loop() {
			req := connector.ListRequest{Object: "contact", Fields: []string{"email", "name"}}
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

// envelope is what a plain program would read.
type envelope struct {
	Next    string `json:"next"`
	Results []struct {
		ID        int64            `json:"id"`
		Email     string           `json:"email"`
		Name      string           `json:"name"`
		Phone     string           `json:"phone_number"`
		City      string           `json:"city"`
		UpdatedAt string           `json:"updated_at"`
		Tags      []map[string]any `json:"tags"`
	} `json:"results"`
}
