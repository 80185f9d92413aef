package web

import (
	"cmp"
	"context"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

// namer says what people know a record of an account by, its id where nothing better is known.
type namer func(conn, object, id string) string

// namer answers from the mirror, which holds what that object's own flow has read. Each record is looked up once.
func (s *Server) namer(ctx context.Context, ws string, h house) namer {
	type place struct{ conn, object, id string }
	known := map[place]string{}
	return func(conn, object, id string) string {
		at := place{conn, object, id}
		if name, ok := known[at]; ok {
			return name
		}
		known[at] = id
		o, ok := h.specs(h.conns[conn].System).Object(object)
		if !ok {
			return id
		}
		m, err := s.o.Store.Mirrors(ctx, ws, conn, object, []string{id})
		if err != nil { // the page is no worse for an id
			s.o.Log.Warn("a linked record was not named", "connection", conn, "object", object, "error", err)
			return id
		}
		name, address := titleOf(o, m[id].Fields)
		known[at] = cmp.Or(name, address, id)
		return known[at]
	}
}

// says is value for people: what a record belongs to by its name. Two records may share one, so that whether values differ is
// asked of value.
func (v runView) says(f engine.FieldChange, of [2]any, side int) string {
	conn := v.pair.Conns[side]
	return v.named.says(v.specs(v.conns[conn].System), v.pair.Object, conn, f, of, side)
}

// says is the same of a record of a rehearsal.
func (v view) says(f engine.FieldChange, of [2]any, side int) string {
	return v.named.says(v.specs[side], v.flow.Object, v.flow.Connections[side], f, of, side)
}

func (n namer) says(spec *connector.Spec, object, conn string, f engine.FieldChange, of [2]any, side int) string {
	text := value(f, of, side)
	names := rowOf(f.Field).Side(connector.Side(side))
	if text == "" || len(names) != 1 || n == nil {
		return text
	}
	o, ok := spec.Object(object)
	if !ok {
		return text
	}
	field, ok := connector.FieldNamed(o.Fields, names[0])
	if !ok || field.Type != connector.Linked {
		return text
	}
	var out []string
	for id := range strings.SplitSeq(text, ",") {
		out = append(out, n(conn, field.Object, strings.TrimSpace(id)))
	}
	return strings.Join(out, ", ")
}
