package web

import (
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/flow"
)

// family is two pretend CRMs whose people are in step, with a flow of what hangs on them.
func family(t *testing.T, template string) *crms {
	t.Helper()
	c := newCRMs(t, 60, func(f *flow.Flow) { f.Enabled, f.Approval = true, &flow.Approval{By: "x", How: "apply"} })
	c.runs(t, engine.Request{Look: true})
	f, err := flow.Resolve(flow.FlowSpec{Name: "What hangs on them", Template: template})
	must(t, err)
	f.Connections, f.Enabled, f.Approval = c.flow.Connections, true, &flow.Approval{By: "x", How: "apply"}
	c.flow, _, err = c.store.SaveFlow(t.Context(), c.conns[0].Workspace, f)
	must(t, err)
	return c
}

// runs runs the flow.
func (c *crms) runs(t *testing.T, q engine.Request) engine.Run {
	t.Helper()
	q.Workspace, q.Flow, q.Trigger = c.conns[0].Workspace, c.flow, "manual"
	if q.DryRun {
		q.Trigger = engine.Rehearse
	}
	r, err := c.eng.Run(t.Context(), q)
	must(t, err)
	if r.Status != engine.Done {
		t.Fatalf("the run is %s: %s", r.Status, r.Note)
	}
	return r
}

func TestTasksAndNotesAreShownWithTheContactTheyHangOn(t *testing.T) {
	t.Parallel()
	for template, word := range map[string]string{"task-sync": "Task", "note-sync": "Note"} {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			c := family(t, template)
			client := c.signIn("editor")
			doc := c.open(client, "")
			// Real values of both sides, before and after, on the map.
			if about := squeezed(doc.Find("[data-testid=preview] .picker")); !strings.Contains(about, word+" of ") || strings.Contains(about, "Nameless") {
				t.Errorf("the sample is %q", about)
			}
			if lines := doc.Find("[data-testid=lines] li").Length(); lines == 0 {
				t.Errorf("the sample shows no values: %s", squeezed(doc.Find("[data-testid=preview]")))
			}
			c.runs(t, engine.Request{Look: true, DryRun: true})
			for _, group := range []string{"created", "same"} {
				doc = c.see(client, "/flows/"+c.flow.ID+"/preview?show="+group)
				if n, named := doc.Find("[data-testid=record]").Length(), strings.Count(doc.Find(".recs").Text(), word+" of "); n == 0 || named != n {
					t.Errorf("%s: %d records, %d with their contact: %s", group, n, named, squeezed(doc.Find(".recs")))
				}
			}
			r := c.runs(t, engine.Request{Look: true})
			doc = c.see(client, "/runs/"+r.ID+"?tab=all")
			if n, named := doc.Find("[data-testid=record]").Length(), strings.Count(doc.Find("[data-testid=record]").Text(), word+" of "); n == 0 || named != n {
				t.Errorf("run: %d records, %d with their contact", n, named)
			}
			if strings.Contains(doc.Text(), "000Z") {
				t.Error("a point in time is not in words")
			}
		})
	}
}

// What hangs on a contact that has no partner is told with what helps: who has to say what, where.
func TestWhatWaitsForItsContactIsTold(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 0, func(f *flow.Flow) { f.Enabled, f.Approval = true, &flow.Approval{By: "x", How: "apply"} })
	contacts := c.flow
	nobody, err := c.box.HighLevel.Create("contacts", map[string]any{"firstName": "Nobody", "lastName": "Known"})
	must(t, err)
	for range 2 {
		_, err = c.box.HighLevel.Create("tasks", map[string]any{"title": "Call back", "dueDate": "2031-05-20T15:00:00.000Z", "contactId": nobody["id"]})
		must(t, err)
	}
	c.runs(t, engine.Request{Look: true})
	f, err := flow.Resolve(flow.FlowSpec{Name: "Tasks", Template: "task-sync"})
	must(t, err)
	f.Connections, f.Enabled, f.Approval = c.flow.Connections, true, &flow.Approval{By: "x", How: "apply"}
	c.flow, _, err = c.store.SaveFlow(t.Context(), c.conns[0].Workspace, f)
	must(t, err)
	c.runs(t, engine.Request{Look: true, DryRun: true})
	r := c.runs(t, engine.Request{Look: true})
	client := c.signIn("editor")
	for _, page := range []string{"/flows/" + c.flow.ID + "/preview", "/runs/" + r.ID} {
		said := c.see(client, page).Find("[data-testid=orphans]")
		for _, part := range []string{"Waiting for their contact: 2 tasks", "2 in HighLevel: each hangs on a contact that has no partner", "1 contact of the flow “" + contacts.Name + "” cannot be told apart"} {
			if !strings.Contains(squeezed(said), part) {
				t.Errorf("%s does not say %q: %s", page, part, squeezed(said))
			}
		}
		if to := said.Find("a").AttrOr("href", ""); to != "/needs-you?flow="+contacts.ID+"&kind=review" {
			t.Errorf("%s leads to %q", page, to)
		}
	}
	must(t, c.store.SetEnabled(t.Context(), c.conns[0].Workspace, contacts.ID, false))
	if said := squeezed(c.see(client, "/runs/"+r.ID).Find("[data-testid=orphans]")); !strings.Contains(said, "is off, so nothing links the contacts") {
		t.Error(said)
	}
}
