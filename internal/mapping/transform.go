package mapping

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"couplet/internal/connector"
)

// transform changes a value on its way. to[side] makes what the side should hold out of the other side's value.
type transform struct {
	to [2]func(r *Rule, v Value) (Value, error)
	// lossy says that a value cannot be told from what became of it, so that only the way to b shows whether two agree.
	lossy bool
	// shape says how many fields each side must have; zero means one, below zero any number.
	shape [2]int
}

// TransformNames lists the kinds of steps that a row may ask for.
func TransformNames() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return names
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// e164 sends a phone number in E.164. What is no valid number travels as it was typed: a person's value is never lost.
func e164(country string, r *Rule, v Value) (Value, error) {
	s := text(v)
	if country == "" {
		country = r.region
	}
	if e := E164(s, country); e != "" && !strings.Contains(e, ";ext=") {
		return e, nil
	}
	return strings.TrimSpace(s), nil
}

// joinName gives the first and last name as they are, in parts, because the other side is written in parts too.
func joinName(r *Rule, v Value) (Value, error) {
	p, ok := v.(Parts)
	if !ok {
		return v, nil
	}
	if len(r.writes[connector.B]) == len(p) {
		return p, nil
	}
	return joined(p), nil
}

// splitName takes the first word as first name and the rest as last name.
func splitName(_ *Rule, v Value) (Value, error) {
	if p, ok := v.(Parts); ok {
		return p, nil
	}
	first, rest, _ := strings.Cut(collapse(text(v)), " ")
	return Parts{first, rest}, nil
}

// Convert makes what the side should hold in order to agree with a value of the other side. Blank stays blank, but where a
// step has something to use for it.
func (r *Rule) Convert(to connector.Side, v Value) (Value, error) {
	switch {
	case Empty(v) && r.Kind == Consent:
		return false, nil
	case Empty(v) && !r.Fills(to):
		return nil, nil
	}
	out, err := r.transform.to[to](r, v)
	if err != nil {
		return nil, err
	}
	if r.staged && Empty(out) {
		return nil, nil
	}
	return r.shape(to, out)
}

// shape fits a value to the type of the field that receives it.
func (r *Rule) shape(to connector.Side, v Value) (Value, error) {
	if r.Kind == Set {
		if _, ok := v.([]string); !ok {
			return nil, errors.New("a list of names is expected")
		}
		return v, nil
	}
	if _, ok := v.(Parts); ok {
		return v, nil
	}
	t := r.Fields[to][0].Type
	if r.isStaff() {
		return r.owner(to, v)
	}
	if r.isLinked() {
		return r.linked(to, v)
	}
	if markup, ok := r.isProse(); ok {
		out := Plain(text(v))
		if markup == to {
			out = Markup(text(v))
		}
		if strings.TrimSpace(out) == "" {
			return nil, nil
		}
		return out, nil
	}
	if from := r.Fields[to.Other()]; len(from) == 1 {
		if out, turned, err := r.when(t, from[0].Type, v); turned {
			return out, err
		}
	}
	switch t {
	case connector.Bool:
		switch Normal(connector.Bool, v, "") {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, fmt.Errorf("%q is neither true nor false", text(v))
	case connector.Number:
		if n, ok := v.(float64); ok {
			return n, nil
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(text(v)), 64)
		if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
			return nil, fmt.Errorf("%q is not a number", text(v))
		}
		return n, nil
	}
	return text(v), nil
}

// Return makes what a side showed earlier fit to be written there again, as it was. A name that is read as one and written
// in parts is parted after its first word: the whole reads as it did.
func (r *Rule) Return(side connector.Side, v Value) (Value, error) {
	switch {
	case Empty(v) && r.Kind == Consent:
		return false, nil
	case Empty(v):
		return nil, nil
	case r.Kind == Set:
		return AsSet(v), nil
	case len(r.writes[side]) > 1:
		return splitName(r, v)
	}
	return v, nil
}

// Wire is what to send to a side so that it holds a converted value. Sets are not sent whole: see [Rule.Elements].
func (r *Rule) Wire(to connector.Side, v Value) connector.Fields {
	names := r.writes[to]
	if len(names) == 1 {
		return connector.Fields{names[0]: v}
	}
	out := connector.Fields{}
	p, _ := v.(Parts)
	for i, n := range names {
		if i < len(p) && p[i] != "" {
			out[n] = p[i]
		} else {
			out[n] = nil
		}
	}
	return out
}
