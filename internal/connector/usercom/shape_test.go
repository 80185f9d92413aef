package usercom_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/usercom"
)

// script answers by method, path and query, and keeps what was asked. Attributes are none unless scripted.
type script struct {
	answers map[string]string
	mu      sync.Mutex
	asked   []string
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	what := r.Method + " " + strings.TrimPrefix(r.URL.EscapedPath(), "/api/public")
	if r.URL.RawQuery != "" {
		what += "?" + r.URL.RawQuery
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, what)
	body, ok := s.answers[what]
	if !ok && strings.HasPrefix(what, "GET /attributes/") {
		body, ok = `{"count":0,"next":null,"results":[]}`, true
	}
	if status, rest, cut := strings.Cut(body, "|"); cut {
		var code int
		_, _ = fmt.Sscan(status, &code)
		w.WriteHeader(code)
		body = rest
	} else if !ok {
		w.WriteHeader(http.StatusNotFound)
		body = `{"detail": "Not found."}`
	}
	_, _ = w.Write([]byte(strings.ReplaceAll(body, "HOST", r.Host)))
}

func (s *script) conn(t *testing.T) *usercom.Connector { return serve(t, s, strings.Repeat("k", 64)) }

// Section 2: both dialects say the same.
func TestBothDialectsAreRead(t *testing.T) {
	t.Parallel()
	attributes := `{"count":2,"next":null,"results":[
		{"id":1,"name":"Loyalty level","name_std":"loyalty_level","value_type":%s,"content_type":%q},
		{"id":2,"name":"Points","name_std":"points","value_type":%s,"content_type":%q},
		{"id":3,"name":"Deal thing","name_std":"deal_thing","value_type":"string","content_type":"deal"}]}`
	two := &script{answers: map[string]string{
		"GET /attributes/": fmt.Sprintf(attributes, `"string"`, "clientuser", `"integer"`, "clientuser"),
		"GET /users/59/": `{"id":59,"user_key":"k","custom_id":"hl_1","email":"ana@example.com","name":"Ana Silva","phone_number":null,
			"status":"user","gender":"unknown","score":3,"unsubscribed":false,"assigned_to":926,"tags":[{"id":5,"name":"vip"}],
			"city":"","created_at":"2024-05-02T09:15:30.123456Z","updated_at":"2024-05-02T09:15:30.123470Z","loyalty_level":"gold","deal_thing":"x"}`,
	}}
	one := &script{answers: map[string]string{
		"GET /attributes/": fmt.Sprintf(attributes, `4`, "user", `2`, "user"),
		"GET /users/59/": `{"id":59,"key":"k","user_id":"hl_1","email":"ana@example.com","name":"Ana Silva","phone_number":null,
			"status":"user","gender":"unknown","score":3,"unsubscribed":false,"assigned_to":926,"tags":[{"id":5,"name":"vip"}],
			"city":"","created_at":"2024-05-02T09:15:30.123456Z","updated_at":"2024-05-02T09:15:30.123470Z",
			"attributes":[{"id":1,"name_std":"loyalty_level","value":"gold","value_type":4}]}`,
	}}
	want := "map[assigned_to:926 city:<nil> custom_id:hl_1 email:ana@example.com gender:unknown loyalty_level:gold name:Ana Silva " +
		"phone_number:<nil> points:<nil> score:3 status:user tags:[vip] unsubscribed:false]"
	for name, s := range map[string]*script{"two": two, "one": one} {
		rec, err := s.conn(t).Get(t.Context(), connector.Ref{Object: "contact", ID: "59"})
		if err != nil || rec.ID != "59" || fmt.Sprint(rec.Fields) != want || rec.Version != "2024-05-02T09:15:30.123470Z" || rec.Created.Year() != 2024 {
			t.Errorf("dialect %s: %v\n got %v\nwant %v", name, err, rec, want)
		}
	}
}

