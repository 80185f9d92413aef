package web

import (
	"cmp"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/templates"
)

const (
	// returnPath is where a system sends people back to; it is registered there.
	returnPath = "/connect/return"
	// backCookie remembers where a consent was begun, for an answer of which nothing else is known. It holds a path of ours.
	backCookie = "couplet_consent"
)

// consentWay shows the way by consent: the link that leads to the system, or what is missing.
func (s *Server) consentWay(c echo.Context, p spot, offer connection.Offer, typed url.Values, v *templates.Connect) error {
	ctx := c.Request().Context()
	app, err := s.o.Connect.App(ctx, ws(c), p.spec.ID)
	if err != nil {
		return err
	}
	way := &v.Consent
	way.Why, way.App, way.Owner = offer.Why, app.ClientID, may(visitorOf(c).Role, owner)
	if way.Why != "" && !way.Owner {
		way.Why += " An owner of this workspace sets up the app."
	}
	way.AppHref = address("/apps/"+p.spec.ID, url.Values{"back": {p.showing(wayConsent, nil)}})
	if !offer.Consent {
		return nil
	}
	q := url.Values{"back": {p.here()}}
	ready := true
	var ask []connector.Param
	for _, x := range p.spec.Params {
		if _, told := p.spec.OAuth.Account[x.Name]; told {
			continue // the answer says it
		}
		ask = append(ask, x)
	}
	wrong := refusal{fields: map[string]string{}}
	for _, x := range ask {
		value := s.nameOf(p, x.Name, typed)
		q.Set(x.Name, value)
		f := s.lookAt(p.spec, x.Name, value)
		ready = ready && f.Error == ""
		if typed.Has(x.Name) {
			wrong.fields[x.Name] = f.Error
		}
	}
	way.Fields = s.accountFields(p, ask, typed, wrong)
	for i := range way.Fields {
		if f := s.lookAt(p.spec, way.Fields[i].Name, way.Fields[i].Value); f.Error == "" {
			way.Fields[i].OK = f.OK
		}
	}
	if len(ask) > 0 { // else there is no form, and nobody sees an address that came with a link
		way.Address = s.addressField(p, typed, wrong)
		s.withAddress(c, q, p.spec.ID, typed.Get("base_url"))
	}
	if !ready {
		return nil
	}
	way.Start = address("/connect/"+p.spec.ID+"/start", q)
	if a := p.spec.OAuth.Agency; a != nil && offer.Agency && p.again == nil {
		q.Set("agency", "1")
		way.AgencyStart, way.AgencyOne, way.AgencyMany = address("/connect/"+p.spec.ID+"/start", q), a.One, a.Many
		for _, x := range p.spec.ScopesFor(connector.ToInstall) {
			way.AgencyAsked = append(way.AgencyAsked, permission(x, []connector.Need{connector.ToInstall}))
		}
	}
	return nil
}

// withAddress adds the address of the API to the query of a link that begins a consent. The new key goes there before
// anything is asked, so the link proves that it stood on a page of this session: one that a stranger made does nothing.
func (s *Server) withAddress(c echo.Context, q url.Values, system, base string) {
	if base != "" {
		q.Set("base_url", base)
		q.Set("proof", s.addressProof(c, system, base))
	}
}

func (s *Server) addressProof(c echo.Context, system, base string) string {
	return hex.EncodeToString(s.keyed("address of the API", visitorOf(c).Session, system, base))
}

