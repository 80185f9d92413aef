package usercom

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

type received struct {
	header http.Header
	body   []byte
}

// listen opens a workspace whose automations call a real receiver.
func listen(t *testing.T, o Options) (*workspace, <-chan received) {
	t.Helper()
	got := make(chan received, 20)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- received{r.Header, body}
	}))
	t.Cleanup(receiver.Close)
	if o.Faults == nil {
		o.Faults = kit.NewFaults(1)
	}
	o.Clock = kit.NewClock()
	o.Hooks = kit.NewHooks(o.Clock, o.Faults, kit.Policy{Attempts: 1})
	t.Cleanup(o.Hooks.Close)
	o.HookURL = receiver.URL
	return open(t, o), got
}

func next(t *testing.T, calls <-chan received) received {
	t.Helper()
	select {
	case r := <-calls:
		return r
	case <-time.After(20 * time.Second):
		t.Fatal("no call came")
		return received{}
	}
}

func TestAutomationsPostTheirBodyOnCreateAndUpdate(t *testing.T) { // section 12 [H]
	t.Parallel()
	w, calls := listen(t, Options{})
	w.do("POST", "/users/", fields{"first_name": "Ana", "custom_id": "hl_1"}, 201)
	w.do("PUT", "/users/1001/", fields{"city": "Porto"}, 200)
	w.do("PUT", "/users/1001/", fields{"city": "Porto"}, 200) // changes nothing, calls nobody
	if _, err := w.Update("users", "1001", fields{"name": "Eva"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		path float64
		name string
		city any
	}{{1, "Ana", nil}, {2, "Ana", "Porto"}, {2, "Eva", "Porto"}} {
		r := next(t, calls)
		var body struct {
			Path      float64
			Timestamp string
			Extra     map[string]any
			User      map[string]any
		}
		if err := json.Unmarshal(r.body, &body); err != nil {
			t.Fatal(err)
		}
		if body.Path != want.path || body.User["name"] != want.name || body.User["city"] != want.city {
			t.Errorf("want %v, got %s", want, r.body)
		}
		if !strings.HasSuffix(body.Timestamp, "+00:00") {
			t.Errorf("timestamp %s", body.Timestamp)
		}
		if _, there := body.User["key"]; !there || body.User["user_id"] != "hl_1" || body.Extra == nil { // dialect 1, section 2
			t.Errorf("user %v, extra %v", body.User, body.Extra)
		}
		if r.header.Get("Content-Type") != "application/json" || r.header.Get("X-User-Com-Signature") != "" {
			t.Errorf("headers %v", r.header)
		}
	}
	w.do("DELETE", "/users/1001/", nil, 204)
	if n := w.opts.Hooks.Pending(); n != 0 || len(calls) != 0 {
		t.Errorf("%d pending and %d more calls", n, len(calls))
	}
}

func TestSwitchesChangeTheCall(t *testing.T) { // section 12, UNVERIFIED
	t.Parallel()
	w, calls := listen(t, Options{HookSignature: true, HookWithoutUser: true, Token: "secret"})
	w.do("POST", "/users/", fields{}, 201)
	r := next(t, calls)
	if strings.Contains(string(r.body), `"user"`) {
		t.Errorf("user info is there: %s", r.body)
	}
	mac := hmac.New(sha256.New, []byte("secret"))
	mac.Write(r.body)
	if r.header.Get("X-User-Com-Signature") != hex.EncodeToString(mac.Sum(nil)) {
		t.Errorf("signature %s", r.header.Get("X-User-Com-Signature"))
	}

	w, calls = listen(t, Options{HookForm: true})
	w.do("POST", "/users/", fields{"email": "ana@example.com"}, 201)
	r = next(t, calls)
	form, err := url.ParseQuery(string(r.body))
	if err != nil || form.Get("user[email]") != "ana@example.com" || form.Get("user[id]") != "1001" || form.Get("path") != "1" {
		t.Errorf("form %v %v", form, err)
	}
	if got := r.header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
		t.Errorf("content type %s", got)
	}
}

func TestAutomationsCallTwiceOrNeverWhenFaultsStrike(t *testing.T) { // section 13.12
	t.Parallel()
	faults := kit.NewFaults(1)
	w, calls := listen(t, Options{Faults: faults})
	_ = faults.Set(kit.Double, 1)
	w.do("POST", "/users/", fields{}, 201)
	if a, b := next(t, calls), next(t, calls); string(a.body) != string(b.body) {
		t.Error("the two calls differ")
	}
	_ = faults.Set(kit.Double, 0)
	_ = faults.Set(kit.Lose, 1)
	w.do("POST", "/users/", fields{}, 201)
	_ = faults.Set(kit.Lose, 0)
	w.do("POST", "/users/", fields{}, 201)
	var body struct{ User struct{ ID int } }
	if err := json.Unmarshal(next(t, calls).body, &body); err != nil || body.User.ID != 1003 {
		t.Errorf("the call after the lost one is of %d", body.User.ID)
	}
}
