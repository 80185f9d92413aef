package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
)

func TestACallAboutTheAppIsObeyedBeforeItIsAnswered(t *testing.T) {
	t.Parallel()
	type told struct {
		system, account string
		call            connector.AppCall
		sent            time.Time
	}
	var heard []told
	var fail error
	var changes []connection.Connection
	b := newBundle(t, func(o *Options) {
		o.AppCalled = func(_ context.Context, system, account string, call connector.AppCall, sent time.Time) ([]connection.Connection, error) {
			heard = append(heard, told{system, account, call, sent})
			return changes, fail
		}
	})
	send := func(body map[string]any) int {
		body["timestamp"], body["webhookId"] = b.now.Format(time.RFC3339Nano), "one and the same"
		raw, err := json.Marshal(body)
		must(t, err)
		return b.call(raw)
	}
	removed := map[string]any{"type": "UNINSTALL", "appId": "app", "locationId": account, "companyId": "company"}
	fail = errors.New("disk full")
	if status := send(removed); status != http.StatusTooManyRequests {
		t.Errorf("status %d for a call that could not be obeyed", status)
	}
	fail, changes = nil, []connection.Connection{b.conns[0]}
	if status := send(removed); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	changes = nil
	if status := send(map[string]any{"type": "UNINSTALL", "appId": "app", "companyId": "company"}); status != http.StatusOK {
		t.Errorf("status %d for an agency that nobody knows", status)
	}
	want := told{"highlevel", account, connector.AppCall{Removed: true, App: "app", Agency: "company"}, b.now}
	if len(heard) != 3 || heard[1] != want || heard[2].account != "" {
		t.Errorf("%+v", heard)
	}
	// Without a signature it is nobody's word.
	raw, err := json.Marshal(removed)
	must(t, err)
	if res := b.send("/hooks/highlevel", raw, nil); res.StatusCode != http.StatusUnauthorized || len(heard) != 3 {
		t.Errorf("status %d, heard %d", res.StatusCode, len(heard))
	}
	b.outcome("highlevel", outStored, 1)
	b.outcome("highlevel", outUnknownAccount, 1)
	b.outcome("highlevel", outNotStored, 1)
}
