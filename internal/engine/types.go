package engine

import (
	"time"

	"couplet/internal/connector"
)

// Side is one end of a pair.
type Side = connector.Side

// The two sides.
const (
	A = connector.A
	B = connector.B
)

// Pair is two connections and one object. Links and bases hang on it, not on a flow, so that changing, pausing or
// replacing a flow never forgets what was agreed (sync-semantics 5.3).
type Pair struct {
	ID        string
	Workspace string
	Conns     [2]string
	Object    string
	// Seeded is when every record of both sides was first put into the inbox; zero before.
	Seeded time.Time
	// First is when that happened for the first time, whatever starts afresh since.
	First time.Time
	// Again is how often since then rows were paused no longer: what was edited meanwhile was looked at without them, so all
	// records are to be put into the inbox once more. So it is when a strange account was none.
	Again int64
	// Deleted is when a person last said that records which are gone were deleted: what was foretold before is of something else.
	Deleted time.Time
	// Settled is when the first full plan was carried out to its end; zero before. The brake works from then on.
	Settled time.Time
	// Scope is the flow.Scope.Key that all records were last put into the inbox for.
	Scope string
	// Afresh says since when what was agreed counts no more; zero for never.
	Afresh Afresh
}

// Mirror is the last observation of one record.
type Mirror struct {
	ID     string
	Parent string
	// Fields are the values last shown. Missing names the needed fields whose value is not known at Version.
	Fields  connector.Fields
	Missing []string
	Version string
	// Keys are the normalised match keys by kind.
	Keys map[string]string
	// Words are those that people find the record by, with blanks between them; see mapping.SearchWords.
	Words   string
	Stamp   string
	Created time.Time // the system's own time, zero when unknown
	First   time.Time // first observation
	Seen    time.Time // when the last observation was asked for: what happened after that it may not show
	// Answered is when the record itself last answered a read or a write of ours, which may be long after it was asked for. A list
	// may be behind it.
	Answered time.Time
	Changed  time.Time // the observation that last showed other content than before
	// Gen is the generation in which a List last showed the record.
	Gen int64
	// Suspect is the first of the two reads that did not find it; Gone is when that was confirmed.
	Suspect time.Time
	Gone    time.Time
}

// Base is what each side held when a rule's values last agreed, or when a difference was accepted, with where that
// came from. It is the only thing that a side is compared with.
type Base struct {
	V    [2]any `json:"v"`
	Run  string `json:"run"`
	Rule string `json:"rule"`
	At   int64  `json:"at"` // unix milliseconds
	// Swing is nil until a write of ours changed the field.
	Swing *Swing `json:"swing,omitempty"`
}

// Link joins one record of each side.
type Link struct {
	ID    string
	Pair  string
	IDs   [2]string
	State LinkState
	// Parent is the link of the parents, of a record that hangs on another (a task on a contact); "" for all others.
	Parent string
	// Made says how it came to be: "match", "create", "adopt", or "order" of a person.
	Made string
	Run  string
	At   time.Time
	Base map[string]Base
}

// LinkState is what a link is fit for.
type LinkState string

// The states of a link. Only an On link is planned.
const (
	On       LinkState = "on"
	OneGone  LinkState = "one_gone"
	Detached LinkState = "detached"
)

// Hint is one line of the inbox: somebody should look at this record. It is coalesced per record.
type Hint struct {
	Side   Side
	ID     string
	Parent string
	// Reason is why we look. A list showed something new: gen (one of everything), since, poll. Somebody else's word: webhook, absent from a
	// list. Ours: seed, order, seen (a look before), gone (a look that did not find it). It waits: settle, parent, owner_unknown,
	// link_unknown, calm. It failed: retry, ignored, parked.
	Reason string
	// At is when the newest hint came in; a mirror row older than that is read again.
	At time.Time
	// Due is when to look. Seq changes with each new hint, so that finishing an old look does not drop a new one.
	Due      time.Time
	Seq      int64
	Attempts int
	Problem  string // the last failure, in words
}

// IntentState is how far a create has come.
type IntentState string

