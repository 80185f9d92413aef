package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"couplet/internal/store"
)

// together calls fn many times at once and returns how many succeeded; other errors than the expected one fail.
func together(t *testing.T, n int, expected error, fn func(i int) error) (succeeded int) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			succeeded++
		case !errors.Is(err, expected):
			t.Error(err)
		}
	}
	return succeeded
}

func TestASessionIsKeptWholeAndFoundByItsHash(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ann, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "editor", "hash")
		must(t, err)
		must(t, w.Rename(w.ctx, w.ws, ann.ID, "Ann"))
		must(t, w.StartSession(w.ctx, w.ws, store.Session{Hash: "h1", User: ann.ID, Kept: true, Device: "Firefox"}))
		must(t, w.SaveTheme(w.ctx, w.ws, "h1", "dark"))
		must(t, w.Say(w.ctx, w.ws, "h1", "done", true))
		w.now = start.Add(time.Hour)
		must(t, w.TouchSession(w.ctx, w.ws, "h1"))
		v, found, err := w.Visit(w.ctx, "h1")
		must(t, err)
		whole(t, v.Session)
		want := store.Session{Hash: "h1", Workspace: w.ws, User: ann.ID, Role: "editor", Theme: "dark", Kept: true, Device: "Firefox", Said: "done", Bad: true,
			Created: start, Seen: w.now, Ends: start.Add(store.SessionMost)}
		same(t, want, v.Session)
		if !found || v.User.Name != "Ann" || v.User.Role != "editor" || v.User.PasswordHash != "hash" || v.Workspace.ID != w.ws || v.Workspace.Name == "" {
			t.Errorf("%+v", v)
		}
		must(t, w.StartSession(w.ctx, w.ws, store.Session{Hash: "h2", User: ann.ID}))
		all, err := w.Sessions(w.ctx, w.ws, ann.ID)
		must(t, err)
		if len(all) != 2 || all[0].Hash != "h2" || all[0].Theme != "dark" {
			t.Errorf("%+v", all)
		}
		if err := w.StartSession(w.ctx, w.ws, store.Session{Hash: "h3", User: "nobody"}); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestASessionIsRenewedOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ann, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "hash")
		must(t, err)
		there, err := w.AddWorkspace(w.ctx, "there")
		must(t, err)
		must(t, w.StartSession(w.ctx, w.ws, store.Session{Hash: "old", User: ann.ID}))
		if err := w.RenewSession(w.ctx, w.ws, "old", "new", there.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("into a workspace of others: %v", err)
		}
		_, err = w.AddUser(w.ctx, there.ID, "ann@x.test", "viewer", "")
		must(t, err)
		if n := together(t, 5, store.ErrNotFound, func(i int) error { return w.RenewSession(w.ctx, w.ws, "old", fmt.Sprint("new", i), there.ID) }); n != 1 {
			t.Errorf("%d renewed it", n)
		}
		all, err := w.Sessions(w.ctx, w.ws, ann.ID)
		must(t, err)
		if len(all) != 1 || all[0].Hash == "old" || all[0].Workspace != there.ID || all[0].Role != "viewer" {
			t.Errorf("%+v", all)
		}
		// It ends with the membership that it has open, not with another.
		_, err = w.AddUser(w.ctx, w.ws, "bob@x.test", "owner", "")
		must(t, err)
		must(t, w.RemoveMember(w.ctx, w.ws, ann.ID))
		if _, found, err := w.Visit(w.ctx, all[0].Hash); !found || err != nil {
			t.Errorf("gone with another membership: %v", err)
		}
		_, err = w.AddUser(w.ctx, there.ID, "bob@x.test", "owner", "")
		must(t, err)
		must(t, w.RemoveMember(w.ctx, there.ID, ann.ID))
		if _, found, err := w.Visit(w.ctx, all[0].Hash); found || err != nil {
			t.Errorf("outlives the membership: %v", err)
		}
	})
}

