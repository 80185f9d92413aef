package usercom

import (
	"slices"
)

// contact is one row of `users`, section 6.1. Empty strings and zero ids stand
// for null; whether the real server tells "" from null is UNVERIFIED.
type contact struct {
	ID            int64          `json:"id"`
	Key           string         `json:"user_key"`
	CustomID      string         `json:"custom_id,omitempty"`
	Email         string         `json:"email,omitempty"`
	First         string         `json:"first_name,omitempty"`
	Last          string         `json:"last_name,omitempty"`
	Phone         string         `json:"phone_number,omitempty"`
	City          string         `json:"city,omitempty"`
	Region        string         `json:"region,omitempty"`
	Country       string         `json:"country,omitempty"`
	Timezone      string         `json:"timezone,omitempty"`
	Facebook      string         `json:"facebook_url,omitempty"`
	Linkedin      string         `json:"linkedin_url,omitempty"`
	Twitter       string         `json:"twitter_url,omitempty"`
	Google        string         `json:"google_url,omitempty"`
	Gravatar      string         `json:"gravatar_url,omitempty"`
	Status        int64          `json:"status"`
	Gender        int64          `json:"gender"`
	Score         int64          `json:"score,omitempty"`
	AssignedTo    int64          `json:"assigned_to,omitempty"`
	Unsubscribed  bool           `json:"unsubscribed,omitempty"`
	Notifications bool           `json:"notifications,omitempty"`
	Tags          []int64        `json:"tags,omitempty"`
	Lists         []int64        `json:"lists,omitempty"`
	Companies     []membership   `json:"companies,omitempty"`
	Attributes    map[string]any `json:"attributes,omitempty"` // by name_std
	FirstSeen     int64          `json:"first_seen,omitempty"`
	LastSeen      int64          `json:"last_seen,omitempty"`
	LastContacted int64          `json:"last_contacted,omitempty"`
	Created       int64          `json:"created_at"`
	Updated       int64          `json:"updated_at"`
}

// membership ties a contact to a company (section 6.1, `companies`).
type membership struct {
	Company int64 `json:"company"`
	Since   int64 `json:"member_since"`
}

// name is the joined name that answers carry instead of its parts (section 6.1).
func (u *contact) name() string {
	switch {
	case u.First == "":
		return u.Last
	case u.Last == "":
		return u.First
	}
	return u.First + " " + u.Last
}

// newContact is an empty contact with the defaults of section 6.2; that a
// contact made by the API starts as a visitor is UNVERIFIED.
func (c *CRM) newContact() contact {
	return contact{Status: 1, Gender: 1, Notifications: true}
}

// insert stores a new contact. In fresh records updated_at is some microseconds
// later than created_at (section 6.2).
func (c *CRM) insert(u contact) *contact {
	u.ID = c.users.newID()
	u.Key = c.browserKey()
	u.Created = c.now()
	u.Updated = u.Created + 14
	c.lastStamp = u.Updated
	row := &u
	c.noteUser(u.ID, nil)
	c.users.put(u.ID, row)
	c.indexUser(row)
	return row
}

// replace stores what a write made of a contact and moves updated_at. old's
// address stays the contact's row.
func (c *CRM) replace(old *contact, next contact) {
	c.noteUser(old.ID, old)
	next.Updated = c.now()
	c.byEmail.move(old.Email, next.Email, old.ID)
	c.byPhone.move(old.Phone, next.Phone, old.ID)
	if old.CustomID != next.CustomID {
		delete(c.byCustom, old.CustomID)
		if next.CustomID != "" {
			c.byCustom[next.CustomID] = old.ID
		}
	}
	*old = next
	c.recent.add(old)
}

// discard deletes a contact. No tombstone is left (section 11); what refers to it
// by id shows nothing from now on.
func (c *CRM) discard(u *contact) {
	c.byEmail.drop(u.Email, u.ID)
	c.byPhone.drop(u.Phone, u.ID)
	c.byKey.drop(u.Key, u.ID)
	if u.CustomID != "" {
		delete(c.byCustom, u.CustomID)
	}
	c.noteUser(u.ID, u)
	c.follow(u.ID, 0)
	c.users.remove(u.ID)
}

func (c *CRM) indexUser(u *contact) {
	c.byEmail.add(u.Email, u.ID)
	c.byPhone.add(u.Phone, u.ID)
	c.byKey.add(u.Key, u.ID)
	if u.CustomID != "" {
		c.byCustom[u.CustomID] = u.ID
	}
	c.recent.add(u)
}

// user finds the contact a path names, by id or by the client's id.
func (c *CRM) user(q *call) *contact {
	if q.byID {
		return c.users.get(c.byCustom[q.arg])
	}
	return c.users.get(q.id)
}

// recent is the order of change: one entry per write, of which only each
// contact's last is alive. Stamps grow, so that it is sorted as it is written,
// except after seeding with past dates.
type recent struct {
	rows  []change
	dirty bool
}

type change struct{ at, id int64 }

func (x *recent) add(u *contact) {
	if n := len(x.rows); n > 0 && x.rows[n-1].at >= u.Updated {
		x.dirty = true
	}
	x.rows = append(x.rows, change{u.Updated, u.ID})
}

// sortRecent makes the order of change ready to be read, and throws dead entries
// out when they are the greater part.
func (c *CRM) sortRecent() {
	c.mu.RLock()
	ready := !c.recent.dirty && len(c.recent.rows) <= 2*len(c.users.ids)+1000
	c.mu.RUnlock()
	if ready {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recent.rows = slices.DeleteFunc(c.recent.rows, func(x change) bool { return !c.alive(x) })
	slices.SortFunc(c.recent.rows, func(a, b change) int {
		if a.at != b.at {
			return int(max(-1, min(1, a.at-b.at)))
		}
		return int(max(-1, min(1, a.id-b.id)))
	})
	c.recent.dirty = false
}

func (c *CRM) alive(x change) bool {
	u := c.users.get(x.id)
	return u != nil && u.Updated == x.at
}
