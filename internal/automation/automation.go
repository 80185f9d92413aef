// Package automation is what happens by itself: a trigger sets it off, a filter lets through or not, and steps follow one
// after the other. "When a contact is created, only if it has the tag lead: record an event, wait until the next working
// day, make a task for its owner."
//
// An [Automation] is data, like a flow: it comes from a template and what a person changed, is written as a YAML file
// ([Read], [Write]), is edited by functions that return a new one ([Insert], [Move], [Remove], [Change]), and is checked as a
// whole before it may be switched on ([Check]): every problem names its step, its field and its fix.
//
// Three ideas carry it:
//
//   - A place is a path. "2" is the third step, "2/else/0" the first one in the other branch of it. Steps have ids besides,
//     which stay when they are moved, and numbers for people ("3b", [Number]), which do not.
//   - What a step is given is text with pills: "Call {{contact.firstName}}". A pill names a value of the trigger or of a step
//     before it, may name others to use where that is empty ({{s1.id or s2.id}}), and may send the value through steps of the
//     mapping ({{contact.phone | e164}}). A text that is one pill alone keeps the value's type. [Values] says what may be
//     named at a place, each with a sample; whatever a page offers, a check refuses and a run finds is that one list.
//   - What systems can do and tell is data of theirs, not of this package: operations and events come from their catalogs
//     ([Systems]). Which conditions, steps and waits exist is data here ([Ops], [StepKinds]), and pages and checks read it.
//
// Nothing here calls anybody. [Try] works out what would happen, down to the exact request, and changes nothing.
package automation

import "couplet/internal/flow"

// Automation is a trigger, a filter and the steps that follow.
type Automation struct {
	ID        string `json:"id" yaml:"-"`
	Workspace string `json:"-" yaml:"-"`
	Name      string `json:"name" yaml:"name"`
	// Template is the id of the one that it came from, "" for one of somebody's own.
	Template string `json:"template,omitempty" yaml:"template"`
	// Connections are the ids (in a file: the names) of the accounts that it works with. The second may be missing.
	Connections [2]string `json:"connections" yaml:"connections"`
	Enabled     bool      `json:"enabled" yaml:"enabled"`
	// TimeZone is where days begin and end, an IANA name; "" for UTC.
	TimeZone string `json:"time_zone,omitempty" yaml:"time_zone"`
	// PerHour is how often it may begin within an hour before its brake holds what else comes; 0 for the usual.
	PerHour int     `json:"per_hour,omitempty" yaml:"per_hour"`
	Trigger Trigger `json:"trigger" yaml:"trigger"`
	Filter  Filter  `json:"filter,omitzero" yaml:"filter"`
	// Fields are those that the account of the trigger added itself and that are named here.
	Fields []OwnField `json:"fields,omitempty" yaml:"fields"`
	Steps  []Step     `json:"steps" yaml:"steps"`
	// Version counts what was published, from 1.
	Version int `json:"version" yaml:"-"`
}

// Trigger is what sets an automation off.
type Trigger struct {
	Kind string `json:"kind" yaml:"kind"`
	// System and Event name an event of a catalog.
	System string `json:"system,omitempty" yaml:"system"`
	Event  string `json:"event,omitempty" yaml:"event"`
	// Object is the kind of record that somebody starts it for by hand, "" for none.
	Object   string        `json:"object,omitempty" yaml:"object"`
	Schedule flow.Schedule `json:"schedule,omitzero" yaml:"schedule"`
	// Sample is what a call looks like, as JSON: the last one that came, or one that somebody typed.
	Sample string `json:"sample,omitempty" yaml:"sample"`
	// Own has it start for what Couplet itself made or changed, too. Without, nothing that Couplet does sets it off.
	Own bool `json:"own,omitempty" yaml:"own"`
}

// The kinds of triggers.
const (
	OnEvent    = "event"
	OnSchedule = "schedule"
	OnHook     = "hook"
	ByHand     = "manual"
)

