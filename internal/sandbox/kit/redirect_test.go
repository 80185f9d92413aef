package kit

import (
	"strings"
	"testing"
)

func TestRedirectsLeadToHTTPSOrThisMachineUnlessRegistered(t *testing.T) {
	t.Parallel()
	for uri, good := range map[string]bool{
		"https://app.example.com/back?x=1": true, "http://127.0.0.1:8080/cb": true, "http://localhost:1/": true, "http://[::1]:8080/cb": true,
		"": false, "http://app.example.com/": false, "http://127.0.0.1.example.com/": false, "javascript:alert(1)": false,
		"/back": false, "https://": false, "https://user@app.example.com/": false, "https://app.example.com/#x": false,
		"https://app.example.com;img-src*/": false, "https://app.example.com/\r\nX: 1": false, "ftp://127.0.0.1/": false,
	} {
		if err := CheckRedirect(uri, nil); (err == nil) != good {
			t.Errorf("%q: %v", uri, err)
		}
	}
	registered := []string{"http://app.example.com/cb"}
	if err := CheckRedirect(registered[0], registered); err != nil {
		t.Error(err)
	}
	for _, other := range []string{"https://app.example.com/cb", "http://app.example.com/cb/", "http://app.example.com/cb?x", "http://127.0.0.1/"} {
		if CheckRedirect(other, registered) == nil {
			t.Errorf("%s is not registered", other)
		}
	}
}

func TestWithQueryKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	got := WithQuery("https://a.example/cb?x=1", "code", "a b", "state", "", "error", "e")
	if got != "https://a.example/cb?code=a+b&error=e&x=1" {
		t.Error(got)
	}
}

func TestAPagesPolicyAllowsNoScriptAndOneMoreFormTarget(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"": "form-action 'self';", "https://app.example.com/cb?x": "form-action 'self' https://app.example.com;",
		"http://127.0.0.1:8080/cb": "form-action 'self' http://127.0.0.1:8080;", "http://[::1]:8080/": "form-action 'self' http:;",
	} {
		h := map[string][]string{}
		harden(h, to)
		csp := h["Content-Security-Policy"][0]
		if !strings.Contains(csp, want) || !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "script") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", to, csp)
		}
	}
}
