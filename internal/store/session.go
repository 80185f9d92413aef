package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
)

// A session is found by the hash of its id, and everything else about it by workspace and person: a person sees and ends
// what is theirs, wherever they are signed in.

// SessionIdle is how long a session lasts without use, SessionMost how long with it.
const (
	SessionIdle = 12 * time.Hour
	SessionMost = 30 * 24 * time.Hour
)

// Session is one browser that is signed in.
type Session struct {
	// Hash is that of the id. The id itself is only in the browser.
	Hash      string
	Workspace string // which is open
	User      string
	// Role is the one the person had when the id was made.
	Role string
	// Theme is "light", "dark", or "" for what the person's system says.
	Theme string
	// Kept says that the browser keeps the id when it is closed.
	Kept bool
	// Device says in words which browser it is.
	Device string
	// Said waits to be shown once; Bad says that it is no good news.
	Said    string
	Bad     bool
	Created time.Time
	// Seen is when it was last used, to the minute.
	Seen time.Time
	// Ends is when it ends however much it is used.
	Ends time.Time
}

// Visit is a session with who that is, where, and as what.
type Visit struct {
	Session   Session
	User      User
	Workspace Workspace
}

const sessionColumns = "s.hash, s.workspace_id, s.user_id, s.role, s.theme, s.kept, s.device, s.said, s.said_bad, s.created_at, s.seen_at, s.ends_at"

// StartSession keeps a session of a member of the workspace, under its hash. It begins now, with the role and the theme of
// the person.
func (s *Store) StartSession(ctx context.Context, ws string, x Session) error {
	now := s.now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `insert into session (workspace_id, hash, user_id, role, theme, kept, device, said, said_bad, created_at, seen_at, ends_at)
			select m.workspace_id, $3, u.id, m.role, u.theme, $4, $5, '', $6, $7, $7, $8 from member m join app_user u on u.id = m.user_id
			where m.workspace_id = $1 and m.user_id = $2`,
			ws, x.User, x.Hash, x.Kept, x.Device, false, db.MS(now), db.MS(now.Add(SessionMost)))
		if err == nil && n == 0 {
			err = notFound("user", x.User)
		}
		return err
	})
}

// Visit finds the live session of a hash, in whichever workspace it has open. It finds nothing when the session was idle
// or old enough to end, or when the person is no member there any more.
func (s *Store) Visit(ctx context.Context, hash string) (v Visit, found bool, err error) {
	now := s.now()
	found, err = s.db.Get(ctx, "select "+sessionColumns+", "+userColumns+`, w.name, w.created_at from session s
		join member m on m.workspace_id = s.workspace_id and m.user_id = s.user_id
		join app_user u on u.id = s.user_id join workspace w on w.id = s.workspace_id
		where s.hash = $1 and s.seen_at > $2 and s.ends_at > $3`,
		[]any{hash, db.MS(now.Add(-SessionIdle)), db.MS(now)},
		append(append(v.Session.columns(), v.User.columns()...), &v.Workspace.Name, db.Time(&v.Workspace.Created))...)
	v.Workspace.ID = v.Session.Workspace
	return v, found, err
}

// Sessions lists the live sessions of a member of the workspace, the last used first, in whichever workspace each is.
func (s *Store) Sessions(ctx context.Context, ws, user string) ([]Session, error) {
	now := s.now()
	return db.All(ctx, s.db, "select "+sessionColumns+` from session s join member m on m.workspace_id = $1 and m.user_id = s.user_id
		where s.user_id = $2 and s.seen_at > $3 and s.ends_at > $4 order by s.seen_at desc, s.created_at desc, s.hash`,
		[]any{ws, user, db.MS(now.Add(-SessionIdle)), db.MS(now)}, func(r *sql.Rows) (x Session, err error) {
			return x, r.Scan(x.columns()...)
		})
}

// TouchSession notes that a session is in use.
func (s *Store) TouchSession(ctx context.Context, ws, hash string) error {
	return s.changeSession(ctx, ws, hash, "seen_at = $3", db.MS(s.now()))
}

// RenewSession gives a session another hash and opens a workspace in it, in which the person must be a member. It is
// then in use, with the role that the person has there now. An older hash finds nothing any more.
func (s *Store) RenewSession(ctx context.Context, ws, old, fresh, open string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update session set hash = $3, workspace_id = $4, seen_at = $5,
				role = (select m.role from member m where m.workspace_id = $4 and m.user_id = session.user_id)
			where hash = $2 and workspace_id = $1 and user_id in (select m.user_id from member m where m.workspace_id = $4)`,
			ws, old, fresh, open, db.MS(s.now()))
		if err == nil && n == 0 {
			err = notFound("session", old)
		}
		return err
	})
}

// SaveTheme sets the look of a session, and of later sessions of the same person.
func (s *Store) SaveTheme(ctx context.Context, ws, hash, theme string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "update app_user set theme = $3 where id in (select user_id from session where workspace_id = $1 and hash = $2)",
			ws, hash, theme); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update session set theme = $3 where workspace_id = $1 and hash = $2", ws, hash, theme)
		return err
	})
}

// Say keeps what is to be shown once in a session; "" takes it away.
func (s *Store) Say(ctx context.Context, ws, hash, text string, bad bool) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update session set said = $3, said_bad = $4 where workspace_id = $1 and hash = $2", ws, hash, text, bad)
		return err
	})
}

func (s *Store) changeSession(ctx context.Context, ws, hash, set string, v any) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update session set "+set+" where workspace_id = $1 and hash = $2", ws, hash, v)
		return err
	})
}

// EndSession ends one session of a member of the workspace, in whichever workspace it is.
func (s *Store) EndSession(ctx context.Context, ws, user, hash string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `delete from session where hash = $3 and user_id = $2
			and user_id in (select user_id from member where workspace_id = $1)`, ws, user, hash)
		if err == nil && n == 0 {
			err = notFound("session", hash)
		}
		return err
	})
}

// EndSessions ends all sessions of a member of the workspace but one, in whichever workspace they are, and says how many
// that were.
func (s *Store) EndSessions(ctx context.Context, ws, user, except string) (n int, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		ended, err := tx.Exec(ctx, `delete from session where hash <> $3 and user_id = $2
			and user_id in (select user_id from member where workspace_id = $1)`, ws, user, except)
		n = int(ended)
		return err
	})
	return n, err
}

// PrunePeople forgets, for all workspaces, sessions, links, invitations, tokens and tries that have ended.
func (s *Store) PrunePeople(ctx context.Context) error {
	now := s.now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for _, step := range []struct {
			text string
			args []any
		}{
			{"delete from session where seen_at <= $1 or ends_at <= $2", []any{db.MS(now.Add(-SessionIdle)), db.MS(now)}},
			{"delete from signin_link where ends_at <= $1", []any{db.MS(now)}},
			{"delete from invitation where ends_at <= $1", []any{db.MS(now)}},
			{"delete from token where ends_at > 0 and ends_at <= $1", []any{db.MS(now)}},
			{"delete from throttle where last_at <= $1", []any{db.MS(now.Add(-throttleMemory))}},
		} {
			if _, err := tx.Exec(ctx, step.text, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// columns is where sessionColumns are scanned to.
func (x *Session) columns() []any {
	return []any{&x.Hash, &x.Workspace, &x.User, &x.Role, &x.Theme, &x.Kept, &x.Device, &x.Said, &x.Bad, db.Time(&x.Created), db.Time(&x.Seen), db.Time(&x.Ends)}
}
