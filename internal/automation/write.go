package automation

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// Write writes an automation as a file that [Read] reads as the same one. What is empty is left out; its connections are
// written as they are, so whoever hands the file out puts names in their place.
func Write(a Automation) ([]byte, error) {
	w := &writer{}
	if w.fields(reflect.ValueOf(a), 0); w.buf.Len() == 0 {
		w.line(0, "{}")
	}
	back, err := Read("export", w.buf.Bytes())
	if err != nil { // what cannot be read again must not be handed out: it would be missed only when it is needed
		return nil, fmt.Errorf("this could not be written as a file that can be read again: %w", err)
	}
	a.ID, a.Workspace, a.Version = "", "", 0
	if !reflect.DeepEqual(tidy(back), tidy(a)) {
		return nil, fmt.Errorf("this could not be written as a file that says the same")
	}
	return w.buf.Bytes(), nil
}

// tidy is an automation without the difference between nothing and an empty list.
func tidy(a Automation) string {
	out, _ := json.Marshal(a) // an automation always marshals
	return string(bytes.ReplaceAll(out, []byte(`"steps":null`), []byte(`"steps":[]`)))
}

type writer struct{ buf bytes.Buffer }

func (w *writer) line(depth int, text string) {
	w.buf.WriteString(strings.Repeat("  ", depth) + text + "\n")
}

// fields writes the fields of a struct that are not empty, one to a line.
func (w *writer) fields(v reflect.Value, depth int) {
	for i := range v.NumField() {
		name, f := key(v.Type().Field(i)), v.Field(i)
		if name == "" || f.IsZero() || (f.Kind() == reflect.Slice || f.Kind() == reflect.Map) && f.Len() == 0 {
			continue
		}
		w.field(name, f, depth)
	}
}

func (w *writer) field(name string, v reflect.Value, depth int) {
	if text, ok := v.Interface().(encoding.TextMarshaler); ok {
		s, _ := text.MarshalText() // of durations, which never fails
		w.line(depth, name+": "+string(s))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		inner := &writer{}
		if inner.fields(v, depth+1); inner.buf.Len() > 0 {
			w.line(depth, name+":")
			w.buf.Write(inner.buf.Bytes())
		}
	case reflect.Slice:
		w.line(depth, name+":")
		for i := range v.Len() {
			w.element(v.Index(i), depth+1)
		}
	case reflect.Array:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = scalar(v.Index(i).String())
		}
		w.line(depth, name+": ["+strings.Join(parts, ", ")+"]")
	case reflect.Map:
		w.line(depth, name+":")
		all := v.Interface().(map[string]string)
		for _, k := range sorted(all) {
			w.text(scalar(k), all[k], depth+1)
		}
	case reflect.Bool:
		w.line(depth, name+": "+strconv.FormatBool(v.Bool()))
	case reflect.Int:
		w.line(depth, name+": "+strconv.FormatInt(v.Int(), 10))
	default:
		w.text(name, v.String(), depth)
	}
}

// element writes a struct of a list: its first line carries the dash.
func (w *writer) element(v reflect.Value, depth int) {
	inner := &writer{}
	inner.fields(v, depth+1)
	if inner.buf.Len() == 0 {
		w.line(depth, "- {}")
		return
	}
	at := 2 * depth
	text := inner.buf.Bytes()
	text[at] = '-'
	w.buf.Write(text)
}

// text writes a text, one of several lines as it stands where YAML keeps it so.
func (w *writer) text(name, s string, depth int) {
	if !block.MatchString(s) {
		w.line(depth, name+": "+scalar(s))
		return
	}
	w.line(depth, name+": |-")
	for line := range strings.SplitSeq(s, "\n") {
		if line == "" {
			w.buf.WriteByte('\n')
			continue
		}
		w.line(depth+1, line)
	}
}

var (
	// bare is what YAML takes for a text without quotes, unless it is one of the words of taken.
	bare  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)
	taken = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n|nan|inf)$`)
	// block is a text of several lines that begins and ends with one, and holds nothing that cannot be seen.
	block = regexp.MustCompile(`^[!-~]([ -~]*[!-~])?(\n([ -~]*[!-~])?)*\n[ -~]*[!-~]$`)
)

func scalar(s string) string {
	if bare.MatchString(s) && !taken.MatchString(s) {
		return s
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text always encodes
	return strings.TrimSuffix(buf.String(), "\n")
}
