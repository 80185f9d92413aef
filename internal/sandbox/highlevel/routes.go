package highlevel

import "net/http"

const (
	read, write = "contacts.readonly", "contacts.write"

	tagsRead, tagsWrite     = "locations/tags.readonly", "locations/tags.write"
	fieldsRead, fieldsWrite = "locations/customFields.readonly", "locations/customFields.write"
	tasksRead               = "locations/tasks.readonly"
	locationsRead           = "locations.readonly"
	usersRead               = "users.readonly"
	companiesRead           = "businesses.readonly"
	companiesWrite          = "businesses.write"
	oauthRead, oauthWrite   = "oauth.readonly", "oauth.write"

	get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
)

var routes []route

func init() { // not a literal: handlers refer to routes through AllScopes
	routes = []route{
		{post, "/contacts/", write, locationOnly, (*CRM).postContact},
		{get, "/contacts/", read, locationOnly, (*CRM).listContacts},
		{post, "/contacts/upsert", write, locationOnly, (*CRM).postUpsert},
		{post, "/contacts/search", read, locationOnly, (*CRM).searchContacts},
		{get, "/contacts/search/duplicate", read, locationOnly, (*CRM).getDuplicate},
		{post, "/contacts/bulk/tags/update/{type}", write, locationOnly, (*CRM).postBulkTags},
		{get, "/contacts/{contactId}", read, locationOnly, (*CRM).getContact},
		{put, "/contacts/{contactId}", write, locationOnly, (*CRM).putContact},
		{del, "/contacts/{contactId}", write, locationOnly, (*CRM).deleteContact},
		{post, "/contacts/{contactId}/tags", write, locationOnly, (*CRM).postContactTags},
		{del, "/contacts/{contactId}/tags", write, locationOnly, (*CRM).deleteContactTags},

		{get, "/contacts/{contactId}/tasks", read, locationOnly, (*CRM).listTasks},
		{post, "/contacts/{contactId}/tasks", write, locationOnly, (*CRM).postTask},
		{get, "/contacts/{contactId}/tasks/{taskId}", read, locationOnly, (*CRM).getTask},
		{put, "/contacts/{contactId}/tasks/{taskId}", write, locationOnly, (*CRM).putTask},
		{put, "/contacts/{contactId}/tasks/{taskId}/completed", write, locationOnly, (*CRM).putTaskCompleted},
		{del, "/contacts/{contactId}/tasks/{taskId}", write, locationOnly, (*CRM).deleteTask},
		{post, "/locations/{locationId}/tasks/search", tasksRead, locationOnly, (*CRM).searchTasks},

		{get, "/contacts/{contactId}/notes", read, locationOnly, (*CRM).listNotes},
		{post, "/contacts/{contactId}/notes", write, locationOnly, (*CRM).postNote},
		{get, "/contacts/{contactId}/notes/{id}", read, locationOnly, (*CRM).getNote},
		{put, "/contacts/{contactId}/notes/{id}", write, locationOnly, (*CRM).putNote},
		{del, "/contacts/{contactId}/notes/{id}", write, locationOnly, (*CRM).deleteNote},

		{get, "/locations/{locationId}", locationsRead, both, (*CRM).getLocation},
		{get, "/locations/{locationId}/tags", tagsRead, locationOnly, (*CRM).listTags},
		{post, "/locations/{locationId}/tags", tagsWrite, locationOnly, (*CRM).postTag},
		{get, "/locations/{locationId}/tags/{tagId}", tagsRead, locationOnly, (*CRM).getTag},
		{put, "/locations/{locationId}/tags/{tagId}", tagsWrite, locationOnly, (*CRM).putTag},
		{del, "/locations/{locationId}/tags/{tagId}", tagsWrite, locationOnly, (*CRM).deleteTag},

		{get, "/locations/{locationId}/customFields", fieldsRead, locationOnly, (*CRM).listFields},
		{post, "/locations/{locationId}/customFields", fieldsWrite, locationOnly, (*CRM).postField},
		{get, "/locations/{locationId}/customFields/{id}", fieldsRead, locationOnly, (*CRM).getField},
		{put, "/locations/{locationId}/customFields/{id}", fieldsWrite, locationOnly, (*CRM).putField},
		{del, "/locations/{locationId}/customFields/{id}", fieldsWrite, locationOnly, (*CRM).deleteField},

		{get, "/users/search", usersRead, both, (*CRM).searchUsers},
		{get, "/users/", usersRead, locationOnly, (*CRM).listUsers},
		{get, "/users/{userId}", usersRead, both, (*CRM).getUser},

		{get, "/businesses/", companiesRead, locationOnly, (*CRM).listBusinesses},
		{post, "/businesses/", companiesWrite, locationOnly, (*CRM).postBusiness},
		{get, "/businesses/{businessId}", companiesRead, locationOnly, (*CRM).getBusiness},
		{put, "/businesses/{businessId}", companiesWrite, locationOnly, (*CRM).putBusiness},
		{del, "/businesses/{businessId}", companiesWrite, locationOnly, (*CRM).deleteBusiness},
		{post, "/contacts/bulk/business", write, locationOnly, (*CRM).postBulkBusiness},

		{post, "/oauth/token", "", anybody, (*CRM).postToken},
		{post, "/oauth/locationToken", oauthWrite, agencyOnly, (*CRM).postLocationToken},
		{get, "/oauth/installedLocations", oauthRead, agencyOnly, (*CRM).getInstalledLocations},
		{post, "/oauth/reconnect", "", anybody, (*CRM).postReconnect},
	}
	for _, p := range plans() {
		routes = append(routes, p.route())
	}
}
