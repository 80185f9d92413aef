package highlevel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// dto is the whitelist of one request body: what is not named is refused with
// "property X should not exist", what has the wrong type with the texts of
// class-validator (sections 1.2, 9, 13.2).
type dto map[string]rule

type rule struct {
	check    func(name string, v any) []string
	required bool
	list     bool // of an address: all its values, not the first
}

// with returns a copy that also has the given rules.
func (d dto) with(more dto) dto {
	out := maps.Clone(d)
	maps.Copy(out, more)
	return out
}

// validate lists all that is wrong: unknown names first, then wrong types, both by name.
func (d dto) validate(body map[string]any) *apiError {
	var unknown, wrong []string
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if _, known := d[name]; !known {
			unknown = append(unknown, "property "+name+" should not exist")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d)) {
		v, present := body[name]
		if present || d[name].required {
			wrong = append(wrong, d[name].check(name, v)...)
		}
	}
	if all := append(unknown, wrong...); len(all) > 0 {
		return invalid(all...)
	}
	return nil
}

func must(r rule) rule {
	r.required = true
	return r
}

// kind makes a rule out of a predicate and the text that follows the name.
func kind(text string, ok func(any) bool) rule {
	return rule{check: func(name string, v any) []string {
		if ok(v) {
			return nil
		}
		return []string{name + " " + text}
	}}
}

func is[T any](v any) bool { _, ok := v.(T); return ok }

func orNull(ok func(any) bool) func(any) bool {
	return func(v any) bool { return v == nil || ok(v) }
}

var (
	text       = kind("must be a string", is[string])
	textOrNull = kind("must be a string", orNull(is[string]))
	boolean    = kind("must be a boolean value", is[bool])
	number     = kind("must be a number conforming to the specified constraints", is[float64])
	object     = kind("must be an object", is[map[string]any])
	array      = kind("must be an array", is[[]any])
	filled     = kind("should not be empty", func(v any) bool { s, ok := v.(string); return ok && s != "" })
	instant    = kind("must be a valid ISO 8601 date string", func(v any) bool {
		s, ok := v.(string)
		if ok {
			_, ok = parseInstant(s)
		}
		return ok
	})
	country = kind("must be valid", func(v any) bool {
		s, ok := v.(string)
		return ok && countries[strings.ToUpper(s)]
	})
	mail = rule{check: func(name string, v any) []string {
		s, ok := v.(string)
		switch {
		case v == nil || ok && (s == "" || looksLikeMail(s)):
			return nil
		case !ok:
			return []string{name + " must be a string"}
		}
		return []string{name + " must be an email"}
	}}
	texts = rule{check: func(name string, v any) []string {
		list, ok := v.([]any)
		if !ok {
			return []string{name + " must be an array"}
		}
		for _, item := range list {
			if !is[string](item) {
				return []string{"each value in " + name + " must be a string"}
			}
		}
		return nil
	}}
)

// oneOf is class-validator's IsIn.
func oneOf(values ...string) rule {
	return kind("must be one of the following values: "+strings.Join(values, ", "), func(v any) bool {
		s, ok := v.(string)
		return ok && slices.Contains(values, s)
	})
}

// nested checks an object's own whitelist; messages carry the path before them,
// as the framework writes them.
func nested(inner dto) rule {
	return rule{check: func(name string, v any) []string {
		body, ok := v.(map[string]any)
		if !ok {
			return []string{name + " must be an object"}
		}
		var out []string
		if err := inner.validate(body); err != nil {
			for _, message := range err.body["message"].([]string) {
				out = append(out, name+"."+message)
			}
		}
		return out
	}}
}

// each checks a list of objects.
func each(inner dto) rule {
	one := nested(inner)
	return rule{check: func(name string, v any) []string {
		list, ok := v.([]any)
		if !ok {
			return []string{name + " must be an array"}
		}
		var out []string
		for i, item := range list {
			out = append(out, one.check(fmt.Sprintf("%s.%d", name, i), item)...)
		}
		return out
	}}
}

// looksLikeMail is the rough shape: one @, something before it, a dot after it,
// no white space (4.2: "validated" [U]).
func looksLikeMail(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	return ok && user != "" && !strings.ContainsAny(s, " \t\r\n,;") && !strings.Contains(host, "@") &&
		strings.Contains(strings.Trim(host, "."), ".")
}
