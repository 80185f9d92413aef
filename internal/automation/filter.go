package automation

import "slices"

// Filter is a condition, a group of conditions, or a formula; one of these. An empty one lets everything through.
type Filter struct {
	// All holds when each of its filters does, Any when one does.
	All []Filter `json:"all,omitempty" yaml:"all"`
	Any []Filter `json:"any,omitempty" yaml:"any"`
	// Value is the path of a value, Op a word of Ops, Than a text with pills that it is compared with.
	Value string `json:"value,omitempty" yaml:"value"`
	Op    string `json:"op,omitempty" yaml:"op"`
	Than  string `json:"than,omitempty" yaml:"than"`
	// Formula gives yes or no: contact.score > 10 and "lead" in contact.tags.
	Formula string `json:"formula,omitempty" yaml:"formula"`
}

// IsZero reports whether there is nothing to decide.
func (f Filter) IsZero() bool {
	return len(f.All) == 0 && len(f.Any) == 0 && f.Value == "" && f.Op == "" && f.Than == "" && f.Formula == ""
}

// Op is a way to look at a value.
type Op struct {
	ID string
	// Title stands between the value and what it is compared with: "is not".
	Title string
	// Types are those of the values that it is for.
	Types []string
	// Than is the type of what it is compared with, "" for nothing, "same" for the value's own.
	Than string
}

var (
	texts  = []string{"text", "email", "phone", "choice"}
	counts = []string{"number"}
	times  = []string{"date", "time"}
	single = []string{"text", "email", "phone", "choice", "number", "yes_no", "date", "time"}
	every  = []string{"text", "email", "phone", "choice", "number", "yes_no", "date", "time", "list", "data"}
)

// Ops are all ways to look at a value, in the order of choice.
var Ops = []Op{
	{"is", "is", single, "same"},
	{"is_not", "is not", single, "same"},
	{"one_of", "is one of", texts, "list"},
	{"contains", "contains", texts, "text"},
	{"contains_not", "does not contain", texts, "text"},
	{"begins", "begins with", texts, "text"},
	{"ends", "ends with", texts, "text"},
	{"has", "has", []string{"list"}, "text"},
	{"has_not", "has not", []string{"list"}, "text"},
	{"more", "is more than", counts, "number"},
	{"less", "is less than", counts, "number"},
	{"at_least", "is at least", counts, "number"},
	{"at_most", "is at most", counts, "number"},
	{"before", "is before", times, "same"},
	{"after", "is after", times, "same"},
	{"within", "is within the last", times, "span"},
	{"ahead", "is within the next", times, "span"},
	{"empty", "is empty", every, ""},
	{"not_empty", "is not empty", every, ""},
}

// OpNamed finds a way to look at a value.
func OpNamed(id string) (Op, bool) {
	i := slices.IndexFunc(Ops, func(o Op) bool { return o.ID == id })
	if i < 0 {
		return Op{}, false
	}
	return Ops[i], true
}

// OpsFor are those that fit values of a type, all for a type that is not known.
func OpsFor(kind string) []Op {
	if kind == "" {
		return Ops
	}
	return slices.DeleteFunc(slices.Clone(Ops), func(o Op) bool { return !slices.Contains(o.Types, kind) })
}
