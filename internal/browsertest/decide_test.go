package browsertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestAPersonEditsConflictsResolvesDeletesAndUndoes in one flow that asks, first by mouse and then by keyboard, each time with
// other people: a change by hand and its undo, one value changed on both sides and decided, a record deleted on one side whose
// partner a person deletes, and the page of a record that tells of it.
func TestAPersonEditsConflictsResolvesDeletesAndUndoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "60")
	b := w.tab(t)
	c := startClock(t, "decisions")
	b.open(strings.TrimPrefix(w.made.SignIn, w.made.URL))
	h := mouse{b}
	connectBoth(b, h)
	makeFlow(b, h)
	b.asks(h)
	h.press(testid("to-preview"))
	b.reload("the rehearsal is over", func() bool { return b.shows(testid("go-on")) })
	switchOn(b, h)
	b.reload("the run is over", func() bool { return b.shows(testid("run-now")) })
	b.counts("Failed", 0)
	c.lap("contacts are in step, by a flow that asks")
	people := w.both(6)
	for i, h := range []hand{h, keyboard{b}} {
		who := people[3*i:]
		undone(w, b, h, who[0])
		c.lap("a change was made and undone by " + h.name())
		resolved(w, b, h, who[1])
		c.lap("a conflict was made and decided by " + h.name())
		deleted(w, b, h, who[2])
		c.lap("a record was deleted on one side, and then on the other, by " + h.name())
	}
}

// pair is a person whom both systems have.
type pair struct{ email, a, b string }

// both are the people whom both systems have once, by their email; at least so many.
func (w *world) both(least int) (list []pair) {
	w.t.Helper()
	var all struct {
		HighLevel struct {
			Contacts []struct{ ID, Email, Phone string }
		}
		UserCom struct {
			Users struct {
				Rows []struct {
					ID    json.Number
					Email string
				}
			}
		}
	}
	w.control("GET", "state", nil, &all)
	in := map[string][]string{}
	for _, u := range all.UserCom.Users.Rows {
		in[strings.ToLower(u.Email)] = append(in[strings.ToLower(u.Email)], u.ID.String())
	}
	for _, c := range all.HighLevel.Contacts {
		if ids := in[strings.ToLower(c.Email)]; c.Email != "" && c.Phone != "" && len(ids) == 1 && !slices.ContainsFunc(list, func(p pair) bool { return p.email == c.Email }) {
			list = append(list, pair{c.Email, c.ID, ids[0]})
		}
	}
	if len(list) < least {
		w.t.Fatalf("only %d people are in both systems", len(list))
	}
	return list
}

// asks makes the rules of the flow whose map is open such that a person decides.
func (b *tab) asks(h hand) {
	b.t.Helper()
	h.press(css("#rules > summary"))
	for _, id := range []string{"conflict-rules-ask", "delete-rules-approve"} {
		h.press(css("#" + id))
		b.until("it is the rule: "+id, func() bool {
			return ask[bool](b, fmt.Sprintf(`!!css("#%s:checked") && !document.querySelector(".htmx-request")`, id))
		})
	}
}

// edit changes one value of somebody in one of the systems, on its own pages.
func (w *world) edit(b *tab, h hand, system string, who pair, name, value string) {
	b.t.Helper()
	w.find(b, h, who)
	h.press(css("[data-testid^=edit-" + system + "-]"))
	h.write(css("[name="+name+"]"), value)
	h.press(testid("save"))
	b.see(testid("notice"))
}

// find opens the list of the pretend systems at one person.
func (w *world) find(b *tab, h hand, who pair) {
	b.t.Helper()
	b.open(w.made.Control.Page)
	h.write(css("#q"), who.email)
	h.press(testid("search"))
	b.at("q=")
}

// shown waits until the pretend systems show a value of one person in one of them, or no longer.
func (w *world) shown(b *tab, who pair, system, value string, there bool) {
	b.t.Helper()
	within(b.t, time.Minute, fmt.Sprintf("%s shows %s: %t", system, value, there), func() bool {
		b.open(w.made.Control.URL + "/?q=" + who.email)
		b.see(testid("line"))
		return ask[bool](b, fmt.Sprintf(`(testid("side-%s")?.innerText ?? "").includes(%s)`, system, quoted(value))) == there
	})
}

// lastRun opens the newest run, which a call of a system about one record led to.
func (b *tab) lastRun(h hand) {
	b.t.Helper()
	b.reload("the run of the change is the newest", func() bool {
		b.open("/runs")
		return ask[bool](b, `(() => { const r = css("[data-testid=run]"); return !!r && r.innerText.includes("Told of a change") && words(r.querySelector(".c-u").innerText) === "1" })()`)
	})
	h.press(css("[data-testid=run] a.rowlink"))
	b.at("^/runs/.")
	b.reload("the run is over", func() bool { return b.shows(testid("run-now")) })
}

