package sandbox_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

var edited = regexp.MustCompile(`data-testid="item-edit-([^"]+)"`)

func TestTasksAndNotesAreEditedOnThePageOfTheirContact(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off"})
	id := s.HighLevel.Add(kit.Person{First: "Anna", Last: "Nowak", Email: "anna@example.com"})
	other := s.HighLevel.Add(kit.Person{First: "Jan", Email: "jan@example.com"})
	v := visit(t, s).enter()
	contact := "/highlevel/" + id
	if _, page, _ := v.do(contact, nil); !strings.Contains(page, "There are none.") || !strings.Contains(page, `data-testid="add-task"`) {
		t.Fatal(page)
	}
	post := func(status int, path string, form url.Values, says ...string) string {
		t.Helper()
		got, page, at := v.do(path, form)
		if got != status || status == 200 && at.Path != contact {
			t.Fatalf("%s: %d at %s, want %d\n%s", path, got, at, status, page)
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
	post(422, contact+"/task/new", form, "title should not be empty")
	form.Set("title", "Call <Anna>")
	form.Set("body", "one\r\ntwo")
	form.Set("dueDate", "tomorrow")
	post(422, contact+"/task/new", form, "dueDate must be a valid")
	form.Set("dueDate", "2031-05-20T15:00:00Z")
	form.Set("assignedTo", "olivia.owner@example.com")
	task := only(post(200, contact+"/task/new", form, "Call &lt;Anna&gt;", "Open, due", "2031-05-20 15:00 UTC", "assigned to olivia.owner@example.com"))
	held, err := s.HighLevel.Get("tasks", task)
	if err != nil || held["body"] != "one\ntwo" || held["contactId"] != id {
		t.Error(held, err)
	}
	post(200, contact+"/task/"+task+"/state", url.Values{"state": {"done"}}, "Done, due", "Open it again")
	form = v.open(contact + "/task/" + task)
	if form.Get("was.title") != "Call <Anna>" || form.Get("was.completed") != "done" {
		t.Error(form)
	}
	// The description changes behind the back of a form that stands open.
	if _, err := s.HighLevel.Update("tasks", task, map[string]any{"body": "from elsewhere"}); err != nil {
		t.Fatal(err)
	}
	form.Set("title", "Called")
	form.Set("body", "one\r\ntwo")
	form.Set("completed", "done")
	post(200, contact+"/task/"+task, form, "Called")
	if held, _ := s.HighLevel.Get("tasks", task); held["body"] != "from elsewhere" || held["title"] != "Called" || held["completed"] != true {
		t.Error(held)
	}
	post(200, contact+"/task/"+task+"/state", url.Values{"state": {"open"}}, "Open, due")
	for _, path := range []string{"/highlevel/" + other + "/task/" + task, contact + "/task/nobody", contact + "/spaceship/new", "/highlevel/nobody/note/new"} {
		if status, _, _ := v.do(path, nil); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	post(404, "/highlevel/"+other+"/task/"+task+"/delete", url.Values{})
	post(200, contact+"/task/"+task+"/delete", url.Values{}, "There are none.")

	form = v.open(contact + "/note/new")
	form.Set("body", "<p>Hello</p>")
	note := only(post(200, contact+"/note/new", form, "&lt;p&gt;Hello&lt;/p&gt;"))
	form = v.open(contact + "/note/" + note)
	form.Set("body", "<p>Bye</p>")
	post(200, contact+"/note/"+note, form, "Bye")
	form.Set("was.body", "<p>Bye</p>")
	form.Set("body", "")
	post(422, contact+"/note/"+note, form, "body should not be empty")
	post(200, contact+"/note/"+note+"/delete", url.Values{}, "There are none.")
	if s.HighLevel.Count("tasks")+s.HighLevel.Count("notes") != 0 {
		t.Error("something is left")
	}
}
