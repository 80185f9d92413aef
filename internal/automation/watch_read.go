package automation

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"time"

	"couplet/internal/connector"
)

// source is what records of one kind are read from.
type source interface {
	List(ctx context.Context, req connector.ListRequest) (connector.Page, error)
	Get(ctx context.Context, ref connector.Ref) (connector.Record, error)
}

// sourceOf is what a thing of a system is read from: the connector itself where it has such an object, else operations of the
// catalog. It reports false for what cannot be read.
func sourceOf(conn connector.Connector, sys System, thing string, now func() time.Time) (source, *connector.Object, bool) {
	if o, known := conn.Spec().Object(thing); known {
		return conn, o, true
	}
	t := sys.Catalog.Things[thing]
	op, able := conn.(connector.Operator)
	if t.Read == nil || !able {
		return nil, nil, false
	}
	o := &connector.Object{Name: thing, One: t.One, Fields: t.Fields, Title: t.Read.Title, Parent: t.Parent}
	return &shelf{op: op, read: t.Read, lists: sys.Catalog.Lists, object: o, now: now}, o, true
}

// shelf reads records by operations.
type shelf struct {
	op     connector.Operator
	read   *connector.Reading
	lists  map[string]connector.List
	object *connector.Object
	now    func() time.Time
}

// Get implements source.
func (s *shelf) Get(ctx context.Context, ref connector.Ref) (connector.Record, error) {
	out, err := s.op.Do(ctx, s.read.Operation, map[string]any{s.read.Takes: ref.ID})
	if err != nil {
		return connector.Record{}, err
	}
	row, _ := out.(map[string]any)
	if s.read.Answer != "" {
		row, _ = row[s.read.Answer].(map[string]any)
	}
	r := s.record(row)
	if r.ID == "" {
		return r, &connector.Error{Kind: connector.Temporary, Message: "The answer holds no " + s.object.One + ". Couplet tries again later."}
	}
	return r, nil
}

// List implements source: one page of all there are, which are those of one list after the other where there are several.
func (s *shelf) List(ctx context.Context, req connector.ListRequest) (page connector.Page, err error) {
	page.Total = -1
	if s.read.List == "" {
		return page, nil
	}
	n := 0
	if req.After != "" {
		if n, err = strconv.Atoi(string(req.After)); err != nil {
			return page, fmt.Errorf("read the place to go on: %w", err)
		}
	}
	in := maps.Clone(s.read.With)
	if in == nil {
		in = map[string]any{}
	}
	more := false
	if s.read.Each != "" {
		all, err := s.each(ctx)
		if err != nil || n >= len(all) {
			return page, err
		}
		in[s.read.Over], more = all[n], n+1 < len(all)
	}
	if s.read.Page != "" {
		in[s.read.Page] = float64(n + 1)
	}
	if s.read.From != "" {
		in[s.read.From] = s.now().Add(-time.Duration(s.read.Back)).UTC().Format(time.RFC3339)
		in[s.read.To] = s.now().Add(time.Duration(s.read.Ahead)).UTC().Format(time.RFC3339)
	}
	out, err := s.op.Do(ctx, s.read.List, in)
	if err != nil {
		return page, err
	}
	answer, _ := out.(map[string]any)
	rows, _ := answer[s.read.Rows].([]any)
	for _, v := range rows {
		row, _ := v.(map[string]any)
		if r := s.record(row); r.ID != "" {
			page.Records = append(page.Records, r)
		}
	}
	if more || s.read.Page != "" && len(rows) >= s.read.Size {
		page.Next = connector.Cursor(strconv.Itoa(n + 1))
	}
	return page, nil
}

// each is what there is a list for.
func (s *shelf) each(ctx context.Context) (values []any, err error) {
	l := s.lists[s.read.Each]
	out, err := s.op.Do(ctx, l.Operation, map[string]any{})
	if err != nil {
		return nil, err
	}
	answer, _ := out.(map[string]any)
	rows, _ := answer[l.List].([]any)
	for _, v := range rows {
		if row, ok := v.(map[string]any); ok && row[l.Value] != nil {
			values = append(values, row[l.Value])
		}
	}
	return values, nil
}

// record is a row as a record. What it does not hold is empty.
func (s *shelf) record(row map[string]any) connector.Record {
	r := connector.Record{Ref: connector.Ref{Object: s.object.Name, ID: said(row["id"]), Parent: said(row[s.read.Parent])}, Fields: connector.Fields{}}
	r.Created, _ = time.Parse(time.RFC3339Nano, said(row[s.read.Made]))
	for _, f := range s.object.Fields {
		v := row[f.Name]
		if v == "" {
			v = nil
		}
		if at, err := time.Parse(time.RFC3339Nano, said(v)); f.Type == connector.Instant && err == nil {
			v = at.UTC().Format(time.RFC3339Nano)
		}
		r.Fields[f.Name] = v
	}
	return r
}
