package flow

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"couplet/internal/connector"
)

// Installation is the place where a flow file is to be applied.
type Installation struct {
	// Systems that connections may be of.
	Systems []System
	// Connections that exist already. A flow may name one that its file does not describe.
	Connections []Existing
	// AllowPrivate are the host:port that connections may name although they are private or without TLS.
	AllowPrivate []string
}

// System is what a flow file must know about a system.
type System struct {
	ID, Name string
	// Params of an account that must be given, and those that may be. Told are those of Params that the system tells when a
	// person agrees, so that a file may leave them out.
	Params, Optional, Told []string
	// Consent says that a person can be asked to agree at all.
	Consent bool
	// Settings are the choices that the system's API leaves open.
	Settings []connector.Setting
}

// Existing is a connection that is stored already.
type Existing struct {
	Name, System string
	// HasKey says that its secret is stored, so that a file may leave it out.
	HasKey bool
}

func (in Installation) existing(name string) (Existing, bool) {
	i := slices.IndexFunc(in.Connections, func(e Existing) bool { return e.Name == name })
	if i < 0 {
		return Existing{}, false
	}
	return in.Connections[i], true
}

// Validate checks a file as a whole and returns everything that is wrong with it. What Parse has refused already is
// not said again: a value that is missing here counts as left out.
func (f *File) Validate(name string, in Installation) Errors {
	v := &validator{reader: reader{file: name}, in: in, systems: map[string]string{}}
	for _, e := range in.Connections {
		v.systems[e.Name] = e.System
	}
	unique(v, f.Connections, "connection", func(c Connection) (string, int) { return c.Name, c.LineOf("name") })
	unique(v, f.Flows, "flow", func(s FlowSpec) (string, int) { return s.Name, s.LineOf("name") })
	for _, c := range f.Connections {
		v.connection(c)
	}
	v.flows(f.Flows)
	return v.errs
}

type validator struct {
	reader
	in Installation
	// systems of all connections that a flow may name, those of the file and those that exist.
	systems map[string]string
}

func unique[T any](v *validator, all []T, what string, of func(T) (string, int)) {
	first := map[string]int{}
	for _, one := range all {
		name, line := of(one)
		if at, dup := first[name]; dup && name != "" {
			v.fail(line, "%s %q is already on line %d; give every %s its own name", what, name, at, what)
			continue
		}
		first[name] = line
	}
}

func (v *validator) connection(c Connection) {
	if why := BadName(c.Name); c.Name != "" && why != "" {
		v.fail(c.LineOf("name"), "name %q %s", c.Name, why)
	}
	if _, dup := v.systems[c.Name]; !dup || c.System != "" {
		v.systems[c.Name] = c.System
	}
	v.auth(c)
	if c.BaseURL != "" {
		if err := checkBase(c.BaseURL, v.in.AllowPrivate); err != nil {
			v.fail(c.LineOf("base_url"), "base_url of %s: %s", c.Name, err)
		}
	}
	if c.Limits.PerSecond > 10000 {
		v.fail(c.LineOf("limits.per_second"), "limits.per_second is %v; use 10000 or less", c.Limits.PerSecond)
	}
	i := slices.IndexFunc(v.in.Systems, func(s System) bool { return s.ID == c.System })
	if i < 0 {
		if c.System != "" {
			var ids []string
			for _, s := range v.in.Systems {
				ids = append(ids, s.ID)
			}
			v.fail(c.LineOf("system"), "system %q is not known; use one of %s", c.System, strings.Join(ids, ", "))
		}
		return
	}
	if old, ok := v.in.existing(c.Name); ok && old.System != c.System {
		v.fail(c.LineOf("system"), "connection %s exists and is of system %s; a connection keeps its system, so give this one another name", c.Name, old.System)
	}
	v.account(c, v.in.Systems[i])
	bad := connector.BadSettings(v.in.Systems[i].Name, v.in.Systems[i].Settings, c.Settings)
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		v.fail(c.LineOf("settings."+name), "settings.%s of %s %s", name, c.Name, bad[name])
	}
}

