package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// The kinds of own templates.
const (
	OfFlow       = "flow"
	OfAutomation = "automation"
)

// OwnTemplate is a template that somebody of the workspace made, or opened from a file.
type OwnTemplate struct {
	ID string
	// Kind is what is made of it, Name what it is called, Says the sentence about it, and Body the file.
	Kind, Name, Says, Body string
	// By is the id of who made it.
	By string
	At time.Time
}

const ownTemplates = "select id, kind, name, says, body, by_user, saved_at from own_template where workspace_id = $1 "

// AddOwnTemplate keeps a template. It fails with ErrExists where there is one of that name.
func (s *Store) AddOwnTemplate(ctx context.Context, ws string, t OwnTemplate) (OwnTemplate, error) {
	t.At = s.now()
	t.ID = engine.NewID("tpl", t.At)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "insert into own_template (workspace_id, id, kind, name, says, body, by_user, saved_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
			ws, t.ID, t.Kind, t.Name, t.Says, t.Body, t.By, db.MS(t.At))
		return err
	})
	return t, exists(err, "template", t.Name)
}

// OwnTemplates lists the templates that a workspace has of its own, by name.
func (s *Store) OwnTemplates(ctx context.Context, ws string) ([]OwnTemplate, error) {
	return db.All(ctx, s.db, ownTemplates+"order by name, id", []any{ws}, scanOwnTemplate)
}

// OwnTemplate finds one of them.
func (s *Store) OwnTemplate(ctx context.Context, ws, id string) (OwnTemplate, error) {
	all, err := db.All(ctx, s.db, ownTemplates+"and id = $2", []any{ws, id}, scanOwnTemplate)
	if err == nil && len(all) == 0 {
		err = notFound("template", id)
	}
	return first(all), err
}

// DeleteOwnTemplate forgets one of them. What was made of it stays.
func (s *Store) DeleteOwnTemplate(ctx context.Context, ws, id string) (t OwnTemplate, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		all, err := db.All(ctx, tx, ownTemplates+"and id = $2", []any{ws, id}, scanOwnTemplate)
		if err == nil && len(all) == 0 {
			err = notFound("template", id)
		}
		if err != nil {
			return err
		}
		t = all[0]
		_, err = tx.Exec(ctx, "delete from own_template where workspace_id = $1 and id = $2", ws, id)
		return err
	})
	return t, err
}

func scanOwnTemplate(r *sql.Rows) (t OwnTemplate, err error) {
	err = r.Scan(&t.ID, &t.Kind, &t.Name, &t.Says, &t.Body, &t.By, db.Time(&t.At))
	return t, err
}
