package script

import (
	"errors"
	"slices"

	"go.starlark.net/lib/json"
	"go.starlark.net/lib/math"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// name is what the language calls the script in its positions.
const name = "script"

// dialect leaves nothing out that a reader of Python expects, but a function that calls itself: so every mistake of that kind
// has a line, instead of a full stack.
var dialect = &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true}

// given are the names that a script has besides those of the language.
var given = starlark.StringDict{"json": json.Module, "math": math.Module}

// mostProblems is how many of a script's problems are told at once.
const mostProblems = 5

// Check is what is wrong with a script as far as can be seen without running it, in the order of its lines: its grammar, names
// that nothing gives, and whether it defines run(input).
func Check(code string) []*Error {
	_, problems := compile(code)
	return problems
}

func compile(code string) (*starlark.Program, []*Error) {
	file, err := dialect.Parse(name, code, 0)
	if err != nil {
		return nil, problemsOf(err)
	}
	for _, st := range file.Stmts {
		if load, ok := st.(*syntax.LoadStmt); ok {
			return nil, []*Error{at(load.Load, "a script can load nothing; write what it needs into it, or use json and math, which are there")}
		}
	}
	program, err := starlark.FileProgram(file, given.Has)
	if err != nil {
		return nil, problemsOf(err)
	}
	if e := runOf(file); e != nil {
		return nil, []*Error{e}
	}
	return program, nil
}

// runOf says what is wrong with how a script defines run.
func runOf(file *syntax.File) *Error {
	var run *syntax.DefStmt
	for _, st := range file.Stmts {
		if def, ok := st.(*syntax.DefStmt); ok && def.Name.Name == "run" {
			run = def // the last one counts
		}
	}
	globals := file.Module.(*resolve.Module).Globals
	switch {
	case run != nil:
	case slices.ContainsFunc(globals, func(b *resolve.Binding) bool { return b.First.Name == "run" }):
		return nil // made in another way, such as a lambda; running it will show
	default:
		return failed("the script does not define run(input); begin with def run(input):")
	}
	takes, needs, named := 0, 0, false
	for _, p := range run.Params {
		switch p := p.(type) {
		case *syntax.UnaryExpr: // *args, * or **kwargs
			if p.Op == syntax.STAR {
				named = true
			}
			if p.Op == syntax.STAR && p.X != nil {
				takes++
			}
		case *syntax.BinaryExpr: // with a default
			if !named {
				takes++
			}
		default:
			needs++
			if takes++; named {
				needs++ // one that must be named is never given
			}
		}
	}
	if takes == 0 || needs > 1 {
		return at(run.Name.NamePos, "run is given one thing, its input; write def run(input):")
	}
	return nil
}

func at(pos syntax.Position, text string) *Error {
	return &Error{Kind: Failed, Line: int(pos.Line), Column: int(pos.Col), Text: text}
}

// problemsOf are the errors of a script as the language tells them, in a person's words.
func problemsOf(err error) []*Error {
	var grammar syntax.Error
	var names resolve.ErrorList
	var running *starlark.EvalError
	switch {
	case errors.As(err, &grammar):
		return []*Error{at(grammar.Pos, inWords(grammar.Msg))}
	case errors.As(err, &names):
		var out []*Error
		for _, e := range names[:min(len(names), mostProblems)] {
			out = append(out, at(e.Pos, inWords(e.Msg)))
		}
		return out
	case errors.As(err, &running):
		e := failed("%s", inWords(running.Msg))
		for _, frame := range slices.Backward(running.CallStack) {
			if frame.Pos.Filename() == name && frame.Pos.Line > 0 {
				e.Line, e.Column = int(frame.Pos.Line), int(frame.Pos.Col)
				break
			}
		}
		if running.Msg == tooManySteps {
			e.Kind = TooLong
		}
		return []*Error{e}
	}
	return []*Error{failed("%s", inWords(err.Error()))}
}