// startConsent sends a person to the system. It is a plain link: a form that ends on another site would be refused by
// our own policy. All it stores is a state that is forgotten by itself.
func (s *Server) startConsent(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.spotAt(ctx, ws(c), c.QueryParam("back"))
	if err != nil {
		return err
	}
	if p.spec.ID != c.Param("system") {
		return &Error{Status: http.StatusNotFound}
	}
	v := visitorOf(c)
	base := c.QueryParam("base_url")
	if base != "" && base != s.o.Bases[p.spec.ID] && !hmac.Equal([]byte(c.QueryParam("proof")), []byte(s.addressProof(c, p.spec.ID, base))) {
		return &Error{Status: http.StatusUnprocessableEntity, Text: "This link names another address of the API for " + p.spec.Name +
			", to which a new key would be sent, and it was not made on a page of yours. Nothing was asked. Go to Connections, connect the account there, and give the address yourself if it is right."}
	}
	w := connection.Wish{Workspace: v.Workspace.ID, User: v.User.ID, Session: v.Session, System: p.spec.ID, Params: map[string]string{},
		BaseURL: s.baseOf(p, base), Redirect: s.public(c) + returnPath, Back: p.here()}
	if p.again != nil {
		w.Connection = p.again.ID
	}
	for _, x := range p.spec.Params {
		if value := c.QueryParam(x.Name); value != "" {
			w.Params[x.Name] = value
		}
	}
	if w.For, _, err = s.needs(ctx, ws(c), p); err != nil {
		return err
	}
	if c.QueryParam("agency") == "1" {
		w.For = append(w.For, connector.ToInstall)
	}
	to, err := s.o.Connect.Begin(ctx, w)
	if err != nil {
		return s.cameToNothing(c, err)
	}
	c.SetCookie(&http.Cookie{Name: backCookie, Value: url.QueryEscape(p.here()), Path: "/connect", MaxAge: 900, HttpOnly: true,
		Secure: s.o.PublicURL != nil && s.o.PublicURL.Scheme == "https", SameSite: http.SameSiteLaxMode})
	return c.Redirect(http.StatusSeeOther, to)
}

// consentReturned takes the answer that came with the browser.
func (s *Server) consentReturned(c echo.Context) error {
	v := visitorOf(c)
	pending, err := s.o.Connect.Return(connector.As(c.Request().Context(), connector.Interactive), connection.Returned{
		Session: v.Session, User: v.User.ID, Workspace: v.Workspace.ID, Redirect: s.public(c) + returnPath,
		State: c.QueryParam("state"), Code: c.QueryParam("code"), Error: c.QueryParam("error")})
	if err != nil {
		return s.cameToNothing(c, err)
	}
	return redirect(c, "/connect/pending/"+url.PathEscape(pending.ID))
}

// pendingConsent names the account of a consent and asks.
func (s *Server) pendingConsent(c echo.Context) error {
	v := visitorOf(c)
	pending, err := s.o.Connect.Pending(c.Request().Context(), ws(c), v.Session, c.Param("id"))
	if err != nil {
		return s.cameToNothing(c, err)
	}
	return s.showPending(c, http.StatusOK, pending, "")
}

// decideConsent does what the person said about a consent.
func (s *Server) decideConsent(c echo.Context) error {
	ctx := connector.As(c.Request().Context(), connector.Interactive)
	session, id := visitorOf(c).Session, c.Param("id")
	pending, err := s.o.Connect.Pending(ctx, ws(c), session, id)
	if err != nil {
		return s.cameToNothing(c, err)
	}
	var conn connection.Connection
	switch c.FormValue("do") {
	case "decline":
		if err := s.o.Connect.Decline(ctx, ws(c), session, id); err != nil {
			return s.cameToNothing(c, err)
		}
		return s.sayAndGo(c, "Nothing was connected, and nothing of the answer was kept.", false, inside(pending.Back, "/connections"))
	case "choose":
		if pending, err = s.o.Connect.Choose(ctx, ws(c), session, id, c.FormValue("location")); err != nil {
			break
		}
		return redirect(c, "/connect/pending/"+url.PathEscape(id))
	case "new":
		conn, err = s.o.Connect.AcceptNew(ctx, ws(c), session, id, "")
	default:
		conn, err = s.o.Connect.Accept(ctx, ws(c), session, id)
	}
	if err != nil {
		return s.notDecided(c, err)
	}
	if err := s.connectedBy(c, conn); err != nil {
		return err
	}
	if err := s.sayConnected(c, conn, pending.Withheld); err != nil {
		return err
	}
	to := "/connections/" + conn.ID
	if p, err := s.spotAt(ctx, ws(c), pending.Back); err == nil {
		to = p.onward(conn.ID)
	}
	return redirect(c, to)
}

// notDecided shows the question again with what was wrong, while the consent is still there.
func (s *Server) notDecided(c echo.Context, err error) error {
	var b *connection.Broken
	if errors.As(err, &b) && b.Reason != connection.Expired {
		if pending, e := s.o.Connect.Pending(c.Request().Context(), ws(c), visitorOf(c).Session, c.Param("id")); e == nil {
			return s.showPending(c, http.StatusUnprocessableEntity, pending, b.Message)
		}
	}
	return s.cameToNothing(c, err)
}

