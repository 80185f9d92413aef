package browsertest

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// mapping begins where a template is chosen, and ends on the map of a flow.
func (g *guide) mapping() {
	g.page("/runs", "runs, none yet", "")
	g.b.open("/new")
	g.b.at("^/new/template")
	g.h.press(button("Use this template"))
	g.flow = strings.TrimSuffix(g.b.at("^/flows/[^/]+/map$"), "/map")
	g.b.see(testid("pairs"))
	g.b.until("the preview of one record came", func() bool { return ask[bool](g.b, `!!document.querySelector("[data-testid=lines]")`) })
	g.look("the map", "05-mapping")
	g.h.press(css("[data-testid=pair] a.more"))
	g.h.press(css("[data-testid=add-step] > button[value=formula]"))
	g.b.see(css("[data-formula]"))
	g.h.press(css(".terms > summary"))
	g.h.write(css("[data-formula]"), "value + phone")
	g.b.see(testid("setting-error"))
	g.look("the map, a formula that cannot be read", "05-steps")
	g.b.open(g.flow + "/map")
	g.h.press(testid("undo"))
	g.b.see(css("[data-testid=redo]:not([disabled])"))
	g.h.press(testid("accept"))
	g.b.see(css("[data-testid=redo][disabled]"))
	g.h.press(css("[data-testid=pair] a.more"))
	g.b.see(testid("open"))
	g.look("the map, a pair is open", "05-steps")
	g.b.open(g.flow + "/map")
	g.h.press(css("#rules > summary"))
	g.look("the map, the rules are open", "")
	g.page(g.flow+"/versions", "versions, and a draft", "")
	g.page(g.flow+"/template", "a flow becomes a template", "")
	g.page("/flows", "flows, one is not finished", "04-templates")
	g.page("/", "overview, a flow that was never on", "02-overview")
}

// automating makes an automation of a template and goes through what can be open on it.
func (g *guide) automating() {
	g.page("/automations/new", "an automation of one's own", "")
	g.page("/automations/new?template=new-contact-follow-up", "a template of an automation", "")
	g.h.press(testid("make"))
	g.auto = g.b.at("^/automations/auto_")
	g.h.press(css("[data-testid=card]", "Create an activity"))
	g.b.see(testid("becomes"))
	g.h.press(testid("try"))
	g.b.see(testid("tried"))
	g.look("an automation, tried, a step is open", "06-canvas")
	g.h.press(css("[data-testid=card]", "Only if"))
	g.b.see(testid("condition"))
	g.h.write(css("#oq"), "note")
	g.b.until("the list is narrowed", func() bool { return !g.b.shows(css(".ops-g")) })
	g.look("an automation, the filter is open and the list narrowed", "06-canvas")
	g.published()
	g.look("versions of an automation", "")
	g.keepsTemplate()
}

// keepsTemplate saves the automation whose versions are open as a template, and opens a file that is none.
func (g *guide) keepsTemplate() {
	g.b.open(strings.TrimSuffix(g.b.path(), "/versions"))
	g.h.press(testid("to-template"))
	g.b.see(testid("file"))
	g.look("an automation becomes a template", "")
	g.h.write(field("Name"), "Our welcome")
	g.h.press(testid("save-template"))
	g.b.see(testid("own-template", "Our welcome"))
	g.look("flows, and a template of one's own", "04-templates")
	g.h.press(testid("open-template"))
	g.h.write(field("Or paste what is in it"), "name: x")
	g.h.press(testid("open-file"))
	g.b.see(testid("fault"))
	g.look("a file that is no template", "")
}

// published publishes the automation that is open, changes it, and goes to its versions.
func (g *guide) published() {
	g.h.press(testid("publish"))
	g.b.see(testid("said", "Version 1 is published."))
	g.h.press(css("#open-ring")) // whose tools a mouse sees then
	g.b.see(css("[name='with.name']"))
	g.h.press(css("#b-more-ring"))
	g.h.press(css("#more-ring [data-testid=drop]"))
	g.b.see(css("#b-back"))
	g.h.press(testid("to-versions"))
	g.b.at("^/automations/[^/]+/versions$")
	g.b.see(testid("differ"))
}

