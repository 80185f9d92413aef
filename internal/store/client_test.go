package store_test

import (
	"errors"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// client makes a further workspace with a flow between two connections, and a member of a role in it.
func (w *world) client(t testing.TB, name, email, role string) (ws, user string) {
	t.Helper()
	made, err := w.AddWorkspace(w.ctx, name)
	must(t, err)
	u, err := w.AddUser(w.ctx, made.ID, email, role, "hash")
	must(t, err)
	var conns [2]string
	for side, state := range []connection.State{connection.OK, connection.Reconnect} {
		c, err := w.SaveConnection(w.ctx, made.ID, connection.Connection{Name: []string{"left", "right"}[side], System: "sys", AuthKind: "token", State: state})
		must(t, err)
		conns[side] = c.ID
	}
	_, _, err = w.SaveFlow(w.ctx, made.ID, flow.Flow{Name: "contacts of " + name, Object: "contact", Connections: conns, Enabled: true})
	must(t, err)
	return made.ID, u.ID
}

// Somebody sees the workspaces they belong to, as what they belong to each, and no other.
func TestClientsAreThoseOfTheMember(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.fill(t)
		there, ann := w.client(t, "there", "ann@x.test", "viewer")
		apart, _ := w.client(t, "apart", "eve@x.test", "owner")
		all, err := w.Clients(w.ctx, w.ws, ann, 50)
		must(t, err)
		if len(all) != 2 || all[0].Role != "owner" || all[1].Role != "viewer" || all[1].Workspace.ID != there {
			t.Fatalf("%+v", all)
		}
		home, err := w.CountWaiting(w.ctx, w.ws, 50)
		must(t, err)
		if all[0].Waiting != home || home == 0 || all[1].Waiting != 0 {
			t.Errorf("%d and %d wait, of %d", all[0].Waiting, all[1].Waiting, home)
		}
		if all[0].Running == 0 || all[1].Running != 0 {
			t.Errorf("%d and %d run", all[0].Running, all[1].Running)
		}
		f := all[0].Flows
		if len(f) != 2 || f[0].ID != w.flow.ID || f[0].Status != engine.Done || f[0].Last.IsZero() || f[1].ID != w.off.ID || f[1].On {
			t.Errorf("the flows here: %+v", f)
		}
		if f = all[1].Flows; len(f) != 1 || !f[0].On || f[0].Status != "" || !f[0].Last.IsZero() {
			t.Errorf("the flows there: %+v", f)
		}
		if c := all[1].Conns; len(c) != 2 || c[1].State != connection.Reconnect || c[0].System != "sys" {
			t.Errorf("the connections there: %+v", c)
		}
		if few, err := w.Clients(w.ctx, w.ws, ann, 1); err != nil || few[0].Waiting >= home {
			t.Errorf("counts on: %+v, %v", few, err)
		}
		if none, err := w.Clients(w.ctx, apart, ann, 50); err != nil || len(none) != 0 {
			t.Errorf("by a workspace that is not theirs: %+v, %v", none, err)
		}
	})
}

// An owner makes workspaces, and owns them alone; others make none.
func TestOwnersMakeClients(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ann, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "hash")
		must(t, err)
		bob, err := w.AddUser(w.ctx, w.ws, "bob@x.test", "editor", "hash")
		must(t, err)
		_, eve := w.client(t, "apart", "eve@x.test", "owner")
		for _, u := range []string{bob.ID, eve, "nobody"} {
			if _, err := w.AddClient(w.ctx, w.ws, u, "theirs"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", u, err)
			}
		}
		made, err := w.AddClient(w.ctx, w.ws, ann.ID, "mine")
		must(t, err)
		users, err := w.Users(w.ctx, made.ID)
		must(t, err)
		if len(users) != 1 || users[0].ID != ann.ID || users[0].Role != "owner" {
			t.Errorf("%+v", users)
		}
		for _, taken := range []string{"mine", "apart"} {
			if _, err := w.AddClient(w.ctx, w.ws, ann.ID, taken); !errors.Is(err, store.ErrExists) {
				t.Errorf("%s: %v", taken, err)
			}
			if err := w.RenameWorkspace(w.ctx, w.ws, clientNow(w.ctx, w.Store, w.ws), taken); !errors.Is(err, store.ErrExists) {
				t.Errorf("renamed to %s: %v", taken, err)
			}
		}
		if all, err := w.Workspaces(w.ctx); err != nil || len(all) != 3 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// A session opens only what its person belongs to.
func TestASessionOpensNoOtherWorkspace(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ann, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "hash")
		must(t, err)
		apart, _ := w.client(t, "apart", "eve@x.test", "owner")
		must(t, w.StartSession(w.ctx, w.ws, store.Session{Hash: "first", User: ann.ID, Ends: start.Add(time.Hour)}))
		if err := w.RenewSession(w.ctx, w.ws, "first", "second", apart); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		if v, found, err := w.Visit(w.ctx, "first"); err != nil || !found || v.Workspace.ID != w.ws {
			t.Errorf("%+v, %v, %v", v.Workspace, found, err)
		}
	})
}

// A flow is copied only by who may look here and change things there, and the copy is off whatever was copied.
func TestAFlowIsCopiedByWhoMay(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		there, eve := w.client(t, "there", "eve@x.test", "editor")
		ann, err := w.AddUser(w.ctx, w.ws, "ann@x.test", "owner", "hash")
		must(t, err)
		joe, err := w.AddUser(w.ctx, w.ws, "joe@x.test", "viewer", "hash")
		must(t, err)
		bob, err := w.AddUser(w.ctx, w.ws, "bob@x.test", "owner", "hash")
		must(t, err)
		_, err = w.AddUser(w.ctx, there, "bob@x.test", "viewer", "")
		must(t, err)
		_, err = w.AddUser(w.ctx, there, "joe@x.test", "owner", "")
		must(t, err)
		conns, err := w.Connections(w.ctx, there)
		must(t, err)
		f := w.flow
		f.Connections, f.Enabled, f.Approval = [2]string{conns[0].ID, conns[1].ID}, true, &flow.Approval{By: "ann"}
		for who, user := range map[string]string{"no member there": ann.ID, "a viewer there": bob.ID, "no member here": eve, "nobody": "none"} {
			if _, err := w.CopyFlow(w.ctx, w.ws, user, there, f); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", who, err)
			}
		}
		foreign := f
		foreign.Connections = w.flow.Connections
		if _, err := w.CopyFlow(w.ctx, w.ws, joe.ID, there, foreign); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("between accounts of another workspace: %v", err)
		}
		for _, name := range []string{f.Name, f.Name + " 2"} {
			made, err := w.CopyFlow(w.ctx, w.ws, joe.ID, there, f)
			must(t, err)
			got, err := w.FlowByID(w.ctx, there, made.ID)
			must(t, err)
			if got.Name != name || got.Enabled || got.Approval != nil || got.Version != 1 || got.Connections != f.Connections || got.ID == w.flow.ID {
				t.Errorf("%+v", got)
			}
		}
		if all, err := w.Flows(w.ctx, w.ws); err != nil || len(all) != 1 {
			t.Errorf("here: %+v, %v", all, err)
		}
	})
}
