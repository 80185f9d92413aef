package connection

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"couplet/internal/connector"
)

// SecretTokens is the kind under which tokens are sealed that a system issued, SecretClient that of an app's own id and
// secret.
const (
	SecretTokens = KindConsent
	SecretClient = "client"
)

// tokens is what a system issued for one account, as it is sealed. They are bound to where they may go: a connection or
// an app that was pointed elsewhere since cannot use them.
type tokens struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh,omitempty"`
	Got     time.Time `json:"got"`
	// Ends is when Access ends, zero when the system does not say.
	Ends   time.Time `json:"ends,omitzero"`
	Scopes []string  `json:"scopes,omitempty"`
	// Word stands before the access token, "" for the system's own.
	Word string `json:"word,omitempty"`
	// Client and TokenURL are who got them and where, To is the address of the API that they are for.
	Client   string `json:"client"`
	TokenURL string `json:"token_url"`
	To       string `json:"to,omitempty"`
	// Params go with every refresh.
	Params map[string]string `json:"params,omitempty"`
	// Agency is the id of the agency that the account belongs to, Minted that these were made from its tokens.
	Agency string `json:"agency,omitempty"`
	Minted bool   `json:"minted,omitempty"`
	// Account is the account of an agency that they were minted for.
	Account string `json:"account,omitempty"`
}

// renews reports whether the next tokens can be got without a person.
func (t tokens) renews(kind string) bool { return t.Refresh != "" || t.Minted || kind == KindClient }

// stale reports whether the access token is near its end. ahead is shortened for tokens that live hardly longer.
func (t tokens) stale(now time.Time, ahead time.Duration) bool {
	if t.Ends.IsZero() {
		return false
	}
	return !now.Before(t.Ends.Add(-min(ahead, t.Ends.Sub(t.Got)/2)))
}

func (t tokens) over(now time.Time) bool { return !t.Ends.IsZero() && !now.Before(t.Ends) }

// tokensIn reads a token answer. asked are the scopes that were asked for: an answer that names none gives all of them
// (RFC 6749, 5.1).
func tokensIn(answer map[string]any, asked []string, now time.Time) (tokens, error) {
	t := tokens{Access: text(answer["access_token"]), Refresh: text(answer["refresh_token"]), Got: now, Scopes: asked}
	if t.Access == "" {
		return t, errors.New("the answer has no access token")
	}
	if granted := strings.Fields(text(answer["scope"])); len(granted) > 0 {
		t.Scopes = granted
	}
	if life, err := strconv.ParseFloat(text(answer["expires_in"]), 64); err == nil && life > 0 {
		t.Ends = now.Add(time.Duration(min(life, 10*365*24*3600) * float64(time.Second)))
	}
	return t, nil
}

// text is a value of a token answer as text.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	case json.Number:
		return v.String()
	}
	return ""
}

// permit is what may be known of the tokens without opening them.
func (t tokens) permit(kind string) Permit {
	return Permit{Scopes: t.Scopes, Client: t.Client, Agency: t.Agency, Expires: t.Ends, Renews: t.renews(kind), Obtained: t.Got}
}

// seal and unseal close and open any secret that is more than one word.
func seal(s *Sealer, workspace, owner, kind string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.Seal(workspace, owner, kind, plain)
}

func unseal(s *Sealer, workspace, owner, kind string, sealed []byte, v any) error {
	plain, err := s.Open(workspace, owner, kind, sealed)
	if err != nil {
		return err
	}
	if json.Unmarshal(plain, v) != nil { // its own words could repeat a part of the secret
		return errors.New("a stored secret has a form that this program does not know")
	}
	return nil
}

// clientOf is an app's own id and secret as a connection keeps them, with the only address that they may go to.
type clientOf struct {
	ID       string   `json:"id"`
	Secret   string   `json:"secret"`
	TokenURL string   `json:"token_url"`
	Scopes   []string `json:"scopes,omitempty"`
}

// stored opens the tokens of a connection. The sealed form is returned too, for replacing exactly these.
func stored(ctx context.Context, from Secrets, s *Sealer, c Connection) (t tokens, sealed []byte, err error) {
	sealed, err = from.Secret(ctx, c.Workspace, c.ID, SecretTokens)
	if err != nil || len(sealed) == 0 {
		return t, nil, err
	}
	return t, sealed, unseal(s, c.Workspace, c.ID, SecretTokens, sealed, &t)
}

// noKey is the error of a connection that has no usable credential stored.
func noKey(c Connection, spec *connector.Spec) *connector.Error {
	what := "Connection " + c.Name + " has no key of " + spec.Name + " stored. Give it one, then try again."
	switch {
	case c.Problem != "":
		what = fmt.Sprintf("Connection %s cannot be used: %s", c.Name, c.Problem)
	case c.AuthKind == KindConsent:
		what = "Connection " + c.Name + " waits for you to agree in " + spec.Name + ". Open Couplet in the browser and connect it there, then try again."
	}
	return &connector.Error{Kind: connector.Unauthorized, Message: what}
}
