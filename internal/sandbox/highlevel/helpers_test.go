package highlevel

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"couplet/internal/sandbox/kit"
)

// quiet is a CRM without limits that is closed with the test.
func quiet(t *testing.T, o Options) *CRM {
	t.Helper()
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

// direct calls the handler without a network, with the CRM's own token.
func direct(t *testing.T, c *CRM, method, path string, body any) (int, map[string]any) {
	t.Helper()
	return as(t, c, c.Token(), method, path, body)
}

func as(t *testing.T, c *CRM, token, method, path string, body any) (int, map[string]any) {
	t.Helper()
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	req := httptest.NewRequest(method, path, bytes.NewReader(raw))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Version", "2021-07-28")
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, req)
	out := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, out
}

// want fails unless a call answers with a status.
func want(t *testing.T, c *CRM, status int, method, path string, body any) map[string]any {
	t.Helper()
	got, out := direct(t, c, method, path, body)
	if got != status {
		t.Fatalf("%s %s: %d %v, want %d", method, path, got, out, status)
	}
	return out
}

func faulty(t *testing.T, name string) *kit.Faults {
	t.Helper()
	f := kit.NewFaults(1)
	if err := f.Set(name, 1); err != nil {
		t.Fatal(err)
	}
	return f
}

func person(email, phone string) kit.Person {
	return kit.Person{First: "Rubika", Last: "Deo", Email: email, Phone: phone, Country: "US"}
}

func inLocation(c *CRM, fields obj) obj {
	fields["locationId"] = c.LocationID()
	return fields
}

const okay = http.StatusOK
