package sandbox_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
	pretend "couplet/internal/sandbox/usercom"
)

func TestTasksAndNotesOfUserComAreEditedOnThePageOfTheirContact(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off"})
	id := s.UserCom.Add(kit.Person{First: "Anna", Last: "Nowak", Email: "anna@example.com"})
	anna := s.UserCom.AddAgent("Olivia", "Owner", "olivia.owner@example.com")
	v := visit(t, s).enter()
	contact := "/usercom/" + id
	post := func(status int, path string, form url.Values, says ...string) string {
		t.Helper()
		got, page, _ := v.do(path, form)
		if got != status {
			t.Fatalf("%s: %d, want %d\n%s", path, got, status, page)
		}
		for _, text := range says {
			if !strings.Contains(page, text) {
				t.Fatalf("%s: the page does not say %q\n%s", path, text, page)
			}
		}
		return page
	}
	only := func(page string) string {
		t.Helper()
		m := edited.FindAllStringSubmatch(page, -1)
		if len(m) != 1 {
			t.Fatalf("%d records are listed", len(m))
		}
		return m[0][1]
	}
	form := v.open(contact + "/task/new")
	post(422, contact+"/task/new", form, "name: This field")
	form.Set("name", "Call <Anna>")
	form.Set("due_date", "tomorrow")
	post(422, contact+"/task/new", form, "due_date")
	form.Set("due_date", "2031-05-20T15:00:00Z")
	form.Set("assigned_to", "olivia.owner@example.com")
	task := only(post(200, contact+"/task/new", form, "Call &lt;Anna&gt;", "Open, due", "2031-05-20 15:00 UTC"))
	held, err := s.UserCom.Get("activities", task)
	if err != nil || held["activity_type"] != 3.0 || held["assigned_to"] == nil || held["done"] != false {
		t.Error(held, err)
	}
	post(200, contact+"/task/"+task+"/state", url.Values{"state": {"done"}}, "Done, due")
	if held, _ = s.UserCom.Get("activities", task); held["done"] != true || held["done_date"] == nil {
		t.Error(held)
	}
	form = v.open(contact + "/task/" + task)
	form.Set("assigned_to", "")
	form.Set("description", "soon")
	post(200, contact+"/task/"+task, form, "soon")
	if held, _ = s.UserCom.Get("activities", task); held["assigned_to"] != nil || held["description"] != "soon" || held["done"] != true {
		t.Error(held, anna)
	}
	post(200, contact+"/task/"+task+"/delete", url.Values{}, "There are none.")

	form = v.open(contact + "/note/new")
	post(422, contact+"/note/new", form, "description")
	form.Set("description", "<p>Likes &amp; wants tea</p>")
	note := only(post(200, contact+"/note/new", form, "&lt;p&gt;Likes"))
	if held, _ = s.UserCom.Get("activities", note); held["name"] != "Likes & wants tea" || held["done"] != true || held["activity_type"] != 4.0 {
		t.Error(held)
	}
	form = v.open(contact + "/note/" + note)
	form.Set("description", "<p>Coffee</p>")
	post(200, contact+"/note/"+note, form, "Coffee")
	for _, path := range []string{contact + "/task/" + note, contact + "/note/5", contact + "/spaceship/new", "/usercom/5/note/new"} {
		if status, _, _ := v.do(path, nil); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	post(200, contact+"/note/"+note+"/delete", url.Values{}, "There are none.")
}

// A merge by hand and the one of the night: the tasks and notes of who is gone are those of who stays.
func TestMergingUsers(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off"})
	i := s.Info()
	control := func(method, path string, body any) (int, map[string]any) {
		t.Helper()
		return call(t, method, i.Control.URL+"/_sandbox/"+path, body, "X-Sandbox-Key", i.Control.Key)
	}
	keep := s.UserCom.Add(kit.Person{First: "Anna", Email: "anna@example.com"})
	lose := s.UserCom.Add(kit.Person{First: "Ana", Email: "ana@example.com", Phone: "+48600100200"})
	note := s.UserCom.AddNote(lose, usercomSeeded("<p>hello</p>"))
	if status, out := control("POST", "usercom/merge", map[string]any{"keep": keep, "lose": keep}); status != 400 {
		t.Error(status, out)
	}
	status, out := control("POST", "usercom/merge", map[string]any{"keep": keep, "lose": lose})
	if kept, _ := out["kept"].(map[string]any); status != 200 || kept["phone_number"] != "+48600100200" || kept["email"] != "anna@example.com" || out["lost"] != lose {
		t.Error(status, out)
	}
	if items := s.UserCom.Items(keep); len(items) != 1 || items[0].ID != note || len(s.UserCom.Items(lose)) != 0 {
		t.Error(items)
	}
	if status, _ := control("GET", "usercom/users/"+lose, nil); status == 200 {
		t.Error("the loser is still there")
	}
	s.UserCom.Add(kit.Person{First: "Anna", Email: "anna@example.com"})
	for _, want := range []float64{1, 0} {
		if status, out := control("POST", "usercom/nightly-merge", map[string]any{}); status != 200 || out["merged"] != want {
			t.Error(status, out)
		}
	}
	if status, out := control("GET", "usercom/settings", nil); status != 200 || out["task_type"] != "3" || out["agents"] == "" {
		t.Error(status, out)
	}
}

func usercomSeeded(body string) pretend.Seeded {
	return pretend.Seeded{Body: body, Made: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
}
