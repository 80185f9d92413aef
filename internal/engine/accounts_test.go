package engine_test

import (
	"strconv"
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/mapping"
)

// A map that needs them asks both accounts for their staff and their time zone: members of staff are translated by email, one
// without a partner leaves the other side as it is and is told, and a date is a day of the account.
func TestStaffAndDatesGoByWhatTheAccountsSay(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	sam := w.box.HighLevel.AddUser("Sam", "Seller", "Sam.Seller@example.com")
	hanna := w.box.HighLevel.AddUser("Hanna", "Helper", "hanna.helper@example.com")
	agent := w.box.UserCom.AddAgent("Sam", "Seller", "sam.seller@example.com")
	other := w.box.UserCom.AddAgent("Quinn", "Quick", "quinn.quick@example.com")
	if _, err := w.box.UserCom.Create("attributes", map[string]any{"content_type": "clientuser", "name": "Born at", "value_type": "datetime"}); err != nil {
		t.Fatal(err)
	}
	w.flow.Map = append(w.flow.Map, mapping.Row{A: mapping.Names{"assignedTo"}, B: mapping.Names{"assigned_to"}},
		mapping.Row{A: mapping.Names{"dateOfBirth"}, B: mapping.Names{"born_at"}})
	w.edit(engine.A, a, fields{"assignedTo": sam, "dateOfBirth": "1990-05-06"})
	w.run(engine.Done)
	w.want(engine.B, b, fields{"assigned_to": number(agent), "born_at": "1990-05-06T16:00:00.000000Z"}) // noon in New York
	w.quiet()

	w.edit(engine.A, a, fields{"assignedTo": hanna, "firstName": "Adele"})
	r := w.request(engine.Request{Look: true}, engine.Done)
	w.want(engine.B, b, fields{"assigned_to": number(agent), "name": "Adele Bell"})
	told := false
	for _, e := range w.entries(r, "") {
		for _, f := range e.Fields {
			told = told || strings.HasPrefix(f.Field, "assignedTo") && f.Rule == "owner_unknown_b"
		}
	}
	if !told {
		t.Error("nobody is told that the owner has no partner")
	}

	w.edit(engine.A, a, fields{"assignedTo": sam})
	w.run(engine.Done)
	quinn := w.box.HighLevel.AddUser("Quinn", "Quick", "quinn.quick@example.com")
	w.edit(engine.B, b, fields{"assigned_to": number(other), "born_at": "1990-05-07T02:00:00Z"}) // still the sixth in New York
	w.run(engine.Done)
	w.want(engine.A, a, fields{"assignedTo": quinn, "dateOfBirth": "1990-05-06"})
}

func number(id string) float64 {
	n, _ := strconv.ParseFloat(id, 64)
	return n
}