// undone changes somebody's company and takes back what that led to.
func undone(w *world, b *tab, h hand, who pair) {
	b.t.Helper()
	was := w.company(who)
	w.edit(b, h, "highlevel", who, "companyName", "Harbour Light Studio")
	w.shown(b, who, "usercom", "Harbour Light Studio", true)
	b.lastRun(h)
	run := b.path()
	h.press(testid("undo"))
	b.at("^/runs/[^/]+/undo")
	b.reload("it was looked at what would go back", func() bool { return b.shows(testid("confirm")) })
	if says := b.see(testid("record")); !strings.Contains(says, was) {
		b.t.Errorf("what goes back to %q is told as %q", was, says)
	}
	h.press(css("[data-testid=confirm] [data-testid=undo]"))
	b.at(`^/runs/[^/?]+($|\?)`)
	w.shown(b, who, "usercom", "Harbour Light Studio", false)
	if got := w.company(who); got != was {
		b.t.Errorf("after the undo User.com has %q, before the change it had %q", got, was)
	}
	b.open(run)
	b.reload("the run says that it was undone", func() bool { return b.shows(testid("undone")) })
}

// company is what User.com holds as somebody's company.
func (w *world) company(who pair) string {
	w.t.Helper()
	var u struct {
		Company string `json:"company_name"`
	}
	w.control("GET", "usercom/users/"+who.b, nil, &u)
	return u.Company
}

// resolved changes a phone number on both sides, and decides for that of the first.
func resolved(w *world, b *tab, h hand, who pair) {
	b.t.Helper()
	ours, theirs := "+1415200"+who.b[max(0, len(who.b)-4):], "+1650300"+who.b[max(0, len(who.b)-4):]
	for len(ours) < 12 {
		ours, theirs = ours+"7", theirs+"8"
	}
	w.edit(b, h, "usercom", who, "phone_number", theirs)
	w.edit(b, h, "highlevel", who, "phone", ours)
	line := css("[data-testid=line]", "Phone")
	b.reload("it waits for a person", func() bool { b.open("/needs-you?kind=value"); return b.shows(line) })
	h.press(line)
	b.until("it is shown", func() bool { return b.shows(css("[data-testid=value] h2", "Phone")) })
	says := b.see(testid("value"))
	for _, v := range []string{ours, theirs} {
		if !strings.Contains(says, v) {
			b.t.Errorf("what is asked does not show %s: %s", v, says)
		}
	}
	record := ask[string](b, `css("[data-testid=value] h2 a").getAttribute("href")`)
	h.press(css("[name=side-kept][value=a]"))
	h.press(css("[name=do][value=keep-side]"))
	b.see(testid("said"))
	w.shown(b, who, "usercom", ours, true)
	w.shown(b, who, "usercom", theirs, false)
	b.open(record)
	b.reload("the record tells of it", func() bool {
		b.open(record)
		return strings.Contains(ask[string](b, `testid("history")?.innerText ?? ""`), ours)
	})
	says = ask[string](b, `words(testid("history").innerText)`)
	for _, told := range []string{"Two values wait for you", "was " + theirs + " now " + ours, "decided that the value of HighLevel counts"} {
		if !strings.Contains(says, told) {
			b.t.Errorf("the record does not tell %q: %s", told, says)
		}
	}
}

// deleted deletes somebody in the first system. When that was found twice, a person has the partner deleted, too.
func deleted(w *world, b *tab, h hand, who pair) {
	b.t.Helper()
	before := w.misses()
	w.find(b, h, who)
	h.press(css("[data-testid^=edit-highlevel-]"))
	h.press(testid("delete"))
	h.press(testid("delete-confirm"))
	b.see(testid("notice"))
	b.until("a run found it gone", func() bool { return w.misses() > before })
	w.later("11m")
	b.reload("it waits for a person", func() bool { b.open("/needs-you?kind=delete"); return b.shows(testid("delete")) })
	if says := b.see(testid("delete")); !strings.Contains(says, "Delete") {
		b.t.Error(says)
	}
	h.press(css("[name=do][value=delete]"))
	b.see(testid("said"))
	within(b.t, time.Minute, "it is gone from the other system", func() bool { return !slices.Contains(w.ids(), who.b) })
}

// later moves the time of everything in the world.
func (w *world) later(by string) {
	w.t.Helper()
	w.control("POST", "clock", map[string]any{"advance": by}, nil)
}

// misses counts the reads of one contact that HighLevel answered with nothing.
func (w *world) misses() (n int) {
	w.t.Helper()
	var all struct {
		HighLevel struct {
			Calls []struct {
				Method, Path  string
				Status, Count int
			}
		}
	}
	w.control("GET", "counters", nil, &all)
	for _, c := range all.HighLevel.Calls {
		if c.Method == "GET" && c.Path == "/contacts/{contactId}" && c.Status >= 400 {
			n += c.Count
		}
	}
	return n
}

// ids are those of the people of User.com.
func (w *world) ids() (list []string) {
	w.t.Helper()
	var all struct {
		UserCom struct {
			Users struct{ Rows []struct{ ID json.Number } }
		}
	}
	w.control("GET", "state", nil, &all)
	for _, u := range all.UserCom.Users.Rows {
		list = append(list, u.ID.String())
	}
	return list
}
