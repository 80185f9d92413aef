package usercom_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/usercom"
	"couplet/internal/sandbox/kit"
	pretend "couplet/internal/sandbox/usercom"
)

var _ connector.Staff = (*usercom.Connector)(nil)

// noon is the clock of the connectors here.
func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// typed are the settings of the pretend workspace.
func typed(more ...string) map[string]string {
	all := map[string]string{"task_type": "3", "note_type": "4"}
	for i := 0; i+1 < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

func withSettings(t *testing.T, handler http.Handler, token string, settings map[string]string) *usercom.Connector {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	conn, err := usercom.New(connector.Account{
		BaseURL: server.URL + "/api/public/", Params: map[string]string{"subdomain": "acme"}, HTTP: server.Client(), Settings: settings,
		Budget: &connectortest.Budget{}, Token: key(token), Now: noon,
	})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// workspace is a pretend workspace with one person in it.
func workspace(t *testing.T, o pretend.Options, settings map[string]string) (*usercom.Connector, *pretend.CRM, string) {
	t.Helper()
	crm := pretend.New(o)
	person := crm.Add(kit.Person{First: "Anna", Last: "Nowak", Email: "anna@example.com"})
	return withSettings(t, crm.Handler(), crm.Token(), settings), crm, person
}

func all(t *testing.T, conn *usercom.Connector, object, parent string) (records []connector.Record) {
	t.Helper()
	req := connector.ListRequest{Object: object, Parent: parent}
	for {
		page, err := conn.List(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if records = append(records, page.Records...); page.Next == "" {
			return records
		}
		req.After = page.Next
	}
}

// Section 8, in both of the namings and with a server that wants the name in every change.
func TestATaskGoesThereAndBack(t *testing.T) {
	t.Parallel()
	for _, o := range []pretend.Options{{}, {ActivitySampleNames: true}, {ActivityNameOnUpdate: true}} {
		conn, crm, person := workspace(t, o, typed())
		rec, err := conn.Create(t.Context(), "task", person, connector.Fields{
			"name": "Call back", "description": "about the offer", "due_date": "2026-06-01T10:00:00Z", "done": false, "assigned_to": "926", "duration": 15.0, "custom_id": "couplet:x:1",
		})
		if err != nil {
			t.Fatal(err)
		}
		if rec.Parent != person || rec.Version == "" || rec.Created.IsZero() || rec.Fields["name"] != "Call back" || rec.Fields["assigned_to"] != "926" || rec.Fields["done"] != false ||
			rec.Fields["duration"] != 15.0 || rec.Fields["done_date"] != nil || !strings.HasPrefix(rec.Fields["due_date"].(string), "2026-06-01T10:00:00") {
			t.Errorf("%+v", rec)
		}
		rec, err = conn.Update(t.Context(), rec.Ref, connector.Fields{"done": true, "description": nil, "due_date": "2026-06-02T08:00:00Z"})
		if err != nil {
			t.Fatal(err)
		}
		if rec.Fields["done"] != true || rec.Fields["name"] != "Call back" || rec.Fields["description"] != nil || !strings.HasPrefix(rec.Fields["done_date"].(string), "2026-03-04T12:00:00") ||
			!strings.HasPrefix(rec.Fields["due_date"].(string), "2026-06-02T08:00:00") || rec.Fields["assigned_to"] != "926" {
			t.Errorf("%+v", rec)
		}
		for _, by := range []connector.Fields{{"custom_id": "couplet:x:1"}, {"name": "call back", "due_date": "2026-06-02T10:00:00+02:00"}} {
			if found, err := conn.Find(t.Context(), "task", person, by); err != nil || len(found) != 1 || found[0].ID != rec.ID {
				t.Error(found, err)
			}
		}
		if found, err := conn.Find(t.Context(), "task", "1", connector.Fields{"custom_id": "couplet:x:1"}); err != nil || len(found) != 0 {
			t.Error(found, err)
		}
		if err := conn.Delete(t.Context(), rec.Ref); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Get(t.Context(), rec.Ref); connector.KindOf(err) != connector.NotFound {
			t.Error(err)
		}
		if err := conn.Delete(t.Context(), rec.Ref); err != nil {
			t.Error(err)
		}
		if crm.Cards()[0].ID != person {
			t.Error("the person was touched")
		}
	}
}

// Section 9, option A: a note is an activity of its own type, done from the start, whose name follows its text.
func TestANoteIsAnActivityThatIsDone(t *testing.T) {
	t.Parallel()
	for _, o := range []pretend.Options{{}, {ActivityNameOnUpdate: true}} {
		conn, crm, person := workspace(t, o, typed())
		long := strings.Repeat("She likes her coffee black. ", 4)
		rec, err := conn.Create(t.Context(), "note", person, connector.Fields{"description": long})
		if err != nil {
			t.Fatal(err)
		}
		if rec.Fields["name"] != "She likes her coffee black. She likes her coffee black. She…" || rec.Object != "note" {
			t.Errorf("%+v", rec)
		}
		shown, err := crm.Get("activities", rec.ID)
		if err != nil || shown["done"] != true || shown["activity_type"] != 4.0 || !strings.HasPrefix(fmt.Sprint(shown["due_date"]), "2026-03-04T13:00:00") {
			t.Error(shown, err)
		}
		if rec, err = conn.Update(t.Context(), rec.Ref, connector.Fields{"description": "Tea."}); err != nil || rec.Fields["name"] != "Tea." {
			t.Error(rec, err)
		}
		if _, err = crm.Update("activities", rec.ID, map[string]any{"name": "Drinks"}); err != nil {
			t.Fatal(err)
		}
		if rec, err = conn.Update(t.Context(), rec.Ref, connector.Fields{"description": "Water."}); err != nil || rec.Fields["name"] != "Drinks" || rec.Fields["description"] != "Water." {
			t.Error(rec, err)
		}
	}
}

// Each object shows its own type, of people only, and all of them over several pages.
func TestTasksAndNotesAreToldApart(t *testing.T) {
	t.Parallel()
	conn, crm, person := workspace(t, pretend.Options{}, typed())
	other := crm.Add(kit.Person{First: "Jan", Email: "jan@example.com"})
	add := func(kind int, user string) string {
		t.Helper()
		body := map[string]any{"activity_type": kind, "name": "x", "due_date": "2026-06-01T10:00:00Z"}
		if user != "" {
			body["user_id"] = user
		}
		row, err := crm.Create("activities", body)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%.0f", row["id"])
	}
	for range 120 {
		add(3, person)
	}
	note, lone := add(4, person), add(3, "")
	add(1, person)
	add(3, other)
	if n := len(all(t, conn, "task", "")); n != 121 {
		t.Errorf("%d tasks", n)
	}
	if n := len(all(t, conn, "task", person)); n != 120 {
		t.Errorf("%d tasks of one person", n)
	}
	if got := all(t, conn, "note", ""); len(got) != 1 || got[0].ID != note || got[0].Parent != person {
		t.Errorf("%+v", got)
	}
	for object, id := range map[string]string{"task": lone, "note": lone} {
		if _, err := conn.Get(t.Context(), connector.Ref{Object: object, ID: id}); connector.KindOf(err) != connector.NotFound {
			t.Error(object, err)
		}
	}
}

// What is not published is a setting, and every refusal names it.
func TestSettingsThatAreMissingAreAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings map[string]string
		object   string
		says     string
	}{
		{nil, "task", "types 3 (1)"},
		{map[string]string{"task_type": "3"}, "note", "Activity type of notes"},
		{typed("note_type", "3"), "note", "cannot be told apart"},
	} {
		conn, crm, person := workspace(t, pretend.Options{}, c.settings)
		if _, err := crm.Create("activities", map[string]any{"activity_type": 3, "name": "x", "due_date": "2026-06-01T10:00:00Z", "user_id": person}); err != nil {
			t.Fatal(err)
		}
		_, listed := conn.List(t.Context(), connector.ListRequest{Object: c.object})
		_, made := conn.Create(t.Context(), c.object, person, connector.Fields{"name": "x", "description": "x"})
		for _, err := range []error{listed, made} {
			if connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v does not say %q", err, c.says)
			}
		}
	}
	conn, _, person := workspace(t, pretend.Options{ActivitiesDocumentedOnly: true}, typed())
	_, err := conn.List(t.Context(), connector.ListRequest{Object: "task"})
	if connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), "answered 405") {
		t.Error(err)
	}
	rec, err := conn.Create(t.Context(), "task", person, connector.Fields{"name": "x", "due_date": "2026-06-01T10:00:00Z", "done": false})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Delete(t.Context(), rec.Ref); connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), "by hand") {
		t.Error(err)
	}
}

