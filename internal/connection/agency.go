package connection

import (
	"context"
	"regexp"
	"slices"
	"time"

	"couplet/internal/connector"
)

// heldTokens is what a consent holds after a choice: the account's tokens, and those of the whole agency.
type heldTokens struct {
	tokens
	Whole *tokens `json:"whole,omitempty"`
}

// appID is the id that the system's calls give the app of a client.
func appID(spec *connector.Spec, client string) string {
	if spec.OAuth == nil || spec.OAuth.AppID == "" {
		return client
	}
	re, err := regexp.Compile(spec.OAuth.AppID)
	if err != nil {
		return client
	}
	return re.FindString(client)
}

// agencyOf reaches the accounts of an agency with its tokens.
func (s *Service) agencyOf(sys System, c Connection, t tokens) (connector.Agency, error) {
	acc := s.account(trial{sys: sys, key: t.Access, word: t.Word, issued: true, base: c.BaseURL, perSecond: c.PerSecond, id: c.ID})
	return sys.Agency(acc, t.Agency, appID(sys.Spec, t.Client))
}

// listAgency reads which accounts of an agency there are to choose from. When the person had named one of them, or
// connects one again, that one is chosen.
func (s *Service) listAgency(ctx context.Context, sys System, c *Consent, t tokens) error {
	a, err := s.agencyOf(sys, Connection{ID: c.Connection, BaseURL: c.Body.BaseURL, PerSecond: c.Body.PerSecond}, t)
	if err != nil {
		return err
	}
	all, err := a.Accounts(ctx)
	if connector.KindOf(err) == connector.Forbidden {
		return &connector.Error{Kind: connector.Forbidden, Err: err, Message: "You agreed for a whole agency, and the app may not list its " + sys.Spec.OAuth.Agency.Many +
			". Connect again and pick the " + sys.Spec.OAuth.Agency.One + " on the consent page, or say that you connect an agency."}
	}
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return &connector.Error{Kind: connector.Forbidden, Message: "You agreed for a whole agency, and the app is installed in none of its " + sys.Spec.OAuth.Agency.Many +
			". Install it in one, or connect again and pick one on the consent page."}
	}
	c.Body.Locations = all
	return nil
}

// Choose picks one account of an agency (Pending.Locations), gets a credential for it and names it.
func (s *Service) Choose(ctx context.Context, workspace, session, id, location string) (Pending, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), coming)
	defer cancel()
	c, sys, err := s.waiting(ctx, workspace, session, id)
	if err != nil {
		return Pending{}, err
	}
	if !slices.ContainsFunc(c.Body.Locations, func(l connector.Identity) bool { return l.ID == location }) {
		return Pending{}, broken(Incomplete, c.wish(), "This "+agencyWord(sys.Spec)+" is not among those that you agreed for. Choose one of the list.", nil)
	}
	var held heldTokens
	owner, kind := ConsentSeal(c.ID)
	if err := unseal(s.Sealer, workspace, owner, kind, c.Sealed, &held); err != nil {
		return Pending{}, broken(Expired, c.wish(), "What came back can no longer be read. Connect the account again.", err)
	}
	whole := held.tokens
	if held.Whole != nil { // another one was chosen before
		whole = *held.Whole
	}
	a, err := s.agencyOf(sys, Connection{ID: c.Connection, BaseURL: c.Body.BaseURL, PerSecond: c.Body.PerSecond}, whole)
	if err != nil {
		return Pending{}, notUsable(err, sys.Spec.Name, c.wish())
	}
	t, err := mint(ctx, a, sys.Spec, whole, location, s.Now)
	if err != nil {
		return Pending{}, notUsable(err, sys.Spec.Name, c.wish())
	}
	for param := range sys.Spec.OAuth.Account {
		c.Body.Params = merged(c.Body.Params, map[string]string{param: location})
	}
	c.Body.Chosen = location
	if err := s.identify(ctx, sys, &c, &t); err != nil {
		return Pending{}, notUsable(err, sys.Spec.Name, c.wish())
	}
	if err := s.hold(ctx, &c, heldTokens{t, &whole}); err != nil {
		return Pending{}, err
	}
	return s.show(ctx, sys, c)
}

// mint gets tokens for one account of an agency.
func mint(ctx context.Context, a connector.Agency, spec *connector.Spec, whole tokens, account string, now func() time.Time) (tokens, error) {
	answer, err := a.Grant(ctx, account)
	if err != nil {
		return tokens{}, err
	}
	t, err := tokensIn(answer, whole.Scopes, now())
	if err != nil || !fits(answer, onlyGiven(answer, spec.OAuth.Expect)) {
		return t, &connector.Error{Kind: connector.Temporary, Err: err, Message: spec.Name + " gave an answer without a key. Couplet tries again later."}
	}
	t.Word, t.Client, t.TokenURL, t.Params = whole.Word, whole.Client, whole.TokenURL, spec.OAuth.TokenParams
	t.Agency, t.Minted, t.Account = whole.Agency, true, account
	return t, nil
}

// onlyGiven are the expected values whose keys an answer has at all: an answer for one account may leave them out.
func onlyGiven(answer map[string]any, expect map[string]string) map[string]string {
	out := map[string]string{}
	for key, want := range expect {
		if _, ok := answer[key]; ok {
			out[key] = want
		}
	}
	return out
}
