package engine

import (
	"context"
	"errors"
	"time"

	"couplet/internal/connector"
	"couplet/internal/flow"
)

// ErrLeaseLost says that another worker owns the pair now. Whatever was written since is found again by that worker.
var ErrLeaseLost = errors.New("another worker has taken this flow over")

// Lease is the right to work on a pair. Every change a run makes to the tables carries it; a change under an old
// fence is refused whole.
type Lease struct {
	Name, Owner string
	Fence       int64
}

// ErrLinked says that one of the records of a new link has a live link already. Nothing of the group was stored.
var ErrLinked = errors.New("one of these records is linked already")

// ErrOrderOver says that what a person decided, and what was about to leave for it, is not wanted any more. Nothing of the group was stored.
var ErrOrderOver = errors.New("what a person decided was taken back")

// Store is what the engine remembers. Each method is one transaction. Methods that take a Lease fail with ErrLeaseLost
// when it is no longer held, and change nothing then. Workspaces never see each other: ws is part of every look-up.
type Store interface {
	// KeepsRuns is how long a workspace keeps what a run wrote and the values from before.
	KeepsRuns(ctx context.Context, ws string) (time.Duration, error)

	// Acquire takes the lease unless somebody alive holds it; then it returns false and who that is. Beat keeps it, marks
	// the run alive and stores its progress.
	Acquire(ctx context.Context, ws, name, owner string, now, deadBefore time.Time) (Lease, bool, error)
	// TakeOver takes the lease from its dead holder. It returns false when somebody else took it meanwhile.
	TakeOver(ctx context.Context, ws string, dead Lease, owner string, now time.Time) (Lease, bool, error)
	Beat(ctx context.Context, ws string, l Lease, run string, p Progress, now time.Time) error
	Release(ctx context.Context, ws string, l Lease) error

	// Flows lists the flows of a workspace.
	Flows(ctx context.Context, ws string) ([]flow.Flow, error)

	PairFor(ctx context.Context, ws string, conns [2]string, object string, newID string) (Pair, error)
	// Seed puts every live record of both sides into the pair's inbox and marks the pair seeded. What came since pair.Again was
	// read stays to be done.
	Seed(ctx context.Context, ws string, l Lease, pair Pair, now time.Time) error
	// StartAfresh stores since when what was agreed in a pair counts no more. The pair is then as before its first plan, but for its links.
	// When that is because an account is not what it was, it holds for all pairs of the object that the account is part of.
	StartAfresh(ctx context.Context, ws string, l Lease, pair string, a Afresh) error
	// SettledOf reports whether the first plan of any pair of an object of a connection was carried out.
	SettledOf(ctx context.Context, ws, conn, object string) (bool, error)
	SettlePair(ctx context.Context, ws string, l Lease, pair string, now time.Time) error

	Cursor(ctx context.Context, ws, conn, object string) (Cursor, error)
	// SavePage stores one page of observations, the hints they cause in every seeded pair of the connection, and the
	// cursor, together. seen lists ids that were shown unchanged; they and the changed ones are marked with the
	// generation gen, unless it is 0.
	SavePage(ctx context.Context, ws string, l Lease, cur Cursor, gen int64, changed []Mirror, seen []string, hints []Hint) error
	// Absent lists live records that the complete generation gen did not show, after the id `after`.
	Absent(ctx context.Context, ws, conn, object string, gen int64, after string, limit int) ([]string, error)

	// Turnover counts the live records that the complete generation gen showed, and those of the one before it that it did not.
	Turnover(ctx context.Context, ws, conn, object string, gen int64) (shown, went int, err error)

	Mirrors(ctx context.Context, ws, conn, object string, ids []string) (map[string]Mirror, error)
	// Holders lists up to max live records of the connection for each key value, as kind -> value -> ids.
	Holders(ctx context.Context, ws, conn, object string, keys []Key, max int) (map[Key][]string, error)
	// Stamped lists live records that carry the stamp.
	Stamped(ctx context.Context, ws, conn, object, stamp string) ([]string, error)

	// Hints lists due lines of the inbox after the given place, in order of (side, id).
	Hints(ctx context.Context, ws, pair string, now time.Time, after Place, limit int) ([]Hint, error)
	// Pending counts lines of the inbox that are due by `by`, and says when the next one is due (zero: none).
	Pending(ctx context.Context, ws, pair string, by time.Time) (due int, next time.Time, err error)
	AddHints(ctx context.Context, ws, pair string, hints []Hint) error
	// SpreadHints adds hints about records of a connection to every seeded pair of it, on the side that it has there.
	SpreadHints(ctx context.Context, ws, conn, object string, hints []Hint) error

	// LinksOf returns the live links of the given records of one side, by record id.
	LinksOf(ctx context.Context, ws, pair string, side Side, ids []string) (map[string]Link, error)
	// MovedChildren lists the parents, other than the given one, under which records of a connection hang by now whose links
	// hang on a link.
	MovedChildren(ctx context.Context, ws, conn, link, not string) ([]string, error)
	// LinkedIn lists the live links of all pairs that hold a record of a connection.
	LinkedIn(ctx context.Context, ws, conn, object, id string) ([]string, error)
	CountLinks(ctx context.Context, ws, pair string) (int, error)
	Intents(ctx context.Context, ws, pair string, side Side, sources []string) (map[string]Intent, error)
	ReviewsOf(ctx context.Context, ws, pair string, side Side, ids []string) (map[string]Review, error)
	// Orders lists the open orders about records of a side, and about fields of links whose record of side a is named.
	Orders(ctx context.Context, ws, pair string, side Side, records []string) ([]Order, error)
	// CountTouched counts the links that a run's log names.
	CountTouched(ctx context.Context, ws, run string) (int, error)
	CountReviews(ctx context.Context, ws, pair string) (int, error)
	// CountHeld counts the records that wait because nobody approved what would be written; WakeHeld has them looked at again.
	CountHeld(ctx context.Context, ws, pair string) (int, error)
	WakeHeld(ctx context.Context, ws string, l Lease, pair string, now time.Time) error
	// KeptPlan finds a dry run that was approved and is not carried out yet, and how many writes went beyond it so far, as
	// counted by Begin and Intend. PlanDone says that it is carried out.
	KeptPlan(ctx context.Context, ws, run string) (plan Run, beyond int, kept bool, err error)
	PlanDone(ctx context.Context, ws string, l Lease, run string) error
	// Approved lists the lines of a dry run about the given records, by side.
	Approved(ctx context.Context, ws, run string, ids [2][]string) ([]Entry, error)
	// Buried reports which of the given ids or key hashes have a tombstone that still counts.
	Buried(ctx context.Context, ws, pair string, side Side, ids, keys []string, now time.Time) (map[string]bool, error)
	Capabilities(ctx context.Context, ws string, conns [2]string, object string) ([]Capability, error)
	SaveCapability(ctx context.Context, ws string, c Capability) error

	// KnownFields lists what is known of the custom fields that maps of the object between the connections name.
	KnownFields(ctx context.Context, ws string, conns [2]string, object string) ([]Known, error)
	// SaveKnownFields keeps fields. All records of the pairs of the object that have one of the connections `lifted` are to be
	// put into the inbox once more.
	SaveKnownFields(ctx context.Context, ws string, l Lease, known []Known, lifted []string) error

	// Begin stores intents before their calls leave.
	Begin(ctx context.Context, ws string, l Lease, intents []Intent) error
	// Intend stores, before calls leave, what they send and what gives way to it: of each commit the link, the sending and the
	// conflicts. A delete needs its order to be open still (ErrOrderOver), and from then on nobody takes that back. With ErrLinked or
	// ErrOrderOver nothing of the group is stored.
	Intend(ctx context.Context, ws string, l Lease, run Run, outcomes []Commit) error
	// Sendings returns the updates of links whose outcome is not stored, by link.
	Sendings(ctx context.Context, ws string, links []string) (map[string]Sending, error)
	// Asks returns what the fields show that wait for a person, by link and field.
	Asks(ctx context.Context, ws string, links []string) (map[string]map[string][2]any, error)
	// Commit stores outcomes and the run's counts, all or nothing. What the mirrors show that is new is put before the other
	// seeded pairs of their connections.
	Commit(ctx context.Context, ws string, l Lease, run Run, outcomes []Commit) error

	StartRun(ctx context.Context, r Run) error
	SaveRun(ctx context.Context, ws string, l Lease, r Run) error
	// NameFields keeps what the fields of a run's map are called on each side, by the key under which entries name them.
	NameFields(ctx context.Context, ws, run string, labels map[string][2]string) error
	// DropPlans forgets what earlier dry runs of a flow foretold, all but what the run did; if it looked what an undo of
	// a run gives back, what was seen of that before.
	DropPlans(ctx context.Context, ws string, run Run) error
	// CountCalls adds calls to the counts of a run.
	CountCalls(ctx context.Context, ws, run string, calls []CallCount) error
	RunByID(ctx context.Context, ws, id string) (Run, error)
	// Entries lists the log of a run in order, after an entry ("" for the beginning), of one result or of all ("").
	Entries(ctx context.Context, ws, run, after string, limit int, result Result) ([]Entry, error)
	// ActiveRun is the newest run of a flow that is not over.
	ActiveRun(ctx context.Context, ws, flow string) (Run, bool, error)

	Children
}

