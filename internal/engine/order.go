package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// Order is what a person decided about one record or field. It is stored first, and carried out at the record's turn by the
// same planner, lease, brake and log as everything else. The engine does not trust that the world still is as the person
// saw it: an order that does not fit any more is withdrawn with a reason, and the person is asked again.
type Order struct {
	ID, Pair string
	Kind     OrderKind
	State    OrderState
	// Side and Record name the record that waits for a person; of a field's order, the record of side a.
	Side   Side
	Record string
	// Partner is the record of the other side that a link order joins.
	Partner string
	// Link and Field name what choose, put and a field's alone are about; both are empty for orders about a record.
	Link, Field string
	// From is the side whose value is chosen, or in whose form the Value of a put is.
	From  Side
	Value any
	// Seen is what the two sides showed when the person decided; of orders to delete and to link, which state of the records (Sight).
	Seen [2]any
	// By is the person, as the log is to name them.
	By string
	At time.Time
	// Reason says why an order was withdrawn, Run which run ended it, and Over when.
	Reason string
	Run    string
	Over   time.Time
}

// Sight names the state of a record that a person saw, in a form that an order keeps: when its fields were last seen to change, and the
// version that its system gave it, which moves with the fields that no map names, too.
func (m Mirror) Sight() string {
	sum := sha256.Sum256([]byte(strconv.FormatInt(m.Changed.UnixMilli(), 10) + " " + m.Version))
	return hex.EncodeToString(sum[:8])
}

// saw reports whether a record still is as the person saw it who gave the order.
func (o Order) saw(side Side, m Mirror) bool { return o.Seen[side] == m.Sight() }

// OrderKind is what is to be done.
type OrderKind string

// The kinds of orders. Delete and keep answer a delete that waits for its approval.
const (
	OrderLink   OrderKind = "link"   // join it with the given partner
	OrderCreate OrderKind = "create" // a new partner, although somebody there looks like it
	OrderAlone  OrderKind = "alone"  // no partner, until its match keys change; of a field: leave the two values different
	OrderChoose OrderKind = "choose" // the value of one side counts
	OrderPut    OrderKind = "put"    // this value counts, on both sides
	OrderAccept OrderKind = "accept" // write what the record waits with, although no preview showed it
	OrderDelete OrderKind = "delete"
	OrderKeep   OrderKind = "keep"
)

// OrderState is where an order stands.
type OrderState string

// The states of an order. Only an open one is carried out.
const (
	OrderOpen      OrderState = "open"
	OrderDone      OrderState = "done"
	OrderWithdrawn OrderState = "withdrawn"
	OrderReplaced  OrderState = "replaced" // by a newer one about the same
)

// OrderEnd ends an order: it was carried out, or withdrawn for a reason.
type OrderEnd struct {
	ID     string
	Reason string // empty: carried out
}

// Typed reports whether a person may put a value of their own in the place of the two, and on which side's form it is read:
// that of one that shows text.
func Typed(seen [2]any) (from Side, ok bool) {
	for s, v := range seen {
		if _, text := v.(string); text {
			return Side(s), true
		}
	}
	return A, false
}

// The reasons for which orders are withdrawn, beside those of reviews and of fields.
const (
	noLongerThere   = "gone_meanwhile"
	linkedNow       = "linked_meanwhile"
	partnerTaken    = "partner_taken"
	partnerGone     = "partner_gone"
	otherParent     = "other_parent"
	thereAgain      = "there_again"
	matchFound      = "match_found"
	changedSince    = "changed_since"
	oneWayNow       = "one_way"
	notSingle       = "not_single"
	notMapped       = "not_mapped"
	unreadableThere = "unreadable"
)
