package store_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
)

func TestTheFirstWorkspaceIsMadeOnFirstUse(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		again, err := w.Default(w.ctx)
		must(t, err)
		if again.ID != w.ws || again.Name != store.DefaultWorkspace || !again.Created.Equal(start) {
			t.Errorf("%+v", again)
		}
		w.now = start.Add(1)
		other, err := w.AddWorkspace(w.ctx, "agency two")
		must(t, err)
		if _, err := w.AddWorkspace(w.ctx, "agency two"); !errors.Is(err, store.ErrExists) {
			t.Errorf("twice the same name: %v", err)
		}
		found, err := w.WorkspaceByName(w.ctx, "agency two")
		must(t, err)
		if _, err := w.WorkspaceByName(w.ctx, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		all, err := w.Workspaces(w.ctx)
		must(t, err)
		if found.ID != other.ID || len(all) != 2 {
			t.Errorf("%+v, %+v", found, all)
		}
	})
}

func TestManyFirstUsesMakeOneWorkspace(t *testing.T) {
	for _, d := range databases(t) {
		s := store.New(d, func() time.Time { return start })
		const n = 6
		ids := make(chan string, n)
		for range n {
			go func() {
				w, err := s.Default(t.Context())
				if err != nil {
					t.Error(err)
				}
				ids <- w.ID
			}()
		}
		first := <-ids
		for range n - 1 {
			if id := <-ids; id != first || id == "" {
				t.Errorf("%q and %q", first, id)
			}
		}
	}
}

func TestAPersonHasOnePasswordInAllWorkspaces(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		other, err := w.AddWorkspace(w.ctx, "other")
		must(t, err)
		ann, err := w.AddUser(w.ctx, w.ws, " Ann@X.test ", "owner", "hash1")
		must(t, err)
		if _, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "viewer", "hash2"); !errors.Is(err, store.ErrExists) {
			t.Errorf("twice: %v", err)
		}
		there, err := w.AddUser(w.ctx, other.ID, "ann@x.test", "viewer", "hash2")
		must(t, err)
		if there.ID != ann.ID || there.PasswordHash != "hash1" || there.Email != "ann@x.test" {
			t.Errorf("%+v", there)
		}
		must(t, w.SetPassword(w.ctx, w.ws, ann.ID, "hash3", ""))
		in, err := w.SignIn(w.ctx, "ANN@x.test")
		must(t, err)
		if len(in) != 2 || in[0].PasswordHash != "hash3" || in[0].Workspace == in[1].Workspace {
			t.Errorf("%+v", in)
		}
		one, err := w.UserByID(w.ctx, w.ws, ann.ID)
		must(t, err)
		all, err := w.Users(w.ctx, w.ws)
		must(t, err)
		if len(all) != 1 || all[0] != one || one.Role != "owner" {
			t.Errorf("%+v", all)
		}
		if none, err := w.SignIn(w.ctx, "nobody@x.test"); len(none) != 0 || err != nil {
			t.Error(none, err)
		}
	})
}

func TestAConnectionComesBackAsItWasSaved(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		c := connection.Connection{Name: "n", System: "sys", AuthKind: "token", Params: map[string]string{"k": "v"}, BaseURL: "https://x.test", PerSecond: 2.5,
			Identity: connector.Identity{ID: "acct", Name: "Acme", Region: "PT", Zone: "Europe/Lisbon"}, State: connection.Reconnect, Problem: "gone", CheckedAt: start}
		c, err := w.SaveConnection(w.ctx, w.ws, c)
		must(t, err)
		if c.ID == "" || c.Epoch != 1 || c.Workspace != w.ws {
			t.Errorf("%+v", c)
		}
		c.Name, c.Epoch, c.Params, c.CheckedAt = "renamed", 2, nil, start.AddDate(0, 0, 1)
		_, err = w.SaveConnection(w.ctx, w.ws, c)
		must(t, err)
		byID, err := w.ConnectionByID(w.ctx, w.ws, c.ID)
		must(t, err)
		same(t, c, byID)
		byName, err := w.ConnectionByName(w.ctx, w.ws, "renamed")
		must(t, err)
		same(t, c, byName)
		_, err = w.SaveConnection(w.ctx, w.ws, connection.Connection{Name: "renamed"})
		if !errors.Is(err, store.ErrExists) {
			t.Errorf("twice the same name: %v", err)
		}
		all, err := w.Connections(w.ctx, w.ws)
		must(t, err)
		if len(all) != 3 || all[0].Name != "left" || all[1].Name != "renamed" {
			t.Errorf("%+v", all)
		}
		found, err := w.FindConnectionByAccount(w.ctx, "sys", "acct")
		must(t, err)
		same(t, []connection.Connection{c}, found)
		if found, err = w.FindConnectionByAccount(w.ctx, "sys", ""); len(found) != 0 || err != nil {
			t.Error("an account without a name was found", found, err)
		}
	})
}

