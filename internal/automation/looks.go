package automation

import (
	"regexp"
	"strings"
)

// Looks are the paths of the values that a filter looks at, those in its texts and in its formula among them. A formula that only
// might look at one is taken to.
func (f Filter) Looks(values []Value) (out []string) {
	for _, group := range [][]Filter{f.All, f.Any} {
		for _, one := range group {
			out = append(out, one.Looks(values)...)
		}
	}
	if f.Value != "" {
		out = append(out, f.Value)
	}
	pieces, _ := Pieces(f.Than) // what cannot be read is a problem of its own
	for _, p := range pieces {
		if p.Pill == nil {
			continue
		}
		for _, t := range p.Pill.Of {
			if t.Path != "" {
				out = append(out, t.Path)
			}
		}
	}
	for _, v := range values {
		name := v.Path[strings.LastIndexByte(v.Path, '.')+1:]
		if f.Formula != "" && regexp.MustCompile(`(^|\W)`+regexp.QuoteMeta(name)+`(\W|$)`).MatchString(f.Formula) {
			out = append(out, v.Path)
		}
	}
	return out
}
