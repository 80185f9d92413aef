package web

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/command"
	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/mapping"
)

// object is a JSON object.
type object = map[string]any

// apiSpec describes the API: OpenAPI 3.1, made of the list of its routes and of the types that they take and give.
func (s *Server) apiSpec(echo.Context, command.Desk) (any, error) { return s.spec(), nil }

// everywhere are the refusals that every route for a token may give; taking are those of routes that read a body.
var (
	everywhere = []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	taking     = []int{http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}
)

func describe(routes []apiRoute) object {
	t := types{schemas: object{}}
	problem := t.schema(reflect.TypeFor[ProblemDoc]())
	responses := object{}
	for status := range apiWords {
		responses[responseName(status)] = object{"description": http.StatusText(status), "content": object{"application/problem+json": object{"schema": problem}}}
	}
	responses[responseName(http.StatusTooManyRequests)].(object)["headers"] = object{"Retry-After": object{"description": "After how many seconds to come again.", "schema": object{"type": "integer"}}}
	paths := object{}
	for _, r := range routes {
		path := r.template()
		if paths[path] == nil {
			paths[path] = object{}
		}
		paths[path].(object)[strings.ToLower(r.method)] = t.operation(r)
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Couplet", "version": "1", "license": object{"name": "See the source of this installation"},
			"description": "What the command line does, for programs. A token is made under Settings, belongs to one workspace, and has a role: a viewer looks, an editor also changes and decides."},
		"servers":    []any{object{"url": "/"}},
		"security":   []any{object{"token": []any{}}},
		"paths":      paths,
		"components": object{"schemas": t.schemas, "responses": responses, "securitySchemes": object{"token": object{"type": "http", "scheme": "bearer", "description": "A token that begins with " + tokenPrefix + "."}}},
	}
}

// template is the path of a route as a description writes it.
func (r apiRoute) template() string {
	parts := strings.Split(apiPath+r.path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func responseName(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// types gathers the schemas of the types that were asked for, by their names.
type types struct{ schemas object }

func (t types) operation(r apiRoute) object {
	op := object{"operationId": r.name, "summary": r.says, "tags": []any{r.tag()}}
	var params []any
	for p := range strings.SplitSeq(r.path, "/") {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			params = append(params, object{"name": name, "in": "path", "required": true, "description": apiPathWords[name], "schema": object{"type": "string"}})
		}
	}
	for _, name := range r.asks {
		q := apiQuery[name]
		schema := object{"type": q.kind}
		if q.words != nil {
			schema["enum"] = q.words
		}
		params = append(params, object{"name": name, "in": "query", "description": q.says, "schema": schema})
	}
	refuses := slices.Clone(r.refuses)
	if r.method == http.MethodPost {
		params = append(params, object{"name": onceHeader, "in": "header", "schema": object{"type": "string", "maxLength": longestKey},
			"description": "Made up by the program for one thing to be done. The same request with the same key is carried out once in 24 hours and answered as before; another one is refused with 422, and one that comes while the first is under way with 409."})
		refuses = append(refuses, http.StatusConflict, http.StatusUnprocessableEntity)
	}
	if params != nil {
		op["parameters"] = params
	}
	if r.who == anyone {
		op["security"] = []any{}
		refuses = append(refuses, http.StatusInternalServerError)
	} else {
		op["description"] = "Takes a token with the role " + string(r.who) + " or more."
		op["x-role"] = string(r.who)
		refuses = append(refuses, everywhere...)
	}
	if r.takes != nil {
		op["requestBody"] = object{"required": r.mustTake(), "content": t.content(r.takes)}
		refuses = append(refuses, taking...)
	}
	status := r.status
	if status == 0 {
		status = http.StatusOK
	}
	answers := object{fmt.Sprint(status): object{"description": http.StatusText(status), "content": t.content(r.gives)}}
	for _, n := range refuses {
		answers[fmt.Sprint(n)] = object{"$ref": "#/components/responses/" + responseName(n)}
	}
	op["responses"] = answers
	return op
}

// tag is the noun under which a route stands.
func (r apiRoute) tag() string {
	parts := strings.Split(r.path, "/")
	if len(parts) < 2 || parts[1] == "openapi.json" || parts[1] == "guide" {
		return "about"
	}
	if parts[1] == "export" || parts[1] == "apply" {
		return "flow file"
	}
	return parts[1]
}

// mustTake reports whether a request without a body means nothing.
func (r apiRoute) mustTake() bool {
	if _, file := r.takes.(flowFile); file {
		return true
	}
	_, must := fields(reflect.TypeOf(r.takes))
	return len(must) > 0
}

func (t types) content(v any) object {
	switch v.(type) {
	case nil:
		return object{"application/json": object{"schema": object{}}}
	case flowFile:
		return object{"application/yaml": object{"schema": object{"type": "object", "description": "A flow file."}}}
	case guideText:
		return object{"text/markdown": object{"schema": object{"type": "string"}}}
	}
	return object{"application/json": object{"schema": t.schema(reflect.TypeOf(v))}}
}

// enums are the words that types of words have.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[engine.Status](): {string(engine.Queued), string(engine.Running), string(engine.Waiting), string(engine.Paused), string(engine.Done), string(engine.DoneWithProblems),
		string(engine.Failed), string(engine.Cancelled)},
	reflect.TypeFor[engine.Result]():     command.Results,
	reflect.TypeFor[mapping.Direction](): {string(mapping.Both), string(mapping.AToB), string(mapping.BToA)},
	reflect.TypeFor[connection.State]():  {string(connection.OK), string(connection.NeedsKey), string(connection.Reconnect)},
	reflect.TypeFor[engine.OrderKind](): {string(engine.OrderChoose), string(engine.OrderPut), string(engine.OrderAlone), string(engine.OrderLink), string(engine.OrderCreate), string(engine.OrderDelete),
		string(engine.OrderKeep), string(engine.OrderAccept)},
}

