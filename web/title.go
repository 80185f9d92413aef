package web

import (
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/templates"
)

// titleOf is what people know a record by, as one line: a note is known by the words of its text, also where it has a name of its own
// that nobody gave it.
func titleOf(o *connector.Object, f connector.Fields) (name, address string) {
	name, address = o.TitleOf(f)
	if o.Parent != "" {
		for _, field := range o.Alike {
			if text, ok := f[field].(string); ok && strings.TrimSpace(name) == "" {
				name = text
			}
		}
		if words := []rune(strings.Join(strings.Fields(mapping.Plain(name)), " ")); len(words) > titleMost {
			name = string(words[:titleMost]) + "…"
		} else {
			name = string(words)
		}
	}
	return name, address
}

// titleMost is how much of a text is its title, in characters.
const titleMost = 80

// title is what people know the record of an entry by: as the first side shows it, else the second.
func (v runView) title(e engine.Entry, m [2]engine.Mirror) (name, address string) {
	one := "record"
	for side := range m {
		o, ok := v.specs(v.conns[v.pair.Conns[side]].System).Object(v.pair.Object)
		if !ok {
			continue
		}
		one = o.One
		n, a := titleOf(o, m[side].Fields)
		if name == "" {
			name = n
		}
		if address == "" {
			address = a
		}
	}
	switch {
	case name == "" && address == "" && e.IDs != [2]string{}:
		return templates.Capital(one) + " " + strings.TrimSpace(e.IDs[0]+" "+e.IDs[1]), ""
	case name == "":
		return address, ""
	}
	return name, address
}
