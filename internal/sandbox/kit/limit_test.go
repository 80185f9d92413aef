package kit

import (
	"testing"
	"time"
)

func TestLimiterAllowsMaxInAnyWindow(t *testing.T) {
	t.Parallel()
	c := NewClock()
	l := NewLimiter(c, Limit{Max: 3, Window: time.Hour})
	for want := 2; want >= 0; want-- {
		if ok, left, _ := l.Take("a"); !ok || left != want {
			t.Fatalf("%v %d, want %d left", ok, left, want)
		}
		c.Advance(10 * time.Minute)
	}
	ok, _, after := l.Take("a")
	if ok || after < 29*time.Minute || after > 30*time.Minute {
		t.Errorf("%v, retry after %v, want 30 minutes", ok, after)
	}
	if l.Left("a") != 0 || l.Left("b") != 3 {
		t.Error("left", l.Left("a"), l.Left("b"))
	}
	if ok, left, _ := l.Take("b"); !ok || left != 2 {
		t.Error("keys share a window")
	}
	c.Advance(after)
	if ok, _, _ := l.Take("a"); !ok {
		t.Error("refused after the stated wait")
	}
	if ok, _, _ := l.Take("a"); ok {
		t.Error("the window does not slide: two calls left it at once")
	}
}

func TestLimitOfZeroIsOff(t *testing.T) {
	t.Parallel()
	l := NewLimiter(NewClock(), Limit{})
	for range 1000 {
		if ok, _, _ := l.Take("a"); !ok {
			t.Fatal("refused")
		}
	}
}

func TestLimiterForgetsOldCalls(t *testing.T) {
	t.Parallel()
	c := NewClock()
	l := NewLimiter(c, Limit{Max: 10, Window: time.Second})
	for range 1000 {
		for range 10 {
			l.Take("a")
		}
		c.Advance(2 * time.Second)
	}
	if n := cap(l.logs["a"].times); n > 64 {
		t.Errorf("room for %d calls is held", n)
	}
}
