package connector

import "context"

// Class says what a call is made for. The calls of one account share its allowance by class (sync-semantics 5.16), so
// that hours of a first reading do not hold up what a person changed a second ago.
type Class int

// The classes, the most urgent first. A call that nobody classed is Live.
const (
	Interactive Class = iota // a person waits at a page
	Live                     // somebody changed something a moment ago
	Retry                    // what failed before is tried again
	Sweep                    // everything is read once more, to find what was missed
	Backfill                 // a first sync, or one that a person asked to be complete
	Classes                  // how many there are
)

// String is the word in metrics.
func (c Class) String() string {
	return [Classes]string{"interactive", "live", "retry", "sweep", "backfill"}[c]
}

type classKey struct{}

// As marks the calls made under the context.
func As(ctx context.Context, c Class) context.Context { return context.WithValue(ctx, classKey{}, c) }

// ClassOf is what the calls made under the context are for.
func ClassOf(ctx context.Context) Class {
	if c, ok := ctx.Value(classKey{}).(Class); ok {
		return c
	}
	return Live
}
