package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Observing is reading both sides into the mirror. A page of records, the hints that its differences cause, and the
// cursor that says "read up to here" are stored together, so nothing is read and forgotten (I15).

// overlap is how far behind the watermark a pass over changes begins, because indexes lag and stamps tie
// (sync-semantics 5.10). What is read twice is recognised by its content.
const overlap = 10 * time.Minute

// sweepEvery is how old the last complete reading of a side may get. It finds what polls and webhooks missed, and it is
// the only thing that can see an absence (sync-semantics 5.10, rolling sweep).
const sweepEvery = 24 * time.Hour

// margin is kept between the watermark and the system's clock at the first page.
const margin = 2 * time.Second

// observe brings the mirror of both sides up to date.
func (s *session) observe(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, side := range []Side{A, B} {
		g.Go(func() error {
			if s.kin != nil && s.kin.lists[side] {
				return s.passByParent(ctx, side)
			}
			return s.pass(ctx, side)
		})
	}
	return g.Wait()
}

// pass reads one side: everything when it must, else what changed.
func (s *session) pass(ctx context.Context, side Side) error {
	conn := s.flow.Connections[side]
	cur, err := s.e.Store.Cursor(ctx, s.ws, conn, s.flow.Object)
	if err != nil {
		return err
	}
	if cur, err = s.jumped(ctx, side, cur); err != nil {
		return err
	}
	s.enter(PhaseRead, int(side))
	defer s.leave(PhaseRead, int(side))
	need := s.need[side]
	mode := "since"
	whole, few := covers(cur.Fields, need), s.few(side)
	unread := s.slow() && cur.Began.Before(s.pair.Afresh.At)
	if few || unread || cur.Generation == 0 || s.run.Full || !whole || s.e.Now().Sub(cur.GenBegan) > sweepEvery || cur.Mode == "gen" {
		mode = "gen" // one that was begun is ended: its fields count as asked for from its first page on
	}
	if cur.Mode == mode && cur.Page != "" && whole && !unread {
		cur.Clean = false // goes on where another left off: absence proves nothing now
	} else {
		cur.Mode, cur.Page, cur.Clean, cur.At = mode, "", true, time.Time{}
		cur.Began, cur.Shown, cur.Total = s.e.Now(), 0, 0
		if mode == "gen" {
			cur.Fields = need
		}
	}
	s.reading(side, cur, mode == "gen", false)
	class := s.readingClass(cur, mode == "gen" && (!few || cur.Generation == 0 || s.run.Full))
	s.working(side, class)
	ctx = connector.As(ctx, class)
	// The next page is read while this one is being stored. Nothing of it goes on when the pass is over.
	ctx, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel()
	req := connector.ListRequest{Object: s.flow.Object, Fields: cur.Fields, After: cur.Page}
	if mode == "since" {
		req.Since = cur.Watermark.Add(-overlap)
	}
	for coming := s.list(ctx, &reading, side, req); ; {
		got := <-coming
		if got.err != nil {
			return got.err
		}
		page := got.page
		if cur.At.IsZero() {
			cur.At = page.At
			if cur.At.IsZero() {
				cur.At = cur.Began
			}
		}
		last := page.Next == ""
		if page.Total >= 0 {
			cur.Total = page.Total
		}
		cur.Page = page.Next
		cur.Shown += len(page.Records)
		if !last {
			req.After = page.Next
			coming = s.list(ctx, &reading, side, req)
		}
		if cur, err = s.store(ctx, side, cur, page, got.at); err != nil {
			return err
		}
		s.reading(side, cur, mode == "gen", last)
		if last {
			break
		}
	}
	if _, err := s.jumped(ctx, side, cur); err != nil {
		return err
	}
	return s.absent(ctx, side)
}

type listed struct {
	page connector.Page
	at   time.Time // when it was asked for: what happened later may not be in it
	err  error
}

// list begins to read a page.
func (s *session) list(ctx context.Context, reading *sync.WaitGroup, side Side, req connector.ListRequest) <-chan listed {
	done := make(chan listed, 1)
	reading.Go(func() {
		var l listed
		l.err = s.patiently(ctx, side, func() (err error) {
			l.at = s.e.Now()
			l.page, err = s.conn[side].List(ctx, req)
			return err
		})
		done <- l
	})
	return done
}

// few reports whether a side's records are so few that all of them are read each time, because nothing else can be asked
// for (connector.Object.Whole).
func (s *session) few(side Side) bool {
	o, ok := s.conn[side].Spec().Object(s.flow.Object)
	return ok && o.Whole
}

