package usercom

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

type handler func(*CRM, *call) reply

type methods map[string]handler

const (
	get   = http.MethodGet
	post  = http.MethodPost
	put   = http.MethodPut
	patch = http.MethodPatch
	del   = http.MethodDelete
)

// routes is every address served. The calls that exist under {id} and, spelled
// slightly differently, under {custom_id} are added by init.
var routes = map[string]methods{
	// Section 6.3
	"/users/":                  {get: listUsers, post: createUser},
	"/users/search/":           {get: searchUsers},
	"/users/update_or_create/": {post: upsertUser},
	"/users/merge/":            {post: mergeUsers},
	"/users/mass_update_standard_attributes/": {put: massUpdate},
	"/users/mass_update_custom_attributes/":   {put: massUpdate},
	// Section 7
	"/attributes/":                      {get: listAttributes, post: createAttribute},
	"/attributes/{id}/":                 {get: getAttribute, del: deleteAttribute},
	"/attribute-type/{name}/users/":     {get: attributeType},
	"/attribute-type/{name}/companies/": {get: attributeType},
	// Section 8
	"/activities/":      {get: listActivities, post: createActivity},
	"/activities/{id}/": {get: getActivity, patch: updateActivity, put: updateActivity, del: deleteActivity},
	// Section 10
	"/companies/":           {get: listCompanies, post: createCompany},
	"/tags/":                {get: listTags, post: createTag},
	"/tags/{id}/":           {put: renameTag, del: deleteTag},
	"/tags/{id}/users/":     {get: usersOfTag},
	"/tags/{id}/companies/": {get: companiesOfTag},
	"/lists/":               {get: listLists, post: createList},
	"/lists/{id}/":          {put: updateList, del: deleteList},
	// Section 9: not real, only with MockNotes
	"/notes/":      {get: listNotes, post: createNote},
	"/notes/{id}/": {get: getNote, put: updateNote, patch: updateNote, del: deleteNote},
}

func init() {
	for base, m := range map[string]map[string]methods{
		"/users": {
			"":                         {get: getUser, put: updateUser, del: deleteUser},
			"set_attribute/":           {post: setUserAttribute},
			"set_multiple_attributes/": {post: setUserAttributes},
			"remove_attribute/":        {del: removeUserAttribute},
			"add_tag/":                 {post: addUserTag},
			"remove_tag/":              {del: removeUserTag},
			"add_to_list/":             {post: addToList},
			"remove_from_list/":        {del: removeFromList},
		},
		"/companies": {
			"":                         {get: getCompany, put: updateCompany, del: deleteCompany},
			"set_attribute/":           {post: setCompanyAttribute},
			"set_multiple_attributes/": {post: setCompanyAttributes},
			"add_tag/":                 {post: addCompanyTag},
			"remove_tag/":              {del: removeCompanyTag},
			"add_member/":              {post: addMember},
		},
	} {
		for action, by := range m {
			routes[base+"/{id}/"+action] = by
			twin := methods{}
			for method, h := range by {
				// Removals are POST under the client's id (section 6.3); that
				// holds for contacts, for companies it is UNVERIFIED.
				if strings.HasPrefix(action, "remove_") && base == "/users" {
					method = post
				}
				twin[method] = h
			}
			routes[base+"-by-id/{custom_id}/"+action] = twin
		}
	}
	routes["/users-by-id/{custom_id}/add_many_tags/"] = methods{post: addUserTags}
}

// place is where in the table of routes a request points.
type place struct {
	pattern string
	arg     string
	id      int64
	byID    bool
}

// routeOf replaces ids in a path by their names. It works on the escaped path,
// since custom ids may hold slashes (section 6.3).
func routeOf(r *http.Request) place {
	path := strings.TrimPrefix(r.URL.EscapedPath(), strings.TrimSuffix(root, "/"))
	parts := strings.Split(path, "/")
	if len(parts) < 4 {
		return place{pattern: path}
	}
	raw := parts[2]
	arg, err := url.PathUnescape(raw)
	if err != nil {
		return place{pattern: path}
	}
	switch id, err := strconv.ParseInt(arg, 10, 64); {
	case strings.HasSuffix(parts[1], "-by-id"):
		parts[2] = "{custom_id}"
		return place{pattern: strings.Join(parts, "/"), arg: arg, byID: true}
	case parts[1] == "attribute-type":
		parts[2] = "{name}"
		return place{pattern: strings.Join(parts, "/"), arg: arg}
	case err == nil:
		parts[2] = "{id}"
		return place{pattern: strings.Join(parts, "/"), arg: arg, id: id}
	}
	return place{pattern: path}
}

// hidden says whether a route exists only behind a switch that is off.
func (c *CRM) hidden(pattern string) bool {
	return strings.HasPrefix(pattern, "/notes/") && !c.opts.MockNotes
}

// undocumented says whether the switch for the documented calls alone takes this
// one away (section 8: create and update are documented, the rest is not).
func (c *CRM) undocumented(method, pattern string) bool {
	return c.opts.ActivitiesDocumentedOnly && strings.HasPrefix(pattern, "/activities/") && (method == get || method == del)
}
