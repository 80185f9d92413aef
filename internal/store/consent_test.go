package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
)

func (w *world) permit() connection.Permit {
	return connection.Permit{Workspace: w.ws, Connection: w.conns[0], Scopes: []string{"read"}, Client: "client", Agency: "agency",
		Expires: start.Add(time.Hour), Renews: true, Obtained: start, Renewed: start.Add(time.Minute)}
}

func (w *world) consent() connection.Consent {
	return connection.Consent{ID: "k1", Workspace: w.ws, State: "state", Session: "session", User: "ann", System: "sys", Connection: w.conns[0],
		Status: connection.ConsentAway, Sealed: []byte("verifier"), Expires: start.Add(10 * time.Minute),
		Body: connection.ConsentBody{Name: "n", Redirect: "https://x.test/connect/return", Client: "client", TokenURL: "https://t.test", For: []connector.Need{connector.ToRead}}}
}

// consentReads and consentWrites are the calls of these files for the test of isolation.
func (w *world) consentReads() []call {
	c := w.conns[0]
	return []call{
		{"LastHeard", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.LastHeard(ctx, ws, w.conns[0])
		}},
		{"AppOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, sealed, _, err := s.AppOf(ctx, ws, "sys")
			return sealed, err
		}},
		{"ConsentByID", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			k, _, err := s.ConsentByID(ctx, ws, "k1", start)
			return k, err
		}},
		{"PermitOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			p, _, err := s.PermitOf(ctx, ws, c)
			return p, err
		}},
		{"Permits", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Permits(ctx, ws)
		}},
		{"AgencyTokens", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AgencyTokens(ctx, ws, "sys", "agency")
		}},
	}
}

func (w *world) consentWrites() []call {
	c := w.conns[0]
	return []call{
		{"RenameConnection", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.RenameConnection(ctx, ws, w.conns[0], connNow(ctx, s, ws, w.conns[0]), "renamed")
		}},
		{"SaveConsent", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			k := w.consent()
			k.Status, k.State = connection.ConsentBack, "state of "+ws
			return nil, s.SaveConsent(ctx, ws, k, start)
		}},
		{"Connect", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			p := w.permit()
			p.Scopes = []string{"write"}
			return s.Connect(ctx, ws, connection.Connected{Connection: connection.Connection{ID: c, Name: "left", System: "sys", Epoch: 1, State: connection.OK},
				Secrets: map[string][]byte{"oauth2": []byte("tokens of " + ws)}, Permit: p, AgencyTokens: []byte("agency of " + ws), Consent: "k1"})
		}},
		{"SaveRenewed", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			p := w.permit()
			p.Renewed = start.Add(time.Hour)
			return s.SaveRenewed(ctx, ws, []byte("tokens of "+w.ws), []byte("renewed"), "oauth2", p)
		}},
		{"SavePermit", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			p := w.permit()
			p.Client = "changed"
			return nil, s.SavePermit(ctx, ws, p)
		}},
		{"TellConnection", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.TellConnection(ctx, ws, c, connection.OK, "changed")
		}},
		{"MarkConnection", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.MarkConnection(ctx, ws, c, connection.Reconnect, "changed", start.Add(time.Hour))
		}},
		{"ChangeConnection", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.ChangeConnection(ctx, ws, connection.Connection{Name: connNow(ctx, s, ws, c)}, connection.Connection{ID: c, Name: "left", PerSecond: 7})
		}},
		{"SaveAgencyTokens", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.SaveAgencyTokens(ctx, ws, "sys", "agency", []byte("agency of "+w.ws), []byte("changed"))
		}},
		{"SaveApp", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveApp(ctx, ws, connection.App{System: "sys", ClientID: "changed"}, nil)
		}},
		{"DeleteApp", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.DeleteApp(ctx, ws, "sys")
		}},
		{"HoldTokens", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.HoldTokens(ctx, ws, c, "holder", start, start.Add(time.Hour))
		}},
		{"LetTokens", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.LetTokens(ctx, ws, c, "holder")
		}},
		{"DropConsent", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			if ws == w.ws { // accepted above
				if err := s.SaveConsent(ctx, ws, w.consent(), start); err != nil {
					return nil, err
				}
				if _, err := s.DropConsent(ctx, ws, "k1"); err != nil {
					return nil, err
				}
				return nil, s.SaveSetting(ctx, ws, "dropped", "yes")
			}
			return s.DropConsent(ctx, ws, "k1")
		}},
		{"Disconnect", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.Disconnect(ctx, ws, c, connection.NeedsKey, "gone")
		}},
	}
}

