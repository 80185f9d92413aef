package automation

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Finder makes the calls that change nothing.
type Finder interface {
	Find(ctx context.Context, system, operation string, in map[string]any) (any, error)
}

// Trial is a try: what the trigger gives, and when.
type Trial struct {
	Scene
	// Step is the id of the one step to try, "" for all.
	Step string
	// Params are those of the accounts, by system.
	Params map[string]map[string]string
	// Finder looks things up; nil has a try go by samples.
	Finder Finder
	// Scripts runs the scripts of steps; nil has a try only tell of them.
	Scripts Scripts
}

// Tried is what would happen. Nothing of it did.
type Tried struct {
	// Passed says whether the filter lets it through, and Filter why.
	Passed bool     `json:"passed"`
	Filter []Judged `json:"filter,omitempty"`
	// Problem is why the filter cannot be decided, "" when it can.
	Problem string `json:"problem,omitempty"`
	// Steps are in the order in which they would be done, those that would not be among them.
	Steps []Outcome `json:"steps"`
}

// The ways a step ends in a try.
const (
	Worked    = "worked"      // it was really done: something was looked up, or a script ran
	Would     = "would"       // it would be done
	Skipped   = "skipped"     // its own condition does not hold
	Wrong     = "wrong"       // it cannot be done
	Unreached = "not_reached" // it stands in the other path, or behind the end
)

// Outcome is what would become of one step.
type Outcome struct {
	Step   string `json:"step"`
	Number string `json:"number"`
	Title  string `json:"title"`
	Did    string `json:"did"`
	// Text says it in a sentence or two.
	Text string `json:"text"`
	// Becomes are its texts with their values, by the key of With.
	Becomes map[string]string `json:"becomes,omitempty"`
	// Request is what would be sent.
	Request *Sent `json:"request,omitempty"`
	// If are the conditions that decided, Path the list of steps that follows: then, else or do.
	If   []Judged `json:"if,omitempty"`
	Path string   `json:"path,omitempty"`
	// Until is when a wait would be over.
	Until time.Time `json:"until,omitzero"`
	// Gives is what a look-up found, or what a script made.
	Gives any `json:"gives,omitempty"`
	// Printed is what a script printed on its way.
	Printed string `json:"printed,omitempty"`
}

// Try works out what an automation would do, and does nothing. Only look-ups are really made and
// scripts run, which reach nothing, and only with a Finder and with Scripts.
func Try(ctx context.Context, a Automation, s Systems, t Trial) Tried {
	r := &trying{ctx: ctx, a: a, s: s, t: t, scene: t.Scene, given: s.given(a), count: map[string]float64{}}
	r.scene.Data = Data{}
	for k, v := range t.Data {
		r.scene.Data[k] = v
	}
	if r.scene.Zone == "" {
		r.scene.Zone = a.TimeZone
	}
	var err error
	if r.out.Passed, r.out.Filter, err = r.scene.Judge(a.Filter, r.given); err != nil {
		r.out.Problem = "The filter cannot be decided: " + err.Error()
	}
	r.steps(a.Steps, "")
	if t.Step == "" {
		return r.out
	}
	return r.alone(t.Step)
}

// alone is the outcome of one step. If the way to it was not taken, what it would be given there is taken from samples.
func (r *trying) alone(id string) Tried {
	place := PlaceOf(r.a, id)
	if place == "" {
		return Tried{Passed: r.out.Passed, Filter: r.out.Filter, Problem: ErrNoPlace.Error()}
	}
	var found []Outcome
	for _, o := range r.out.Steps {
		if o.Step == id {
			found = append(found, o)
		}
	}
	if len(found) == 0 || found[0].Did == Unreached {
		for k, v := range Samples(r.s.values(r.a, id, r.given)) {
			if _, there := r.scene.Data[k]; !there {
				r.scene.Data[k] = v
			}
		}
		st, _ := StepAt(r.a, place)
		r.out.Steps, r.over = nil, false
		r.steps([]Step{st}, place[:strings.LastIndexByte(place, '/')+1])
		found = r.out.Steps[:1]
		found[0].Number = Number(r.a, place)
	}
	r.out.Steps = found[:1]
	return r.out
}

// trying is one try under way.
type trying struct {
	ctx   context.Context
	a     Automation
	s     Systems
	t     Trial
	scene Scene
	given []Value
	// count is how many members each list had.
	count map[string]float64
	// over says that the rest is not reached.
	over bool
	out  Tried
}

func (r *trying) steps(steps []Step, under string) {
	for i, st := range steps {
		place := fmt.Sprintf("%s%d", under, i)
		o := Outcome{Step: st.ID, Number: Number(r.a, place), Title: r.s.Title(st)}
		at := len(r.out.Steps)
		r.out.Steps = append(r.out.Steps, o)
		path := ""
		if r.over {
			o.Did, o.Text = Unreached, "It is not reached."
		} else {
			path = r.step(st, &o)
		}
		r.out.Steps[at] = o
		for _, name := range Lists(st.Kind) {
			was := r.over
			r.over = r.over || path != name
			if r.steps(*st.list(name), place+"/"+name+"/"); path != name || name == InDo {
				r.over = was // a path that is not taken ends nothing, and what ends a member of a list ends that alone
			}
		}
		if st.Kind == Each {
			// What a member was is known inside only.
			if n, known := r.count[st.ID]; known {
				r.give(st, map[string]any{"count": n}, false)
			} else {
				r.give(st, nil, false)
			}
		}
	}
}

// step tries one step and returns the list of steps that follows in it, "" for none.
func (r *trying) step(st Step, o *Outcome) (path string) {
	values := r.s.values(r.a, st.ID, r.given)
	holds, each, err := r.scene.Judge(st.If, values)
	if err != nil {
		return r.wrong(o, "It cannot be decided", err)
	}
	if o.If = each; st.Kind == Condition {
		o.Did, o.Text, path = Would, "No: “"+st.If.Words(values)+"” does not hold.", InElse
		if holds {
			o.Text, path = "Yes: “"+st.If.Words(values)+"” holds.", InThen
		}
		if st.If.IsZero() {
			o.Text = "Nothing decides between the two paths yet. Shown is the way for yes."
		}
		for _, j := range each {
			if j.Later {
				o.Text = "This is known only when the steps before are really done. Shown is the way for yes."
			}
		}
		o.Path = path
		return path
	}
	if !holds {
		o.Did, o.Text = Skipped, "It would be left out: “"+st.If.Words(values)+"” does not hold."
		return ""
	}
	switch st.Kind {
	case Operation:
		r.operation(st, o)
	case Each:
		return r.each(st, o)
	case Pause:
		r.wait(st, o)
	case Request:
		sent, err := r.scene.Request(st)
		if err != nil {
			return r.wrong(o, "It cannot be called", err)
		}
		o.Did, o.Request, o.Text = Would, &sent, "Would call "+sent.Address+". Nobody was called."
		r.give(st, nil, false)
	case Script:
		r.script(st, o)
	case Stop:
		o.Did, o.Text, r.over = Would, "It ends here for this record.", true
	default:
		o.Did, o.Text = Wrong, "This step does nothing yet. Choose what it does."
	}
	return ""
}

func (r *trying) wrong(o *Outcome, what string, err error) string {
	o.Did, o.Text = Wrong, what+": "+strings.TrimSuffix(err.Error(), ".")+"."
	return ""
}

func becomes(in map[string]any) map[string]string {
	out := map[string]string{}
	for k, v := range in {
		out[k] = said(v)
	}
	return out
}
