package web

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// apart are the decisions after which two values may stay different.
var apart = []string{"one_way", "blank_kept", "not_writable", "ignored", "left_different", "owner_unknown", "altered", "unfinished", "refused", "undo"}

// stem is a reason without the side that it names.
func stem(reason string) string {
	for _, side := range []engine.Side{engine.A, engine.B} {
		if s, ok := strings.CutSuffix(reason, "_"+side.String()); ok {
			return s
		}
	}
	return reason
}

// fields lists the fields of the map, as both sides were seen last.
func (v *recordView) fields(ctx context.Context, p *templates.RecordPage, chosen string) error {
	for _, key := range v.keys() {
		f, err := v.side(ctx, key)
		if err != nil {
			return err
		}
		p.All++
		differs := f.Equal != "ok" && f.Unread == [2]bool{}
		if differs {
			p.Different++
		}
		q := url.Values{"field": {key}}
		if p.Only {
			q.Set("only", "different")
		}
		f.Href = address(p.Path(), q) + "#why"
		if key == chosen {
			f.Current = true
			p.Why = &templates.RecordWhy{Label: f.Label, Field: f}
		}
		if !p.Only || differs || f.Current {
			p.Fields = append(p.Fields, f)
		}
	}
	return nil
}

// keys are those of the flow's map, in its order; without a flow those that were agreed on.
func (v *recordView) keys() (keys []string) {
	if !v.there {
		for key := range v.link.Base {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		return keys
	}
	for _, row := range v.flow.Map {
		keys = append(keys, row.Key())
	}
	return keys
}

// held is what a side was seen to hold in a field; false when it was not seen.
func (v *recordView) held(key string, side int) (any, bool) {
	shown := v.m[side].Fields
	if r, ok := v.rules[key]; ok {
		return r.Read(engine.Side(side), shown)
	}
	names := rowOf(key).Side(engine.Side(side))
	if len(names) == 1 {
		x, ok := shown[names[0]]
		return x, ok
	}
	parts := make(mapping.Parts, len(names))
	for i, name := range names {
		x, ok := shown[name]
		if !ok {
			return nil, false
		}
		parts[i], _ = x.(string)
	}
	return parts, true
}

// side is a field as both sides hold it.
func (v *recordView) side(ctx context.Context, key string) (f templates.RecordSide, err error) {
	f = templates.RecordSide{Key: key, Label: v.field(key, engine.A)}
	var now [2]any
	for side := range now {
		x, seen := v.held(key, side)
		now[side], f.Unread[side] = x, !seen
		f.Values[side] = v.says(engine.FieldChange{Field: key}, now, side)
	}
	base, known := v.link.Base[key]
	f.Equal, f.Says = v.compares(key, f, now)
	switch {
	case f.Equal == "warn":
		f.By = "Waits for you"
	case known:
		if f.By, err = v.setBy(ctx, base); err != nil {
			return f, err
		}
	default:
		f.By = "Nobody yet"
	}
	return f, nil
}

// compares says how the two values of a field stand to each other.
func (v *recordView) compares(key string, f templates.RecordSide, now [2]any) (equal, says string) {
	r, ruled := v.rules[key]
	base, known := v.link.Base[key]
	x := engine.FieldChange{Field: key}
	agree := value(x, now, 0) == value(x, now, 1) || ruled && r.Agree(now[0], now[1])
	_, asks := v.asks[key]
	switch {
	case asks:
		return "warn", "different, and waits for you"
	case f.Unread != [2]bool{}:
		return "", "not seen yet on one side"
	case known && ruled && v.moved(r, base, now):
		return "", "changed since, and not carried over yet"
	case agree || known && !slices.Contains(apart, stem(base.Rule)):
		return "ok", "the same"
	case known:
		return "", "different: " + engine.Explain(base.Rule, v.names())
	}
	return "", "different, and not decided yet"
}

// moved reports whether a side shows something else than at the last agreement.
func (v *recordView) moved(r *mapping.Rule, base engine.Base, now [2]any) bool {
	for side := range now {
		if s := engine.Side(side); !r.Same(s, now[side], r.Restore(s, base.V[side])) {
			return true
		}
	}
	return false
}

// setBy says in a few words where a field's value came from, and when.
func (v *recordView) setBy(ctx context.Context, b engine.Base) (string, error) {
	r, err := v.runOf(ctx, b.Run)
	if err != nil {
		return "", err
	}
	who := v.flowName(r)
	switch stem(b.Rule) {
	case "changed", "new", "newer":
		who = v.names()[0]
		if strings.HasSuffix(b.Rule, "_"+engine.B.String()) {
			who = v.names()[1]
		}
	case "first_same", "same_change", "merged", "in_sync":
		who = "Both"
	case "chosen", "put", "left_different":
		who = "A person"
	case "undo":
		who = "An undo"
	}
	return who + ", " + v.clock.Ago(msTime(b.At)), nil
}

// flowName is the flow that a run was of, by what it is called now.
func (v *recordView) flowName(r engine.Run) string {
	if r.ID != "" {
		return v.runFlow(r).Name
	}
	if v.there {
		return v.flow.Name
	}
	return "A flow"
}

// why answers for one field, from the decisions about it.
func (v *recordView) why(ctx context.Context, key string, w *templates.RecordWhy) error {
	w.State = map[string]string{"ok": templates.InStep, "warn": templates.Attention}[w.Field.Equal]
	if w.State == "" {
		w.State = templates.Off
	}
	w.Direction = "both"
	if r, ok := v.rules[key]; ok {
		w.Direction = way(r.Direction)
	}
	for side, x := range v.systems() {
		w.Ends[side] = templates.End{System: x, Label: short(cmp.Or(w.Field.Values[side], "empty"))}
	}
	if v.there {
		w.Map = "/flows/" + v.flow.ID + "/map"
	}
	by := ""
	base, known := v.link.Base[key]
	for at, gone := (store.Moment{}), 0; gone < whyBack; {
		entries, err := v.s.o.Store.History(ctx, v.ws, v.link.ID, at, whyBack/3)
		if err != nil {
			return err
		}
		for _, e := range entries {
			at = store.Moment{At: e.At, Run: e.Run, ID: e.ID}
			for _, f := range e.Fields {
				if f.Field != key {
					continue
				}
				if f.Rule == base.Rule && by == "" {
					by = f.By
				}
				x, told, err := v.fieldEvent(ctx, e, f)
				if err != nil {
					return err
				}
				if told && len(w.Events) < whyMost {
					w.Events = append(w.Events, x)
				} else if told {
					w.More = true
				}
			}
		}
		if gone += len(entries); len(entries) < whyBack/3 {
			break
		}
		w.More = w.More || gone >= whyBack
	}
	answer, err := v.answer(ctx, w, base, known, by)
	w.Answer = answer
	return err
}

// answer says in sentences why a field holds what it holds.
func (v *recordView) answer(ctx context.Context, w *templates.RecordWhy, base engine.Base, known bool, by string) (string, error) {
	switch {
	case w.Field.Equal == "warn":
		return "Both sides were changed, and the rule of this pair leaves it to a person. Nothing is written to it meanwhile.", nil
	case !known:
		return "Nobody has decided about this field yet. The next run that looks at the record does.", nil
	}
	r, err := v.runOf(ctx, base.Run)
	if err != nil {
		return "", err
	}
	text := templates.Capital(engine.ExplainOf(v.pair.Object, base.Rule, v.names(), by)) + ". " + v.flowName(r) + " settled it " + v.clock.Ago(msTime(base.At)) + "."
	if strings.HasPrefix(w.Field.Says, "changed since") {
		text += " One side was changed since; the next run looks at that."
	}
	if base.Swing != nil && base.Swing.Held > 0 {
		text += " It goes back and forth, most likely because another tool writes it too, so it rests."
	}
	return text, nil
}

// short is a value for a line of the couplet.
func short(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
