package browsertest

import (
	"fmt"
	"strings"
	"time"
)

// many are more people than a run may write to beyond what somebody approved.
const many = 30

// ownFields are custom fields that both systems have, with a value in neither.
var ownFields = []string{"Plan", "Level", "Segment"}

// own makes the custom fields, and returns their numbers in both systems, by name.
func (w *world) own() (in [2]map[string]string) {
	w.t.Helper()
	in = [2]map[string]string{{}, {}}
	for _, name := range ownFields {
		var a struct{ ID string }
		w.control("POST", "highlevel/customFields", map[string]any{"name": name, "dataType": "TEXT"}, &a)
		var b struct{ ID int64 }
		w.control("POST", "usercom/attributes", map[string]any{"name": name, "value_type": "string", "content_type": "clientuser"}, &b)
		in[0][name], in[1][name] = a.ID, fmt.Sprint(b.ID)
	}
	return in
}

// fill gives a custom field of HighLevel a value, for some people, without anybody being told.
func (w *world) fill(people []pair, field, value string) {
	w.t.Helper()
	w.mute(true)
	for _, p := range people {
		w.control("PUT", "highlevel/contacts/"+p.a, map[string]any{"customFields": []any{map[string]any{"id": field, "field_value": value}}}, nil)
	}
}

// mute has HighLevel tell of no change, or of each again.
func (w *world) mute(on bool) {
	w.t.Helper()
	address := w.made.URL + "/hooks/highlevel"
	if on {
		address = ""
	}
	w.control("PUT", "highlevel/webhook", map[string]any{"url": address}, nil)
}

// asking begins with nothing and ends with a flow that asks, and another one that an account does not allow yet.
func (g *guide) asking() {
	g.fields = g.w.own()
	g.b.open(strings.TrimPrefix(g.w.made.SignIn, g.w.made.URL))
	connectBoth(g.b, g.h)
	g.flow = makeFlow(g.b, g.h)
	g.b.asks(g.h)
	for _, name := range ownFields {
		g.h.press(free("a", name))
		g.h.press(free("b", name))
		board{g.b}.paired(name, name)
	}
	g.b.open("/new?template=task-sync")
	g.b.at("^/new/template")
	g.h.press(css("button[name=template][value=task-sync]"))
	tasks := strings.TrimSuffix(g.b.at("^/flows/[^/]+/map$"), "/map")
	g.b.see(testid("lacks-highlevel"))
	g.look("the map, an account has to allow more", "")
	g.page(tasks+"/on", "the last step, an account has to allow more", "")
}

// rehearse looks at what the flow would do, and ends where that can be approved.
func (g *guide) rehearse() {
	g.b.t.Helper()
	g.b.open(g.flow + "/preview")
	g.h.press(testid("rehearse"))
	g.b.reload("the rehearsal is over", func() bool { return g.b.shows(testid("go-on")) })
}

// first switches on, and waits for the end of the run that this begins.
func (g *guide) first() {
	g.b.t.Helper()
	g.h.press(testid("press"))
	g.b.at("^/runs/[^/]+$")
	g.b.reload("the run is over", func() bool { return g.b.shows(testid("run-now")) })
}

// runNow asks for a run on the page of the newest one. Where one is under way already, its end is waited for.
func (g *guide) runNow() {
	g.b.t.Helper()
	g.b.open("/runs")
	g.h.press(css("[data-testid=run] a.rowlink"))
	for was := g.b.at("^/runs/."); ; was = g.b.path() {
		g.b.reload("the run is over", func() bool { return g.b.shows(testid("run-now")) })
		g.h.press(testid("run-now"))
		g.b.until("it is asked for, or there was one", func() bool { return g.b.path() != was })
		if !strings.HasPrefix(g.b.path(), "/runs/") {
			return
		}
	}
}

