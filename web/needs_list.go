package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// The page is a list of everything that waits, and one of it in full. Lines are cheap: the names of many come from one
// look-up for each side. What the one in full takes is looked up for that one only.

// linesOnPage is how many lines of each kind the list has of a pair.
const linesOnPage = 50

// needLine is a line of the list with the records that name it, and how it is shown in full.
type needLine struct {
	templates.NeedLine
	kind string
	ids  [2]string
	more int // records besides the one that it names
	open func(context.Context) error
}

// add adds a line, unless the list has enough of its kind and pair. It reports whether there is room for more.
func (n *needsOf) add(l needLine) bool {
	if n.shown[l.kind]++; n.shown[l.kind] > linesOnPage {
		return false
	}
	n.put(l)
	return true
}

func (n *needsOf) put(l needLine) {
	l.Flow = n.flow.Name
	*n.lines = append(*n.lines, l)
}

// asked adds the line that was asked for where it waits behind the end of its list. Its key says which it is.
func (n *needsOf) asked(ctx context.Context) error {
	item := n.page.Item
	if item == "" || slices.ContainsFunc(*n.lines, func(l needLine) bool { return l.Key == item }) {
		return nil
	}
	if rest, ok := strings.CutPrefix(item, valueKey("", "")[:2]); ok && n.wants("value") {
		if link, field, ok := strings.Cut(rest, "-"); ok && link != "" && field != "" {
			list, err := n.s.o.Store.UnansweredConflicts(ctx, n.ws, n.view.pair.ID, link, field, "", 1)
			for _, c := range list {
				n.put(n.valueLine(c))
			}
			return err
		}
	}
	for _, side := range []engine.Side{engine.A, engine.B} {
		id, ok := strings.CutPrefix(item, reviewKey(n.view.pair.ID, side, ""))
		if !ok {
			continue
		}
		found, err := n.s.o.Store.ReviewsOf(ctx, n.ws, n.view.pair.ID, side, []string{id})
		if err != nil {
			return err
		}
		r, waits := found[id]
		over, err := n.s.answered(ctx, n.ws, n.view.pair.ID, side, []string{id})
		if err != nil || !waits || r.Alone != "" || over(id, "") {
			return err
		}
		kind := needKind(store.Need{Kind: store.NeedReview, Reason: r.Reason})
		if line := map[string]func(engine.Review) needLine{"held": n.heldLine, "delete": n.deleteLine, "review": n.reviewLine}[kind]; n.wants(kind) {
			n.put(line(r))
		}
	}
	return nil
}

// wants reports whether the page shows a kind.
func (n *needsOf) wants(kind string) bool { return n.page.Kind == "" || n.page.Kind == kind }

// name gives the lines of a pair, from one on, the names of their records.
func (n *needsOf) name(ctx context.Context, from int) error {
	lines := (*n.lines)[from:]
	var m [2]map[string]engine.Mirror
	for side := range m {
		var ids []string
		for _, l := range lines {
			if l.ids[side] != "" {
				ids = append(ids, l.ids[side])
			}
		}
		var err error
		if m[side], err = n.s.o.Store.Mirrors(ctx, n.ws, n.view.pair.Conns[side], n.view.pair.Object, ids); err != nil {
			return err
		}
	}
	for i := range lines {
		l := &lines[i]
		if l.ids == [2]string{} {
			continue
		}
		l.Name, _ = n.view.title(engine.Entry{IDs: l.ids}, [2]engine.Mirror{m[0][l.ids[0]], m[1][l.ids[1]]})
		if l.more > 0 {
			l.Name += " and " + templates.Number(l.more) + " more"
		}
	}
	return nil
}

// choose makes the list, and shows one line in full: the one that was asked for, or the first.
func choose(ctx context.Context, v *templates.NeedsPage, lines []needLine, full bool) error {
	for _, k := range templates.NeedKinds() {
		list := templates.NeedList{Kind: k.ID, Title: k.Name, N: v.Counts[k.ID]}
		for _, l := range lines {
			if l.kind == k.ID {
				list.Lines = append(list.Lines, l.NeedLine)
			}
		}
		if len(list.Lines) > 0 {
			v.Lists = append(v.Lists, list)
		}
	}
	var keys []string
	for _, list := range v.Lists {
		for _, l := range list.Lines {
			keys = append(keys, l.Key)
		}
	}
	at := slices.Index(keys, v.Item)
	v.Missed = at < 0 && v.Item != ""
	if len(keys) == 0 || !full {
		return nil
	}
	at = max(at, 0)
	v.Item = keys[at]
	switch {
	case at+1 < len(keys):
		v.Next = keys[at+1]
	case at > 0:
		v.Next = keys[at-1]
	}
	i := slices.IndexFunc(lines, func(l needLine) bool { return l.Key == v.Item })
	return lines[i].open(ctx)
}

// needKind is the kind of what is counted.
func needKind(x store.Need) string {
	switch x.Kind {
	case store.NeedConflict:
		return "value"
	case store.NeedReview:
		if (engine.Review{Reason: x.Reason}).Held() {
			return "held"
		}
		if (engine.Review{Reason: x.Reason}).AsksDelete() {
			return "delete"
		}
		return "review"
	}
	return "failure"
}

// The keys of lines name what they are about, so that other pages can lead to them.

func valueKey(link, field string) string { return "v-" + link + "-" + field }

func reviewKey(pair string, side engine.Side, record string) string {
	return "r-" + pair + "-" + side.String() + "-" + record
}

func failureKey(pair, problem string) string {
	sum := sha256.Sum256([]byte(pair + "\n" + problem))
	return "f-" + hex.EncodeToString(sum[:6])
}

func firingKey(automation, reason string) string {
	sum := sha256.Sum256([]byte(automation + "\n" + reason))
	return "a-" + hex.EncodeToString(sum[:6])
}

func stopKey(run string) string { return "s-" + run }
