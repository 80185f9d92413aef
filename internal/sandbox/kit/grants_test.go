package kit

import (
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"
)

var lives = GrantLife{Code: 10 * time.Minute, Refresh: time.Hour, Grace: 30 * time.Second}

// issuer gives answers that count, each with a refresh token of that number.
func issuer() func(Grant) (Issued, error) {
	n := 0
	return func(g Grant) (Issued, error) {
		n++
		return Issued{Answer: json.RawMessage(strconv.Itoa(n)), Refresh: "r" + strconv.Itoa(n), Grant: g}, nil
	}
}

func anyone(Grant) error { return nil }

func TestACodeIsGoodOnceAndForItsLife(t *testing.T) {
	t.Parallel()
	clock := NewClock()
	g := NewGrants(clock, lives)
	g.AddCode("a", Grant{Client: "x"})
	refuse := errors.New("no")
	if _, err := g.Redeem("a", func(Grant) (Issued, error) { return Issued{}, refuse }); !errors.Is(err, refuse) {
		t.Error(err)
	}
	issue := issuer()
	if raw, err := g.Redeem("a", issue); err != nil || string(raw) != "1" {
		t.Errorf("a refusal must not use the code up: %s %v", raw, err)
	}
	if _, err := g.Redeem("a", issue); !errors.Is(err, ErrNoGrant) {
		t.Error("used twice", err)
	}
	g.AddCode("b", Grant{})
	clock.Advance(10 * time.Minute)
	if _, err := g.Redeem("b", issue); !errors.Is(err, ErrNoGrant) {
		t.Error("expired", err)
	}
}

func TestARefreshRepeatedWithinTheGraceGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	clock := NewClock()
	g := NewGrants(clock, lives)
	g.AddRefresh("r0", Grant{})
	issue := issuer()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if raw, err := g.Rotate("r0", anyone, issue); err != nil || string(raw) != "1" {
				t.Errorf("%s %v", raw, err)
			}
		})
	}
	all.Wait()
	refuse := errors.New("another client")
	if _, err := g.Rotate("r0", func(Grant) error { return refuse }, issue); !errors.Is(err, refuse) {
		t.Error("the kept answer was given to somebody else", err)
	}
	clock.Advance(30 * time.Second)
	if _, err := g.Rotate("r0", anyone, issue); !errors.Is(err, ErrNoGrant) {
		t.Error("after the grace", err)
	}
	if raw, err := g.Rotate("r1", anyone, issue); err != nil || string(raw) != "2" {
		t.Errorf("the new one: %s %v", raw, err)
	}
	clock.Advance(time.Hour)
	if _, err := g.Rotate("r2", anyone, issue); !errors.Is(err, ErrNoGrant) {
		t.Error("after its life", err)
	}
}

func TestDropTakesKeptAnswersAwayToo(t *testing.T) {
	t.Parallel()
	g := NewGrants(NewClock(), lives)
	g.AddRefresh("r0", Grant{Client: "a"})
	g.AddRefresh("other", Grant{Client: "b"})
	g.AddCode("code", Grant{Client: "a"})
	issue := issuer()
	_, _ = g.Rotate("r0", anyone, issue)
	if n := g.Drop(func(_ string, one Grant) bool { return one.Client == "a" }); n != 2 { // r1 and the code
		t.Errorf("%d were good", n)
	}
	for _, token := range []string{"r0", "r1"} {
		if _, err := g.Rotate(token, anyone, issue); !errors.Is(err, ErrNoGrant) {
			t.Errorf("%s: %v", token, err)
		}
	}
	if _, err := g.Rotate("other", anyone, issue); err != nil {
		t.Error(err)
	}
}

func TestGrantsAreTheSameAfterBeingSaved(t *testing.T) {
	t.Parallel()
	clock := NewClock()
	g, again := NewGrants(clock, lives), NewGrants(clock, lives)
	g.AddCode("code", Grant{Client: "a", Scopes: []string{"read"}})
	g.AddRefresh("r0", Grant{})
	issue := issuer()
	_, _ = g.Rotate("r0", anyone, issue)
	raw, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, again); err != nil {
		t.Fatal(err)
	}
	if out, err := again.Rotate("r0", anyone, issue); err != nil || string(out) != "1" {
		t.Errorf("the kept answer: %s %v", out, err)
	}
	if _, err := again.Redeem("code", func(one Grant) (Issued, error) {
		if one.Client != "a" || len(one.Scopes) != 1 {
			t.Errorf("%+v", one)
		}
		return Issued{}, nil
	}); err != nil {
		t.Error(err)
	}
}
