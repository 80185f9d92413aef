package browsertest

import "testing"

// tourOfThePeople goes through the pages of accounts and of the team. It begins and ends signed in as the owner.
func tourOfThePeople(w *world, b *tab, h hand, visit func(*tab, stop)) {
	b.open("/settings")
	b.at("^/settings/account$")
	visit(b, stop{"account", ""})
	h.write(field("The password you have"), "not this one at all")
	h.write(field("The new one"), "narrow river large boat")
	h.press(button("Change the password"))
	b.see(testid("old-error"))
	visit(b, stop{"account, a wrong password", ""})
	h.press(button("Dark"))
	b.until("the page is dark at once", func() bool { return ask[string](b, "document.documentElement.dataset.theme ?? ''") == "dark" })
	b.open("/settings/account")
	if ask[string](b, "document.documentElement.dataset.theme ?? ''") != "dark" {
		b.t.Error("the look is lost with the page")
	}
	h.press(button("Like my system"))
	b.until("the look of the system is back", func() bool { return ask[bool](b, "!('theme' in document.documentElement.dataset)") })
	b.open("/settings/account")

	h.press(link("Team"))
	b.at("^/settings/team$")
	visit(b, stop{"team, alone", ""})
	h.write(field("Their email"), "joe@example.com")
	h.press(field("Editor: also changes connections and flows"))
	h.press(button("Make the link"))
	b.see(testid("link-sheet"))
	visit(b, stop{"team, a link to send", ""})
	invitation := ask[string](b, "document.querySelector('#link').value")

	joe := w.tab(b.t)
	joe.open(invitation)
	joe.see(testid("invite"))
	visit(joe, stop{"invitation", ""})
	as := mouse{joe}
	as.write(field("Your name"), "Joe Poe")
	as.write(field("Password"), "four plain words here")
	as.press(button("Join Harbour Studio"))
	joe.at("^/$")
	joe.open("/settings/team")
	visit(joe, stop{"team, as an editor", ""})

	b.open("/settings/team")
	visit(b, stop{"team", ""})
	h.press(link("Remove"))
	b.at("/remove$")
	visit(b, stop{"team, removing somebody", ""})
	h.press(button("Remove"))
	b.at("^/settings/team$")
	b.see(testid("said"))
	visit(b, stop{"team, after removing", ""})

	joe.open("/settings/team")
	joe.at("^/sign-in")
	visit(joe, stop{"sign in", "01-sign-in"})
	as.write(field("Work email"), "joe@example.com")
	as.write(field("Password"), "four plain words here")
	as.press(button("Sign in"))
	joe.see(testid("password-error"))
	visit(joe, stop{"sign in, a wrong password", "01-sign-in"})
	joe.expect(404)
	joe.open(invitation)
	joe.see(testid("headline"))
	visit(joe, stop{"an invitation that was used", ""})
}

// TestPeopleComeInAndGoWithoutScripts invites somebody, who joins and is removed, on pages whose scripts do not run.
func TestPeopleComeInAndGoWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "1", "--first-run")
	b := w.tab(t)
	b.withoutScripts()
	tourOfTheWayIn(w, b, mouse{b}, func(*tab, stop) {})
	h := mouse{b}
	b.open("/settings/account")
	h.press(button("Dark"))
	b.at("^/settings/account$")
	b.until("the page is dark", func() bool { return ask[string](b, "document.documentElement.dataset.theme ?? ''") == "dark" })
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
	as.press(button("Join Harbour Studio"))
	joe.at("^/$")
	b.open("/settings/team")
	h.press(link("Remove"))
	b.at("/remove$")
	h.press(button("Remove"))
	b.see(testid("said"))
	joe.open("/settings/account")
	joe.at("^/sign-in")
}
