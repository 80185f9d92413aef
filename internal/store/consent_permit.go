package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/connection"
)

const permitColumns = "p.workspace_id, p.connection, p.scopes, p.client, p.agency, p.expires_at, p.renews, p.obtained_at, p.renewed_at"

// PermitOf implements connection.Memory.
func (s *Store) PermitOf(ctx context.Context, ws, conn string) (connection.Permit, bool, error) {
	all, err := db.All(ctx, s.db, "select "+permitColumns+" from permit p where p.workspace_id = $1 and p.connection = $2", []any{ws, conn}, scanPermit)
	return first(all), len(all) > 0, err
}

// Permits implements connection.Memory.
func (s *Store) Permits(ctx context.Context, ws string) ([]connection.Permit, error) {
	return db.All(ctx, s.db, "select "+permitColumns+" from permit p where p.workspace_id = $1 order by p.connection", []any{ws}, scanPermit)
}

// FindPermits implements connection.Memory. It looks across workspaces, because a system's call names none.
func (s *Store) FindPermits(ctx context.Context, system, account, agency string) ([]connection.Permit, error) {
	where, arg := "c.account_id = $2", account
	if account == "" {
		where, arg = "p.agency = $2", agency
	}
	if arg == "" {
		return nil, nil
	}
	return db.All(ctx, s.db, "select "+permitColumns+` from permit p join connection c on c.workspace_id = p.workspace_id and c.id = p.connection
		where c.system = $1 and `+where+" order by p.workspace_id, p.connection", []any{system, arg}, scanPermit)
}

// SavePermit implements connection.Memory.
func (s *Store) SavePermit(ctx context.Context, ws string, p connection.Permit) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := isConnection(ctx, tx, ws, p.Connection); err != nil {
			return err
		}
		return savePermit(ctx, tx, ws, p)
	})
}

func savePermit(ctx context.Context, tx *db.Tx, ws string, p connection.Permit) error {
	_, err := tx.Exec(ctx, `insert into permit (workspace_id, connection, scopes, client, agency, expires_at, renews, obtained_at, renewed_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (workspace_id, connection) do update set scopes = excluded.scopes, client = excluded.client, agency = excluded.agency,
			expires_at = excluded.expires_at, renews = excluded.renews, obtained_at = excluded.obtained_at, renewed_at = excluded.renewed_at`,
		ws, p.Connection, docOr(p.Scopes, len(p.Scopes)), p.Client, p.Agency, db.MS(p.Expires), p.Renews, db.MS(p.Obtained), db.MS(p.Renewed))
	return err
}

func scanPermit(r *sql.Rows) (p connection.Permit, err error) {
	err = r.Scan(&p.Workspace, &p.Connection, db.JSON(&p.Scopes), &p.Client, &p.Agency, db.Time(&p.Expires), &p.Renews, db.Time(&p.Obtained), db.Time(&p.Renewed))
	return p, err
}

// Connect implements connection.Memory.
func (s *Store) Connect(ctx context.Context, ws string, c connection.Connected) (ok bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		ok = true
		if c.Consent != "" {
			n, err := tx.Exec(ctx, "delete from consent where workspace_id = $1 and id = $2 and status = $3", ws, c.Consent, string(connection.ConsentBack))
			if ok = n > 0; err != nil || !ok {
				return err
			}
		}
		if err := saveConnection(ctx, tx, ws, c.Connection, s.now()); err != nil {
			return err
		}
		conn := c.Connection.ID
		if _, err := tx.Exec(ctx, "delete from secret where workspace_id = $1 and connection = $2", ws, conn); err != nil {
			return err
		}
		for kind, sealed := range c.Secrets {
			if _, err := tx.Exec(ctx, putSecret, ws, conn, kind, sealed, db.MS(s.now())); err != nil {
				return err
			}
		}
		if len(c.AgencyTokens) > 0 {
			if _, err := tx.Exec(ctx, putAgency, ws, c.Connection.System, c.Permit.Agency, c.AgencyTokens, db.MS(s.now())); err != nil {
				return err
			}
		}
		c.Permit.Connection = conn
		if err := savePermit(ctx, tx, ws, c.Permit); err != nil {
			return err
		}
		return dropAgencies(ctx, tx, ws)
	})
	return ok && err == nil, exists(err, "connection", c.Connection.Name)
}

