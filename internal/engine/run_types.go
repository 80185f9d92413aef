package engine

import (
	"time"

	"couplet/internal/connector"
)

// Status is where a run stands (cli.md, "Statuses of a run").
type Status string

// The statuses of a run. Only the last five are final.
const (
	Queued           Status = "queued"
	Running          Status = "running"
	Waiting          Status = "waiting"
	Paused           Status = "paused"
	Done             Status = "done"
	DoneWithProblems Status = "done_with_problems"
	Failed           Status = "failed"
	Cancelled        Status = "cancelled"
)

// Final reports whether a run of this status is over.
func (s Status) Final() bool { return s != Queued && s != Running && s != Waiting }

// Counts are what a run did in one direction.
type Counts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Skipped   int `json:"skipped"`
	Conflicts int `json:"conflicts"`
	Failed    int `json:"failed"`
	Deleted   int `json:"deleted,omitempty"`
}

// Calls counts requests to one side.
type Calls struct {
	Read  int `json:"read"`
	Write int `json:"write"`
}

// CallCount says how often a run called a path of one side with one outcome. Path is the pattern, not the address, so
// that there are few.
type CallCount struct {
	Side         Side
	Method, Path string
	Status, N    int
}

// Run is one execution of a flow.
type Run struct {
	ID        string
	Workspace string
	Flow      string // id
	FlowName  string
	Pair      string
	Version   int
	Trigger   string // manual, schedule, webhook, recovery, rehearse, switched_on, once, undo
	// By is the person who asked for it by a button, "" when nobody did or nobody knows.
	By        string
	Status    Status
	DryRun    bool
	Full      bool
	Recovered bool
	// Note says in words why a run is paused, waiting or failed, and what to do.
	Note string
	// Halt says the same of a paused run for programs, so that a page can offer what helps.
	Halt     Halt
	Started  time.Time
	Finished time.Time
	// Beat is the last sign of life of the owner.
	Beat  time.Time
	Owner string

	// To is indexed by the receiving side: To[B] is what went from a to b.
	To     [2]Counts
	Linked int
	// Same counts the linked pairs that this run had nothing to do with, Alike those that it linked and that said the same
	// already. For a person both are the same.
	Same, Alike int
	// Left counts pairs that differ where a system does not take the value, and to which nothing was written.
	Left int
	// OneWay counts, by side, records without a partner that get none because the flow goes the other way.
	OneWay [2]int
	// Outside counts, by side, records that the scope of the flow leaves alone.
	Outside [2]int
	Review  int
	// Waiting counts, by side, the records that wait until what they hang on is linked.
	Waiting [2]int
	// Asked counts the records that this run left to a person; Review is how many wait in all.
	Asked int
	// Beyond counts the writes of this run that the approved preview did not show and that were allowed, Held the records that
	// were not and wait.
	Beyond, Held int
	APICalls     [2]Calls
	// Allow lets this one run write beyond the brake.
	Allow bool
	// Watch says that the flow only watches, and this run told what it would do.
	Watch bool
	// Undo says what is taken back, of a run that undoes.
	Undo *Undoing
	// Drift is what of the map's fields was found changed: pairs may have been paused.
	Drift []Drifted
	// Progress is for those who watch.
	Progress Progress
	// Revision is that of the flow that ran (flow.Flow.Revision).
	Revision string
}

// Foretold are the counts that an approval of this dry run keeps (flow.Approval).
func (r Run) Foretold() map[string]int {
	counts := map[string]int{}
	for side, n := range r.To {
		name := Side(side).String()
		counts["created_"+name], counts["updated_"+name] = n.Created, n.Updated
	}
	return counts
}

// Rehearse is the trigger of a dry run that a person looks at before switching on.
const Rehearse = "rehearse"

// SwitchedOn is the trigger of the run that begins because a flow was switched on.
const SwitchedOn = "switched_on"

// Trial is the trigger of the run of one record that a person lets through before a flow is switched on for the first time.
const Trial = "trial"

// Once is the trigger of a run that a person lets write beyond the brake, this one time.
const Once = "once"

// Halt is why a run stopped and waits for a person.
type Halt struct {
	Why HaltWhy `json:"why,omitempty"`
	// Side is the one that turned us away, -1 when it is not about one.
	Side int `json:"side"`
	// N is how many records it is about, Most how many are allowed.
	N    int `json:"n,omitempty"`
	Most int `json:"most,omitempty"`
	// Scope is the permission that the key lacks, where that is known.
	Scope string `json:"scope,omitempty"`
}

// HaltWhy is a kind of halt.
type HaltWhy string

// The kinds of halts.
const (
	HaltKey      HaltWhy = "key"      // a system does not take the key
	HaltPermit   HaltWhy = "permit"   // the key does not allow this
	HaltApproval HaltWhy = "approval" // the first plan was not approved
	HaltBrake    HaltWhy = "brake"    // more records would change than the brake allows
	HaltEmptied  HaltWhy = "emptied"  // more records are gone than the brake lets go of
	HaltDeletes  HaltWhy = "deletes"  // more records are to be deleted than the brake allows
	HaltRefusals HaltWhy = "refusals" // the first records of the first plan were refused
	HaltMap      HaltWhy = "map"      // a row of the map cannot work; N is its number
	HaltAfresh   HaltWhy = "afresh"   // all records are compared anew, and nobody has looked at what that comes to; N of Most came or went
	HaltObject   HaltWhy = "object"   // a system has no such records
	HaltRival    HaltWhy = "rival"    // another flow that is on keeps the same records in step
	HaltParents  HaltWhy = "parents"  // the records hang on others that are not kept in step
)

// Result is what happened to one record in a run.
type Result string

// The results of a record.
const (
	ResultCreated  Result = "created"
	ResultUpdated  Result = "updated"
	ResultLinked   Result = "linked"
	ResultSkipped  Result = "skipped"
	ResultConflict Result = "conflict"
	ResultReview   Result = "needs_review"
	ResultFailed   Result = "failed"
	ResultGone     Result = "gone"
	ResultDeleted  Result = "deleted"
)

// Entry is one record's line in the log of a run: what was decided, field by field, and which calls it took. A record
// that needed nothing has none.
type Entry struct {
	ID     string
	Run    string
	Link   string
	IDs    [2]string
	Result Result
	// To is the side that was written, -1 when none or both. Sides are the sides that were written, or would be.
	To     int
	Sides  [2]bool
	Reason string
	By     string // the person who decided it, "" when nobody did
	Fields []FieldChange
	Calls  []connector.Exchange
	// Version is the change stamp that a record had when the run made it.
	Version string
	At      time.Time
	Planned bool // of a dry run: nothing was written
}

// FieldChange is the decision about one field.
type FieldChange struct {
	Field   string  `json:"field"`
	Outcome Outcome `json:"outcome"`
	Rule    string  `json:"rule"`
	Before  [2]any  `json:"before"`
	After   [2]any  `json:"after"`
	By      string  `json:"by,omitempty"` // the person who decided it
}

// touched is how many links a run made or wrote to.
func (r Run) touched() int {
	return r.Linked + r.To[A].Created + r.To[A].Updated + r.To[A].Deleted + r.To[B].Created + r.To[B].Updated + r.To[B].Deleted
}
