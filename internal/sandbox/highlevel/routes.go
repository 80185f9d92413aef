package highlevel

import "net/http"

const (
	read, write = "contacts.readonly", "contacts.write"

	tagsRead, tagsWrite     = "locations/tags.readonly", "locations/tags.write"
	fieldsRead, fieldsWrite = "locations/customFields.readonly", "locations/customFields.write"
	tasksRead               = "locations/tasks.readonly"
	locationsRead           = "locations.readonly"
	usersRead               = "users.readonly"

	get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
)

var routes []route

func init() { // not a literal: handlers refer to routes through AllScopes
	routes = []route{
		{post, "/contacts/", write, false, (*CRM).postContact},
		{get, "/contacts/", read, false, (*CRM).listContacts},
		{post, "/contacts/upsert", write, false, (*CRM).postUpsert},
		{post, "/contacts/search", read, false, (*CRM).searchContacts},
		{get, "/contacts/search/duplicate", read, false, (*CRM).getDuplicate},
		{post, "/contacts/bulk/tags/update/{type}", write, false, (*CRM).postBulkTags},
		{get, "/contacts/{contactId}", read, false, (*CRM).getContact},
		{put, "/contacts/{contactId}", write, false, (*CRM).putContact},
		{del, "/contacts/{contactId}", write, false, (*CRM).deleteContact},
		{post, "/contacts/{contactId}/tags", write, false, (*CRM).postContactTags},
		{del, "/contacts/{contactId}/tags", write, false, (*CRM).deleteContactTags},

		{get, "/contacts/{contactId}/tasks", read, false, (*CRM).listTasks},
		{post, "/contacts/{contactId}/tasks", write, false, (*CRM).postTask},
		{get, "/contacts/{contactId}/tasks/{taskId}", read, false, (*CRM).getTask},
		{put, "/contacts/{contactId}/tasks/{taskId}", write, false, (*CRM).putTask},
		{put, "/contacts/{contactId}/tasks/{taskId}/completed", write, false, (*CRM).putTaskCompleted},
		{del, "/contacts/{contactId}/tasks/{taskId}", write, false, (*CRM).deleteTask},
		{post, "/locations/{locationId}/tasks/search", tasksRead, false, (*CRM).searchTasks},

		{get, "/contacts/{contactId}/notes", read, false, (*CRM).listNotes},
		{post, "/contacts/{contactId}/notes", write, false, (*CRM).postNote},
		{get, "/contacts/{contactId}/notes/{id}", read, false, (*CRM).getNote},
		{put, "/contacts/{contactId}/notes/{id}", write, false, (*CRM).putNote},
		{del, "/contacts/{contactId}/notes/{id}", write, false, (*CRM).deleteNote},

		{get, "/locations/{locationId}", locationsRead, true, (*CRM).getLocation},
		{get, "/locations/{locationId}/tags", tagsRead, false, (*CRM).listTags},
		{post, "/locations/{locationId}/tags", tagsWrite, false, (*CRM).postTag},
		{get, "/locations/{locationId}/tags/{tagId}", tagsRead, false, (*CRM).getTag},
		{put, "/locations/{locationId}/tags/{tagId}", tagsWrite, false, (*CRM).putTag},
		{del, "/locations/{locationId}/tags/{tagId}", tagsWrite, false, (*CRM).deleteTag},

		{get, "/locations/{locationId}/customFields", fieldsRead, false, (*CRM).listFields},
		{post, "/locations/{locationId}/customFields", fieldsWrite, false, (*CRM).postField},
		{get, "/locations/{locationId}/customFields/{id}", fieldsRead, false, (*CRM).getField},
		{put, "/locations/{locationId}/customFields/{id}", fieldsWrite, false, (*CRM).putField},
		{del, "/locations/{locationId}/customFields/{id}", fieldsWrite, false, (*CRM).deleteField},

		{get, "/users/search", usersRead, true, (*CRM).searchUsers},
		{get, "/users/", usersRead, false, (*CRM).listUsers},
		{get, "/users/{userId}", usersRead, true, (*CRM).getUser},
	}
}
