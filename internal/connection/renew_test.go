package connection_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// both runs a test for either system, connected and with an hour of life left in its token at the most.
func both(t *testing.T, test func(t *testing.T, h *house, c connection.Connection)) {
	t.Parallel()
	for _, system := range []string{"highlevel", "usercom"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, sandbox.Options{Contacts: 4, AccessLife: time.Hour})
			test(t, h, h.connected(h.wish(system), visit{}))
		})
	}
	t.Run("postgres", func(t *testing.T) { // who waits for whom is the database's business, too
		t.Parallel()
		h := newHouseOn(t, sandbox.Options{Contacts: 4, AccessLife: time.Hour}, postgres(t))
		test(t, h, h.connected(h.wish("highlevel"), visit{}))
	})
}

// refreshes counts the calls to the token address after the first.
func (h *house) refreshes(system string) int { return h.asked(system, "/oauth/token") - 1 }

func (h *house) state(id string) connection.Connection {
	h.Helper()
	c, err := h.store.ConnectionByID(h.Context(), h.ws, id)
	must(h, err)
	return c
}

func TestATokenIsRenewedShortlyBeforeItsEnd(t *testing.T) {
	both(t, func(t *testing.T, h *house, c connection.Connection) {
		h.pass(54 * time.Minute)
		must(t, h.works(h.svc, c.ID))
		if n := h.refreshes(c.System); n != 0 {
			t.Fatalf("renewed %d times with six minutes left", n)
		}
		h.pass(2 * time.Minute)
		must(t, h.works(h.svc, c.ID))
		must(t, h.works(h.svc, c.ID))
		if n := h.refreshes(c.System); n != 1 {
			t.Fatalf("renewed %d times with four minutes left", n)
		}
		// For as long as it lasts: each renewal is stored before it is used, or this chain would break.
		for range 4 {
			h.pass(time.Hour)
			must(t, h.works(h.svc, c.ID))
		}
		p, _, err := h.svc.Permit(t.Context(), h.ws, c.ID)
		must(t, err)
		if h.refreshes(c.System) != 5 || !p.Renewed.After(p.Obtained) || p.Expires.Sub(h.now()) < 59*time.Minute {
			t.Errorf("%d renewals, %+v", h.refreshes(c.System), p)
		}
	})
}

func TestATokenThatIsRefusedIsRenewedOnceAndTheCallMadeAgain(t *testing.T) {
	both(t, func(t *testing.T, h *house, c connection.Connection) {
		conn, err := h.svc.Pool.Open(t.Context(), c, nil)
		must(t, err)
		h.kill(c.System)
		// A write, too: a refusal did nothing, so making it again is safe.
		made, err := conn.Create(t.Context(), "contact", "", connector.Fields{"email": "new@example.com"})
		if c.System == "highlevel" && connector.KindOf(err) == connector.Forbidden {
			err = nil // it was asked for reading only; refused after the renewal
		} else if err == nil && made.ID == "" {
			t.Error("nothing was made")
		}
		must(t, err)
		if n := h.refreshes(c.System); n != 1 {
			t.Errorf("renewed %d times", n)
		}
		if now := h.state(c.ID); now.State != connection.OK {
			t.Errorf("%+v", now)
		}
	})
}

// kill has the system forget all access tokens but not the refresh tokens.
func (h *house) kill(system string) {
	h.Helper()
	for _, token := range h.accessTokens(system) {
		if !h.sb.HighLevel.Revoke(token) {
			h.sb.UserCom.Revoke(token)
		}
	}
}

// accessTokens are those that were sent to us.
func (h *house) accessTokens(system string) []string {
	h.Helper()
	all, err := h.store.AllSecrets(h.Context())
	must(h, err)
	var list []string
	for _, s := range all {
		plain, err := h.svc.Sealer.Open(s.Workspace, s.Connection, s.Kind, s.Sealed)
		must(h, err)
		if _, after, ok := strings.Cut(string(plain), `"access":"`); ok {
			token, _, _ := strings.Cut(after, `"`)
			list = append(list, token)
		}
	}
	return list
}

func TestTwentyCallersOverTwoProcessesMakeOneRequest(t *testing.T) {
	both(t, func(t *testing.T, h *house, c connection.Connection) {
		second := h.process(h.svc.Sealer)
		for name, spoil := range map[string]func(){
			"near its end": func() { h.pass(58 * time.Minute) },
			"refused":      func() { h.kill(c.System) },
		} {
			before := h.refreshes(c.System)
			// Both have the old key in their hands.
			if name == "refused" {
				must(t, h.works(second, c.ID))
				must(t, h.works(h.svc, c.ID))
			}
			spoil()
			var wait sync.WaitGroup
			errs := make([]error, 20)
			start := make(chan struct{})
			for i := range errs {
				s := h.svc
				if i%2 == 1 {
					s = second
				}
				wait.Go(func() {
					<-start
					errs[i] = h.works(s, c.ID)
				})
			}
			close(start)
			wait.Wait()
			for _, err := range errs {
				must(t, err)
			}
			if n := h.refreshes(c.System) - before; n != 1 {
				t.Errorf("%s: %d requests", name, n)
			}
		}
	})
}

