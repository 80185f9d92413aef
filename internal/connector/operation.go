package connector

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Catalog is what a system can do beyond keeping records the same: single calls that a step of an automation may make.
// It is data beside the code of the system (operations.json).
type Catalog struct {
	// Lists say where the values to choose from come from, by the word that a [Take] names.
	Lists      map[string]List `json:"lists"`
	Operations []Operation     `json:"operations"`
	// Events are what can set an automation off, and Things the kinds of records that they are about (events.json).
	Events []Event          `json:"events"`
	Things map[string]Thing `json:"things"`
	// Undo is how what operations did is taken back, by their ids (undo.json).
	Undo map[string]*Undo `json:"undo"`
}

// List is a find operation whose answer holds values to choose from.
type List struct {
	Operation string `json:"operation"`
	// List is the key of the rows in the answer, Value and Label are the keys of a row.
	List  string `json:"list"`
	Value string `json:"value"`
	Label string `json:"label"`
}

// The kinds of operations.
const (
	Action = "action" // changes something
	Finds  = "find"   // changes nothing
)

// Trigger is the kind of what sets an automation off, in lists that hold events beside operations.
const Trigger = "trigger"

// Group is one shelf of the catalog.
type Group struct{ ID, Title string }

// Groups are the shelves in the order in which they are shown.
var Groups = []Group{
	{"contacts", "Contacts and people"}, {"tasks", "Tasks and activities"}, {"notes", "Notes"}, {"deals", "Deals and tickets"},
	{"tags", "Tags, lists, segments"}, {"companies", "Companies"}, {"events", "Events and products"}, {"calendars", "Calendars"},
	{"conversations", "Conversations"}, {"campaigns", "Campaigns, workflows, links"}, {"objects", "Other records"},
	{"fields", "Fields"}, {"account", "Account"},
}

// Operation is one call.
type Operation struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Group string `json:"group"`
	// Title and Does are read by people.
	Title  string `json:"title"`
	Does   string `json:"does"`
	Method string `json:"method"`
	// Path has the names of takes in {}.
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers,omitempty"`
	// Scope is the permission that it needs, "" when the system has none for it.
	Scope string `json:"scope,omitempty"`
	// Makes: each call makes one more, so it is never repeated on a doubtful outcome.
	Makes bool `json:"makes,omitempty"`
	// Reaches: a person outside may get a message by it.
	Reaches bool `json:"reaches,omitempty"`
	// Doubt is what the vendor has not documented, "" when it has documented all.
	Doubt string `json:"doubt,omitempty"`
	// More says what may be given besides Takes, "" when nothing may.
	More string `json:"more,omitempty"`
	// OneOf names takes of which at least one has to be given.
	OneOf []string `json:"one_of,omitempty"`
	Takes []Take   `json:"takes,omitempty"`
	Gives []Give   `json:"gives,omitempty"`
}

// Choice says that one of several values has to be given, "" where that is not so.
func (o *Operation) Choice() string {
	var names []string
	for _, t := range o.Takes {
		if slices.Contains(o.OneOf, t.Name) {
			names = append(names, "“"+t.Label+"”")
		}
	}
	last := len(names) - 1
	if last < 1 {
		return ""
	}
	return "one of " + strings.Join(names[:last], ", ") + " and " + names[last]
}

