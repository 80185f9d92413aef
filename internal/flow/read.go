package flow

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// reader walks the tree of a YAML text by hand instead of decoding into structs, because a decoder stops at the first
// error and a person wants to see all of them, each with its line.
type reader struct {
	file string
	env  func(string) (string, bool)
	errs Errors
}

func (r *reader) fail(line int, format string, args ...any) {
	r.errs = append(r.errs, Error{r.file, line, fmt.Sprintf(format, args...)})
}

// tree is the root of the one document of a text, nil when there is none to read.
func (r *reader) tree(data []byte) (root ast.Node) {
	// The parser is known to panic on some malformed texts; to a person that is one more unreadable file.
	defer func() {
		if recover() != nil {
			r.fail(1, "this is not YAML that can be read; compare it with the example of the documentation")
			root = nil
		}
	}()
	f, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	var syntax yaml.Error
	switch {
	case errors.As(err, &syntax) && syntax.GetToken() != nil:
		r.fail(syntax.GetToken().Position.Line, "this is not valid YAML: %s; look for missing quotes, colons or spaces at the start of the line", syntax.GetMessage())
	case err != nil:
		r.fail(1, "this is not valid YAML: %s", err)
	case len(f.Docs) > 1 && f.Docs[1].Body != nil:
		r.fail(line(f.Docs[1].Body), "a second document begins here; put everything under one version, connections and flows")
	case len(f.Docs) == 0 || f.Docs[0].Body == nil:
		r.fail(1, "the file is empty; it needs version, connections and flows")
	default:
		return f.Docs[0].Body
	}
	return nil
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return max(n.GetToken().Position.Line, 1)
}

// key is a key that a mapping may have, and what takes its value.
type key struct {
	name string
	take func(ast.Node)
}

// entry is one key and value of a mapping as they stand in the file.
type entry struct {
	name  string
	line  int
	value ast.Node
}

// entries are the keys and values of a mapping. Keys that come twice and keys without a value are refused here.
func (r *reader) entries(n ast.Node, what string) []entry {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		r.fail(line(n), "%s must be keys with values, and here is %s; write it as %s: { key: value }", what, kind(n), what)
		return nil
	}
	var out []entry
	for _, v := range values {
		name := v.Key.GetToken().Value
		if i := slices.IndexFunc(out, func(e entry) bool { return e.name == name }); i >= 0 {
			r.fail(line(v.Key), "%s is given twice (first on line %d); keep one of the two", name, out[i].line)
			continue
		}
		if v.Value == nil || v.Value.Type() == ast.NullType {
			r.fail(line(v.Key), "%s has no value; give it one, or remove the line", name)
			continue
		}
		out = append(out, entry{name, line(v.Key), v.Value})
	}
	return out
}

// object reads a mapping with known keys and returns the lines of those that are there.
func (r *reader) object(n ast.Node, what string, keys ...key) map[string]int {
	lines := map[string]int{}
	for _, e := range r.entries(n, what) {
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == e.name })
		if i < 0 {
			names := make([]string, len(keys))
			for j, k := range keys {
				names[j] = k.name
			}
			r.fail(e.line, "%s is not a key of %s; known here: %s", e.name, what, strings.Join(names, ", "))
			continue
		}
		lines[e.name] = e.line
		keys[i].take(e.value)
	}
	return lines
}

// list hands out the elements of a sequence.
func (r *reader) list(n ast.Node, what string, take func(ast.Node)) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(line(n), "%s must be a list, and here is %s; begin each element with a dash", what, kind(n))
		return
	}
	for _, v := range s.Values {
		take(v)
	}
}

// text is the text of a scalar with its variables replaced. It reports false when that cannot be had.
func (r *reader) text(n ast.Node, what string) (string, bool) {
	var s string
	switch n := n.(type) {
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		s = n.GetToken().Value
	default:
		r.fail(line(n), "%s must be one value, and here is %s", what, kind(n))
		return "", false
	}
	return r.expand(line(n), what, s)
}

var (
	variable     = regexp.MustCompile(`\$\{[^}]*\}?`)
	variableName = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)
)

func (r *reader) expand(line int, what, s string) (string, bool) {
	if !strings.Contains(s, "${") {
		return s, true
	}
	if r.env == nil {
		r.fail(line, "%s names a variable with ${; variables are read by the command line alone, so write the value itself here", what)
		return "", false
	}
	ok := true
	out := variable.ReplaceAllStringFunc(s, func(ref string) string {
		name := variableName.FindStringSubmatch(ref)
		if name == nil {
			r.fail(line, "%s has %s, which names no variable; write ${NAME} with letters, digits and _", what, ref)
			ok = false
			return ""
		}
		value, set := r.env(name[1])
		if !set {
			r.fail(line, "%s needs the variable %s, which is not set; set it in the environment of this command", what, name[1])
			ok = false
		}
		return value
	})
	if ok && strings.Contains(out, "${") {
		// Not expanded again, and not kept either: an exported file would then mean something else.
		r.fail(line, "%s holds ${ after its variables were replaced; a variable may not name another one", what)
		return "", false
	}
	return out, ok
}

func (r *reader) bool(n ast.Node, what string) *bool {
	s, ok := r.text(n, what)
	if !ok {
		return nil
	}
	if s != "true" && s != "false" {
		r.fail(line(n), "%s is %q; write true or false", what, s)
		return nil
	}
	b := s == "true"
	return &b
}

// number is a number above zero, 0 when there is none to be had.
func (r *reader) number(n ast.Node, what string) float64 {
	s, ok := r.text(n, what)
	if !ok {
		return 0
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f > 0) || f > 1e9 {
		r.fail(line(n), "%s is %q; write a number above 0", what, s)
		return 0
	}
	return f
}

func (r *reader) whole(n ast.Node, what string) int {
	f := r.number(n, what)
	if f != float64(int(f)) {
		r.fail(line(n), "%s is %v; write a whole number", what, f)
		return 0
	}
	return int(f)
}

func (r *reader) duration(n ast.Node, what string) Duration {
	s, ok := r.text(n, what)
	if !ok {
		return 0
	}
	d, err := ParseDuration(s)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%q is no time at all; give a span above 0, for instance 5m", s)
	}
	if err != nil {
		r.fail(line(n), "%s: %s", what, err)
		return 0
	}
	return d
}

func (r *reader) share(n ast.Node, what string) *Share {
	s, ok := r.text(n, what)
	if !ok {
		return nil
	}
	v, err := ParseShare(s)
	if err != nil {
		r.fail(line(n), "%s: %s", what, err)
		return nil
	}
	return &v
}

// kind is what a node is, in words.
func kind(n ast.Node) string {
	switch n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "an anchor or alias, which flow files do not use (write the value out)"
	case *ast.TagNode:
		return "a tag, which flow files do not use (write the value alone)"
	}
	return "a single value"
}
