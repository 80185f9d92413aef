package engine

import (
	"sync"
	"time"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// session is one run in progress. mu guards run, whose counts change from several goroutines.
type session struct {
	e     *Engine
	ws    string
	flow  flow.Flow
	pair  Pair
	lease Lease
	began time.Time // when the lease was taken
	look  bool

	ledger *ledger
	asking sync.Mutex // held by who finds out whether the lease still is ours

	mu    sync.Mutex
	kept  time.Time // when the lease was ours for certain
	run   Run
	busy  map[Place]bool // records that a job has in hand
	spent int
	// foretold counts the records that a dry run would leave to a person.
	foretold int
	// doubts are sources of creates that were refused and may have happened; refused are those that did not.
	doubts, refused map[Place]bool
	calls           map[CallCount]int
	// doing is what the calls to each side are for, as [session.working] notes.
	doing [2]connector.Class
	// away is the side that turned a call away last, noSide when none did.
	away int

	conn   [2]connector.Connector
	names  [2]string
	object [2]*connector.Object
	fields [2][]connector.Field
	schema schema
	// anew is since when bases of a key count, in unix milliseconds; older ones were agreed about something else.
	anew       map[string]int64
	rules      *mapping.Map
	kin        *kin            // of records that hang on others
	partnersAt time.Time       // when it was asked what a record's company is on the other side
	told       []*mapping.Rule // those by which a record is recognised where a side keeps no stamp
	need       [2][]string
	stampField [2]string
	caps       *abilities
	gens       [2]time.Time
	readings   [2]int64         // how many complete readings there were
	ahead      [2]time.Duration // of a system's clock, by ours
	limit      int              // writes this run may make, 0 = no limit
	losable    int              // links this run may let go of, 0 = no limit
	lost       int
	deleted    int            // as people decided, within the same limit
	agreed     *agreed        // the approved plan that is being carried out, nil when there is none
	holding    bool           // records wait because nobody approved their writes, or may come to
	settled    [2]bool        // whether a first plan with the account of a side was carried out, of this pair or another one
	vanished   map[Place]bool // what foretelling did not find
	foreseeing bool           // what is decided is told and not done: foretelling
	lists      bool           // what an undo would give back is decided from the lists
	many       bool           // the run that is undone made more records than are looked at one by one
}
