package connection

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"couplet/internal/connector"
)

func TestEveryClassOfInwardAddressIsRefused(t *testing.T) {
	t.Parallel()
	for address, word := range map[string]string{
		"127.0.0.1": "loopback", "127.8.9.1": "loopback", "::1": "loopback", "::ffff:127.0.0.1": "loopback",
		"10.1.2.3": "private", "172.16.0.1": "private", "172.31.255.255": "private", "192.168.1.1": "private", "fd12::1": "private", "::ffff:10.0.0.1": "private",
		"169.254.1.1": "link-local", "fe80::1": "link-local", "fe80::1%eth0": "link-local",
		"100.64.0.1": "shared", "100.127.255.255": "shared",
		"224.0.0.1": "multicast", "239.255.255.255": "multicast", "ff02::1": "multicast",
		"169.254.169.254": "metadata", "fd00:ec2::254": "metadata", "::ffff:169.254.169.254": "metadata", "100.100.100.200": "metadata",
		"0.0.0.0": "no address", "::": "no address", "0.1.2.3": "reserved", "255.255.255.255": "reserved", "240.0.0.1": "reserved", "198.18.0.1": "reserved",
		"64:ff9b::7f00:1": "written as IPv6", "2002:7f00:1::": "written as IPv6", "::7f00:1": "written as IPv6", "fec0::1": "site-local",
		"8.8.8.8": "", "172.32.0.1": "", "100.63.255.255": "", "100.128.0.1": "", "2606:4700::1111": "", "169.253.0.1": "", "::ffff:8.8.8.8": "",
	} {
		why := inward(netip.MustParseAddr(address))
		if (word == "") != (why == "") || !strings.Contains(why, word) {
			t.Errorf("%s is %q, want %q", address, why, word)
		}
	}
}

func call(t *testing.T, c *http.Client, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err == nil {
		t.Cleanup(func() { res.Body.Close() })
	}
	return res, err
}

// config is the error of a call that no retry helps.
func config(t *testing.T, err error) *connector.Error {
	t.Helper()
	e, ok := connector.AsError(err)
	if !ok || e.Kind != connector.Config {
		t.Fatalf("error is %v", err)
	}
	return e
}

func TestACallToAnInwardAddressIsRefusedWithTheSettingThatAllowsIt(t *testing.T) {
	t.Parallel()
	c := NewHTTP(Options{Dial: 2 * time.Second})
	for url, says := range map[string]string{
		"https://127.0.0.1:9101/x":       "127.0.0.1:9101 may not be called, because 127.0.0.1 is a loopback address. If this is the server you mean, start Couplet with COUPLET_ALLOW_PRIVATE_HOSTS=127.0.0.1:9101",
		"http://127.0.0.1:9101/x":        "is a loopback address",
		"https://localhost:9101":         "COUPLET_ALLOW_PRIVATE_HOSTS=localhost:9101",
		"https://[::ffff:127.0.0.1]:443": "loopback",
		"https://10.0.0.1":               "10.0.0.1:443 may not be called",
		"https://0.0.0.0:80":             "no address of any machine",
		"http://[fd00::1]:80":            "private",
		"https://2130706433/":            "", // a number for a name: whatever a resolver makes of it is no public address
		"https://169.254.169.254/latest": "Give the connection the address of the CRM",
	} {
		_, err := call(t, c, url)
		if err == nil {
			t.Errorf("%s was called", url)
			continue
		}
		if says == "" {
			continue
		}
		if e := config(t, err); !strings.Contains(e.Message, says) {
			t.Errorf("%s: %s", url, e.Message)
		}
		var r *Refused
		if !errors.As(err, &r) || r.Host == "" || r.Why == "" {
			t.Errorf("%s: %#v", url, r)
		}
	}
}

func TestPlainHTTPToAPublicAddressIsRefused(t *testing.T) {
	t.Parallel()
	_, err := call(t, NewHTTP(Options{}), "http://192.88.99.1:9/")
	if e := config(t, err); !strings.Contains(e.Message, "http, which would send the key in the open") || !strings.Contains(e.Message, "use https") {
		t.Error(e.Message)
	}
}

func TestAnAllowedHostIsCalledByNameOrByAddress(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }))
	t.Cleanup(srv.Close)
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	for _, c := range []struct {
		allow, url string
		ok         bool
	}{
		{"127.0.0.1:" + port, "http://127.0.0.1:" + port, true},
		{"LOCALHOST:" + port, "http://localhost:" + port, true},
		{"localhost:" + port, "http://LocalHost:" + port, true},
		{"127.0.0.1:" + port, "http://localhost:" + port, true}, // by the address that the name stands for
		{"127.0.0.1:1", "http://127.0.0.1:" + port, false},
		{"localhost:" + port, "http://127.0.0.1:" + port, false},
		{"127.0.0.1:" + port, "http://127.0.0.2:" + port, false},
	} {
		res, err := call(t, NewHTTP(Options{Allow: []string{c.allow}}), c.url)
		if (err == nil) != c.ok {
			t.Errorf("%s with %s allowed: %v", c.url, c.allow, err)
		} else if err == nil && res.ProtoMajor != 1 {
			t.Errorf("%s spoke %s", c.url, res.Proto)
		}
	}
}

