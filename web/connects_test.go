package web

import (
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/store"
)

// connects is the service that connects accounts, on a store, with both systems.
func connects(t testing.TB, st *store.Store, clock func() time.Time, allow ...string) *connection.Service {
	t.Helper()
	key, err := connection.NewKey()
	must(t, err)
	sealer, err := connection.OpenSealer(key)
	must(t, err)
	systems := map[string]connection.System{
		"highlevel": {Spec: highlevel.Spec(), New: func(a connector.Account) (connector.Connector, error) { return highlevel.New(a) }, Agency: highlevel.NewAgency},
		"usercom":   {Spec: usercom.Spec(), New: func(a connector.Account) (connector.Connector, error) { return usercom.New(a) }},
	}
	web := connection.NewHTTP(connection.Options{Allow: allow})
	pool := &connection.Pool{Systems: systems, Secrets: st, Memory: st, Sealer: sealer, HTTP: web, Now: clock}
	return &connection.Service{Systems: systems, Memory: st, Sealer: sealer, HTTP: web, Pool: pool, Now: clock, Allow: allow}
}
