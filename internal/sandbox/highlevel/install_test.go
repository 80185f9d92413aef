package highlevel

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"slices"
	"testing"
)

// watched is a browser at a CRM whose verified webhooks come out of next.
func watched(t *testing.T) (b *browser, next func() map[string]any) {
	t.Helper()
	c, next := listener(t)
	server := httptest.NewServer(c.Handler())
	t.Cleanup(server.Close)
	jar, _ := cookiejar.New(nil)
	return &browser{t, c, server.URL, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, next
}

func TestConsentSendsINSTALLAndUninstallingKillsTheTokensAndTells(t *testing.T) { // 11.6
	t.Parallel()
	b, next := watched(t)
	pair := b.tokens(b.consent(b.c.LocationID(), "allow", []string{"locations.readonly"}))
	out := next()
	for name, want := range map[string]any{
		"type": "INSTALL", "installType": "Location", "appId": b.c.App().VersionID, "locationId": b.c.LocationID(),
		"companyId": b.c.location.CompanyID, "userId": b.c.users[0].ID, "companyName": companyName, "isWhitelabelCompany": false,
	} {
		if out[name] != want {
			t.Errorf("%s is %v, want %v", name, out[name], want)
		}
	}
	if out["timestamp"] == nil || out["webhookId"] == nil {
		t.Error(out)
	}
	agency := b.tokens(b.consent(agencyAccount, "allow", []string{"locations.readonly"}))
	if out = next(); out["installType"] != "Company" || out["locationId"] != nil || out["companyId"] == nil {
		t.Error(out)
	}
	if _, page, _ := b.do("/settings/apps", nil); len(b.c.Installs()) != 2 || page == "" {
		t.Error(b.c.Installs())
	}
	here := "/locations/" + b.c.LocationID()
	if status, _, _ := b.do("/settings/apps/uninstall", url.Values{"account": {b.c.LocationID()}}); status != 303 {
		t.Fatal(status)
	}
	if out = next(); out["type"] != "UNINSTALL" || out["locationId"] != b.c.LocationID() || out["appId"] != b.c.App().VersionID {
		t.Error(out)
	}
	if status, _ := as(t, b.c, pair["access_token"].(string), "GET", here, nil); status != 401 {
		t.Errorf("the location's token: %d", status)
	}
	b.token(400, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
	if status, _ := as(t, b.c, agency["access_token"].(string), "GET", here, nil); status != 200 {
		t.Errorf("the agency's token: %d", status)
	}
	b.do("/settings/apps/uninstall", url.Values{"account": {agencyAccount}})
	if out = next(); out["type"] != "UNINSTALL" || out["companyId"] != b.c.location.CompanyID || out["locationId"] != nil {
		t.Error(out)
	}
	if status, _ := as(t, b.c, agency["access_token"].(string), "GET", here, nil); status != 401 {
		t.Errorf("the agency's token: %d", status)
	}
	if status, _ := direct(t, b.c, "GET", here, nil); status != 200 {
		t.Errorf("the private integration token died too: %d", status)
	}
}

func TestRevokingTheAppKillsAllOfItQuietly(t *testing.T) {
	t.Parallel()
	b, next := watched(t)
	pair := b.tokens(b.consent(b.c.LocationID(), "allow", []string{"locations.readonly"}))
	waiting := b.consent(b.c.LocationID(), "allow", []string{"locations.readonly"})
	used := b.token(200, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
	next()
	next()
	if n := b.c.RevokeApp(); n != 3 { // one access, one refresh, one code
		t.Errorf("%d were good", n)
	}
	for _, refresh := range []any{pair["refresh_token"], used["refresh_token"]} { // the grace is over too
		b.token(400, "grant_type", "refresh_token", "refresh_token", refresh.(string))
	}
	b.token(401, "grant_type", "authorization_code", "code", waiting.Query().Get("code"), "redirect_uri", back)
	if _, err := b.c.Create("contacts", obj{"firstName": "Ana"}); err != nil {
		t.Fatal(err)
	}
	if out := next(); out["type"] != "ContactCreate" || len(b.c.Installs()) != 1 {
		t.Errorf("something was told of it: %v", out)
	}
}

func TestRevokeTakesARefreshTokenToo(t *testing.T) {
	t.Parallel()
	b, pair := connected(t, Options{}, "")
	if !b.c.Revoke(pair["refresh_token"].(string)) || b.c.Revoke("nothing") {
		t.Error("known and unknown are mixed up")
	}
	b.token(400, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
}

func TestEventsOfOtherLocationsNameThem(t *testing.T) {
	t.Parallel()
	c, next := listener(t)
	other := c.At(c.Locations()[1].ID)
	if _, err := other.Create("contacts", obj{"firstName": "Ana"}); err != nil {
		t.Fatal(err)
	}
	if out := next(); out["locationId"] != other.LocationID() || out["appId"] != c.App().VersionID {
		t.Error(out)
	}
}

func TestTheWebhookAddressCanBeChangedAtAnyTime(t *testing.T) {
	t.Parallel()
	c, next := listener(t)
	to := c.Webhook()
	c.SetWebhook("")
	if _, err := c.Create("contacts", obj{"firstName": "Silent"}); err != nil {
		t.Fatal(err)
	}
	c.SetWebhook(to)
	if _, err := c.Create("contacts", obj{"firstName": "Loud"}); err != nil {
		t.Fatal(err)
	}
	if out := next(); out["firstName"] != "Loud" {
		t.Error(out)
	}
}

func TestEverythingOfOAuthIsSavedAndLoaded(t *testing.T) {
	t.Parallel()
	b, pair := connected(t, Options{}, agencyAccount)
	waiting := b.consent(b.c.Locations()[2].ID, "allow", []string{"locations.readonly"})
	other := b.c.At(b.c.Locations()[1].ID)
	made, err := other.Create("contacts", obj{"firstName": "Ana", "tags": []any{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	b.c.SetRedirects([]string{back})
	b.c.SetWebhook("http://127.0.0.1:1/hooks")
	raw, err := json.Marshal(b.c.State())
	if err != nil {
		t.Fatal(err)
	}
	next := browse(t, Options{})
	if err := next.c.Load(raw); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(next.c.Locations(), b.c.Locations()) || !reflect.DeepEqual(next.c.Installs(), b.c.Installs()) {
		t.Error("locations or installs differ")
	}
	if !slices.Equal(next.c.Redirects(), []string{back}) || next.c.Webhook() != "http://127.0.0.1:1/hooks" {
		t.Error(next.c.Redirects(), next.c.Webhook())
	}
	if got, err := next.c.At(other.LocationID()).Get("contacts", made["id"].(string)); err != nil || got["firstName"] != "Ana" {
		t.Error(got, err)
	}
	if status, _ := as(t, next.c, pair["access_token"].(string), "GET", "/locations/"+other.LocationID(), nil); status != 200 {
		t.Errorf("the access token: %d", status)
	}
	fresh := next.token(200, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
	if fresh["access_token"] == pair["access_token"] || fresh["userId"] != pair["userId"] {
		t.Error(fresh)
	}
	if out := next.tokens(waiting); out["locationId"] != next.c.Locations()[2].ID {
		t.Error(out)
	}
	again, err := json.Marshal(next.c.State())
	if err != nil || len(again) == 0 {
		t.Fatal(err)
	}
	// An address that was given as an option wins over a saved one.
	third := quiet(t, Options{Seed: 1, RedirectURIs: []string{"https://o.example/"}, WebhookURL: "http://127.0.0.1:2/"})
	if err := third.Load(raw); err != nil {
		t.Fatal(err)
	}
	if third.Webhook() != "http://127.0.0.1:2/" || !slices.Equal(third.Redirects(), []string{"https://o.example/"}) {
		t.Error(third.Webhook(), third.Redirects())
	}
}

func TestAStateFileFromBeforeThereWasConsentLoads(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/state-before-consent.json")
	if err != nil {
		t.Fatal(err)
	}
	var old struct {
		Location Location
		Contacts []struct{ ID string }
		Tokens   []Token
	}
	if err := json.Unmarshal(raw, &old); err != nil {
		t.Fatal(err)
	}
	b := browse(t, Options{})
	if err := b.c.Load(raw); err != nil {
		t.Fatal(err)
	}
	if b.c.Token() != old.Tokens[0].Value || b.c.LocationID() != old.Location.ID || b.c.Count("contacts") != len(old.Contacts) {
		t.Error(b.c.Token(), b.c.LocationID(), b.c.Count("contacts"))
	}
	ids := map[string]bool{}
	for _, one := range b.c.Locations() {
		ids[one.ID] = true
		if one.CompanyID != old.Location.CompanyID {
			t.Errorf("%s is of company %s", one.Name, one.CompanyID)
		}
	}
	if len(slices.Collect(maps.Keys(ids))) != 3 {
		t.Error(ids)
	}
	if out := b.tokens(b.consent(agencyAccount, "allow", []string{"contacts.readonly"})); out["companyId"] != old.Location.CompanyID || out["userId"] == "" {
		t.Error(out)
	}
}
