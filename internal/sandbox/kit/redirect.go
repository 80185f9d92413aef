package kit

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// hostForm keeps out what would be something else in a header.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

// CheckRedirect says what is wrong with the address an app wants a person sent back
// to. Registered addresses are compared exactly; when none is registered, https and
// this machine's own addresses will do.
func CheckRedirect(uri string, registered []string) error {
	if uri == "" {
		return errors.New("redirect_uri is missing")
	}
	u, err := url.Parse(uri)
	if err != nil || !hostForm.MatchString(u.Host) || u.User != nil || strings.ContainsAny(uri, "\r\n\t #") {
		return errors.New("redirect_uri is not a whole address such as https://app.example.com/callback")
	}
	if len(registered) > 0 {
		if slices.Contains(registered, uri) {
			return nil
		}
		return errors.New("redirect_uri is not one of the addresses that are registered for this app")
	}
	if u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()) {
		return nil
	}
	return errors.New("redirect_uri must begin with https://, or lead to this machine")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// WithQuery adds parameters to an address; empty values are left out.
func WithQuery(uri string, pairs ...string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	q := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}
