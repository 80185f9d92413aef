package script

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// TestAThirdWaits looks at the moment when all that can happen without somebody leaving has happened.
func TestAThirdWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner("")
		var leave []func()
		for range AtOnce {
			l, err := r.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leave = append(leave, l)
		}
		in := false
		go func() {
			l, err := r.enter(t.Context())
			if in = true; err == nil {
				l()
			}
		}()
		if synctest.Wait(); in {
			t.Error("a third is in")
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.enter(over); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		leave[0]()
		if synctest.Wait(); !in {
			t.Error("the third still waits")
		}
	})
}
