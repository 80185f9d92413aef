package web

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// kind is one stretch of a tab: entries of a result and a reason.
type kind struct {
	result engine.Result
	reason string
}

// needKinds are the stretches of the tab of what needs a person, in order.
var needKinds = []kind{{engine.ResultReview, ""}, {engine.ResultConflict, "ask"}}

// runRecords lists the records of a tab. after is where the last page ended: "result:entry", or where a pair may be two
// records, "group:entry:side".
func (s *Server) runRecords(ctx context.Context, ws string, v runView, after string, p *templates.RunPage) error {
	if p.Tab == "changed" {
		return s.changedRecords(ctx, ws, v, after, p)
	}
	entries, err := s.tabEntries(ctx, ws, v, p.Tab, after)
	if err != nil {
		return err
	}
	if len(entries) > recordsOnPage {
		entries = entries[:recordsOnPage]
		last := entries[recordsOnPage-1]
		p.More = "/runs/" + v.run.ID + "?" + url.Values{"tab": {p.Tab}, "after": {string(last.Result) + ":" + last.ID}}.Encode()
	}
	if p.Records, err = s.recordsOf(ctx, ws, v, entries); err != nil {
		return err
	}
	if p.Tab == "needs" {
		return s.whoElse(ctx, ws, v, entries, p.Records)
	}
	return nil
}

// tabEntries are the entries of a page, and one more when there are more.
func (s *Server) tabEntries(ctx context.Context, ws string, v runView, tab, after string) (out []engine.Entry, err error) {
	if tab != "needs" { // everything is read in the order of the log
		_, id, _ := strings.Cut(after, ":")
		return s.o.Store.Entries(ctx, ws, v.run.ID, id, recordsOnPage+1, "")
	}
	return s.entriesOf(ctx, ws, v.run.ID, needKinds, after)
}

// entriesOf are the entries of a page of stretches, and one more when there are more.
func (s *Server) entriesOf(ctx context.Context, ws, run string, kinds []kind, after string) (out []engine.Entry, err error) {
	result, id, _ := strings.Cut(after, ":")
	if i := slices.IndexFunc(kinds, func(k kind) bool { return string(k.result) == result }); i >= 0 {
		kinds = kinds[i:]
	} else {
		id = ""
	}
	for _, k := range kinds {
		more, err := s.o.Store.EntriesOf(ctx, ws, run, k.result, k.reason, id, recordsOnPage+1-len(out))
		if err != nil {
			return nil, err
		}
		if out, id = append(out, more...), ""; len(out) > recordsOnPage {
			break
		}
	}
	return out, nil
}

// changedRecords lists what was created, then what was updated, as the head counts it: a pair that was changed on both
// sides is two records.
func (s *Server) changedRecords(ctx context.Context, ws string, v runView, after string, p *templates.RunPage) error {
	groups, place := []store.PlanGroup{store.PlanCreated, store.PlanUpdated}, store.PlanPlace{}
	if at := strings.Split(after, ":"); len(at) == 3 && slices.Contains(groups, store.PlanGroup(at[0])) {
		groups = groups[slices.Index(groups, store.PlanGroup(at[0])):]
		place.Entry, place.Side = at[1], map[string]int{"b": 1}[at[2]]
	}
	var rows []store.PlanRow
	var entries []engine.Entry
	for _, g := range groups {
		more, err := s.o.Store.Plan(ctx, ws, v.run, store.PlanView{Group: g, Side: -1}, place, recordsOnPage+1-len(rows))
		if err != nil {
			return err
		}
		if have := len(rows); have+len(more) > recordsOnPage {
			rows = append(rows, more[:recordsOnPage-have]...)
			p.More = v.moreChanged(rows[recordsOnPage-1])
			break
		}
		rows, place = append(rows, more...), store.PlanPlace{}
	}
	for _, row := range rows {
		entries = append(entries, row.Entry)
	}
	var err error
	p.Records, err = s.recordsOf(ctx, ws, v, entries)
	for i := range p.Records {
		side := connector.Side(rows[i].Side)
		p.Records[i].ID += "-" + side.String()
		p.Records[i].Systems = []templates.System{v.systems()[side]}
	}
	return err
}