func listAll(t *testing.T, conn *usercom.Connector) (ids []string, err error) {
	t.Helper()
	req := connector.ListRequest{Object: "contact"}
	for range 50 {
		page, err := conn.List(t.Context(), req)
		if err != nil {
			return ids, err
		}
		for _, rec := range page.Records {
			ids = append(ids, rec.ID)
		}
		if req.After = page.Next; req.After == "" {
			return ids, nil
		}
	}
	t.Fatal("a list without an end")
	return nil, nil
}

// Sections 1 and 4: the key must not follow an address to a stranger.
func TestNextMustBeTheAccountsOwn(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]connector.Kind{
		"https://evil.example/api/public/users/?cursor=1": connector.Config,
		"http://HOST/elsewhere/?cursor=1":                 connector.Config,
		"http://HOST/api/public/users?cursor=1":           "", // no slash before the query, as one client has seen
		"https://HOST/api/public/users/?cursor=1":         "", // behind a proxy
	} {
		s := &script{answers: map[string]string{
			"GET /users/":          `{"count":2,"next":"` + next + `","results":[{"id":1}]}`,
			"GET /users/?cursor=1": `{"count":2,"next":null,"results":[{"id":2}]}`,
		}}
		ids, err := listAll(t, s.conn(t))
		if connector.KindOf(err) != want || want == "" && fmt.Sprint(ids) != "[1 2]" {
			t.Errorf("%s: %v %v", next, ids, err)
		}
		if want != "" && slices.Contains(s.asked, "GET /users/?cursor=1") {
			t.Errorf("%s was followed", next)
		}
	}
}