// Has reports whether each of the words begins a word of what a person would look for it by.
func (o *Operation) Has(words []string) bool {
	text := strings.FieldsFunc(strings.ToLower(o.Title+" "+o.Does+" "+o.ID+" "+o.Path), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return !slices.ContainsFunc(words, func(w string) bool {
		return !slices.ContainsFunc(text, func(t string) bool { return strings.HasPrefix(t, strings.ToLower(w)) })
	})
}

// Take is one value that an operation is given.
type Take struct {
	Name string `json:"name"`
	// In is path, query or body.
	In    string `json:"in"`
	Label string `json:"label,omitempty"`
	Help  string `json:"help,omitempty"`
	// Type is text, email, phone, number, yes_no, date, time, list (of texts), choice, data (JSON) or fixed.
	Type     string   `json:"type,omitempty"`
	Required bool     `json:"required,omitempty"`
	Choices  []string `json:"choices,omitempty"`
	// From names the List of the values to choose from.
	From string `json:"from,omitempty"`
	// As is how the system wants it, if not as its type is usually written: ms or s (since 1970), or number.
	As string `json:"as,omitempty"`
	// Blank is what the body says where nobody gives a value, for a system that wants it to say something; nil has it left out.
	Blank json.RawMessage `json:"blank,omitempty"`
	// Account is the param of the account that it is filled with, and Value what it always is. Nobody is asked for these.
	Account string `json:"account,omitempty"`
	Value   string `json:"value,omitempty"`
}

// Asked reports whether somebody gives the value.
func (t Take) Asked() bool { return t.Account == "" && t.Value == "" }

// Give is one value of the answer.
type Give struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Find is the operation of an id.
func (c *Catalog) Find(id string) (*Operation, bool) {
	i := slices.IndexFunc(c.Operations, func(o Operation) bool { return o.ID == id })
	if i < 0 {
		return nil, false
	}
	return &c.Operations[i], true
}

// LoadCatalog reads the operations and the events of a system, which may stand in several files, and checks all in one pass.
func LoadCatalog(files ...[]byte) (*Catalog, error) {
	var c Catalog
	for _, data := range files {
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&c); err != nil {
			return nil, fmt.Errorf("read operations: %w", err)
		}
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			return nil, errors.New("read operations: text after the end")
		}
	}
	var p problems
	for word, l := range c.Lists {
		p.in = "list " + word
		o, known := c.Find(l.Operation)
		p.want(known && o.Kind == Finds, "operation %q is no find operation", l.Operation)
		p.want(l.List != "" && l.Value != "" && l.Label != "", "list, value or label is empty")
	}
	seen := map[string]bool{}
	for _, o := range c.Operations {
		p.in = "operation " + o.ID
		p.want(!seen[o.ID], "listed twice")
		seen[o.ID] = true
		o.check(&p, &c)
	}
	c.checkEvents(&p)
	c.checkUndo(&p)
	return &c, errors.Join(p.found...)
}

// MustLoadCatalog is LoadCatalog for operations that are part of the program.
func MustLoadCatalog(files ...[]byte) *Catalog {
	c, err := LoadCatalog(files...)
	if err != nil {
		panic(err)
	}
	return c
}

var (
	operationID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	pathParam   = regexp.MustCompile(`\{(\w+)\}`)
	takeTypes   = []string{"text", "email", "phone", "number", "yes_no", "date", "time", "list", "choice", "data"}
)

func (o *Operation) check(p *problems, c *Catalog) {
	p.want(operationID.MatchString(o.ID), "id is not made of lower-case words")
	p.want(o.Kind == Action || o.Kind == Finds, "kind %q is neither action nor find", o.Kind)
	p.want(slices.ContainsFunc(Groups, func(g Group) bool { return g.ID == o.Group }), "group %q is unknown", o.Group)
	p.want(o.Title != "" && !strings.HasSuffix(o.Title, "."), "title is empty or a sentence")
	p.sentence("does", o.Does)
	p.want(slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, o.Method), "method %q is unknown", o.Method)
	p.want(o.Kind == Action || o.Method == "GET" || o.Method == "POST", "a find operation that is a %s", o.Method)
	p.want(!o.Makes || o.Kind == Action && o.Method == "POST", "makes something, but is no POST")
	for _, name := range o.OneOf {
		at := slices.IndexFunc(o.Takes, func(t Take) bool { return t.Name == name })
		p.want(len(o.OneOf) > 1 && at >= 0 && o.Takes[at].Asked() && !o.Takes[at].Required && o.Takes[at].Blank == nil, "%s is one of several, and not among what may be given or left out", name)
	}
	inPath := map[string]bool{}
	for _, m := range pathParam.FindAllStringSubmatch(o.Path, -1) {
		inPath[m[1]] = true
	}
	names := map[string]bool{}
	for _, t := range o.Takes {
		p.want(!names[t.Name], "takes %s twice", t.Name)
		names[t.Name] = true
		p.want(slices.Contains([]string{"path", "query", "body"}, t.In), "%s is in %q", t.Name, t.In)
		p.want(t.In == "path" == inPath[t.Name], "%s is in %s, the path is %s", t.Name, t.In, o.Path)
		p.want(t.In != "body" || o.Method != "GET", "a GET with %s in its body", t.Name)
		if !t.Asked() {
			continue
		}
		p.want(t.Blank == nil || t.In == "body" && !t.Required, "%s has a blank value, and is required or not in the body", t.Name)
		p.want(t.Label != "", "%s has no label", t.Name)
		p.want(slices.Contains(takeTypes, t.Type), "%s has the unknown type %q", t.Name, t.Type)
		p.want(t.Type == "choice" == (len(t.Choices) > 0), "%s is a choice without choices, or has choices and is none", t.Name)
		p.want(t.In != "path" || t.Required, "%s is in the path and may be left out", t.Name)
		if _, known := c.Lists[t.From]; t.From != "" {
			p.want(known, "%s is from the unknown list %q", t.Name, t.From)
		}
	}
	for name := range inPath {
		p.want(names[name], "takes no %s, which is in its path", name)
	}
}
