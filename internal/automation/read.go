package automation

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"couplet/internal/flow"
)

// Read reads an automation from a file. It is strict: a key that is not known, comes twice or has no value is an error, and
// all errors are returned at once, each with its line, as [flow.Errors]. What the file says is not judged; see [Check].
func Read(name string, data []byte) (Automation, error) {
	var a Automation
	r := &reader{file: name}
	if root := r.tree(data); root != nil {
		r.into(root, reflect.ValueOf(&a).Elem(), "an automation")
	}
	if len(r.errs) == 0 {
		return a, nil
	}
	slices.SortStableFunc(r.errs, func(x, y flow.Error) int { return x.Line - y.Line })
	return a, r.errs
}

// reader walks the tree of a YAML text along the types that it is read into, because a decoder stops at the first error and
// takes a key that comes twice.
type reader struct {
	file string
	errs flow.Errors
}

func (r *reader) fail(n ast.Node, format string, args ...any) {
	line := 1
	if n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		line = max(n.GetToken().Position.Line, 1)
	}
	r.errs = append(r.errs, flow.Error{File: r.file, Line: line, Text: fmt.Sprintf(format, args...)})
}

// tree is the root of the one document of a text, nil when there is none to read.
func (r *reader) tree(data []byte) (root ast.Node) {
	defer func() { // the parser is known to panic on some malformed texts
		if recover() != nil {
			r.fail(nil, "this is not YAML that can be read; compare it with one of the templates")
			root = nil
		}
	}()
	f, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	var syntax yaml.Error
	switch {
	case errors.As(err, &syntax) && syntax.GetToken() != nil:
		r.errs = append(r.errs, flow.Error{File: r.file, Line: syntax.GetToken().Position.Line,
			Text: fmt.Sprintf("this is not valid YAML: %s; look for missing quotes, colons or spaces at the start of the line", syntax.GetMessage())})
	case err != nil:
		r.fail(nil, "this is not valid YAML: %s", err)
	case len(f.Docs) > 1 && f.Docs[1].Body != nil:
		r.fail(f.Docs[1].Body, "a second document begins here; one file holds one automation")
	case len(f.Docs) == 0 || f.Docs[0].Body == nil:
		r.fail(nil, "the file is empty; it needs name, trigger and steps")
	default:
		return f.Docs[0].Body
	}
	return nil
}

// into reads a node into a value of any type that automations are made of.
func (r *reader) into(n ast.Node, v reflect.Value, what string) {
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if s, ok := r.text(n, what); ok {
			if err := text.UnmarshalText([]byte(s)); err != nil {
				r.fail(n, "%s: %s", what, err)
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		r.group(n, v, what)
	case reflect.Slice:
		list, ok := r.list(n, what)
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
		for i := range list {
			r.into(list[i], v.Index(i), what)
		}
		if !ok || len(list) == 0 {
			v.SetZero()
		}
	case reflect.Array:
		list, _ := r.list(n, what)
		if len(list) > v.Len() {
			r.fail(n, "%s has %d elements, and %d is the most", what, len(list), v.Len())
			return
		}
		for i := range list {
			r.into(list[i], v.Index(i), what)
		}
	case reflect.Map:
		out := map[string]string{}
		for _, e := range r.entries(n, what) {
			out[e.name], _ = r.text(e.value, what+"."+e.name)
		}
		if len(out) > 0 {
			v.Set(reflect.ValueOf(out))
		}
	case reflect.Bool:
		if s, ok := r.text(n, what); ok && s != "true" && s != "false" {
			r.fail(n, "%s is %q; write true or false", what, s)
		} else {
			v.SetBool(s == "true")
		}
	case reflect.Int:
		if s, ok := r.text(n, what); ok {
			i, err := strconv.Atoi(s)
			if err != nil {
				r.fail(n, "%s is %q; write a whole number", what, s)
			}
			v.SetInt(int64(i))
		}
	default:
		s, _ := r.text(n, what)
		v.SetString(s)
	}
}

// group reads keys into the fields of a struct that carry their names.
func (r *reader) group(n ast.Node, v reflect.Value, what string) {
	var known []string
	at := map[string]int{}
	for i := range v.NumField() {
		if name := key(v.Type().Field(i)); name != "" {
			known, at[name] = append(known, name), i
		}
	}
	for _, e := range r.entries(n, what) {
		i, ok := at[e.name]
		if !ok {
			r.fail(e.at, "%s is not a key of %s; known here: %s", e.name, what, strings.Join(known, ", "))
			continue
		}
		inner := e.name
		if v.Type().Field(i).Type == reflect.TypeFor[[]Step]() {
			inner = "a step"
		}
		r.into(e.value, v.Field(i), inner)
	}
}

// key is the name of a field in a file, "" for one that no file holds.
func key(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return strings.TrimPrefix(name, "-")
}

type entry struct {
	name      string
	at, value ast.Node
}

func (r *reader) entries(n ast.Node, what string) (out []entry) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		r.fail(n, "%s must be keys with values, and here is something else; write it as key: value", what)
	}
	for _, v := range values {
		name := v.Key.GetToken().Value
		switch {
		case slices.ContainsFunc(out, func(e entry) bool { return e.name == name }):
			r.fail(v.Key, "%s is given twice; keep one of the two", name)
		case v.Value == nil || v.Value.Type() == ast.NullType:
			r.fail(v.Key, "%s has no value; give it one, or remove the line", name)
		default:
			out = append(out, entry{name, v.Key, v.Value})
		}
	}
	return out
}

func (r *reader) list(n ast.Node, what string) ([]ast.Node, bool) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(n, "%s must be a list, and here is something else; begin each element with a dash", what)
		return nil, false
	}
	return s.Values, true
}

func (r *reader) text(n ast.Node, what string) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	r.fail(n, "%s must be one value, and here is a list, a group, or an anchor", what)
	return "", false
}