// store keeps one page, counts the records of it that nobody knew, and on the last one moves the watermark. A reading that did not
// reach its end moves nothing: what it did not show is read again, and proves no absence.
func (s *session) store(ctx context.Context, side Side, cur Cursor, page connector.Page, now time.Time) (Cursor, error) {
	records, last := page.Records, page.Next == ""
	conn := s.flow.Connections[side]
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	old, err := s.e.Store.Mirrors(ctx, s.ws, conn, s.flow.Object, ids)
	if err != nil {
		return cur, err
	}
	if err := s.restored(ctx, side, old, records); err != nil {
		return cur, err
	}
	var changed []Mirror
	var seen []string
	var hints []Hint
	if slices.ContainsFunc(records, func(r connector.Record) bool { return s.blanked(side, old[r.ID].Fields, r.Fields) }) {
		if err := s.recheck(ctx, side); err != nil { // once for the page, whatever it shows
			return cur, err
		}
	}
	for _, r := range records {
		m, news, keep := s.merge(side, old[r.ID], r, now)
		if !keep {
			seen = append(seen, r.ID)
			continue
		}
		if s.mayLag(side, old[r.ID], r, cur, now) {
			m = old[r.ID]
			m.Missing = s.need[side]
		}
		if (old[r.ID].ID == "" || another(old[r.ID], r)) && cur.Mode == "gen" {
			cur.Came++
		}
		old[r.ID] = m // a record that appears twice on a page
		changed = append(changed, m)
		if news {
			hints = append(hints, Hint{ID: r.ID, Parent: r.Parent, Reason: cur.Mode, At: now, Due: now})
		}
	}
	gen := int64(0)
	if cur.Mode == "gen" {
		gen = cur.Generation + 1
	}
	if last && page.Partial {
		cur.Mode, cur.Page, cur.Clean = "", "", false
	} else if last {
		if gen > 0 {
			cur.Generation, cur.GenBegan = gen, cur.Began
		}
		if w := cur.At.Add(-margin); w.After(cur.Watermark) {
			cur.Watermark = w
		}
		cur.Mode, cur.Page = "", ""
	}
	return cur, s.e.Store.SavePage(ctx, s.ws, s.lease, cur, gen, changed, seen, hints)
}

// mayLag reports whether a row that contradicts the mirror may be the old one: the record was seen, or answered, so short a time ago
// that an index need not show it yet. Then neither is believed, and the record itself is read. What this very pass saw (times are
// stored in milliseconds) is of the same index, and a row of the same version says nothing that is newer or older.
func (s *session) mayLag(at Side, known Mirror, r connector.Record, cur Cursor, now time.Time) bool {
	seen := known.Seen.Before(cur.Began.Truncate(time.Millisecond)) && now.Sub(known.Seen) < s.e.Settle
	if known.ID == "" || !seen && now.Sub(known.Answered) >= s.e.Settle || r.Version != "" && r.Version == known.Version {
		return false
	}
	return slices.ContainsFunc(s.need[at], func(name string) bool {
		was, had := known.Fields[name]
		is, shown := r.Fields[name]
		return had && shown && mapping.Canon(was) != mapping.Canon(is)
	})
}

// merge adds an observation to what is known of a record. now is when it was asked for: what happened after that, even
// before the answer came, it may not show. news says that a person may have changed something; keep says
// that the row has to be stored.
func (s *session) merge(side Side, old Mirror, r connector.Record, now time.Time) (m Mirror, news, keep bool) {
	known := old.ID != ""
	need := s.need[side]
	m = old
	m.ID, m.Parent, m.Seen = r.ID, cmp.Or(r.Parent, old.Parent), now
	if another(old, r) {
		m.First = now
	}
	if !r.Created.IsZero() {
		m.Created = r.Created
	}
	m.Fields = connector.Fields{}
	for k, v := range old.Fields {
		m.Fields[k] = v
	}
	fresh := r.Version != "" && r.Version != old.Version
	moved, rekey := !known, !known || old.Keys == nil
	var missing []string
	for _, name := range need {
		v, shown := r.Fields[name]
		if !s.believed(side, name) {
			continue
		}
		if shown {
			before, had := m.Fields[name]
			if !had || mapping.Canon(before) != mapping.Canon(v) {
				m.Fields[name] = v
				news, keep = true, true
				f, _ := connector.FieldNamed(s.fields[side], name)
				rekey = rekey || f.KeyKind() != ""
				moved = moved || had // a value shown for the first time is no change
			}
			continue
		}
		if !known || fresh || slices.Contains(old.Missing, name) {
			missing = append(missing, name)
		}
	}
	if fresh && len(missing) > 0 {
		news, moved = true, true // it changed, and this view of it does not show in what
	}
	if !known {
		news, keep, m.First = true, true, now
	}
	if known && m.Parent != old.Parent { // it hangs on another record now
		news, keep = true, true
	}
	news = news || !old.Gone.IsZero() // it came back
	if !slices.Equal(missing, old.Missing) || fresh || !old.Gone.IsZero() || !old.Suspect.IsZero() {
		keep = true
	}
	m.Missing, m.Gone, m.Suspect = missing, time.Time{}, time.Time{}
	if r.Version != "" {
		m.Version = r.Version
	}
	if moved {
		m.Changed = now
	}
	if rekey {
		m.Keys = mapping.Keys(s.fields[side], m.Fields, s.rules.Region)
	}
	if keep || m.Words == "" {
		name, _ := s.object[side].TitleOf(m.Fields)
		m.Words = mapping.SearchWords(name, m.Keys)
		keep = keep || m.Words != old.Words // a record from before there were words
	}
	m.Stamp, _ = m.Fields[s.stampField[side]].(string)
	return m, news, keep
}