// Children is what is remembered about records that hang on others (child.go).
type Children interface {
	// LinkedIDs lists the ids of all pairs of records that are in step, and when the newest of their links was made.
	LinkedIDs(ctx context.Context, ws, pair string) ([][2]string, time.Time, error)
	// WakeUnknown makes lines of the inbox due that wait for a reason and were looked at no later than something happened.
	WakeUnknown(ctx context.Context, ws string, l Lease, pair, reason string, happened, now time.Time) error
	// PairBetween finds the pair of an object between two connections, whichever of them is called a.
	PairBetween(ctx context.Context, ws string, conns [2]string, object string) (Pair, bool, error)
	// ChildrenOf lists the live records of each parent, by id.
	ChildrenOf(ctx context.Context, ws, conn, object string, parents []string) (map[string][]string, error)
	ChildReads(ctx context.Context, ws, conn, object string, parents []string) (map[string]ChildRead, error)
	// DueParents lists linked parents of a side of the pair whose records of the object are to be read: never read, or not
	// since a time, or something happened to them since. They come in order, after an id.
	DueParents(ctx context.Context, ws string, parents Pair, side Side, object string, since, now time.Time, after string, limit int) ([]string, error)
	// OldestParents lists linked parents whose records were read before a time, those first that were read longest ago.
	OldestParents(ctx context.Context, ws string, parents Pair, side Side, object string, before time.Time, limit int) ([]string, error)
	// SaveChildren stores what the lists of some parents showed, the hints that this causes, and the cursor, together.
	SaveChildren(ctx context.Context, ws string, l Lease, cur Cursor, reads []ChildRead, changed []Mirror, hints []Hint) error
	// WakeChildren makes lines of the inbox due that waited for a parent which is linked now, and those that were given up
	// before the parent lost the partner that it had then. sides says which side of the parents' pair is a's and which is b's.
	WakeChildren(ctx context.Context, ws string, l Lease, pair string, parents Pair, sides [2]Side, now time.Time) (int64, error)
	// Bereaved lists records of a connection, after an id, that hang on a parent which is gone, and were not looked at since.
	Bereaved(ctx context.Context, ws, conn, object, parent, after string, limit int) ([]string, error)
	// CountOrphans counts the records of each side that wait until their parent is linked.
	CountOrphans(ctx context.Context, ws, pair string) ([2]int, error)
}

