package automation

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Insert puts a step at a place, before the one that is there. It and the steps in it get new ids where they have none, or one
// that is taken.
func Insert(a Automation, place string, st Step) (Automation, error) {
	a = Clone(a)
	list, i, err := a.at(place)
	if err != nil {
		return a, err
	}
	st = cloneStep(st)
	a.name(&st)
	*list = slices.Insert(*list, i, st)
	return a, nil
}

// name gives a step, and those in it, ids that nobody has.
func (a *Automation) name(st *Step) {
	used := Clone(*a)
	var give func(st *Step)
	give = func(st *Step) {
		if st.ID == "" || PlaceOf(used, st.ID) != "" {
			st.ID = NewID(used)
		}
		used.Steps = append(used.Steps, Step{ID: st.ID})
		for _, name := range []string{InThen, InElse, InDo} {
			for i := range *st.list(name) {
				give(&(*st.list(name))[i])
			}
		}
	}
	give(st)
}

// Remove takes the step at a place out, and what is in it.
func Remove(a Automation, place string) (Automation, error) {
	a = Clone(a)
	list, i, err := a.at(place)
	if err == nil && i == len(*list) {
		err = ErrNoPlace
	}
	if err != nil {
		return a, err
	}
	*list = slices.Delete(*list, i, i+1)
	return a, nil
}

// Change puts another step in the place of one. It keeps the id, so that pills go on naming it; what its kind does not hold
// is left out.
func Change(a Automation, place string, st Step) (Automation, error) {
	a = Clone(a)
	list, i, err := a.at(place)
	if err == nil && i == len(*list) {
		err = ErrNoPlace
	}
	if err != nil {
		return a, err
	}
	st = cloneStep(st)
	st.ID = (*list)[i].ID
	for _, name := range []string{InThen, InElse, InDo} {
		if !holds(st.Kind, name) {
			*st.list(name) = nil
		}
	}
	(*list)[i] = st
	return a, nil
}

// Move takes the step at a place to another place, which is named as the automation stands before: the step is put before
// the one that is there. It returns the place where it stands now.
func Move(a Automation, from, to string) (Automation, string, error) {
	st, err := StepAt(a, from)
	if err != nil {
		return a, from, err
	}
	if to == from || strings.HasPrefix(to, from+"/") {
		return a, from, errors.New("a step cannot be moved into itself; choose a place outside of it")
	}
	moved := Clone(a)
	list, i, err := moved.at(to)
	if err != nil {
		return a, from, err
	}
	mark := cloneStep(st)
	mark.ID = "\x00" + st.ID // known again after the old one is gone
	*list = slices.Insert(*list, i, mark)
	if moved, err = Remove(moved, PlaceOf(moved, st.ID)); err != nil {
		return a, from, err
	}
	place := PlaceOf(moved, mark.ID)
	list, i, err = moved.at(place)
	if err != nil {
		return a, from, err
	}
	(*list)[i].ID = st.ID
	return moved, place, nil
}

// Shift moves the step at a place up (-1) or down (1) among those beside it. At the edge of a branch it leaves the branch:
// up to before the step that holds it, down to behind it. At the edge of the whole nothing happens.
func Shift(a Automation, place string, by int) (Automation, string, error) {
	list, i, err := a.at(place)
	if err != nil || i == len(*list) {
		return a, place, cmpErr(err)
	}
	under := place[:strings.LastIndexByte(place, '/')+1]
	switch {
	case by < 0 && i > 0:
		return Move(a, place, under+strconv.Itoa(i-1))
	case by > 0 && i < len(*list)-1:
		return Move(a, place, under+strconv.Itoa(i+2))
	case under == "":
		return a, place, nil
	}
	parts := strings.Split(place, "/")
	holder := strings.Join(parts[:len(parts)-2], "/")
	if by < 0 {
		return Move(a, place, holder)
	}
	n, _ := strconv.Atoi(parts[len(parts)-3])
	return Move(a, place, strings.Join(append(slices.Clone(parts[:len(parts)-3]), strconv.Itoa(n+1)), "/"))
}

func cmpErr(err error) error {
	if err == nil {
		return ErrNoPlace
	}
	return err
}

// Clone is a copy that shares nothing with the automation.
func Clone(a Automation) Automation {
	a.Filter = cloneFilter(a.Filter)
	a.Steps = cloneSteps(a.Steps)
	return a
}

func cloneSteps(steps []Step) []Step {
	if steps == nil {
		return nil
	}
	out := make([]Step, len(steps))
	for i := range steps {
		out[i] = cloneStep(steps[i])
	}
	return out
}

func cloneStep(st Step) Step {
	st.With, st.HTTP.Headers = maps.Clone(st.With), maps.Clone(st.HTTP.Headers)
	st.If = cloneFilter(st.If)
	st.Then, st.Else, st.Do = cloneSteps(st.Then), cloneSteps(st.Else), cloneSteps(st.Do)
	return st
}

func cloneFilter(f Filter) Filter {
	f.All, f.Any = slices.Clone(f.All), slices.Clone(f.Any)
	for _, group := range [][]Filter{f.All, f.Any} {
		for i := range group {
			group[i] = cloneFilter(group[i])
		}
	}
	return f
}