// Disconnect implements connection.Memory. The tokens of an agency go with the last connection that is made from them.
func (s *Store) Disconnect(ctx context.Context, ws, conn string, state connection.State, problem string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update connection set state = $3, problem = $4 where workspace_id = $1 and id = $2", ws, conn, string(state), problem)
		if err == nil && n == 0 {
			err = notFound("connection", conn)
		}
		if err != nil {
			return err
		}
		for _, text := range []string{"delete from secret where workspace_id = $1 and connection = $2", "delete from permit where workspace_id = $1 and connection = $2"} {
			if _, err := tx.Exec(ctx, text, ws, conn); err != nil {
				return err
			}
		}
		return dropAgencies(ctx, tx, ws)
	})
}

// dropAgencies forgets the tokens of agencies that no connection is of any more.
func dropAgencies(ctx context.Context, tx *db.Tx, ws string) error {
	_, err := tx.Exec(ctx, "delete from agency where workspace_id = $1 and id not in (select agency from permit where workspace_id = $1)", ws)
	return err
}

// MarkConnection implements connection.Memory. A connection whose key was forgotten meanwhile is not marked: what was
// found out about that key says nothing about it.
func (s *Store) MarkConnection(ctx context.Context, ws, conn string, state connection.State, problem string, checked time.Time) (changed bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update connection set state = $3, problem = $4 where workspace_id = $1 and id = $2 and (state <> $3 or problem <> $4)
			and exists (select 1 from secret x where x.workspace_id = $1 and x.connection = $2)`,
			ws, conn, string(state), problem)
		if changed = n > 0; err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update connection set checked_at = $3 where workspace_id = $1 and id = $2", ws, conn, db.MS(checked))
		return err
	})
	return changed, err
}

// TellConnection implements connection.Memory.
func (s *Store) TellConnection(ctx context.Context, ws, conn string, state connection.State, problem string) (told bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update connection set problem = $4 where workspace_id = $1 and id = $2 and state = $3", ws, conn, string(state), problem)
		told = n > 0
		return err
	})
	return told && err == nil, err
}

const putAgency = `insert into agency (workspace_id, system, id, sealed, stored_at) values ($1, $2, $3, $4, $5)
	on conflict (workspace_id, system, id) do update set sealed = excluded.sealed, stored_at = excluded.stored_at`

// AgencyTokens implements connection.Memory.
func (s *Store) AgencyTokens(ctx context.Context, ws, system, agency string) (sealed []byte, err error) {
	_, err = s.db.Get(ctx, "select sealed from agency where workspace_id = $1 and system = $2 and id = $3", []any{ws, system, agency}, &sealed)
	return sealed, err
}

// SaveAgencyTokens implements connection.Memory.
func (s *Store) SaveAgencyTokens(ctx context.Context, ws, system, agency string, was, is []byte) (ok bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if was == nil {
			ok = true
			_, err := tx.Exec(ctx, putAgency, ws, system, agency, is, db.MS(s.now()))
			return err
		}
		n, err := tx.Exec(ctx, "update agency set sealed = $5, stored_at = $6 where workspace_id = $1 and system = $2 and id = $3 and sealed = $4",
			ws, system, agency, was, is, db.MS(s.now()))
		ok = n > 0
		return err
	})
	return ok && err == nil, err
}

// SaveRenewed implements connection.Memory.
func (s *Store) SaveRenewed(ctx context.Context, ws string, was, is []byte, kind string, p connection.Permit) (ok bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update secret set sealed = $5, stored_at = $6 where workspace_id = $1 and connection = $2 and kind = $3 and sealed = $4",
			ws, p.Connection, kind, was, is, db.MS(s.now()))
		if ok = n > 0; err != nil || !ok {
			return err
		}
		return savePermit(ctx, tx, ws, p)
	})
	return ok && err == nil, err
}

// HoldTokens implements connection.Memory. The right lies among the leases; whoever has it names when it ends.
func (s *Store) HoldTokens(ctx context.Context, ws, name, holder string, now, until time.Time) (ok bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `insert into lease (workspace_id, name, owner, fence, beat_at) values ($1, $2, $3, 1, $4)
			on conflict (workspace_id, name) do update set owner = excluded.owner, fence = lease.fence + 1, beat_at = excluded.beat_at
				where lease.owner = '' or lease.owner = excluded.owner or lease.beat_at <= $5`, ws, "token/"+name, holder, db.MS(until), db.MS(now))
		ok = n > 0
		return err
	})
	return ok && err == nil, err
}

// LetTokens implements connection.Memory.
func (s *Store) LetTokens(ctx context.Context, ws, name, holder string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update lease set owner = '' where workspace_id = $1 and name = $2 and owner = $3", ws, "token/"+name, holder)
		return err
	})
}
