package browsertest

import (
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// TestTasksAndNotesFollowTheirContacts goes on where contacts are in step: both flows are taken from the gallery, what they
// need is asked for on the way, and a task that somebody finishes is finished on the other side.
func TestTasksAndNotesFollowTheirContacts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "60")
	b := w.tab(t)
	h := mouse{b}
	c := startClock(t, "tasks and notes")
	b.open(strings.TrimPrefix(w.made.SignIn, w.made.URL))
	connectBoth(b, h)
	makeFlow(b, h)
	preview(w, b, h)
	firstRun(w, b, switchOn(b, h))
	c.lap("contacts are in step")
	flow := childFlow(b, h, "task-sync", w.made.Tasks, true, func() hand { return keyboard{b} })
	c.lap("tasks are in step")
	childFlow(b, h, "note-sync", w.made.Notes, false, func() hand { return touching(b) })
	c.lap("notes are in step")
	task := finished(w, b, h)
	within(t, time.Minute, "the task is done in User.com", func() bool { return doneThere(w, task) })
	c.lap("a task that was finished in HighLevel is done in User.com")
	b.open("/runs?flow=" + strings.TrimPrefix(flow, "/flows/"))
	b.reload("the run of the change is in the list", func() bool { return b.shows(css("[data-testid=run] .c-u", "1")) })
	h.press(css("[data-testid=run] a.rowlink"))
	b.at("^/runs/.")
	if says := b.see(testid("record")); !strings.Contains(says, task) || !strings.Contains(says, "Task of ") {
		t.Errorf("the run says %q", says)
	}
}

// childFlow makes a flow from the gallery, allows what is missing, looks at the preview, tries one record with another hand, switches
// on and waits for the end of the first run.
func childFlow(b *tab, h hand, template string, want sandbox.ExpectedOf, asks bool, other func() hand) (flow string) {
	b.t.Helper()
	b.open("/flows")
	h.press(css(`a[href="/new?template=` + template + `"]`))
	b.at("^/new/template")
	h.press(css("button[name=template][value=" + template + "]"))
	flow = strings.TrimSuffix(b.at("^/flows/[^/]+/map$"), "/map")
	b.see(testid("pairs"))
	if asks {
		h.press(testid("ask-again"))
		b.untilAsked(h)
		h.press(testid("allow"))
		b.at("^/connect/pending/")
		h.press(button("Yes, connect"))
		b.at(flow + "/map$")
	}
	h.press(testid("to-preview"))
	b.at(`/preview($|\?)`)
	b.reload("the rehearsal is over", func() bool { return b.shows(testid("go-on")) })
	b.counts("created", want.CreatedA+want.CreatedB)
	b.counts("need-you", 0)
	tryOne(b, other())
	b.seen(looks[0])
	switchOn(b, h)
	b.reload("the run is over", func() bool { return b.shows(testid("run-now")) })
	b.counts("Created", want.CreatedA+want.CreatedB-1)
	b.counts("Failed", 0)
	return flow
}

// tryOne begins on a preview, has the record that is suggested brought into step, looks at the way back, and ends where one goes on.
func tryOne(b *tab, h hand) {
	b.t.Helper()
	h.press(testid("try-one"))
	b.at("/one$")
	h.press(css("[data-testid=choice]:not([aria-current])")) // another one than is suggested
	b.at(`/one\?record=`)
	name := b.see(testid("will"))
	h.press(css("[data-testid=choice]"))
	b.until("the suggested one is shown", func() bool { return b.see(testid("will")) != name })
	h.press(testid("sync-one"))
	b.reload("the record is in step", func() bool { return b.shows(testid("came")) })
	one := b.path()
	h.press(testid("undo-trial"))
	b.at("^/runs/[^/]+/undo")
	b.open(one)
}

// finished marks a task as done on the pages of HighLevel, and returns its title.
func finished(w *world, b *tab, h hand) string {
	b.t.Helper()
	const title = "Renew the contract"
	var all struct {
		HighLevel struct {
			Tasks []struct{ ID, ContactID, Title string }
		}
	}
	w.control("GET", "state", nil, &all)
	for _, task := range all.HighLevel.Tasks {
		if task.Title == title {
			b.open(w.made.Control.Page)
			b.open(w.made.Control.URL + "/highlevel/" + task.ContactID)
			h.press(testid("item-state-" + task.ID))
			b.says("Open it again")
			return title
		}
	}
	b.t.Fatal("nobody has such a task")
	return ""
}

// doneThere reports whether User.com has a task of that title that is done.
func doneThere(w *world, title string) bool {
	var all struct {
		UserCom struct {
			Activities struct {
				Rows []struct {
					Name string
					Done bool
				}
			}
		}
	}
	w.control("GET", "state", nil, &all)
	for _, a := range all.UserCom.Activities.Rows {
		if a.Name == title && a.Done {
			return true
		}
	}
	return false
}