// A create is Sent before its call leaves, and stays so until its outcome is known. Unknown has an answer that proves
// nothing. Absent was looked for and proven not to have happened; it is open no longer and only keeps count of refusals.
const (
	Sent    IntentState = "sent"
	Unknown IntentState = "unknown"
	Absent  IntentState = "absent"
)

// Intent is a create that may have happened. It is stored before the call leaves and removed with the commit of its
// outcome (sync-semantics 5.8).
type Intent struct {
	ID     string
	Pair   string
	Side   Side   // where the record is made
	Source string // the record it is made from, on the other side
	Stamp  string
	// Content is what the record was made of, where it can be recognised by that alone (see [session.content]).
	Content string
	// Beyond is the approved dry run that this goes beyond, "" when it does not. It is counted when the intent is stored.
	Beyond string
	Run    string
	State  IntentState
	At     time.Time // when it was sent last
	// Refusals counts answers that refused the values and were later proven to have created nothing.
	Refusals int
	Problem  string
}

// Sending is an update that has left, or is about to, and whose outcome is not stored: what is sent to the two records of
// a link and from what. It is stored before the first call leaves and removed with the commit of its outcome, so that
// whoever finds it can tell what came of it (sync-semantics 5.17).
type Sending struct {
	Link string
	Run  string
	// Beyond is as with an [Intent].
	Beyond string
	At     time.Time
	// By is how the two records were matched when the same turn joined them, "" when they were linked before. Intent and
	// Side are the create that they were found by, if one was open.
	By     string
	Intent string
	Side   Side
	Fields map[string]SentField // by the key of the rule
	// Erase is set where what left is a delete.
	Erase *Erasing
}

// Cursor is how far one object of one connection has been read. It belongs to the connection, never to a flow.
type Cursor struct {
	Conn, Object string
	// Mode of the pass that is under way: "" none, "gen" everything, "since" changes.
	Mode  string
	Page  connector.Cursor
	Began time.Time // start of the pass under way, by our clock
	// At is the system's clock at the first page of the pass under way.
	At time.Time
	// Clean is whether the pass under way was never interrupted; only then absence means anything.
	Clean bool
	// Watermark: changes before it have been read. Generation counts complete passes over everything; GenBegan is the
	// start of the last one.
	Watermark  time.Time
	Generation int64
	GenBegan   time.Time
	// Fields were asked for in the last generation; a map that needs more needs a new one.
	Fields []string
	// Total is how many records the pass has to show as the system counts them, Shown how many it has.
	Total, Shown int
	// Came is how many records nobody knew that passes over everything have shown since the generation Judged, the last one of
	// which it was said whether too many came or went.
	Came   int
	Judged int64
}

// Capability is something learned about a field from how a system answered.
type Capability struct {
	Conn, Object, Field string
	// Verb is "create" or "update".
	Verb string
	// Ignored counts writes in a row that were answered with success and changed nothing. Refused: the system said no.
	Ignored int
	Refused bool
	// MaxLen is the length that values were cut to, 0 when none was.
	MaxLen   int
	Evidence string
	Learned  time.Time
}

// Review is a record that only a person can decide about. It is sticky: nothing links or creates it meanwhile.
type Review struct {
	Pair   string
	Side   Side
	ID     string
	Reason string
	// Candidates are ids on the other side, Twins on its own.
	Candidates []string
	Twins      []string
	// Plan is what would be written, of a record that waits because nobody approved it.
	Plan *Line
	At   time.Time
	// Alone is who said that the record is to be left alone, "" while it waits; AloneKeys is a hash of the match keys that it had
	// then. It holds as long as those do.
	Alone, AloneKeys string
}

// Conflict is a field that changed on both sides. Open ones wait for a person; settled ones keep the losing value.
type Conflict struct {
	Link, Field string
	Open        bool
	Rule        string
	Lost        Side
	V           [2]any
	Run         string
	At          time.Time
}

// Tombstone keeps a record that is gone from being made again. Keys are keyed hashes, never values.
type Tombstone struct {
	Pair   string
	Side   Side
	ID     string
	Keys   []string
	Reason string
	Until  time.Time // of the keys; the id counts for ever
}