// Section 9: a workspace with a notes resource, should there be one.
func TestNotesCanLieUnderNotes(t *testing.T) {
	t.Parallel()
	conn, _, person := workspace(t, pretend.Options{MockNotes: true}, map[string]string{"note_storage": "notes", "text_format": "html"})
	fields, err := conn.Describe(t.Context(), "note")
	if f, ok := connector.FieldNamed(fields, "description"); err != nil || !ok || f.Type != connector.HTML {
		t.Error(fields, err)
	}
	rec, err := conn.Create(t.Context(), "note", person, connector.Fields{"description": "<p>Hi</p>", "custom_id": "couplet:x:1"})
	if err != nil || rec.Fields["description"] != "<p>Hi</p>" || rec.Parent != person {
		t.Fatal(rec, err)
	}
	if rec, err = conn.Update(t.Context(), rec.Ref, connector.Fields{"description": "<p>Ho</p>"}); err != nil || rec.Fields["description"] != "<p>Ho</p>" {
		t.Error(rec, err)
	}
	if found, err := conn.Find(t.Context(), "note", "", connector.Fields{"custom_id": "couplet:x:1"}); err != nil || len(found) != 1 {
		t.Error(found, err)
	}
	if err := conn.Delete(t.Context(), rec.Ref); err != nil || len(all(t, conn, "note", "")) != 0 {
		t.Error(err)
	}
	conn, _, _ = workspace(t, pretend.Options{}, map[string]string{"note_storage": "notes"})
	if _, err := conn.List(t.Context(), connector.ListRequest{Object: "note"}); connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), "/notes/ answered 404") {
		t.Error(err)
	}
}

