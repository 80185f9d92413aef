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
	App          App            `json:"app"`
	SigningKey   string         `json:"signing_key"` // base64 of the Ed25519 seed
	Tokens       []*Token       `json:"tokens"`
	Contacts     []*Contact     `json:"contacts"` // newest first
	Tags         []*Tag         `json:"tags"`
	CustomFields []*CustomField `json:"customFields"`
	Users        []*User        `json:"users"`
	Tasks        []*Task        `json:"tasks"` // oldest first
	Notes        []*Note        `json:"notes"`
}

// State is everything held, ready to be marshalled.
func (c *CRM) State() any {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &state{
		Location: c.location, App: c.app, SigningKey: base64.StdEncoding.EncodeToString(c.key.Seed()),
		Contacts: make([]*Contact, 0, len(c.contacts)), Tags: append([]*Tag{}, c.tags...),
		CustomFields: append([]*CustomField{}, c.fields...), Users: append([]*User{}, c.users...),
		Tasks: c.tasks.all(), Tokens: []*Token{}, Notes: []*Note{},
	}
	for _, key := range slices.Sorted(maps.Keys(c.tokens)) {
		copied := *c.tokens[key]
		s.Tokens = append(s.Tokens, &copied)
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
// was waiting for the search index is in it at once.
func (c *CRM) Load(raw json.RawMessage) error {
	var s state
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("highlevel state: %w", err)
	}
	seed, err := base64.StdEncoding.DecodeString(s.SigningKey)
	if err != nil || len(seed) != ed25519.SeedSize {
		return fmt.Errorf("highlevel state: bad signing key")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.empty()
	c.ids = kit.NewIDs(c.o.Seed ^ c.now().UnixNano()) // not the ids that were given before
	c.location, c.app, c.key = s.Location, s.App, ed25519.NewKeyFromSeed(seed)
	c.tokens = map[string]*Token{}
	for _, t := range s.Tokens {
		c.tokens[t.Value] = t
	}
	for _, tag := range s.Tags {
		c.tags, c.tagNames[tag.Name] = append(c.tags, tag), tag
	}
	c.fields, c.users = s.CustomFields, s.Users
	for _, contact := range s.Contacts {
		c.store(nil, contact)
	}
	c.index.catchUp(c.now().Add(c.o.SearchLag))
	for _, t := range s.Tasks {
		c.tasks.add(t)
	}
	for _, n := range s.Notes {
		c.notes[n.ContactID] = append(c.notes[n.ContactID], n)
	}
	return nil
}