// turn switches the flow on or off.
func (g *guide) turn(to string) {
	g.b.t.Helper()
	g.b.open("/flows")
	g.h.press(css(fmt.Sprintf("form[action$='%s/switch'] [name=to][value=%s]", g.flow, to)))
	if to == "off" {
		g.b.see(testid("said"))
		return
	}
	g.b.at("^/runs/[^/]+$")
}

// newest waits until the newest run is over and shows something, and returns its path.
func (g *guide) newest(w what) string {
	g.b.t.Helper()
	g.b.reload("the newest run shows "+string(w), func() bool {
		g.b.open("/runs")
		g.b.open(ask[string](g.b, `css("[data-testid=run] a.rowlink")?.getAttribute("href") ?? "/runs"`))
		return g.b.shows(testid("run-now")) && g.b.shows(w)
	})
	return g.b.path()
}

// onlyWatching has the flow tell what it would do, and then lets it write.
func (g *guide) onlyWatching() {
	watch := css("[name=watch]")
	g.b.open(g.flow + "/on")
	g.h.press(watch)
	g.h.press(css("[name=do][value=save]"))
	g.b.see(testid("said"))
	g.rehearse()
	g.page(g.flow+"/on", "the last step of a flow that only watches", "")
	g.first()
	g.look("a run of a flow that only watches", "09-run")
	g.page("/runs", "runs, one only watched", "08-runs")
	g.b.open(g.flow + "/on")
	g.h.press(watch)
	g.h.press(css("[name=do][value=save]"))
	g.b.see(testid("said"))
}

// holding changes more than may be written unseen between the preview and the switch.
func (g *guide) holding() {
	g.rehearse()
	people := g.w.both(many + 4)
	g.w.fill(people[:many], g.fields[0]["Segment"], "gold")
	g.b.open(g.flow + "/on")
	g.first()
	g.look("a run, some changed since the preview", "09-run")
	g.h.press(testid("held"))
	g.b.see(testid("held"))
	g.look("what needs somebody, changed since the preview", "11-attention")
	g.h.press(css("[name=do][value=accept]"))
	g.b.see(testid("said"))
	g.b.open("/needs-you?kind=held")
	g.h.press(css("[data-testid=held-all] [name=sure]"))
	g.h.press(css("[name=do][value=accept-all]"))
	g.b.see(testid("said"))
	g.b.reload("nothing waits that changed since", func() bool {
		g.b.open("/needs-you?kind=held")
		return !g.b.shows(testid("line")) && !g.b.shows(testid("decided"))
	})
}

// deciding has a value changed on both sides, and somebody deleted on one.
func (g *guide) deciding() {
	people := g.w.both(many + 4)
	g.w.control("PUT", "usercom/users/"+people[0].b, map[string]any{"city": "Porto"}, nil)
	g.w.control("PUT", "highlevel/contacts/"+people[0].a, map[string]any{"city": "Faro"}, nil)
	g.runNow()
	g.b.reload("it waits for a person", func() bool {
		g.b.open("/needs-you?kind=value")
		return g.b.shows(css("[data-testid=line]", "City"))
	})
	g.h.press(css("[data-testid=line]", "City"))
	g.b.until("it is shown", func() bool { return g.b.shows(css("[data-testid=value] h2", "City")) })
	g.look("what needs somebody, two values", "11-attention")
	g.b.open(ask[string](g.b, `css("[data-testid=value] h2 a").getAttribute("href")`))
	g.look("a record of which a field waits", "10-record")

	g.w.mute(false)
	before := g.w.misses()
	for _, p := range people[1:3] {
		g.w.control("DELETE", "highlevel/contacts/"+p.a, nil, nil)
	}
	g.b.until("both were found gone", func() bool { return g.w.misses() >= before+2 })
	g.w.later("11m")
	since := time.Now()
	g.b.reload("both wait for a person", func() bool {
		if time.Since(since) > 20*time.Second { // one of them was missed twice, and the other not before the time had passed
			g.w.later("11m")
			since = time.Now()
		}
		g.b.open("/needs-you?kind=delete")
		return ask[int](g.b, `document.querySelectorAll("[data-testid=line]").length`) == 2
	})
	g.look("what needs somebody, deleted on one side", "11-attention")
	g.h.press(css("[name=do][value=keep]"))
	g.b.see(testid("said"))
	g.b.open("/needs-you?kind=delete")
	g.h.press(css("[name=do][value=delete]"))
	g.b.see(testid("said"))
}

