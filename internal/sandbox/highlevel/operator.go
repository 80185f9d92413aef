package highlevel

import (
	"slices"
	"strings"
)

// operatorTest makes the test of one operator and its value (section 4.6).
func operatorTest(operator string, value any) (func(any) bool, *apiError) {
	if s, ok := value.(string); ok && len([]rune(s)) > 75 {
		return nil, badRequest("Max. 75 characters allowed for filter value") // text [U]
	}
	switch operator {
	case "exists":
		return func(v any) bool { return v != nil }, nil
	case "not_exists":
		return func(v any) bool { return v == nil }, nil
	case "eq":
		return equals(value), nil
	case "not_eq":
		return not(equals(value)), nil
	case "contains", "not_contains":
		for _, s := range wanted(value) {
			if part, ok := s.(string); !ok || len([]rune(part)) < 3 {
				return nil, badRequest("Min. 3 characters required for applying contains filter")
			}
		}
		if operator == "contains" {
			return contains(value), nil
		}
		return not(contains(value)), nil
	}
	return between(value)
}

func not(test func(any) bool) func(any) bool { return func(v any) bool { return !test(v) } }

// wanted is a filter's value as a list, texts in lower case.
func wanted(value any) []any {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	list = slices.Clone(list)
	for i, v := range list {
		if s, ok := v.(string); ok {
			list[i] = strings.ToLower(s)
		}
	}
	return list
}

// held is a contact's value as a list.
func held(v any) []any {
	list, ok := v.([]string)
	if !ok {
		return []any{v}
	}
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = strings.ToLower(s)
	}
	return out
}

// equals: of a set any one of the wanted values is enough; null is an unset value.
func equals(value any) func(any) bool {
	want := wanted(value)
	return func(v any) bool {
		switch v := v.(type) {
		case string, bool, float64, nil: // what compares without surprises
			return slices.Contains(want, any(v))
		case []string:
			return slices.ContainsFunc(held(v), func(one any) bool { return slices.Contains(want, one) })
		}
		return false
	}
}

func contains(value any) func(any) bool {
	want := wanted(value)
	return func(v any) bool {
		return slices.ContainsFunc(held(v), func(one any) bool {
			s, ok := one.(string)
			return ok && slices.ContainsFunc(want, func(w any) bool { return strings.Contains(s, w.(string)) })
		})
	}
}

// between is `range` with gt, gte, lt, lte, of instants or numbers.
func between(value any) (func(any) bool, *apiError) {
	bounds, ok := value.(map[string]any)
	if !ok || len(bounds) == 0 {
		return nil, badRequest("Invalid value for range operator") // text [U]
	}
	type bound struct {
		operator string
		at       float64
	}
	var all []bound
	for operator, raw := range bounds {
		at, ok := ordinal(raw)
		if !ok || !slices.Contains([]string{"gt", "gte", "lt", "lte"}, operator) {
			return nil, badRequest("Invalid value for range operator")
		}
		all = append(all, bound{operator, at})
	}
	return func(v any) bool {
		n, ok := ordinal(v)
		if !ok {
			return false
		}
		for _, b := range all {
			switch {
			case b.operator == "gt" && !(n > b.at), b.operator == "gte" && !(n >= b.at),
				b.operator == "lt" && !(n < b.at), b.operator == "lte" && !(n <= b.at):
				return false
			}
		}
		return true
	}, nil
}

// ordinal makes dates (text, epoch milliseconds) and numbers comparable.
func ordinal(v any) (float64, bool) {
	switch v := v.(type) {
	case Stamp:
		return float64(v), true
	case float64:
		return v, true
	case string:
		t, ok := parseInstant(strings.ToUpper(v))
		return float64(t.UnixMilli()), ok
	}
	return 0, false
}