func TestRefusalsOfTasksSayWhatToDo(t *testing.T) {
	t.Parallel()
	conn, _, person := workspace(t, pretend.Options{}, typed())
	task := connector.Fields{"name": "x", "due_date": "2026-06-01T10:00:00Z", "done": false}
	if _, err := conn.Create(t.Context(), "task", "999999", task); connector.KindOf(err) != connector.NotFound || !strings.Contains(err.Error(), "whom this task is about") {
		t.Error(err)
	}
	if _, err := conn.Create(t.Context(), "task", "", task); connector.KindOf(err) != connector.Invalid {
		t.Error(err)
	}
	// A refused create may have happened all the same (sync-semantics 5.6).
	if _, err := conn.Create(t.Context(), "task", person, connector.Fields{"name": "x", "due_date": "some day"}); connector.KindOf(err) != connector.Unknown {
		t.Error(err)
	}
	// What it would refuse for sure is not sent, so that no create is in doubt for it.
	if _, err := conn.Create(t.Context(), "task", person, connector.Fields{"name": "x"}); connector.KindOf(err) != connector.Invalid {
		t.Error(err)
	}
	rec, err := conn.Create(t.Context(), "task", person, task)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []connector.Fields{{"due_date": nil}, {"assigned_to": "Anna"}, {"done_date": "2026-06-01T10:00:00Z"}, {"name": nil}} {
		e, _ := connector.AsError(func() error { _, err := conn.Update(t.Context(), rec.Ref, bad); return err }())
		if e == nil || e.Kind != connector.Invalid || len(e.Fields) == 0 {
			t.Errorf("%v: %v", bad, e)
		}
	}
}

// Without a list of agents in the API, the settings name them.
func TestAgentsComeFromTheSettings(t *testing.T) {
	t.Parallel()
	conn, _, _ := workspace(t, pretend.Options{}, typed("agents", "926 anna@example.com, 927: jan@example.com\n928=eva@example.com"))
	owners, err := conn.Owners(t.Context())
	want := []connector.Owner{{ID: "926", Name: "anna@example.com", Email: "anna@example.com"}, {ID: "927", Name: "jan@example.com", Email: "jan@example.com"},
		{ID: "928", Name: "eva@example.com", Email: "eva@example.com"}}
	if err != nil || !slices.Equal(owners, want) {
		t.Error(owners, err)
	}
	setting, _ := usercom.Spec().Setting("agents")
	for _, bad := range []string{"anna@example.com", "926", "926 anna", "926 a@b 7", "0 a@example.com"} {
		if setting.Refuses(bad) == "" {
			t.Errorf("%q is taken", bad)
		}
	}
}
