// Package highlevel is a pretend HighLevel: its public API as far as Couplet's catalog
// of operations goes, served over real HTTP from memory. Contacts with their tags,
// tasks and notes, the location's tags, custom fields, users and businesses are modelled
// one by one (routes.go). Appointments, opportunities, conversations, links, custom
// objects and the like are records whose fields are data (kept.go, families.go), each
// operation one line of a table (plan.go). What only people can build, such as
// calendars, pipelines and workflows, is there from the start (furnish).
//
// It follows the fact sheet highlevel.md (shared/apis); section numbers in
// comments are that sheet's. A mark after a number is the sheet's own evidence
// mark: [S] the vendor's specification, [D] its documentation, [K] its SDK, [M]
// measured by others, [U] unverified, our guess. Whatever is [U] and matters to
// a client is an Option.
//
// One company has three locations, each a CRM value with records of its own; app,
// tokens, installs and webhooks are the company's (agency.go). OAuth is real:
// consent pages (consent.go), codes, pairs that rotate (oauth.go) and the exchange
// of an agency's token for a location's (oauth_location.go).
//
// GET /contacts/{id} is the truth. POST /contacts/search and the deprecated list
// read an index that lags behind by Options.SearchLag, as the real one does.
// Contacts are never changed in place: a write makes a new copy, so that the
// index, answers being written and webhooks can hold an old one without locks.
//
// API version v3 is refused aloud, because its other field names (2.1) are not
// modelled.
package highlevel
