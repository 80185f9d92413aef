package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"couplet/internal/connection"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
)

// FlowDoc is a flow in JSON, without its map: the flow file has all of it.
type FlowDoc struct {
	Name        string            `json:"name"`
	Template    string            `json:"template"`
	Object      string            `json:"object"`
	Enabled     bool              `json:"enabled"`
	Direction   mapping.Direction `json:"direction"`
	Connections SidesDoc          `json:"connections"`
	Version     int               `json:"version"`
	// Watch says that its runs only tell what they would do.
	Watch bool `json:"watch"`
	// Approved is who allowed its first full plan, absent when nobody did.
	Approved *ApprovalDoc `json:"approved,omitempty"`
}

// SidesDoc is something of either side.
type SidesDoc struct {
	A string `json:"a"`
	B string `json:"b"`
}

// ApprovalDoc is who allowed a flow to do what it showed, when, and how.
type ApprovalDoc struct {
	By  string    `json:"by"`
	At  time.Time `json:"at"`
	How string    `json:"how"`
}

// FlowsDoc is all flows of a workspace.
type FlowsDoc struct {
	Flows []FlowDoc `json:"flows"`
}

// Flows lists the flows.
func (d Desk) Flows(ctx context.Context) (FlowsDoc, error) {
	doc := FlowsDoc{Flows: []FlowDoc{}}
	all, err := d.Store.Flows(ctx, d.Workspace)
	for _, f := range all {
		one, e := d.FlowJSON(ctx, f)
		err = errors.Join(err, e)
		doc.Flows = append(doc.Flows, one)
	}
	return doc, err
}

// FlowJSON is a flow as JSON has it.
func (d Desk) FlowJSON(ctx context.Context, f flow.Flow) (FlowDoc, error) {
	doc := FlowDoc{Name: f.Name, Template: f.Template, Object: f.Object, Enabled: f.Enabled, Direction: cmp.Or(f.Direction, mapping.Both), Version: f.Version, Watch: f.Watch}
	for side, into := range []*string{&doc.Connections.A, &doc.Connections.B} {
		c, err := d.Store.ConnectionByID(ctx, d.Workspace, f.Connections[side])
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return doc, err
		}
		*into = c.Name
	}
	if a := f.Approval; a != nil {
		doc.Approved = &ApprovalDoc{By: a.By, At: a.At.UTC(), How: a.How}
	}
	return doc, nil
}

// ConnectionDoc is a connection in JSON, without anything secret.
type ConnectionDoc struct {
	Name   string `json:"name"`
	System string `json:"system"`
	// Account is what the account is called there, "" when nobody asked it yet.
	Account string           `json:"account"`
	Auth    string           `json:"auth"`
	State   connection.State `json:"state"`
	// Problem says why the key is not taken.
	Problem string `json:"problem,omitempty"`
	// CheckedAt is when the key was last tried by itself or by somebody.
	CheckedAt *time.Time `json:"checked_at,omitempty"`
}

// ConnectionsDoc is all connections of a workspace.
type ConnectionsDoc struct {
	Connections []ConnectionDoc `json:"connections"`
}

// Connections lists the connections.
func (d Desk) Connections(ctx context.Context) (ConnectionsDoc, error) {
	doc := ConnectionsDoc{Connections: []ConnectionDoc{}}
	all, err := d.Store.Connections(ctx, d.Workspace)
	for _, c := range all {
		doc.Connections = append(doc.Connections, ConnectionJSON(c))
	}
	return doc, err
}

// Connection finds a connection by its name.
func (d Desk) Connection(ctx context.Context, name string) (connection.Connection, error) {
	c, err := d.Store.ConnectionByName(ctx, d.Workspace, name)
	if errors.Is(err, store.ErrNotFound) {
		err = &Refusal{Kind: NotThere, What: fmt.Sprintf("there is no connection %q in this workspace", name), Request: "GET /api/v1/connections lists those that there are", Err: err}
	}
	return c, err
}

// ConnectionJSON is a connection as JSON has it.
func ConnectionJSON(c connection.Connection) ConnectionDoc {
	doc := ConnectionDoc{Name: c.Name, System: c.System, Account: c.Identity.Name, Auth: c.AuthKind, State: c.State, Problem: c.Problem}
	if !c.CheckedAt.IsZero() {
		at := c.CheckedAt.UTC()
		doc.CheckedAt = &at
	}
	return doc
}
