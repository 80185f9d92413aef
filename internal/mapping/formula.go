package mapping

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// mostFields is how many fields a formula may take.
const mostFields = 9

// loops finds what a formula does for each member of a list. A formula is worked out for every record and nobody can stop it,
// and loops in loops over a long text take for ever; without them it takes as long as it is written.
type loops struct{ found bool }

// Visit implements ast.Visitor.
func (l *loops) Visit(n *ast.Node) {
	_, each := (*n).(*ast.PredicateNode)
	l.found = l.found || each
}

// FormulaError is what is wrong with a formula, and where.
type FormulaError struct {
	Text string
	At   Place
}

func (e *FormulaError) Error() string {
	if e.At.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("%s (line %d, character %d)", e.Text, e.At.Line, e.At.Column)
}

// Formula reads a formula. The error is a *FormulaError.
func Formula(code string) (*vm.Program, error) {
	env := types.Map{"value": types.Any}
	for i := range mostFields {
		env[fmt.Sprintf("f%d", i+1)] = types.Any
	}
	return Expression(code, env)
}

// Expression reads a formula over other names than those of fields. The error is a *FormulaError.
func Expression(code string, env types.Map) (*vm.Program, error) {
	if len(code) > 2000 {
		return nil, &FormulaError{Text: "it is longer than 2,000 characters"}
	}
	var l loops
	program, err := expr.Compile(code, expr.Env(env), expr.MaxNodes(500), expr.Patch(&l), expr.DisableBuiltin("now")) // or the same values would give others
	if err == nil && l.found {
		return nil, &FormulaError{Text: "it goes through a list, and a formula cannot"}
	}
	if err != nil {
		return nil, placed(code, err)
	}
	return program, nil
}

// unexpected is how the reader of formulas names a piece that stands in the wrong place.
var unexpected = regexp.MustCompile(`^unexpected token \w+\("(.*)"\)`)

// placed says in words what the reader of formulas found, and where.
func placed(code string, err error) *FormulaError {
	first, _, _ := strings.Cut(err.Error(), "\n")
	out := &FormulaError{Text: first}
	var f *file.Error
	if !errors.As(err, &f) {
		return out
	}
	out.Text = f.Message
	if before := []rune(code); f.Line > 0 && f.From <= len(before) {
		lines := strings.Split(string(before[:f.From]), "\n")
		out.At = Place{len(lines), len([]rune(lines[len(lines)-1])) + 1}
	}
	name, unknown := strings.CutPrefix(f.Message, "unknown name ")
	switch {
	case unknown:
		name, _, _ = strings.Cut(name, " ")
		out.Text = fmt.Sprintf("“%s” is neither a field nor a function here", name)
	case unexpected.MatchString(f.Message):
		out.Text = "“" + unexpected.FindStringSubmatch(f.Message)[1] + "” is not expected here"
	case strings.HasPrefix(f.Message, "unexpected token EOF"):
		all := strings.Split(code, "\n")
		out.Text, out.At = "it ends too early: something is missing at the end", Place{len(all), len([]rune(all[len(all)-1])) + 1}
	}
	return out
}

// Work works a formula out. Its error is one line.
func Work(program *vm.Program, env map[string]any) (any, error) {
	out, err := expr.Run(program, env)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, errors.New(first)
	}
	return out, nil
}

// calculate works a formula out for one value. A number in a text counts as one.
func calculate(program *vm.Program, v Value) (Value, error) {
	env := map[string]any{"value": v}
	if p, ok := v.(Parts); ok {
		env["value"] = joined(p)
		for i, x := range p {
			env[fmt.Sprintf("f%d", i+1)] = x
		}
	}
	out, err := Work(program, env)
	if err != nil {
		return nil, fmt.Errorf("the formula does not work for %q: %w", text(v), err)
	}
	switch out := out.(type) {
	case nil, string, bool, float64:
		return out, nil
	case int:
		return float64(out), nil
	}
	return nil, fmt.Errorf("the formula makes a %T, and a text, a number or yes or no is needed", out)
}

// Term is a word of formulas: what is put in for it, and what it means.
type Term struct{ Put, Means string }

// Functions are those that a person is told about; each is one that formulas know.
var Functions = []Term{
	{"upper(", "upper(text): in capitals"}, {"lower(", "lower(text): in small letters"}, {"trim(", "trim(text): without spaces around it"},
	{"replace(", "replace(text, piece, other): one piece for another"}, {"split(", "split(text, separator)[0]: a part of it"},
	{"trimPrefix(", "trimPrefix(text, beginning): without that beginning"}, {"trimSuffix(", "trimSuffix(text, end): without that end"},
	{"hasPrefix(", "hasPrefix(text, beginning): yes or no"}, {"hasSuffix(", "hasSuffix(text, end): yes or no"}, {"indexOf(", "indexOf(text, piece): where it stands, -1 for nowhere"},
	{"len(", "len(text): how many characters"}, {"float(", "float(text): the number in it"}, {"int(", "int(text): the whole number in it"}, {"string(", "string(number): as text"},
	{"round(", "round(number): to a whole one"}, {"floor(", "floor(number): down to a whole one"}, {"ceil(", "ceil(number): up to a whole one"}, {"abs(", "abs(number): without its sign"},
	{"min(", "min(x, y): the smaller one"}, {"max(", "max(x, y): the larger one"},
}
