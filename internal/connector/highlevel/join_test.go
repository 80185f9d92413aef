package highlevel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// calls notes what is called; the first one is under way until it is let go.
type calls struct {
	mu    sync.Mutex
	list  []string
	first chan struct{}
	fails func(ids []string) error
}

func (c *calls) call(ctx context.Context, ids []string) error {
	c.mu.Lock()
	n := len(c.list)
	c.list = append(c.list, fmt.Sprint(len(ids), " with ", ids[0]))
	c.mu.Unlock()
	if n == 0 {
		<-c.first
	}
	if c.fails != nil {
		return c.fails(ids)
	}
	return nil
}

func TestContactsOfOneCompanyShareACall(t *testing.T) {
	t.Parallel()
	bad := errors.New("no such contact")
	synctest.Test(t, func(t *testing.T) {
		var j joins
		c := &calls{first: make(chan struct{}), fails: func(ids []string) error {
			if slices.Contains(ids, "c5") {
				return bad
			}
			return nil
		}}
		errs := make([]error, 61)
		var all sync.WaitGroup
		begin := func(ctx context.Context, i int) {
			all.Go(func() { errs[i] = j.join(ctx, fmt.Sprint("c", i), "acme", c.call) })
			synctest.Wait()
		}
		late, give := context.WithCancel(t.Context())
		begin(t.Context(), 0)
		for i := 1; i < 61; i++ {
			if i == 7 {
				begin(late, i)
			} else {
				begin(t.Context(), i)
			}
		}
		var other error
		all.Go(func() { other = j.join(t.Context(), "d", "bolt", c.call) }) // another company waits for nobody
		synctest.Wait()
		if got := fmt.Sprint(c.list); got != "[1 with c0 1 with d]" {
			t.Fatalf("while the first is under way: %s", got)
		}
		give()
		synctest.Wait()
		if errs[7] == nil {
			t.Error("who gave up still waits")
		}
		close(c.first)
		all.Wait()
		for i, err := range errs {
			if (err != nil) != (i == 5 || i == 7) {
				t.Errorf("c%d: %v", i, err)
			}
		}
		// Fifty, of whom one gave up, and then ten; the call failed for one of the 49, so each went alone.
		sized := map[int]int{}
		for _, s := range c.list {
			var n int
			_, _ = fmt.Sscan(s, &n)
			sized[n]++
		}
		if other != nil || sized[49] != 1 || sized[10] != 1 || sized[1] != 2+49 || len(c.list) != 53 {
			t.Errorf("%v: %v", other, c.list)
		}
		if len(j.lines) != 0 {
			t.Errorf("%d lines are left", len(j.lines))
		}
	})
}

// The one who would have called gives up: the others go without it.
func TestWhoseCallerGaveUpGoesAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var j joins
		c := &calls{first: make(chan struct{})}
		var all sync.WaitGroup
		all.Go(func() { _ = j.join(t.Context(), "a", "acme", c.call) })
		synctest.Wait()
		short, give := context.WithCancel(t.Context())
		errs := make([]error, 2)
		all.Go(func() { errs[0] = j.join(short, "b", "acme", c.call) })
		synctest.Wait()
		all.Go(func() { errs[1] = j.join(t.Context(), "c", "acme", c.call) })
		synctest.Wait()
		give()
		synctest.Wait()
		close(c.first)
		all.Wait()
		if !errors.Is(errs[0], context.Canceled) || errs[1] != nil || fmt.Sprint(c.list) != "[1 with a 1 with c]" {
			t.Errorf("%v, %v", errs, c.list)
		}
	})
}
