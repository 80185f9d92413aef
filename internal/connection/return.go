package connection

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"time"

	"couplet/internal/connector"
)

// coming is how long taking an answer may last. It goes on when the person closes the page: the code works once.
const coming = 45 * time.Second

// Return takes the answer: it checks that the state is ours, fresh, unused and of the same session, user and address,
// exchanges the code, and finds out whose account it is. The tokens are kept sealed for ten minutes, and nothing is saved
// in a connection. Its error is a *Broken.
func (s *Service) Return(ctx context.Context, r Returned) (Pending, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), coming)
	defer cancel()
	c, err := s.taken(ctx, r)
	if err != nil {
		return Pending{}, err
	}
	p, err := s.receive(ctx, r, c)
	if err != nil {
		if _, e := s.Memory.DropConsent(ctx, c.Workspace, c.ID); e != nil {
			err = errors.Join(err, e)
		}
	}
	return p, err
}

// taken finds the consent that an answer belongs to, and hands it out once.
func (s *Service) taken(ctx context.Context, r Returned) (Consent, error) {
	state := hashed(r.State)
	if r.State == "" {
		var err error
		if state, err = s.onlyOne(ctx, r); err != nil {
			return Consent{}, err
		}
	}
	c, ok, err := s.Memory.TakeConsent(ctx, state, s.Now())
	if err != nil {
		return c, err
	}
	if !ok {
		return c, broken(Expired, Wish{}, "This answer was used already, or took longer than ten minutes. Nothing was saved. Connect the account again.", nil)
	}
	same := subtle.ConstantTimeCompare([]byte(c.Session), []byte(hashed(r.Session))) == 1 && c.User == r.User
	if !same || c.Body.Redirect != r.Redirect || r.Workspace != "" && r.Workspace != c.Workspace {
		// Somebody else's answer, or one that was sent to a person to make them connect a stranger's account.
		_, err := s.Memory.DropConsent(ctx, c.Workspace, c.ID)
		return c, broken(Foreign, Wish{}, "This answer belongs to another sign-in, or came back at another address than the one it was asked from. Nothing was saved. Connect the account again.", err)
	}
	return c, nil
}

// onlyOne finds the state of the one consent that a session has under way, for an answer that has lost its state, where
// the app allows that.
func (s *Service) onlyOne(ctx context.Context, r Returned) (string, error) {
	lost := broken(NoState, Wish{}, "The answer does not say which connection it belongs to, so it was not used. Nothing was saved. Connect the account again.", nil)
	if r.Session == "" {
		return "", lost
	}
	all, err := s.Memory.OpenConsents(ctx, hashed(r.Session), s.Now())
	if err != nil {
		return "", err
	}
	if len(all) != 1 {
		return "", lost
	}
	sys, err := s.system(all[0].System)
	if err != nil {
		return "", err
	}
	app, _, err := s.registry().app(ctx, all[0].Workspace, sys.Spec)
	if err != nil || !app.AllowMissingState {
		return "", lost
	}
	return all[0].State, nil
}

// receive exchanges the code of a consent and looks at what came of it.
func (s *Service) receive(ctx context.Context, r Returned, c Consent) (Pending, error) {
	sys, err := s.system(c.System)
	if err != nil {
		return Pending{}, err
	}
	w, name := c.wish(), sys.Spec.Name
	if r.Error != "" {
		return Pending{}, s.declined(r.Error, name, w)
	}
	if r.Code == "" {
		return Pending{}, broken(NotTaken, w, name+" sent you back without an answer. Nothing was saved. Connect the account again.", nil)
	}
	app, secret, err := s.registry().app(ctx, c.Workspace, sys.Spec)
	if err != nil {
		return Pending{}, broken(NotOffered, w, err.Error(), err)
	}
	from, err := app.issuer(sys.Spec, secret, c.Body.Params, issuer{http: s.HTTP, now: s.Now})
	if err != nil || from.client != c.Body.Client || from.tokenURL != c.Body.TokenURL || secret == "" {
		return Pending{}, broken(NotOffered, w, "The app for "+name+" was changed while you were away. Nothing was saved. Connect the account again.", err)
	}
	verifier := ""
	if len(c.Sealed) > 0 {
		owner, kind := ConsentSeal(c.ID)
		plain, err := s.Sealer.Open(c.Workspace, owner, kind, c.Sealed)
		if err != nil {
			return Pending{}, broken(Expired, w, "The key of this installation was changed while you were away. Nothing was saved. Connect the account again.", err)
		}
		verifier = string(plain)
	}
	answer, err := from.exchange(ctx, r.Code, c.Body.Redirect, verifier)
	if err != nil {
		return Pending{}, notExchanged(err, name, w)
	}
	t, err := tokensIn(answer, c.Body.Asked, s.Now())
	if err != nil {
		return Pending{}, broken(NotTaken, w, name+" gave an answer without a key. Nothing was saved. Connect the account again.", err)
	}
	t.Word, t.Client, t.TokenURL, t.Params = app.HeaderWord, from.client, from.tokenURL, sys.Spec.OAuth.TokenParams
	c.Body.Granted = t.Scopes
	if err := s.sortOut(ctx, sys, &c, &t, answer); err != nil {
		return Pending{}, notUsable(err, name, w)
	}
	if err := s.hold(ctx, &c, t); err != nil {
		return Pending{}, err
	}
	for param := range sys.Spec.OAuth.Account {
		named := c.Body.Params[param]
		if slices.ContainsFunc(c.Body.Locations, func(l connector.Identity) bool { return l.ID == named }) {
			return s.Choose(ctx, c.Workspace, r.Session, c.ID, named)
		}
	}
	return s.show(ctx, sys, c)
}

