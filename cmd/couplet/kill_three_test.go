package main

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// kills is how often a test of the daily check kills the program; COUPLET_KILLS=n makes it n (make prove: fifty).
const kills = 8

// objects are those of the three flows, with their names in both systems and the field in which a test types.
var objects = []struct {
	flow, object string
	shelf, field [2]string
}{
	{"contacts", "contact", [2]string{"contacts", "users"}, [2]string{"phone", "phone_number"}},
	{"tasks", "task", [2]string{"tasks", "activities"}, [2]string{"title", "name"}},
	{"notes", "note", [2]string{"notes", "activities"}, [2]string{"body", "description"}},
}

// TestKilledWithContactsTasksAndNotes kills the program during the first runs of three flows, and then again and again while
// people go on typing. Nothing is made twice, nothing that was typed is lost, and no run is stuck.
func TestKilledWithContactsTasksAndNotes(t *testing.T) {
	t.Parallel()
	n := kills
	if s := os.Getenv("COUPLET_KILLS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal("COUPLET_KILLS: ", err)
		}
	}
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newThree(t, sandbox.Options{Contacts: 240, Seed: 5, Latency: 40 * time.Millisecond}, url(t))
		hits := 0
		for _, x := range objects {
			for range max(1, n/6) {
				if h.killDuring("run", x.flow) {
					hits++
				}
			}
			r := h.ran(x.flow)
			if r.Status != "done" {
				t.Errorf("%s: %+v", x.flow, r)
			}
		}
		h.madeOnce()
		for round := range max(3, n/2) {
			x := objects[round%len(objects)]
			typed := h.typeOn(round)
			if h.killDuring("run", x.flow, "--allow", "--full") {
				hits++
			}
			for _, x := range objects {
				h.ran(x.flow, "--allow", "--full") // notes carry no date of their last change
			}
			typed()
		}
		for _, x := range objects {
			if r := h.ran(x.flow); r.APICalls["a"].Write+r.APICalls["b"].Write != 0 {
				t.Errorf("%s do not come to rest: %+v", x.flow, r)
			}
		}
		h.madeOnce()
		h.told()
		if stuck := h.count("select count(*) from run where status in ('running', 'waiting')"); stuck != 0 || hits < n/4 {
			t.Errorf("%d runs are stuck; %d kills hit a running run", stuck, hits)
		}
		if h.count(`select count(*) from run where marks like '%"recovered":true%'`) == 0 { // of many kills the last one may have come too late
			t.Error("no run says that it was recovered")
		}
		t.Logf("%d kills hit", hits)
	})
}

// madeOnce holds, by what the pretend systems counted, that each record got one partner and no second one.
func (h *house) madeOnce() {
	h.t.Helper()
	calls, info := h.calls(), h.info
	for call, want := range map[string]int{
		"POST /contacts/ 201": info.Expected.CreatedA, "POST /users/ 201": info.Expected.CreatedB,
		"POST /contacts/{contactId}/tasks 201": info.Tasks.CreatedA, "POST /contacts/{contactId}/notes 201": info.Notes.CreatedA,
		"POST /activities/ 201": info.Tasks.CreatedB + info.Notes.CreatedB,
	} {
		if calls[call] != want {
			h.t.Errorf("%s: %d, want %d", call, calls[call], want)
		}
	}
	for object, want := range map[string]int{
		"contact": info.Expected.Linked + info.Expected.CreatedA + info.Expected.CreatedB,
		"task":    info.Tasks.Linked + info.Tasks.CreatedA + info.Tasks.CreatedB, "note": info.Notes.Linked + info.Notes.CreatedA + info.Notes.CreatedB,
	} {
		if n := len(h.linksOf(object)); n != want {
			h.t.Errorf("%d links of %ss, want %d", n, object, want)
		}
	}
}

// typeOn has people type something new into many records of all three kinds, on one side each. What it returns holds that both
// sides show it.
func (h *house) typeOn(round int) (arrived func()) {
	h.t.Helper()
	type edit struct {
		kind  int
		ids   [2]string
		value string
	}
	crm := [2]interface {
		Update(object, id string, fields map[string]any) (map[string]any, error)
		Get(object, id string) (map[string]any, error)
	}{h.box.HighLevel, h.box.UserCom}
	var all []edit
	for kind, x := range objects {
		for i, l := range h.linksOf(x.object) {
			if i >= 40 {
				break
			}
			value := fmt.Sprintf("Typed in round %d about %d", round, i)
			if x.object == "contact" {
				value = fmt.Sprintf("+1202555%02d%02d", round%100, i)
			}
			side := (i + round) % 2
			if _, err := crm[side].Update(x.shelf[side], l.IDs[side], map[string]any{x.field[side]: value}); err != nil {
				h.t.Fatal(err)
			}
			all = append(all, edit{kind, l.IDs, value})
		}
	}
	return func() {
		h.t.Helper()
		for _, e := range all {
			x := objects[e.kind]
			for side, id := range e.ids {
				got, err := crm[side].Get(x.shelf[side], id)
				if err != nil || got[x.field[side]] != e.value {
					h.t.Errorf("%s %s of side %d shows %v instead of %q, %v", x.object, id, side, got[x.field[side]], e.value, err)
				}
			}
		}
	}
}