// Section 4: a 404 on next is an end, but never a way to lose rows.
func TestBrokenListEndsOrBeginsAnew(t *testing.T) {
	t.Parallel()
	first := `{"count":%d,"next":"http://HOST/api/public/users/?cursor=%d","results":[{"id":1},{"id":2}]}`
	whole := &script{answers: map[string]string{"GET /users/": fmt.Sprintf(first, 2, 9)}}
	if ids, err := listAll(t, whole.conn(t)); err != nil || fmt.Sprint(ids) != "[1 2]" {
		t.Errorf("all rows came: %v %v", ids, err)
	}
	same := &script{answers: map[string]string{"GET /users/": fmt.Sprintf(first, 5, 9)}}
	if ids, err := listAll(t, same.conn(t)); err != nil || fmt.Sprint(ids) != "[1 2 1 2]" {
		t.Errorf("it breaks at the same place again: %v %v", ids, err)
	}
	healed := &script{answers: map[string]string{
		"GET /users/":          fmt.Sprintf(first, 3, 1),
		"GET /users/?cursor=1": "404|gone",
	}}
	conn := healed.conn(t)
	req := connector.ListRequest{Object: "contact"}
	for range 2 {
		page, err := conn.List(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		req.After = page.Next
	}
	healed.answers["GET /users/?cursor=1"] = `{"count":3,"next":null,"results":[{"id":3}]}`
	var ids []string
	for req.After != "" {
		page, err := conn.List(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range page.Records {
			ids = append(ids, rec.ID)
		}
		req.After = page.Next
	}
	if fmt.Sprint(ids) != "[1 2 3]" {
		t.Errorf("after beginning anew: %v", ids)
	}
}

// Section 4: four shapes, and a server that leaves the filter out of account.
func TestSearchShapes(t *testing.T) {
	t.Parallel()
	ana, bob := `{"id":1,"email":"ana@example.com","tags":[],"phone_number":"+351 910","couplet_ref":"r1"}`, `{"id":2,"email":"bob@example.com","tags":[]}`
	cases := []struct {
		by     connector.Fields
		call   string
		answer string
		want   string
		kind   connector.Kind
	}{
		{connector.Fields{"email": "ana@example.com"}, "/users/search/?email=ana%40example.com&many=true", `[` + ana + `]`, "[1]", ""},
		{connector.Fields{"email": "ana@example.com"}, "/users/search/?email=ana%40example.com&many=true", `[]`, "[]", ""},
		{connector.Fields{"email": "ana@example.com"}, "/users/search/?email=ana%40example.com&many=true", `404|{}`, "[]", ""},
		{connector.Fields{"email": "ana@example.com"}, "/users/search/?email=ana%40example.com&many=true", ana, "[1]", ""},
		{connector.Fields{"email": "ana@example.com"}, "/users/search/?email=ana%40example.com&many=true", `{"count":1,"results":[` + ana + `]}`, "[1]", ""},
		{connector.Fields{"email": "ana@example.com"}, "/users/search/?email=ana%40example.com&many=true", `"x"`, "", connector.Temporary},
		{connector.Fields{"phone_number": "+351910"}, "/users/search/?phone_number=%2B351910", `{"count":1,"results":[` + ana + `]}`, "[1]", ""},
		{connector.Fields{"phone_number": "+351910"}, "/users/search/?phone_number=%2B351910", ana, "[1]", ""},
		{connector.Fields{"couplet_ref": "r1"}, "/users/search/?couplet_ref=r1", `{"count":1,"results":[` + ana + `]}`, "[1]", ""},
		{connector.Fields{"couplet_ref": "r1"}, "/users/search/?couplet_ref=r1", `{"count":2,"results":[` + ana + `,` + bob + `]}`, "[1 2]", ""},
		{connector.Fields{"couplet_ref": "r9"}, "/users/search/?couplet_ref=r9", `{"count":500,"results":[` + ana + `]}`, "", connector.Invalid},
		{connector.Fields{"custom_id": "a/b@c"}, "/users-by-id/a%2Fb@c/", `{"id":1,"custom_id":"a/b@c","email":"x","tags":[]}`, "[1]", ""},
	}
	for _, c := range cases {
		s := &script{answers: map[string]string{"GET " + c.call: c.answer}}
		found, err := s.conn(t).Find(t.Context(), "contact", "", c.by)
		ids := []string{}
		for _, rec := range found {
			ids = append(ids, rec.ID)
		}
		if connector.KindOf(err) != c.kind || c.kind == "" && fmt.Sprint(ids) != c.want || !slices.Contains(s.asked, "GET "+c.call) {
			t.Errorf("%v with %s: %v %v, asked %v", c.by, c.answer, ids, err, s.asked)
		}
	}
}

// Sections 5 and 6.4.
func TestCreateAnswers(t *testing.T) {
	t.Parallel()
	whole := `{"id":7,"email":"a@example.com","tags":[]}`
	only := &script{answers: map[string]string{"POST /users/": `201|{"created":true,"id":7}`, "GET /users/7/": whole}}
	rec, err := only.conn(t).Create(t.Context(), "contact", "", connector.Fields{"email": "a@example.com"})
	if err != nil || rec.ID != "7" || rec.Fields["email"] != "a@example.com" {
		t.Error(rec, err)
	}
	none := &script{answers: map[string]string{"POST /users/": `201|{}`}}
	if _, err := none.conn(t).Create(t.Context(), "contact", "", connector.Fields{"email": "a@example.com"}); connector.KindOf(err) != connector.Unknown {
		t.Error(err)
	}
	taken := map[string]string{"POST /users/": `400|{"custom_id":["This field must be unique."]}`}
	values := connector.Fields{"email": "a@example.com", "custom_id": "c1"}
	s := &script{answers: taken}
	if _, err := s.conn(t).Create(t.Context(), "contact", "", values); connector.KindOf(err) != connector.Unknown {
		t.Error("nobody was found who has the id, and yet:", err)
	}
	taken["GET /users-by-id/c1/"] = `{"id":8,"custom_id":"c1","email":null,"tags":[]}`
	_, err = s.conn(t).Create(t.Context(), "contact", "", values)
	if e, _ := connector.AsError(err); e == nil || e.Kind != connector.Duplicate || e.Existing != "8" {
		t.Errorf("%+v", e)
	}
	if _, err := s.conn(t).Create(t.Context(), "contact", "", connector.Fields{"name": "Ana Silva"}); connector.KindOf(err) != connector.Invalid {
		t.Error("the joined name is written:", err)
	}
}
