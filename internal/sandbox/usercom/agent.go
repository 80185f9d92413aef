package usercom

import (
	"fmt"
	"strings"
)

// agent is a member of the workspace's staff, whom `assigned_to` names. No call is known that lists them (section 8); they
// are on the pages only.
type agent struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// AddAgent makes sure that somebody works in the workspace and returns the agent's id.
func (c *CRM) AddAgent(first, last, email string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a := c.agentOf(email); a != 0 {
		return formatID(a)
	}
	a := &agent{ID: c.agents.newID(), Name: strings.TrimSpace(first + " " + last), Email: email}
	c.agents.put(a.ID, a)
	return formatID(a.ID)
}

// agentOf is the id of an agent by email, 0 for nobody.
func (c *CRM) agentOf(email string) int64 {
	for _, a := range c.agents.rows {
		if strings.EqualFold(a.Email, email) {
			return a.ID
		}
	}
	return 0
}

// agentEmail is the email of an agent, the number of one that is unknown, "" for 0.
func (c *CRM) agentEmail(id int64) string {
	switch a := c.agents.get(id); {
	case a != nil:
		return a.Email
	case id == 0:
		return ""
	}
	return formatID(id)
}

// Agents writes the staff by number and email, with commas between.
func (c *CRM) Agents() string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var all []string
	for _, a := range c.agents.rows {
		all = append(all, fmt.Sprintf("%d %s", a.ID, a.Email))
	}
	return strings.Join(all, "; ")
}
