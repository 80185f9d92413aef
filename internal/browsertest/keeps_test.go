package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestNoSecretIsShownLoggedExportedOrBackedUp after everything was done that a person does: consent and a pasted key, a
// refused key, an invitation, a hook address, a flow that ran. Every page that any link leads to is read.
func TestNoSecretIsShownLoggedExportedOrBackedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--first-run", "--contacts", "40")
	b := w.tab(t)
	h := mouse{b}
	journey(t, w, b, h)

	hook, invited, key := w.shownOnce(b, h)
	b.open("/connect/usercom?way=key")
	h.write(css("#subdomain"), "demo")
	h.write(css("#key"), w.made.UserCom.Token[:63]+"x")
	h.press(css("#key-form button[type=submit]"))
	b.see(testid("problem"))
	s := w.secrets(b)
	s.absent(w, "the page that refuses a key", []byte(b.html()))
	h.write(css("#key"), w.made.UserCom.Token)
	h.press(css("#key-form button[type=submit]"))
	b.at("^/connections")

	s = w.secrets(b)
	s.add("the key that was refused", w.made.UserCom.Token[:63]+"x")
	s.add("the owner's password", person.password)
	s.add("the secret of the hook address", hook)
	s.add("the secret of the invitation", invited)
	s.add("the API key", key)
	s[w.made.SetupCode] = "the set-up code"
	s[strings.ReplaceAll(w.made.SetupCode, "-", "")] = "the set-up code"
	s.known(w)

	pages := w.everyPage(b)
	for path, body := range pages {
		s.absent(w, path, body)
	}
	t.Logf("measured: %d secrets were looked for in %d pages", len(s), len(pages))
	backup := filepath.Join(t.TempDir(), "backup.db")
	s.absent(w, "the export", w.couplet("export"))
	s.absent(w, "what backup prints", w.couplet("backup", backup))
	text, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	s.absent(w, "the backup", text)
	s.absent(w, "what doctor prints", w.couplet("doctor"))
	for name, text := range w.kept() {
		s.absent(w, name, text)
	}
	s.absent(w, "the log", []byte(w.log.String()))
}

// shownOnce makes what is shown a single time: the address of a hook, an invitation, and an API key, which is used, too. It returns
// their secrets.
func (w *world) shownOnce(b *tab, h hand) (hook, invited, key string) {
	b.t.Helper()
	b.open("/connections")
	b.see(testid("connection"))
	b.open(ask[string](b, `[...document.querySelectorAll("[data-testid=connection]")].find((c) => c.innerText.includes("User.com")).querySelector("h2 a").getAttribute("href")`) + "/hook")
	h.press(css("main form button[type=submit]"))
	address := regexp.MustCompile(`/hooks/usercom/[^/"]+/([^/"]+)/`)
	b.until("the address is shown", func() bool {
		m := address.FindStringSubmatch(ask[string](b, `[...document.querySelectorAll("input")].map((i) => i.value).join(" ")`))
		if m != nil {
			hook = m[1]
		}
		return m != nil
	})
	b.open("/settings/team")
	h.write(field("Their email"), "joe@example.com")
	h.press(button("Make the link"))
	b.see(testid("link-sheet"))
	link := ask[string](b, `document.querySelector("#link").value`)
	b.open("/settings/tokens")
	h.write(field("Which program it is for"), "nightly report")
	h.press(button("Make the key"))
	b.see(testid("made"))
	key = ask[string](b, `document.querySelector("#token").value`)
	w.useKey(key, "/runs", http.StatusOK)
	w.useKey(key, "/runs/"+key, http.StatusNotFound) // which names the address in its answer, and not in the log
	return hook, link[strings.LastIndex(link, "/")+1:], key
}

// useKey has a program ask the API for something.
func (w *world) useKey(key, path string, want int) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.made.URL+"/api/v1"+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	if res.Body.Close(); res.StatusCode != want {
		w.t.Errorf("%s by a program: %d, want %d", path, res.StatusCode, want)
	}
}