func TestAConsentIsHandedOutOnceAndInTime(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		c := w.consent()
		must(t, w.SaveConsent(w.ctx, w.ws, c, start))
		if _, ok, err := w.TakeConsent(w.ctx, "other", start); ok || err != nil {
			t.Error("a consent of another state was taken", err)
		}
		open, err := w.OpenConsents(w.ctx, "session", start)
		must(t, err)
		same(t, []connection.Consent{c}, open)
		if _, ok, err := w.TakeConsent(w.ctx, "state", c.Expires); ok || err != nil {
			t.Error("a consent past its time was taken", err)
		}
		got, ok, err := w.TakeConsent(w.ctx, "state", start)
		must(t, err)
		c.Status = connection.ConsentTaken
		if !ok {
			t.Fatal("it was not taken")
		}
		same(t, c, got)
		if _, ok, err := w.TakeConsent(w.ctx, "state", start); ok || err != nil {
			t.Error("it was taken twice", err)
		}
		if open, err = w.OpenConsents(w.ctx, "session", start); len(open) != 0 || err != nil {
			t.Error("it is still open", open, err)
		}
		// Storing any other one forgets what is past its time.
		next := w.consent()
		next.ID, next.State, next.Expires = "k2", "state2", start.Add(time.Hour)
		must(t, w.SaveConsent(w.ctx, w.ws, next, c.Expires))
		if _, ok, err := w.ConsentByID(w.ctx, w.ws, "k1", start); ok || err != nil {
			t.Error("an old consent is still there", err)
		}
	})
}

func TestManyWhoTakeAConsentGetItOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.SaveConsent(w.ctx, w.ws, w.consent(), start))
		const n = 8
		got := make(chan bool, n)
		for range n {
			go func() {
				_, ok, err := w.TakeConsent(w.ctx, "state", start)
				if err != nil {
					t.Error(err)
				}
				got <- ok
			}()
		}
		taken := 0
		for range n {
			if <-got {
				taken++
			}
		}
		if taken != 1 {
			t.Errorf("taken %d times", taken)
		}
	})
}

func TestConnectingIsAllOrNothing(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.SaveSecret(w.ctx, w.ws, w.conns[0], "token", []byte("pasted")))
		k := w.consent()
		must(t, w.SaveConsent(w.ctx, w.ws, k, start))
		k.Status = connection.ConsentBack
		must(t, w.SaveConsent(w.ctx, w.ws, k, start))
		old, err := w.ConnectionByID(w.ctx, w.ws, w.conns[0])
		must(t, err)
		next := old
		next.AuthKind, next.State = connection.KindConsent, connection.OK
		done := connection.Connected{Connection: next, Secrets: map[string][]byte{"oauth2": []byte("tokens")}, Permit: w.permit(), AgencyTokens: []byte("whole"), Consent: "k1"}

		clash := done
		clash.Connection.Name = "right"
		if _, err := w.Connect(w.ctx, w.ws, clash); !errors.Is(err, store.ErrExists) {
			t.Errorf("a name that is taken: %v", err)
		}
		if pasted, err := w.Secret(w.ctx, w.ws, old.ID, "token"); string(pasted) != "pasted" || err != nil {
			t.Error("half of it was stored", err)
		}
		ok, err := w.Connect(w.ctx, w.ws, done)
		must(t, err)
		if !ok {
			t.Fatal("not stored")
		}
		if pasted, err := w.Secret(w.ctx, w.ws, old.ID, "token"); pasted != nil || err != nil {
			t.Error("the old key is still there", err)
		}
		p, _, err := w.PermitOf(w.ctx, w.ws, old.ID)
		must(t, err)
		same(t, w.permit(), p)
		if ok, err := w.Connect(w.ctx, w.ws, done); ok || err != nil {
			t.Error("one consent was accepted twice", err)
		}
		// A key that is stored anew says nothing about what the old one could do.
		must(t, w.SaveSecret(w.ctx, w.ws, old.ID, "token", []byte("other")))
		if _, ok, err := w.PermitOf(w.ctx, w.ws, old.ID); ok || err != nil {
			t.Error("the old permit is still there", err)
		}
	})
}

func TestRenewedTokensReplaceExactlyThoseThatWereRead(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		c := w.conns[0]
		must(t, w.SaveSecret(w.ctx, w.ws, c, "oauth2", []byte("one")))
		p := w.permit()
		if ok, err := w.SaveRenewed(w.ctx, w.ws, []byte("zero"), []byte("two"), "oauth2", p); ok || err != nil {
			t.Error("tokens of somebody else were replaced", err)
		}
		ok, err := w.SaveRenewed(w.ctx, w.ws, []byte("one"), []byte("two"), "oauth2", p)
		must(t, err)
		if now, err := w.Secret(w.ctx, w.ws, c, "oauth2"); !ok || string(now) != "two" || err != nil {
			t.Error(ok, string(now), err)
		}
	})
}

