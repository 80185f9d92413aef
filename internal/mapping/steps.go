package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connector"
)

// Step is one thing that happens to a value on its way, and how a person set it up.
type Step struct {
	// Do is the name of a [StepKind].
	Do string `yaml:"do" json:"do"`
	// With holds the settings by name; a table has a line "from = to" for each pair.
	With map[string]string `yaml:"with,omitempty" json:"with,omitempty"`
}

// StepKind is what a person is told about a kind of step, and how one is made.
type StepKind struct {
	// Name is what a row holds; Title is the word on its chip and Icon its drawing, Help what it does in one sentence; Group
	// orders the choice.
	Name, Title, Icon, Help, Group string
	Settings                       []Setting
	make                           func(settings) (stage, error)
}

// Setting is one thing that a person chooses about a step.
type Setting struct {
	Name, Label, Help string
	// Kind is "line", "number", "choice", "pattern", "zone", "table" or "formula".
	Kind    string
	Choices []Choice
	// Default holds where nothing is given. Needed refuses a step without it.
	Default string
	Needed  bool
	// Example is what a new step begins with where there is no default.
	Example string
}

// Choice is one of the values that a setting may have.
type Choice struct{ Value, Text string }

// settings are what a person chose, with the defaults of the kind.
type settings map[string]string

// stage is a step that is ready to work.
type stage struct {
	// get makes the value of the far side, put the one that it came from; a stage without put works one way only.
	get, put func(r *Rule, v Value) (Value, error)
	// loses says in a sentence what may not survive, "" for a step that can always be taken back.
	loses string
	// fills makes something of nothing.
	fills bool
	// reads works on what a side shows before anything else, a list for instance.
	reads bool
	// many takes several fields of the side that it comes from; pair two there and one on the other.
	many, pair bool
}

// StepKinds are all kinds of steps, in the order of choice.
func StepKinds() []StepKind { return kinds }

// StepKindNamed finds a kind of step.
func StepKindNamed(name string) (StepKind, bool) {
	i := slices.IndexFunc(kinds, func(k StepKind) bool { return k.Name == name })
	if i < 0 {
		return StepKind{Name: name, Title: name}, false
	}
	return kinds[i], true
}

// Chain are the steps of a row: its transform is one without settings.
func (r Row) Chain() []Step {
	if r.Transform == "" {
		return r.Steps
	}
	return append([]Step{{Do: r.Transform}}, r.Steps...)
}

// WithChain is the row with these steps; one alone that needs no settings is its transform.
func (r Row) WithChain(steps []Step) Row {
	r.Transform, r.Steps = "", steps
	if len(steps) == 1 && len(steps[0].With) == 0 {
		r.Transform, r.Steps = steps[0].Do, nil
	}
	return r
}

// plainly are the steps whose values compare as the fields' own types do.
var plainly = []string{"trim", "lowercase", "e164", "split_name"}

// arrange makes the steps of a row ready. They work from the side that values come from; where values travel both ways,
// from a to b, and backwards from b to a.
func (r *Rule) arrange(steps []Step) *refusal {
	r.from = connector.A
	if r.Direction == BToA && !slices.ContainsFunc(steps, func(s Step) bool { return s.Do == "split_name" }) {
		r.from = connector.B
	}
	for i, s := range steps {
		if bad := r.arrangeOne(i, s); bad != nil {
			bad.step = i
			return bad
		}
	}
	r.transform.to[r.from.Other()], r.transform.to[r.from] = forth, back
	return nil
}

