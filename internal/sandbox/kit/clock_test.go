package kit

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestClockRunsOnFromWhereItIsSet(t *testing.T) {
	t.Parallel()
	c := NewClock()
	at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.FixedZone("x", 3600))
	c.Set(at)
	if d := c.Now().Sub(at); d < 0 || d > time.Minute {
		t.Errorf("%v after it was set", d)
	}
	if c.Now().Location() != time.UTC {
		t.Error("not UTC")
	}
	before := c.Now()
	c.Advance(time.Hour)
	if d := c.Now().Sub(before); d < time.Hour || d > time.Hour+time.Minute {
		t.Errorf("advanced by %v", d)
	}
}

func TestSleepersWakeWhenTheClockMoves(t *testing.T) {
	t.Parallel()
	c, woken := NewClock(), make(chan error)
	go func() { woken <- c.Sleep(t.Context(), time.Hour) }()
	c.Advance(30 * time.Minute) // not enough, whether the sleeper has begun or not
	select {
	case err := <-woken:
		t.Fatal("woke too early", err)
	default:
	}
	for { // it may not have begun before the first move
		c.Advance(time.Hour)
		select {
		case err := <-woken:
			if err != nil {
				t.Error(err)
			}
			return
		case <-t.Context().Done():
			t.Fatal("never woke")
		default:
		}
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := NewClock().Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
