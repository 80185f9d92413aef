package engine

import (
	"context"
	"slices"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Creating children differs in three things: the partner hangs on a parent, the search is a look at that parent's
// children, and a system may refuse a record without fields that the other system does not ask for.

// siblings lists the children of a parent, or all records of an object that has no search.
func (s *session) siblings(ctx context.Context, side Side, parent string) ([]connector.Record, error) {
	req := connector.ListRequest{Object: s.flow.Object, Fields: s.need[side], Parent: parent}
	var all []connector.Record
	for {
		page, err := s.conn[side].List(ctx, req)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Records...)
		if req.After = page.Next; req.After == "" {
			return all, nil
		}
	}
}

// madeAlike finds what an earlier create made, among the unlinked records that it could be, by what it says.
func (s *session) madeAlike(ctx context.Context, j job, found []connector.Record) (connector.Record, bool, error) {
	if len(s.told) == 0 || len(found) == 0 {
		return connector.Record{}, false, nil
	}
	to := j.side.Other()
	ids := make([]string, len(found))
	for i, r := range found {
		ids[i] = r.ID
	}
	links, err := s.e.Store.LinksOf(ctx, s.ws, s.pair.ID, to, ids)
	if err != nil {
		return connector.Record{}, false, err
	}
	graves, err := s.e.Store.Buried(ctx, s.ws, s.pair.ID, to, ids, nil, s.e.Now())
	if err != nil {
		return connector.Record{}, false, err
	}
	for _, r := range found {
		stamp, _ := r.Fields[s.stampField[to]].(string)
		_, ours := s.source(stamp)
		if _, linked := links[r.ID]; !linked && !graves[r.ID] && !ours && s.madeOf(j.intent, r.Fields) {
			return r, true, nil
		}
	}
	return connector.Record{}, false, nil
}

// rereadAfter has the children of a parent read once more after one was made there, where nothing else would show that
// somebody made the same one meanwhile (sync-semantics 5.8, step 7).
func (s *session) rereadAfter(side Side, j job) []ParentDue {
	if s.kin == nil || !s.kin.lists[side] {
		return nil
	}
	return []ParentDue{{Side: side, Parent: j.parent[side], At: s.e.Now().Add(s.e.Settle)}}
}

// dueAfter is how far ahead the due date lies that a task without one is given where a system asks for it.
const dueAfter = 24 * time.Hour

// require fills in what the receiving system refuses a create without. The two then differ in that field by agreement: the
// source's empty value is its base, so nothing flows back.
func (s *session) require(j job, d *Decision, set connector.Fields) {
	to := j.side.Other()
	object, ok := s.conn[to].Spec().Object(s.flow.Object)
	if !ok {
		return
	}
	for _, name := range object.Required {
		if v, given := set[name]; given && !mapping.Empty(v) {
			continue
		}
		f, known := connector.FieldNamed(s.fields[to], name)
		if !known {
			continue
		}
		var v any
		switch f.Type {
		case connector.Bool:
			v = false
		case connector.Instant:
			v = s.e.Now().Add(dueAfter).UTC().Truncate(time.Minute).Format(time.RFC3339)
		case connector.Text, connector.HTML:
			v = "(empty)"
		default:
			continue
		}
		set[name] = v
		for i := range d.Fields {
			p := &d.Fields[i]
			if p.Outcome == InSync && slices.Equal(p.Rule.Writes(to), []string{name}) {
				p.Outcome, p.Why, p.Send[to], p.Sends[to] = Write, "required_"+to.String(), v, true
			}
		}
	}
}