func TestSecretsAreSealedAgainAllOrNone(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		get := func(kind string) string {
			t.Helper()
			b, err := w.Secret(w.ctx, w.ws, w.conns[0], kind)
			must(t, err)
			return string(b)
		}
		if b, err := w.Secret(w.ctx, w.ws, w.conns[0], "none"); b != nil || err != nil {
			t.Error(b, err)
		}
		for _, kind := range []string{"a", "b", "c"} {
			must(t, w.SaveSecret(w.ctx, w.ws, w.conns[0], kind, []byte("0"+kind)))
		}
		must(t, w.SaveSecret(w.ctx, w.ws, w.conns[0], "a", []byte("1a")))
		if err := w.SaveSecret(w.ctx, w.ws, "none", "a", nil); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a secret of no connection: %v", err)
		}
		broken := errors.New("broken")
		_, err := w.ReplaceSecrets(w.ctx, func(s store.SealedSecret) ([]byte, error) {
			if s.Kind == "c" {
				return nil, broken
			}
			return []byte("new"), nil
		})
		if !errors.Is(err, broken) || get("a") != "1a" {
			t.Error("half of the secrets were replaced", err)
		}
		n, err := w.ReplaceSecrets(w.ctx, func(s store.SealedSecret) ([]byte, error) {
			if s.Workspace != w.ws || s.Connection != w.conns[0] {
				t.Errorf("%+v", s)
			}
			if s.Kind == "b" {
				return nil, nil
			}
			return bytes.ToUpper(s.Sealed), nil
		})
		must(t, err)
		if n != 2 || get("a") != "1A" || get("b") != "0b" || get("c") != "0C" {
			t.Error(n, get("a"), get("b"), get("c"))
		}
		must(t, w.DeleteSecret(w.ctx, w.ws, w.conns[0], "a"))
		all, err := w.AllSecrets(w.ctx)
		must(t, err)
		if len(all) != 2 || get("a") != "" {
			t.Errorf("%+v", all)
		}
	})
}

func TestSettingsAndCapabilitiesAreReplaced(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		if v, err := w.Setting(w.ctx, w.ws, "zone"); v != "" || err != nil {
			t.Error(v, err)
		}
		must(t, w.SaveSetting(w.ctx, w.ws, "zone", "UTC"))
		must(t, w.SaveSetting(w.ctx, w.ws, "zone", "Europe/Lisbon"))
		if v, err := w.Setting(w.ctx, w.ws, "zone"); v != "Europe/Lisbon" || err != nil {
			t.Error(v, err)
		}
		c := engine.Capability{Conn: w.conns[1], Object: "contact", Field: "f", Verb: "update", Ignored: 1, Evidence: "e", Learned: start}
		must(t, w.SaveCapability(w.ctx, w.ws, c))
		c.Ignored, c.Refused, c.MaxLen = 2, true, 40
		must(t, w.SaveCapability(w.ctx, w.ws, c))
		create := c
		create.Verb = "create"
		must(t, w.SaveCapability(w.ctx, w.ws, create))
		got, err := w.Capabilities(w.ctx, w.ws, w.conns, "contact")
		must(t, err)
		same(t, []engine.Capability{create, c}, got)
		if got, err = w.Capabilities(w.ctx, w.ws, w.conns, "task"); len(got) != 0 || err != nil {
			t.Error(got, err)
		}
	})
}
