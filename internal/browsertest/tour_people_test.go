package browsertest

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

// people are the settings.
func (g *guide) people() {
	g.page("/settings/account", "account", "")
	g.page("/settings/team", "team", "")
	g.h.write(field("email"), "joao@example.com")
	g.h.press(button("Make the link"))
	invited := g.b.see(testid("link-sheet"))
	if invited == "" {
		g.b.t.Error("no link is shown")
	}
	g.look("team, somebody is invited", "")
	link := ask[string](g.b, `document.querySelector("[data-testid=link]").value`)
	other := g.w.tab(g.b.t)
	other.open(link)
	g.visit(other, stop{"an invitation", "01-first-run"})
	h := mouse{other}
	h.write(field("Your name"), "João Reis")
	h.write(field("Password"), "four green small boats")
	h.press(css("form button[type=submit]"))
	other.at("^/$")
	g.b.open("/settings/team")
	g.h.press(button("Remove João"))
	g.b.at("/remove$")
	g.look("team, removing somebody", "")
}