// known holds that the search would find what there is: the sandbox's own file has the tokens that it gave out.
func (s secrets) known(w *world) {
	w.t.Helper()
	found := map[string]bool{}
	within(w.t, 20*time.Second, "the sandbox has written its state", func() bool {
		text, err := os.ReadFile(filepath.Join(w.data, "sandbox.json"))
		if err != nil {
			return false
		}
		for secret, what := range s {
			if strings.Contains(string(text), secret) {
				found[what] = true
			}
		}
		return len(found) >= 6
	})
	for _, what := range []string{"the key of the pretend HighLevel", "the key of the pretend User.com", "the app's secret of the pretend HighLevel", "the app's secret of the pretend User.com"} {
		if !found[what] {
			w.t.Errorf("the search does not find %s where it is", what)
		}
	}
	refresh := 0
	for what := range found {
		if strings.Contains(what, "efresh") {
			refresh++
		}
	}
	if refresh == 0 {
		w.t.Errorf("no refresh token is among what is searched for: %v", found)
	}
}

// couplet runs a command beside the demo, on its data.
func (w *world) couplet(args ...string) []byte {
	w.t.Helper()
	program, err := binary()
	if err != nil {
		w.t.Fatal(err)
	}
	c := exec.Command(program, append(args, "--data", w.data)...)
	c.Env = append([]string{"COUPLET_ALLOW_PRIVATE_HOSTS=" + host(w.made.HighLevel.URL) + "," + host(w.made.UserCom.URL)}, w.cmd.Env...)
	out, err := c.CombinedOutput()
	if err != nil && args[0] != "doctor" { // which also finds what is no matter here
		w.t.Fatalf("couplet %s: %v\n%s", args[0], err, out)
	}
	return out
}

func host(address string) string {
	u, _ := url.Parse(address)
	return u.Host
}

var leads = regexp.MustCompile(`\s(?:href|hx-get|hx-sse:connect)="([^"]*)"`)

// everyPage reads all pages that links lead to, as the person of a tab, and a few to which none does.
func (w *world) everyPage(b *tab) map[string][]byte {
	w.t.Helper()
	pages := map[string][]byte{}
	queue := []string{"/", "/flows", "/runs", "/connections", "/new", "/new/a", "/new/b", "/new/template", "/settings/account", "/settings/team", "/settings/tokens", "/sign-in",
		"/setup", "/healthz", "/readyz", "/nothing-is-here", "/apps/highlevel", "/apps/usercom", "/connect/return?state=none&code=none", "/flows/none/map"}
	for len(queue) > 0 && len(pages) < 250 {
		path := queue[0]
		queue = queue[1:]
		if _, seen := pages[path]; seen || strings.Contains(path, "/start?") {
			continue
		}
		body := w.fetch(b, path)
		pages[path] = body
		for _, m := range leads.FindAllSubmatch(body, -1) {
			to := strings.ReplaceAll(string(m[1]), "&amp;", "&")
			to, _, _ = strings.Cut(to, "#")
			if strings.HasPrefix(to, "?") {
				at, _, _ := strings.Cut(path, "?")
				to = at + to
			}
			if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/static/") {
				queue = append(queue, to)
			}
		}
	}
	if len(pages) < 40 {
		w.t.Errorf("only %d pages were found", len(pages))
	}
	return pages
}

// fetch reads one page with the cookies of a tab: headers, and of a stream of events what comes in the first second.
func (w *world) fetch(b *tab, path string) []byte {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.made.URL+path, nil)
	if err != nil {
		w.t.Fatalf("%s: %v", path, err)
	}
	req.Header.Set("Accept", "text/html")
	for _, c := range b.cookies() {
		req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		w.t.Fatalf("%s: %v", path, err)
	}
	defer res.Body.Close()
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		stop := time.AfterFunc(time.Second, func() { _ = res.Body.Close() })
		defer stop.Stop()
	}
	body, _ := io.ReadAll(res.Body) // a stream that is cut off has been read so far
	res.Header.Del("Set-Cookie")    // where the session belongs
	return fmt.Appendf(body, "\n%v", res.Header)
}

// html is the page of a tab as it is now.
func (b *tab) html() string {
	b.t.Helper()
	return demand[string](b, "document.documentElement.outerHTML")
}