func TestTheRightToRenewIsHeldByOneUntilItEnds(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		hold := func(who string, now time.Time) bool {
			t.Helper()
			ok, err := w.HoldTokens(w.ctx, w.ws, "c", who, now, now.Add(10*time.Second))
			must(t, err)
			return ok
		}
		if !hold("a", start) || hold("b", start.Add(9*time.Second)) || !hold("a", start.Add(9*time.Second)) {
			t.Error("it is not held, or cannot be kept")
		}
		if hold("b", start.Add(15*time.Second)) || !hold("b", start.Add(19*time.Second)) {
			t.Error("it does not end when it should")
		}
		must(t, w.LetTokens(w.ctx, w.ws, "c", "a")) // no longer its own
		if hold("c", start.Add(20*time.Second)) {
			t.Error("somebody else gave it back")
		}
		must(t, w.LetTokens(w.ctx, w.ws, "c", "b"))
		if !hold("c", start.Add(20*time.Second)) {
			t.Error("it was not given back")
		}
	})
}

func TestAConsentThatIsOverDoesNotComeBack(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		c := w.consent()
		must(t, w.SaveConsent(w.ctx, w.ws, c, start))
		c.Status, c.Sealed = connection.ConsentBack, []byte("tokens")
		must(t, w.SaveConsent(w.ctx, w.ws, c, start))
		if got, ok, err := w.ConsentByID(w.ctx, w.ws, c.ID, start); !ok || err != nil || string(got.Sealed) != "tokens" || got.Status != connection.ConsentBack {
			t.Errorf("%+v, %v, %v", got, ok, err)
		}
		if was, err := w.DropConsent(w.ctx, w.ws, c.ID); !was || err != nil {
			t.Errorf("%v, %v", was, err)
		}
		must(t, w.SaveConsent(w.ctx, w.ws, c, start)) // by a choice that was under way
		if _, ok, err := w.ConsentByID(w.ctx, w.ws, c.ID, start); ok || err != nil {
			t.Errorf("it is there again: %v", err)
		}
	})
}

func TestTheTokensOfAnAgencyGoWithItsLastConnection(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		other := w.permit()
		other.Connection = w.conns[1]
		must(t, w.SavePermit(w.ctx, w.ws, w.permit()))
		must(t, w.SavePermit(w.ctx, w.ws, other))
		_, err := w.SaveAgencyTokens(w.ctx, w.ws, "sys", "agency", nil, []byte("whole"))
		must(t, err)
		for i, want := range []bool{true, false} {
			must(t, w.Disconnect(w.ctx, w.ws, w.conns[i], connection.NeedsKey, "x"))
			sealed, err := w.AgencyTokens(w.ctx, w.ws, "sys", "agency")
			must(t, err)
			if (sealed != nil) != want {
				t.Errorf("after %d connections the tokens are there: %v", i+1, sealed != nil)
			}
		}
		if err := w.Disconnect(w.ctx, w.ws, "none", connection.NeedsKey, "x"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestPermitsAreFoundByAccountAndByAgency(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.SavePermit(w.ctx, w.ws, w.permit()))
		for _, c := range []struct {
			system, account, agency string
			want                    int
		}{{"sys", "acct-left", "", 1}, {"sys", "", "agency", 1}, {"sys", "acct-right", "agency", 0}, {"other", "acct-left", "", 0}, {"sys", "", "", 0}} {
			found, err := w.FindPermits(w.ctx, c.system, c.account, c.agency)
			must(t, err)
			if len(found) != c.want {
				t.Errorf("%+v: %+v", c, found)
			}
		}
	})
}

func TestEveryKindOfSecretIsSealedAgain(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.fill(t)
		kinds := map[string]bool{}
		n, err := w.ReplaceSecrets(w.ctx, func(s store.SealedSecret) ([]byte, error) {
			kinds[s.Connection+" "+s.Kind] = true
			return append([]byte("new "), s.Sealed...), nil
		})
		must(t, err)
		for _, want := range []string{w.conns[0] + " token", "app/sys client", "agency/sys/agency oauth2", "consent/k1 consent"} {
			if !kinds[want] {
				t.Errorf("%s is not among %v", want, kinds)
			}
		}
		all, err := w.AllSecrets(w.ctx)
		must(t, err)
		for _, s := range all {
			if string(s.Sealed[:4]) != "new " {
				t.Errorf("%s %s was left", s.Connection, s.Kind)
			}
		}
		if n != 4 || len(all) != 4 {
			t.Errorf("%d replaced, %d there", n, len(all))
		}
	})
}
