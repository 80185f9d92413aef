package web

import (
	"context"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
)

// lack is a permission that a run was refused for the want of.
type lack struct {
	conn connection.Connection
	spec *connector.Spec
	// why and fix are sentences. mended says that the account was connected again since.
	why, fix string
	mended   bool
}

// turnedAway says what a run that was refused a permission lacked, in words.
func (s *Server) turnedAway(ctx context.Context, ws string, r engine.Run, conn connection.Connection, spec *connector.Spec) (lack, error) {
	permit, _, err := s.o.Connect.Permit(ctx, ws, conn.ID)
	return lackOf(r, conn, spec, permit), err
}

func lackOf(r engine.Run, conn connection.Connection, spec *connector.Spec, permit connection.Permit) lack {
	l := lack{conn: conn, spec: spec, mended: permit.Obtained.After(r.Finished) && conn.State == connection.OK}
	note, _, _ := strings.Cut(r.Note, " Nothing is lost")
	l.why, l.fix = split(note)
	if r.Halt.Scope != "" {
		scope := spec.ScopesNamed(r.Halt.Scope)[0]
		l.why = "Couplet needs to " + scope.Why + ", and " + accountOf(conn) + " has not allowed it."
		if scope.Why == "" {
			l.why = accountOf(conn) + " has not allowed what is called " + scope.Name + " there."
		}
		l.fix = "Ask for it: you agree on a page of " + spec.Name + " and come back here. What is allowed already stays allowed."
		if conn.AuthKind == connection.KindToken {
			l.fix = "Allow " + scope.Name + " for the key where it was made in " + spec.Name + " and try again, or give another key."
		}
	}
	if l.mended {
		l.fix = "It was connected again since. Try again."
	}
	return l
}

func (l lack) title() string { return l.spec.Name + " has to allow more first" }

// button is what stands on the one that mends it.
func (l lack) button() string {
	if l.conn.AuthKind == connection.KindToken {
		return "Give another key"
	}
	return "Ask " + l.spec.Name + " for it"
}
