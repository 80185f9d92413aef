package automation

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The lists of steps that a step may hold, as places name them.
const (
	InThen = "then"
	InElse = "else"
	InDo   = "do"
)

// ErrNoPlace says that a place is not one of the automation: somebody else may have changed it.
var ErrNoPlace = errors.New("there is no such place in this automation; somebody may have changed it meanwhile")

// list is one list of steps inside a step, nil for a name that is none.
func (st *Step) list(name string) *[]Step {
	switch name {
	case InThen:
		return &st.Then
	case InElse:
		return &st.Else
	case InDo:
		return &st.Do
	}
	return nil
}

// Lists are the names of the lists that a step of a kind holds.
func Lists(kind string) []string {
	switch kind {
	case Condition:
		return []string{InThen, InElse}
	case Each:
		return []string{InDo}
	}
	return nil
}

// at is the list that a place is in, and its index there. The index may be the length of the list: the place after it.
func (a *Automation) at(place string) (*[]Step, int, error) {
	list, parts := &a.Steps, strings.Split(place, "/")
	for {
		i, err := strconv.Atoi(parts[0])
		if err != nil || i < 0 || i > len(*list) || strconv.Itoa(i) != parts[0] {
			return nil, 0, ErrNoPlace
		}
		if len(parts) == 1 {
			return list, i, nil
		}
		if i == len(*list) {
			return nil, 0, ErrNoPlace
		}
		st := &(*list)[i]
		if list = st.list(parts[1]); list == nil || len(parts) < 3 || !holds(st.Kind, parts[1]) {
			return nil, 0, ErrNoPlace
		}
		parts = parts[2:]
	}
}

func holds(kind, list string) bool {
	for _, name := range Lists(kind) {
		if name == list {
			return true
		}
	}
	return false
}

// StepAt is the step at a place.
func StepAt(a Automation, place string) (Step, error) {
	list, i, err := a.at(place)
	if err == nil && i == len(*list) {
		err = ErrNoPlace
	}
	if err != nil {
		return Step{}, err
	}
	return (*list)[i], nil
}

// PlaceOf is the place of the step with an id, "" where there is none.
func PlaceOf(a Automation, id string) string {
	found := ""
	Walk(a, func(place string, st Step) {
		if st.ID == id && found == "" {
			found = place
		}
	})
	return found
}

// Walk calls f for every step, each before those in it.
func Walk(a Automation, f func(place string, st Step)) { walk(a.Steps, "", f) }

func walk(steps []Step, under string, f func(string, Step)) {
	for i := range steps {
		place := under + strconv.Itoa(i)
		f(place, steps[i])
		for _, name := range []string{InThen, InElse, InDo} {
			walk(*steps[i].list(name), place+"/"+name+"/", f)
		}
	}
}

// Number is what people call the step at a place: "4" for the fourth step, "4b" for the one in the second branch of it,
// "4b2" where there are several, "4.2" for the second one of a loop.
func Number(a Automation, place string) string {
	parts, list, out := strings.Split(place, "/"), &a.Steps, ""
	for n := 0; n < len(parts); n += 2 {
		i, err := strconv.Atoi(parts[n])
		if err != nil || i < 0 || i > len(*list) {
			return ""
		}
		switch {
		case n == 0:
			out = strconv.Itoa(i + 1)
		case parts[n-1] == InDo:
			out += "." + strconv.Itoa(i+1)
		default:
			out += map[string]string{InThen: "a", InElse: "b"}[parts[n-1]]
			if len(*list) > 1 || i > 0 {
				out += strconv.Itoa(i + 1)
			}
		}
		if n+2 < len(parts) {
			if i == len(*list) || !holds((*list)[i].Kind, parts[n+1]) {
				return ""
			}
			list = (*list)[i].list(parts[n+1])
		}
	}
	return out
}

// NewID is an id that no step has.
func NewID(a Automation) string {
	used := map[string]bool{}
	Walk(a, func(_ string, st Step) { used[st.ID] = true })
	for n := 1; ; n++ {
		if id := fmt.Sprintf("s%d", n); !used[id] {
			return id
		}
	}
}
