package connection

import (
	"context"
	"slices"

	"couplet/internal/connector"
)

// trial is a credential that is not stored yet, with the place that it is tried at.
type trial struct {
	sys       System
	key       string
	word      string
	issued    bool
	params    map[string]string
	settings  map[string]string
	base      string
	perSecond float64
	// id is the connection that has a budget already, "" for none.
	id string
}

// account is how a connector reaches the account with the credential.
func (s *Service) account(t trial) connector.Account {
	var budget connector.Budget = NewBudget(t.sys.Spec.Limits, t.perSecond, s.Now)
	if t.id != "" && s.Pool != nil {
		budget = s.Pool.entry(Connection{ID: t.id, PerSecond: t.perSecond}, t.sys.Spec).budget
	}
	return connector.Account{BaseURL: t.base, Params: t.params, Settings: t.settings, HTTP: s.HTTP, Now: s.Now, Budget: budget, Scheme: t.word, Issued: t.issued,
		Token: func(context.Context) (string, error) { return t.key, nil }}
}

// look finds out whose credential it is. has are the scopes that it was seen to have, where it can be asked.
func (s *Service) look(ctx context.Context, t trial, write, probe bool) (who connector.Identity, has []string, err error) {
	c, err := t.sys.New(s.account(t))
	if err != nil {
		return who, nil, err
	}
	if check, ok := c.(connector.Checker); ok {
		if who, err = check.Check(ctx, write); err != nil {
			return who, nil, err
		}
	}
	if p, ok := c.(connector.Prober); ok && probe {
		has, err = p.Probe(ctx)
	}
	return who, has, err
}

// identify names the account of a consent's tokens. A scope that was withheld may be the very one that naming needs: then
// the account is known by its id alone, and the page says what is missing.
func (s *Service) identify(ctx context.Context, sys System, c *Consent, t *tokens) error {
	try := trial{sys: sys, key: t.Access, word: t.Word, issued: true, params: c.Body.Params, base: c.Body.BaseURL, perSecond: c.Body.PerSecond, id: c.Connection}
	who, has, err := s.look(ctx, try, false, sys.Spec.OAuth.Undocumented)
	if err != nil {
		id := nameless(sys.Spec, c.Body.Params)
		if connector.KindOf(err) != connector.Forbidden || id == "" || len(withheld(sys.Spec, c.Body.For, t.Scopes)) == 0 && !sys.Spec.OAuth.Undocumented {
			return err
		}
		who = connector.Identity{ID: id, Name: id}
		if conn, err := sys.New(s.account(try)); err == nil {
			if p, ok := conn.(connector.Prober); ok && sys.Spec.OAuth.Undocumented {
				if has, err = p.Probe(ctx); err != nil {
					return err
				}
			}
		}
	}
	c.Body.Account = who
	if sys.Spec.OAuth.Undocumented && has != nil {
		t.Scopes = has // in the spec's own words, which is what flows are compared with
	}
	c.Body.Granted = t.Scopes
	t.To = target(sys.Spec, Connection{Params: c.Body.Params, BaseURL: c.Body.BaseURL})
	return nil
}

// nameless is the only param of an account, which then is its id.
func nameless(spec *connector.Spec, params map[string]string) string {
	if len(spec.Params) != 1 {
		return ""
	}
	return params[spec.Params[0].Name]
}

// withheld are the scopes that the needs ask for and that were not granted.
func withheld(spec *connector.Spec, needs []connector.Need, granted []string) []connector.Scope {
	return slices.DeleteFunc(spec.ScopesFor(needs...), func(scope connector.Scope) bool { return slices.Contains(granted, scope.Name) })
}

// show makes what a person is shown of a consent.
func (s *Service) show(ctx context.Context, sys System, c Consent) (Pending, error) {
	b := c.Body
	p := Pending{ID: c.ID, Workspace: c.Workspace, System: c.System, Connection: c.Connection, Name: b.Name, Account: b.Account,
		Granted: sys.Spec.ScopesNamed(b.Granted...), Locations: b.Locations, Chosen: b.Chosen, Back: b.Back, Expires: c.Expires}
	if len(b.Locations) > 0 {
		p.Agency = connector.Identity{ID: b.Agency}
	}
	all, err := s.Memory.Connections(ctx, c.Workspace)
	if err != nil {
		return p, err
	}
	if b.Account.ID != "" {
		p.Withheld = withheld(sys.Spec, without(b.For, connector.ToInstall), b.Granted)
		p.Was, p.OtherAccount, p.Twin = s.compare(sys.Spec, all, c.Connection, c.System, b)
	}
	if p.Name == "" {
		p.Name = freeName(all, b.Account, sys.Spec)
	}
	return p, nil
}

// compare holds an account against the one that the connection had, and looks who else has it.
func (s *Service) compare(spec *connector.Spec, all []Connection, id, system string, b ConsentBody) (was connector.Identity, other bool, twin string) {
	is := Connection{System: system, Params: b.Params, BaseURL: b.BaseURL, Identity: b.Account}
	for _, c := range all {
		switch {
		case c.System != system:
		case c.ID == id:
			was, other = c.Identity, !sameAs(spec, c, is)
		case c.Identity.ID == b.Account.ID && target(spec, c) == target(spec, is):
			twin = c.Name
		}
	}
	return was, other, twin
}

// sameAs reports whether a credential is of the account that a connection has, or of the one it was made for.
func sameAs(spec *connector.Spec, c, is Connection) bool {
	if c.Identity.ID != "" && c.Identity.ID != is.Identity.ID {
		return false
	}
	return SameAccount(spec, c, is)
}

func without(needs []connector.Need, one connector.Need) []connector.Need {
	return slices.DeleteFunc(slices.Clone(needs), func(n connector.Need) bool { return n == one })
}
