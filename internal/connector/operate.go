package connector

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Operator is the ability to make single calls.
type Operator interface {
	// Operations is what it can do.
	Operations() *Catalog
	// Do makes the call of an operation and returns its answer as JSON is read, nil for an action that answers nothing.
	// Values are checked before anything is sent; its error is always an *Error.
	Do(ctx context.Context, operation string, in map[string]any) (any, error)
}

// Operate makes the call of an operation of a catalog.
func (c *Client) Operate(ctx context.Context, catalog *Catalog, operation string, in map[string]any) (any, error) {
	o, known := catalog.Find(operation)
	if !known {
		return nil, &Error{Kind: Invalid, Message: c.spec.Name + " has no operation " + operation + ". Choose one of the catalog."}
	}
	call, err := c.callOf(o, in)
	if err != nil {
		return nil, err
	}
	var out any
	if o.Kind == Finds || len(o.Gives) > 0 {
		call.Out = &out
	}
	_, err = c.Do(ctx, call)
	return out, err
}

func (c *Client) callOf(o *Operation, in map[string]any) (Request, error) {
	return o.Request(c.spec.Name, c.acc.Params, in)
}

// Request is the call of the operation for what it is given, in an account of those params. system is the system's name, for
// the error, which is always an *Error.
func (o *Operation) Request(system string, params map[string]string, in map[string]any) (Request, error) {
	call := Request{Method: o.Method, Path: o.Path, Route: o.Path, Headers: o.Headers, Scope: o.Scope, Write: o.Kind == Action, Create: o.Makes, Query: url.Values{}}
	body, rest := map[string]any{}, maps.Clone(in)
	if len(o.OneOf) > 0 && !slices.ContainsFunc(o.OneOf, func(name string) bool { return in[name] != nil && in[name] != "" }) {
		return call, &Error{Kind: Invalid, Fields: o.OneOf, Message: "“" + o.Title + "” in " + system + " was not called: " + o.Choice() + " is missing. Give one."}
	}
	for _, t := range o.Takes {
		value, why := t.valueOf(params, rest[t.Name])
		if why != "" {
			return call, &Error{Kind: Invalid, Fields: []string{t.Name}, Message: "“" + o.Title + "” in " + system + " was not called: " + t.Label + " " + why}
		}
		delete(rest, t.Name)
		switch {
		case value == nil && t.Blank != nil:
			var blank any
			_ = json.Unmarshal(t.Blank, &blank) // it was read from JSON
			body[t.Name] = blank
		case value == nil:
		case t.In == "path":
			call.Path = strings.ReplaceAll(call.Path, "{"+t.Name+"}", url.PathEscape(inAddress(value)[0]))
		case t.In == "query":
			call.Query[t.Name] = inAddress(value)
		default:
			body[t.Name] = value
		}
	}
	if len(rest) > 0 && o.More == "" {
		names := slices.Sorted(maps.Keys(rest))
		return call, &Error{Kind: Invalid, Fields: names, Message: "“" + o.Title + "” in " + system + " does not take " + strings.Join(names, ", ") + ". Leave it out."}
	}
	maps.Copy(body, rest)
	if o.Method != http.MethodGet && (len(body) > 0 || o.Method != http.MethodDelete) {
		call.Body = body
	}
	return call, nil
}

// valueOf is a value as the system wants it, nil where none is given. why says what is wrong with it, "" for nothing.
func (t Take) valueOf(params map[string]string, given any) (value any, why string) {
	switch {
	case t.Account != "":
		return params[t.Account], ""
	case t.Value != "":
		return t.Value, ""
	case given == nil || given == "":
		if t.Required {
			return nil, "is missing. Give it."
		}
		return nil, ""
	}
	value, looks := t.read(given)
	if looks != "" {
		return nil, "is not " + looks + ". Give it in that form."
	}
	return value, ""
}

// Looks says in words what a value should look like that cannot be given for it, "" for one that can.
func (t Take) Looks(given any) string {
	_, looks := t.read(given)
	return looks
}

// read is a given value in the form of the API. Where it cannot be one, looks says in words what it should look like.
func (t Take) read(given any) (value any, looks string) {
	text, isText := given.(string)
	number, isNumber := given.(float64)
	switch t.Type {
	case "data":
		if isText && json.Unmarshal([]byte(text), &given) != nil {
			return nil, "JSON"
		}
		return given, ""
	case "list":
		switch list := given.(type) {
		case []string:
			return list, ""
		case []any:
			if !slices.ContainsFunc(list, func(v any) bool { _, ok := v.(string); return !ok }) {
				return list, ""
			}
		case string:
			return splitList(list), ""
		}
		return nil, "a list of texts"
	case "yes_no":
		if yes, ok := given.(bool); ok {
			return yes, ""
		}
		if yes, err := strconv.ParseBool(text); isText && err == nil {
			return yes, ""
		}
		return nil, "true or false"
	case "number":
		if isNumber {
			return number, ""
		}
		if n, err := strconv.ParseFloat(text, 64); isText && err == nil {
			return n, ""
		}
		return nil, "a number"
	}
	if isNumber { // an id of a system that counts
		text, isText = strconv.FormatFloat(number, 'f', -1, 64), true
	}
	if !isText {
		return nil, "a text"
	}
	switch t.Type {
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return nil, "a day such as 2026-03-01"
		}
	case "time":
		at, err := time.Parse(time.RFC3339, text)
		switch {
		case err != nil:
			return nil, "a moment such as 2026-03-01T09:30:00Z"
		case t.As == "ms":
			return float64(at.UnixMilli()), ""
		case t.As == "s":
			return float64(at.Unix()), ""
		}
	case "choice":
		if !slices.Contains(t.Choices, text) {
			return nil, "one of " + strings.Join(t.Choices, ", ")
		}
		if n, err := strconv.ParseFloat(text, 64); t.As == "number" && err == nil {
			return n, ""
		}
	}
	return text, ""
}

// splitList reads a list that somebody typed: one to a line, or with commas.
func splitList(text string) (list []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// inAddress is a value as it stands in an address; a list stands there several times.
func inAddress(value any) []string {
	switch v := value.(type) {
	case []string:
		return v
	case []any:
		list := make([]string, len(v))
		for i := range v {
			list[i], _ = v[i].(string)
		}
		return list
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case bool:
		return []string{strconv.FormatBool(v)}
	case string:
		return []string{v}
	}
	data, _ := json.Marshal(value)
	return []string{string(data)}
}
