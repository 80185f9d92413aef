package kit

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// Grant is what somebody allowed an app to do: the client it was given to, the
// account it is for, and the scopes. What the words mean is the CRM's business.
type Grant struct {
	Client    string   `json:"client"`
	Redirect  string   `json:"redirect,omitempty"`  // the address the code was sent to
	Challenge string   `json:"challenge,omitempty"` // of PKCE, S256
	Class     string   `json:"class,omitempty"`
	Account   string   `json:"account,omitempty"`
	Scopes    []string `json:"scopes"`
	Access    string   `json:"access,omitempty"` // the access token given with a refresh token
}

// Issued is a finished answer of a token endpoint, with the refresh token in it;
// Refresh is empty when the answer has none.
type Issued struct {
	Answer  json.RawMessage
	Refresh string
	Grant   Grant
}

// ErrNoGrant says that a code or refresh token is unknown, used or too old.
var ErrNoGrant = errors.New("unknown, used or expired")

// Grants keeps authorization codes and refresh tokens. Both are single use. The
// answer to a refresh is kept for the grace, so that whoever asks again with the
// same token in that time gets the very same answer.
type Grants struct {
	clock *Clock
	life  GrantLife

	mu      sync.Mutex
	codes   map[string]*heldGrant
	refresh map[string]*heldGrant
}

// GrantLife is how long codes and refresh tokens live, and the grace.
type GrantLife struct{ Code, Refresh, Grace time.Duration }

type heldGrant struct {
	Grant
	Expires time.Time       `json:"expires"`
	Answer  json.RawMessage `json:"answer,omitempty"` // of a used refresh token; Expires is then the end of its grace
}

// NewGrants returns an empty store.
func NewGrants(clock *Clock, life GrantLife) *Grants {
	return &Grants{clock: clock, life: life, codes: map[string]*heldGrant{}, refresh: map[string]*heldGrant{}}
}

// AddCode keeps an authorization code.
func (g *Grants) AddCode(code string, grant Grant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.prune()
	g.codes[code] = &heldGrant{Grant: grant, Expires: g.clock.Now().Add(g.life.Code)}
}

// AddRefresh keeps a refresh token that was not given for a code.
func (g *Grants) AddRefresh(token string, grant Grant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.keep(token, grant)
}

func (g *Grants) keep(token string, grant Grant) {
	if token != "" {
		g.prune()
		g.refresh[token] = &heldGrant{Grant: grant, Expires: g.clock.Now().Add(g.life.Refresh)}
	}
}

// Redeem turns a code into an answer. When issue refuses, the code stays.
func (g *Grants) Redeem(code string, issue func(Grant) (Issued, error)) (json.RawMessage, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	held := g.codes[code]
	if held == nil || !g.clock.Now().Before(held.Expires) {
		return nil, ErrNoGrant
	}
	out, err := issue(held.Grant)
	if err != nil {
		return nil, err
	}
	delete(g.codes, code)
	g.keep(out.Refresh, out.Grant)
	return out.Answer, nil
}

// Rotate turns a refresh token into an answer with a new one, or repeats the
// answer that it was turned into within the grace. check comes before either.
func (g *Grants) Rotate(token string, check func(Grant) error, issue func(Grant) (Issued, error)) (json.RawMessage, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	held := g.refresh[token]
	now := g.clock.Now()
	if held == nil || !now.Before(held.Expires) {
		return nil, ErrNoGrant
	}
	if err := check(held.Grant); err != nil {
		return nil, err
	}
	if held.Answer != nil {
		return held.Answer, nil
	}
	out, err := issue(held.Grant)
	if err != nil {
		return nil, err
	}
	held.Answer, held.Expires = out.Answer, now.Add(g.life.Grace)
	g.keep(out.Refresh, out.Grant)
	return out.Answer, nil
}

// Drop forgets every code and refresh token that which says yes to, used ones
// with their kept answers included, and returns how many were still good.
func (g *Grants) Drop(which func(value string, grant Grant) bool) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.prune()
	dropped := 0
	for _, all := range []map[string]*heldGrant{g.codes, g.refresh} {
		maps.DeleteFunc(all, func(value string, held *heldGrant) bool {
			hit := which(value, held.Grant)
			if hit && held.Answer == nil {
				dropped++
			}
			return hit
		})
	}
	return dropped
}

// prune throws away what is dead anyway.
func (g *Grants) prune() {
	now := g.clock.Now()
	dead := func(_ string, held *heldGrant) bool { return !now.Before(held.Expires) }
	maps.DeleteFunc(g.codes, dead)
	maps.DeleteFunc(g.refresh, dead)
}

// savedGrants are Grants in a state file.
type savedGrants struct {
	Codes   map[string]heldGrant `json:"codes"`
	Refresh map[string]heldGrant `json:"refresh"`
}

// MarshalJSON writes everything kept.
func (g *Grants) MarshalJSON() ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := savedGrants{map[string]heldGrant{}, map[string]heldGrant{}}
	for value, held := range g.codes {
		s.Codes[value] = *held
	}
	for value, held := range g.refresh {
		s.Refresh[value] = *held
	}
	return json.Marshal(s)
}

// UnmarshalJSON replaces everything kept.
func (g *Grants) UnmarshalJSON(raw []byte) error {
	var s savedGrants
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.codes, g.refresh = map[string]*heldGrant{}, map[string]*heldGrant{}
	for _, value := range slices.Sorted(maps.Keys(s.Codes)) {
		held := s.Codes[value]
		g.codes[value] = &held
	}
	for _, value := range slices.Sorted(maps.Keys(s.Refresh)) {
		held := s.Refresh[value]
		g.refresh[value] = &held
	}
	return nil
}
