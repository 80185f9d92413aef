package browsertest

import "strings"

// mapping begins where a template is chosen, and ends on the map of a flow.
func (g *guide) mapping() {
	g.b.open("/new")
	g.b.at("^/new/template")
	g.h.press(button("Use this template"))
	g.flow = strings.TrimSuffix(g.b.at("^/flows/[^/]+/map$"), "/map")
	g.b.see(testid("pairs"))
	g.b.see(testid("lines"))
	g.look("the map", "05-mapping")
	g.h.press(testid("accept"))
	g.b.see(css("[data-testid=undo]:not([disabled])"))
	g.h.press(css("[data-testid=pair] a.more"))
	g.b.see(testid("open"))
	g.look("the map, a pair is open", "05-steps")
	g.page(g.flow+"/map", "the map, a suggestion is accepted", "05-mapping")
	g.page("/flows", "flows, one is off", "04-templates")
	g.page("/", "overview, one flow is off", "02-overview")
}
