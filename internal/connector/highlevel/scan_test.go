package highlevel_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	pretend "couplet/internal/sandbox/highlevel"
	"couplet/internal/sandbox/kit"
)

// board is a pretend account with one contact and n tasks, oldest first, and what happens before each page of a scan.
type board struct {
	*rig
	contact string
	tasks   []string
	before  func(page int)
	pages   int
}

func newBoard(t *testing.T, n int) *board {
	b := &board{before: func(int) {}}
	b.rig = newRig(t, pretend.Options{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/tasks/search") {
				b.pages++
				b.before(b.pages)
			}
			next.ServeHTTP(w, r)
		})
	})
	b.contact = b.crm.Add(kit.Person{First: "Anna", Email: "anna@example.com"})
	for i := range n {
		b.tasks = append(b.tasks, b.crm.AddTask(b.contact, pretend.Seeded{Title: fmt.Sprintf("Task %d", i),
			Due: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC), Made: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC)}))
	}
	return b
}

func (b *board) drop(i int) {
	if err := b.crm.Delete("tasks", b.tasks[i]); err != nil {
		b.Fatal(err)
	}
}

// scan reads all tasks and says how often each was shown.
func (b *board) scan() (shown map[string]int, last connector.Page) {
	b.Helper()
	shown = map[string]int{}
	req := connector.ListRequest{Object: "task"}
	for range 50 {
		page, err := b.conn.List(b.Context(), req)
		if err != nil {
			b.Fatal(err)
		}
		for _, rec := range page.Records {
			if rec.Version == "" || rec.Parent != b.contact || rec.Created.IsZero() {
				b.Fatalf("%+v", rec)
			}
			shown[rec.ID]++
		}
		if page.Next == "" {
			return shown, page
		}
		if page.Partial {
			b.Fatal("only the last page can be partial")
		}
		req.After = page.Next
	}
	b.Fatal("a scan without an end")
	return nil, last
}

func TestAQuietLocationIsScannedTwice(t *testing.T) {
	t.Parallel()
	for n, pages := range map[int]int{0: 2, 3: 2, 50: 4, 499: 2, 500: 4, 1201: 6} {
		b := newBoard(t, n)
		shown, last := b.scan()
		if last.Partial || len(shown) != n || b.pages != pages || last.At.IsZero() {
			t.Errorf("%d tasks: %d shown on %d pages, want %d pages; partial: %v", n, len(shown), b.pages, pages, last.Partial)
		}
	}
}

// The row at the edge of two pages is missed by the first scan when one before it is deleted in between.
func TestATaskThatMovedBetweenPagesIsFoundByTheNextScan(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 700)
	b.before = func(page int) {
		if page == 2 {
			b.drop(3)
		}
	}
	shown, last := b.scan()
	if last.Partial || shown[b.tasks[500]] != 2 || b.pages != 6 {
		t.Errorf("partial: %v, the task at the edge is shown %d times, on %d pages", last.Partial, shown[b.tasks[500]], b.pages)
	}
	for i, id := range b.tasks {
		if i != 3 && shown[id] == 0 {
			t.Fatalf("task %d was skipped", i)
		}
	}
}

// When no two scans agree, what was not shown may be there all the same.
func TestALocationThatNeverStandsStillIsReadInPart(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 700)
	b.before = func(page int) { b.drop(page) }
	if _, last := b.scan(); !last.Partial || b.pages != 6 {
		t.Errorf("partial: %v on %d pages", last.Partial, b.pages)
	}
	b = newBoard(t, 7)
	b.before = func(page int) { b.drop(page) }
	if _, last := b.scan(); !last.Partial || b.pages != 3 {
		t.Errorf("few tasks: partial: %v on %d pages", last.Partial, b.pages)
	}
	if _, err := b.conn.Find(t.Context(), "task", "", connector.Fields{"title": "Task 6"}); connector.KindOf(err) != connector.Temporary {
		t.Errorf("looked for among tasks that never stand still: %v", err)
	}
}

// A server that gives fewer rows than it is asked for is read to the end all the same.
func TestAServerThatGivesFewerRowsIsReadToTheEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(bytes.Replace(body, []byte(`"limit":500`), []byte(`"limit":100`), 1)))
			next.ServeHTTP(w, r)
		})
	})
	contact := r.crm.Add(kit.Person{First: "Anna", Email: "anna@example.com"})
	for i := range 230 {
		r.crm.AddTask(contact, pretend.Seeded{Title: "Task", Due: time.Now(), Made: time.Unix(int64(i), 0)})
	}
	found, err := r.conn.Find(t.Context(), "task", "", connector.Fields{"title": "task"})
	if err != nil || len(found) != 230 {
		t.Errorf("%d of 230 are found, %v", len(found), err)
	}
}

