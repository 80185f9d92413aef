package usercom

import (
	"errors"
	"net/url"
	"slices"
	"time"
)

// The triggers that the pretend workspace knows (section 12).
const (
	eventCreated  = "created" // New user
	eventUpdated  = "updated" // a user was changed
	eventHappened = "event"   // an event of a user
)

// Automation is one "API call" of an automation that a person built: when the event
// happens, its address is called (section 12). The ID is its number, which the call
// carries as `path`.
type Automation struct {
	ID    int64  `json:"id"`
	Event string `json:"event"` // created, updated or event
	URL   string `json:"url"`
}

// Check says what is wrong with an automation.
func (a Automation) Check() error {
	if a.Event != eventCreated && a.Event != eventUpdated && a.Event != eventHappened {
		return errors.New("event must be created, updated or event")
	}
	u, err := url.Parse(a.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("the address must be a whole one that begins with http:// or https://")
	}
	return nil
}

// Automations lists all, by number.
func (c *CRM) Automations() []Automation {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.automations)
}

// SetAutomations replaces all. They are numbered anew; nothing changes when one is wrong.
func (c *CRM) SetAutomations(all []Automation) error {
	for _, a := range all {
		if err := a.Check(); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.automations = nil
	for _, a := range all {
		c.addAutomation(a)
	}
	return nil
}

// AddAutomation adds one with the next number.
func (c *CRM) AddAutomation(a Automation) error {
	if err := a.Check(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addAutomation(a)
	return nil
}

func (c *CRM) addAutomation(a Automation) {
	a.ID = 1
	if n := len(c.automations); n > 0 {
		a.ID = c.automations[n-1].ID + 1
	}
	c.automations = append(c.automations, a)
}

// DropAutomation deletes one; an unknown number is nothing.
func (c *CRM) DropAutomation(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.automations = slices.DeleteFunc(c.automations, func(a Automation) bool { return a.ID == id })
}

// fromOptions adds what Options.HookURL asks for, unless it is there.
func (c *CRM) fromOptions() {
	if to := c.opts.HookURL; to != "" && !slices.ContainsFunc(c.automations, func(a Automation) bool { return a.URL == to }) {
		c.addAutomation(Automation{Event: eventCreated, URL: to})
		c.addAutomation(Automation{Event: eventUpdated, URL: to})
	}
}

// TestAutomation makes one call as if the newest contact had met its trigger, or
// without a contact when there is none.
func (c *CRM) TestAutomation(id int64) error {
	c.sortRecent()
	defer c.sendCalls()
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.automations, func(a Automation) bool { return a.ID == id })
	if i < 0 {
		return errors.New("there is no automation with this number")
	}
	var newest *contact
	for _, x := range slices.Backward(c.recent.rows) {
		if c.alive(x) {
			newest = c.users.get(x.id)
			break
		}
	}
	c.call(c.automations[i], newest, nil)
	return nil
}

// lastWords tell how the last call to an address went.
func (c *CRM) lastWords(to string) string {
	if c.opts.Hooks == nil {
		return "Nothing is sent: this workspace has no sender."
	}
	last, ok := c.opts.Hooks.Last(to)
	switch {
	case !ok:
		return "Not called yet."
	case last.Problem != "":
		return "Last call at " + last.At.Format(time.TimeOnly) + " UTC: no answer. " + last.Problem
	case last.Status/100 == 2:
		return "Last call at " + last.At.Format(time.TimeOnly) + " UTC: taken."
	}
	return "Last call at " + last.At.Format(time.TimeOnly) + " UTC: refused with status " + formatID(int64(last.Status)) + "."
}