func TestAPasswordEndsWhatWasOpenWithTheOldOne(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ann, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "hash")
		must(t, err)
		bob, err := w.AddUser(w.ctx, w.ws, "bob@x.test", "owner", "hash")
		must(t, err)
		for hash, u := range map[string]string{"a1": ann.ID, "a2": ann.ID, "b1": bob.ID} {
			must(t, w.StartSession(w.ctx, w.ws, store.Session{Hash: hash, User: u}))
		}
		must(t, w.SaveSignInLink(w.ctx, w.ws, ann.ID, "link", start.Add(time.Hour)))
		must(t, w.SetPassword(w.ctx, w.ws, ann.ID, "changed", "a2"))
		for hash, want := range map[string]bool{"a1": false, "a2": true, "b1": true} {
			if _, found, err := w.Visit(w.ctx, hash); found != want || err != nil {
				t.Errorf("%s: %v, %v", hash, found, err)
			}
		}
		if _, err := w.UseSignInLink(w.ctx, "link"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestASignInLinkIsUsedOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ann, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "hash")
		must(t, err)
		must(t, w.SaveSignInLink(w.ctx, w.ws, ann.ID, "link", start.Add(time.Minute)))
		must(t, w.SaveSignInLink(w.ctx, w.ws, ann.ID, "late", start.Add(time.Second)))
		w.now = start.Add(time.Second)
		if _, err := w.UseSignInLink(w.ctx, "late"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		n := together(t, 5, store.ErrNotFound, func(int) error {
			u, err := w.UseSignInLink(w.ctx, "link")
			if err == nil && (u.ID != ann.ID || u.Workspace != w.ws || u.Role != "owner") {
				err = fmt.Errorf("%+v", u)
			}
			return err
		})
		if n != 1 {
			t.Errorf("%d used it", n)
		}
	})
}

func TestTriesAreCountedBeforeTheyFail(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		account, address := store.Limit{Name: "a", Free: 3}, store.Limit{Name: "b", Free: 10}
		var mu sync.Mutex
		var left []int
		together(t, 8, nil, func(int) error {
			st, err := w.Try(w.ctx, address, account)
			mu.Lock()
			defer mu.Unlock()
			if st.Wait == 0 {
				left = append(left, st.Left)
			}
			return err
		})
		slices.Sort(left)
		same(t, []int{0, 1, 2}, left)

		try := func() store.Standing {
			t.Helper()
			st, err := w.Try(w.ctx, account, address)
			must(t, err)
			return st
		}
		// Each pause is twice the one before, up to a quarter of an hour, and a try that is refused makes it no longer.
		for _, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
			if st := try(); st.Wait != want {
				t.Errorf("waits %s, want %s", st.Wait, want)
			}
			w.now = w.now.Add(want - time.Millisecond)
			if st := try(); st.Wait != time.Millisecond {
				t.Errorf("waits %s at the end of %s", st.Wait, want)
			}
			w.now = w.now.Add(time.Millisecond)
			if st := try(); st.Wait != 0 || st.Left != 0 || st.Next < want {
				t.Errorf("%+v after %s", st, want)
			}
		}
		// Others are not concerned, and after an hour all is forgotten.
		if st, err := w.Try(w.ctx, store.Limit{Name: "c", Free: 3}); err != nil || st.Wait != 0 || st.Left != 2 {
			t.Errorf("%+v, %v", st, err)
		}
		w.now = w.now.Add(time.Hour)
		if st := try(); st.Wait != 0 || st.Left != 2 {
			t.Errorf("%+v after an hour", st)
		}
	})
}

func TestATryThatDidNotFailIsTakenBack(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		account, address := store.Limit{Name: "a", Free: 3}, store.Limit{Name: "b", Free: 3}
		for range 2 {
			_, err := w.Try(w.ctx, account, address)
			must(t, err)
		}
		for range 5 { // the third of both: free again each time, because it succeeds
			st, err := w.Try(w.ctx, account, address)
			must(t, err)
			if st.Wait != 0 {
				t.Fatalf("%+v", st)
			}
			must(t, w.Forgive(w.ctx, []string{"a"}, []string{"b"}))
		}
		if st, err := w.Try(w.ctx, address); err != nil || st.Wait != 0 || st.Left != 0 {
			t.Errorf("a success clears what others failed from that address: %+v, %v", st, err)
		}
	})
}
