package connectortest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector"
)

// Every calls all operations of a catalog on a system that has to take them.
type Every struct {
	On connector.Operator
	// Bend is the transport below, which spoils requests on demand; nil: nothing is spoiled.
	Bend *Bend
	// Values are what takes are given, by "operation.take", by "family.take" (a family is what operation ids begin with) or by
	// "take". "$name" in a value is what a maker made. What is not named gets a value of its type; # is a number that grows.
	Values map[string]any
	// Makers make records, by the name that values use.
	Makers map[string]Maker
	// First are lists that must not come out empty: what is made before, by the name of its maker.
	First map[string]string
	// More names the maker of what may be given besides the takes, by operation; only for taking it back.
	More map[string]string
	// Also are takes that an operation needs although the catalog lets them be left out, each with its reason.
	Also map[string]string
	// Lenient are the wrong requests that the system takes, "operation.take", each with its reason.
	Lenient map[string]string
	// Skipped are operations that are not called, each with its reason.
	Skipped map[string]string

	made  map[string]any
	count int
}

// Maker is an operation that makes a record, and where in its answer the id stands; In is given besides what values say.
type Maker struct {
	Operation, At string
	In            map[string]any
}

// Run calls each operation with all that it takes and with no more than it must be given, then wrongly: once without each
// value that it must be given, and once with each record unknown. It returns how many operations ran.
func (e *Every) Run(t *testing.T) int {
	t.Helper()
	e.made = map[string]any{}
	ran, wrong, all := 0, 0, e.On.Operations().Operations
	for i := range all {
		o := &all[i]
		if why := e.Skipped[o.ID]; why != "" {
			t.Logf("SKIPPED %s: %s", o.ID, why)
			continue
		}
		good := true
		for _, full := range []bool{true, false} {
			in := e.in(t, o, full)
			if first := e.First[o.ID]; first != "" {
				e.make(t, first)
			}
			answer, err := e.On.Do(t.Context(), o.ID, in)
			if err != nil {
				t.Errorf("%s %v: %v", o.ID, in, deep(err))
				good = false
			} else if !full && e.First[o.ID] != "" && !lists(answer) {
				t.Errorf("%s lists nothing although there is a %s: %v", o.ID, e.First[o.ID], answer)
			}
			e.forget(o)
		}
		if good {
			ran++
		}
		if e.Bend != nil && good {
			wrong += e.wrongly(t, o)
		}
	}
	e.settle(t)
	t.Logf("%d of %d operations ran and were answered, %d wrong requests of them were refused, %d operations were skipped", ran, len(all), wrong, len(e.Skipped))
	return ran
}

// lists says whether an answer has a list in it that is not empty.
func lists(answer any) bool {
	switch v := answer.(type) {
	case []any:
		return len(v) > 0
	case map[string]any:
		for _, inner := range v {
			if list, ok := inner.([]any); ok && len(list) > 0 {
				return true
			}
		}
	}
	return false
}

// settle asks whether each reason is still needed and each maker known.
func (e *Every) settle(t *testing.T) {
	t.Helper()
	for _, reasons := range []map[string]string{e.Skipped, e.Also, e.Lenient, e.First} {
		for name := range reasons {
			id, _, _ := strings.Cut(name, ".")
			if _, known := e.On.Operations().Find(id); !known {
				t.Errorf("there is no operation %s any more", id)
			}
		}
	}
}

// forget lets go of what was made once something is deleted, as others may hang on it.
func (e *Every) forget(o *connector.Operation) {
	if o.Method == "DELETE" || strings.Contains(o.ID, "merge") {
		e.made = map[string]any{}
	}
}

// in is what an operation is given.
func (e *Every) in(t *testing.T, o *connector.Operation, full bool) map[string]any {
	t.Helper()
	in := map[string]any{}
	for _, take := range o.Takes {
		if take.Asked() && (full || take.Required || len(o.OneOf) > 0 && o.OneOf[0] == take.Name || e.Also[o.ID+"."+take.Name] != "") {
			in[take.Name] = e.fill(t, e.value(o, take))
		}
	}
	return in
}

