package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestAViewerIsToldThatTheRoleIsInTheWay(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	res := b.as(b.signIn("viewer"), http.MethodGet, "/new", nil, map[string]string{"Accept": "text/html"})
	text := textOf(res)
	if res.StatusCode != http.StatusForbidden || !strings.Contains(text, "Your role does not allow this") || strings.Contains(text, "not sent from here") {
		t.Errorf("%d %s", res.StatusCode, text)
	}
}
