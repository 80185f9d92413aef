package connector

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// problem is the body of a refusal, in whichever shape it came.
type problem struct {
	// messages are all texts, those of a field as "field: text".
	messages []string
	// byField are the texts by field name, when the system lists them so.
	byField map[string][]string
	root    any
}

// readProblem understands a text or a list of texts under "message" or "detail", an object under "error" or "errors",
// and an object whose keys are field names and whose values are lists of texts. Anything else, such as a page of
// HTML, has no messages.
func readProblem(body []byte) *problem {
	p := &problem{}
	if json.Unmarshal(body, &p.root) != nil {
		return p
	}
	root, ok := p.root.(map[string]any)
	if !ok {
		return p
	}
	p.add(root)
	for _, key := range []string{"errors", "error"} {
		if inner, ok := root[key].(map[string]any); ok {
			p.add(inner)
			p.addFields(inner)
		}
	}
	if len(p.messages) == 0 {
		p.addFields(root)
	}
	return p
}

func (p *problem) add(from map[string]any) {
	for _, key := range []string{"message", "detail"} {
		p.messages = append(p.messages, texts(from[key])...)
	}
}

func (p *problem) addFields(from map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(from)) {
		list, ok := from[name].([]any)
		if !ok {
			continue
		}
		if p.byField == nil {
			p.byField = map[string][]string{}
		}
		for _, text := range texts(list) {
			p.byField[name] = append(p.byField[name], text)
			p.messages = append(p.messages, name+": "+text)
		}
	}
}

func (p *problem) fields() []string {
	if len(p.byField) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(p.byField))
}

// at returns what stands at a path like "meta.id", "" when there is nothing.
func (p *problem) at(path string) string {
	if path == "" {
		return ""
	}
	v := p.root
	for key := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// texts makes a list of a text or a list of texts.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
