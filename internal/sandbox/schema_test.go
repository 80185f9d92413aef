package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"

	"couplet/internal/sandbox"
)

// Control renames, retypes, drops and brings back custom fields, as people do in either CRM.
func TestControlChangesCustomFields(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off"})
	i := s.Info()
	control := func(method, path string, body any, status int) map[string]any {
		t.Helper()
		got, out := call(t, method, i.Control.URL+"/_sandbox/"+path, body, "X-Sandbox-Key", i.Control.Key)
		if got != status {
			t.Fatalf("%s %s: %d %v, want %d", method, path, got, out, status)
		}
		return out
	}
	value := func(path, name string) any {
		t.Helper()
		one := control("GET", path, nil, http.StatusOK)
		if list, ok := one["customFields"].([]any); ok {
			if len(list) == 0 {
				return nil
			}
			return list[0].(map[string]any)["value"]
		}
		return one[name]
	}
	field := control("POST", "highlevel/customFields", map[string]any{"name": "Plan", "dataType": "TEXT"}, 201)
	person := control("POST", "highlevel/contacts", map[string]any{"email": "a@example.com",
		"customFields": []any{map[string]any{"id": field["id"], "field_value": "gold"}}}, 201)
	own, at := fmt.Sprint("highlevel/customFields/", field["id"]), fmt.Sprint("highlevel/contacts/", person["id"])
	if out := control("PUT", own, map[string]any{"name": "Tariff", "dataType": "NUMERICAL"}, 200); out["name"] != "Tariff" || out["dataType"] != "NUMERICAL" {
		t.Errorf("it is %v", out)
	}
	control("DELETE", own, nil, 200)
	if v := value(at, ""); v != nil {
		t.Errorf("a dropped field shows %v", v)
	}
	control("POST", "highlevel/customFields", map[string]any{"id": field["id"]}, 201)
	if v := value(at, ""); v != "gold" {
		t.Errorf("brought back it shows %v", v)
	}

	made := control("POST", "usercom/attributes", map[string]any{"name": "Plan", "value_type": "string", "content_type": "clientuser"}, 201)
	user := control("POST", "usercom/users", map[string]any{"email": "a@example.com", "plan": "7"}, 201)
	own, at = fmt.Sprint("usercom/attributes/", made["id"]), fmt.Sprint("usercom/users/", user["id"])
	control("PUT", own, map[string]any{"name": "Tariff"}, 200)
	if v := value(at, "plan"); v != "7" {
		t.Errorf("under a new label it shows %v", v)
	}
	control("PUT", own, map[string]any{"name_std": "tariff", "value_type": "integer"}, 200)
	if v := value(at, "tariff"); v != 7.0 {
		t.Errorf("under a new key and type it shows %v", v)
	}
	control("DELETE", own, nil, 200)
	if v := value(at, "tariff"); v != nil {
		t.Errorf("a dropped attribute shows %v", v)
	}
	control("POST", "usercom/attributes", map[string]any{"id": made["id"]}, 201)
	if v := value(at, "tariff"); v != 7.0 {
		t.Errorf("brought back it shows %v", v)
	}
}
