package highlevel

import (
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

func TestAMergeMovesWhatHungOnTheLoser(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Seed: 1})
	keep, lose := c.Add(person("", "+12125550101")), c.Add(person("both@example.com", "+12125550102"))
	early, late := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	own := c.AddTask(keep, Seeded{Title: "Own", Due: late, Made: early})
	moved := c.AddTask(lose, Seeded{Title: "Moved", Due: late, Made: early})
	c.AddNote(keep, Seeded{Body: "late", Made: late})
	c.AddNote(lose, Seeded{Body: "early", Made: early})

	for _, wrong := range [][2]string{{keep, keep}, {keep, "NobodyNobodyNobody00"}, {"NobodyNobodyNobody00", lose}} {
		if out, err := c.Merge(wrong[0], wrong[1]); err == nil {
			t.Errorf("%v became %v", wrong, out)
		}
	}
	out, err := c.Merge(keep, lose)
	if err != nil || out["tasks"] != 1 || out["notes"] != 1 {
		t.Fatal(out, err)
	}
	want(t, c, 400, "GET", "/contacts/"+lose, nil)
	kept := want(t, c, okay, "GET", "/contacts/"+keep, nil)
	if dig(kept, "contact.email") != "both@example.com" || dig(kept, "contact.phone") != "+12125550101" {
		t.Error(kept)
	}
	tasks := want(t, c, okay, "GET", "/contacts/"+keep+"/tasks", nil)
	if dig(tasks, "tasks.0.id") != own || dig(tasks, "tasks.1.id") != moved || dig(tasks, "tasks.1.contactId") != keep {
		t.Error(tasks)
	}
	want(t, c, okay, "GET", "/contacts/"+keep+"/tasks/"+moved, nil)
	notes := want(t, c, okay, "GET", "/contacts/"+keep+"/notes", nil)
	if dig(notes, "notes.0.body") != "early" || dig(notes, "notes.0.contactId") != keep || dig(notes, "notes.1.body") != "late" {
		t.Error(notes)
	}
	found := want(t, c, 201, "POST", "/locations/"+c.LocationID()+"/tasks/search", obj{"contactId": []string{keep}})
	if rows, _ := found["tasks"].([]any); len(rows) != 2 {
		t.Error(found)
	}
	twin := want(t, c, okay, "GET", "/contacts/search/duplicate?locationId="+c.LocationID()+"&email=both@example.com", nil)
	if dig(twin, "contact.id") != keep {
		t.Error(twin)
	}
}

func TestAMergeTellsOnlyOfTheTwoContacts(t *testing.T) {
	t.Parallel()
	c, next := listener(t)
	keep, lose := c.Add(person("", "+12125550101")), c.Add(person("both@example.com", ""))
	c.AddTask(lose, Seeded{Title: "Moved", Due: time.Now(), Made: time.Now()})
	c.AddNote(lose, Seeded{Body: "moved", Made: time.Now()})
	if _, err := c.Merge(keep, lose); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Create("contacts", map[string]any{"firstName": "Last"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range [][2]any{{"ContactDelete", lose}, {"ContactUpdate", keep}, {"ContactCreate", nil}} {
		if out := next(); out["type"] != want[0] || want[1] != nil && out["id"] != want[1] {
			t.Errorf("got %v, want %v", out, want)
		}
	}
}

func TestTheTaskSearchIsBehind(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	c := quiet(t, Options{Seed: 1, Clock: clock, SearchLag: time.Minute})
	contact := c.Add(person("a@example.com", ""))
	c.AddTask(contact, Seeded{Title: "Old", Due: time.Now(), Made: time.Now()})
	titles := func() (all []string) {
		t.Helper()
		for _, row := range want(t, c, 201, "POST", "/locations/"+c.LocationID()+"/tasks/search", obj{})["tasks"].([]any) {
			all = append(all, row.(map[string]any)["title"].(string))
		}
		return all
	}
	shows := func(want ...string) {
		t.Helper()
		got := titles()
		if len(got) != len(want) {
			t.Fatalf("the search shows %v, want %v", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("the search shows %v, want %v", got, want)
			}
		}
	}
	shows("Old")
	tasks := "/contacts/" + contact + "/tasks"
	made := want(t, c, 201, "POST", tasks, obj{"title": "New", "dueDate": "2026-01-01T00:00:00Z", "completed": false})
	id := dig(made, "task.id").(string)
	shows("Old")
	clock.Advance(30 * time.Second)
	want(t, c, okay, "PUT", tasks+"/"+id, obj{"title": "Newer"})
	clock.Advance(31 * time.Second)
	shows("Old", "New")
	want(t, c, okay, "DELETE", tasks+"/"+id, nil)
	clock.Advance(30 * time.Second)
	shows("Old", "Newer")
	want(t, c, 404, "GET", tasks+"/"+id, nil)
	clock.Advance(time.Minute)
	shows("Old")
}
