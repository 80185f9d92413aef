package store_test

import (
	"errors"
	"testing"
	"time"

	"couplet/db"
	"couplet/internal/store"
)

func (w *world) person(t testing.TB, email, role string) store.User {
	t.Helper()
	u, err := w.AddUser(w.ctx, w.ws, email, role, "")
	must(t, err)
	return u
}

// roleOf is what the token of a hash may do, "" when it opens nothing.
func (w *world) roleOf(t testing.TB, hash string) string {
	t.Helper()
	x, found, err := w.FindToken(w.ctx, hash)
	must(t, err)
	if found && (x.Workspace != w.ws || x.Maker.Email == "" || x.Hash != hash) {
		t.Errorf("%+v", x)
	}
	return x.Role
}

func TestATokenIsFoundByItsHashUntilItEndsOrIsRevoked(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ann, bob := w.person(t, "ann@x.test", "owner"), w.person(t, "bob@x.test", "editor")
		ever, err := w.AddToken(w.ctx, w.ws, store.Token{Hash: "ever", Name: "for ever", Role: "owner", By: ann.ID})
		must(t, err)
		_, err = w.AddToken(w.ctx, w.ws, store.Token{Hash: "hour", Name: "an hour", Role: "viewer", By: bob.ID, Ends: w.now.Add(time.Hour)})
		must(t, err)
		if _, err := w.AddToken(w.ctx, w.ws, store.Token{Hash: "hour", Name: "again", Role: "viewer", By: bob.ID}); !errors.Is(err, store.ErrExists) {
			t.Errorf("the same hash again: %v", err)
		}
		if w.roleOf(t, "ever") != "owner" || w.roleOf(t, "hour") != "viewer" || w.roleOf(t, "none") != "" || w.roleOf(t, "") != "" {
			t.Error("not found as they were made")
		}
		w.now = w.now.Add(time.Hour)
		if w.roleOf(t, "hour") != "" || w.roleOf(t, "ever") != "owner" {
			t.Error("the end of a token is not kept to")
		}
		must(t, w.TouchToken(w.ctx, w.ws, ever.ID))
		must(t, w.PrunePeople(w.ctx))
		all, err := w.Tokens(w.ctx, w.ws, "")
		must(t, err)
		if len(all) != 1 || all[0].Name != "for ever" || !all[0].Used.Equal(w.now) || all[0].Maker.Email != "ann@x.test" {
			t.Errorf("%+v", all)
		}
		if mine, err := w.Tokens(w.ctx, w.ws, bob.ID); err != nil || len(mine) != 0 {
			t.Errorf("%+v, %v", mine, err)
		}
		if _, err := w.RevokeToken(w.ctx, w.ws, ever.ID, bob.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("revoked by another: %v", err)
		}
		if x, err := w.RevokeToken(w.ctx, w.ws, ever.ID, ""); err != nil || x.Name != "for ever" || w.roleOf(t, "ever") != "" {
			t.Errorf("%+v, %v", x, err)
		}
	})
}

func TestATokenNeverHasMoreThanItsMaker(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.person(t, "first@x.test", "owner")
		ann, bob := w.person(t, "ann@x.test", "owner"), w.person(t, "bob@x.test", "editor")
		for hash, by := range map[string]store.User{"ann": ann, "bob": bob} {
			_, err := w.AddToken(w.ctx, w.ws, store.Token{Hash: hash, Name: hash, Role: "owner", By: by.ID})
			must(t, err)
		}
		if w.roleOf(t, "ann") != "owner" || w.roleOf(t, "bob") != "editor" {
			t.Errorf("ann %s, bob %s", w.roleOf(t, "ann"), w.roleOf(t, "bob"))
		}
		must(t, w.SetRole(w.ctx, w.ws, ann.ID, "viewer"))
		must(t, w.SetRole(w.ctx, w.ws, bob.ID, "owner"))
		if w.roleOf(t, "ann") != "viewer" || w.roleOf(t, "bob") != "editor" {
			t.Errorf("after a change of roles: ann %s, bob %s", w.roleOf(t, "ann"), w.roleOf(t, "bob"))
		}
		must(t, w.SetRole(w.ctx, w.ws, ann.ID, "owner"))
		if w.roleOf(t, "ann") != "viewer" {
			t.Error("what a token lost came back with the role of its maker")
		}
		must(t, w.RemoveMember(w.ctx, w.ws, ann.ID))
		_, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "")
		must(t, err)
		if w.roleOf(t, "ann") != "" || w.roleOf(t, "bob") != "editor" {
			t.Error("the token of a removed member lives on")
		}
		if _, err := w.AddToken(w.ctx, w.ws, store.Token{Hash: "x", Name: "x", Role: "viewer", By: "nobody"}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("by nobody: %v", err)
		}

		// One that was made in the moment in which its maker lost the role.
		must(t, w.db.Write(w.ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(w.ctx, "update member set role = 'viewer' where user_id = $1", bob.ID)
			return err
		}))
		if w.roleOf(t, "bob") != "viewer" {
			t.Error("a token has more than its maker")
		}
	})
}