// schema describes a type as encoding/json writes it.
func (t types) schema(of reflect.Type) object {
	if words, ok := enums[of]; ok {
		return object{"type": "string", "enum": words}
	}
	if of == reflect.TypeFor[time.Time]() {
		return object{"type": "string", "format": "date-time"}
	}
	switch of.Kind() {
	case reflect.Pointer:
		return t.schema(of.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Slice:
		return object{"type": "array", "items": t.schema(of.Elem())}
	case reflect.Array:
		return object{"type": "array", "items": t.schema(of.Elem()), "minItems": of.Len(), "maxItems": of.Len()}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": t.schema(of.Elem())}
	case reflect.Struct:
		return t.named(of)
	}
	return object{"type": []any{"string", "number", "boolean", "array", "object", "null"}} // a value of a field, whatever it is
}

// named puts the schema of a struct beside the others, and refers to it.
func (t types) named(of reflect.Type) object {
	name := strings.TrimSuffix(of.Name(), "Doc")
	if t.schemas[name] == nil {
		schema := object{"type": "object"}
		t.schemas[name] = schema // before its fields, which may have it again
		all, must := fields(of)
		properties := object{}
		for key, field := range all {
			properties[key] = t.schema(field)
		}
		schema["properties"] = properties
		if len(must) > 0 {
			schema["required"] = must
		}
		if strings.HasSuffix(name, "In") { // what is taken is read to the last word
			schema["additionalProperties"] = false
		}
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// fields are the fields of a struct by their names in JSON, those of embedded structs among them, and which are always there.
func fields(of reflect.Type) (all map[string]reflect.Type, must []string) {
	all = map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(of) {
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || tag == "" || tag == "-" {
			continue
		}
		if all[tag] = f.Type; options == "" {
			must = append(must, tag)
		}
	}
	slices.Sort(must)
	return all, must
}