func TestTheMetadataServiceIsNeverCalledEvenIfAllowed(t *testing.T) {
	t.Parallel()
	_, err := call(t, NewHTTP(Options{Allow: []string{"169.254.169.254:80"}}), "http://169.254.169.254/latest/meta-data")
	if e := config(t, err); strings.Contains(e.Message, "COUPLET_ALLOW") {
		t.Error(e.Message)
	}
}

// resolver answers every name with one address.
func resolver(t *testing.T, answer func() netip.Addr) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			if q, a := m.Questions[0], answer(); q.Type == dnsmessage.TypeA && a.Is4() {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 0}, Body: &dnsmessage.AResource{A: a.As4()}}}
			} else if q.Type == dnsmessage.TypeAAAA && a.Is6() {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 0}, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}}}
			}
			if out, err := m.Pack(); err == nil {
				pc.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}

func TestANameThatStandsForAnInwardAddressIsRefusedHoweverOftenItChangesItsMind(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the server was reached") }))
	t.Cleanup(srv.Close)
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	for _, a := range []string{"127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "fe80::1", "100.64.0.1"} {
		var asked atomic.Int32
		r := resolver(t, func() netip.Addr {
			asked.Add(1)
			return netip.MustParseAddr(a)
		})
		_, err := call(t, NewHTTP(Options{Resolver: r}), "https://crm.example.com:"+port)
		e := config(t, err)
		var refused *Refused
		if !errors.As(err, &refused) || refused.Address != a || !strings.Contains(e.Message, "crm.example.com:"+port) || asked.Load() == 0 {
			t.Errorf("%s: %v", a, err)
		}
	}
}

func TestARedirectIsAnAnswerAndNotFollowed(t *testing.T) {
	t.Parallel()
	var reached atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/there" {
			reached.Store(true)
		}
		http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(srv.Close)
	res, err := call(t, NewHTTP(Options{Allow: []string{srv.Listener.Addr().String()}}), srv.URL)
	if err != nil || res.StatusCode != http.StatusTemporaryRedirect || reached.Load() {
		t.Errorf("got %v, %v, followed: %v", res, err, reached.Load())
	}
}

func TestAProxyFromTheEnvironmentIsNotUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	g, ok := NewHTTP(Options{}).Transport.(*guard)
	if !ok || g.tls.Proxy != nil || g.open.Proxy != nil {
		t.Error("there is a proxy")
	}
}

func TestACertificateThatCannotBeTrustedIsPutIntoWords(t *testing.T) {
	t.Parallel()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
	srv.StartTLS()
	t.Cleanup(srv.Close)
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	t.Cleanup(old.Close)
	bare := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(bare.Close)
	trust := x509.NewCertPool()
	trust.AddCert(srv.Certificate())
	port := srv.Listener.Addr().(*net.TCPAddr).Port
	local := resolver(t, func() netip.Addr { return netip.MustParseAddr("127.0.0.1") })
	for _, c := range []struct {
		name, url, says string
		roots           *x509.CertPool
	}{
		{"trusted", srv.URL, "", trust},
		{"signed by nobody known", srv.URL, "signed by nobody this machine trusts", x509.NewCertPool()},
		{"another name", "https://other.test:" + itoa(port), "for another name", trust},
		{"no TLS at all", strings.Replace(bare.URL, "http:", "https:", 1), "does not speak TLS", trust},
		{"only old TLS", old.URL, "TLS 1.2 or newer", trust},
	} {
		allow := []string{srv.Listener.Addr().String(), bare.Listener.Addr().String(), old.Listener.Addr().String()}
		_, err := call(t, NewHTTP(Options{Allow: allow, RootCAs: c.roots, Resolver: local}), c.url)
		if c.says == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if e := config(t, err); !strings.Contains(e.Message, c.says) {
			t.Errorf("%s: %s", c.name, e.Message)
		}
	}
}

func itoa(n int) string {
	return netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(n)).String()[len("0.0.0.0:"):]
}

func TestAServerThatIsDownIsNotAMatterOfSettings(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	hp := l.Addr().String()
	_, err = call(t, NewHTTP(Options{Allow: []string{hp}}), "http://"+hp)
	if e, ok := connector.AsError(err); err == nil || ok {
		t.Errorf("error is %v", e)
	}
}

func TestAHandshakeThatBreaksOffLeavesNoDoubtAboutTheCall(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	_, err = call(t, NewHTTP(Options{Allow: []string{l.Addr().String()}}), "https://"+l.Addr().String())
	if !errors.Is(err, connector.ErrUnreachable) || connector.KindOf(err) != connector.Temporary {
		t.Errorf("error is %v", err)
	}
}

func TestAnAnswerThatDoesNotBeginIsGivenUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(release) })
	_, err := call(t, NewHTTP(Options{Allow: []string{srv.Listener.Addr().String()}, Header: 50 * time.Millisecond}), srv.URL)
	var ne net.Error
	if !errors.As(err, &ne) || !ne.Timeout() {
		t.Errorf("error is %v", err)
	}
}

func TestTheListOfAllowedHostsIsChecked(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]int{"": 0, "127.0.0.1:9101": 1, " Localhost:80 , [::1]:443,localhost:80": 2, "localhost": -1, "localhost:99999": -1, ":80": -1, "http://localhost:80": -1} {
		got, err := AllowedHosts(list)
		if (err != nil) != (want < 0) || err == nil && len(got) != want {
			t.Errorf("%q: %v, %v", list, got, err)
		}
	}
}
