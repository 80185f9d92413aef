package connection

import (
	"bytes"
	"context"
	"errors"

	"couplet/internal/connector"
)

// next asks the system for the tokens after those.
func (u use) next(ctx context.Context, h *holder, was tokens) (tokens, error) {
	if u.c.AuthKind == KindClient {
		return u.nextOwn(ctx, was)
	}
	from, err := u.issuer(ctx, was)
	if err != nil {
		return tokens{}, err
	}
	if was.Refresh == "" && !was.Minted {
		return tokens{}, &connector.Error{Kind: connector.Unauthorized, Message: "The key has ended."}
	}
	if was.Refresh != "" {
		answer, err := from.again(ctx, h, func() (map[string]any, error) { return from.refresh(ctx, was.Refresh, was.Params) })
		if err == nil || !was.Minted || connector.KindOf(err) != connector.Unauthorized {
			return follow(answer, err, was, from)
		}
	}
	return u.nextMinted(ctx, was, from)
}

// follow makes the tokens of an answer that come after those.
func follow(answer map[string]any, err error, was tokens, from issuer) (tokens, error) {
	if err != nil {
		return tokens{}, err
	}
	t, err := tokensIn(answer, was.Scopes, from.now())
	if err != nil {
		return t, from.lost(0)
	}
	if t.Refresh == "" {
		t.Refresh = was.Refresh
	}
	t.Word, t.Client, t.TokenURL, t.Params = was.Word, was.Client, was.TokenURL, was.Params
	t.Agency, t.Minted, t.Account = was.Agency, was.Minted, was.Account
	return t, nil
}

// again sends a request whose answer may be lost, and sends it once more at once if it was.
func (i issuer) again(ctx context.Context, h *holder, send func() (map[string]any, error)) (map[string]any, error) {
	for n := 1; ; n++ {
		if ok, err := h.take(ctx); err != nil || !ok {
			return nil, errors.Join(err, i.lost(0))
		}
		answer, err := send()
		if !errors.Is(err, errLost) || n == tries || ctx.Err() != nil {
			return answer, err
		}
		if n > 1 && pause(ctx, 10*asking) != nil {
			return nil, err
		}
	}
}

// issuer is who renews these tokens: the app that they came from, at the address that they came from, or nobody.
func (u use) issuer(ctx context.Context, t tokens) (issuer, error) {
	app, secret, err := registry{u.p.Memory, u.p.Sealer, u.p.Apps}.app(ctx, u.c.Workspace, u.sys.Spec)
	if err != nil {
		return issuer{}, err
	}
	from, err := app.issuer(u.sys.Spec, secret, u.c.Params, issuer{http: u.p.HTTP, now: u.p.Now})
	if err != nil || from.client != t.Client || from.tokenURL != t.TokenURL || secret == "" {
		return from, &connector.Error{Kind: connector.Unauthorized, Err: errRebound, Message: appChanged(u.sys.Spec)}
	}
	return from, nil
}

// nextOwn gets tokens with an app's own id and secret, which go only to the address that they were given for.
func (u use) nextOwn(ctx context.Context, was tokens) (tokens, error) {
	sealed, err := u.p.Secrets.Secret(ctx, u.c.Workspace, u.c.ID, SecretClient)
	if err != nil {
		return tokens{}, err
	}
	var own clientOf
	if len(sealed) == 0 {
		return tokens{}, noKey(u.c, u.sys.Spec)
	}
	if err := unseal(u.p.Sealer, u.c.Workspace, u.c.ID, SecretClient, sealed, &own); err != nil {
		return tokens{}, u.unreadable(err)
	}
	from := issuer{spec: u.sys.Spec, http: u.p.HTTP, now: u.p.Now, client: own.ID, secret: own.Secret, tokenURL: own.TokenURL}
	return from.forItself(ctx, own.Scopes, was.Word)
}

// forItself gets tokens for the app itself.
func (i issuer) forItself(ctx context.Context, scopes []string, word string) (tokens, error) {
	answer, err := i.own(ctx, scopes, i.spec.OAuth.TokenParams)
	if err != nil {
		return tokens{}, err
	}
	return follow(answer, nil, tokens{Scopes: scopes, Word: word, Client: i.client, TokenURL: i.tokenURL}, i)
}

