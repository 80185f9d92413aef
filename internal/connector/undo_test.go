package connector_test

import (
	"fmt"
	"testing"

	"couplet/internal/connector"
)

// What was changed since stays, and what was empty cannot be made so again; a tag that was there before is nothing to take back.
func TestWhatWasChangedSinceIsNotTakenBack(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	look := &connector.Look{Operation: "show", With: map[string]string{"id": "in.id"}, Record: "it"}
	update := connector.Undo{By: "update", With: map[string]string{"id": "in.id"}, Look: look, Back: true}
	makes := connector.Undo{By: "delete", With: map[string]string{"id": "out.it.id"}, Look: look}
	tag := connector.Undo{By: "untag", With: map[string]string{"id": "in.id", "tags": "in.tags"}, Look: look, Less: map[string]string{"tags": "tags"}}
	o := &connector.Operation{ID: "update", Takes: []connector.Take{{Name: "id", In: "path", Type: "text", Required: true}, {Name: "name", In: "body", Type: "text", Required: true}, {Name: "more", In: "body", Type: "data"}, {Name: "tags", In: "body", Type: "list"}}}
	for name, c := range map[string]struct {
		u                 connector.Undo
		in, out, was, now m
		want              string
	}{
		"put back":                   {update, m{"id": "1", "name": "New", "city": "Ulm"}, nil, m{"name": "Old", "city": "Bonn"}, m{"name": "New", "city": "Ulm"}, "map[city:Bonn id:1 name:Old] [] []"},
		"changed since":              {update, m{"id": "1", "name": "New", "city": "Ulm"}, nil, m{"name": "Old", "city": "Bonn"}, m{"name": "Newer", "city": "Ulm"}, "map[city:Bonn id:1 name:Newer] [name] []"},
		"all changed since":          {update, m{"id": "1", "name": "New"}, nil, m{"name": "Old"}, m{"name": "Newer"}, "map[] [name] []"},
		"as the system had it":       {update, m{"id": "1", "name": "new  ", "phone": "(202) 555"}, m{"it": m{"phone": "+1202555"}}, m{"name": "Old", "phone": "+1"}, m{"name": "NEW", "phone": "+1202555"}, "map[id:1 name:Old phone:+1] [] []"},
		"empty before":               {update, m{"id": "1", "name": "New", "city": "Ulm"}, nil, m{"name": "Old"}, m{"name": "New", "city": "Ulm"}, "map[id:1 name:Old] [] [city]"},
		"data is shown otherwise":    {update, m{"id": "1", "more": m{"a": 1.0}, "name": "New"}, nil, m{"more": m{}, "name": "Old"}, m{"more": m{"b": 1.0}, "name": "New"}, "map[id:1 name:Old] [] [more]"},
		"made":                       {makes, m{"name": "New"}, m{"it": m{"id": 7.0, "name": "New"}}, nil, m{"id": 7.0, "name": "new"}, "map[id:7] [] []"},
		"made, and changed since":    {makes, m{"name": "New"}, m{"it": m{"id": 7.0, "name": "New"}}, nil, m{"id": 7.0, "name": "Mine"}, "map[] [name] []"},
		"one tag was there":          {tag, m{"id": "1", "tags": []any{"vip", "new"}}, nil, m{"tags": []any{"VIP"}}, m{}, "map[id:1 tags:[new]] [] []"},
		"tags given as a text":       {tag, m{"id": "1", "tags": "vip, new"}, nil, m{"tags": []any{"VIP"}}, m{}, "map[id:1 tags:[new]] [] []"},
		"all tags were there":        {tag, m{"id": "1", "tags": []any{"vip"}}, nil, m{"tags": []any{m{"id": 4.0, "name": "vip"}}}, m{}, "map[] [] []"},
		"an attribute among others":  {update, m{"id": "1", "tier": "gold"}, nil, m{"tier": "tin"}, m{"name": "Ada", "attributes": []any{m{"name_std": "tier", "value": "gold"}}}, "map[id:1 name:Ada tier:tin] [] []"},
		"a time in another notation": {update, m{"id": "1", "name": "2026-03-01T10:00:00+01:00"}, nil, m{"name": "Old"}, m{"name": "2026-03-01T09:00:00.120Z"}, "map[id:1 name:Old] [] []"},
	} {
		got := c.u.Plan(o, c.in, c.out, c.was, c.now)
		if said := fmt.Sprint(got.In, got.Moved, got.Left); said != c.want {
			t.Errorf("%s: %s, want %s", name, said, c.want)
		}
	}
}
