package automation

import (
	"context"

	"couplet/internal/automation/script"
)

// Scripts runs scripts; a [script.Runner] does.
type Scripts interface {
	Run(ctx context.Context, code string, input map[string]any) (script.Result, error)
}

// script tries a script. It reaches nothing, so it may really run where somebody runs it and all that it is given is known.
func (r *trying) script(st Step, o *Outcome) {
	in, err := r.scene.Input(st)
	if err != nil {
		r.wrong(o, "It cannot run", err)
		return
	}
	o.Becomes = becomes(in)
	if guessed := holdsLater(in); guessed || r.t.Scripts == nil {
		o.Did, o.Text = Would, "Would run with what stands here. It did not run."
		if guessed {
			o.Text = "Would run. What it is given is known only then."
		}
		r.give(st, nil, false)
		return
	}
	got, err := r.t.Scripts.Run(r.ctx, st.Code, in)
	o.Printed = got.Printed
	if err != nil {
		r.wrong(o, "It was run and gave nothing", err)
		return
	}
	o.Did, o.Text, o.Gives = Worked, "It was run.", got.Output
	r.give(st, map[string]any{"result": got.Output}, false)
}

// holdsLater reports whether anything in a value is known only when a step before is really done.
func holdsLater(v any) bool {
	switch v := v.(type) {
	case later:
		return true
	case []any:
		for _, x := range v {
			if holdsLater(x) {
				return true
			}
		}
	case map[string]any:
		for _, x := range v {
			if holdsLater(x) {
				return true
			}
		}
	}
	return false
}