func (s *Server) showPending(c echo.Context, status int, p connection.Pending, problem string) error {
	known, ok := s.o.Connect.Systems[p.System]
	if !ok {
		return &Error{Status: http.StatusNotFound}
	}
	clock, err := s.clock(c.Request().Context(), ws(c))
	if err != nil {
		return err
	}
	v := templates.Consented{Frame: frame(c, "Connect "+known.Spec.Name, "connections"), System: systemOf(known.Spec, ""), ID: p.ID, Name: p.Name,
		Account: cmp.Or(p.Account.Name, p.Account.ID), Twin: p.Twin, Chosen: p.Chosen, Until: clock.Until(p.Expires), Problem: problem}
	if at, err := s.spotAt(c.Request().Context(), ws(c), p.Back); err == nil && at.side >= 0 {
		top := at.journey.top(at.side)
		v.Way, v.Frame.Active = &top, "flows"
	}
	for _, f := range []templates.Choice{{ID: idLabel(known.Spec), Name: p.Account.ID}, {ID: "Country", Name: p.Account.Region},
		{ID: "Time zone", Name: p.Account.Zone}, {ID: "Connection", Name: p.Name}} {
		if f.Name != "" && f.Name != v.Account {
			v.Facts = append(v.Facts, f)
		}
	}
	if p.OtherAccount {
		v.Was = cmp.Or(p.Was.Name, cmp.Or(p.Was.ID, "another account"))
	}
	for _, x := range p.Granted {
		v.Granted = append(v.Granted, permission(x, nil))
	}
	for _, x := range p.Withheld {
		v.Withheld = append(v.Withheld, permission(x, nil))
	}
	if a := agencyOf(known.Spec); a != nil {
		v.Agency, v.AgencyID, v.AgencyOne, v.AgencyMany = cmp.Or(p.Agency.Name, "Your agency"), p.Agency.ID, a.One, a.Many
		for _, l := range p.Locations {
			v.Locations = append(v.Locations, templates.Location{ID: l.ID, Name: cmp.Or(l.Name, l.ID), Detail: l.ID})
		}
	}
	return page(c, status, templates.ConsentedPage(v))
}

// idLabel is what a system calls the id of an account.
func idLabel(spec *connector.Spec) string {
	if len(spec.Params) == 1 {
		return spec.Params[0].Label
	}
	return "Account"
}

func agencyOf(spec *connector.Spec) *connector.AgencySpec {
	if spec.OAuth == nil {
		return nil
	}
	return spec.OAuth.Agency
}

// titles head the page of a consent that came to nothing.
var titles = map[connection.Reason]string{
	connection.Denied:       "You said no, so nothing was connected",
	connection.Expired:      "That took too long, or was done already",
	connection.Foreign:      "This answer is not for you here",
	connection.NoState:      "This answer belongs to nothing",
	connection.NotTaken:     "The system did not take it",
	connection.Unanswered:   "The system did not answer",
	connection.NotOffered:   "Consent is not set up yet",
	connection.WrongAccount: "This is another account",
	connection.Incomplete:   "One choice is missing",
}

// cameToNothing shows why a consent came to nothing, with the way back to the step it was begun from.
func (s *Server) cameToNothing(c echo.Context, err error) error {
	var b *connection.Broken
	if !errors.As(err, &b) {
		return err
	}
	if b.Err != nil {
		s.o.Log.Info("a consent came to nothing", "reason", string(b.Reason), "error", b.Err, "request", numberOf(c))
	}
	v := templates.Broken{Title: titles[b.Reason], Text: b.Message}
	if v.Title == "" {
		v.Title = "Nothing was connected"
	}
	back := b.Wish.Back
	if cookie, err := c.Cookie(backCookie); back == "" && err == nil {
		back, _ = url.QueryUnescape(cookie.Value)
	}
	if p, err := s.spotAt(c.Request().Context(), ws(c), back); err == nil {
		v.System, v.Back = systemOf(p.spec, ""), p.showing(wayConsent, nil)
		if b.Reason != connection.NotOffered {
			q := url.Values{"back": {p.here()}}
			for name, value := range b.Wish.Params {
				q.Set(name, value)
			}
			s.withAddress(c, q, p.spec.ID, b.Wish.BaseURL)
			v.Again, v.AgainText = address("/connect/"+p.spec.ID+"/start", q), "Ask "+p.spec.Name+" again"
		}
	}
	v.Frame = frame(c, v.Title, "connections")
	return page(c, http.StatusUnprocessableEntity, templates.BrokenPage(v))
}
