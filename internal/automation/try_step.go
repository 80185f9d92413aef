package automation

import (
	"fmt"
	"strings"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// give puts what a step gives into the scene: an answer, or samples where they may stand for it, or words for what only the real
// call gives.
func (r *trying) give(st Step, answer map[string]any, samples bool) {
	if answer == nil {
		answer = map[string]any{}
		for _, v := range r.s.gives(st) {
			name := strings.TrimPrefix(v.Path, st.ID+".")
			if v.Sample != nil && samples {
				put(answer, name, v.Sample)
			} else if !strings.Contains(name, ".") {
				answer[name] = later(fmt.Sprintf("(%s of step %s)", strings.ToLower(v.Label[:1])+v.Label[1:], Number(r.a, PlaceOf(r.a, st.ID))))
			}
		}
	}
	r.scene.Data[st.ID] = answer
}

func (r *trying) operation(st Step, o *Outcome) {
	op, ok := r.s.Find(st)
	if !ok {
		r.wrong(o, "It cannot be done", fmt.Errorf("there is no operation %q; choose one of the catalog", st.Operation))
		return
	}
	in, err := r.scene.Input(st)
	if err != nil {
		r.wrong(o, "It cannot be done", err)
		return
	}
	o.Becomes = becomes(in)
	system := r.s[st.System].Spec.Name
	known := true
	for _, v := range in {
		known = known && !isLater(v)
	}
	if err = unset(op, st, in, r.given); err == nil {
		o.Request, err = told(op, system, r.t.Params[st.System], in)
	}
	if err != nil {
		r.wrong(o, "It cannot be done", err)
		return
	}
	o.Did, o.Text = Would, fmt.Sprintf("Would be done in %s: %s. Nothing was written.", system, op.Title)
	if op.Kind == connector.Finds {
		o.Text = fmt.Sprintf("Would be looked up in %s: %s. Shown is a sample.", system, op.Title)
	}
	if op.Kind == connector.Finds && r.t.Finder != nil && !known {
		o.Text = fmt.Sprintf("Would be looked up in %s: %s. What to look for is known only then.", system, op.Title)
	}
	if op.Kind != connector.Finds || r.t.Finder == nil || !known {
		r.give(st, nil, op.Kind == connector.Finds && r.t.Finder == nil)
		return
	}
	answer, err := r.t.Finder.Find(r.ctx, st.System, st.Operation, in)
	gives, found := Answer(answer, err)
	if err != nil && found {
		r.wrong(o, "It cannot be looked up", err)
		return
	}
	o.Did, o.Gives, o.Text = Worked, answer, "Looked up in "+system+"."
	if !found {
		o.Text = "Looked up in " + system + ": nothing was found."
	}
	r.give(st, gives, false)
}

// unset says of what is missing that it is a choice which nobody made for the account.
func unset(op *connector.Operation, st Step, in map[string]any, given []Value) error {
	for _, t := range op.Takes {
		if path := onlyPath(st.With[t.Name]); t.Required && in[t.Name] == nil && root(path) == "settings" {
			return fmt.Errorf("“%s” is not set. Set it with the connection, under its settings", Label(given, path))
		}
	}
	return nil
}

// Answer is what a look-up gives to the steps after it. found is false where there is nothing, which is no failure; where the
// error is another one, it is true and nothing is given.
func Answer(answer any, err error) (gives map[string]any, found bool) {
	if e, ok := connector.AsError(err); ok && e.Kind == connector.NotFound {
		return map[string]any{"found": false}, false
	}
	if err != nil {
		return nil, true
	}
	gives = map[string]any{"found": !blank(answer)}
	if group, ok := answer.(map[string]any); ok {
		for k, v := range group {
			gives[k] = v
		}
	} else {
		gives["answer"] = answer
	}
	return gives, !blank(answer)
}

func (r *trying) each(st Step, o *Outcome) string {
	v, err := r.scene.Fill(st.Over)
	if err != nil {
		return r.wrong(o, "The list cannot be read", err)
	}
	most := st.Most
	if most == 0 {
		most = UsualEach
	}
	var first any
	n := 0
	switch v := v.(type) {
	case later:
		n, first = 1, v
	case []any:
		if n = len(v); n > 0 {
			first = v[0]
		}
	case []string:
		if n = len(v); n > 0 {
			first = v[0]
		}
	case nil:
	default:
		return r.wrong(o, "The list cannot be read", fmt.Errorf("“%s” is no list", short(said(v))))
	}
	o.Did = Would
	if r.count[st.ID] = float64(n); isLater(v) {
		delete(r.count, st.ID)
	}
	switch {
	case n == 0:
		o.Text = "The list is empty, so nothing is done."
		return ""
	case isLater(v):
		o.Text = "Would be done for each member of the list, which is known only then."
	case n > most:
		o.Text = fmt.Sprintf("Would be done for the first %d of %d. Shown is the first one.", most, n)
	default:
		o.Text = fmt.Sprintf("Would be done for %d. Shown is the first one.", n)
	}
	o.Path = InDo
	r.scene.Data[st.ID] = map[string]any{"item": first, "number": 1.0}
	return InDo
}

func (r *trying) wait(st Step, o *Outcome) {
	moment, err := r.scene.Fill(st.Wait.Moment)
	if err != nil {
		r.wrong(o, "It cannot wait", err)
		return
	}
	if isLater(moment) {
		o.Did, o.Text = Would, "Would wait until "+said(moment)+"."
		return
	}
	end, err := st.Wait.End(r.scene.Now, said(moment), r.scene.Zone)
	if err != nil {
		r.wrong(o, "It cannot wait", err)
		return
	}
	zone := st.Wait.TimeZone
	if zone == "" {
		zone = r.scene.Zone
	}
	in := end.In(mapping.ZoneOf(zone))
	o.Did, o.Until = Would, end
	o.Text = fmt.Sprintf("Would wait %s, until %s.", Span(end.Sub(r.scene.Now).Round(time.Minute)), in.Format("Monday 2 January 2006, 15:04 MST"))
	r.scene.Now = end
}
