// Package usercom is a pretend User.com: one workspace, served over HTTP under
// /api/public/, that remembers what it is told and misbehaves where the real one
// is known or believed to.
//
// Everything here follows the fact sheet on the vendor's API, and comments give
// its section numbers ("section 6.3"). The sheet was written from public
// material, without an account; where it says UNVERIFIED the choice made here is
// named as a choice, and the likelier ones to be wrong are switches in Options.
//
// The traits that catch careless clients, and where they live:
//
//   - a path without its last slash is redirected, and the redirect of a DELETE
//     is followed as a GET (serve.go, section 1);
//   - field names depend on the Accept header: `version=2` or nothing
//     (dialect.go, section 2);
//   - /users/search/ answers in four shapes (search.go, section 4);
//   - e-mails repeat, only custom_id is unique (contact.go, section 6.4);
//   - first_name and last_name go in, one name comes out, cut short without a
//     word (contact_fill.go, section 6.1);
//   - tags given to PUT are added, never taken away (contact_fill.go);
//   - enumerations go in as numbers and come out as words (dialect.go, section 3);
//   - lists and searches may show rows as they were Options.SearchLag ago, while a
//     direct read is right (behind.go; not measured of the real one);
//   - nothing tells of a deletion (section 11), and a call that automations make
//     is sent once, unordered and without a name (hook.go, section 12).
//
// Deals, tickets, events and the like are things whose fields are data (thing.go,
// shapes.go): most of what is answered of them is a guess.
//
// oauth.go and consent.go are NOT the real service: it has documented no OAuth
// (section 1). They follow the RFCs, exist only when Options.ClientID is set, and
// are there so that a client with a configurable profile can be tried.
//
// Pages for people, keys and automations among them, are in pages.go. A request for
// the API passes serve.go (slash, version, token, limit, route), then one
// handler from routes.go under the workspace's lock, and leaves as bytes written
// by out.go. The edits a person would make in the vendor's own pages come in
// through edit.go and share all storage with the API, but not its rules.
package usercom
