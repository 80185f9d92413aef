package usercom

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// readBody decodes a JSON object whatever its declared type; no body at all is
// an empty object. Refusals are those of section 5.
func readBody(r *http.Request) (map[string]any, *Problem) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return nil, detail(http.StatusBadRequest, "JSON parse error - "+err.Error())
	}
	fields := map[string]any{}
	if len(bytes.TrimSpace(raw)) == 0 {
		return fields, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil || fields == nil || dec.More() {
		text := "an object is expected"
		if err != nil {
			text = err.Error()
		}
		return nil, detail(http.StatusBadRequest, "JSON parse error - "+text)
	}
	return fields, nil
}

// The converters below return the value and what to say when it is not one.
// Numbers may come as strings, as the framework behind section 5 takes them.

func asText(v any) (string, string) {
	switch v := v.(type) {
	case nil:
		return "", ""
	case string:
		return v, ""
	case json.Number:
		return v.String(), ""
	case int:
		return strconv.Itoa(v), ""
	case int64:
		return strconv.FormatInt(v, 10), ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), ""
	}
	return "", "Not a valid string."
}

func asFloat(v any) (float64, string) {
	const bad = "A valid number is required."
	switch v.(type) {
	case nil, bool, map[string]any, []any:
		return 0, bad
	}
	s, no := asText(v)
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if no != "" || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, bad
	}
	return f, ""
}

func asInt(v any) (int64, string) {
	f, no := asFloat(v)
	if no != "" || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, "A valid integer is required."
	}
	return int64(f), ""
}

func asBool(v any) (bool, string) {
	if b, ok := v.(bool); ok {
		return b, ""
	}
	switch s, _ := asText(v); strings.ToLower(s) {
	case "true", "1":
		return true, ""
	case "false", "0":
		return false, ""
	}
	return false, "Must be a valid boolean."
}

// asList takes a list of names, such as tags.
func asList(v any) ([]string, string) {
	switch v := v.(type) {
	case []string:
		return v, ""
	case []any:
		names := make([]string, 0, len(v))
		for _, one := range v {
			name, ok := one.(string)
			if !ok {
				return nil, "Not a valid string."
			}
			names = append(names, name)
		}
		return names, ""
	}
	return nil, "Expected a list of items."
}

func asDate(v any) (string, string) {
	s, _ := asText(v)
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
	}
	return s, ""
}

// asTime takes ISO 8601 (section 3) and gives unix microseconds.
func asTime(v any) (int64, string) {
	s, _ := asText(v)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMicro(), ""
		}
	}
	return 0, "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
}

// asEnum takes the number of a word (section 3). Whether the real server takes
// the word itself is UNVERIFIED: refused, except from a person.
func asEnum(v any, words []string, person bool) (int64, string) {
	if n, no := asInt(v); no == "" && n > 0 && n < int64(len(words)) {
		return n, ""
	}
	s, _ := asText(v)
	for i, word := range words {
		if person && i > 0 && s == word {
			return int64(i), ""
		}
	}
	return 0, `"` + s + `" is not a valid choice.`
}

var emailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s.]+$`)

func badEmail(s string) string {
	if s == "" || emailForm.MatchString(s) {
		return ""
	}
	return "Enter a valid email address."
}

// cut shortens to n characters without saying so.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
