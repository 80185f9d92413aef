package automation

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Difference is one thing in which two states of an automation differ.
type Difference struct {
	// Step is the id of the step, "" for the automation itself.
	Step string
	// Field is the key as in a file: "with.name", "trigger.event"; [PlaceField] for a step that was added, removed or moved.
	Field string
	// Was and Now are what a file says, "" for nothing. Of a place they are the step's number.
	Was, Now string
}

// PlaceField is the field of a difference that says where a step stands.
const PlaceField = "place"

// Compare lists in what an automation differs from what it was: first itself, then its steps in the order in which they stand
// now, then those that are gone. What is no part of a version is not compared. A step that only stands elsewhere because
// others came or went is not moved.
func Compare(was, now Automation) (out []Difference) {
	out = differences("", reflect.ValueOf(was), reflect.ValueOf(now))
	before, after := map[string]Step{}, map[string]Step{}
	Walk(was, func(_ string, st Step) { before[st.ID] = st })
	Walk(now, func(_ string, st Step) { after[st.ID] = st })
	stay := settled(was, now, before, after)
	Walk(now, func(place string, st Step) {
		old, there := before[st.ID]
		switch {
		case !there:
			out = append(out, Difference{st.ID, PlaceField, "", Number(now, place)})
			return
		case !stay[st.ID]:
			out = append(out, Difference{st.ID, PlaceField, Number(was, PlaceOf(was, st.ID)), Number(now, place)})
		}
		out = append(out, differences(st.ID, reflect.ValueOf(old), reflect.ValueOf(st))...)
	})
	Walk(was, func(place string, st Step) {
		if _, there := after[st.ID]; !there {
			out = append(out, Difference{st.ID, PlaceField, Number(was, place), ""})
		}
	})
	return out
}

// settled are the steps that were not moved: they stand in the same list as before, and in the same order as others of it.
func settled(was, now Automation, before, after map[string]Step) map[string]bool {
	lists := func(a Automation, also map[string]Step) map[string][]string {
		out := map[string][]string{}
		Walk(a, func(place string, st Step) {
			if _, both := also[st.ID]; !both {
				return
			}
			in := ""
			if at := strings.LastIndexByte(place, '/'); at >= 0 {
				parts := strings.Split(place[:at], "/")
				holder, _ := StepAt(a, strings.Join(parts[:len(parts)-1], "/")) // Walk came through it
				in = holder.ID + "/" + parts[len(parts)-1]
			}
			out[in] = append(out[in], st.ID)
		})
		return out
	}
	out, old := map[string]bool{}, lists(was, after)
	for in, ids := range lists(now, before) {
		for _, id := range longest(old[in], ids) {
			out[id] = true
		}
	}
	return out
}

// longest is the longest list that both lists hold in its order.
func longest(x, y []string) []string {
	best := make([][][]string, len(x)+1)
	for i := range best {
		best[i] = make([][]string, len(y)+1)
	}
	for i := range x {
		for j := range y {
			best[i+1][j+1] = best[i][j+1]
			if len(best[i+1][j]) > len(best[i][j+1]) {
				best[i+1][j+1] = best[i+1][j]
			}
			if x[i] == y[j] && len(best[i][j])+1 > len(best[i+1][j+1]) {
				best[i+1][j+1] = append(slices.Clone(best[i][j]), x[i])
			}
		}
	}
	return best[len(x)][len(y)]
}

func differences(step string, was, now reflect.Value) (out []Difference) {
	x, y := map[string]string{}, map[string]string{}
	order := flatten("", was, x, nil)
	order = flatten("", now, y, order)
	for _, field := range order {
		if x[field] != y[field] {
			out = append(out, Difference{step, field, x[field], y[field]})
		}
	}
	return out
}

// flatten writes what a struct says, by its keys as in a file, steps left out. It returns the keys in their order, those that
// are known already first.
func flatten(under string, v reflect.Value, to map[string]string, order []string) []string {
	say := func(field, text string) {
		if text != "" {
			if to[field] = text; !slices.Contains(order, field) {
				order = append(order, field)
			}
		}
	}
	for i := range v.NumField() {
		name, f := key(v.Type().Field(i)), v.Field(i)
		field := under + name
		switch x := f.Interface().(type) {
		case []Step, []OwnField: // fields follow from the rest
		case Filter:
			say(field, x.Words(nil))
		case map[string]string:
			for _, k := range sorted(x) {
				say(field+"."+k, x[k])
			}
		case encoding.TextMarshaler:
			if !f.IsZero() {
				text, _ := x.MarshalText() // of durations, which never fails
				say(field, string(text))
			}
		default:
			switch {
			case name == "" || name == "enabled" || name == "id" || f.IsZero():
			case f.Kind() == reflect.Struct:
				order = flatten(field+".", f, to, order)
			case f.Kind() == reflect.Array:
				say(field, strings.Trim(fmt.Sprint(f.Interface()), "[]"))
			default:
				say(field, fmt.Sprint(f.Interface()))
			}
		}
	}
	return order
}
