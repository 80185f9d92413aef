// Package browsertest drives the program in a real browser, as the people who use it do: Chromium, the binary itself
// started with `couplet demo`, real pages, real consent pages of the pretend systems, their real rate limits and settle
// times. It holds tests only.
//
// # Terms
//
// A world is one running `couplet demo` with a folder of its own. A tab is a page of the browser, signed in to nothing
// else; whatever Chromium complains about in it (an error on the console, something the content security policy refused)
// fails the test. A hand is how a person works a tab: by mouse or by keyboard alone. A journey takes a hand and does not
// know which it is.
//
// # What may be counted on
//
// Helpers wait for what they need, up to a deadline, and never for a time. When a test fails, what every tab showed is in
// the folder that its log names, as a picture and as the page's text.
//
// Chromium is named by COUPLET_CHROMIUM, or is one of the usual names. Where there is none these tests are skipped, and
// under CI=true they fail.
package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// needed reports what is missing for these tests, "" when nothing is.
func needed() string {
	switch {
	case chromium() == "":
		return "no Chromium: install the package chromium, or name one with COUPLET_CHROMIUM"
	case !exists(root("node_modules/axe-core/axe.min.js")):
		return "no axe-core: run npm ci"
	case !exists(root("static/dist/htmx.min.js")):
		return "no built assets: run make assets"
	case stale():
		return "the built assets are older than their sources: run make assets"
	}
	return ""
}

// require skips a test that cannot run here, and fails it where nothing may be left out.
func require(t testing.TB) {
	t.Helper()
	switch missing := needed(); {
	case missing == "":
	case os.Getenv("CI") == "true":
		t.Fatal(missing)
	default:
		t.Skip("left out: " + missing)
	}
}

// chromium finds the browser.
func chromium() string {
	for _, name := range []string{os.Getenv("COUPLET_CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

// stale reports whether what browsers would load is not what static/ says now.
func stale() bool {
	built, err := os.Stat(root("static/dist/app.css"))
	newer := false
	for _, pattern := range []string{"static/*.css", "static/*.js", "static/css/*", "static/js/*", "static/icons.txt"} {
		files, _ := filepath.Glob(root(pattern))
		for _, f := range files {
			source, e := os.Stat(f)
			newer = newer || err != nil || e != nil || source.ModTime().After(built.ModTime())
		}
	}
	return newer
}

// root is a path from the root of the project.
func root(path string) string { return filepath.Join("..", "..", filepath.FromSlash(path)) }

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// engine is the one browser of all tests; each has its own profile in it.
var engine = sync.OnceValues(func() (context.Context, error) {
	dir, err := os.MkdirTemp("", "couplet-browser-")
	if err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(chromium()), chromedp.UserDataDir(dir), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WindowSize(1280, 900)}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-extensions",
		"disable-dev-shm-usage", "disable-default-apps", "disable-background-timer-throttling", "disable-renderer-backgrounding",
		"disable-backgrounding-occluded-windows", "disable-breakpad", "metrics-recording-only", "hide-scrollbars"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	options = append(options, chromedp.Flag("password-store", "basic"), chromedp.Flag("force-color-profile", "srgb"))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(ctx)
	atEnd(func() {
		cancel()
		stop()
		_ = os.RemoveAll(dir)
	})
	if err := chromedp.Do(ctx); err != nil { // starts it
		return nil, fmt.Errorf("Chromium (%s) does not start: %w", chromium(), err)
	}
	return ctx, nil
})

// binary is the program, built once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "couplet-browser-")
	if err != nil {
		return "", err
	}
	atEnd(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "couplet")
	out, err := exec.Command("go", "build", "-o", path, "couplet/cmd/couplet").CombinedOutput()
	if err != nil {
		err = errors.Join(err, errors.New(string(out)))
	}
	return path, err
})

var (
	endings   []func()
	endingsMu sync.Mutex
)

// atEnd has something tidied up after all tests.
func atEnd(f func()) {
	endingsMu.Lock()
	defer endingsMu.Unlock()
	endings = append(endings, f)
}

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(endings) - 1; i >= 0; i-- {
		endings[i]()
	}
	os.Exit(code)
}
