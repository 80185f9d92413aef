package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/templates"
)

// The two ways to connect an account, as addresses say them.
const (
	wayConsent = "consent"
	wayKey     = "key"
)

// which asks which system the next account is of.
func (s *Server) which(c echo.Context) error {
	var list []templates.System
	for _, spec := range s.specs() {
		list = append(list, systemOf(spec, ""))
	}
	return page(c, http.StatusOK, templates.WhichSystem(frame(c, "Connect an account", "connections"), list))
}

// specs are the known systems, in a fixed order.
func (s *Server) specs() []*connector.Spec {
	var out []*connector.Spec
	for _, known := range s.o.Connect.Systems {
		out = append(out, known.Spec)
	}
	slices.SortFunc(out, func(a, b *connector.Spec) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// connectPage shows where an account is connected, whichever address it has.
func (s *Server) connectPage(c echo.Context) error {
	p, err := s.spotAt(c.Request().Context(), ws(c), c.Request().URL.RequestURI())
	if err != nil {
		return err
	}
	return s.showSpot(c, http.StatusOK, p, c.QueryParams(), refusal{})
}

// refusal is what was wrong with what was typed: with fields by name, or with the whole.
type refusal struct {
	fields map[string]string
	whole  string
}

// showSpot shows a spot with what was typed there, and what was wrong with it.
func (s *Server) showSpot(c echo.Context, status int, p spot, typed url.Values, wrong refusal) error {
	ctx := c.Request().Context()
	offer, err := s.o.Connect.Offer(ctx, ws(c), p.spec.ID)
	if err != nil {
		return err
	}
	needs, purpose, err := s.needs(ctx, ws(c), p)
	if err != nil {
		return err
	}
	v := templates.Connect{System: systemOf(p.spec, ""), Here: p.here(), Back: p.back(), Purpose: purpose, Link: s.public(c) + p.here()}
	active := "connections"
	if p.side >= 0 {
		active = "flows"
		top := p.journey.top(p.side)
		v.Way = &top
		s.pickable(p, &v)
	}
	if p.again != nil {
		v.Again, v.Problem = p.again.Name, sentence(p.again.Problem)
	}
	if p.spec.OAuth != nil {
		v.ConsentHere, v.KeyHere = p.showing(wayConsent, nil), p.showing(wayKey, nil)
		v.Documented = documented(p.spec.Name, offer)
	}
	v.ByConsent = s.byConsent(p, offer, typed.Get("way"))
	if v.ByConsent {
		if err := s.consentWay(c, p, offer, typed, &v); err != nil {
			return err
		}
	} else {
		if status == http.StatusOK { // an address that came with a link is nobody's wish
			typed.Del("base_url")
		}
		v.Key = s.keyForm(p, typed, wrong)
	}
	if v.Asked, v.Later, err = s.permissions(ctx, ws(c), p.spec, needs, v.ByConsent); err != nil {
		return err
	}
	v.Frame = frame(c, "Connect "+p.spec.Name, active)
	return page(c, status, templates.ConnectPage(v))
}

// byConsent decides which way is shown first: what the address says, else that by which the connection was made, else
// consent where it was set up. Whoever set it up did so to have it used, also where the vendor documents only the key.
func (s *Server) byConsent(p spot, offer connection.Offer, way string) bool {
	switch {
	case p.spec.OAuth == nil || way == wayKey:
		return false
	case way == wayConsent || !offer.Key:
		return true
	case p.again != nil && p.again.AuthKind == connection.KindToken:
		return false
	case p.again != nil && p.again.AuthKind == connection.KindConsent:
		return true
	}
	return offer.Consent
}

// documented says what the vendor itself says about the two ways, "" where it documents both. It stands on both.
func documented(system string, offer connection.Offer) string {
	switch {
	case !offer.Undocumented:
		return ""
	case offer.Consent:
		return system + " documents only the key and publishes no consent for its API. Consent goes to the addresses that were set up for it here."
	}
	return system + " documents only the key and publishes no consent for its API."
}

// pickable lists the stored accounts that a step can be done with.
func (s *Server) pickable(p spot, v *templates.Connect) {
	if c := p.journey.conns[p.side]; c != nil {
		v.Chosen, v.On = c.Name, p.journey.at("")
	}
	for _, c := range p.journey.stored {
		if c.System != p.spec.ID || c.ID == p.journey.Conns[p.side] {
			continue
		}
		a := templates.StoredAccount{Name: c.Name, Href: p.onward(c.ID), Mend: "/connections/" + c.ID + "/key"}
		if name := accountOf(c); name != c.Name {
			a.Account = name
		}
		if c.State != connection.OK {
			a.Problem = cmp.Or(sentence(c.Problem), "It has to be connected again.")
		}
		v.Stored = append(v.Stored, a)
	}
}

// keyForm is the form for a pasted key. The key itself never comes back to the page.
func (s *Server) keyForm(p spot, typed url.Values, wrong refusal) templates.KeyForm {
	look := "/connect/" + p.spec.ID + "/look/"
	k := templates.KeyForm{Problem: wrong.whole}
	for _, cred := range p.spec.Credentials {
		if cred.Kind == connection.KindToken {
			k.Label, k.Help, k.Steps, k.Looks = cred.Label, cred.Help, cred.Steps, cred.Looks
		}
	}
	k.Key = templates.Typed{Name: "key", Label: k.Label, Help: templates.Capital(k.Looks) + ".", Error: wrong.fields["key"], Check: look + "key"}
	if k.Key.Error == "" && (wrong.whole != "" || len(wrong.fields) > 0) {
		k.Key.Help += " For safety it is not sent back to the page: paste it once more."
	}
	k.Fields = s.accountFields(p, p.spec.Params, typed, wrong)
	k.Address = s.addressField(p, typed, wrong)
	k.OpenAddress = k.Address.Value != "" || k.Address.Error != ""
	return k
}

// accountFields ask for what names an account, with what was typed, or what is known of the connection.
func (s *Server) accountFields(p spot, params []connector.Param, typed url.Values, wrong refusal) (list []templates.Typed) {
	for _, x := range params {
		value := s.nameOf(p, x.Name, typed)
		list = append(list, templates.Typed{Name: x.Name, Label: x.Label, Help: x.Help, Example: x.Example, Value: value, Error: wrong.fields[x.Name],
			Check: "/connect/" + p.spec.ID + "/look/" + x.Name})
	}
	return list
}

// nameOf is one of the values that name an account: what was typed, else what is known of the connection, else what the
// installation says.
func (s *Server) nameOf(p spot, field string, typed url.Values) string {
	switch {
	case typed.Get(field) != "":
		return typed.Get(field)
	case p.again != nil:
		return p.again.Params[field]
	case typed.Has(field):
		return ""
	}
	return s.o.Accounts[p.spec.ID][field]
}

// addressField asks for the address of the API, for those whose account is somewhere else than at the vendor's.
func (s *Server) addressField(p spot, typed url.Values, wrong refusal) templates.Typed {
	value := typed.Get("base_url")
	if value == "" && p.again != nil {
		value = p.again.BaseURL
	}
	f := templates.Typed{Name: "base_url", Label: "Address of the API", Value: value, Error: wrong.fields["base_url"],
		Help: "Leave it empty for the one that " + p.spec.Name + " publishes. It must begin with https://."}
	if base := s.o.Bases[p.spec.ID]; base != "" {
		f.Help = "Leave it empty for " + base + ", which this server was started with."
	}
	return f
}

// permissions says what is asked for and what is not. Consent that a vendor does not publish has no names of its own here:
// what its app asks for is set with it.
func (s *Server) permissions(ctx context.Context, ws string, spec *connector.Spec, needs []connector.Need, consent bool) (asked, later []templates.Permission, err error) {
	scopes := spec.ScopesFor(needs...)
	if consent {
		app, err := s.o.Connect.App(ctx, ws, spec.ID)
		if err != nil {
			return nil, nil, err
		}
		if len(app.Scopes) > 0 {
			scopes = spec.ScopesNamed(app.Scopes...)
		}
	}
	for _, x := range scopes {
		asked = append(asked, permission(x, needs))
	}
	for _, x := range spec.Scopes {
		if len(x.For) > 0 && !slices.ContainsFunc(scopes, func(y connector.Scope) bool { return y.Name == x.Name }) {
			q := permission(x, nil)
			q.Reason = notNow(x)
			later = append(later, q)
		}
	}
	return asked, later, nil
}

// reasons say why a permission is needed, and icons draw it, by the first need that asks for it.
var (
	reasons = map[connector.Need]string{
		connector.ToRead:       "Needed to see what is there and what changed.",
		connector.ToWrite:      "Needed because a flow that keeps both sides the same writes here too.",
		connector.ToMakeFields: "Needed so that a record carries the reference of its partner and is never made twice.",
		connector.ToHear:       "Needed to be told of changes within seconds.",
		connector.ToInstall:    "Needed only to connect a whole agency.",
	}
	needIcons = map[connector.Need]string{connector.ToRead: "file-search", connector.ToWrite: "pencil", connector.ToMakeFields: "fingerprint",
		connector.ToHear: "radio", connector.ToInstall: "building-2"}
)

// permission is a scope in words: what it allows, and why it is needed.
func permission(x connector.Scope, needs []connector.Need) templates.Permission {
	q := templates.Permission{Words: templates.Capital(cmp.Or(x.Why, x.Name)), Name: x.Name, Icon: "key-round"}
	for _, need := range connector.Needs {
		if slices.Contains(x.For, need) && (needs == nil || slices.Contains(needs, need)) {
			q.Reason, q.Icon = reasons[need], needIcons[need]
			break
		}
	}
	if slices.Contains(needs, connector.Using(x.Name)) && q.Reason == "" {
		q.Reason = "Needed for a step of an automation, or for what sets it off."
	}
	return q
}

// notNow says when a permission would be asked for that is not.
func notNow(x connector.Scope) string {
	switch {
	case slices.Contains(x.For, connector.ToInstall):
		return "Asked for only when you connect a whole agency."
	}
	return "Asked for when you make a flow that needs it."
}

// public is the address at which people reach this web app: as the installation says, else as this request came.
func (s *Server) public(c echo.Context) string {
	if s.o.PublicURL != nil {
		return strings.TrimRight(s.o.PublicURL.String(), "/")
	}
	return c.Scheme() + "://" + c.Request().Host
}
