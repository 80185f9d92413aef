package connector

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// book is a catalog in which everything is right.
const book = `{"lists": {"tags": {"operation": "tag-list", "list": "tags", "value": "name", "label": "name"}},
 "operations": [
  {"id": "tag-list", "kind": "find", "group": "tags", "title": "List the tags", "does": "All.", "method": "GET", "path": "/tags", "gives": [{"name": "tags", "type": "data"}]},
  {"id": "tag-add", "kind": "action", "group": "tags", "title": "Add a tag", "does": "To one.", "method": "POST", "path": "/people/{id}/tags",
   "takes": [{"name": "id", "in": "path", "label": "Person", "type": "text", "required": true}, {"name": "tag", "in": "body", "label": "Tag", "type": "text", "from": "tags"},
    {"name": "at", "in": "body", "label": "When", "type": "time", "as": "ms"}, {"name": "state", "in": "body", "label": "State", "type": "choice", "choices": ["1", "2"], "as": "number"},
    {"name": "n", "in": "body", "label": "Number", "type": "number"}, {"name": "on", "in": "body", "label": "On", "type": "yes_no"},
    {"name": "day", "in": "body", "label": "Day", "type": "date"}, {"name": "all", "in": "body", "label": "All", "type": "list"}, {"name": "more", "in": "body", "label": "More", "type": "data"}]},
  {"id": "tag-set", "kind": "action", "group": "tags", "title": "Set a tag", "does": "Or none.", "method": "PUT", "path": "/tag", "one_of": ["who", "all"],
   "takes": [{"name": "who", "in": "query", "label": "Person", "type": "text"}, {"name": "all", "in": "query", "label": "Group", "type": "text"}, {"name": "tag", "in": "body", "label": "Tag", "type": "text", "blank": null},
    {"name": "words", "in": "body", "label": "Words", "type": "text", "blank": ""}, {"name": "after", "in": "body", "label": "After", "type": "list", "blank": []}]}]}`

func TestCatalogIsChecked(t *testing.T) {
	t.Parallel()
	if _, err := LoadCatalog([]byte(book)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, says string }{
		{`"operation": "tag-list"`, `"operation": "tag-add"`, "is no find operation"},
		{`"id": "tag-add"`, `"id": "tag-list"`, "listed twice"},
		{`"kind": "action"`, `"kind": "wish"`, `kind "wish"`},
		{`"group": "tags", "title": "Add`, `"group": "cats", "title": "Add`, `group "cats"`},
		{`"does": "To one."`, `"does": "To one"`, "does"},
		{`/people/{id}/tags`, `/people/{who}/tags`, "takes no who"},
		{`"in": "body", "label": "Tag"`, `"in": "cookie", "label": "Tag"`, `in "cookie"`},
		{`"label": "Tag"`, `"label": ""`, "has no label"},
		{`"type": "yes_no"`, `"type": "bool"`, `unknown type "bool"`},
		{`"choices": ["1", "2"]`, `"choices": []`, "a choice without choices"},
		{`"from": "tags"`, `"from": "cats"`, `unknown list "cats"`},
		{`"one_of": ["who", "all"]`, `"one_of": ["who", "some"]`, "some is one of several"},
		{`"one_of": ["who", "all"]`, `"one_of": ["who"]`, "who is one of several"},
		{`"in": "query", "label": "Group", "type": "text"`, `"in": "query", "label": "Group", "type": "text", "blank": null`, "all has a blank value"},
		{`"lists"`, `"list"`, "unknown field"},
	} {
		if _, err := LoadCatalog([]byte(strings.Replace(book, c.old, c.new, 1))); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("with %s: %v, want it to say %q", c.new, err, c.says)
		}
	}
}