// heard is merge for what a record itself answered, to a read or to a write.
func (s *session) heard(side Side, old Mirror, r connector.Record, asked time.Time) (m Mirror, news, keep bool) {
	m, news, keep = s.merge(side, old, r, asked)
	m.Answered = s.e.Now()
	return m, news, keep
}

// absent hints at records that a clean, complete generation did not show. Absence alone never means anything more than
// "look" (sync-semantics 5.12).
func (s *session) absent(ctx context.Context, side Side) error {
	conn := s.flow.Connections[side]
	cur, err := s.e.Store.Cursor(ctx, s.ws, conn, s.flow.Object)
	if err != nil || !cur.Clean || cur.GenBegan.IsZero() || !cur.GenBegan.Equal(cur.Began) || s.pair.Seeded.IsZero() {
		return err
	}
	for after := ""; ; {
		ids, err := s.e.Store.Absent(ctx, s.ws, conn, s.flow.Object, cur.Generation, after, 500)
		if err != nil || len(ids) == 0 {
			return err
		}
		now := s.e.Now()
		hints := make([]Hint, len(ids))
		for i, id := range ids {
			hints[i] = Hint{ID: id, Reason: "absent", At: now, Due: now}
		}
		if err := s.e.Store.SpreadHints(ctx, s.ws, s.flow.Connections[side], s.flow.Object, hints); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// read looks at one record itself and adds it to the mirror. gone reports that it was not found.
func (s *session) read(ctx context.Context, side Side, id, parent string, old Mirror) (m Mirror, gone bool, err error) {
	asked := s.e.Now()
	r, err := s.conn[side].Get(ctx, connector.Ref{Object: s.flow.Object, ID: id, Parent: parent})
	if connector.KindOf(err) == connector.NotFound {
		return old, true, nil
	}
	if err != nil {
		return old, false, err
	}
	if err := s.doubtEmpty(ctx, side, old.Fields, r.Fields); err != nil {
		return old, false, err
	}
	if s.settledOnce(side) && older(old, r) {
		return old, false, s.startOver(ctx, Afresh{Why: Restored, Side: side, N: 1})
	}
	m, _, _ = s.heard(side, old, r, asked)
	return m, false, nil
}

func covers(have, need []string) bool {
	for _, n := range need {
		if !slices.Contains(have, n) {
			return false
		}
	}
	return true
}

// needed lists what the mirror must know of a side: what the rules read, the match keys, and the stamp.
func needed(rules *mapping.Map, side Side, fields []connector.Field, stamp string) []string {
	names := rules.Reads(side)
	for _, f := range fields {
		if f.KeyKind() != "" && f.Read {
			names = append(names, f.Name)
		}
	}
	if stamp != "" {
		names = append(names, stamp)
	}
	slices.SortFunc(names, strings.Compare)
	return slices.Compact(names)
}

// needs lists what this flow must know of a side, and what other flows ask of the same account: they share the mirror and
// the cursor, so what one of them reads past is read for all.
func (s *session) needs(ctx context.Context, side Side) ([]string, error) {
	names := needed(s.rules, side, s.fields[side], s.stampField[side])
	cur, err := s.e.Store.Cursor(ctx, s.ws, s.flow.Connections[side], s.flow.Object)
	if err != nil {
		return nil, err
	}
	for _, name := range cur.Fields {
		if f, there := connector.FieldNamed(s.fields[side], name); there && f.Read && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