func (v *validator) auth(c Connection) {
	at := c.LineOf("auth.kind")
	own := map[string][]string{AuthToken: {"token"}, AuthConsent: {}, AuthClient: {"client_id", "client_secret", "token_url", "scopes"}}
	keys, known := own[c.Auth.Kind]
	if !known {
		if c.Auth.Kind != "" {
			v.fail(at, "auth kind %q is not known; use token, oauth2 or client_credentials", c.Auth.Kind)
		}
		return
	}
	for kind, others := range own {
		for _, k := range others {
			if line, given := c.lines["auth."+k]; given && !slices.Contains(keys, k) {
				v.fail(line, "auth of %s has %s, which belongs to kind %s; remove it, or change the kind", c.Name, k, kind)
			}
		}
	}
	if s := slices.IndexFunc(v.in.Systems, func(s System) bool { return s.ID == c.System }); s >= 0 && c.Auth.Kind != AuthToken && !v.in.Systems[s].Consent {
		v.fail(at, "auth kind %s is not known to %s; use token", c.Auth.Kind, v.in.Systems[s].Name)
	}
	switch c.Auth.Kind {
	case AuthToken:
		if _, given := c.lines["auth.token"]; !given && c.Auth.Token == "" {
			if old, ok := v.in.existing(c.Name); !ok || !old.HasKey {
				v.fail(at, "auth of %s has no token, and none is stored; add token: \"${NAME}\" and set that variable", c.Name)
			}
		}
	case AuthClient:
		if (c.Auth.ClientID == "") != (c.Auth.ClientSecret == "") {
			v.fail(at, "auth of %s has only one of client_id and client_secret; give both, or neither to use the app of this installation", c.Name)
		}
		if c.Auth.TokenURL != "" {
			if err := checkBase(c.Auth.TokenURL, v.in.AllowPrivate); err != nil {
				v.fail(c.LineOf("auth.token_url"), "token_url of %s: %s", c.Name, err)
			}
		}
	}
}

func (v *validator) account(c Connection, s System) {
	known := append(slices.Clone(s.Params), s.Optional...)
	for _, p := range s.Params {
		if _, ok := c.Account[p]; !ok && !(c.Auth.Kind == AuthConsent && slices.Contains(s.Told, p)) {
			v.fail(c.LineOf("account"), "account of %s has no %s; %s needs %s", c.Name, p, s.Name, strings.Join(s.Params, ", "))
		}
	}
	for _, p := range slices.Sorted(maps.Keys(c.Account)) {
		if !slices.Contains(known, p) {
			v.fail(c.LineOf("account."+p), "account of %s has %s, which %s does not know; known here: %s", c.Name, p, s.Name, strings.Join(known, ", "))
		}
	}
}

// checkBase checks an address that replaces a vendor's. Whether it may be reached is decided when it is: a private
// address may be allowed by a setting that this file knows nothing of.
func checkBase(base string, allowed []string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%q is not an address; write it like https://host/path/", base)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("it may hold only a host, a port and a path; a key belongs under auth")
	case u.Scheme == "https" || slices.Contains(allowed, hostPort(u)) || private(u.Hostname()):
		return nil
	}
	return fmt.Errorf("http would send the key in the open; use https, or allow this server with COUPLET_ALLOW_PRIVATE_HOSTS=%s", hostPort(u))
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return u.Host + map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
}

func private(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && (a.IsLoopback() || a.IsPrivate())
}

func (v *validator) flows(specs []FlowSpec) {
	var good []Flow
	for _, s := range specs {
		f, ok := v.flow(s)
		if !ok {
			continue
		}
		for _, p := range WritesConflict(good, f) {
			v.fail(s.LineOf(p.Field), "%s", p.Text)
		}
		good = append(good, f)
	}
}

func (v *validator) flow(s FlowSpec) (Flow, bool) {
	for side, name := range s.Connections {
		if _, ok := v.systems[name]; !ok && name != "" {
			v.fail(s.LineOf("connections."+string(rune('a'+side))), "connection %q is not in this file and does not exist; known: %s", name, strings.Join(slices.Sorted(maps.Keys(v.systems)), ", "))
		}
	}
	if s.Template == "" {
		return Flow{}, false
	}
	f, err := Resolve(s)
	if err != nil {
		v.fail(s.LineOf("template"), "%s", err)
		return Flow{}, false
	}
	for _, p := range f.Problems() {
		if p.Field == "name" && s.Name == "" {
			continue
		}
		v.fail(s.LineOf(p.Field), "%s", p.Text)
	}
	v.fits(s)
	return f, true
}

// fits checks that the accounts are of the systems that the template's map was written for, unless the file brings its
// own map.
func (v *validator) fits(s FlowSpec) {
	t, err := TemplateNamed(s.Template)
	if err != nil || s.Map != nil {
		return
	}
	for side, name := range s.Connections {
		if got := v.systems[name]; got != "" && got != t.Systems[side] {
			letter := string(rune('a' + side))
			v.fail(s.LineOf("connections."+letter), "the map of template %s has %s on side %s, and %s is of system %s; exchange a and b, or give a map of your own", t.ID, t.Systems[side], letter, name, got)
		}
	}
}
