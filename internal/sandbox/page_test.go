package sandbox_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

// visitor is a browser without JavaScript at the control listener.
type visitor struct {
	t    *testing.T
	s    *sandbox.Sandbox
	http *http.Client
}

func visit(t *testing.T, s *sandbox.Sandbox) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, s, &http.Client{Jar: jar}}
}

// do gets a page, or posts a form, and follows redirects; the page is held against
// the rules for pages.
func (v *visitor) do(path string, form url.Values, header ...string) (status int, page string, at *url.URL) {
	v.t.Helper()
	method, sent := "GET", ""
	if form != nil {
		method, sent = "POST", form.Encode()
	}
	if strings.HasPrefix(path, "/") {
		path = v.s.Info().Control.URL + path
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, path, strings.NewReader(sent))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	csp := res.Header.Get("Content-Security-Policy")
	if csp != "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'" {
		v.t.Errorf("%s: policy %q", path, csp)
	}
	if strings.Contains(string(raw), "<script") || strings.Contains(string(raw), "style=") {
		v.t.Errorf("%s: script or style on the page", path)
	}
	return res.StatusCode, string(raw), res.Request.URL
}

func (v *visitor) enter() *visitor {
	v.t.Helper()
	status, _, at := v.do(v.s.Info().Control.Page, nil)
	if status != 200 || at.RawQuery != "" || at.Path != "/" {
		v.t.Fatalf("%d at %s", status, at)
	}
	return v
}

