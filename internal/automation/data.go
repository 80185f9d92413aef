package automation

import (
	"strconv"
	"strings"
)

// Data are the values of one time that an automation is set off, by the first word of their paths: contact, now, s1.
type Data map[string]any

// At is the value of a path, nil where there is none.
func (d Data) At(path string) any { return dig(map[string]any(d), path) }

// dig goes down a path. Names may hold dots themselves, so the longest name that is there is taken.
func dig(v any, path string) any {
	if path == "" {
		return v
	}
	switch in := v.(type) {
	case later:
		return in
	case map[string]any:
		for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
			if x, ok := in[path[:end]]; ok {
				return dig(x, strings.TrimPrefix(path[end:], "."))
			}
		}
	case []any:
		first, rest, _ := strings.Cut(path, ".")
		if i, err := strconv.Atoi(first); err == nil && i >= 0 && i < len(in) {
			return dig(in[i], rest)
		}
	}
	return nil
}

// Samples are the data that values would be, if each were its sample. A step that would give something nobody knows gives
// nothing.
func Samples(values []Value) Data {
	d := Data{}
	for _, v := range values {
		if v.Sample != nil && !strings.Contains(v.Path, ".") {
			d[v.Path] = v.Sample
		}
	}
	for _, v := range values {
		root, rest, below := strings.Cut(v.Path, ".")
		if v.Sample == nil || !below {
			continue
		}
		in, ok := d[root].(map[string]any)
		if !ok {
			in = map[string]any{}
			d[root] = in
		}
		put(in, rest, v.Sample)
	}
	return d
}

// put sets the value of a path. Where something stands already that is no group, the rest of the path is one name.
func put(in map[string]any, path string, v any) {
	first, rest, below := strings.Cut(path, ".")
	if !below {
		in[path] = v
		return
	}
	next, ok := in[first].(map[string]any)
	if !ok {
		if _, there := in[first]; there {
			in[path] = v
			return
		}
		next = map[string]any{}
		in[first] = next
	}
	put(next, rest, v)
}
