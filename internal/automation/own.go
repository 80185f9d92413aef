package automation

import (
	"encoding/json"
	"slices"
	"strings"
)

// OwnField is a field that an account added itself and that an automation looks at. It is kept with the automation, so that it can
// be checked and run without asking the account which fields it has.
type OwnField struct {
	// Path is what pills name: contact.x9Yz.
	Path  string `json:"path" yaml:"path"`
	Label string `json:"label" yaml:"label"`
	Type  string `json:"type" yaml:"type"`
}

// Remember keeps with an automation the own fields of the account of its trigger that its texts and filters name. Where the account
// was not asked, those that it knows already stay as far as they are named.
func Remember(a Automation, s Systems) Automation {
	kept := a.Fields
	a.Fields = nil
	text, _ := json.Marshal(a) // an automation always marshals
	body := strings.ReplaceAll(string(text), `\"`, `"`)
	named := func(path string) bool {
		name := path[strings.LastIndexByte(path, '.')+1:]
		return strings.Contains(body, path) || strings.Contains(body, `["`+name+`"]`) // as a formula may write it
	}
	sys, known := s[a.Trigger.System]
	if !known {
		return a
	}
	for thing := s.about(a.Trigger); thing != ""; thing = sys.Catalog.Things[thing].Parent {
		asked := sys.Fields[thing]
		for _, f := range asked {
			if path := thing + "." + f.Name; f.Custom && f.Read && named(path) {
				a.Fields = append(a.Fields, OwnField{path, f.Label, takes(f.Type)})
			}
		}
		for _, f := range kept {
			if len(asked) == 0 && strings.HasPrefix(f.Path, thing+".") && named(f.Path) {
				a.Fields = append(a.Fields, f)
			}
		}
	}
	return a
}

// own are the values that an automation remembers, but for those that are known anyway.
func own(a Automation, known []Value, things []string) (out []Value) {
	for _, f := range a.Fields {
		thing, _, _ := strings.Cut(f.Path, ".")
		if slices.Contains(things, thing) && !slices.ContainsFunc(known, func(v Value) bool { return v.Path == f.Path }) {
			out = append(out, Value{Path: f.Path, Label: f.Label, Type: f.Type})
		}
	}
	return out
}
