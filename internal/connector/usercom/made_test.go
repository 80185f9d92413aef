package usercom_test

import (
	"net/http"
	"strings"
	"testing"

	"couplet/internal/connector"
)

// The person exists: a failed read of it is no proof that nothing was created.
func TestACreateWhosePersonCannotBeReadIsOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusNotFound} {
		conn := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.WriteHeader(http.StatusCreated)
				_, _ = w.Write([]byte(`{"id": 7}`))
				return
			}
			if !strings.Contains(r.URL.Path, "/users/7/") {
				_, _ = w.Write([]byte(`{"count":0,"next":null,"results":[]}`))
				return
			}
			w.WriteHeader(status)
		}), "k")
		_, err := conn.Create(t.Context(), "contact", "", connector.Fields{"email": "ada@example.com"})
		if e, ok := connector.AsError(err); !ok || e.Kind != connector.Unknown || e.Status >= 400 {
			t.Errorf("%d: %v (%s)", status, err, connector.KindOf(err))
		}
	}
}
