package connection

import (
	"context"
	"crypto/subtle"
	"strconv"
	"strings"
	"unicode"

	"couplet/internal/connector"
)

// Pending shows a consent that waits to be accepted. Its error is a *Broken.
func (s *Service) Pending(ctx context.Context, workspace, session, id string) (Pending, error) {
	c, sys, err := s.waiting(ctx, workspace, session, id)
	if err != nil {
		return Pending{}, err
	}
	return s.show(ctx, sys, c)
}

// waiting finds a consent that came back to this session.
func (s *Service) waiting(ctx context.Context, workspace, session, id string) (Consent, System, error) {
	c, ok, err := s.Memory.ConsentByID(ctx, workspace, id, s.Now())
	if err != nil {
		return c, System{}, err
	}
	if !ok || c.Status != ConsentBack || subtle.ConstantTimeCompare([]byte(c.Session), []byte(hashed(session))) != 1 {
		return c, System{}, broken(Expired, Wish{}, "This was accepted or cancelled already, or ten minutes have passed. Connect the account again if it is not there.", nil)
	}
	sys, err := s.system(c.System)
	return c, sys, err
}

// Accept saves the connection and its sealed tokens in one transaction, and wakes its flows.
func (s *Service) Accept(ctx context.Context, workspace, session, id string) (Connection, error) {
	c, sys, err := s.waiting(ctx, workspace, session, id)
	if err != nil {
		return Connection{}, err
	}
	return s.accept(ctx, sys, c)
}

// AcceptNew is Accept into a new connection of that name, whatever the consent was begun for.
func (s *Service) AcceptNew(ctx context.Context, workspace, session, id, name string) (Connection, error) {
	c, sys, err := s.waiting(ctx, workspace, session, id)
	if err != nil {
		return Connection{}, err
	}
	c.Connection, c.Body.Name = "", strings.TrimSpace(name)
	return s.accept(ctx, sys, c)
}

func (s *Service) accept(ctx context.Context, sys System, c Consent) (Connection, error) {
	w := c.wish()
	if c.Body.Account.ID == "" {
		return Connection{}, broken(Incomplete, w, "Choose a "+agencyWord(sys.Spec)+" first.", nil)
	}
	all, err := s.Memory.Connections(ctx, c.Workspace)
	if err != nil {
		return Connection{}, err
	}
	conn := Connection{ID: newID("c"), Workspace: c.Workspace, Name: c.Body.Name, System: c.System, Epoch: 1, PerSecond: c.Body.PerSecond, Settings: Chosen(s.Known[c.System])}
	if c.Connection != "" {
		if was, other, _ := s.compare(sys.Spec, all, c.Connection, c.System, c.Body); other {
			return Connection{}, broken(WrongAccount, w, otherAccount(sys.Spec, was, c.Body.Account, w.Name), nil)
		}
		if conn, err = s.Memory.ConnectionByID(ctx, c.Workspace, c.Connection); err != nil {
			return Connection{}, err
		}
	} else if conn.Name, err = newName(all, conn.Name, c.Body.Account, sys.Spec); err != nil {
		return Connection{}, broken(BadName, w, err.Error(), err)
	}
	var held heldTokens
	owner, kind := ConsentSeal(c.ID)
	if err := unseal(s.Sealer, c.Workspace, owner, kind, c.Sealed, &held); err != nil {
		return Connection{}, broken(Expired, w, "What came back can no longer be read. Connect the account again.", err)
	}
	conn.AuthKind, conn.Params, conn.BaseURL = KindConsent, c.Body.Params, c.Body.BaseURL
	done := Connected{Permit: held.tokens.permit(KindConsent), Consent: c.ID}
	if held.Whole != nil {
		owner, kind := AgencySeal(c.System, held.Agency)
		if done.AgencyTokens, err = seal(s.Sealer, c.Workspace, owner, kind, held.Whole); err != nil {
			return Connection{}, err
		}
	}
	return s.keep(ctx, conn, c.Body.Account, done, map[string]any{SecretTokens: held.tokens}, w)
}

