package highlevel

import "strings"

// scopeThings are the things that scopes are about, in the words of the consent
// page (section 3.6). Each has a half for reading and, mostly, one for writing.
var scopeThings = map[string]string{
	"contacts":                      "contacts with their tasks, notes and tags",
	"locations":                     "the location's name, address, time zone and settings",
	"locations/tasks":               "the tasks of the whole location",
	"recurring-tasks":               "tasks that repeat",
	"locations/tags":                "the list of tags",
	"locations/customFields":        "custom fields",
	"locations/customValues":        "custom values",
	"locations/templates":           "templates of messages",
	"users":                         "the people who work here",
	"businesses":                    "companies",
	"calendars":                     "calendars",
	"calendars/events":              "appointments",
	"calendars/groups":              "groups of calendars",
	"calendars/resources":           "rooms and equipment of calendars",
	"opportunities":                 "opportunities",
	"conversations":                 "conversations",
	"conversations/message":         "messages",
	"conversations/livechat":        "live chat",
	"objects/schema":                "the kinds of custom objects",
	"objects/record":                "custom objects and companies",
	"associations":                  "the kinds of links between records",
	"associations/relation":         "links between records",
	"workflows":                     "the list of workflows",
	"campaigns":                     "the list of campaigns",
	"links":                         "trigger links",
	"oauth":                         "where the app is installed, and keys for single locations",
	"marketplace-installer-details": "who installed the app",
}

// scopeWords say what a scope allows; ok is false for a scope that is not known.
func scopeWords(scope string) (words string, ok bool) {
	if thing, found := strings.CutSuffix(scope, ".readonly"); found {
		words, ok = scopeThings[thing]
		return "See " + words, ok
	}
	thing, found := strings.CutSuffix(scope, ".write")
	words, ok = scopeThings[thing]
	return "Create, change and delete " + words, ok && found
}
