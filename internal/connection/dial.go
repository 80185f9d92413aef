package connection

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"couplet/internal/connector"
)

// Options are what NewHTTP may be told.
type Options struct {
	// Allow are the host:port that may be called although they are private, or without TLS. A host is named as
	// connections name it, or by its address.
	Allow []string
	// Dial, Header and Total limit how long it may take to connect, to begin an answer, and to end it. 0 is 10 s, 30 s
	// and 60 s.
	Dial, Header, Total time.Duration
	// Resolver looks names up, nil for the machine's own.
	Resolver *net.Resolver
	// RootCAs are trusted instead of the machine's, nil for the machine's.
	RootCAs *x509.CertPool
}

// Refused is a call that was not made because of where it would have gone.
type Refused struct {
	// Host is the host:port of the call, Address what the name stands for ("" when it was refused by its name alone).
	Host, Address string
	Why           string
}

func (r *Refused) Error() string { return r.Host + " was refused: " + r.Why }

// NewHTTP makes the one client through which all calls leave. It connects to public addresses only, deciding after the
// name was looked up and for the very address that is dialled, so that a name which changes its mind gains nothing. It
// follows no redirect, uses no proxy, and speaks HTTP/1.1 over TLS. What Allow names is exempt, the metadata services
// of clouds never.
func NewHTTP(o Options) *http.Client {
	g := &guard{allow: map[string]bool{}}
	for _, hp := range o.Allow {
		g.allow[plain(hp)] = true
	}
	g.dialer = net.Dialer{Timeout: orDuration(o.Dial, 10*time.Second), KeepAlive: 30 * time.Second, Resolver: o.Resolver}
	g.config = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs}
	g.tls = g.transport(o, false)
	g.open = g.transport(o, true)
	return &http.Client{
		Transport:     g,
		Timeout:       orDuration(o.Total, 60*time.Second),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func orDuration(given, otherwise time.Duration) time.Duration {
	if given == 0 {
		return otherwise
	}
	return given
}

// guard is the transport behind NewHTTP. Calls in the open have a transport of their own, which connects to nothing that
// is not allowed.
type guard struct {
	allow     map[string]bool
	dialer    net.Dialer
	config    *tls.Config
	tls, open *http.Transport
}

func (g *guard) transport(o Options, open bool) *http.Transport {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &http.Transport{
		Proxy: nil, // a proxy from the environment would be dialled instead of the host that is checked here
		DialContext: func(ctx context.Context, network, hp string) (net.Conn, error) {
			return g.dial(ctx, network, hp, open)
		},
		DialTLSContext:         g.dialTLS,
		ResponseHeaderTimeout:  orDuration(o.Header, 30*time.Second),
		MaxIdleConns:           1024,
		MaxIdleConnsPerHost:    128, // above the most calls that a Budget lets run at once, so that none has to dial anew
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		Protocols:              &http1,
	}
}

// plain writes a host:port in one way.
func plain(hp string) string { return strings.ToLower(strings.TrimSpace(hp)) }

// RoundTrip makes the call.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme == "https" {
		return g.tls.RoundTrip(req)
	}
	return g.open.RoundTrip(req)
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the transports.
func (g *guard) CloseIdleConnections() {
	g.tls.CloseIdleConnections()
	g.open.CloseIdleConnections()
}

func (g *guard) dial(ctx context.Context, network, hp string, open bool) (net.Conn, error) {
	d := g.dialer
	named := g.allow[plain(hp)]
	d.Control = func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return refuse(hp, netip.Addr{}, "its name stands for "+address+", which is no address")
		}
		why := inward(ap.Addr())
		switch {
		case isMetadata(ap.Addr()):
			return refuse(hp, ap.Addr(), why)
		case named || g.allow[netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()).String()]:
			return nil
		case why != "":
			return refuse(hp, ap.Addr(), why)
		case open:
			return refuse(hp, netip.Addr{}, "it speaks http, which would send the key in the open")
		}
		return nil
	}
	return d.DialContext(ctx, network, hp)
}

// dialTLS shakes hands here and not in the transport, because only here it is certain that an error is one of the
// handshake, so that nothing of the call has left.
func (g *guard) dialTLS(ctx context.Context, network, hp string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, g.dialer.Timeout)
	defer cancel()
	conn, err := g.dial(ctx, network, hp, false)
	if err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(hp)
	config := g.config.Clone()
	config.ServerName = host
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, sentence(host, err)
	}
	return secure, nil
}

// refuse makes the error for a call that is not made. The hint names the setting only where it helps.
func refuse(hp string, a netip.Addr, why string) error {
	r := &Refused{Host: hp, Why: why}
	text, fix := hp+" may not be called, because "+why, "use https"
	if a.IsValid() {
		r.Address, fix = a.String(), "check the address of the connection"
		text = hp + " may not be called, because " + r.Address + " is " + why
	}
	if a.IsValid() && isMetadata(a) {
		text += ". Give the connection the address of the CRM."
	} else {
		text += ". If this is the server you mean, start Couplet with COUPLET_ALLOW_PRIVATE_HOSTS=" + hp + "; otherwise " + fix + "."
	}
	return &connector.Error{Kind: connector.Config, Message: text, Err: r}
}

// sentence says what a handshake that failed means. Nothing of the call has left in any case.
func sentence(host string, err error) error {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		verify    *tls.CertificateVerificationError
		op        *net.OpError
	)
	why := ""
	switch {
	case errors.As(err, &name):
		why = "its certificate is for another name; check the address for a typing mistake"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		why = "its certificate is not valid today; check this machine's clock, then ask the owner of " + host + " to renew it"
	case errors.As(err, &authority):
		why = "its certificate is signed by nobody this machine trusts; check the address, or a network device is reading along"
	case errors.As(err, &record):
		why = "it does not speak TLS on this port; check the port and whether the address should begin with http://"
	case errors.As(err, &verify), errors.As(err, &invalid):
		why = "its certificate is not valid for us; check the address"
	case errors.As(err, &op) && op.Op == "remote error": // an alert: the other side broke off the handshake
		why = "it refuses the secure connection (TLS 1.2 or newer is needed); check the address"
	default:
		return &connector.Error{Kind: connector.Temporary, Message: "No secure connection to " + host + " came about. Couplet tries again later; if this lasts, check the address.",
			Err: errors.Join(connector.ErrUnreachable, err)}
	}
	return &connector.Error{Kind: connector.Config, Message: host + " was not given the key: " + why + ".", Err: err}
}

// AllowedHosts checks a list of host:port as COUPLET_ALLOW_PRIVATE_HOSTS holds it, separated by commas.
func AllowedHosts(list string) ([]string, error) {
	var out []string
	for hp := range strings.SplitSeq(list, ",") {
		hp = plain(hp)
		if hp == "" {
			continue
		}
		host, port, err := net.SplitHostPort(hp)
		if _, perr := net.LookupPort("tcp", port); err != nil || host == "" || perr != nil {
			return nil, errors.New("COUPLET_ALLOW_PRIVATE_HOSTS holds " + hp + ", which is not host:port; write it like 127.0.0.1:9101")
		}
		if !slices.Contains(out, hp) {
			out = append(out, hp)
		}
	}
	return out, nil
}
