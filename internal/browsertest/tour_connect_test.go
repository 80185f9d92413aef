package browsertest

// connecting ends with both accounts connected and no flow.
func (g *guide) connecting() {
	g.page("/flows", "flows, none yet", "04-templates")
	g.page("/connections", "connections, none yet", "")
	g.page("/connect", "which system", "")
	g.page("/connect/usercom", "connect an account without a flow", "")

	g.b.open("/new")
	g.b.at("^/new/a")
	g.look("connect the first, by consent", "03-wizard")
	g.h.press(link("Paste a key"))
	g.b.at("way=key")
	g.look("connect the first, by key", "03-wizard")
	g.h.write(css("#locationId"), "ve9EPM428h8vShlRW1KT")
	g.h.write(css("#key"), "pit-00000000-0000-4000-8000-000000000000")
	g.h.press(button("Connect HighLevel"))
	g.b.see(testid("problem"))
	g.look("connect the first, a key that is refused", "03-wizard")

	g.b.open("/new/a")
	g.refuse()
	g.look("consent was refused", "")
	g.b.open("/new/a")
	g.b.consent(g.h)
	g.look("whose account it is", "")
	g.h.press(button("Yes, connect"))
	g.b.at("^/new/b")
	second := g.b.path()
	g.look("connect the second, by consent", "03-wizard")
	g.h.press(link("Paste a key"))
	g.b.at("way=key")
	g.look("connect the second, by key", "03-wizard")
	g.b.open(second)
	g.b.agree(g.h)
	g.b.at("^/new/template")
	g.look("choose a template", "04-templates")

	g.page("/connections", "connections", "12-connections")
	first := ask[string](g.b, `document.querySelector("[data-testid=connection] h2 a").getAttribute("href")`)
	second = ask[string](g.b, `document.querySelectorAll("[data-testid=connection] h2 a")[1].getAttribute("href")`)
	g.page(first, "a connection", "12-connections")
	g.page(second, "a connection with settings", "12-connections")
	g.page(first+"/hook", "have it tell of changes", "")
	g.page(first+"/key", "connect it again", "03-wizard")
	g.page(first+"/disconnect", "disconnect", "")
	g.page("/apps/highlevel", "an app", "")
	g.page("/apps/usercom", "an app of the other system", "")
}

// refuse says no on the consent page.
func (g *guide) refuse() {
	g.b.t.Helper()
	g.h.press(testid("go"))
	g.b.untilAsked(g.h)
	g.h.press(testid("cancel"))
	g.b.see(testid("again"))
}