// previewing ends with a flow that is on and whose first run is over.
func (g *guide) previewing() {
	g.page(g.flow+"/preview", "preview, nothing was rehearsed", "07-preview")
	g.b.still(true)
	g.h.press(testid("rehearse"))
	g.b.see(testid("live"))
	g.look("preview, a rehearsal is under way", "07-preview")
	g.b.still(false)
	g.b.must(chromedp.Do(g.b.ctx, chromedp.Reload())) // its address holds the wish, which nobody may have come to yet
	g.b.reload("the rehearsal is over", func() bool { return g.b.shows(testid("go-on")) })
	g.look("preview", "07-preview")
	g.h.press(testid("count-need-you"))
	g.b.until("those are listed that need a person", func() bool { return strings.Contains(g.b.path(), "?") })
	g.h.press(css("[data-testid=record] > summary"))
	g.look("preview, what needs you", "")

	g.b.open(g.flow + "/map")
	g.h.press(testid("undo"))
	g.b.see(css("[data-testid=redo]:not([disabled])"))
	g.b.open(g.flow + "/preview")
	g.b.see(testid("outdated"))
	g.look("preview, the map was changed since", "")
	g.h.press(testid("rehearse"))
	g.b.reload("it was rehearsed again", func() bool { return g.b.shows(testid("go-on")) })

	g.h.press(testid("try-one"))
	g.b.see(testid("sync-one"))
	g.look("one record first", "")
	g.h.press(testid("sync-one"))
	g.b.reload("the record is in step", func() bool { return g.b.shows(testid("came")) })
	g.look("one record first, and it is in step", "")

	g.page(g.flow+"/on", "the last step", "")
	g.h.write(field("Changes in one run"), "many")
	g.h.press(css("[data-testid=save]"))
	g.b.see(css("[aria-invalid=true]"))
	g.look("the last step, a number that is none", "")
	g.b.open(g.flow + "/on")
	g.b.still(true)
	g.h.press(testid("press"))
	run := g.b.at("^/runs/.")
	g.look("a run under way", "09-run")
	g.page("/", "overview, a run is under way", "02-overview")
	g.page("/runs", "runs, one is under way", "08-runs")
	g.b.still(false)
	g.b.open(run)
	g.b.reload("the run is over", func() bool { return g.b.shows(testid("run-now")) })
}

// finding goes from any page to a record by the keyboard, which shows what fits while somebody types.
func (g *guide) finding() {
	g.b.hit("/")
	g.b.at("^/search$")
	g.look("find a record", "")
	g.b.hit("zz", "zz")
	g.b.see(testid("nothing"))
	g.look("find a record, nothing fits", "")
	g.b.hit(kb.Backspace, kb.Backspace, kb.Backspace, kb.Backspace, "a", "n")
	g.b.see(testid("record"))
	g.look("find a record, some fit", "")
	g.b.hit("j", kb.Backspace) // letters are letters in a field
	g.b.until("it shows what was typed last", func() bool { return strings.HasSuffix(g.b.path(), "?q=an") && g.b.shows(testid("record")) })
	g.b.hit(kb.Tab, kb.Enter)
	g.b.at("^/records/")
}

// watching begins with a flow that is on, and ends with one of its accounts lost.
func (g *guide) watching() {
	run := g.b.path()
	g.look("a run, what needs you", "09-run")
	for _, tab := range []string{"problems", "changed", "calls", "all"} {
		g.b.open(run)
		g.h.press(testid("tab-" + tab))
		g.b.at("tab=" + tab)
		if g.b.shows(testid("record")) {
			g.h.press(css("[data-testid=record] > summary"))
		}
		g.look("a run, "+tab, "09-run")
	}
	g.b.open(run + "?tab=changed")
	g.h.press(css("[data-testid=record] > summary"))
	g.h.press(css("[data-testid=record][open] [data-testid=record-page]"))
	g.b.at("^/records/")
	g.h.press(css("[data-testid=field] a"))
	g.b.see(testid("answer"))
	g.look("a record, why a value is so", "10-record")
	g.b.open(run)
	g.h.press(testid("undo"))
	g.b.at("^/runs/[^/]+/undo")
	g.b.reload("it was looked at what would go back", func() bool { return g.b.shows(testid("tab-back")) })
	g.look("undo, what goes back", "09-run")
	g.page("/", "overview", "02-overview")
	g.page("/runs", "runs", "08-runs")
	g.page("/runs?q=nobody%40example.com", "runs, nothing fits", "")
	g.page("/needs-you", "what needs somebody", "11-attention")
	g.finding()
	g.page("/help", "help", "")
	g.page("/_gallery", "components", "14-components")
	g.page("/flows", "flows", "04-templates")
	g.page(g.flow+"/map", "the map of a flow that is on", "05-mapping")
	g.b.open(g.flow + "/map")
	if g.b.shows(testid("preview-bar")) { // on a phone
		g.h.press(testid("preview-bar"))
	}
	g.h.press(testid("test-more"))
	g.b.at("^/flows/[^/]+/test$")
	g.b.reload("more records were tested", func() bool { return !g.b.shows(testid("look-again")) })
	g.look("a test of the map", "")
	g.page(g.flow+"/on", "the settings of a flow that is on", "")
	g.page(g.flow+"/advanced", "the advanced part of a flow", "")
	g.page("/connections", "connections in use", "12-connections")
	g.page("/operations?q=tag", "operations", "13-catalog")
	g.h.press(css("[data-testid=operation] a"))
	g.b.see(testid("drawer-title"))
	g.look("an operation beside the catalog", "13-catalog")
	g.page("/operations/usercom/person-by-email", "an operation", "13-catalog")
	g.h.press(testid("try")) // without the address that it needs
	g.b.see(testid("problem"))
	g.look("an operation, tried", "13-catalog")

	g.w.control("POST", "tokens/revoke", map[string]any{"app": true, "system": "highlevel"}, nil)
	g.b.open(run)
	g.h.press(testid("run-now"))
	g.b.until("the run is another one, or none", func() bool { return g.b.path() != run })
	g.b.reload("a run has stopped", func() bool { // the schedule may have been quicker
		g.b.open("/runs")
		return g.b.shows(css("[data-testid=run]", "not taken"))
	})
	g.look("runs, one was stopped", "08-runs")
	g.b.open("/runs/" + ask[string](g.b, `css("[data-testid=run]", "not taken").id`))
	g.b.see(testid("stopped"))
	g.look("a run that an account stopped", "09-run")
	g.page("/", "overview, an account is lost", "02-overview")
	g.page("/connections", "connections, one is lost", "12-connections")
	g.page(g.flow+"/preview", "preview of a flow that is on", "")
	g.h.press(testid("rehearse"))
	g.b.see(testid("stopped"))
	g.look("preview, an account is lost", "")
	g.b.open("/flows")
	g.h.press(button("Switch off"))
	g.b.until("it is off", func() bool { return g.b.shows(button("Switch on")) })
	g.look("flows, one is off", "")
	g.page("/", "overview, the flow is off", "02-overview")
}

