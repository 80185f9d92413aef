package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/db"
)

// fresh takes all people away, as in an installation that was just begun.
func (b *bundle) fresh() {
	b.t.Helper()
	must(b.t, b.db.Write(b.t.Context(), func(tx *db.Tx) error {
		for _, table := range []string{"member", "app_user"} {
			if _, err := tx.Exec(b.t.Context(), "delete from "+table); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (b *bundle) code() string {
	b.t.Helper()
	code, err := b.SetupCode(b.t.Context())
	must(b.t, err)
	return code
}

func firstSteps(code string) url.Values {
	return url.Values{"name": {"Ines Calder"}, "email": {"Ines@HarborPine.test"}, "password": {words4}, "workspace": {"Harbor Pine"}, "code": {code}}
}

func TestANewInstallationLeadsToItsFirstSteps(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.fresh()
	for _, path := range []string{"/sign-in", "/settings/team"} {
		goesTo(t, b.visit(b.nobody(), path), "/setup")
	}
	code := b.code()
	if len(code) != 9 || code[4] != '-' || code != b.code() {
		t.Fatalf("code %q", code)
	}
	twin, err := New(b.options) // another process of the same installation
	must(t, err)
	if same, err := twin.SetupCode(t.Context()); same != code || err != nil {
		t.Errorf("another process says %q, %v", same, err)
	}
	other := b.options
	other.HookKey = []byte("the key of another installation")
	apart, err := New(other)
	must(t, err)
	if same, _ := apart.SetupCode(t.Context()); same == code {
		t.Error("two installations have one code")
	}

	client := b.nobody()
	doc := parsed(t, b.visit(client, "/setup"))
	if !strings.Contains(doc.Find("#code-hint").Text(), "log") || doc.Find("#workspace").AttrOr("value", "") != "" || strings.Contains(doc.Text(), code) {
		t.Error("the page does not say where the code is, or knows too much")
	}
	goesTo(t, b.post(client, "/setup", firstSteps(strings.ToUpper(strings.ReplaceAll(code, "-", " ")))), "/")
	doc = parsed(t, b.visit(client, "/settings/account"))
	if text := doc.Find("[data-testid=headline] + p").Text(); !strings.Contains(text, "ines@harborpine.test is an owner of Harbor Pine") {
		t.Error(text)
	}
	goesTo(t, b.post(b.nobody(), "/sign-in", credentials("ines@harborpine.test", words4)), "/")

	// From now on the code opens nothing.
	if b.code() != "" {
		t.Error("a code is still printed")
	}
	goesTo(t, b.visit(b.nobody(), "/setup"), "/sign-in")
	form := firstSteps(code)
	form.Set("email", "second@harborpine.test")
	goesTo(t, b.post(b.nobody(), "/setup", form), "/sign-in")
	if all, err := b.store.SignIn(t.Context(), "second@harborpine.test"); len(all) != 0 || err != nil {
		t.Error("a second owner was made with the code")
	}
}

func TestWhatIsWrongInTheFirstStepsIsSaidAndCostsNoTry(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.fresh()
	for field, wrong := range map[string][]string{"name": {"", "  ", strings.Repeat("x", 81)}, "email": {"", "ines", "ines@", "a b@c.test", "Ines <ines@c.test>", "ines@localhost"},
		"password": {"", "elevenchars", "password1234", "ines@harborpine.test"}, "workspace": {""}, "code": {""}} {
		for _, value := range wrong {
			form := firstSteps(b.code())
			form.Set(field, value)
			res := b.post(b.nobody(), "/setup", form)
			doc := parsed(t, res)
			if res.StatusCode != http.StatusUnprocessableEntity || doc.Find("#"+field+"[aria-invalid=true][autofocus]").Length() != 1 || doc.Find("[aria-invalid]").Length() != 1 {
				t.Errorf("%s %q: status %d, %d marked", field, value, res.StatusCode, doc.Find("[aria-invalid]").Length())
			}
			for _, kept := range []string{"name", "email", "workspace", "code"} {
				if got, want := doc.Find("#"+kept).AttrOr("value", ""), strings.TrimSpace(form.Get(kept)); got != want {
					t.Errorf("%s %q: %s is lost: %q", field, value, kept, got)
				}
			}
		}
	}
	if strings.Contains(b.everything(), "\nthrottle ") {
		t.Error("it cost a try")
	}
}

func TestTheCodeCannotBeGuessed(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.fresh()
	client := b.nobody()
	for i := range freePerAddress {
		res := b.post(client, "/setup", firstSteps("aaaa-aaaa"))
		doc := parsed(t, res)
		text := doc.Find("[data-testid=code-error]").Text()
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "not the code") {
			t.Fatalf("try %d: status %d: %s", i+1, res.StatusCode, text)
		}
	}
	res := b.post(client, "/setup", firstSteps(b.code()))
	if doc := parsed(t, res); res.StatusCode != http.StatusTooManyRequests || !strings.Contains(doc.Find("[data-testid=wait]").Text(), "30 seconds") {
		t.Errorf("status %d", res.StatusCode)
	}
	b.now = b.now.Add(31 * time.Second)
	goesTo(t, b.post(client, "/setup", firstSteps(b.code())), "/")
}
