package web

import (
	"cmp"
	"context"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Ids of staff and of what a record belongs to are shown as names, as far as they are known. What two values are is asked of the
// values themselves: two people may share a name.

// mirrored says what people know records of both accounts by.
func (s *Server) mirrored(ctx context.Context, ws string, m *mapOf) namer {
	h := house{conns: map[string]connection.Connection{}, specs: s.specNamed}
	for _, x := range m.conns {
		h.conns[x.ID] = x
	}
	return s.namer(ctx, ws, h)
}

// fieldWords is the value of a field for people.
func (b *board) fieldWords(side connector.Side, f connector.Field, v mapping.Value) string {
	text := mapping.Words(v)
	if text == "" {
		return ""
	}
	switch f.Type {
	case connector.User:
		return cmp.Or(b.seen.ground.Owners.Name(side, text), text)
	case connector.Linked:
		var out []string
		for id := range strings.SplitSeq(text, ",") {
			id = strings.TrimSpace(id)
			if b.named != nil {
				id = b.named(b.conns[side].ID, f.Object, id)
			}
			out = append(out, id)
		}
		return strings.Join(out, ", ")
	}
	return text
}

// ruleWords is what a rule has on a side for people.
func (b *board) ruleWords(r *mapping.Rule, side connector.Side, v mapping.Value) string {
	if !r.Translated() {
		return mapping.Words(v)
	}
	return b.fieldWords(side, r.Fields[side][0], v)
}

// seamWords is the same with the seams of a value that is in parts.
func (b *board) seamWords(r *mapping.Rule, side connector.Side, v mapping.Value) string {
	if !r.Translated() {
		return inParts(v)
	}
	return b.ruleWords(r, side, v)
}
