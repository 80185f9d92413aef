package browsertest

import "github.com/chromedp/chromedp/kb"

// wayIn ends signed in as the owner.
func (g *guide) wayIn() {
	g.page("/setup", "first run", "01-first-run")
	g.h.write(field("Your name"), person.name)
	g.h.write(field("Work email"), person.email)
	g.h.write(field("Password"), person.password)
	g.h.write(field("Workspace"), person.workspace)
	g.h.write(field("Set-up code"), "aaaa-aaaa")
	g.h.press(button("Create the owner"))
	g.b.see(testid("code-error"))
	g.look("first run, a wrong code", "01-first-run")
	setUp(g.w, g.b, g.h)

	g.b.open("/settings/account")
	g.h.press(button("Sign out"))
	g.b.at("^/sign-in")
	g.look("sign in", "01-sign-in")
	g.h.write(field("Work email"), person.email)
	g.h.write(field("Password"), "not this one, surely")
	g.h.press(button("Sign in"))
	g.b.see(css("[aria-invalid=true]"))
	g.look("sign in, a wrong password", "01-sign-in")
	g.h.write(field("Password"), person.password)
	g.h.press(button("Sign in"))
	g.b.at("^/$")
	g.b.expect(404)
	g.page("/sign-in/link/not-a-link", "a sign-in link that is over", "")
	g.page("/nothing-is-here", "no such page", "14-states")
}

// people goes through the pages of accounts and of the team. It begins and ends signed in as the owner.
func (g *guide) people() {
	w, b, h, visit := g.w, g.b, g.h, g.visit
	b.open("/settings")
	b.at("^/settings/account$")
	visit(b, stop{"account", ""})
	h.write(field("The password you have"), "not this one at all")
	h.write(field("The new one"), "narrow river large boat")
	h.press(button("Change the password"))
	b.see(testid("old-error"))
	visit(b, stop{"account, a wrong password", ""})
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
	h.press(link("API keys"))
	b.at("^/settings/tokens$")
	h.write(field("Which program it is for"), "nightly report")
	h.press(button("Make the key"))
	b.see(testid("made"))
	visit(b, stop{"API keys, one just made", ""})

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

// clients makes a second client, goes back to the first one with the keys alone, and looks at both. It begins and ends signed in
// as the owner, with the first one open.
func (g *guide) clients() {
	b, h, k := g.b, g.h, keyboard{g.b}
	g.page("/clients/new", "a new client", "")
	h.write(field("Name of the client"), "Northfold Yoga")
	h.press(button("Make the client"))
	b.at("^/$")
	k.press(css("button.client"))
	b.see(css("#client-list .dot.off"))
	g.look("the switcher", "02-overview.clients")
	b.open("/")
	k.press(css("button.client"))
	b.see(css("#client-list .dot.off"))
	b.hit(kb.ArrowDown)
	b.until("the other one has the focus", func() bool { return ask[bool](b, "document.activeElement.matches('#client-list button')") })
	b.hit(kb.Enter)
	b.at("^/$")
	b.until("the first client is open", func() bool {
		return ask[string](b, "css('.client b')?.textContent ?? ''") == person.workspace
	})
	b.says("1 of 2 clients")
	g.page("/clients", "all clients", "")
	g.page("/settings/workspace", "the settings of the workspace", "")
	for _, on := range []bool{false, true} { // a single key does something, unless the person does not want that
		b.open("/settings/account")
		h.press(css(map[bool]string{true: "[data-testid=letters] [value=on]", false: "[data-testid=letters] [value=off]"}[on]))
		b.see(testid("said"))
		b.open("/clients?q=h")
		b.hit("/")
		if got := b.focused(css("#q")); got != on {
			b.t.Errorf("with single keys %v, / begins a search: %v", on, got)
		}
	}
}

// copying looks at what a copy of the flow for a second client would be. It begins and ends signed in as the owner.
func (g *guide) copying() {
	b, h := g.b, g.h
	b.open("/clients/new")
	h.write(field("Name of the client"), "Northfold Yoga")
	h.press(button("Make the client"))
	b.at("^/$")
	connectBoth(b, h)
	b.open("/clients")
	h.press(css("[data-testid=client] form button"))
	b.until("the first client is open", func() bool { // wherever it needs somebody most
		return ask[string](b, "css('.client b')?.textContent ?? ''") == person.workspace
	})
	b.open(g.flow + "/copy")
	h.press(css("[data-testid=target] a"))
	b.see(testid("copy"))
	g.look("a copy of the flow for another client", "")
}
