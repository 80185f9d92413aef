package templates

import (
	"strings"
	"time"
)

// Team is the page of those who may come into a workspace.
type Team struct {
	Frame   Frame
	Clock   Clock
	Members []Member
	Invited []Invited
	// May says that the visitor decides who may come in.
	May bool
	// Email and Role are what the form for an invitation holds.
	Email TextField
	Role  string
	// Link is the address that was just made for LinkFor, "" when none was: it is shown this once.
	Link, LinkFor string
}

// Member is a person of a workspace.
type Member struct {
	ID, Name, Email, Role string
	// You says that it is the visitor, Last that it is the only owner.
	You, Last bool
	Since     time.Time
}

// Invited is an open invitation.
type Invited struct {
	ID, Email, Role, By string
	Ends                time.Time
}

// Removal is the page that asks before somebody is removed.
type Removal struct {
	Frame  Frame
	Member Member
}

// roles are what a member can be, with what each may.
var roles = []Choice{{"viewer", "Viewer: looks at everything"}, {"editor", "Editor: also changes connections and flows"},
	{"owner", "Owner: also decides who may come in"}}

// short is a role's name alone.
func short(name string) string {
	name, _, _ = strings.Cut(name, ":")
	return name
}

// called is the name of a member, or the address where no name is known.
func (m Member) called() string {
	if m.Name != "" {
		return m.Name
	}
	return m.Email
}

// headline says how many may come in.
func (t Team) headline() string {
	if len(t.Members) == 1 {
		return "You are the only one in " + t.Frame.Workspace
	}
	return Count(len(t.Members), "person", "people") + " may come into " + t.Frame.Workspace
}

// roleOf is the line of roles for a role.
func roleOf(id string) string {
	for _, r := range roles {
		if r.ID == id {
			return r.Name
		}
	}
	return id
}
