package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// read makes a value of the language out of JSON. A number without point or exponent becomes a whole number, of any size.
func read(text []byte) (starlark.Value, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, failed("what it is given is no JSON: %s", err)
	}
	return valueOf(v, 0)
}

func valueOf(v any, depth int) (starlark.Value, error) {
	if depth > deepest {
		return nil, failed("what it is given has more than %d lists and dicts in each other", deepest)
	}
	switch v := v.(type) {
	case nil:
		return starlark.None, nil
	case bool:
		return starlark.Bool(v), nil
	case string:
		return starlark.String(v), nil
	case json.Number:
		if whole, ok := new(big.Int).SetString(v.String(), 10); ok {
			return starlark.MakeBigInt(whole), nil
		}
		f, err := v.Float64()
		if err != nil {
			return nil, failed("the number %s is too large", v)
		}
		return starlark.Float(f), nil
	case []any:
		out := make([]starlark.Value, len(v))
		for i, x := range v {
			var err error
			if out[i], err = valueOf(x, depth+1); err != nil {
				return nil, err
			}
		}
		return starlark.NewList(out), nil
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys) // the same input always looks the same
		out := starlark.NewDict(len(v))
		for _, k := range keys {
			x, err := valueOf(v[k], depth+1)
			if err != nil {
				return nil, err
			}
			if err := out.SetKey(starlark.String(k), x); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, failed("%T cannot be given to a script", v)
}

// wholest is the largest whole number that every reader of JSON keeps.
var wholest = big.NewInt(1 << 53)

// writer writes values as JSON, and stops where it grows too large: a list of a few members can hold itself a million times.
type writer struct {
	out bytes.Buffer
	// path is where it is: keys of dicts and numbers of members.
	path []any
}

// write makes JSON out of what a script returned. Its error says where in it something stands that JSON cannot say.
func write(v starlark.Value) ([]byte, error) {
	w := &writer{}
	if err := w.value(v); err != nil {
		return nil, err
	}
	return w.out.Bytes(), nil
}

// wrong is an error about the value at hand.
func (w *writer) wrong(format string, args ...any) error {
	where := "what run returns"
	for _, p := range w.path[:min(len(w.path), 5)] {
		if key, ok := p.(string); ok {
			where = fmt.Sprintf("“%s” of %s", cut(key), where)
		} else {
			where = fmt.Sprintf("member %d of %s", p, where)
		}
	}
	return failed("%s", where+fmt.Sprintf(format, args...))
}

// fits says when there is too much already.
func (w *writer) fits(more int) error {
	if w.out.Len()+more > MostJSON {
		return &Error{Kind: TooLarge, Text: fmt.Sprintf("what run returns is larger than %d MB; return less", MostJSON>>20)}
	}
	return nil
}

func (w *writer) value(v starlark.Value) error {
	if len(w.path) > deepest {
		return failed("what run returns has more than %d lists and dicts in each other, or one that holds itself", deepest)
	}
	switch v := v.(type) {
	case starlark.NoneType:
		w.out.WriteString("null")
	case starlark.Bool:
		fmt.Fprint(&w.out, bool(v))
	case starlark.String:
		return w.text(string(v))
	case starlark.Int:
		whole := v.BigInt()
		if whole.CmpAbs(wholest) > 0 {
			return w.wrong(" is a number with more digits than can be kept; return it as a text with str(…)")
		}
		w.out.WriteString(whole.String())
	case starlark.Float:
		text, err := json.Marshal(float64(v))
		if err != nil {
			return w.wrong(" is %s, which is no number that can be kept", v)
		}
		w.out.Write(text)
	case *starlark.Dict:
		return w.dict(v)
	case *starlark.List, starlark.Tuple, *starlark.Set:
		return w.list(v.(starlark.Iterable))
	default:
		return w.wrong(" is %s, which cannot be kept; return texts, numbers, True, False, None, lists and dicts", typeInWords(v.Type()))
	}
	return w.fits(0)
}

func (w *writer) text(s string) error {
	if err := w.fits(len(s)); err != nil {
		return err
	}
	if !utf8.ValidString(s) {
		return w.wrong(" is a text that was cut within a letter; cut lists of its letters instead, such as list(text.elems())")
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	w.out.Write(text)
	return w.fits(0)
}

func (w *writer) list(v starlark.Iterable) error {
	w.out.WriteByte('[')
	i := 0
	for x := range starlark.Elements(v) {
		if i++; i > 1 {
			w.out.WriteByte(',')
		}
		if err := w.under(i, x); err != nil {
			return err
		}
	}
	w.out.WriteByte(']')
	return nil
}

func (w *writer) dict(v *starlark.Dict) error {
	w.out.WriteByte('{')
	first := true
	for k, x := range v.Entries() {
		key, ok := k.(starlark.String)
		if !ok {
			return w.wrong(" has %s as a key; keys are texts, so write str(…) around it", typeInWords(k.Type()))
		}
		if !first {
			w.out.WriteByte(',')
		}
		first = false
		if err := w.text(string(key)); err != nil {
			return err
		}
		w.out.WriteByte(':')
		if err := w.under(string(key), x); err != nil {
			return err
		}
	}
	w.out.WriteByte('}')
	return nil
}

// under writes a value that stands in another one.
func (w *writer) under(place any, v starlark.Value) error {
	w.path = append(w.path, place)
	err := w.value(v)
	w.path = w.path[:len(w.path)-1]
	return err
}
