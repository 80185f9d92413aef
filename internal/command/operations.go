package command

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/connector"
)

// OperationsDoc is the catalog in JSON.
type OperationsDoc struct {
	Operations []OperationDoc `json:"operations"`
}

// OperationDoc is one operation, or one event of kind trigger, in JSON: everything that it takes and gives. Verified says that the vendor has documented all of it.
type OperationDoc struct {
	System string `json:"system"`
	connector.Operation
	Verified bool `json:"verified"`
}

// trigger is an event as a line of the catalog. Its call is the one that tells of it: the system's to Couplet, or where it does not call
// the one by which Couplet looks.
func trigger(system string, c *connector.Catalog, e connector.Event) connector.Operation {
	o := connector.Operation{ID: e.ID, Kind: connector.Trigger, Group: "events", Title: e.Title, Does: e.Does, Scope: e.Scope, Doubt: e.Doubt}
	if by, found := c.Find(e.Poll); found {
		o.Group, o.Method, o.Path = by.Group, by.Method, by.Path
	}
	switch {
	case len(e.Hooks) > 0:
		o.Method, o.Path = "POST", "/hooks/"+system
	case e.Manual != "":
		o.Method, o.Path = "POST", "/hooks/"+system+"/{connection}/{secret}/{event}"
	}
	return o
}

// Operations is the catalog of the calls that systems can make and of the events that set automations off, by system, shelf and title as it
// is written, events last: all, or those of one system, of one kind, and with all of some words.
func Operations(systems map[string]connection.System, system, kind string, words []string) OperationsDoc {
	doc := OperationsDoc{Operations: []OperationDoc{}}
	for _, id := range slices.Sorted(maps.Keys(systems)) {
		catalog := systems[id].Operations
		if catalog == nil || system != "" && id != system {
			continue
		}
		for _, o := range catalog.Operations {
			if (kind == "" || o.Kind == kind) && o.Has(words) {
				doc.Operations = append(doc.Operations, OperationDoc{System: id, Operation: o, Verified: o.Doubt == ""})
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(systems)) {
		catalog := systems[id].Operations
		if catalog == nil || system != "" && id != system || kind != "" && kind != connector.Trigger {
			continue
		}
		for _, e := range catalog.Events {
			if o := trigger(id, catalog, e); o.Has(words) {
				doc.Operations = append(doc.Operations, OperationDoc{System: id, Operation: o, Verified: o.Doubt == ""})
			}
		}
	}
	shelf := func(o OperationDoc) int {
		return slices.IndexFunc(connector.Groups, func(g connector.Group) bool { return g.ID == o.Group })
	}
	late := func(o OperationDoc) int {
		if o.Kind == connector.Trigger {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(doc.Operations, func(a, b OperationDoc) int {
		return cmp.Or(strings.Compare(a.System, b.System), cmp.Compare(late(a), late(b)), cmp.Compare(shelf(a), shelf(b)))
	})
	return doc
}
