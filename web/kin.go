package web

import (
	"context"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/templates"
)

// kin is what people know the contacts by on which tasks and notes hang. Records that hang on nothing have none.
type kin struct {
	objects [2]*connector.Object // of the records themselves
	parents [2]*connector.Object
	known   [2]map[string]engine.Mirror
}

// kin looks up whom the records hang on that were last seen so.
func (s *Server) kin(ctx context.Context, ws string, conns [2]string, specs [2]*connector.Spec, object string, seen [2]map[string]engine.Mirror) (k kin, err error) {
	k = hanging(specs, object)
	for side, parent := range k.parents {
		if parent == nil {
			continue
		}
		var ids []string
		for _, m := range seen[side] {
			if m.Parent != "" {
				ids = append(ids, m.Parent)
			}
		}
		if k.known[side], err = s.o.Store.Mirrors(ctx, ws, conns[side], parent.Name, ids); err != nil {
			return k, err
		}
	}
	return k, nil
}

// hanging are the kinds of records that hang and of those that they hang on.
func hanging(specs [2]*connector.Spec, object string) (k kin) {
	for side, spec := range specs {
		if o, ok := spec.Object(object); ok && o.Parent != "" {
			k.objects[side] = o
			k.parents[side], _ = spec.Object(o.Parent)
		}
	}
	return k
}

// of says on whom a record hangs: "Task of Ana Lima". It is "" for one that hangs on nobody who is known.
func (k kin) of(m [2]engine.Mirror) string {
	var on [2]connector.Fields
	for side := range m {
		on[side] = k.known[side][m[side].Parent].Fields
	}
	return k.named(on)
}

// named says it of parents that show these fields, the first side's word before the second's.
func (k kin) named(on [2]connector.Fields) string {
	for side, fields := range on {
		if k.parents[side] == nil || fields == nil {
			continue
		}
		name, address := k.parents[side].TitleOf(fields)
		if name == "" {
			name = address
		}
		if name != "" {
			return templates.Capital(k.objects[side].One) + " of " + name
		}
	}
	return ""
}

// with is what a record is called together with whom it hangs on.
func (k kin) with(name string, m [2]engine.Mirror) string {
	of := k.of(m)
	if of == "" {
		return name
	}
	return name + ", " + strings.ToLower(of[:1]) + of[1:]
}
