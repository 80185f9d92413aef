package store_test

import (
	"fmt"
	"testing"
)

// The first workspace stays the first, also where others are made within the same millisecond.
func TestTheFirstWorkspaceStaysTheFirst(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		first, err := w.Default(w.ctx)
		must(t, err)
		for i := range 20 {
			_, err := w.AddWorkspace(w.ctx, fmt.Sprint("client ", i))
			must(t, err)
			now, err := w.Default(w.ctx)
			must(t, err)
			if now.ID != first.ID {
				t.Fatalf("after %d more, %q is the first", i+1, now.Name)
			}
		}
	})
}
