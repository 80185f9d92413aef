package connectortest

import (
	"fmt"
	"strings"
	"testing"

	"couplet/internal/connector"
)

// Step is one call of an operation. A value that begins with $ is one that a step before has kept.
type Step struct {
	Operation string
	In        map[string]any
	// Keep takes values of the answer, by the name that they get; the path has dots. Want are texts that must stand there.
	Keep, Want map[string]string
}

// Play makes the calls one after the other, and returns the operations that it made.
func Play(t *testing.T, o connector.Operator, steps []Step) map[string]bool {
	t.Helper()
	kept, made := map[string]any{}, map[string]bool{}
	for _, s := range steps {
		in := map[string]any{}
		for name, value := range s.In {
			in[name] = filled(value, kept)
		}
		answer, err := o.Do(t.Context(), s.Operation, in)
		if err != nil {
			t.Fatalf("%s %v: %v", s.Operation, in, err)
		}
		made[s.Operation] = true
		for name, path := range s.Keep {
			if kept["$"+name] = at(answer, path); kept["$"+name] == nil {
				t.Fatalf("%s: the answer has no %s: %v", s.Operation, path, answer)
			}
		}
		for path, want := range s.Want {
			if got := fmt.Sprint(at(answer, path)); got != fmt.Sprint(filled(want, kept)) {
				t.Errorf("%s: %s is %s, want %s, in %v", s.Operation, path, got, want, answer)
			}
		}
	}
	return made
}

func filled(value any, kept map[string]any) any {
	switch v := value.(type) {
	case string:
		if strings.HasPrefix(v, "$") {
			return kept[v]
		}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = filled(v[i], kept)
		}
		return list
	}
	return value
}

// at follows a path with dots; a number is a place in a list, and an empty path is the whole.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		switch held := v.(type) {
		case map[string]any:
			v = held[key]
		case []any:
			i := 0
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(held) {
				return nil
			}
			v = held[i]
		default:
			return nil
		}
	}
	return v
}