func (r *Rule) arrangeOne(i int, s Step) *refusal {
	t := &r.transform
	k, ok := StepKindNamed(s.Do)
	if !ok {
		return refuse("This pair names a step that Couplet does not know. Choose another one, or none.",
			"transform %q is not known; use one of %s", s.Do, strings.Join(TransformNames(), ", "))
	}
	set, bad := k.settle(s.With)
	if bad != nil {
		return bad
	}
	st, err := k.make(set)
	if err != nil {
		bad := refuse(fmt.Sprintf("The step “%s” cannot work: %s.", k.Title, err), "transform %s: %s", s.Do, err)
		bad.setting = k.blamed()
		var f *FormulaError
		if errors.As(err, &f) {
			bad.at = f.At
		}
		return bad
	}
	if (st.reads || st.many || st.pair) && i > 0 {
		return refuse(fmt.Sprintf("The step “%s” works on the field itself. Put it first.", k.Title), "transform %s must be the first step of its row", s.Do)
	}
	switch {
	case st.pair:
		t.shape = [2]int{2, 1}
	case st.many:
		t.shape[r.from] = -1
	}
	r.staged = r.staged || !slices.Contains(plainly, s.Do) || len(s.With) > 0
	t.lossy = t.lossy || st.loses != "" || st.put == nil
	r.stages, r.steps = append(r.stages, st), append(r.steps, s)
	if back := r.from; st.put == nil && r.Direction.To(back) {
		to := back.Other()
		return refuse(fmt.Sprintf("The step “%s” works one way only, from %s to %s. Let this pair go that way, or take the step out.", k.Title, r.systems[back], r.systems[to]),
			"transform %s works one way only; set direction to %s for this row", s.Do, [2]Direction{AToB, BToA}[back])
	}
	return nil
}

// blamed is the setting that keeps a step from working: the one that is read as something.
func (k StepKind) blamed() string {
	name := ""
	for _, s := range k.Settings {
		switch {
		case slices.Contains([]string{"number", "pattern", "zone", "table", "formula"}, s.Kind):
			return s.Name
		case s.Kind == "line" && name == "":
			name = s.Name
		}
	}
	return name
}

// example is a step of the kind as it begins.
func (k StepKind) example() Step {
	st := Step{Do: k.Name}
	for _, s := range k.Settings {
		v := s.Default
		switch {
		case v == "" && s.Kind == "choice":
			v = s.Choices[0].Value
		case v == "":
			v = s.Example
		}
		if v != "" && s.Needed {
			if st.With == nil {
				st.With = map[string]string{}
			}
			st.With[s.Name] = v
		}
	}
	return st
}

// CheckStep says what is wrong with a step whatever the fields are: its name or its settings; nil when nothing is.
func CheckStep(s Step) error {
	k, known := StepKindNamed(s.Do)
	if !known {
		return fmt.Errorf("step %q is not known; use one of %s", s.Do, strings.Join(TransformNames(), ", "))
	}
	set, bad := k.settle(s.With)
	if bad != nil {
		return bad
	}
	if _, err := k.make(set); err != nil {
		return fmt.Errorf("step %s: %w", s.Do, err)
	}
	return nil
}

// settle checks what a person chose, and adds the defaults.
func (k StepKind) settle(with map[string]string) (settings, *refusal) {
	set := settings{}
	for _, s := range k.Settings {
		v, given := with[s.Name]
		if !given || v == "" && s.Needed {
			v = s.Default
		}
		if v == "" && s.Needed {
			bad := refuse(fmt.Sprintf("The step “%s” lacks its setting “%s”. Fill it in, or take the step out.", k.Title, s.Label), "transform %s needs %s", k.Name, s.Name)
			bad.setting = s.Name
			return nil, bad
		}
		if s.Kind == "choice" && !slices.ContainsFunc(s.Choices, func(c Choice) bool { return c.Value == v }) {
			bad := refuse(fmt.Sprintf("The step “%s” has a setting “%s” that is none of its choices.", k.Title, s.Label), "transform %s: %s %q is not known", k.Name, s.Name, v)
			bad.setting = s.Name
			return nil, bad
		}
		set[s.Name] = v
	}
	for name := range with {
		if !slices.ContainsFunc(k.Settings, func(s Setting) bool { return s.Name == name }) {
			return nil, refuse(fmt.Sprintf("The step “%s” has no setting “%s”.", k.Title, name), "transform %s has no setting %q", k.Name, name)
		}
	}
	return set, nil
}