// reacting switches an automation on and has it set off by somebody who is new: from the gallery to the result.
func (g *guide) reacting() {
	at := switchedOn(g.b, g.h, "new-contact-follow-up")
	g.page(at+"/runs", "an automation, before it did anything", "")
	g.w.control("POST", "highlevel/contacts", map[string]any{"firstName": "Zoe", "lastName": "Quick", "email": "zoe.quick@example.com", "tags": []string{"lead"}}, nil)
	g.b.until("it was set off", func() bool {
		g.b.open(at + "/runs")
		return g.b.shows(css("[data-testid=firing]", "Waits until"))
	})
	g.look("what an automation did", "")
	g.h.press(css("[data-testid=firing] a"))
	g.b.at("/runs/fire_")
	g.h.press(css("[data-testid=step] summary"))
	g.look("what an automation did, step by step", "")
	g.h.press(testid("answer-end"))
	g.b.see(testid("reason", "Ended by"))
	g.h.press(testid("to-undo"))
	g.b.see(testid("back"))
	g.look("taking back what an automation did", "")
	// Of one call nobody hears the end, so somebody is asked.
	g.w.control("POST", "faults/once", map[string]any{"system": "usercom", "method": "POST", "path": "/api/public/users/", "fault": "after"}, nil)
	g.w.control("POST", "highlevel/contacts", map[string]any{"firstName": "Nora", "lastName": "Wrong", "email": "nora.wrong@example.com", "tags": []string{"lead"}}, nil)
	g.b.until("a step is in doubt", func() bool {
		g.b.open("/needs-you?kind=firing")
		return g.b.shows(css("[data-testid=need-firing]", "Nora Wrong"))
	})
	g.look("what needs you, a step of an automation", "11-attention")
	g.b.open("/runs/automations?show=needs")
	g.h.press(css("[data-testid=for-all] > summary"))
	g.look("runs of automations, and what is done with all", "")
	g.page("/", "overview, an automation", "02-overview")
}

// starting has the automation be called by a program, and started by hand for a record.
func (g *guide) starting() {
	g.b.open(g.auto + "?step=-when")
	g.h.press(css("[name='trigger.kind'][value=hook]"))
	g.h.press(testid("own-make"))
	g.b.see(css("#own-value"))
	g.look("an automation's own address, just made", "")
	g.h.press(css("[name='trigger.kind'][value=manual]"))
	g.b.see(css("[name='trigger.object']"))
	ask[bool](g.b, `(s => { s.value = "highlevel/contact"; return s.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector("[name='trigger.object']"))`)
	g.b.see(testid("trigger", "Somebody starts it"))
	g.h.press(testid("publish"))
	g.b.see(testid("said", "Version 2 is published."))
	g.h.press(testid("switch-on"))
	g.b.see(testid("running", "It is on"))
	g.page(g.auto+"/start", "an automation is started by hand", "")
}