var input = regexp.MustCompile(`<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"|<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// open reads the form of a contact as a browser would send it back.
func (v *visitor) open(path string) url.Values {
	v.t.Helper()
	status, page, _ := v.do(path, nil)
	if status != 200 {
		v.t.Fatalf("%s: %d %s", path, status, page)
	}
	form := url.Values{}
	first, _, _ := strings.Cut(page, "</form>")
	for _, m := range input.FindAllStringSubmatch(first, -1) {
		form.Set(m[1]+m[3], html.UnescapeString(m[2]+m[4]))
	}
	return form
}

func TestThePageNeedsTheKeyAndRemembersIt(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Contacts: 4, Seed: 1})
	v := visit(t, s)
	for _, path := range []string{"/", "/?key=wrong", "/highlevel/new", "/consented?code=x"} {
		if status, page, _ := v.do(path, nil); status != 401 || !strings.Contains(page, "/?key=") {
			t.Errorf("%s: %d %s", path, status, page)
		}
	}
	if status, _, _ := v.do("/highlevel/new", url.Values{"firstName": {"x"}}); status != 401 {
		t.Errorf("a post: %d", status)
	}
	if status, _, _ := v.do("/enter", url.Values{"key": {"wrong"}}); status != 401 {
		t.Error(status)
	}
	if status, _, at := v.do("/enter", url.Values{"key": {" " + s.Info().Control.Key + " "}}); status != 200 || at.Path != "/" {
		t.Error(status, at)
	}
	u, _ := url.Parse(s.Info().Control.URL)
	for _, c := range v.http.Jar.Cookies(u) {
		if c.Value == s.Info().Control.Key {
			t.Error("the cookie is the key itself, and cookies go to every port of a machine")
		}
	}
	req, _ := http.NewRequest("GET", s.Info().Control.Page, nil)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := res.Header.Get("Set-Cookie"); res.StatusCode != 303 || !strings.Contains(got, "HttpOnly") || !strings.Contains(got, "SameSite=Strict") {
		t.Errorf("%d %q", res.StatusCode, got)
	}
	if status, _ := call(t, "GET", s.Info().Control.URL+"/_sandbox/state", nil); status != 401 {
		t.Errorf("control without its key: %d", status)
	}
}

func TestAPersonEditsBothSidesByHand(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off"})
	i := s.Info()
	key := []string{"X-Sandbox-Key", i.Control.Key}
	call(t, "POST", i.Control.URL+"/_sandbox/highlevel/customFields", map[string]any{"name": "Pet", "dataType": "TEXT"}, key...)
	call(t, "POST", i.Control.URL+"/_sandbox/usercom/attributes", map[string]any{"name": "company_name", "value_type": "string", "content_type": "clientuser"}, key...)
	v := visit(t, s).enter()
	for system, fields := range map[string]map[string]string{
		"highlevel": {"firstName": "Ana", "lastName": "Silva", "email": "Ana@example.com", "phone": "(201) 555-0123", "companyName": "Acme", "tags": "a, b", "city": "Porto"},
		"usercom":   {"first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone_number": "201 555 0123", "company_name": "Acme", "tags": "b, a", "city": "Porto"},
	} {
		form := v.open("/" + system + "/new")
		for name, value := range fields {
			if !form.Has(name) {
				t.Errorf("%s has no input %s", system, name)
			}
			form.Set(name, value)
		}
		if status, page, _ := v.do("/"+system+"/new", form); status != 200 || !strings.Contains(page, "Ana Silva in ") || !strings.Contains(page, "was created.") {
			t.Fatalf("%s: %d %s", system, status, page)
		}
	}
	_, page, _ := v.do("/", nil)
	if strings.Count(page, `data-testid="line"`) != 1 || !strings.Contains(page, "The same on both sides") {
		t.Errorf("one person is not one line: %s", page)
	}
	edit := regexp.MustCompile(`href="([^"]+)" data-testid="edit-(highlevel|usercom)-([^"]+)"`)
	links := map[string]string{}
	for _, m := range edit.FindAllStringSubmatch(page, -1) {
		links[m[2]] = html.UnescapeString(m[1])
		if !strings.Contains(page, `data-testid="updated-`+m[2]+"-"+m[3]+`">just now<`) {
			t.Errorf("%s: when it was changed is not told", m[2])
		}
	}
	form := v.open(links["highlevel"])
	if form.Get("phone") != "+12015550123" || form.Get("tags") != "a, b" {
		t.Error(form)
	}
	form.Set("lastName", "Souza")
	for name := range form {
		if strings.HasPrefix(name, "customFields.") {
			form.Set(name, "cat")
		}
	}
	status, page, _ := v.do(links["highlevel"], form)
	if status != 200 || !strings.Contains(page, "Ana Souza in HighLevel was saved.") || !strings.Contains(page, "Not the same: name") {
		t.Errorf("%d %s", status, page)
	}
	_, state := call(t, "GET", i.Control.URL+"/_sandbox/state", nil, key...)
	contact := state["highlevel"].(map[string]any)["contacts"].([]any)[0].(map[string]any)
	if contact["lastName"] != "Souza" || contact["companyName"] != "Acme" || contact["customFields"].([]any)[0].(map[string]any)["value"] != "cat" {
		t.Error(contact)
	}
	if status, page, _ = v.do(links["highlevel"], v.open(links["highlevel"])); status != 200 || !strings.Contains(page, "was not changed.") {
		t.Errorf("%d %s", status, page)
	}
	if status, page, _ = v.do(links["usercom"]+"/delete", url.Values{}); status != 200 || !strings.Contains(page, "Ana Silva in User.com was deleted.") {
		t.Errorf("%d %s", status, page)
	}
	if status, page, _ = v.do(links["usercom"], nil); status != 404 || !strings.Contains(page, "is not there") {
		t.Errorf("%d %s", status, page)
	}
	if s.HighLevel.Count("contacts") != 1 {
		t.Error("the other side was deleted too")
	}
}

func TestAFormThatStoodOpenOverwritesOnlyWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	id, err := s.UserCom.Save("", map[string]string{"first_name": "Ana", "city": "Porto", "company": "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	v := visit(t, s).enter()
	form := v.open("/usercom/" + id)
	if _, err := s.UserCom.Save(id, map[string]string{"city": "Faro"}); err != nil { // meanwhile
		t.Fatal(err)
	}
	form.Set("first_name", "Eva")
	form.Set("company", "Globex")
	v.do("/usercom/"+id, form)
	got, err := s.UserCom.Get("users", id)
	if err != nil || got["name"] != "Eva" || got["city"] != "Faro" {
		t.Error(got, err)
	}
	if companies := got["companies"].([]any); len(companies) != 1 || companies[0].(map[string]any)["name"] != "Globex" {
		t.Error(companies)
	}
}

func TestARefusalSaysWhyAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	v := visit(t, start(t, sandbox.Options{})).enter()
	for _, x := range []struct{ system, field, typed, words string }{
		{"highlevel", "phone", "no phone", "phone must be a valid phone number"},
		{"highlevel", "email", "nobody", "email must be an email"},
		{"usercom", "email", "nobody", "Enter a valid email address."},
	} {
		name := map[string]string{"highlevel": "firstName", "usercom": "first_name"}[x.system]
		status, page, _ := v.do("/"+x.system+"/new", url.Values{x.field: {x.typed}, name: {"<Ana>"}})
		if status != 422 || !strings.Contains(page, x.words) || !strings.Contains(page, `value="`+x.typed+`"`) || !strings.Contains(page, `value="&lt;Ana&gt;"`) {
			t.Errorf("%s: %d %s", x.system, status, page)
		}
	}
	if status, page, _ := v.do("/highlevel/new", url.Values{"firstName": {" "}}); status != 422 || !strings.Contains(page, "Nothing is filled in") {
		t.Errorf("%d %s", status, page)
	}
	if status, _, _ := v.do("/highlevel/new", url.Values{"firstName": {"Ana"}}, "Sec-Fetch-Site", "cross-site"); status != 403 {
		t.Errorf("another site's form: %d", status)
	}
	for _, path := range []string{"/salesforce/new", "/highlevel/nobody", "/usercom/7", "/highlevel/new?location=nowhere", "/nothing/at/all"} {
		if status, page, _ := v.do(path, nil); status != 404 || !strings.Contains(page, `role="alert"`) {
			t.Errorf("%s: %d %s", path, status, page)
		}
	}
}

func TestTheListSearchesPagesAndReloads(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Contacts: 250, Seed: 1})
	v := visit(t, s).enter()
	_, page, _ := v.do("/", nil)
	if !strings.Contains(page, "Page 1 of") || strings.Contains(page, "http-equiv") || strings.Count(page, `data-testid="line"`) != 40 {
		t.Error("not a page of forty lines")
	}
	_, second, _ := v.do("/?page=2", nil)
	if second == page || !strings.Contains(second, "Page 2 of") || !strings.Contains(second, ">Newer<") {
		t.Error(second)
	}
	if status, last, _ := v.do("/?page=9999", nil); status != 200 || strings.Contains(last, ">Older<") {
		t.Error("beyond the last page")
	}
	if _, page, _ = v.do("/?auto=5&q=a&done=saved&who=x", nil); !strings.Contains(page, `http-equiv="refresh" content="5; url=/?auto=5&amp;q=a"`) || !strings.Contains(page, `data-testid="pause"`) {
		t.Error("it does not reload, or cannot be stopped")
	}
	if _, err := s.HighLevel.Save("", map[string]string{"firstName": "Zoë", "lastName": "Öz", "email": "zoe@example.com"}); err != nil {
		t.Fatal(err)
	}
	_, page, _ = v.do("/", nil)
	if at := strings.Index(page, "Zoë Öz"); at < 0 || at > strings.Index(page, `data-testid="line"`)+1500 {
		t.Error("what changed last does not come first")
	}
	for q, want := range map[string]int{"zoë": 1, "ZOE@EXAMPLE": 1, "nobody at all": 0} {
		if _, page, _ = v.do("/?q="+url.QueryEscape(q), nil); strings.Count(page, `data-testid="line"`) != want {
			t.Errorf("%q: %d lines", q, strings.Count(page, `data-testid="line"`))
		}
	}
}

func TestOtherLocationsHaveAListOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Contacts: 60, Seed: 1})
	other := s.HighLevel.Locations()[1].ID
	v := visit(t, s).enter()
	if _, page, _ := v.do("/?location="+other, nil); !strings.Contains(page, "0 contacts") {
		t.Error(page)
	}
	form := v.open("/highlevel/new?location=" + other)
	form.Set("firstName", "Ana")
	_, page, at := v.do("/highlevel/new", form)
	if at.Query().Get("location") != other || !strings.Contains(page, "1 contacts") {
		t.Errorf("%s %s", at, page)
	}
	if s.HighLevel.At(other).Count("contacts") != 1 || s.HighLevel.Count("contacts") != len(sandbox.Seed(60, 1).HighLevel) {
		t.Error("it is in another account")
	}
	if _, _, at := v.do("/?location=nowhere", nil); at.Query().Has("location") {
		t.Error(at)
	}
	key := []string{"X-Sandbox-Key", s.Info().Control.Key}
	if status, _ := call(t, "POST", s.Info().Control.URL+"/_sandbox/highlevel/contacts?location="+other, map[string]any{"firstName": "Eva"}, key...); status != 201 {
		t.Error(status)
	}
	if s.HighLevel.At(other).Count("contacts") != 2 {
		t.Error("control does not reach another location")
	}
}

func TestBothConsentPagesCanBeTriedWithoutAnApp(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	v := visit(t, s).enter()
	_, page, _ := v.do("/", nil)
	for _, system := range []string{"highlevel", "usercom"} {
		m := regexp.MustCompile(`href="([^"]+)" data-testid="consent-` + system + `"`).FindStringSubmatch(page)
		if m == nil {
			t.Fatal("no link for " + system)
		}
		res, err := v.http.Get(html.UnescapeString(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != 200 || !strings.Contains(string(raw), "part of the sandbox") {
			t.Errorf("%s: %d %s", system, res.StatusCode, raw)
		}
	}
	if _, page, _ = v.do("/consented?code=abc&state=usercom", nil); !strings.Contains(page, ">abc<") {
		t.Error(page)
	}
	if _, page, _ = v.do("/consented?error=access_denied", nil); !strings.Contains(page, "did not agree") {
		t.Error(page)
	}
}

func TestThePageSaysHowFarListsAreBehind(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off", Contacts: 4})
	v := visit(t, s).enter()
	status, page, at := v.do("/usercom/search-lag", url.Values{"seconds": {"20"}, "q": {"a"}})
	if status != 200 || at.RequestURI() != "/?q=a" || !strings.Contains(page, `name="seconds" inputmode="numeric" value="20"`) || s.UserCom.SearchLag().String() != "20s" {
		t.Errorf("%d at %s, behind by %s", status, at, s.UserCom.SearchLag())
	}
	if status, _, _ := v.do("/usercom/search-lag", url.Values{"seconds": {"soon"}}); status != 400 || s.UserCom.SearchLag().String() != "20s" {
		t.Errorf("%d, behind by %s", status, s.UserCom.SearchLag())
	}
}
