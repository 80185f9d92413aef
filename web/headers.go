package web

import (
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"
)

// policy lets a page load what is our own and nothing else: no inline scripts or styles, no frames, no other sites.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// fixed are the headers of every answer. Nothing is kept by browsers or proxies unless a handler says otherwise.
var fixed = map[string]string{
	"Content-Security-Policy":      policy,
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
	"Cache-Control":                "no-store",
}

// requestID is the header and the key in the context of the number of a request.
const requestID = "X-Request-Id"

// headers dresses every answer and gives the request a number. A number that comes with the request is not believed.
func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	secure := s.o.PublicURL != nil && s.o.PublicURL.Scheme == "https"
	return func(c echo.Context) error {
		h := c.Response().Header()
		for name, value := range fixed {
			h.Set(name, value)
		}
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		var b [8]byte
		_, _ = rand.Read(b[:]) // it never fails
		id := hex.EncodeToString(b[:])
		h.Set(requestID, id)
		c.Set(requestID, id)
		return next(c)
	}
}

func numberOf(c echo.Context) string { id, _ := c.Get(requestID).(string); return id }

// sameOrigin refuses posts that another site makes a browser send. Programs send no such headers and pass.
func (s *Server) sameOrigin() (echo.MiddlewareFunc, error) {
	guard := http.NewCrossOriginProtection()
	if u := s.o.PublicURL; u != nil {
		// Behind a proxy the host of the request may not be the one in the address bar.
		if err := guard.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, err
		}
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := guard.Check(c.Request()); err != nil {
				return &Error{Status: http.StatusForbidden, Err: err}
			}
			return next(c)
		}
	}, nil
}

// clientIP says whose address is noted: the other end of the connection, or, when that is a named proxy, whom it names.
func clientIP(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		p = p.Masked()
		ip := net.IP(p.Addr().AsSlice())
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: ip, Mask: net.CIDRMask(p.Bits(), 8*len(ip))}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
