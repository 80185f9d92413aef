package connection

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"couplet/internal/connector"
)

// Missing lists the scopes that a connection lacks for what a flow wants to do with it (flow.Flow.Needs), each with its
// reason. Call it before a flow is switched on: nothing may be switched on while it is not empty. For a pasted key of
// which nobody knows what it may do, the account is asked.
func (s *Service) Missing(ctx context.Context, workspace, connection string, needs ...connector.Need) ([]connector.Scope, error) {
	c, err := s.Memory.ConnectionByID(ctx, workspace, connection)
	if err != nil {
		return nil, err
	}
	sys, err := s.system(c.System)
	if err != nil {
		return nil, err
	}
	p, ok, err := s.Memory.PermitOf(ctx, workspace, connection)
	if err != nil {
		return nil, err
	}
	missing := withheld(sys.Spec, needs, p.Scopes)
	if ok && (len(missing) == 0 || c.AuthKind == KindConsent && !sys.Spec.OAuth.Undocumented) {
		return missing, nil
	}
	// The scopes of a pasted key can be changed without a new key, so what is missing is asked for again.
	if p.Scopes, err = s.probe(ctx, c, p); err != nil {
		return missing, err
	}
	return withheld(sys.Spec, needs, p.Scopes), nil
}

// probe asks the account what the credential may do, and stores it.
func (s *Service) probe(ctx context.Context, c Connection, p Permit) ([]string, error) {
	conn, err := s.Pool.Open(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	asks, ok := conn.(connector.Prober)
	if !ok {
		return p.Scopes, nil
	}
	if p.Scopes, err = asks.Probe(ctx); err != nil {
		return nil, err
	}
	p.Connection = c.ID
	if p.Obtained.IsZero() {
		p.Obtained = s.Now()
	}
	return p.Scopes, s.Memory.SavePermit(ctx, c.Workspace, p)
}

// Check tries a connection's credential and stores how it went: a success makes a connection that had to be connected
// again usable, and wakes its flows; a refusal of the key does the opposite. The connection is returned as it is stored
// now. A failure that says nothing about the key, such as no answer, is returned and changes nothing.
func (s *Service) Check(ctx context.Context, workspace, connection string) (Connection, error) {
	c, err := s.Memory.ConnectionByID(ctx, workspace, connection)
	if err != nil {
		return c, err
	}
	sys, err := s.system(c.System)
	if err != nil {
		return c, err
	}
	kind := SecretTokens
	if c.AuthKind == KindToken {
		kind = SecretToken
	}
	if sealed, err := s.Memory.Secret(ctx, workspace, c.ID, kind); err != nil {
		return c, err
	} else if len(sealed) == 0 { // nothing to try; why is said already
		return c, noKey(c, sys.Spec)
	}
	s.Pool.Forget(c.ID)
	who, err := s.reach(ctx, c)
	if err == nil && c.Identity.ID != "" && who.ID != "" && who.ID != c.Identity.ID {
		err = &connector.Error{Kind: connector.Unauthorized, Message: otherAccount(sys.Spec, c.Identity, who, c.Name)}
	}
	state, problem, changed := OK, "", false
	switch connector.KindOf(err) {
	case "":
	case connector.Unauthorized:
		state, problem = Reconnect, err.Error()
	default:
		return c, err
	}
	if changed, err = s.Memory.MarkConnection(ctx, workspace, c.ID, state, problem, s.Now()); err != nil {
		return c, err
	}
	was := c.State
	if c, err = s.Memory.ConnectionByID(ctx, workspace, c.ID); err == nil && changed && was != OK && state == OK {
		s.woken(ctx, c)
	}
	return c, err
}

// reach tries a credential whatever the connection's state says.
func (s *Service) reach(ctx context.Context, c Connection) (connector.Identity, error) {
	c.State, c.Problem = OK, ""
	conn, err := s.Pool.Open(ctx, c, nil)
	if err != nil {
		return connector.Identity{}, err
	}
	check, ok := conn.(connector.Checker)
	if !ok {
		return connector.Identity{}, nil
	}
	return check.Check(ctx, false)
}

// Change renames a connection that was seen as it was, changes its pace, its settings or its address, and fails where somebody else changed
// the same since. Another address discards its secret, which must be given
// again: else whoever may change a connection could have its key sent to a server of their own. Its account, state and
// kind of key are not changed here.
func (s *Service) Change(ctx context.Context, was, changed Connection) (Connection, error) {
	old, err := s.Memory.ConnectionByID(ctx, changed.Workspace, changed.ID)
	if err != nil {
		return old, err
	}
	sys, err := s.system(old.System)
	if err != nil {
		return old, err
	}
	c := old
	c.Name, c.BaseURL, c.PerSecond = strings.TrimSpace(changed.Name), changed.BaseURL, changed.PerSecond
	c.Settings = Chosen(changed.Settings)
	fresh := "" // a name that is the old one is not checked again
	if c.Name != old.Name {
		if fresh = c.Name; fresh == "" {
			return old, &connector.Error{Kind: connector.Config, Fields: []string{"name"}, Message: "A connection needs a name."}
		}
	}
	if err := s.plausible(ctx, c.Workspace, "", fresh, c.BaseURL, c.Params, sys, false); err != nil {
		return old, err
	}
	if c.PerSecond < 0 || c.PerSecond > 10000 {
		return old, &connector.Error{Kind: connector.Config, Fields: []string{"per_second"}, Message: "Calls per second are from 0 to 10000; 0 stands for the published number."}
	}
	if bad := sys.Spec.BadSettings(c.Settings); bad != nil {
		names := slices.Sorted(maps.Keys(bad))
		return old, &connector.Error{Kind: connector.Config, Fields: names, Message: "The setting " + names[0] + " " + bad[names[0]] + "."}
	}
	moved := target(sys.Spec, c) != target(sys.Spec, old)
	if moved { // first, so that the key never meets the new address
		if err := s.Memory.Disconnect(ctx, c.Workspace, c.ID, NeedsKey, "Its address was changed, so its key was discarded. Connect it again to go on."); err != nil {
			return old, err
		}
	}
	if err := s.Memory.ChangeConnection(ctx, c.Workspace, was, c); err != nil {
		return old, err
	}
	s.Pool.Forget(c.ID)
	return s.Memory.ConnectionByID(ctx, c.Workspace, c.ID)
}

// Chosen are settings without those that are empty, whose default holds.
func Chosen(settings map[string]string) map[string]string {
	kept := map[string]string{}
	for name, v := range settings {
		if v = strings.TrimSpace(v); v != "" {
			kept[name] = v
		}
	}
	return kept
}

// Disconnect forgets the secrets of a connection. Its flows hold; what was agreed about records stays, so that
// connecting the same account again goes on from there.
func (s *Service) Disconnect(ctx context.Context, workspace, connection string) (Connection, error) {
	if err := s.Memory.Disconnect(ctx, workspace, connection, NeedsKey, "You disconnected it. Connect it again to go on; nothing else is lost."); err != nil {
		return Connection{}, err
	}
	s.Pool.Forget(connection)
	return s.Memory.ConnectionByID(ctx, workspace, connection)
}

// AppCalled obeys a system's call about an app, sent at a time: when ours was removed from an account, or from a whole
// agency, the tokens are forgotten and the flows hold. That it was installed is only noted with the connections of that
// account that wait: whoever installs it still comes back through the browser. A call about another app, or from before
// the tokens were given, changes nothing. A call that says no time may be an old one that somebody sends again, so it
// counts only when the system refuses the key, too. It returns the connections that it changed, in all workspaces.
func (s *Service) AppCalled(ctx context.Context, system, account string, call connector.AppCall, sent time.Time) ([]Connection, error) {
	sys, err := s.system(system)
	if err != nil || sys.Spec.OAuth == nil || call.App == "" {
		return nil, err
	}
	if !call.Removed {
		return s.appInstalled(ctx, sys, account, call)
	}
	permits, err := s.Memory.FindPermits(ctx, system, account, call.Agency)
	if err != nil {
		return nil, err
	}
	var done []Connection
	var errs error // of one connection, which is no reason to leave the others
	for _, p := range permits {
		if p.Client == "" || appID(sys.Spec, p.Client) != call.App || !sent.IsZero() && sent.Before(p.Obtained.Truncate(time.Second)) {
			continue
		}
		c, err := s.Memory.ConnectionByID(ctx, p.Workspace, p.Connection)
		gone := err == nil && c.AuthKind == KindConsent
		if gone && sent.IsZero() {
			gone, err = s.refuses(ctx, c)
		}
		if gone {
			if err = s.Memory.Disconnect(ctx, c.Workspace, c.ID, Reconnect, sys.Spec.OAuth.Removed); err == nil {
				s.Pool.Forget(c.ID)
				done = append(done, c)
			}
		}
		errs = errors.Join(errs, err)
	}
	return done, errs
}

// refuses asks the system whether it still takes the key of a connection. Its error means that it gave no answer yet.
func (s *Service) refuses(ctx context.Context, c Connection) (bool, error) {
	now, err := s.Check(ctx, c.Workspace, c.ID)
	if connector.KindOf(err) == connector.Forbidden { // it knows the key, and lets it see less than a check looks at
		return false, nil
	}
	return err == nil && now.State == Reconnect, err
}

func (s *Service) appInstalled(ctx context.Context, sys System, account string, call connector.AppCall) ([]Connection, error) {
	all, err := s.Memory.FindConnectionByAccount(ctx, sys.Spec.ID, account)
	if err != nil || sys.Spec.OAuth.Installed == "" {
		return nil, err
	}
	var done []Connection
	for _, c := range all {
		if c.AuthKind != KindConsent || c.State == OK {
			continue
		}
		if app, _, err := s.registry().app(ctx, c.Workspace, sys.Spec); err != nil || appID(sys.Spec, app.clientID()) != call.App {
			continue
		}
		// Whoever installed it may have come back and connected the account meanwhile.
		told, err := s.Memory.TellConnection(ctx, c.Workspace, c.ID, c.State, sys.Spec.OAuth.Installed)
		if err != nil {
			return done, err
		}
		if told {
			done = append(done, c)
		}
	}
	return done, nil
}