// sortOut tells an account's tokens from an agency's, and names what they are for.
func (s *Service) sortOut(ctx context.Context, sys System, c *Consent, t *tokens, answer map[string]any) error {
	o := sys.Spec.OAuth
	if o.Agency != nil {
		t.Agency = text(answer[o.Agency.ID])
		c.Body.Agency = t.Agency
	}
	if o.Agency != nil && sys.Agency != nil && t.Agency != "" && !fits(answer, o.Expect) && fits(answer, o.Agency.Expect) {
		t.Params = o.Agency.TokenParams
		return s.listAgency(ctx, sys, c, *t)
	}
	if !fits(answer, o.Expect) {
		return &connector.Error{Kind: connector.Forbidden, Message: sys.Spec.Name + " gave a key of another kind than the one that was asked for."}
	}
	for param, key := range o.Account {
		if value := text(answer[key]); value != "" {
			if was := c.Body.Params[param]; was != "" && was != value && c.Connection == "" {
				return &connector.Error{Kind: connector.Forbidden, Message: "You agreed for another account (" + value + ") than the one you had named (" + was + ")."}
			}
			c.Body.Params = merged(c.Body.Params, map[string]string{param: value})
		}
	}
	return s.identify(ctx, sys, c, t)
}

// hold keeps the tokens sealed in the consent until the person has looked.
func (s *Service) hold(ctx context.Context, c *Consent, t any) error {
	owner, kind := ConsentSeal(c.ID)
	sealed, err := seal(s.Sealer, c.Workspace, owner, kind, t)
	if err != nil {
		return err
	}
	c.Status, c.Sealed, c.Expires = ConsentBack, sealed, s.Now().Add(consentLife)
	return s.Memory.SaveConsent(ctx, c.Workspace, *c, s.Now())
}

// declined says what an answer with an error means.
func (s *Service) declined(code, name string, w Wish) *Broken {
	switch code {
	case "access_denied":
		return broken(Denied, w, "You, or "+name+", said no, so nothing was connected and nothing was saved. You can connect the account again whenever you like.", nil)
	case "server_error", "temporarily_unavailable":
		return broken(Unanswered, w, name+" had a problem of its own. Nothing was saved. Try again in a few minutes.", nil)
	case "invalid_scope":
		return broken(NotTaken, w, name+" does not let the app ask for one of its scopes. Add the scopes to the app where it is registered, then connect again.", nil)
	}
	return broken(NotTaken, w, name+" refused the question that Couplet asked. Check the client ID, the redirect address and the scopes of the app where it is registered, then connect again.", nil)
}

// notExchanged says what a code that was not exchanged means.
func notExchanged(err error, name string, w Wish) *Broken {
	switch {
	case errors.Is(err, errClient):
		return broken(NotOffered, w, err.Error()+" Nothing was saved.", err)
	case connector.KindOf(err) == connector.Unauthorized:
		return broken(NotTaken, w, name+" did not take the code that it had given. A code works once and for a short time, so this page may have been loaded twice; or the client secret of the app is wrong. Nothing was saved. Connect the account again.", err)
	case errors.Is(err, errLost):
		return broken(Unanswered, w, name+" did not answer in time. Nothing was saved. Connect the account again.", err)
	}
	return broken(Unanswered, w, err.Error()+" Nothing was saved.", err)
}

// notUsable says why tokens that were given are of no use.
func notUsable(err error, name string, w Wish) *Broken {
	switch connector.KindOf(err) {
	case connector.Temporary, connector.RateLimited, connector.Unknown:
		return broken(Unanswered, w, err.Error()+" Nothing was saved. Connect the account again.", err)
	case connector.Unauthorized:
		return broken(NotTaken, w, name+" gave a key that its own API does not take for this account. Check the account that you named and the settings of the app. Nothing was saved.", err)
	}
	return broken(NotTaken, w, err.Error()+" Nothing was saved.", err)
}

// wish is what a consent was begun for.
func (c Consent) wish() Wish {
	b := c.Body
	return Wish{Workspace: c.Workspace, User: c.User, Connection: c.Connection, System: c.System, Name: b.Name, Params: b.Params, BaseURL: b.BaseURL,
		PerSecond: b.PerSecond, For: slices.Clone(b.For), Redirect: b.Redirect, Back: b.Back}
}
