package highlevel

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"couplet/internal/sandbox/kit"
)

// state is everything the CRM holds, as it is saved and shown to control. Tokens
// and the signing key are pretend ones of this sandbox.
type state struct {
	Location     Location       `json:"location"`
	Company      *company       `json:"company,omitempty"` // only of the first location
	Locations    []*state       `json:"locations,omitempty"`
	App          *App           `json:"app,omitempty"`
	SigningKey   string         `json:"signing_key,omitempty"` // base64 of the Ed25519 seed
	Tokens       []*Token       `json:"tokens,omitempty"`
	Contacts     []*Contact     `json:"contacts"` // newest first
	Tags         []*Tag         `json:"tags"`
	CustomFields []*CustomField `json:"customFields"`
	Users        []*User        `json:"users"`
	Tasks        []*Task        `json:"tasks"` // oldest first
	Notes        []*Note        `json:"notes"`
	Businesses   []*Business    `json:"businesses,omitempty"` // oldest first
	// Records are the rest, by the name of their family. A state file from before there were any has none.
	Records map[string][]*record `json:"records,omitempty"`
}

// company is what the agency holds beyond app, key and tokens. A state file from
// before there was consent has none.
type company struct {
	PersonID  string              `json:"person"`
	Installs  map[string]*Install `json:"installs"`
	Redirects []string            `json:"redirects"`
	Webhook   string              `json:"webhook"`
	Grants    json.RawMessage     `json:"grants"`
}

// State is everything held, ready to be marshalled: the first location at the top,
// as it was when there was only one, and the others below it.
func (c *CRM) State() any {
	s := c.held()
	a := c.agency
	for _, other := range a.locations[1:] {
		s.Locations = append(s.Locations, other.held())
	}
	grants, _ := a.grants.MarshalJSON()
	a.mu.Lock()
	defer a.mu.Unlock()
	app := a.app
	s.App, s.SigningKey, s.Tokens = &app, base64.StdEncoding.EncodeToString(a.key.Seed()), a.sortedTokens()
	s.Company = &company{a.personID, maps.Clone(a.installs), slices.Clone(a.redirects), a.webhook, grants}
	return s
}

// held is one location's records.
func (c *CRM) held() *state {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &state{
		Location: c.location,
		Contacts: make([]*Contact, 0, len(c.contacts)), Tags: append([]*Tag{}, c.tags...),
		CustomFields: append([]*CustomField{}, c.fields...), Users: append([]*User{}, c.users...),
		Tasks: c.tasks.all(), Notes: []*Note{}, Businesses: append([]*Business{}, c.businesses...), Records: map[string][]*record{},
	}
	for name, all := range c.kept {
		if len(all) > 0 {
			s.Records[name] = slices.Clone(all)
		}
	}
	for _, contact := range c.contacts {
		s.Contacts = append(s.Contacts, contact)
	}
	slices.SortFunc(s.Contacts, func(a, b *Contact) int {
		return -entry{a.DateAdded, &doc{id: a.ID}}.compare(b.DateAdded, b.ID)
	})
	for _, id := range slices.Sorted(maps.Keys(c.notes)) {
		s.Notes = append(s.Notes, c.notes[id]...)
	}
	return s
}

// Load replaces everything held by a saved state, tokens and key included. What
// was waiting for the search index is in it at once. A registered address or a
// webhook address among the Options wins over the saved one.
func (c *CRM) Load(raw json.RawMessage) error {
	var s state
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("highlevel state: %w", err)
	}
	seed, err := base64.StdEncoding.DecodeString(s.SigningKey)
	if err != nil || len(seed) != ed25519.SeedSize || s.App == nil {
		return fmt.Errorf("highlevel state: bad signing key")
	}
	a := c.agency
	if s.Company != nil {
		if err := a.grants.UnmarshalJSON(s.Company.Grants); err != nil {
			return fmt.Errorf("highlevel state: %w", err)
		}
	}
	c.take(&s)
	for i, other := range a.locations[1:] {
		if i < len(s.Locations) {
			other.take(s.Locations[i])
		} else {
			other.location.CompanyID = s.Location.CompanyID
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids = kit.NewIDs(a.o.Seed ^ a.now().UnixNano() ^ 0x0a07)
	a.companyID, a.app, a.key = s.Location.CompanyID, *s.App, ed25519.NewKeyFromSeed(seed)
	a.tokens, a.personID = map[string]*Token{}, "" // as it was saved, below
	for _, t := range s.Tokens {
		a.tokens[t.Value] = t
	}
	if len(s.Users) > 0 {
		a.personID = s.Users[0].ID
	}
	if s.Company == nil {
		return nil
	}
	a.personID = s.Company.PersonID
	if s.Company.Installs != nil {
		a.installs = s.Company.Installs
	}
	if len(a.o.RedirectURIs) == 0 {
		a.redirects = s.Company.Redirects
	}
	if a.o.WebhookURL == "" {
		a.webhook = s.Company.Webhook
	}
	return nil
}

// take replaces one location's records.
func (c *CRM) take(s *state) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.empty()
	c.ids = kit.NewIDs(c.o.Seed ^ c.now().UnixNano()) // not the ids that were given before
	c.location = s.Location
	for _, tag := range s.Tags {
		c.tags, c.tagNames[tag.Name] = append(c.tags, tag), tag
	}
	c.fields, c.users, c.businesses = s.CustomFields, s.Users, s.Businesses
	for _, contact := range s.Contacts {
		c.store(nil, contact)
	}
	c.index.catchUp(c.now().Add(c.o.SearchLag))
	for _, t := range s.Tasks {
		c.tasks.keep(t)
		c.taskIndex.seen.keep(t)
	}
	if c.kept = s.Records; c.kept == nil {
		c.furnish()
	}
	for _, n := range s.Notes {
		c.notes[n.ContactID] = append(c.notes[n.ContactID], n)
	}
}
