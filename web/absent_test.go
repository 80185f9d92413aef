package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestNothingOfTheSandboxOrOfTheDrawingsIsServed neither in the list of routes nor to whoever asks: what pretends to be a
// CRM, and what shows parts for their own sake, has listeners of its own, is no part of the program, or is shown by a demo alone (TestOnlyADemoShowsThePageOfComponents).
func TestNothingOfTheSandboxOrOfTheDrawingsIsServed(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(o *Options) { o.Gallery = false }) // as on a real server
	for _, r := range b.Server.echo.Routes() {
		if strings.Contains(r.Path, "/_") && r.Path != "/_gallery" || strings.Contains(r.Path, "sandbox") {
			t.Errorf("%s %s is served", r.Method, r.Path)
		}
	}
	if n := len(b.Server.echo.Routes()); n < len(b.routes()) {
		t.Errorf("the router has %d routes, the list %d: the test looks at the wrong thing", n, len(b.routes()))
	}
	for _, path := range []string{"/_sandbox", "/_sandbox/state", "/_sandbox/counters", "/_gallery/parts"} {
		if res := b.get(path, map[string]string{"X-Sandbox-Key": "any"}); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, res.StatusCode)
		}
	}
}
