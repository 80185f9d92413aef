package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// TestTheFirstOwnerIsMadeWithTheCodeFromTheLog of any process of the installation; a forgotten password is replaced on
// the command line, which signs out.
func TestTheFirstOwnerIsMadeWithTheCodeFromTheLog(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 1}, database(t))
		f := newFront(t)
		p, twin := h.serve(f), h.serve(newFront(t), "--log-level", "error")
		code := regexp.MustCompile(`Open http://127\.0\.0\.1:\d+/setup; the set-up code is ([a-z2-7]{4}-[a-z2-7]{4})`)
		var said, other []string // it is said once the server listens, and may be after it answers
		eventually(t, 20*time.Second, "both say the code", func() bool {
			said, other = code.FindStringSubmatch(p.errs.String()), code.FindStringSubmatch(twin.errs.String())
			return said != nil && other != nil
		})
		if said[1] != other[1] {
			t.Fatalf("one says:\n%s\nthe other:\n%s", p.errs.String(), twin.errs.String())
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		post := func(path string, form url.Values) (status int, to string) {
			t.Helper()
			res, err := client.PostForm(f.url+path, form)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			return res.StatusCode, res.Header.Get("Location")
		}
		status := func() int {
			t.Helper()
			res, err := client.Get(f.url + "/settings/account")
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			return res.StatusCode
		}
		form := url.Values{"name": {"Ana"}, "email": {"ana@example.com"}, "password": {"four words make one"}, "workspace": {"Harbor Pine"}, "code": {said[1]}}
		if got, to := post("/setup", form); got != http.StatusSeeOther || to != "/" || status() != http.StatusOK {
			t.Fatalf("status %d to %s", got, to)
		}
		p.kill()
		if again := h.serve(f); code.MatchString(again.errs.String()) {
			t.Error("a code is printed although there is an owner")
		}

		c := h.command("users", "password", "ANA@example.com")
		c.Stdin = strings.NewReader("four words make two\n")
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "ana@example.com has a new password.") || strings.Contains(string(out), "four words") {
			t.Fatalf("%v: %s", err, out)
		}
		if got := status(); got != http.StatusSeeOther {
			t.Errorf("status %d in a session with the old password", got)
		}
		for password, want := range map[string]int{"four words make one": http.StatusUnprocessableEntity, "four words make two": http.StatusSeeOther} {
			if got, _ := post("/sign-in", url.Values{"email": {"ana@example.com"}, "password": {password}}); got != want {
				t.Errorf("%s: status %d", password, got)
			}
		}
		if out, errs, code := h.call("users", "password", "bob@example.com"); code != 1 || !strings.Contains(errs, "nobody signs in as bob@example.com") {
			t.Errorf("code %d: %s%s", code, out, errs)
		}
	})
}
