package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/connection"
	"couplet/internal/engine"
)

// Client is a workspace as one of several: how things are there, in numbers, which is what somebody who looks after several wants to know before opening one.
type Client struct {
	Workspace Workspace
	// Role is what the person who asks is there.
	Role string
	// Waiting is how much waits for a person, as CountWaiting counts it.
	Waiting int
	// Running is how many runs are under way.
	Running int
	Flows   []ClientFlow
	Conns   []connection.Connection // without their settings
}

// ClientFlow is a flow with how its last run ended, which is "" for one that never ran.
type ClientFlow struct {
	ID, Name string
	On       bool
	Status   engine.Status
	Last     time.Time
}

// Clients tells how things are in each workspace of a member of the given one, by name, and of no other. It asks as often for a
// hundred workspaces as for one. Of each kind of what waits it counts most at most.
func (s *Store) Clients(ctx context.Context, ws, user string, most int) ([]Client, error) {
	all, err := db.All(ctx, s.db, `select w.id, w.name, w.created_at, m.role, `+waitingIn("m.workspace_id", "$3")+`,
			(select count(*) from run r where r.workspace_id = m.workspace_id and not r.over and not r.dry)
		from member m join workspace w on w.id = m.workspace_id
		where m.user_id = $2 and exists (select 1 from member here where here.workspace_id = $1 and here.user_id = $2) order by w.name`,
		[]any{ws, user, most}, func(r *sql.Rows) (x Client, err error) {
			return x, r.Scan(&x.Workspace.ID, &x.Workspace.Name, db.Time(&x.Workspace.Created), &x.Role, &x.Waiting, &x.Running)
		})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	at := map[string]*Client{}
	for i := range all {
		at[all[i].Workspace.ID] = &all[i]
	}
	if err := s.clientFlows(ctx, user, at); err != nil {
		return nil, err
	}
	return all, s.clientConns(ctx, user, at)
}

func (s *Store) clientFlows(ctx context.Context, user string, at map[string]*Client) error {
	return db.Walk(ctx, s.db, `select f.workspace_id, f.id, f.name, f.enabled, coalesce(r.status, ''), coalesce(r.finished_at, 0)
		from member m join flow f on f.workspace_id = m.workspace_id
		left join run r on r.workspace_id = f.workspace_id and r.id = (select l.id from run l where l.workspace_id = f.workspace_id and l.flow = f.id and l.over and not l.dry
			order by l.started_at desc, l.id desc limit 1)
		where m.user_id = $1 order by f.name`, []any{user}, func(r *sql.Rows) error {
		var ws string
		var f ClientFlow
		if err := r.Scan(&ws, &f.ID, &f.Name, &f.On, &f.Status, db.Time(&f.Last)); err != nil {
			return err
		}
		if x := at[ws]; x != nil { // else it is a workspace that somebody just made
			x.Flows = append(x.Flows, f)
		}
		return nil
	})
}

func (s *Store) clientConns(ctx context.Context, user string, at map[string]*Client) error {
	return db.Walk(ctx, s.db, `select c.workspace_id, c.id, c.name, c.system, c.identity, c.state, c.problem, c.checked_at
		from member m join connection c on c.workspace_id = m.workspace_id where m.user_id = $1 order by c.name`, []any{user}, func(r *sql.Rows) error {
		var c connection.Connection
		if err := r.Scan(&c.Workspace, &c.ID, &c.Name, &c.System, db.JSON(&c.Identity), &c.State, &c.Problem, db.Time(&c.CheckedAt)); err != nil {
			return err
		}
		if x := at[c.Workspace]; x != nil {
			x.Conns = append(x.Conns, c)
		}
		return nil
	})
}
