package connection_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/sandbox"
)

// full is a memory whose disk is full for so many attempts to store renewed tokens.
type full struct {
	connection.Memory
	times *atomic.Int32
}

var errFull = errors.New("database or disk is full")

// SaveRenewed implements connection.Memory.
func (f full) SaveRenewed(ctx context.Context, ws string, was, is []byte, kind string, p connection.Permit) (bool, error) {
	if f.times.Add(-1) >= 0 {
		return false, errFull
	}
	return f.Memory.SaveRenewed(ctx, ws, was, is, kind, p)
}

// SaveAgencyTokens implements connection.Memory.
func (f full) SaveAgencyTokens(ctx context.Context, ws, system, agency string, was, is []byte) (bool, error) {
	if f.times.Add(-1) >= 0 {
		return false, errFull
	}
	return f.Memory.SaveAgencyTokens(ctx, ws, system, agency, was, is)
}

func TestTokensThatCouldNotBeStoredAreNotLost(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{AccessLife: time.Hour})
	c := h.connected(h.wish("highlevel"), visit{})
	var times atomic.Int32
	times.Store(1000)
	h.svc.Pool.Memory = full{h.store, &times}
	h.pass(time.Hour)
	if err := h.works(h.svc, c.ID); !errors.Is(err, errFull) {
		t.Fatalf("%v", err)
	}
	h.pass(10 * time.Minute) // by now the system does not repeat its answer
	times.Store(0)
	must(t, h.works(h.svc, c.ID))
	h.pass(time.Hour)
	must(t, h.works(h.process(h.svc.Sealer), c.ID))
	if now := h.state(c.ID); now.State != connection.OK {
		t.Errorf("%+v", now)
	}
}

func TestTokensOfAnAgencyAreStoredAtTheSecondAttempt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{AccessLife: time.Hour})
	p := h.consent(h.agencyWish(), visit{account: "agency"})
	p, err := h.svc.Choose(t.Context(), h.ws, "session of ann", p.ID, p.Locations[1].ID)
	must(t, err)
	c, err := h.svc.Accept(t.Context(), h.ws, "session of ann", p.ID)
	must(t, err)
	permit, _, err := h.svc.Permit(t.Context(), h.ws, c.ID)
	must(t, err)
	before, err := h.store.AgencyTokens(t.Context(), h.ws, "highlevel", permit.Agency)
	must(t, err)
	h.svc.Pool.HTTP = &http.Client{Transport: noRefreshOfLocations{h.svc.HTTP.Transport}}
	var times atomic.Int32
	times.Store(2)
	h.svc.Pool.Memory = full{h.store, &times}
	h.pass(time.Hour)
	must(t, h.works(h.svc, c.ID))
	after, err := h.store.AgencyTokens(t.Context(), h.ws, "highlevel", permit.Agency)
	must(t, err)
	if string(before) == string(after) {
		t.Error("the tokens of the agency were not renewed")
	}
}

// noRefreshOfLocations refuses refreshes but those of a whole agency.
type noRefreshOfLocations struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (n noRefreshOfLocations) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/oauth/token") && r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		text := make([]byte, 4096)
		size, _ := body.Read(text)
		if !strings.Contains(string(text[:size]), "user_type=Company") {
			return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}, Request: r, Body: http.NoBody}, nil
		}
	}
	return n.next.RoundTrip(r)
}

// during does something while the token address is asked, and then answers with a refusal.
type during struct {
	next http.RoundTripper
	do   func()
}

// RoundTrip implements http.RoundTripper.
func (d during) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/oauth/token") {
		return d.next.RoundTrip(r)
	}
	d.do()
	return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}, Request: r, Body: http.NoBody}, nil
}

func TestAPersonWhoConnectsAgainWhileTheOldTokensAreRefusedIsNotUndone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{AccessLife: time.Hour})
	c := h.connected(h.wish("highlevel"), visit{})
	h.pass(time.Hour)
	times := 0
	h.svc.Pool.HTTP = &http.Client{Transport: during{h.svc.HTTP.Transport, func() {
		times++
		w := h.wish("highlevel")
		w.Connection = c.ID
		h.connected(w, visit{})
	}}}
	if err := h.works(h.svc, c.ID); err != nil {
		t.Error(err)
	}
	if now := h.state(c.ID); now.State != connection.OK || times != 1 {
		t.Errorf("%+v, asked %d times", now, times)
	}
}

func TestTokensOnTheirWayAreStoredBeforeAProcessEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{AccessLife: time.Hour})
	c := h.connected(h.wish("highlevel"), visit{})
	h.pass(time.Hour)
	asked, goOn := make(chan struct{}), make(chan struct{})
	h.svc.Pool.HTTP = &http.Client{Transport: slow{h.svc.HTTP.Transport, asked, goOn}}
	ctx, stop := context.WithCancel(t.Context())
	called := make(chan error)
	go func() {
		_, err := h.svc.Pool.Open(ctx, c, nil)
		called <- err
	}()
	<-asked
	stop() // the program was told to end
	<-called
	before, err := h.store.Secret(t.Context(), h.ws, c.ID, connection.SecretTokens)
	must(t, err)
	close(goOn)
	h.svc.Pool.Rest(t.Context())
	after, err := h.store.Secret(t.Context(), h.ws, c.ID, connection.SecretTokens)
	must(t, err)
	if string(before) == string(after) {
		t.Error("the answer was not waited for")
	}
}

// slow holds the answers of the token address up.
type slow struct {
	next        http.RoundTripper
	asked, goOn chan struct{}
}

// RoundTrip implements http.RoundTripper.
func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/oauth/token") {
		close(s.asked)
		<-s.goOn
	}
	return s.next.RoundTrip(r)
}

func TestAnAppWhoseSecretCannotBeReadIsGivenItAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	app, secret := h.svc.Apps["highlevel"].App, h.svc.Apps["highlevel"].Secret
	app.System = "highlevel"
	_, err := h.svc.SaveApp(t.Context(), h.ws, app, secret)
	must(t, err)
	key, err := connection.NewKey()
	must(t, err)
	sealer, err := connection.OpenSealer(key) // the key of the house was lost
	must(t, err)
	svc := h.process(sealer)
	got, err := svc.App(t.Context(), h.ws, "highlevel")
	if err != nil || got.HasSecret || got.ClientID != app.ClientID {
		t.Fatalf("%+v, %v", got, err)
	}
	offer, err := svc.Offer(t.Context(), h.ws, "highlevel")
	if err != nil || offer.Consent || !strings.Contains(offer.Why, "client secret must be given (again)") {
		t.Errorf("%+v, %v", offer, err)
	}
	if _, err := svc.SaveApp(t.Context(), h.ws, app, secret); err != nil {
		t.Fatal(err)
	}
	if offer, err = svc.Offer(t.Context(), h.ws, "highlevel"); err != nil || !offer.Consent {
		t.Errorf("%+v, %v", offer, err)
	}
}
