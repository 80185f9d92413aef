package store_test

import (
	"testing"
	"time"

	"couplet/internal/store"
)

// TestAKeyIsUsedOnce: for a day the answer to a request with a key is known, and while there is none nobody else begins it; unless
// whoever did is gone.
func TestAKeyIsUsedOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		u, err := w.AddUser(w.ctx, w.ws, "ann@couplet.test", "owner", "no password")
		must(t, err)
		token, err := w.AddToken(w.ctx, w.ws, store.Token{Hash: "token", Name: "deploy", Role: "owner", By: u.ID})
		must(t, err)
		other, err := w.AddToken(w.ctx, w.ws, store.Token{Hash: "other", Name: "other", Role: "owner", By: u.ID})
		must(t, err)
		ask := func(token, hash string) (store.Once, bool) {
			t.Helper()
			o, begun, err := w.BeginOnce(w.ctx, w.ws, store.Once{Token: token, Key: "k", Hash: hash})
			must(t, err)
			return o, begun
		}
		w.now = start
		mine, begun := ask(token.ID, "h")
		if !begun {
			t.Fatal("a new key was not begun")
		}
		if o, begun := ask(token.ID, "else"); begun || o.Status != 0 || o.Hash != "h" {
			t.Errorf("while it runs: %+v, %t", o, begun)
		}
		if _, begun := ask(other.ID, "h"); !begun {
			t.Error("the key of another token counts")
		}
		w.now = start.Add(time.Hour)
		again, begun := ask(token.ID, "h")
		if !begun {
			t.Fatal("nobody carries it out any more, and it is not begun again")
		}
		mine.Status, mine.Body = 202, "late"
		must(t, w.EndOnce(w.ctx, w.ws, mine))
		again.Status, again.Type, again.Location, again.Body = 200, "application/json", "/there", "{}"
		must(t, w.EndOnce(w.ctx, w.ws, again))
		w.now = w.now.Add(store.OnceFor - 1)
		o, begun := ask(token.ID, "h")
		if begun {
			t.Error("the answer is forgotten too early")
		}
		same(t, again, o)
		w.now = w.now.Add(time.Second)
		o, begun = ask(token.ID, "h")
		if !begun {
			t.Error("the answer is kept too long")
		}
		o.Status = 0 // it did nothing
		must(t, w.EndOnce(w.ctx, w.ws, o))
		if _, begun := ask(token.ID, "other"); !begun {
			t.Error("the key is not free again")
		}
		_, err = w.Prune(w.ctx, w.ws, w.now.Add(2*store.OnceFor), store.DefaultPolicy)
		must(t, err)
		if left := snapshot(t, w, w.ws); len(left) == 0 {
			t.Error("nothing is left at all")
		}
		w.now = start
		if _, begun := ask(other.ID, "h"); !begun {
			t.Error("old keys are not deleted")
		}
	})
}
