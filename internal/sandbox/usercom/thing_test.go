package usercom

import (
	"encoding/json"
	"testing"
)

func TestADealIsFoundByItsClientsID(t *testing.T) { // section 10
	t.Parallel()
	w := open(t, Options{})
	w.do("POST", "/users/", fields{"email": "a@example.com"}, 201)
	made := w.do("POST", "/deals/update_or_create/", fields{"custom_id": "d/1", "name": "Whitening", "value": 480, "status": 1, "user_id": 1001, "seats": 2}, 201)
	if made["value"] != "480.00" || made["status"] != 1.0 || made["user_id"] != 1001.0 || made["seats"] != "2" || made["currency"] != nil {
		t.Errorf("%v", made)
	}
	same := w.do("POST", "/deals/update_or_create/", fields{"custom_id": "d/1", "name": "Whitening", "status": 2}, 200)
	if same["id"] != made["id"] || same["status"] != 2.0 || same["value"] != "480.00" {
		t.Errorf("%v", same)
	}
	if now := w.do("PUT", "/deals-by-id/d%2F1/", fields{"stage": 3}, 200); now["stage"] != 3.0 {
		t.Errorf("%v", now)
	}
	w.do("POST", "/deals/", fields{"name": "Again", "custom_id": "d/1"}, 400) // taken
	w.do("POST", "/deals/", fields{"value": 1}, 400)                          // no name
	w.do("POST", "/deals/", fields{"name": "x", "status": 5}, 400)
	w.do("POST", "/deals/", fields{"name": "x", "user_id": 1}, 404)
	w.do("PUT", "/deals-by-id/nobody/", fields{"stage": 3}, 404)
	w.do("DELETE", "/users/1001/", nil, 204)
	if now := w.do("GET", "/deals/8001/", nil, 200); now["user_id"] != nil {
		t.Errorf("it is of nobody now: %v", now)
	}
	w.do("DELETE", "/deals/8001/", nil, 204)
	w.do("GET", "/deals/8001/", nil, 404)
}

func TestAnEventSaysWhetherItsNameIsNew(t *testing.T) { // section 10 [D]
	t.Parallel()
	w := open(t, Options{})
	w.do("POST", "/users/", fields{"email": "a@example.com", "custom_id": "own"}, 201)
	first := w.do("POST", "/events/", fields{"user_id": 1001, "name": "booked", "timestamp": 1714641330, "data": fields{"plan": "gold"}}, 201)
	if first["created"] != true {
		t.Errorf("%v", first)
	}
	if again := w.do("POST", "/users-by-id/own/events/", fields{"name": "booked"}, 201); again["created"] != false {
		t.Errorf("%v", again)
	}
	w.do("POST", "/events/", fields{"user_id": 1001}, 400)
	w.do("POST", "/events/", fields{"name": "booked"}, 400)
	w.do("POST", "/events/", fields{"name": "booked", "user_id": 7}, 404)
	w.do("POST", "/events/", fields{"name": "booked", "user_id": 1001, "timestamp": "now"}, 400)
	w.do("POST", "/products-by-id/check-up/product_event/", fields{"event_type": "purchase", "user_custom_id": "own"}, 201)
	w.do("POST", "/products-by-id/nothing/product_event/", fields{"event_type": "purchase", "user_custom_id": "own"}, 404)
	w.do("POST", "/products-by-id/check-up/product_event/", fields{"event_type": "purchase"}, 400)
	list := w.do("GET", "/users/1001/events/", nil, 200)
	row := list["results"].([]any)[0].(map[string]any)
	if list["count"] != 2.0 || row["timestamp"] != "2024-05-02T09:15:30.000000Z" || row["data"].(map[string]any)["plan"] != "gold" {
		t.Errorf("%v", list)
	}
	if n := w.do("GET", "/users/1001/timeline/", nil, 200)["count"]; n != 3.0 {
		t.Errorf("%v entries", n)
	}
	raw, err := json.Marshal(w.State())
	if err != nil {
		t.Fatal(err)
	}
	later := open(t, Options{})
	if err := later.Load(raw); err != nil {
		t.Fatal(err)
	}
	if back, err := json.Marshal(later.State()); err != nil || string(back) != string(raw) {
		t.Errorf("%s\nis not\n%s (%v)", back, raw, err)
	}
	w.do("POST", "/users/", fields{"email": "b@example.com"}, 201)
	w.do("POST", "/users/merge/", fields{"parent": 1002, "users_list": []any{1001}}, 200)
	if n := w.do("GET", "/users/1002/events/", nil, 200)["count"]; n != 2.0 {
		t.Errorf("%v events after the merge", n)
	}
	w.do("DELETE", "/users/1002/", nil, 204)
	if n := w.do("GET", "/events/", nil, 200)["count"]; n != 0.0 {
		t.Errorf("%v events of nobody", n)
	}
}

func TestAutomationsStartWithAnEvent(t *testing.T) { // section 12
	t.Parallel()
	w, calls := listen(t, Options{})
	w.do("POST", "/users/", fields{"email": "a@example.com"}, 201)
	to := w.Automations()[0].URL
	if err := w.SetAutomations([]Automation{{Event: eventHappened, URL: to}}); err != nil {
		t.Fatal(err)
	}
	next(t, calls)
	w.do("POST", "/events/", fields{"user_id": 1001, "name": "booked", "data": fields{"plan": "gold"}}, 201)
	var body struct{ Extra, User map[string]any }
	if err := json.Unmarshal(next(t, calls).body, &body); err != nil {
		t.Fatal(err)
	}
	if body.Extra["event"] != "booked" || body.Extra["plan"] != "gold" || body.User["id"] != 1001.0 {
		t.Errorf("%v", body)
	}
}