// moreChanged is the address of what follows the last record of a page.
func (v runView) moreChanged(last store.PlanRow) string {
	group := store.PlanUpdated
	if last.Entry.Result == engine.ResultCreated {
		group = store.PlanCreated
	}
	return "/runs/" + v.run.ID + "?" + url.Values{"tab": {"changed"}, "after": {fmt.Sprintf("%s:%s:%s", group, last.Entry.ID, connector.Side(last.Side))}}.Encode()
}

// recordsOf puts entries into words. Names and addresses are read from what was last seen of the records, by their ids:
// the log of a run holds none.
func (s *Server) recordsOf(ctx context.Context, ws string, v runView, entries []engine.Entry) ([]templates.RunRecord, error) {
	var seen [2]map[string]engine.Mirror
	var due [2]map[string]engine.Hint
	for side := range seen {
		var ids []string
		for _, e := range entries {
			if id := e.IDs[side]; id != "" {
				ids = append(ids, id)
			}
		}
		var err error
		if seen[side], err = s.o.Store.Mirrors(ctx, ws, v.pair.Conns[side], v.pair.Object, ids); err != nil {
			return nil, err
		}
		if due[side], err = s.o.Store.HintsOf(ctx, ws, v.pair.ID, engine.Side(side), ids); err != nil {
			return nil, err
		}
	}
	k, err := s.kin(ctx, ws, v.pair.Conns, v.both(), v.pair.Object, seen)
	if err != nil {
		return nil, err
	}
	out := make([]templates.RunRecord, len(entries))
	for i, e := range entries {
		m := [2]engine.Mirror{seen[0][e.IDs[0]], seen[1][e.IDs[1]]}
		out[i] = v.record(e, m)
		out[i].Address = cmp.Or(out[i].Address, k.of(m))
		if e.Result == engine.ResultFailed && !e.Planned {
			out[i].Now = v.standing(due[0][e.IDs[0]], due[1][e.IDs[1]])
		}
	}
	return out, nil
}

// both are the specs of the two systems.
func (v runView) both() (out [2]*connector.Spec) {
	for side, conn := range v.pair.Conns {
		out[side] = v.specs(v.conns[conn].System)
	}
	return out
}

// record is one entry in words.
func (v runView) record(e engine.Entry, m [2]engine.Mirror) templates.RunRecord {
	systems := v.systems()
	r := templates.RunRecord{ID: e.ID, Ends: systems, Systems: v.touched(e), Href: hrefOf(e)}
	r.Name, r.Address = v.title(e, m)
	r.Kind, r.Icon, r.Word = resultWord(e)
	if e.Reason != "" {
		r.Reason = templates.Capital(strings.TrimSuffix(engine.ExplainOf(v.pair.Object, e.Reason, v.names(), e.By), ".")) + "."
	}
	for _, f := range e.Fields {
		if line, told := v.fieldLine(e, f); told {
			r.Fields = append(r.Fields, line)
		}
	}
	r.Decide = v.decide(e)
	for _, x := range e.Calls {
		r.Calls = append(r.Calls, fmt.Sprintf("%-6s %s   %s   %d ms", x.Method, x.Path, answerOf(x), x.Took.Milliseconds()))
	}
	return r
}

// hrefOf leads to the page of the two records that a line is about, "" where they are no pair yet.
func hrefOf(e engine.Entry) string {
	if e.Planned && (e.Result == engine.ResultCreated || e.Result == engine.ResultLinked) {
		return ""
	}
	return recordHref(e.Link)
}

// decide is where somebody decides about the record of an entry, "" where it waits for nobody.
func (v runView) decide(e engine.Entry) string {
	item := ""
	switch {
	case e.Planned:
	case e.Result == engine.ResultReview && e.IDs[0] != "":
		item = reviewKey(v.pair.ID, engine.A, e.IDs[0])
	case e.Result == engine.ResultReview:
		item = reviewKey(v.pair.ID, engine.B, e.IDs[1])
	case e.Link != "":
		for _, f := range e.Fields {
			if f.Outcome == engine.OpenClash {
				item = valueKey(e.Link, f.Field)
			}
		}
	}
	if item == "" {
		return ""
	}
	return templates.NeedsFilter{Item: item}.Href()
}