// A scan goes on where it stopped, in another process too.
func TestAScanGoesOnInAnotherConnector(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 601)
	page, err := b.conn.List(t.Context(), connector.ListRequest{Object: "task"})
	if err != nil {
		t.Fatal(err)
	}
	b.conn = b.connect(b.acc)
	seen := len(page.Records)
	for page.Next != "" {
		if page, err = b.conn.List(t.Context(), connector.ListRequest{Object: "task", After: page.Next}); err != nil {
			t.Fatal(err)
		}
		seen += len(page.Records)
	}
	if page.Partial || seen != 1202 || b.pages != 4 {
		t.Errorf("partial: %v, %d rows on %d pages", page.Partial, seen, b.pages)
	}
	_, err = b.conn.List(t.Context(), connector.ListRequest{Object: "task", After: "nonsense"})
	if connector.KindOf(err) != connector.Invalid {
		t.Error(err)
	}
}

// A call that tells of a new task need not name its contact (11.5).
func TestATaskIsFoundWithoutItsContact(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 600)
	rec, err := b.conn.Get(t.Context(), connector.Ref{Object: "task", ID: b.tasks[550]})
	if err != nil || rec.Parent != b.contact || rec.Fields["title"] != "Task 550" {
		t.Error(rec, err)
	}
	if _, err = b.conn.Get(t.Context(), connector.Ref{Object: "task", ID: "NobodyNobodyNobody00"}); connector.KindOf(err) != connector.NotFound {
		t.Error(err)
	}
	for _, object := range []string{"task", "note"} {
		if _, err := b.conn.Update(t.Context(), connector.Ref{Object: object, ID: b.tasks[0]}, connector.Fields{"body": "x"}); connector.KindOf(err) != connector.Invalid {
			t.Errorf("a %s of nobody: %v", object, err)
		}
	}
}

// What a row of the location's search lacks is unknown, not empty: how whole such rows are is not documented (5).
func TestWhatASearchRowLacksIsUnknown(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(201)
			_, _ = io.Copy(w, bytes.NewBufferString(`{"tasks":[
				{"_id":"T1","contactId":"C1","title":"a","dueDate":"2031-01-01T10:00:00+01:00","updatedAt":1767225600000,"assignedTo":"","completed":true},
				{"_id":"T2","contactId":"C1","title":"b","deleted":true},{"_id":"T3","title":"of nobody"}]}`))
		})
	})
	page, err := r.conn.List(t.Context(), connector.ListRequest{Object: "task"})
	if err != nil || len(page.Records) != 1 {
		t.Fatal(page, err)
	}
	rec := page.Records[0]
	if _, shown := rec.Fields["body"]; shown || rec.Fields["dueDate"] != "2031-01-01T09:00:00Z" || rec.Fields["completed"] != true || rec.Version != "2026-01-01T00:00:00Z" {
		t.Errorf("%+v", rec)
	}
	if v, shown := rec.Fields["assignedTo"]; !shown || v != nil {
		t.Errorf("nobody is shown as %#v", v)
	}
	page, err = r.conn.List(t.Context(), connector.ListRequest{Object: "task", Since: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(page.Records) != 0 {
		t.Error(page, err)
	}
}

func TestWhetherATaskIsDoneHasACallOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 1)
	ref := connector.Ref{Object: "task", ID: b.tasks[0], Parent: b.contact}
	for _, set := range []connector.Fields{{"completed": true}, {"completed": false, "title": "Again"}} {
		rec, err := b.conn.Update(t.Context(), ref, set)
		if err != nil || rec.Fields["completed"] != set["completed"] {
			t.Error(rec, err)
		}
	}
	calls := strings.Join(*b.calls, "\n")
	if path := "PUT /contacts/" + b.contact + "/tasks/" + b.tasks[0]; calls != path+"/completed\n"+path {
		t.Error(calls)
	}
	if _, err := b.conn.Update(t.Context(), ref, connector.Fields{"dueDate": nil}); connector.KindOf(err) != connector.Invalid {
		t.Errorf("a due date was emptied: %v", err)
	}
	rec, err := b.conn.Update(t.Context(), ref, connector.Fields{"body": nil, "assignedTo": nil})
	if err != nil || rec.Fields["body"] != nil || rec.Fields["assignedTo"] != nil {
		t.Error(rec, err)
	}
}
