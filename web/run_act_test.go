package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/engine"
)

func TestTryingAgainMakesTheRecordsDueAndWakesTheFlow(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.eventful()
	client := b.signIn("editor")
	form := b.see(client, "/runs/"+r.ID).Find("[data-testid=problem] form").First()
	goesTo(t, b.post(client, form.AttrOr("action", ""), url.Values{"cause": {form.Find("[name=cause]").AttrOr("value", "")}}), "/runs/"+r.ID)
	if got := <-b.woken; got.by == "" || got != (wakeUp{b.conns[0].Workspace, b.flow.ID, "manual", got.by}) {
		t.Errorf("woken: %+v", got)
	}
	if due := b.hints(b.now); len(due) != 2 || due[0].ID != "b4" || due[0].Attempts != 0 {
		t.Errorf("due: %+v", due)
	}
	wants(t, b.see(client, "/runs/"+r.ID), "[data-testid=said]", "2 records are tried again now. What comes of it shows in a new run.")
	if res := b.post(client, "/runs/"+r.ID+"/retry", url.Values{"cause": {"none"}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("status %d for a cause that is none", res.StatusCode)
	}
	must(t, b.store.SetEnabled(t.Context(), b.conns[0].Workspace, b.flow.ID, false))
	goesTo(t, b.post(client, "/runs/"+r.ID+"/retry", nil), "/runs/"+r.ID)
	if said := tidyText(b.see(client, "/runs/"+r.ID).Find("[data-testid=said]")); !strings.Contains(said, "is off") || len(b.woken) != 0 {
		t.Errorf("a flow that is off: %q", said)
	}
}

func TestARunIsStoppedByWhoMayEdit(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.begun(time.Minute)
	if b.see(b.signIn("viewer"), "/runs/"+r.ID).Find("[data-testid=stop]").Length() != 0 {
		t.Error("a viewer is offered to stop it")
	}
	client := b.signIn("editor")
	button := b.see(client, "/runs/"+r.ID).Find("[data-testid=stop]")
	if id := button.AttrOr("aria-describedby", ""); button.Length() != 1 || id == "" {
		t.Fatal("no button, or it does not say what happens")
	}
	goesTo(t, b.post(client, "/runs/"+r.ID+"/stop", nil), "/runs/"+r.ID)
	asked, err := b.store.CancelRequested(t.Context(), b.conns[0].Workspace, r.ID)
	must(t, err)
	if said := tidyText(b.see(client, "/runs/"+r.ID).Find("[data-testid=said]")); !asked || !strings.Contains(said, "What it has written stays") {
		t.Errorf("asked %v, said %q", asked, said)
	}
	r.Status, r.Finished = engine.Cancelled, b.now
	b.save(r)
	goesTo(t, b.post(client, "/runs/"+r.ID+"/stop", nil), "/runs/"+r.ID)
	doc := b.see(client, "/runs/"+r.ID)
	wants(t, doc, "[data-testid=said]", "The run was over already.")
	wants(t, doc, "[data-testid=stopped]", "Stopped before its end What it had written stays; the next run does the rest.")
}

func TestAFlowIsRunNow(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	client := b.signIn("editor")
	run := func(form url.Values, to, want, says string) {
		t.Helper()
		goesTo(t, b.post(client, "/flows/"+b.flow.ID+"/run", form), to)
		got := ""
		if len(b.woken) > 0 {
			got = (<-b.woken).trigger
		}
		if got != want {
			t.Errorf("woken by %q, want %q", got, want)
		}
		if said := tidyText(b.see(client, to).Find("[data-testid=said]")); !strings.Contains(said, says) {
			t.Errorf("said %q", said)
		}
	}
	run(nil, "/runs", "manual", "asked to run")
	run(url.Values{"allow": {"once"}}, "/runs", engine.Once, "asked to run")
	r := b.begun(time.Minute)
	run(nil, "/runs/"+r.ID, "", "running already")
	r.Status, r.Finished = engine.Done, b.now
	b.save(r)
	c := b.conns[1]
	c.State = connection.Reconnect
	_, err := b.store.SaveConnection(t.Context(), c.Workspace, c)
	must(t, err)
	run(nil, "/runs?flow="+b.flow.ID, "", "User.com does not take the key of right")
	must(t, b.store.SetEnabled(t.Context(), b.conns[0].Workspace, b.flow.ID, false))
	run(nil, "/runs?flow="+b.flow.ID, "", "is off")
}

func TestWhyARunStoppedComesWithItsFix(t *testing.T) {
	t.Parallel()
	halted := func(h engine.Halt, note string) func(*engine.Run) {
		return func(r *engine.Run) { r.Status, r.Halt, r.Note = engine.Paused, h, note }
	}
	const noKey = "HighLevel does not accept the key any more. It may have expired or been withdrawn. Connect the account again. Nothing is lost: the run goes on from here once that is mended."
	broken := func(b *bundle) {
		c := b.conns[0]
		c.State = connection.Reconnect
		_, err := b.store.SaveConnection(b.t.Context(), c.Workspace, c)
		must(b.t, err)
	}
	for name, c := range map[string]struct {
		run     func(*engine.Run)
		before  func(*bundle)
		title   string
		says    []string
		buttons []string
		to      string // of the first button
	}{
		"key": {halted(engine.Halt{Why: engine.HaltKey, Side: 0}, noKey), broken, "HighLevel does not take the key of left",
			[]string{"It may have expired", "Nothing is lost"}, []string{"Connect left again"}, "/connections/"},
		"key, of a side that is not known": {halted(engine.Halt{Why: engine.HaltKey, Side: -1}, noKey), broken, "HighLevel does not take the key of left", nil, []string{"Connect left again"}, "/connections/"},
		"key, mended since":                {halted(engine.Halt{Why: engine.HaltKey, Side: 0}, noKey), nil, "HighLevel did not take the key of left", []string{"connected again by now"}, []string{"Run it again"}, "/flows/"},
		"brake": {halted(engine.Halt{Why: engine.HaltBrake, Side: -1, N: 1_412, Most: 25}, "run it once with --allow"), nil, "This run would change 1,412 records, and the brake allows 25",
			[]string{"carry it out this once", "Nothing is lost"}, []string{"See what would change", "Carry these changes out once", "Switch the flow off"}, "/flows/"},
		"emptied": {halted(engine.Halt{Why: engine.HaltEmptied, Side: -1, Most: 5}, "--allow"), nil, "More than 5 linked records are gone on one side", []string{"right account"},
			[]string{"Look at the connections", "They are deleted, go on once"}, "/connections"},
		"approval": {halted(engine.Halt{Why: engine.HaltApproval, Side: -1}, "dry run"), nil, "The first plan waits for your approval", []string{"Nothing was written"}, []string{"See what would change"}, "/flows/"},
		"refusals": {halted(engine.Halt{Why: engine.HaltRefusals, Side: -1, N: 9}, ""), nil, "9 of the first records were refused", nil, []string{"Open the map", "Run it again"}, "/flows/"},
		"map": {halted(engine.Halt{Why: engine.HaltMap, Side: -1, N: 3}, "Row 3 of the map of flow people cannot work: HighLevel has no field nothing. Mend the map and run again; nothing was changed."), nil,
			"Pair 3 of the map cannot work", []string{"HighLevel has no field nothing."}, []string{"Open the map"}, "/flows/"},
		"failed": {func(r *engine.Run) {
			r.Status, r.Note = engine.Failed, "There is no HighLevel API at here.test. Check the address of the account."
		}, nil, "This run ended early",
			[]string{"There is no HighLevel API at here.test.", "Check the address"}, []string{"Run it again"}, "/flows/"},
		"failed rehearsal": {func(r *engine.Run) {
			r.Status, r.DryRun, r.Note = engine.Failed, true, "The program ended in the middle of this dry run. Nothing was written."
		}, nil, "This run ended early", []string{"in the middle of this rehearsal", "A rehearsal writes nothing"}, []string{"To the preview"}, "/flows/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			if c.before != nil {
				c.before(b)
			}
			r := b.ran(time.Hour, c.run)
			doc := b.see(b.signIn("editor"), "/runs/"+r.ID)
			wants(t, doc, "[data-testid=stopped] h2", c.title)
			stop := doc.Find("[data-testid=stopped]")
			for _, text := range c.says {
				if !strings.Contains(stop.Text(), text) {
					t.Errorf("it does not say %q: %s", text, tidyText(stop))
				}
			}
			if got := textsOf(doc, "[data-testid=stopped] .btn"); !slices.Equal(got, c.buttons) {
				t.Errorf("buttons %q", got)
			}
			first := stop.Find(".btn").First()
			if to := first.AttrOr("href", first.Closest("form").AttrOr("action", "")); !strings.HasPrefix(to, c.to) || doc.Find(".btn.primary").Length() != 1 || doc.Find("[data-testid=stopped]").Length() != 1 {
				t.Errorf("leads to %q, %d primary buttons", to, doc.Find(".btn.primary").Length())
			}
			if got := textsOf(b.see(b.signIn("viewer"), "/runs/"+r.ID), "[data-testid=stopped] .btn"); len(got) != 0 {
				t.Errorf("a viewer is offered %q", got)
			}
		})
	}
}

func TestARunSaysWhoAskedForIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u, err := b.store.AddUser(t.Context(), b.conns[0].Workspace, "anna@couplet.test", "editor", "no password")
	must(t, err)
	client := b.signInAs(u)
	for _, name := range []string{"anna@couplet.test", "Anna"} {
		if name == "Anna" {
			must(t, b.store.Rename(t.Context(), u.Workspace, u.ID, name))
		}
		b.post(client, "/flows/"+b.flow.ID+"/run", url.Values{})
		select {
		case got := <-b.woken:
			if got.by != name || got.trigger != byHand {
				t.Errorf("woken: %+v", got)
			}
		default:
			t.Fatal("nobody was woken")
		}
	}
	made := b.ran(0, func(r *engine.Run) { r.Trigger, r.By, r.To[1].Updated = byHand, "Anna", 1 })
	if doc := b.see(client, "/runs/"+made.ID).Find("main").Text(); !strings.Contains(doc, "Started by Anna") {
		t.Error(doc)
	}
	made = b.ran(0, func(r *engine.Run) { r.Trigger, r.By, r.To[1].Updated = engine.SwitchedOn, "Anna", 1 })
	if doc := b.see(client, "/runs/"+made.ID).Find("main").Text(); !strings.Contains(doc, "Started because the flow was switched on by Anna") {
		t.Error(doc)
	}
	if doc := b.see(client, "/runs").Find("main").Text(); !strings.Contains(doc, "Started by Anna") || !strings.Contains(doc, "Switched on by Anna") {
		t.Errorf("the list says otherwise than the run: %s", doc)
	}
}