// nextMinted makes the tokens of an account again from those of its agency.
func (u use) nextMinted(ctx context.Context, was tokens, from issuer) (tokens, error) {
	whole, err := u.whole(ctx, was, from, "")
	if err != nil {
		return tokens{}, err
	}
	t, err := u.mint(ctx, whole, was.Account)
	if connector.KindOf(err) == connector.Unauthorized { // ended early; once
		if whole, err = u.whole(ctx, was, from, whole.Access); err != nil {
			return tokens{}, err
		}
		t, err = u.mint(ctx, whole, was.Account)
	}
	if connector.KindOf(err) == connector.Forbidden || connector.KindOf(err) == connector.Invalid {
		// The app is no longer installed there: as good as a key that was withdrawn.
		return t, &connector.Error{Kind: connector.Unauthorized, Message: err.Error(), Err: err}
	}
	return t, err
}

func (u use) mint(ctx context.Context, whole tokens, account string) (tokens, error) {
	a, err := u.sys.Agency(connector.Account{BaseURL: u.c.BaseURL, HTTP: u.p.HTTP, Budget: u.e.budget, Now: u.p.Now, Scheme: whole.Word, Issued: true,
		Token: func(context.Context) (string, error) { return whole.Access, nil }}, whole.Agency, appID(u.sys.Spec, whole.Client))
	if err != nil {
		return tokens{}, err
	}
	return mint(ctx, a, u.sys.Spec, whole, account, u.p.Now)
}

// whole returns the tokens of the agency, renewed if they are near their end or refused. All connections of the agency
// share them, in all processes.
func (u use) whole(ctx context.Context, t tokens, from issuer, refused string) (tokens, error) {
	owner, kind := AgencySeal(u.c.System, t.Agency)
	for {
		sealed, err := u.p.Memory.AgencyTokens(ctx, u.c.Workspace, u.c.System, t.Agency)
		if err != nil {
			return tokens{}, err
		}
		if len(sealed) == 0 || u.sys.Agency == nil {
			return tokens{}, &connector.Error{Kind: connector.Unauthorized, Message: "The key of the agency is not stored any more."}
		}
		var whole tokens
		if err := unseal(u.p.Sealer, u.c.Workspace, owner, kind, sealed, &whole); err != nil {
			return tokens{}, u.unreadable(err)
		}
		if whole.Access != refused && !whole.stale(u.p.Now(), ahead(u.sys.Spec)) {
			return whole, nil
		}
		if whole.Client != from.client || whole.TokenURL != from.tokenURL {
			return tokens{}, &connector.Error{Kind: connector.Unauthorized, Err: errRebound, Message: appChanged(u.sys.Spec)}
		}
		h := u.p.hold(u.c.Workspace, owner)
		switch ok, err := h.take(ctx); {
		case err != nil:
			return tokens{}, err
		case ok:
			next, again, err := u.nextWhole(ctx, h, whole, sealed, from)
			h.let(ctx)
			if !again {
				return next, err
			}
		}
		if err := pause(ctx, asking); err != nil {
			return tokens{}, from.lost(0)
		}
	}
}

// nextWhole renews the tokens of an agency and stores them before they are used.
func (u use) nextWhole(ctx context.Context, h *holder, was tokens, sealed []byte, from issuer) (t tokens, again bool, err error) {
	now, err := u.p.Memory.AgencyTokens(ctx, u.c.Workspace, u.c.System, was.Agency)
	if err != nil || !bytes.Equal(now, sealed) {
		return t, err == nil, err
	}
	answer, err := from.again(ctx, h, func() (map[string]any, error) { return from.refresh(ctx, was.Refresh, was.Params) })
	if t, err = follow(answer, err, was, from); err != nil {
		return t, false, err
	}
	owner, kind := AgencySeal(u.c.System, was.Agency)
	is, err := seal(u.p.Sealer, u.c.Workspace, owner, kind, t)
	if err != nil {
		return t, false, err
	}
	for range tries { // what came cannot be got again
		ok, e := u.p.Memory.SaveAgencyTokens(ctx, u.c.Workspace, u.c.System, was.Agency, sealed, is)
		if err = e; err == nil {
			return t, !ok, nil
		}
		if pause(ctx, 4*asking) != nil {
			break
		}
	}
	return t, false, err
}