func TestWhatAnOperationIsGivenIsChecked(t *testing.T) {
	t.Parallel()
	book, err := LoadCatalog([]byte(book))
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{spec: &Spec{Name: "Acme"}}
	add, _ := book.Find("tag-add")
	for _, in := range []map[string]any{{}, {"id": ""}, {"id": "1", "x": "y"}, {"id": "1", "at": "today"}, {"id": "1", "state": "3"}, {"id": "1", "n": "many"},
		{"id": "1", "on": "perhaps"}, {"id": "1", "day": "1.3.2026"}, {"id": "1", "all": []any{1.0}}, {"id": "1", "more": "{"}, {"id": true}} {
		_, err := c.callOf(add, in)
		e, ok := AsError(err)
		if !ok || e.Kind != Invalid || len(e.Fields) == 0 || !strings.Contains(e.Message, "Acme") || !strings.HasSuffix(e.Message, ".") {
			t.Errorf("%v: %v", in, err)
		}
	}
	call, err := c.callOf(add, map[string]any{"id": "a/1", "at": "1970-01-01T00:00:01Z", "state": "2", "n": "3", "on": "true", "day": "2026-03-01", "all": "one, two\nthree", "more": `{"a":1}`})
	if err != nil {
		t.Fatal(err)
	}
	body := call.Body.(map[string]any)
	if call.Path != "/people/a%2F1/tags" || call.Route != "/people/{id}/tags" || !call.Write || body["at"] != 1000.0 || body["state"] != 2.0 || body["n"] != 3.0 || body["on"] != true ||
		!slices.Equal(body["all"].([]string), []string{"one", "two", "three"}) || body["more"].(map[string]any)["a"] != 1.0 {
		t.Errorf("%+v", call)
	}
}

func TestEventsAreChecked(t *testing.T) {
	t.Parallel()
	events := `{"things": {"person": {"one": "person", "sample": {"id": "1"}}, "task": {"one": "task", "parent": "person", "sample": {"id": "2"}}},
	 "events": [{"id": "made", "title": "Made", "does": "Now.", "thing": "task", "poll": "tag-list", "gives": [{"name": "tag", "label": "Tag", "type": "text", "sample": "a"}]}]}`
	c, err := LoadCatalog([]byte(book), []byte(events))
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := c.Event("made"); !ok || e.Thing != "task" || len(c.Operations) != 3 {
		t.Errorf("%+v", c)
	}
	for _, x := range []struct{ old, new, says string }{
		{`"parent": "person"`, `"parent": "moon"`, `unknown thing "moon"`},
		{`"one": "task"`, `"one": ""`, "one or sample"},
		{`"id": "made"`, `"id": "Made"`, "lower-case"},
		{`"title": "Made"`, `"title": ""`, "title"},
		{`"does": "Now."`, `"does": "Now"`, "does"},
		{`"thing": "task"`, `"thing": "moon"`, `thing "moon"`},
		{`"poll": "tag-list"`, `"poll": "tag-add"`, "no find operation"},
		{`"poll": "tag-list"`, `"poll": ""`, "nothing finds it"},
		{`"type": "text", "sample"`, `"type": "moon", "sample"`, "unknown type"},
	} {
		if _, err := LoadCatalog([]byte(book), []byte(strings.Replace(events, x.old, x.new, 1))); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("with %s: %v, want it to say %q", x.new, err, x.says)
		}
	}
}

func TestWhatNobodyGivesIsSaidWhereTheSystemWantsIt(t *testing.T) {
	t.Parallel()
	book, err := LoadCatalog([]byte(book))
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{spec: &Spec{Name: "Acme"}}
	set, _ := book.Find("tag-set")
	call, err := c.callOf(set, map[string]any{"all": "staff", "tag": "", "words": nil})
	if want := map[string]any{"tag": nil, "words": "", "after": []any{}}; err != nil || !reflect.DeepEqual(call.Body, any(want)) {
		t.Errorf("it sends %#v, %v", call.Body, err)
	}
	if call, err = c.callOf(set, map[string]any{"who": "1", "tag": "x"}); err != nil || call.Body.(map[string]any)["tag"] != "x" {
		t.Errorf("it sends %#v, %v", call.Body, err)
	}
	_, err = c.callOf(set, map[string]any{"who": ""})
	if e, ok := AsError(err); !ok || e.Kind != Invalid || !strings.Contains(e.Message, "one of “Person” and “Group” is missing") {
		t.Errorf("without both: %v", err)
	}
}
