package automation

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"couplet/internal/mapping"
)

// formula reads a formula over values: contact.score > 10 and "lead" in contact.tags. A name that is no word is written
// contact.customFields["0abc"].
func formula(code string, values []Value) (*vm.Program, error) {
	env := types.Map{}
	for _, v := range values {
		in, parts := env, strings.Split(v.Path, ".")
		for _, name := range parts[:len(parts)-1] {
			if in[name] == nil {
				in[name] = types.Map{}
			}
			below, ok := in[name].(types.Map)
			if !ok {
				in = nil // whatever stands there may hold anything
				break
			}
			in = below
		}
		if last := parts[len(parts)-1]; in != nil && in[last] == nil {
			in[last] = types.Any
		}
	}
	return mapping.Expression(code, env)
}

// decide works a formula out that gives yes or no.
func decide(code string, values []Value, d Data) (bool, error) {
	program, err := formula(code, values)
	if err != nil {
		return false, err
	}
	out, err := mapping.Work(program, deep(d, values))
	if err != nil {
		return false, fmt.Errorf("the formula does not work: %w", err)
	}
	yes, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("the formula gives %s, and yes or no is needed; compare it with something", mapping.Words(out))
	}
	return yes, nil
}

// deep are data in which every value is there, empty where it has none, so that a formula finds nothing missing.
func deep(d Data, values []Value) map[string]any {
	env := map[string]any{}
	for _, v := range values {
		x := d.At(v.Path)
		if x == nil && v.Open {
			x = map[string]any{}
		}
		put(env, v.Path, x)
	}
	return env
}
