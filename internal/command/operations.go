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

// OperationDoc is one operation in JSON: everything that it takes and gives. Verified says that the vendor has documented all of it.
type OperationDoc struct {
	System string `json:"system"`
	connector.Operation
	Verified bool `json:"verified"`
}

// Operations is the catalog of the calls that systems can make, by system, shelf and title as it is written: all, or those of one
// system, of one kind, and with all of some words.
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
	shelf := func(o OperationDoc) int {
		return slices.IndexFunc(connector.Groups, func(g connector.Group) bool { return g.ID == o.Group })
	}
	slices.SortStableFunc(doc.Operations, func(a, b OperationDoc) int {
		return cmp.Or(strings.Compare(a.System, b.System), cmp.Compare(shelf(a), shelf(b)))
	})
	return doc
}
