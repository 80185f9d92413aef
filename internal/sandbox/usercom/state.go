package usercom

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// state is everything the workspace holds, as kept in a state file.
type state struct {
	Subdomain   string            `json:"subdomain"`
	Token       string            `json:"token"`
	Tokens      []Token           `json:"tokens"`
	OAuth       *oauthState       `json:"oauth,omitempty"`
	Automations []Automation      `json:"automations"`
	LastStamp   int64             `json:"last_stamp"`
	Users       *table[contact]   `json:"users"`
	Attributes  *table[attribute] `json:"attributes"`
	Tags        *table[tag]       `json:"tags"`
	Lists       *table[list]      `json:"lists"`
	Companies   *table[company]   `json:"companies"`
	Activities  *table[activity]  `json:"activities"`
	Notes       *table[note]      `json:"notes"`
	Agents      *table[agent]     `json:"agents,omitempty"`
	// Things are absent in a state file from before there were any.
	Things map[string]*table[thing] `json:"things,omitempty"`
}

// oauthState is what the undocumented OAuth keeps besides tokens. A state file from
// before there was consent has none.
type oauthState struct {
	Redirects []string        `json:"redirects"`
	Grants    json.RawMessage `json:"grants"`
}

// State is everything held, keys included, as JSON that Load takes back. It is
// encoded under the lock, so that later writes do not show in it.
func (c *CRM) State() any {
	grants, _ := c.grants.MarshalJSON() // before the lock, see CRM
	c.mu.RLock()
	defer c.mu.RUnlock()
	s := state{
		c.opts.Subdomain, c.opts.Token, []Token{}, &oauthState{slices.Clone(c.redirects), grants}, slices.Clone(c.automations), c.lastStamp,
		&c.users, &c.attributes, &c.tags, &c.lists, &c.companies, &c.activities, &c.notes, &c.agents, c.things,
	}
	for _, t := range c.tokens {
		s.Tokens = append(s.Tokens, t)
	}
	slices.SortFunc(s.Tokens, func(a, b Token) int { return strings.Compare(a.Value, b.Value) })
	return json.RawMessage(encode(s))
}

// Load replaces everything held by what State gave.
func (c *CRM) Load(raw json.RawMessage) error {
	fresh := &CRM{}
	s := state{
		Users: &fresh.users, Attributes: &fresh.attributes, Tags: &fresh.tags, Lists: &fresh.lists,
		Companies: &fresh.companies, Activities: &fresh.activities, Notes: &fresh.notes, Agents: &fresh.agents,
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	if s.OAuth != nil {
		if err := c.grants.UnmarshalJSON(s.OAuth.Grants); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users, c.attributes, c.tags, c.lists = fresh.users, fresh.attributes, fresh.tags, fresh.lists
	c.companies, c.activities, c.notes, c.agents = fresh.companies, fresh.activities, fresh.notes, fresh.agents
	if c.things = s.Things; c.things == nil {
		c.furnish()
	}
	c.lastStamp = s.LastStamp
	c.ids = kit.NewIDs(c.opts.Seed ^ c.opts.Clock.Now().UnixNano()) // not the ids and tokens that were given before
	c.automations = s.Automations
	c.fromOptions()
	if s.OAuth != nil && len(c.opts.RedirectURIs) == 0 {
		c.redirects = s.OAuth.Redirects
	}
	c.opts.Subdomain, c.opts.Token = s.Subdomain, s.Token
	c.tokens = map[string]Token{}
	for _, t := range s.Tokens {
		c.tokens[t.Value] = t
	}
	c.reindex()
	c.catchUp()
	return nil
}

// reindex rebuilds from the rows all that finds them.
func (c *CRM) reindex() {
	c.byEmail, c.byPhone, c.byKey, c.coNames = index{}, index{}, index{}, index{}
	c.byCustom, c.coCustom, c.tagNames = map[string]int64{}, map[string]int64{}, map[string]int64{}
	c.recent = recent{}
	for _, u := range c.users.rows {
		c.indexUser(u)
	}
	for _, co := range c.companies.rows {
		c.indexCompany(co)
	}
	for _, t := range c.tags.rows {
		c.tagNames[t.Name] = t.ID
	}
	c.regroup()
}

// browserKey makes a user_key: 12 lower-case letters and digits (section 3).
func (c *CRM) browserKey() string {
	for {
		if key := strings.ToLower(c.ids.AlphaNum(12)); c.byKey[key] == nil {
			return key
		}
	}
}

// Add seeds one person as a contact and returns its id. No automation runs, and
// the dates are the person's own. The company becomes the value of the attribute
// company_name where the workspace has one, and else a company the contact is a
// member of: the standard contact has no such field (section 6.1).
func (c *CRM) Add(p kit.Person) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.newContact()
	u.First, u.Last = cut(p.First, 40), cut(p.Last, 40)
	u.Email, u.Phone = p.Email, cut(p.Phone, 64)
	u.City, u.Country = cut(p.City, 64), p.Country
	u.Status = 2
	u.Tags = c.withTags(nil, p.Tags)
	if p.Company != "" {
		if a := c.attributeNamed("clientuser", "company_name"); a != nil {
			_ = setValue(&u.Attributes, a, p.Company)
		} else {
			c.join(&u, c.companyNamed(p.Company))
		}
	}
	row := c.insertAt(u, p.Created)
	c.settle(row, nil)
	c.catchUp() // what was there before the sandbox started is indexed
	return formatID(row.ID)
}

// insertAt stores a contact as made at a time of the past; zero means now. The
// fraction of the second is the id's, so that no two contacts share an
// updated_at, by which the changed-since search turns its pages.
func (c *CRM) insertAt(u contact, at time.Time) *contact {
	if at.IsZero() {
		return c.insert(u)
	}
	u.ID, u.Key = c.users.newID(), c.browserKey()
	u.Updated = at.Unix()*1e6 + u.ID%1e6
	u.Created = u.Updated - 14
	u.FirstSeen = u.Created
	for i := range u.Companies {
		u.Companies[i].Since = u.Created
	}
	row := &u
	c.users.put(u.ID, row)
	c.indexUser(row)
	c.lastStamp = max(c.lastStamp, u.Updated)
	return row
}
