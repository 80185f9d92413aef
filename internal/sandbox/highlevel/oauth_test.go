package highlevel

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

// postForm posts name and value in turn without a network.
func postForm(t *testing.T, c *CRM, path, token string, pairs ...string) (int, map[string]any) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Version", "2021-07-28")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, req)
	out := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Code, out
}

// connected is an app with tokens for an account.
func connected(t *testing.T, o Options, account string) (*browser, map[string]any) {
	t.Helper()
	b := browse(t, o)
	if account == "" {
		account = b.c.LocationID()
	}
	return b, b.tokens(b.consent(account, "allow", AllScopes(), "scope", strings.Join(AllScopes(), " ")))
}

func TestCodesDieAfterTenMinutes(t *testing.T) { // 3.1 [U]
	t.Parallel()
	clock := kit.NewClock()
	b := browse(t, Options{Clock: clock})
	to := b.consent(b.c.LocationID(), "allow", []string{"contacts.readonly"})
	clock.Advance(10 * time.Minute)
	out := b.token(401, "grant_type", "authorization_code", "code", to.Query().Get("code"), "redirect_uri", back)
	if out["error_description"] != "Authorization code not found" {
		t.Error(out)
	}
}

func TestRedirectMayBeLeftOutWhenOneIsRegistered(t *testing.T) { // 3.2 [U]
	t.Parallel()
	b := browse(t, Options{RedirectURIs: []string{back}})
	to := b.consent(b.c.LocationID(), "allow", []string{"contacts.readonly"})
	b.token(200, "grant_type", "authorization_code", "code", to.Query().Get("code"))
}

func TestAccessTokensDieAtTheirTimeAndRefreshTokensAfterAYear(t *testing.T) { // 3.3
	t.Parallel()
	clock := kit.NewClock()
	b, pair := connected(t, Options{Clock: clock, AccessLife: time.Minute}, "")
	if pair["expires_in"] != 60.0 {
		t.Error(pair["expires_in"])
	}
	here := "/locations/" + b.c.LocationID()
	alive := func(pair map[string]any) int {
		status, _ := as(t, b.c, pair["access_token"].(string), "GET", here, nil)
		return status
	}
	if status := alive(pair); status != 200 {
		t.Error(status)
	}
	clock.Advance(time.Minute)
	if status := alive(pair); status != 401 {
		t.Errorf("an expired token: %d", status)
	}
	pair = b.token(200, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
	if status := alive(pair); status != 200 {
		t.Error(status)
	}
	clock.Advance(365 * 24 * time.Hour)
	b.token(400, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
}

func TestRefreshTokensAreUsedOnceWithThirtySecondsOfGrace(t *testing.T) { // 3.3 [D changelog]
	t.Parallel()
	clock := kit.NewClock()
	b, pair := connected(t, Options{Clock: clock}, "")
	refresh := []string{"grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string), "user_type", LocationClass}
	var answers [8]map[string]any
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = b.token(200, refresh...) })
	}
	all.Wait()
	for _, one := range answers {
		if !reflect.DeepEqual(one, answers[0]) {
			t.Errorf("another answer: %v, %v", one, answers[0])
		}
	}
	clock.Advance(29 * time.Second)
	if again := b.token(200, refresh...); !reflect.DeepEqual(again, answers[0]) {
		t.Error("after 29 seconds another answer")
	}
	clock.Advance(time.Second)
	b.token(400, refresh...)
	b.token(200, "grant_type", "refresh_token", "refresh_token", answers[0]["refresh_token"].(string))
}

func TestTheOldAccessTokenDiesWithItsPairUnlessSwitched(t *testing.T) { // 3.3
	t.Parallel()
	for lives, want := range map[bool]int{false: 401, true: 200} {
		b, pair := connected(t, Options{OldAccessLives: lives}, "")
		b.token(200, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
		if status, _ := as(t, b.c, pair["access_token"].(string), "GET", "/locations/"+b.c.LocationID(), nil); status != want {
			t.Errorf("OldAccessLives %v: %d, want %d", lives, status, want)
		}
	}
}

func TestALostAnswerOfARefreshIsFoundAgainWithinTheGrace(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{kit.After, kit.Timeout} {
		faults, clock := kit.NewFaults(1), kit.NewClock()
		b, pair := connected(t, Options{Faults: faults, Clock: clock}, "")
		if _, err := faults.Arm(kit.Once{System: "highlevel", Path: "/oauth/token", Fault: fault}); err != nil {
			t.Fatal(err)
		}
		form := url.Values{
			"client_id": {b.c.App().ClientID}, "client_secret": {b.c.App().ClientSecret},
			"grant_type": {"refresh_token"}, "refresh_token": {pair["refresh_token"].(string)},
		}
		if res, err := b.http.PostForm(b.base+"/oauth/token", form); err == nil {
			res.Body.Close()
			if fault == kit.Timeout || res.StatusCode != 500 {
				t.Errorf("%s: %d", fault, res.StatusCode)
			}
		} else if fault != kit.Timeout {
			t.Error(err)
		}
		if status, _ := as(t, b.c, pair["access_token"].(string), "GET", "/locations/"+b.c.LocationID(), nil); status != 401 {
			t.Errorf("%s: the refresh did not happen: %d", fault, status)
		}
		next := b.token(200, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
		if status, _ := as(t, b.c, next["access_token"].(string), "GET", "/locations/"+b.c.LocationID(), nil); status != 200 {
			t.Errorf("%s: %d", fault, status)
		}
	}
}

func TestFaultsAtARateStrikeTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Seed: 1, Faults: faulty(t, kit.Before)})
	if status, _ := postForm(t, c, "/oauth/token", ""); status != 503 {
		t.Error(status)
	}
}

func TestSwitchesOfTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	b, agency := connected(t, Options{NoClientCredentials: true, NoLocationRefresh: true}, agencyAccount)
	b.token(400, "grant_type", "client_credentials")
	status, out := postForm(t, b.c, "/oauth/locationToken", agency["access_token"].(string),
		"companyId", agency["companyId"].(string), "locationId", b.c.LocationID())
	if _, present := out["refresh_token"]; status != 201 || present {
		t.Errorf("%d %v", status, out)
	}
}

func TestALocationTokenNeedsTheAppInstalledThere(t *testing.T) { // 3.4
	t.Parallel()
	b := browse(t, Options{})
	b.consent(b.c.LocationID(), "allow", []string{"contacts.readonly"})
	agency := b.c.Issue(Token{Kind: Access, Class: CompanyClass, ClientID: b.c.App().ClientID, Scopes: []string{oauthWrite}})
	for id, want := range map[string]int{b.c.LocationID(): 201, b.c.Locations()[1].ID: 400} {
		if status, out := postForm(t, b.c, "/oauth/locationToken", agency.Value, "companyId", agency.CompanyID, "locationId", id); status != want {
			t.Errorf("%d %v, want %d", status, out, want)
		}
	}
}

func TestLocationsAreAccountsOfTheirOwn(t *testing.T) {
	t.Parallel()
	b, agency := connected(t, Options{}, agencyAccount)
	b.c.Add(person("seed@example.com", ""))
	tokens := map[string]string{}
	for _, one := range b.c.Locations() {
		_, out := postForm(t, b.c, "/oauth/locationToken", agency["access_token"].(string), "companyId", one.CompanyID, "locationId", one.ID)
		tokens[one.ID] = out["access_token"].(string)
		status, out := as(t, b.c, tokens[one.ID], "GET", "/locations/"+one.ID, nil)
		if status != 200 || dig(out, "location.timezone") != one.Timezone {
			t.Errorf("%s: %d %v", one.Name, status, out)
		}
	}
	first, second, third := b.c.Locations()[0].ID, b.c.Locations()[1].ID, b.c.Locations()[2].ID
	count := func(id string) any {
		_, out := as(t, b.c, tokens[id], "GET", "/contacts/?locationId="+id, nil)
		return out["count"]
	}
	if count(first) != 1.0 || count(second) != 0.0 || count(third) != 0.0 {
		t.Error(count(first), count(second), count(third))
	}
	// The same e-mail is no duplicate in another account, and a phone is read in its country.
	status, out := as(t, b.c, tokens[second], "POST", "/contacts/", obj{"locationId": second, "email": "seed@example.com", "phone": "212345678"})
	if status != 201 || dig(out, "contact.phone") != "+351212345678" || dig(out, "contact.locationId") != second {
		t.Fatalf("%d %v", status, out)
	}
	id := dig(out, "contact.id").(string)
	if count(first) != 1.0 || count(second) != 1.0 || count(third) != 0.0 {
		t.Error(count(first), count(second), count(third))
	}
	for _, other := range []string{first, third} {
		if status, _ := as(t, b.c, tokens[other], "GET", "/contacts/"+id, nil); status != 400 {
			t.Errorf("seen in another account: %d", status)
		}
		if status, _ := as(t, b.c, tokens[other], "POST", "/contacts/", obj{"locationId": second, "email": "x@example.com"}); status != 403 {
			t.Errorf("written into another account: %d", status)
		}
	}
}

func TestSavingAndTokensDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	b, pair := connected(t, Options{Clock: clock, AccessLife: time.Minute}, "")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 50 {
			if _, err := json.Marshal(b.c.State()); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 50 {
		pair = b.token(200, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
	}
	<-done
	clock.Advance(2 * time.Hour)
	b.token(200, "grant_type", "client_credentials")
	b.c.agency.mu.Lock()
	defer b.c.agency.mu.Unlock()
	if n := len(b.c.agency.tokens); n != 2 { // the private one, and the token of now
		t.Errorf("%d tokens are kept, the expired ones too", n)
	}
}
