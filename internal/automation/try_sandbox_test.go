package automation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// heard is every request that reached a system.
type heard struct {
	mu  sync.Mutex
	all []automation.Sent
}

func (h *heard) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	h.mu.Lock()
	h.all = append(h.all, automation.Sent{Method: r.Method, Address: r.URL.RequestURI(), Body: string(body)})
	h.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// accounts are one account of each system.
type accounts map[string]connector.Operator

func (a accounts) Find(ctx context.Context, system, operation string, in map[string]any) (any, error) {
	if operation == "contact-appointments" { // the sandbox keeps no calendars
		return map[string]any{"events": []any{}}, nil
	}
	return a[system].Do(ctx, operation, in)
}

func open(t *testing.T) (*sandbox.Sandbox, accounts, map[string]map[string]string, *heard) {
	t.Helper()
	box, err := sandbox.Start(t.Context(), sandbox.Options{RateLimits: "off"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	h := &heard{}
	hl, uc := box.Info().HighLevel, box.Info().UserCom
	params := map[string]map[string]string{"highlevel": {"locationId": hl.LocationID}, "usercom": {"subdomain": uc.Subdomain}}
	token := func(s string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return s, nil }
	}
	a, err := highlevel.New(connector.Account{BaseURL: hl.URL, Params: params["highlevel"], HTTP: &http.Client{Transport: h}, Token: token(hl.Token)})
	if err != nil {
		t.Fatal(err)
	}
	b, err := usercom.New(connector.Account{BaseURL: uc.URL, Params: params["usercom"], Settings: map[string]string{"task_type": "3", "note_type": "4"}, HTTP: &http.Client{Transport: h}, Token: token(uc.Token)})
	if err != nil {
		t.Fatal(err)
	}
	return box, accounts{"highlevel": a, "usercom": b}, params, h
}

// TestATryLooksUpAndWritesNothing tries each template on a real record of the sandbox and listens to all that is sent.
func TestATryLooksUpAndWritesNothing(t *testing.T) {
	t.Parallel()
	box, acc, params, h := open(t)
	box.UserCom.Add(kit.Person{First: "Maya", Last: "Stone", Email: "maya.stone@example.com"})
	id := box.HighLevel.Add(kit.Person{First: "Maya", Last: "Stone", Email: "maya.stone@example.com"})
	for _, x := range automation.Templates() {
		trial := maya(x.Automation)
		trial.Finder, trial.Params = acc, params
		if in, ok := trial.Data["contact"].(map[string]any); ok && x.Systems()[0] == "highlevel" {
			in["id"] = id
		}
		out, by := outcomes(t, x.Automation, trial)
		for _, o := range out.Steps {
			if o.Did == automation.Wrong {
				t.Errorf("%s: step %s: %s", x.ID, o.Step, o.Text)
			}
		}
		if o, ok := by["person"]; ok && (o.Did != automation.Worked || reflect.ValueOf(o.Gives).Len() == 0) {
			t.Errorf("%s: nobody was looked up: %+v", x.ID, o)
		}
	}
	for _, r := range h.all {
		if r.Method != "GET" {
			t.Errorf("a try sent %s %s", r.Method, r.Address)
		}
	}
	if len(h.all) < 8 {
		t.Errorf("only %d look-ups", len(h.all))
	}
}

// TestTheRequestThatIsShownIsTheOneThatIsSent tries calls and then really makes them.
func TestTheRequestThatIsShownIsTheOneThatIsSent(t *testing.T) {
	t.Parallel()
	_, acc, params, h := open(t)
	for _, st := range []automation.Step{
		{ID: "x", Kind: "operation", System: "usercom", Operation: "activity-create", With: map[string]string{"activity_type": "{{settings.usercom.task_type}}", "name": "Call {{contact.firstName}}", "due_date": "{{now | at time=17:00}}"}},
		{ID: "x", Kind: "operation", System: "usercom", Operation: "own-event-create", With: map[string]string{"custom_id": "a/{{contact.firstName}} b", "name": "x", "timestamp": "{{now}}", "data": `{"a": 1}`}},
		{ID: "x", Kind: "operation", System: "usercom", Operation: "people-by-date", With: map[string]string{"search": "updated_at", "min": "{{now | later by=-24h}}", "max": "{{now}}"}},
		{ID: "x", Kind: "operation", System: "highlevel", Operation: "contact-create", With: map[string]string{"firstName": "{{contact.firstName}}", "email": "{{contact.email}}", "tags": "{{contact.tags}}", "dnd": "{{contact.dnd}}"}},
		{ID: "x", Kind: "operation", System: "highlevel", Operation: "tag-create", With: map[string]string{"name": "new"}},
	} {
		a := template(t, "new-contact-follow-up")
		a.Steps = []automation.Step{st}
		trial := maya(a)
		trial.Params = params
		_, by := outcomes(t, a, trial)
		shown := by["x"].Request
		if shown == nil {
			t.Errorf("%s: %+v", st.Operation, by["x"])
			continue
		}
		in, err := trial.Input(st)
		if err != nil {
			t.Fatal(err)
		}
		before := len(h.all)
		if _, err := acc[st.System].Do(t.Context(), st.Operation, in); err != nil && len(h.all) == before {
			t.Errorf("%s was not sent: %v", st.Operation, err)
			continue
		}
		sent := h.all[before]
		var x, y any
		_ = json.Unmarshal([]byte(shown.Body), &x)
		_ = json.Unmarshal([]byte(sent.Body), &y)
		if shown.Method != sent.Method || !strings.HasSuffix(sent.Address, shown.Address) || !reflect.DeepEqual(x, y) {
			t.Errorf("%s: shown is %+v, sent was %+v", st.Operation, *shown, sent)
		}
	}
}
