package highlevel

import (
	"net/http"
	"slices"
	"strings"
)

// User is a person who works in the CRM (section 7.4).
type User struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	FirstName   string          `json:"firstName"`
	LastName    string          `json:"lastName"`
	Email       string          `json:"email"`
	Phone       string          `json:"phone"`
	Extension   string          `json:"extension"`
	Permissions map[string]bool `json:"permissions"`
	Scopes      string          `json:"scopes"`
	Roles       Roles           `json:"roles"`
	Deleted     bool            `json:"deleted"`
}

// Roles say where a user works and as what.
type Roles struct {
	Type        string   `json:"type"` // account | agency
	Role        string   `json:"role"` // admin | user
	LocationIDs []string `json:"locationIds"`
}

func (c *CRM) addUser(fields map[string]any) *User {
	u := &User{
		ID: c.newID(), Permissions: map[string]bool{"contactsEnabled": true},
		Scopes: "contacts.write", // one of the document's values, although named in the plural [S]
		Roles:  Roles{Type: "account", Role: "user", LocationIDs: []string{c.location.ID}},
	}
	u.write(fields)
	c.users = append(c.users, u)
	return u
}

func (u *User) write(fields map[string]any) {
	for name, field := range map[string]*string{
		"firstName": &u.FirstName, "lastName": &u.LastName, "email": &u.Email, "phone": &u.Phone,
		"extension": &u.Extension, "role": &u.Roles.Role, "type": &u.Roles.Type,
	} {
		if s, ok := fields[name].(string); ok {
			*field = s
		}
	}
	u.Name = strings.TrimSpace(u.FirstName + " " + u.LastName)
}

func (c *CRM) changeUser(id string, fields map[string]any) (*User, *apiError) {
	at := slices.IndexFunc(c.users, func(u *User) bool { return u.ID == id })
	if at < 0 {
		return nil, resourceGone("User", id)
	}
	next := *c.users[at]
	next.write(fields)
	c.users[at] = &next
	return &next, nil
}

func (c *CRM) dropUser(id string) *apiError {
	at := slices.IndexFunc(c.users, func(u *User) bool { return u.ID == id })
	if at < 0 {
		return resourceGone("User", id)
	}
	c.users = slices.Delete(c.users, at, at+1)
	return nil
}

// getUser answers the user itself, not wrapped (section 7.4).
func (c *CRM) getUser(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := q.PathValue("userId")
	for _, u := range c.users {
		if u.ID == id {
			return http.StatusOK, u, nil
		}
	}
	return 0, nil, resourceGone("User", id)
}

// listUsers is the deprecated GET /users/?locationId= (section 7.4).
func (c *CRM) listUsers(q *call) (int, any, *apiError) {
	if err := c.needLocation(q); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return http.StatusOK, map[string]any{"users": append([]*User{}, c.users...), "traceId": c.ids.UUID()}, nil
}

// searchUsers is GET /users/search; its skip and limit are strings (section 7.4).
func (c *CRM) searchUsers(q *call) (int, any, *apiError) {
	query := q.URL.Query()
	if query.Get("companyId") == "" {
		return 0, nil, invalid("companyId must be a string")
	}
	if query.Get("companyId") != c.location.CompanyID {
		return 0, nil, fail(http.StatusForbidden, "The token does not have access to this company.") // text [U]
	}
	if id := query.Get("locationId"); id != "" {
		if err := c.inLocation(q.token, id); err != nil {
			return 0, nil, err
		}
	}
	skip, err := queryNumber(query.Get("skip"), 0, "skip")
	if err != nil {
		return 0, nil, err
	}
	limit, err := queryNumber(query.Get("limit"), 25, "limit")
	if err != nil {
		return 0, nil, err
	}
	var ids []string
	if list := query.Get("ids"); list != "" {
		ids = strings.Split(list, ",")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found := []*User{}
	for _, u := range c.users {
		words := strings.ToLower(query.Get("query"))
		hit := words == "" || strings.Contains(strings.ToLower(u.Name+" "+u.Email+" "+u.Phone), words)
		if !hit || ids != nil && !slices.Contains(ids, u.ID) ||
			query.Get("role") != "" && query.Get("role") != u.Roles.Role ||
			query.Get("type") != "" && query.Get("type") != u.Roles.Type {
			continue
		}
		found = append(found, u)
	}
	count := len(found)
	found = found[min(max(skip, 0), count):]
	return http.StatusOK, map[string]any{"users": found[:min(max(limit, 0), len(found))], "count": count}, nil
}