func TestALostAnswerToARefreshIsAskedForAgainAtOnce(t *testing.T) {
	both(t, func(t *testing.T, h *house, c connection.Connection) {
		for fault, want := range map[string]int{kit.After: 2, kit.Before: 2} {
			before := h.refreshes(c.System)
			h.pass(58 * time.Minute)
			_, err := h.sb.Faults.Arm(kit.Once{System: c.System, Path: "/oauth/token", Fault: fault})
			must(t, err)
			must(t, h.works(h.svc, c.ID))
			if n := h.refreshes(c.System) - before; n != want {
				t.Errorf("%s: %d requests, want %d", fault, n, want)
			}
			h.pass(58 * time.Minute) // what was stored is the successor
			must(t, h.works(h.svc, c.ID))
		}
		if now := h.state(c.ID); now.State != connection.OK {
			t.Errorf("%+v", now)
		}
	})
}

func TestWhileTheTokenAddressFailsAGoodTokenIsUsedToItsEnd(t *testing.T) {
	both(t, func(t *testing.T, h *house, c connection.Connection) {
		fail := func(n int) {
			for range n {
				_, err := h.sb.Faults.Arm(kit.Once{System: c.System, Path: "/oauth/token", Fault: kit.Before})
				must(t, err)
			}
		}
		h.pass(58 * time.Minute)
		fail(3) // the refresh is sent three times
		must(t, h.works(h.svc, c.ID))
		h.pass(3 * time.Minute)
		fail(6) // once when the connector is made, once when it calls
		if err := h.works(h.svc, c.ID); connector.KindOf(err) != connector.Temporary {
			t.Errorf("after its end: %v", err)
		}
		if now := h.state(c.ID); now.State != connection.OK {
			t.Errorf("a system that does not answer made the connection %+v", now)
		}
		must(t, h.works(h.svc, c.ID))
	})
}

func TestARefusedRefreshMeansConnectAgainAndTheSystemIsNotAskedAgain(t *testing.T) {
	both(t, func(t *testing.T, h *house, c connection.Connection) {
		h.revoke(c.System)
		err := h.works(h.svc, c.ID)
		if connector.KindOf(err) != connector.Unauthorized || !strings.Contains(err.Error(), "Connect the account again") {
			t.Fatal(err)
		}
		now := h.state(c.ID)
		if now.State != connection.Reconnect || strings.Count(now.Problem, ".") > 3 || !strings.Contains(now.Problem, "Connect the account again") {
			t.Errorf("%+v", now)
		}
		asked := h.refreshes(c.System)
		for range 5 {
			if err := h.works(h.svc, c.ID); connector.KindOf(err) != connector.Unauthorized || !strings.Contains(err.Error(), now.Problem) {
				t.Error(err)
			}
		}
		// Those that were opened before do not ask either, nor does another process.
		open := c
		if _, err := h.svc.Pool.Open(t.Context(), open, nil); connector.KindOf(err) != connector.Unauthorized {
			t.Error(err)
		}
		_ = h.works(h.process(h.svc.Sealer), c.ID)
		if n := h.refreshes(c.System); n != asked {
			t.Errorf("asked %d times more", n-asked)
		}
		if n := strings.Count(h.said.String(), "msg=changed"); n != 1 {
			t.Errorf("told %d times", n)
		}
		// A check asks once more, and finds the same.
		now, err = h.svc.Check(t.Context(), h.ws, c.ID)
		must(t, err)
		if now.State != connection.Reconnect {
			t.Errorf("%+v", now)
		}
		// Connecting the same account again mends it.
		w := h.wish(c.System)
		w.Connection = c.ID
		p := h.consent(w, visit{})
		if p.OtherAccount || p.Was != c.Identity || p.Name != c.Name {
			t.Errorf("%+v", p)
		}
		h.woken = nil
		c, err = h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
		must(t, err)
		must(t, h.works(h.svc, c.ID))
		if c.State != connection.OK || c.Problem != "" || c.Epoch != 1 || len(h.woken) != 1 {
			t.Errorf("%+v, told of %v", c, h.woken)
		}
	})
}

// revoke has the system forget all tokens of the app.
func (h *house) revoke(system string) {
	if system == "usercom" {
		h.sb.UserCom.RevokeApp()
		return
	}
	h.sb.HighLevel.RevokeApp()
}

func TestEveryRefusalOfARefreshButASlowDownMeansConnectAgain(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]connection.State{
		400: connection.Reconnect, 401: connection.Reconnect, 403: connection.Reconnect, 404: connection.Reconnect, 422: connection.Reconnect,
		429: connection.OK, 500: connection.OK, 503: connection.OK, 302: connection.OK, 200: connection.OK,
	} {
		h := newHouse(t, sandbox.Options{AccessLife: time.Hour})
		c := h.connected(h.wish("highlevel"), visit{})
		h.pass(59*time.Minute + 59*time.Second)
		h.pass(2 * time.Second)
		h.svc.Pool.HTTP = &http.Client{Transport: answer{h.svc.HTTP.Transport, status}}
		err := h.works(h.svc, c.ID)
		if err == nil {
			t.Errorf("%d: no error", status)
		}
		if now := h.state(c.ID); now.State != want {
			t.Errorf("after %d the connection is %+v (%v)", status, now, err)
		}
		h.svc.Pool.HTTP = h.svc.HTTP
		if err := h.works(h.svc, c.ID); (err == nil) != (want == connection.OK) {
			t.Errorf("%d, then the system is well: %v", status, err)
		}
	}
}

// answer answers the token address with a status.
type answer struct {
	next   http.RoundTripper
	status int
}

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/token") {
		return a.next.RoundTrip(r)
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{"Content-Type": {"application/json"}, "Location": {"https://evil.example"}}, Request: r,
		Body: http.NoBody}, nil
}
