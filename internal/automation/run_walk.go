package automation

import (
	"context"
	"fmt"
	"time"

	"couplet/internal/mapping"
)

// walk goes through a list of steps. under is the position of the loop around it: "each[2].", "" outside.
func (w *working) walk(ctx context.Context, steps []Step, under string) error {
	for _, st := range steps {
		at := under + st.ID
		e, known := w.entries[at]
		if !known || !e.over() {
			var err error
			if e, err = w.step(ctx, st, at, e); err != nil {
				return err
			}
		}
		if err := w.into(ctx, st, at, e); err != nil {
			return err
		}
	}
	return nil
}

// over reports whether the step is behind the firing.
func (e Entry) over() bool {
	return e.State == StepDone || e.State == StepLeft || e.State == StepFailed
}

// into gives what a step gave to those after it, and goes into the lists that it holds.
func (w *working) into(ctx context.Context, st Step, at string, e Entry) error {
	switch {
	case st.Kind == Condition:
		if list := st.list(e.Path); list != nil && e.State == StepDone {
			return w.walk(ctx, *list, at[:len(at)-len(st.ID)])
		}
	case st.Kind == Stop && e.State == StepDone:
		return errStop
	case st.Kind == Each && e.State == StepDone:
		members, _ := e.Output["members"].([]any)
		for i, m := range members {
			w.scene.Data[st.ID] = map[string]any{"item": m, "number": float64(i + 1)}
			if err := w.walk(ctx, st.Do, fmt.Sprintf("%s[%d].", at, i+1)); err != nil && err != errStop { // it ends that member alone
				return err
			}
		}
		w.scene.Data[st.ID] = map[string]any{"count": e.Output["count"]}
	default:
		if delete(w.scene.Data, st.ID); e.Output != nil {
			w.scene.Data[st.ID] = e.Output
		}
	}
	return nil
}

// errStop ends a firing, or one member of a loop, because a step says so.
var errStop = &halt{State: Ended, Reason: "It ended at a step that ends it."}

// step does a step that is not over, and stores what became of it.
func (w *working) step(ctx context.Context, st Step, at string, e Entry) (Entry, error) {
	if e.At == "" {
		w.seq++
		e = Entry{At: at, Step: st.ID, Seq: w.seq, Began: w.r.Now()}
	}
	w.scene.Now = w.r.Now()
	if e.State == InDoubt {
		return e, &halt{State: Parked, Step: at, Reason: e.Text}
	}
	values := w.r.Systems.values(w.a, st.ID, w.given)
	holds, _, err := w.scene.Judge(st.If, values)
	if err != nil {
		return w.failed(ctx, st, e, fmt.Errorf("it cannot be decided: %w", err), true)
	}
	if st.Kind == Condition {
		if e.Path, e.Text = InElse, "No: “"+st.If.Words(values)+"” does not hold."; holds {
			e.Path, e.Text = InThen, "Yes: “"+st.If.Words(values)+"” holds."
		}
		return w.done(ctx, e, nil)
	}
	if e.State == "" && !holds {
		e.Text = "Left out: “" + st.If.Words(values) + "” does not hold."
		return w.end(ctx, e, StepLeft)
	}
	switch st.Kind {
	case Operation:
		return w.operation(ctx, st, e)
	case Request:
		return w.request(ctx, st, e)
	case Script:
		return w.script(ctx, st, e)
	case Pause:
		return w.wait(ctx, st, e)
	case Each:
		return w.each(ctx, st, e)
	case Stop:
		e.Text = "It ends here."
		return w.done(ctx, e, nil)
	}
	return w.failed(ctx, st, e, fmt.Errorf("this step does nothing yet; choose what it does"), true)
}

// done stores that a step is over with what it gives.
func (w *working) done(ctx context.Context, e Entry, output map[string]any) (Entry, error) {
	e.Output = output
	return w.end(ctx, e, StepDone)
}

func (w *working) end(ctx context.Context, e Entry, s StepState) (Entry, error) {
	e.State, e.Over = s, w.r.Now()
	return e, w.note(ctx, e)
}

// note stores what became of a step, also when the program is ending: what was done is not to be in doubt.
func (w *working) note(ctx context.Context, e Entry) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), parting)
	defer cancel()
	w.entries[e.At] = e
	return w.r.Store.Note(ctx, w.ws, w.f, e)
}

func (w *working) wait(ctx context.Context, st Step, e Entry) (Entry, error) {
	if e.Until.IsZero() {
		moment, err := w.scene.Fill(st.Wait.Moment)
		if err == nil {
			e.Until, err = st.Wait.End(w.scene.Now, said(moment), w.scene.Zone)
		}
		if err != nil {
			return w.failed(ctx, st, e, err, true)
		}
		zone := st.Wait.TimeZone
		if zone == "" {
			zone = w.scene.Zone
		}
		e.State, e.Text = StepWaits, "Waits until "+e.Until.In(mapping.ZoneOf(zone)).Format("Monday 2 January 2006, 15:04 MST")+"."
		if err := w.note(ctx, e); err != nil {
			return e, err
		}
	}
	if w.r.Now().Before(e.Until) {
		return e, &halt{State: Waiting, Due: e.Until, Step: e.At, Reason: e.Text}
	}
	e.Text = "Waited " + Span(e.Until.Sub(e.Began).Round(time.Second)) + "."
	return w.done(ctx, e, nil)
}

func (w *working) each(ctx context.Context, st Step, e Entry) (Entry, error) {
	v, err := w.scene.Fill(st.Over)
	if err != nil {
		return w.failed(ctx, st, e, err, true)
	}
	list, ok := listOf(v)
	if !ok {
		return w.failed(ctx, st, e, fmt.Errorf("“%s” is no list", short(said(v))), true)
	}
	most := st.Most
	if most == 0 {
		most = UsualEach
	}
	count := len(list)
	if e.Text = fmt.Sprintf("%d in the list.", count); count > most {
		list, e.Text = list[:most], fmt.Sprintf("%d in the list, of which the first %d are taken.", count, most)
	}
	return w.done(ctx, e, map[string]any{"count": float64(count), "members": list})
}

// listOf is a value as a list. Nothing is an empty one.
func listOf(v any) ([]any, bool) {
	switch v := v.(type) {
	case nil:
		return []any{}, true
	case []any:
		return v, true
	case []string:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out, true
	}
	return nil, false
}
