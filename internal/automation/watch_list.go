package automation

import (
	"context"
	"time"

	"couplet/internal/connector"
)

const (
	// overlap is how far behind the mark a list of changes begins, because indexes lag and stamps tie; margin is kept between the mark
	// and the system's clock (sync-semantics 5.10).
	overlap = 10 * time.Minute
	margin  = 2 * time.Second
	// MostPages bounds what one poll lists, and MostParents how many records it asks for what hangs on them. The next one goes on there.
	MostPages   = 20
	MostParents = 100
)

// begin starts the watch: from now on, by the clock of the system.
func (l *looking) begin(ctx context.Context) error {
	w := Watch{Automation: l.w.Automation, Fence: l.w.Fence, Of: l.of(), Conn: l.id, Object: l.in.Name, Calls: l.calls()}
	if w.Began = l.Now(); !l.event.When.Told {
		at, err := l.clock(ctx)
		if err != nil {
			return err
		}
		if !at.IsZero() {
			w.Began = at
		}
	}
	w.Mark = w.Began.Add(-margin)
	w.Ready = !l.needsList()
	l.w = w
	_, err := l.save(ctx, Noticed{Anew: true})
	return err
}

// clock is the time that the system has. Its answers are true to the second.
func (l *looking) clock(ctx context.Context) (time.Time, error) {
	o := l.in
	if o.Parent != "" {
		o, _ = l.conn.Spec().Object(o.Parent)
	}
	page, err := l.conn.List(ctx, connector.ListRequest{Object: o.Name, Since: l.Now()})
	return page.At, err
}

// needsList reports whether one must know what was there before to tell what happens. Where a list is had for one parent at a time
// only, each record counts as known from when it was first come across.
func (l *looking) needsList() bool {
	return !l.event.When.Told && !l.event.When.Dated && !l.in.PerParent
}

// fields are those that a list must show.
func (l *looking) fields() []string {
	var names []string
	for _, name := range []string{l.event.When.Added, l.event.When.Removed, l.event.When.Field} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// baseline notes what is there, page by page, from where it stands. What was made since the watch began is looked at afterwards. It
// reports false when the system broke its list off: then it is done again.
func (l *looking) baseline(ctx context.Context) (done bool, err error) {
	for !l.w.Ready {
		page, err := l.page(ctx, connector.ListRequest{Object: l.in.Name, Fields: l.fields(), After: l.w.Page})
		if err != nil {
			return false, err
		}
		var n Noticed
		for _, r := range page.Records {
			if !r.Created.IsZero() && !r.Created.Before(l.w.Began) {
				n.Hints = append(n.Hints, l.hint(r))
			} else {
				n.First = append(n.First, l.see(Seen{}, r, l.Now()))
			}
		}
		l.w.Ready = l.turned(page) && !page.Partial
		if _, err := l.save(ctx, n); err != nil {
			return false, err
		}
		if page.Next == "" && page.Partial {
			return false, nil
		}
	}
	return true, nil
}

// page reads one page and notes when the list was begun.
func (l *looking) page(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	from := l.from
	if req.Object != l.in.Name {
		from = l.conn
	}
	page, err := from.List(connector.As(ctx, connector.Sweep), req)
	if err == nil && l.w.Asked.IsZero() {
		if l.w.Asked = page.At; page.At.IsZero() {
			l.w.Asked = l.Now()
		}
	}
	return page, err
}

// turned moves on behind a page, and the mark behind the last one. It reports whether it was the last.
func (l *looking) turned(page connector.Page) bool {
	l.w.Page, l.w.Skip = page.Next, 0
	if page.Next != "" {
		return false
	}
	if mark := l.w.Asked.Add(-margin); !page.Partial && mark.After(l.w.Mark) {
		l.w.Mark = mark
	}
	l.w.Asked = time.Time{}
	return true
}

func (l *looking) hint(r connector.Record) Hint {
	now := l.Now()
	return Hint{Record: r.ID, Parent: r.Parent, By: ByPoll, At: now, Due: now}
}

// poll leaves hints about records that do not look as they were seen. A list alone proves nothing: its rows may be older than what
// was seen, so each such record is read itself.
func (l *looking) poll(ctx context.Context) error {
	if l.event.When.Told || l.event.Poll == "" {
		return nil
	}
	if l.in.PerParent {
		return l.rotate(ctx)
	}
	req := connector.ListRequest{Object: l.in.Name, Fields: l.fields()}
	if l.in.Changes {
		req.Since = l.w.Mark.Add(-overlap)
	}
	for range MostPages {
		req.After = l.w.Page
		page, err := l.page(ctx, req)
		if err != nil {
			return err
		}
		n, err := l.nominate(ctx, page.Records)
		if err != nil {
			return err
		}
		last := l.turned(page)
		if _, err := l.save(ctx, n); err != nil || last {
			return err
		}
	}
	return nil
}

// nominate sorts rows of a list: those that show nothing new, those that are only remembered, and those to look at.
func (l *looking) nominate(ctx context.Context, rows []connector.Record) (n Noticed, err error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	known, err := l.Store.SeenBy(ctx, l.ws, l.a.ID, ids)
	if err != nil {
		return n, err
	}
	for _, r := range rows {
		seen, was := known[r.ID]
		switch {
		case was && l.differs(seen, r), !was && l.fresh(r):
			n.Hints = append(n.Hints, l.hint(r))
		case !was && !l.event.When.New:
			n.First = append(n.First, l.see(Seen{}, r, l.Now()))
		}
	}
	return n, nil
}

// rotate reads what hangs on records, one after the other, some at a time.
func (l *looking) rotate(ctx context.Context) error {
	parent, _ := l.conn.Spec().Object(l.in.Parent)
	for left := MostParents; left > 0; {
		page, err := l.page(ctx, connector.ListRequest{Object: parent.Name, After: l.w.Page})
		if err != nil {
			return err
		}
		from := min(l.w.Skip, len(page.Records))
		to := min(from+left, len(page.Records))
		var rows []connector.Record
		for _, p := range page.Records[from:to] {
			under, err := l.conn.List(connector.As(ctx, connector.Sweep), connector.ListRequest{Object: l.in.Name, Parent: p.ID})
			if connector.KindOf(err) == connector.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			rows = append(rows, under.Records...)
		}
		n, err := l.nominate(ctx, rows)
		if err != nil {
			return err
		}
		left -= to - from
		last := false
		if l.w.Skip = to; to == len(page.Records) {
			last = l.turned(page)
		}
		if _, err := l.save(ctx, n); err != nil || last {
			return err
		}
	}
	return nil
}