func forth(r *Rule, v Value) (Value, error) {
	for i, st := range r.stages {
		if err := r.step(&v, st.get, i); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func back(r *Rule, v Value) (Value, error) {
	for i := len(r.stages) - 1; i >= 0; i-- {
		if err := r.step(&v, r.stages[i].put, i); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// step does one step; the error says which one could not be done.
func (r *Rule) step(v *Value, f func(*Rule, Value) (Value, error), i int) error {
	st := r.stages[i]
	if st.reads || Empty(*v) && !st.fills { // a list was read as what it is to be, and nothing stays nothing
		return nil
	}
	if f == nil {
		return fmt.Errorf("the step %s works one way only", r.steps[i].title())
	}
	out, err := f(r, *v)
	*v = out
	return err
}

func (s Step) title() string {
	k, _ := StepKindNamed(s.Do)
	return k.Title
}

// oneWay reports whether the steps cannot be taken back.
func (r *Rule) oneWay() bool {
	return slices.ContainsFunc(r.stages, func(s stage) bool { return s.put == nil })
}

// Begins is the side that the steps begin at.
func (r *Rule) Begins() connector.Side { return r.from }

// Fills reports whether the steps give a side something where the other side has nothing.
func (r *Rule) Fills(to connector.Side) bool {
	return to == r.from.Other() && r.Direction.To(to) && slices.ContainsFunc(r.stages, func(s stage) bool { return s.fills })
}

// overfull says why what is used for an empty value cannot stand where it is to go, nil when it can.
func (r *Rule) overfull() *refusal {
	to := r.from.Other()
	if !r.Fills(to) {
		return nil
	}
	v, err := r.Convert(to, nil)
	if _, cut := r.shorten(to, 0, text(v)); err == nil && cut && len(r.longest[to]) == 1 { // or it would come back as a value of its own
		err = fmt.Errorf("it is longer than %d characters", r.longest[to][0])
	}
	if err != nil {
		bad := refuse(fmt.Sprintf("What is used for an empty value does not fit %s: %s.", calledAll(r.Fields[to]), err),
			"transform if_empty does not fit %s: %s", r.Fields[to][0].Name, err)
		bad.step, bad.setting = slices.IndexFunc(r.stages, func(s stage) bool { return s.fills }), "use"
		return bad
	}
	return nil
}

// misplaced says why the steps do not fit the fields, nil when they do.
func (r *Rule) misplaced() *refusal {
	if len(r.steps) == 0 {
		return nil
	}
	list := r.stages[0].reads
	switch {
	case r.isLinked():
		return refuse("Steps work on texts, and this pair says what a record belongs to. Take the step out.",
			"transform %q works on texts, not on what a record belongs to; take it out of this row", r.steps[0].Do)
	case r.isStaff():
		return refuse("Steps work on texts, and this pair says who a record is given to. Take the step out.",
			"transform %q works on texts, not on members of staff; take it out of this row", r.steps[0].Do)
	case r.Kind == Consent:
		return refuse("Nothing may change a wish not to be contacted on its way. Take the step out.",
			"transform %q may not change a wish not to be contacted; take it out of this row", r.steps[0].Do)
	case r.Kind == Set && !list:
		return refuse("Steps work on one value, and this pair is a list of names. Take the step out.",
			"transform %q works on single values, not on a list of names; take it out of this row", r.steps[0].Do)
	case r.Kind == Set && len(r.steps) > 1:
		return refuse(fmt.Sprintf("After “%s” the value is a list of names, and no further step works on that. Take the others out.", r.steps[0].title()),
			"transform %q works on single values, not on the list that %s makes; take it out of this row", r.steps[1].Do, r.steps[0].Do)
	case r.steps[0].Do == "join_fields" && len(r.Fields[r.from]) < 2:
		return refuse("There is only one field to join. Take the step out, or name several fields in the flow file.",
			"transform join_fields needs several fields; name them in this row, or take it out")
	case r.steps[0].Do == "join_list" && r.Fields[r.from][0].Type != connector.Set:
		return refuse(fmt.Sprintf("%s is no list, so there is nothing to join. Take the step out.", calledAll(r.Fields[r.from])),
			"transform join_list needs a list of names to begin with; take it out of this row")
	}
	return r.overfull()
}