// ChildRead is when the records of one parent were read.
type ChildRead struct {
	Parent string
	At     time.Time // when it was asked
	Due    time.Time // when to read them again, zero when nothing calls for it
}

// Key is one normalised match key.
type Key struct{ Kind, Value string }

// Place is a position in the inbox.
type Place struct {
	Side Side
	ID   string
}

// Commit is everything that one record's outcome changes, stored together.
type Commit struct {
	// Mirrors are new observations, by side.
	Mirrors [2][]Mirror
	Link    *Link    // inserted or replaced, with its bases
	Review  []Review // opened
	Settled []Place  // reviews closed
	Bury    []Tombstone
	Intent  *Intent  // kept with a new state
	Closed  []string // intents removed, by id
	// Sending is kept instead of what the link had; Answered names links whose update is over.
	Sending  *Sending
	Answered []string
	// Finished hints leave the inbox unless a newer hint came in; Again are put back with a new due time.
	Finished []Hint
	Again    []Hint
	Conflict []Conflict
	// Resolved names fields of the link whose open conflict is over.
	Resolved []string
	Orders   []OrderEnd // orders of people that are over
	Entry    *Entry
	// Reread are parents whose records are to be read again.
	Reread []ParentDue
}

// ParentDue says when the records of a parent are to be read again.
type ParentDue struct {
	Side   Side
	Parent string
	At     time.Time
}

// Links is how the engine reaches the two systems.
type Links interface {
	// Open returns the connector of a connection, reporting each call to observe.
	Open(ctx context.Context, ws, conn string, observe func(connector.Exchange)) (connector.Connector, error)
}