func (e *Every) value(o *connector.Operation, take connector.Take) any {
	for family := o.ID; family != ""; {
		if v, given := e.Values[family+"."+take.Name]; given {
			return v
		}
		family = family[:max(0, strings.LastIndex(family, "-"))]
	}
	if v, given := e.Values[take.Name]; given {
		return v
	}
	return map[string]any{
		"text": "word #", "email": "ada#@example.com", "phone": "+120255501##", "number": 3.0, "yes_no": true, "date": "2026-03-01", "time": "2031-03-03T15:00:00Z",
		"list": []any{"one", "two"}, "choice": slices.Concat(take.Choices, []string{""})[0], "data": map[string]any{},
	}[take.Type]
}

// fill puts made records and numbers into a value.
func (e *Every) fill(t *testing.T, v any) any {
	t.Helper()
	switch v := v.(type) {
	case string:
		if name, is := strings.CutPrefix(v, "$"); is {
			return e.make(t, name)
		}
		if strings.Contains(v, "#") {
			e.count++
			v = strings.ReplaceAll(strings.ReplaceAll(v, "##", fmt.Sprintf("%02d", e.count%100)), "#", fmt.Sprint(e.count))
		}
		return v
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = e.fill(t, v[i])
		}
		return list
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			out[name] = e.fill(t, inner)
		}
		return out
	}
	return v
}

// make is the id of a record that is there until something is deleted.
func (e *Every) make(t *testing.T, name string) any {
	t.Helper()
	if id := e.made[name]; id != nil {
		return id
	}
	m, known := e.Makers[name]
	if !known {
		t.Fatalf("nothing makes $%s", name)
	}
	o, known := e.On.Operations().Find(m.Operation)
	if !known {
		t.Fatalf("nothing makes $%s: there is no operation %s", name, m.Operation)
	}
	in := e.in(t, o, false)
	maps.Copy(in, e.fill(t, m.In).(map[string]any))
	answer, err := e.On.Do(t.Context(), m.Operation, in)
	if err != nil {
		t.Fatalf("make $%s by %s %v: %v", name, m.Operation, in, deep(err))
	}
	id := at(answer, m.At)
	if id == nil {
		t.Fatalf("%s answers no %s: %v", m.Operation, m.At, answer)
	}
	e.made[name] = id
	return id
}

// wrongly makes the wrong calls of an operation and returns how many were refused.
func (e *Every) wrongly(t *testing.T, o *connector.Operation) (refused int) {
	t.Helper()
	for _, take := range o.Takes {
		if !take.Required && take.Blank == nil && take.Account == "" || take.In == "path" && (take.Account != "" || !e.isRecord(o, take)) {
			continue
		}
		in := e.in(t, o, false)
		e.Bend.Next(o.Path, take)
		_, err := e.On.Do(t.Context(), o.ID, in)
		var failed *connector.Error
		ok := errors.As(err, &failed) && slices.Contains([]int{400, 403, 404, 422}, failed.Status)
		switch name := o.ID + "." + take.Name; {
		case ok && e.Lenient[name] != "":
			t.Errorf("%s is refused now: take it out of the lenient ones", name)
		case ok:
			refused++
		case e.Lenient[name] == "":
			t.Errorf("%s without %s, or with one that nobody has, is not refused: %v", o.ID, take.Name, err)
		}
		e.forget(o)
	}
	return refused
}

// isRecord says whether the take of a path is the id of a record, not a word.
func (e *Every) isRecord(o *connector.Operation, take connector.Take) bool {
	s, _ := e.value(o, take).(string)
	return strings.HasPrefix(s, "$")
}

// deep tells what the system said, which the message for people leaves out.
func deep(err error) string {
	var failed *connector.Error
	if errors.As(err, &failed) {
		return fmt.Sprintf("%d %s %v %v", failed.Status, failed.Message, failed.Fields, failed.Err)
	}
	return err.Error()
}
