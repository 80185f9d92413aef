// Package command is what can be asked of an installation, apart from who asks: the command line and the API both stand at a
// [Desk], so that what one says in JSON the other says in the same words, and what one refuses the other refuses, too.
//
// # What may be counted on
//
//   - A desk is of one workspace, and everything asked there is looked for and done in that one only.
//   - The types whose names end in Doc are the JSON that scripts rely on: both encode them as they are.
//   - What cannot be done is a [Refusal], which says what happened, and what to do in the words of either.
//
// # Where it ends
//
// Text for people, flags, exit codes and waiting for a run belong to the command line; addresses, tokens and statuses of HTTP to
// the API. Nothing here wakes a worker: whoever asks does that, after the commit.
package command

import (
	"context"
	"errors"
	"fmt"

	"couplet/internal/connection"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// Desk is where one workspace takes questions and orders.
type Desk struct {
	Store   *store.Store
	Connect *connection.Service
	// Workspace is the id of the workspace.
	Workspace string
	// By is who asks, as logs and pages name it.
	By string
	// Public is the address of this installation, "" when it was not said; HookKey keys the hashes of hook addresses.
	Public  string
	HookKey []byte
}

// Kind is what sort of no a refusal is.
type Kind int

// The kinds of refusals: what was asked for is not there, does not fit how things are now, or cannot be meant.
const (
	NotThere Kind = iota
	NotNow
	NotMeant
)

// Refusal says why something was not done. Nothing was changed by it.
type Refusal struct {
	Kind Kind
	// What happened, in words that both use, and what to do: by a command, and by a request.
	What, Command, Request string
	Err                    error
}

// Error is what the command line says.
func (r *Refusal) Error() string {
	if r.Command == "" {
		return r.What
	}
	return r.What + "; " + r.Command
}

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// Flow finds a flow of the workspace by its name.
func (d Desk) Flow(ctx context.Context, name string) (flow.Flow, error) {
	f, err := d.Store.FlowByName(ctx, d.Workspace, name)
	if errors.Is(err, store.ErrNotFound) {
		err = &Refusal{Kind: NotThere, What: fmt.Sprintf("there is no flow %q in this workspace", name), Command: "`couplet apply -f FILE` makes one",
			Request: "GET /api/v1/flows lists those that there are, POST /api/v1/apply makes one", Err: err}
	}
	return f, err
}

// Names are what the two systems of a flow are called.
func (d Desk) Names(ctx context.Context, f flow.Flow) (names [2]string) {
	for side, id := range f.Connections {
		names[side] = id
		if c, err := d.Store.ConnectionByID(ctx, d.Workspace, id); err == nil {
			if s, ok := d.Connect.Systems[c.System]; ok {
				names[side] = s.Spec.Name
			}
		}
	}
	return names
}
