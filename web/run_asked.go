package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/templates"
)

// needFix is what helps a record that cannot be told apart.
func needFix(reason string, x templates.System) string {
	switch reason {
	case "no_key":
		return "Give it an email or a phone in " + x.Name + ". The next look takes it up."
	case "shared_key", "keys_disagree":
		return "Give each " + x.One + " " + x.Key + " of its own, or merge those that are one, in " + x.Name + ". The next look takes it up."
	case "linked_elsewhere", "held_there", "made_by_us":
		return "See whether the two are one; if they are, merge them. The next look takes it up."
	case "deleted_earlier":
		return "It is not made again by itself, because somebody deleted it."
	case "to_delete_a", "to_delete_b":
		return "Say on the page Needs you whether it is deleted in " + x.Name + ", too, or kept."
	case "merged_there_a", "merged_there_b":
		return "Merge it in " + x.Name + " with the partner of that one, if they are the same. Couplet deletes neither and makes nothing again."
	case "deleted_again_a", "deleted_again_b":
		return "It is not made again a second time. Delete its partner too, or keep it: Couplet leaves both as they are."
	case "ask":
		return "Give the field the same value on both sides, and the next look takes that up. The other fields go on."
	}
	return ""
}

// whoElse adds to records that wait for a person who they may be, and whether they still wait.
func (s *Server) whoElse(ctx context.Context, ws string, v runView, entries []engine.Entry, records []templates.RunRecord) error {
	systems := v.systems()
	for i, e := range entries {
		side := connector.A
		if e.IDs[0] == "" {
			side = connector.B
		}
		records[i].Fix = needFix(e.Reason, systems[side])
		if e.Result != engine.ResultReview || e.Planned {
			continue
		}
		found, err := s.o.Store.ReviewsOf(ctx, ws, v.pair.ID, side, []string{e.IDs[side]})
		if err != nil {
			return err
		}
		r, waits := found[e.IDs[side]]
		if !waits {
			records[i].Now, records[i].Fix = "It no longer waits.", ""
			continue
		}
		records[i].Now = "It still waits."
		for from, ids := range map[connector.Side][]string{side.Other(): r.Candidates, side: r.Twins} {
			others, err := s.others(ctx, ws, v, from, ids)
			if err != nil {
				return err
			}
			records[i].Others = append(records[i].Others, others...)
		}
		slices.SortStableFunc(records[i].Others, func(a, b templates.RunOther) int { return strings.Compare(a.System.Name+a.Name, b.System.Name+b.Name) })
	}
	return nil
}

// others are records by their ids.
func (s *Server) others(ctx context.Context, ws string, v runView, side connector.Side, ids []string) (out []templates.RunOther, err error) {
	ids = ids[:min(len(ids), ofEach)]
	var seen [2]map[string]engine.Mirror
	if seen[side], err = s.o.Store.Mirrors(ctx, ws, v.pair.Conns[side], v.pair.Object, ids); err != nil {
		return nil, err
	}
	pages, err := s.recordPages(ctx, ws, v.pair.ID, side, ids)
	if err != nil {
		return nil, err
	}
	k, err := s.kin(ctx, ws, v.pair.Conns, v.both(), v.pair.Object, seen)
	for _, id := range ids {
		e, m := engine.Entry{}, [2]engine.Mirror{}
		e.IDs[side], m[side] = id, seen[side][id]
		x := templates.RunOther{System: v.systems()[side], Href: pages[id]}
		x.Name, x.Address = v.title(e, m)
		x.Address = cmp.Or(x.Address, k.of(m))
		out = append(out, x)
	}
	return out, err
}