func answerOf(x connector.Exchange) string {
	if x.Status == 0 {
		return "no answer"
	}
	return fmt.Sprint(x.Status)
}

// touched are the systems whose marks stand beside a record.
func (v runView) touched(e engine.Entry) (out []templates.System) {
	systems := v.systems()
	for side, x := range systems {
		if e.Result == engine.ResultFailed && strings.Contains(e.Reason, x.Name+" ") {
			return []templates.System{x} // the one that refused
		}
		if e.Sides[side] || e.To == side {
			out = append(out, x)
		}
	}
	if len(out) > 0 {
		return out
	}
	for side, id := range e.IDs {
		if id != "" {
			out = append(out, systems[side])
		}
	}
	return out
}

// resultWord is the badge of a record.
func resultWord(e engine.Entry) (kind, drawing, word string) {
	would := func(did, would string) string {
		if e.Planned {
			return would
		}
		return did
	}
	switch e.Result {
	case engine.ResultCreated:
		return "ok", "plus", would("Created", "Would be created")
	case engine.ResultUpdated:
		return "", "pencil", would("Updated", "Would be updated")
	case engine.ResultLinked:
		return "", "link-2", would("Linked", "Would be linked")
	case engine.ResultConflict:
		if e.Reason == "ask" {
			return "warn", "circle-alert", "Needs you"
		}
		return "", "git-compare-arrows", would("Settled by your rule", "Would be settled by your rule")
	case engine.ResultReview:
		return "warn", "circle-alert", "Needs you"
	case engine.ResultFailed:
		return "bad", "circle-x", "Not accepted"
	case engine.ResultDeleted:
		return "bad", "trash-2", would("Deleted", "Would be deleted")
	case engine.ResultGone:
		return "", "trash-2", "Deleted on one side"
	}
	return "", "minus", "Skipped"
}

// fieldLine is the decision about one field; told is false for one that a person need not hear of.
func (v runView) fieldLine(e engine.Entry, f engine.FieldChange) (line templates.RunField, told bool) {
	side := connector.A
	if e.To == int(connector.B) || !e.Sides[0] && e.Sides[1] {
		side = connector.B
	}
	line.Label = v.field(f.Field, side)
	changed := false
	for s := range line.Sides {
		x := templates.RunValue{Before: v.says(f, f.Before, s), After: v.says(f, f.After, s)}
		x.Kept = value(f, f.Before, s) == value(f, f.After, s)
		changed = changed || !x.Kept
		line.Sides[s] = x
	}
	line.Why = templates.Capital(engine.ExplainOf(v.pair.Object, f.Rule, v.names(), cmp.Or(f.By, e.By)))
	return line, changed || f.Outcome != engine.InSync
}

// longest is how much of a value is shown.
const longest = 300

// value is what a side holds in words, cut where it is very long. A list that a document brought back is either the
// parts of one value, where several fields of the side are one, or a set.
func value(f engine.FieldChange, of [2]any, side int) string {
	v := of[side]
	if list, ok := v.([]any); ok {
		texts := make([]string, len(list))
		for i, e := range list {
			texts[i] = mapping.Words(e)
		}
		if v = texts; len(rowOf(f.Field).Side(connector.Side(side))) > 1 {
			v = mapping.Parts(texts)
		}
	}
	text := []rune(strings.TrimSpace(mapping.Words(v)))
	if len(text) > longest {
		return string(text[:longest]) + "…"
	}
	return string(text)
}

// far is when a parked record is tried: never by itself.
const far = 100 * 365 * 24 * time.Hour

// standing says how a record that failed in this run stands by now, from what is still to be done about it.
func (v runView) standing(due ...engine.Hint) string {
	for _, h := range due {
		switch {
		case h.Problem == "":
		case h.Reason == "parked" && h.Due.Sub(v.clock.Now) > far:
			return "It is left as it is until it changes, or until you try again."
		default:
			return "It is tried again " + v.clock.Until(h.Due) + "."
		}
	}
	return "It has gone through since, or was changed so that it no longer matters."
}
