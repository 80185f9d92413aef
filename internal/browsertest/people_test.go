package browsertest

import "testing"

// theme is the look that the page has been given, "" for that of the system.
func (b *tab) theme() string {
	b.t.Helper()
	return ask[string](b, "document.documentElement.dataset.theme ?? ''")
}

// TestThePageIsDarkAtOnceAndStaysSo by a script that also tells the server.
func TestThePageIsDarkAtOnceAndStaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "1", "--first-run")
	b := w.tab(t)
	h := mouse{b}
	setUp(w, b, h)
	b.open("/settings/account")
	for _, c := range [][2]string{{"Dark", "dark"}, {"Light", "light"}, {"Like my system", ""}, {"Light or dark", "dark"}} {
		demand[bool](b, "window.marked = true")
		h.press(button(c[0]))
		b.until("the look is "+c[1], func() bool { return b.theme() == c[1] })
		if !demand[bool](b, "window.marked === true") {
			t.Errorf("%s loads the page anew", c[0])
		}
		b.until("the server knows that it is "+c[1], func() bool {
			b.open("/settings/account")
			return b.theme() == c[1]
		})
	}
}

// TestPeopleComeInAndGoWithoutScripts invites somebody, who joins and is removed, on pages whose scripts do not run.
func TestPeopleComeInAndGoWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "1", "--first-run")
	b := w.tab(t)
	b.withoutScripts()
	h := mouse{b}
	setUp(w, b, h)
	b.open("/settings/account")
	h.press(button("Dark"))
	b.until("the page is dark", func() bool { return b.theme() == "dark" })
	b.at("^/settings/account$")
	b.open("/settings/team")
	h.write(field("Their email"), "joe@example.com")
	h.press(button("Make the link"))
	b.see(testid("link-sheet"))
	joe := w.tab(t)
	joe.withoutScripts()
	joe.open(ask[string](b, "document.querySelector('#link').value"))
	as := mouse{joe}
	as.write(field("Your name"), "Joe Poe")
	as.write(field("Password"), "four plain words here")
	as.press(button("Join"))
	joe.at("^/$")
	b.open("/settings/team")
	h.press(link("Remove Joe"))
	b.at("/remove$")
	h.press(button("Remove Joe"))
	b.see(testid("said"))
	joe.open("/settings/account")
	joe.at("^/sign-in")
}
