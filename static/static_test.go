package static_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"couplet/static"
)

func get(t *testing.T, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Result()
}

func TestAPageWorksWithoutBuiltAssets(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"app.css", "app.js", "favicon.svg", "css/tokens.css"} {
		if _, err := fs.Stat(static.Files, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if res := get(t, static.Path(name)); res.StatusCode != 200 || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %s, Cache-Control %q", static.Path(name), res.Status, res.Header.Get("Cache-Control"))
		}
	}
}

func TestTheBuiltAssetsAreAllThereOrNone(t *testing.T) {
	t.Parallel()
	missing := static.Missing()
	if _, err := fs.Stat(static.Files, "htmx.min.js"); err != nil {
		t.Skipf("make assets has not run; missing: %s", strings.Join(missing, " "))
	}
	if len(missing) > 0 {
		t.Fatalf("half a build; run make assets again. Missing: %s", strings.Join(missing, " "))
	}
	font := static.Path("fonts/geist-latin-wght-normal.woff2")
	res := get(t, font)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "font/woff2" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %s %v", font, res.Status, res.Header)
	}
}

func TestOnlyTheRightHashIsKeptForEver(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/static/app.css", "/static/app.css?v=0000000000"} {
		if res := get(t, path); res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %s, Cache-Control %q", path, res.Status, res.Header.Get("Cache-Control"))
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/static/", "/static/css", "/static/css/", "/static/../go.mod", "/static/static.go", "/static/nothing.js"} {
		if res := get(t, path); res.StatusCode != 404 {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}
