package highlevel

import (
	"crypto/ed25519"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"couplet/internal/sandbox/kit"
)

// agency is what all locations of the pretend company share: the marketplace app,
// where it is installed, every token, and where webhooks go. Its lock is taken
// inside a CRM's, never around one.
type agency struct {
	o      Options
	hooks  *kit.Hooks
	burst  *kit.Limiter
	daily  *kit.Limiter
	grants *kit.Grants
	ids    *kit.IDs // of codes and OAuth tokens

	mu        sync.Mutex
	app       App
	companyID string
	personID  string // who signs in on the consent pages
	key       ed25519.PrivateKey
	tokens    map[string]*Token
	installs  map[string]*Install // by location; "" is the whole agency
	redirects []string
	webhook   string
	locations []*CRM // the seeded one first; fixed once made
}

// App is the marketplace app through which the sandbox is called (section 3.1).
type App struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	VersionID    string `json:"version_id"`
}

// Lives of what OAuth gives: a code's is [U], the others are section 3.3's.
const (
	codeLife    = 10 * time.Minute
	refreshLife = 365 * 24 * time.Hour
	grace       = 30 * time.Second
	accessLife  = 86_399 * time.Second
)

func newAgency(o Options) *agency {
	if o.AccessLife <= 0 {
		o.AccessLife = accessLife
	}
	return &agency{
		o: o, hooks: o.Hooks, ids: kit.NewIDs(o.Seed + 0x0a07),
		burst: kit.NewLimiter(o.Clock, o.Rate), daily: kit.NewLimiter(o.Clock, o.Daily),
		grants: kit.NewGrants(o.Clock, kit.GrantLife{Code: codeLife, Refresh: refreshLife, Grace: grace}),
		tokens: map[string]*Token{}, installs: map[string]*Install{},
		redirects: slices.Clone(o.RedirectURIs), webhook: o.WebhookURL,
	}
}

func (a *agency) now() time.Time { return a.o.Clock.Now() }

// at finds the location with an id; nil when the company has none such.
func (a *agency) at(locationID string) *CRM {
	for _, c := range a.locations {
		if c.location.ID == locationID {
			return c
		}
	}
	return nil
}

// target is the location whose records a call is about: the token's, or for an
// agency token the one that the call names.
func (a *agency) target(t Token, r *http.Request) *CRM {
	for _, id := range []string{t.LocationID, r.PathValue("locationId"), r.URL.Query().Get("locationId")} {
		if c := a.at(id); c != nil {
			return c
		}
	}
	return a.locations[0]
}

// Locations lists the company's locations, the seeded one first.
func (c *CRM) Locations() []Location {
	var all []Location
	for _, one := range c.agency.locations {
		all = append(all, one.location)
	}
	return all
}

// At is the account of one location; nil when there is none with this id. Its
// records are its own, tokens and webhooks are the company's.
func (c *CRM) At(locationID string) *CRM { return c.agency.at(locationID) }

// App returns the client credentials of the marketplace app.
func (c *CRM) App() App {
	c.agency.mu.Lock()
	defer c.agency.mu.Unlock()
	return c.agency.app
}

// Redirects are the addresses registered for the app; none accepts any https or
// loopback address.
func (c *CRM) Redirects() []string {
	c.agency.mu.Lock()
	defer c.agency.mu.Unlock()
	return slices.Clone(c.agency.redirects)
}

// SetRedirects registers addresses instead of those there are.
func (c *CRM) SetRedirects(uris []string) {
	c.agency.mu.Lock()
	defer c.agency.mu.Unlock()
	c.agency.redirects = slices.Clone(uris)
}

// Webhook is where webhooks go; "" is nowhere.
func (c *CRM) Webhook() string { return c.agency.webhookURL() }

func (a *agency) webhookURL() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.webhook
}

// SetWebhook changes where webhooks go.
func (c *CRM) SetWebhook(url string) {
	c.agency.mu.Lock()
	defer c.agency.mu.Unlock()
	c.agency.webhook = url
}

// sortedTokens are copies of all tokens by value. The caller holds the lock.
func (a *agency) sortedTokens() []*Token {
	all := []*Token{}
	for _, value := range slices.Sorted(maps.Keys(a.tokens)) {
		copied := *a.tokens[value]
		all = append(all, &copied)
	}
	return all
}
