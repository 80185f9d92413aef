package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"couplet/internal/store"
)

func TestAWorkspaceKeepsAnOwnerWhateverHappensAtOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		var ids []string
		for i := range 6 {
			u, err := w.AddUser(w.ctx, w.ws, fmt.Sprintf("u%d@x.test", i), "owner", "")
			must(t, err)
			ids = append(ids, u.ID)
		}
		n := together(t, len(ids), store.ErrLastOwner, func(i int) error {
			if i%2 == 0 {
				return w.RemoveMember(w.ctx, w.ws, ids[i])
			}
			return w.SetRole(w.ctx, w.ws, ids[i], "viewer")
		})
		if n != len(ids)-1 {
			t.Errorf("%d of %d owners went", n, len(ids))
		}
		if has, err := w.HasOwner(w.ctx); !has || err != nil {
			t.Errorf("%v, %v", has, err)
		}
	})
}

func TestTheFirstOwnerIsMadeOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		// Somebody who may only look is there already.
		eve, err := w.AddUser(w.ctx, w.ws, "eve@x.test", "viewer", "old")
		must(t, err)
		must(t, w.StartSession(w.ctx, w.ws, store.Session{Hash: "h", User: eve.ID}))
		if has, err := w.HasOwner(w.ctx); has || err != nil {
			t.Fatalf("%v, %v", has, err)
		}
		w.now = w.now.Add(time.Second) // so that the first workspace is the first
		other, err := w.AddWorkspace(w.ctx, "taken")
		must(t, err)
		if _, err := w.FirstOwner(w.ctx, "taken", store.User{Email: "ann@x.test"}); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		n := together(t, 5, store.ErrExists, func(i int) error {
			email := "Eve@x.test"
			if i > 0 {
				email = fmt.Sprintf("u%d@x.test", i)
			}
			_, err := w.FirstOwner(w.ctx, "Harbor Pine", store.User{Name: "Eve", Email: email, PasswordHash: "new"})
			return err
		})
		if n != 1 {
			t.Errorf("%d first owners", n)
		}
		ws, err := w.WorkspaceByName(w.ctx, "Harbor Pine")
		must(t, err)
		all, err := w.Users(w.ctx, ws.ID)
		must(t, err)
		owners := 0
		for _, u := range all {
			if u.Role == "owner" {
				owners++
				if u.PasswordHash != "new" || u.Name != "Eve" {
					t.Errorf("%+v", u)
				}
			}
		}
		if owners != 1 || ws.ID != w.ws || other.ID == w.ws {
			t.Errorf("%d owners in %+v", owners, ws)
		}
	})
}

func TestAPersonWhoBecomesTheFirstOwnerBeginsAnew(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		eve, err := w.AddUser(w.ctx, w.ws, "eve@x.test", "viewer", "old")
		must(t, err)
		must(t, w.StartSession(w.ctx, w.ws, store.Session{Hash: "h", User: eve.ID}))
		u, err := w.FirstOwner(w.ctx, "Harbor Pine", store.User{Name: "Eve", Email: "EVE@x.test", PasswordHash: "new"})
		must(t, err)
		if u.ID != eve.ID || u.Role != "owner" || u.PasswordHash != "new" || u.Name != "Eve" {
			t.Errorf("%+v", u)
		}
		if _, found, err := w.Visit(w.ctx, "h"); found || err != nil {
			t.Errorf("the session of before goes on: %v", err)
		}
	})
}

func TestAnInvitationIsAcceptedOnceByWhomItIsFor(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ann, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "")
		must(t, err)
		invite := func(email, hash string) store.Invitation {
			t.Helper()
			i, err := w.Invite(w.ctx, w.ws, store.Invitation{Hash: hash, Email: email, Role: "editor", By: ann.ID, Ends: w.now.Add(time.Hour)})
			must(t, err)
			return i
		}
		made := invite(" Joe@x.test ", "h1")
		got, err := w.FindInvitation(w.ctx, "h1")
		must(t, err)
		whole(t, got)
		made.WorkspaceName, made.ByName = got.WorkspaceName, "ann@x.test"
		same(t, made, got)
		n := together(t, 5, store.ErrNotFound, func(int) error {
			u, err := w.Accept(w.ctx, "h1", store.User{Name: "Joe", PasswordHash: "joe's"})
			if err == nil && (u.Email != "joe@x.test" || u.Role != "editor" || u.Workspace != w.ws || u.PasswordHash != "joe's") {
				err = fmt.Errorf("%+v", u)
			}
			return err
		})
		if n != 1 {
			t.Errorf("%d accepted", n)
		}
		// Who is known keeps the password, and nobody new takes the place of a person who is.
		there, err := w.AddWorkspace(w.ctx, "there")
		must(t, err)
		eve, err := w.AddUser(w.ctx, there.ID, "eve@x.test", "viewer", "eve's")
		must(t, err)
		invite("eve@x.test", "h2")
		for _, u := range []store.User{{Name: "Not Eve", PasswordHash: "other"}, {ID: ann.ID}} {
			if _, err := w.Accept(w.ctx, "h2", u); !errors.Is(err, store.ErrExists) {
				t.Error(err)
			}
		}
		u, err := w.Accept(w.ctx, "h2", eve)
		must(t, err)
		if u.ID != eve.ID || u.PasswordHash != "eve's" || u.Name != "" {
			t.Errorf("%+v", u)
		}
		// Only owners invite, and only who is no member.
		for _, i := range []store.Invitation{{Hash: "h3", Email: "eve@x.test", By: ann.ID}, {Hash: "h4", Email: "new@x.test", By: eve.ID}} {
			if _, err := w.Invite(w.ctx, w.ws, i); !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s invites %s: %v", i.By, i.Email, err)
			}
		}
		// Invitations go with whoever made them.
		invite("pat@x.test", "h5")
		_, err = w.AddUser(w.ctx, w.ws, "boss@x.test", "owner", "")
		must(t, err)
		must(t, w.RemoveMember(w.ctx, w.ws, ann.ID))
		if _, err := w.FindInvitation(w.ctx, "h5"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestWhatHasEndedIsForgotten(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ann, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "")
		must(t, err)
		fill := func(name string) {
			t.Helper()
			must(t, w.StartSession(w.ctx, w.ws, store.Session{Hash: name, User: ann.ID}))
			must(t, w.SaveSignInLink(w.ctx, w.ws, ann.ID, name, w.now.Add(time.Hour)))
			_, err := w.Invite(w.ctx, w.ws, store.Invitation{Hash: name, Email: name + "@x.test", Role: "viewer", By: ann.ID, Ends: w.now.Add(time.Hour)})
			must(t, err)
			_, err = w.Try(w.ctx, store.Limit{Name: name, Free: 3})
			must(t, err)
		}
		count := func() string {
			t.Helper()
			var n [4]int
			for i, table := range []string{"session", "signin_link", "invitation", "throttle"} {
				_, err := w.db.Get(w.ctx, "select count(*) from "+table, nil, &n[i])
				must(t, err)
			}
			return fmt.Sprint(n)
		}
		fill("old")
		w.now = start.Add(store.SessionIdle)
		fill("new")
		must(t, w.PrunePeople(w.ctx))
		if got := count(); got != "[1 1 1 1]" {
			t.Error(got)
		}
	})
}
