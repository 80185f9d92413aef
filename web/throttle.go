package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/store"
)

// How many tries are free within an hour, before each next one has to wait: for one account, from one address, and for
// whatever is tried on the whole installation. Many people may sit behind one address.
const (
	freePerAccount = 5
	freePerAddress = 20
	freePerSetup   = 200
)

// knownFor is how long a browser is known as one of an account.
const knownFor = 180 * 24 * time.Hour

// keyed is a keyed hash of a text for a purpose.
func (s *Server) keyed(purpose string, text ...string) []byte {
	m := hmac.New(sha256.New, s.o.HookKey)
	for _, t := range append([]string{purpose}, text...) {
		m.Write([]byte(t))
		m.Write([]byte{0})
	}
	return m.Sum(nil)
}

// limit is a name for the table of tries, which says nothing about whom it is for.
func (s *Server) limit(free int, kind string, text ...string) store.Limit {
	return store.Limit{Name: kind + ":" + hex.EncodeToString(s.keyed("tries of "+kind, text...)[:16]), Free: free}
}

// perAddress is the limit of whoever comes from the address of a request. The last half of an IPv6 address is the
// visitor's to choose, so it does not count.
func (s *Server) perAddress(c echo.Context) store.Limit {
	from := c.RealIP()
	if ip, err := netip.ParseAddr(from); err == nil && ip.Is6() && !ip.Is4In6() {
		if net, err := ip.WithZone("").Prefix(64); err == nil {
			from = net.String()
		}
	}
	return s.limit(freePerAddress, "address", from)
}

// signInLimits are the limits of signing in to an account: that of the account, which a success clears, and that of the
// address. A browser that has signed in to it before has one of its own instead: whoever tries again and again, even from
// the same address, delays strangers only. An account that does not exist has a limit too.
func (s *Server) signInLimits(c echo.Context, email string, u store.User) (cleared store.Limit, all []store.Limit) {
	if cookie, err := c.Cookie(s.sessions.cookie("couplet_known")); err == nil && u.ID != "" && s.knows(cookie.Value, u) {
		own := s.limit(freePerAccount, "browser", cookie.Value)
		return own, []store.Limit{own}
	}
	account := s.limit(freePerAccount, "account", strings.ToLower(strings.TrimSpace(email)))
	return account, []store.Limit{account, s.perAddress(c)}
}

// remember makes the browser known as one of a person's.
func (s *Server) remember(c echo.Context, u store.User) {
	secret, _ := newSecret()
	o := s.sessions.options()
	http.SetCookie(c.Response(), &http.Cookie{Name: s.sessions.cookie("couplet_known"), Value: secret + "." + s.known(secret, u), Path: o.Path,
		MaxAge: int(knownFor.Seconds()), Secure: o.Secure, HttpOnly: true, SameSite: o.SameSite})
}

// knows reports whether a cookie was given to a browser of the person. With another password none is known any more.
func (s *Server) knows(cookie string, u store.User) bool {
	secret, proof, _ := strings.Cut(cookie, ".")
	return hmac.Equal([]byte(proof), []byte(s.known(secret, u)))
}

func (s *Server) known(secret string, u store.User) string {
	return base64.RawURLEncoding.EncodeToString(s.keyed("known browser", secret, u.ID, u.PasswordHash))
}

// forgive takes back a try that did not fail: cleared is forgotten whole, from the other limits one try is taken.
func (s *Server) forgive(ctx context.Context, cleared store.Limit, all ...store.Limit) error {
	var back []string
	for _, l := range all {
		if l != cleared {
			back = append(back, l.Name)
		}
	}
	return s.o.Store.Forgive(ctx, []string{cleared.Name}, back)
}

// inWords is a wait as people say it, never shorter than it is.
func inWords(d time.Duration) string {
	seconds := int((d + time.Second - 1) / time.Second)
	minutes := (seconds + 59) / 60
	switch {
	case seconds == 1:
		return "1 second"
	case seconds <= 90:
		return strconv.Itoa(seconds) + " seconds"
	}
	return strconv.Itoa(minutes) + " minutes"
}