// keep stores a connection with its credential, and tells those who wait for it.
func (s *Service) keep(ctx context.Context, conn Connection, who connector.Identity, done Connected, secrets map[string]any, w Wish) (Connection, error) {
	conn.Identity, conn.State, conn.Problem, conn.CheckedAt = who, OK, "", s.Now()
	done.Connection, done.Secrets, done.Permit.Obtained = conn, map[string][]byte{}, s.Now()
	for kind, secret := range secrets {
		var err error
		if word, ok := secret.(string); ok {
			done.Secrets[kind], err = s.Sealer.Seal(conn.Workspace, conn.ID, kind, []byte(word))
		} else {
			done.Secrets[kind], err = seal(s.Sealer, conn.Workspace, conn.ID, kind, secret)
		}
		if err != nil {
			return Connection{}, err
		}
	}
	ok, err := s.Memory.Connect(ctx, conn.Workspace, done)
	if err != nil {
		return Connection{}, err
	}
	if !ok {
		return Connection{}, broken(Expired, w, "This was accepted or cancelled already.", nil)
	}
	s.Pool.Forget(conn.ID)
	s.woken(ctx, conn)
	return conn, nil
}

// woken tells that a connection can be used (again).
func (s *Service) woken(ctx context.Context, c Connection) {
	if s.Reconnected != nil {
		s.Reconnected(ctx, c.Workspace, c.ID)
	}
}

// Decline forgets a consent. Nothing was saved.
func (s *Service) Decline(ctx context.Context, workspace, session, id string) error {
	c, _, err := s.waiting(ctx, workspace, session, id)
	if err != nil {
		return err
	}
	_, err = s.Memory.DropConsent(ctx, workspace, c.ID)
	return err
}

func otherAccount(spec *connector.Spec, was, is connector.Identity, name string) string {
	return "This is another account of " + spec.Name + " (" + is.Name + ") than connection " + name + " has (" + or(was.Name, "the one it was made for") +
		"). What was agreed about the records of one says nothing about those of the other. Connect it as a new connection, or go back and pick the account that was meant."
}

func agencyWord(spec *connector.Spec) string {
	if spec.OAuth != nil && spec.OAuth.Agency != nil {
		return spec.OAuth.Agency.One
	}
	return "account"
}

// newName checks the name of a new connection, or finds one.
func newName(all []Connection, name string, who connector.Identity, spec *connector.Spec) (string, error) {
	if name == "" {
		return freeName(all, who, spec), nil
	}
	if why := badName(name); why != "" {
		return "", &connector.Error{Kind: connector.Config, Fields: []string{"name"}, Message: why}
	}
	if named(all, name) {
		return "", &connector.Error{Kind: connector.Config, Fields: []string{"name"}, Message: "There is a connection called " + name + " already. Choose another name."}
	}
	return name, nil
}

// badName says why a connection cannot be called so; flow files have the same rule.
func badName(name string) string {
	switch {
	case len([]rune(name)) > 100:
		return "This name is longer than 100 characters. Shorten it."
	case strings.TrimSpace(name) != name || strings.Contains(name, "${") || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "This name holds something that cannot be written in a flow file. Use letters, digits, spaces and dashes."
	}
	return ""
}

// freeName is a name that no connection has yet: that of the account.
func freeName(all []Connection, who connector.Identity, spec *connector.Spec) string {
	stem := strings.Join(strings.FieldsFunc(or(who.Name, or(who.ID, spec.Name)), func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' || r == '$' }), " ")
	if runes := []rune(stem); len(runes) > 80 {
		stem = strings.TrimSpace(string(runes[:80]))
	}
	stem = or(stem, spec.Name)
	name := stem
	for n := 2; named(all, name); n++ {
		name = stem + " " + strconv.Itoa(n)
	}
	return name
}

func named(all []Connection, name string) bool {
	for _, c := range all {
		if c.Name == name {
			return true
		}
	}
	return false
}
