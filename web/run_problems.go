package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

const (
	// mostCauses is how many causes a page shows, and ofEach how many records of each.
	mostCauses = 20
	ofEach     = 5
	// recordsOnPage is how many records a page of a run shows.
	recordsOnPage = 50
)

// runProblems groups the records that failed by their cause. cause, an entry, narrows the page to what failed like it.
func (s *Server) runProblems(ctx context.Context, ws string, v runView, cause, after string, p *templates.RunPage) error {
	causes, err := s.o.Store.Causes(ctx, ws, v.run.ID, engine.ResultFailed)
	if err != nil {
		return err
	}
	most := ofEach
	if cause != "" {
		i := slices.IndexFunc(causes, func(c store.Cause) bool { return c.First == cause })
		if i < 0 {
			return fmt.Errorf("cause %q: %w", cause, store.ErrNotFound)
		}
		causes, most, p.Only = causes[i:i+1], recordsOnPage, true
	} else {
		after = ""
	}
	for i, c := range causes[:min(len(causes), mostCauses)] {
		g := v.problem(c)
		entries, err := s.o.Store.EntriesOf(ctx, ws, v.run.ID, engine.ResultFailed, c.Reason, after, most+1)
		if err != nil {
			return err
		}
		if len(entries) > most {
			entries = entries[:most]
			q := url.Values{"tab": {"problems"}, "cause": {c.First}}
			if p.Only {
				q.Set("after", entries[most-1].ID)
			}
			g.More = "/runs/" + v.run.ID + "?" + q.Encode()
		}
		if g.Records, err = s.recordsOf(ctx, ws, v, entries); err != nil {
			return err
		}
		for j := range g.Records {
			g.Records[j].Reason = "" // it stands above
		}
		g.Buttons = []templates.RunButton{{Text: tryText(c.N), Href: "/runs/" + v.run.ID + "/retry", Post: true, Name: "cause", Value: c.First,
			Primary: i == 0 && (p.Stop == nil || !p.Stop.Grave)}}
		if _, ok := v.flow(v.run.Flow); ok {
			g.Buttons = append(g.Buttons, v.toFlow("map", "Open the map", false))
		} else {
			g.Buttons = nil
		}
		p.Problems = append(p.Problems, g)
	}
	return nil
}

func tryText(n int) string {
	if n == 1 {
		return "Try this one again"
	}
	return "Try these " + templates.Number(n) + " again"
}

// problem puts a cause into words: what happened and to how many, why, and what to do.
func (v runView) problem(c store.Cause) templates.RunProblem {
	systems := v.systems()
	g := templates.RunProblem{ID: c.First, N: c.N}
	g.Title, g.Why, g.Fix = v.trouble(c.Reason)
	g.Title += ", for " + templates.Count(c.N, systems[0].One, systems[0].Many)
	return g
}

// trouble is why a record was not accepted, in words: what happened, why, and what to do.
func (v runView) trouble(reason string) (title, why, fix string) {
	names := v.names()
	text := strings.TrimSpace(reason)
	if key, rest, ok := strings.Cut(text, ": "); ok && strings.Contains(key, "=") && !strings.Contains(key, " ") { // ours: a value that does not fit
		return v.field(key, 0) + " could not be carried over", "The value cannot be put into the other side's terms: " + strings.TrimSuffix(rest, ".") + ".",
			"Correct the value in the record, or change the pair in the map. Then try again."
	}
	if label, rest, ok := strings.Cut(text, ": "); ok && label != "" && (strings.HasPrefix(rest, names[0]) || strings.HasPrefix(rest, names[1])) {
		text = rest // the label of the field, which the system's words name again
	}
	what, rest := sentenceEnd(text)
	title = strings.TrimSuffix(what, ".")
	if head, more, ok := strings.Cut(title, ": "); ok {
		title, why = head, templates.Capital(more)+"."
	}
	if rest == "" {
		return title, why, "Look at the record, change the value or the map, and try again."
	}
	more, fix := split(rest)
	if fix == "" {
		more, fix = "", more
	}
	return title, strings.TrimSpace(why + " " + more), fix
}

// sentenceEnd cuts a text behind its first sentence.
func sentenceEnd(text string) (first, rest string) {
	first, rest, ok := strings.Cut(text, ". ")
	if ok {
		first += "."
	}
	return first, rest
}