// braking has a run stopped by the brake, lets it through once, and takes all of it back.
func (g *guide) braking() {
	people := g.w.both(many + 4)
	g.turn("off") // a look by plan in the middle would take some of them over, and leave too few to be stopped for
	g.w.fill(people[1:1+many], g.fields[0]["Plan"], "wide")
	g.turn("on")
	braked := g.newest(testid("beyond"))
	g.look("a run that the brake stopped", "09-run")
	g.page("/needs-you", "what needs somebody, the brake", "11-attention")
	g.b.open(braked)
	g.h.press(button("Carry these changes out once"))
	g.b.until("it is on its way", func() bool { return g.b.path() != braked })
	done := g.newest(css("[data-testid=count-Updated]", fmt.Sprint(many)))
	g.h.press(testid("undo"))
	g.b.at("^/runs/[^/]+/undo")
	g.b.reload("it was looked at what would go back", func() bool { return g.b.shows(testid("confirm")) })
	g.h.press(css("[data-testid=confirm] [data-testid=undo]"))
	g.b.at(`^/runs/[^/?]+($|\?)`)
	g.b.reload("the undo is over", func() bool { return g.b.shows(testid("run-now")) })
	g.look("a run that is an undo", "09-run")
	g.page(done, "a run that was undone", "09-run")
}

// drifting changes custom fields in their systems, and mends what that paused.
func (g *guide) drifting() {
	var all struct {
		UserCom struct {
			Attributes struct {
				Rows []struct {
					ID   int64
					Name string `json:"name_std"`
				}
			}
		}
	}
	g.w.control("GET", "state", nil, &all)
	for _, x := range all.UserCom.Attributes.Rows {
		if x.Name == "company_name" {
			g.w.control("DELETE", fmt.Sprint("usercom/attributes/", x.ID), nil, nil)
		}
	}
	g.w.control("PUT", "highlevel/customFields/"+g.fields[0]["Plan"], map[string]any{"dataType": "NUMERICAL"}, nil)
	g.w.control("DELETE", "usercom/attributes/"+g.fields[1]["Level"], nil, nil)
	g.w.control("POST", "usercom/attributes", map[string]any{"name": "Level", "value_type": "string", "content_type": "clientuser"}, nil)
	g.w.control("PUT", "highlevel/customFields/"+g.fields[0]["Segment"], map[string]any{"name": "Group"}, nil)
	g.w.control("PUT", "highlevel/contacts/"+g.w.both(many)[5].a, map[string]any{"city": "Braga"}, nil) // a run without a change is not kept
	g.runNow()
	g.newest(testid("drift"))
	g.look("a run that found fields changed", "09-run")
	g.page("/needs-you?kind=field", "what needs somebody, fields changed", "11-attention")
	g.b.open(g.flow + "/map")
	g.b.see(testid("drift-accept"))
	g.look("the map, fields changed", "05-mapping")
	for n := ask[int](g.b, `document.querySelectorAll("[data-testid=drift-accept]").length`); n > 0; n-- {
		g.h.press(testid("drift-accept"))
		g.b.until("it is mended", func() bool {
			return ask[bool](g.b, fmt.Sprintf(`document.querySelectorAll("[data-testid=drift-accept]").length === %d && !document.querySelector(".htmx-request")`, n-1))
		})
	}
	if says := g.b.see(testid("drift")); !strings.Contains(says, "is made again") {
		g.b.t.Errorf("after all was mended the map says %s", says)
	}
}