// Step is one thing that is done, or a choice of what is done.
type Step struct {
	// ID names the step in pills. It stays when the step is moved.
	ID   string `json:"id" yaml:"id"`
	Kind string `json:"kind" yaml:"kind"`
	// Name is what a person calls it, "" for the title of what it does.
	Name string `json:"name,omitempty" yaml:"name"`
	// System and Operation name an operation of a catalog.
	System    string `json:"system,omitempty" yaml:"system"`
	Operation string `json:"operation,omitempty" yaml:"operation"`
	// With are the values that it is given, as texts with pills: what the operation takes, the fields of a request's JSON, the
	// input of a script.
	With map[string]string `json:"with,omitempty" yaml:"with"`
	// If decides between the branches of a condition. On any other step it says when the step is done at all.
	If   Filter `json:"if,omitzero" yaml:"if"`
	Then []Step `json:"then,omitempty" yaml:"then"`
	Else []Step `json:"else,omitempty" yaml:"else"`
	// Over is a pill that gives a list, Most how many of its members are taken (0 for the default), Do what is done with each.
	Over string `json:"over,omitempty" yaml:"over"`
	Most int    `json:"most,omitempty" yaml:"most"`
	Do   []Step `json:"do,omitempty" yaml:"do"`
	Wait Wait   `json:"wait,omitzero" yaml:"wait"`
	HTTP HTTP   `json:"http,omitzero" yaml:"http"`
	// Code is Starlark that defines run(input).
	Code string `json:"code,omitempty" yaml:"code"`
	// Fail says what happens when the step fails; "" is Again. FailFor is how long it is tried again, 0 for the default.
	Fail    string        `json:"fail,omitempty" yaml:"fail"`
	FailFor flow.Duration `json:"fail_for,omitempty" yaml:"fail_for"`
	Retry   Retry         `json:"retry,omitzero" yaml:"retry"`
	// Once does the step at most once for each record that the trigger is about, however often it is set off.
	Once bool `json:"once,omitempty" yaml:"once"`
}

// Retry is how a step that failed is tried again.
type Retry struct {
	// Tries is how often it is tried at most, the first time among them; 0 for as often as fits into FailFor, or for [FewTries] where it is
	// left out or ends then.
	Tries int `json:"tries,omitempty" yaml:"tries"`
	// First is how long it takes to the second try. It doubles with each, up to Longest. 0 is the usual.
	First   flow.Duration `json:"first,omitempty" yaml:"first"`
	Longest flow.Duration `json:"longest,omitempty" yaml:"longest"`
}

// Wait is a pause: For a span, or Until a moment.
type Wait struct {
	For flow.Duration `json:"for,omitempty" yaml:"for"`
	// Until is a word of Untils. At is the time of day ("09:00") of a day, Moment a pill that gives a point in time, and Before
	// how long before that.
	Until  string        `json:"until,omitempty" yaml:"until"`
	At     string        `json:"at,omitempty" yaml:"at"`
	Moment string        `json:"moment,omitempty" yaml:"moment"`
	Before flow.Duration `json:"before,omitempty" yaml:"before"`
	// TimeZone is that of At, "" for the automation's.
	TimeZone string `json:"time_zone,omitempty" yaml:"time_zone"`
}

// HTTP is a request to an address of a person's own. Its host may hold no pill.
type HTTP struct {
	Method  string            `json:"method,omitempty" yaml:"method"`
	URL     string            `json:"url,omitempty" yaml:"url"`
	Headers map[string]string `json:"headers,omitempty" yaml:"headers"`
	// Body is the whole body, instead of the step's With as JSON.
	Body string `json:"body,omitempty" yaml:"body"`
}

// IsZero reports whether there is no request.
func (h HTTP) IsZero() bool {
	return h.Method == "" && h.URL == "" && h.Body == "" && len(h.Headers) == 0
}
