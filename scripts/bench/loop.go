package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
)

// loop is what a person would write in an hour: read the pages of one side, post each record to the other side, many at
// a time, look at the status and forget. It stores nothing, and would copy everything again if it were run again.
func loop(args []string) error {
	hl, location, hlToken, uc, ucToken := args[0], args[1], args[2], args[3], args[4]
	workers, err := strconv.Atoi(args[5])
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers + 1}}
	type contact struct {
		ID        string   `json:"id"`
		FirstName string   `json:"firstName"`
		LastName  string   `json:"lastName"`
		Email     string   `json:"email"`
		Phone     string   `json:"phone"`
		Company   string   `json:"companyName"`
		Tags      []string `json:"tags"`
	}
	call := func(req *http.Request, want int, out any) error {
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != want {
			text, _ := io.ReadAll(res.Body)
			return fmt.Errorf("%s: %d %s", req.URL.Path, res.StatusCode, text)
		}
		if out == nil {
			_, err = io.Copy(io.Discard, res.Body)
			return err
		}
		return json.NewDecoder(res.Body).Decode(out)
	}
	post := func(c contact) error {
		body, err := json.Marshal(map[string]any{"first_name": c.FirstName, "last_name": c.LastName, "email": c.Email, "phone_number": c.Phone,
			"company_name": c.Company, "tags": c.Tags})
		if err != nil {
			return err
		}
		req, err := http.NewRequest(http.MethodPost, uc+"users/", bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Token "+ucToken)
		req.Header.Set("Accept", "*/*; version=2")
		req.Header.Set("Content-Type", "application/json")
		return call(req, http.StatusCreated, nil)
	}
	work, failed := make(chan contact, 1000), make(chan error, workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			var bad error
			for c := range work {
				if err := post(c); err != nil && bad == nil {
					bad = err
				}
			}
			failed <- bad
		})
	}
	next := hl + "/contacts/?" + url.Values{"locationId": {location}, "limit": {"100"}}.Encode()
	for next != "" && err == nil {
		var page struct {
			Contacts []contact `json:"contacts"`
			Meta     struct {
				StartAfter   json.Number `json:"startAfter"`
				StartAfterID string      `json:"startAfterId"`
			} `json:"meta"`
		}
		var req *http.Request
		if req, err = http.NewRequest(http.MethodGet, next, nil); err != nil {
			break
		}
		req.Header.Set("Authorization", "Bearer "+hlToken)
		req.Header.Set("Version", "2021-07-28")
		if err = call(req, http.StatusOK, &page); err != nil {
			break
		}
		for _, c := range page.Contacts {
			work <- c
		}
		next = ""
		if len(page.Contacts) == 100 {
			next = hl + "/contacts/?" + url.Values{"locationId": {location}, "limit": {"100"},
				"startAfter": {page.Meta.StartAfter.String()}, "startAfterId": {page.Meta.StartAfterID}}.Encode()
		}
	}
	close(work)
	wg.Wait()
	close(failed)
	for bad := range failed {
		if err == nil {
			err = bad
		}
	}
	return err
}
