package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"

	"github.com/gorilla/sessions"

	"couplet/internal/store"
)

// sessionStore keeps gorilla's sessions in our own table, so that a session can be listed, ended and given a new id. The
// cookie holds the id and nothing else; the table holds its hash.
//
// In the values of a session is its visit as the table has it, none when nobody is signed in. Whoever empties the id of a
// session has it saved under a new one; opening is the workspace that it then opens.
type sessionStore struct {
	store *store.Store
	// secure is set where people come by https: the cookie then is for https alone, and no other host can set it.
	secure bool
}

var _ sessions.Store = (*sessionStore)(nil)

// The keys of a session's values.
type (
	visitValue   struct{} // store.Visit
	openingValue struct{} // string
)

// name is that of the session's cookie.
func (k *sessionStore) name() string { return k.cookie("couplet") }

// cookie is the name of a cookie. The prefix makes browsers refuse one that came without https or from another host.
func (k *sessionStore) cookie(name string) string {
	if k.secure {
		return "__Host-" + name
	}
	return name
}

func (k *sessionStore) options() *sessions.Options {
	return &sessions.Options{Path: "/", HttpOnly: true, Secure: k.secure, SameSite: http.SameSiteLaxMode}
}

// Get implements sessions.Store: the session of a request is looked up once.
func (k *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(k, name)
}

// New implements sessions.Store. An id that the table does not know gives a new session without an id: an id is never
// taken from a browser.
func (k *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	x := sessions.NewSession(k, name)
	x.IsNew, x.Options = true, k.options()
	cookie, err := r.Cookie(name)
	if err != nil || cookie.Value == "" {
		return x, nil
	}
	v, found, err := k.store.Visit(r.Context(), hashOf(cookie.Value))
	if err != nil || !found {
		return x, err
	}
	x.ID, x.IsNew = cookie.Value, false
	x.Values[visitValue{}] = v
	return x, nil
}

// Save implements sessions.Store. What changes within a session, such as its theme, is saved by the methods of the table;
// this keeps a new session, gives one a new id, or ends one.
func (k *sessionStore) Save(r *http.Request, w http.ResponseWriter, x *sessions.Session) error {
	v, _ := x.Values[visitValue{}].(store.Visit)
	ctx, old := r.Context(), v.Session
	switch {
	case x.Options.MaxAge < 0:
		if old.Hash != "" {
			if err := k.store.EndSession(ctx, old.Workspace, old.User, old.Hash); err != nil && !isNotFound(err) {
				return err
			}
		}
		http.SetCookie(w, sessions.NewCookie(x.Name(), "", x.Options))
		return nil
	case x.ID != "":
		return nil
	}
	id, hash := newSecret()
	if old.Hash != "" {
		open, ok := x.Values[openingValue{}].(string)
		if !ok {
			open = old.Workspace
		}
		if err := k.store.RenewSession(ctx, old.Workspace, old.Hash, hash, open); err != nil {
			return err
		}
	} else {
		old.Hash = hash
		if err := k.store.StartSession(ctx, old.Workspace, old); err != nil {
			return err
		}
	}
	v, found, err := k.store.Visit(ctx, hash)
	if err != nil || !found {
		return err
	}
	x.ID, x.IsNew = id, false
	x.Values[visitValue{}] = v
	options := *x.Options
	if v.Session.Kept {
		options.MaxAge = int(v.Session.Ends.Sub(v.Session.Seen).Seconds())
	}
	http.SetCookie(w, sessions.NewCookie(x.Name(), id, &options))
	return nil
}

// newSecret makes 256 random bits for a cookie or a link, and the hash under which they are kept. The bits are random, so a
// plain hash does.
func newSecret() (secret, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, hashOf(secret)
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
