package usercom

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
)

// The settings of an account (spec.json). What they leave open is not published (sections 8, 9).
const (
	setTaskType   = "task_type"
	setNoteType   = "note_type"
	setNotes      = "note_storage"
	setTextFormat = "text_format"
	setAgents     = "agents"
)

// shelf is where the records of an object lie: among the activities, as those of one type (section 8), or, for notes of a
// workspace that has such a thing, under /notes/ (section 9).
type shelf struct {
	object *connector.Object
	path   string
	// kind is the type of the activities, "" under /notes/.
	kind string
	note bool
}

// shelf finds where an object lies by the settings of the account, and says what to do when they do not say.
func (c *Connector) shelf(ctx context.Context, object string) (shelf, error) {
	o, ok := spec.Object(object)
	if !ok || o.Parent == "" {
		return shelf{}, only(object)
	}
	s := shelf{object: o, path: "/activities/", note: object == "note"}
	name := setTaskType
	if s.note {
		name = setNoteType
		if c.acc.Setting(spec, setNotes) == "notes" {
			s.path = "/notes/"
			return s, nil
		}
	}
	s.kind = c.acc.Setting(spec, name)
	setting, _ := spec.Setting(name)
	switch {
	case s.kind == "":
		return s, &connector.Error{Kind: connector.Config, Fields: []string{name}, Message: "Couplet does not know which activities of " + spec.Name + " are " +
			o.Many + ". Give the number of their type in the settings of the connection, under “" + setting.Label + "”." + c.typesSeen(ctx)}
	case s.note && s.kind == c.acc.Setting(spec, setTaskType):
		return s, &connector.Error{Kind: connector.Config, Fields: []string{name}, Message: "Tasks and notes of " + spec.Name +
			" have the same activity type, so that they cannot be told apart. Give notes a type of their own in the settings of the connection, under “" + setting.Label + "”."}
	}
	return s, nil
}

// typesSeen tells which types the first hundred activities have, to help a person who has to name one (section 8: learn
// the ids from activities that exist).
func (c *Connector) typesSeen(ctx context.Context) string {
	var out envelope[activity]
	if _, err := c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: "/activities/", Out: &out}); err != nil || len(out.Results) == 0 {
		return ""
	}
	seen := map[string]int{}
	for _, a := range out.Results {
		seen[number(a["activity_type"])]++
	}
	var list []string
	for _, kind := range slices.Sorted(maps.Keys(seen)) {
		list = append(list, fmt.Sprintf("%s (%d)", kind, seen[kind]))
	}
	return " The first activities there have the types " + strings.Join(list, ", ") + "."
}

// holds reports whether an activity belongs to the shelf: of its type, about a person, and not deleted in our way.
func (s shelf) holds(a activity) bool {
	return (s.kind == "" || number(a["activity_type"]) == s.kind) && a.person() != ""
}

// fields are those of the object as this account has them: the text is HTML where the settings say so.
func (c *Connector) fieldsOf(o *connector.Object) []connector.Field {
	fields := slices.Clone(o.Fields)
	if c.acc.Setting(spec, setTextFormat) == "html" {
		for i := range fields {
			if fields[i].Name == "description" {
				fields[i].Type = connector.HTML
			}
		}
	}
	if o.Name == "note" && c.acc.Setting(spec, setNotes) == "notes" {
		// What such a resource would hold besides its text is not known.
		fields = slices.DeleteFunc(fields, func(f connector.Field) bool { return f.Name != "description" && f.Name != "custom_id" })
	}
	return fields
}

// pathOf ends in a slash, as every path must (section 1).
func (s shelf) pathOf(id string) (path, pattern string) {
	return s.path + escaped(id) + "/", s.path + "{id}/"
}

// missing turns refusals of what nobody promises into what they mean (section 8: only create and update are documented).
func (s shelf) missing(err error, does string) error {
	e, ok := connector.AsError(err)
	if !ok || e.Status != http.StatusNotFound && e.Status != http.StatusMethodNotAllowed {
		return err
	}
	e.Kind = connector.Config
	e.Message = fmt.Sprintf("This workspace of %s does not let others %s its %s (%s answered %d), so they cannot be kept in step. Ask %s whether its API can be opened for that.",
		spec.Name, does, s.object.Many, s.path, e.Status, spec.Name)
	return e
}

// Owners lists the agents that the settings name, because no call is known that lists them (section 8).
func (c *Connector) Owners(context.Context) ([]connector.Owner, error) {
	given := c.acc.Setting(spec, setAgents)
	setting, _ := spec.Setting(setAgents)
	if why := setting.Refuses(given); why != "" {
		return nil, &connector.Error{Kind: connector.Config, Fields: []string{setAgents}, Err: errors.New(why),
			Message: "The agents in the settings of the connection cannot be read. They are written by number and email, with commas between, such as 926 anna@example.com, 927 jan@example.com."}
	}
	words := strings.FieldsFunc(given, func(r rune) bool { return strings.ContainsRune(" \t\r\n=:,;", r) })
	var owners []connector.Owner
	for i := 0; i+1 < len(words); i += 2 {
		owners = append(owners, connector.Owner{ID: words[i], Name: words[i+1], Email: words[i+1]})
	}
	return owners, nil
}

// agent writes the id of an agent as the number that it is.
func agent(name string, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	n, err := strconv.ParseInt(asText(v), 10, 64)
	if err != nil {
		return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
			Message: "The agent of " + spec.Name + " must be given by number. Translate the value in the mapping."}
	}
	return n, nil
}
