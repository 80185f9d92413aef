package sandbox_test

import (
	"net/url"
	"strings"
	"testing"

	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// What sets automations off can be done by a person on the page of a contact.
func TestAppointmentsDealsMessagesAndEventsAreMadeOnThePageOfTheirContact(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off"})
	anna := kit.Person{First: "Anna", Last: "Nowak", Email: "anna@example.com"}
	ofHighLevel, ofUserCom := "/highlevel/"+s.HighLevel.Add(anna), "/usercom/"+s.UserCom.Add(anna)
	v := visit(t, s).enter()
	for _, one := range []struct {
		contact, kind string
		wrong, right  url.Values
		refused, says string
	}{
		{ofHighLevel, "appointment", url.Values{"title": {"Check-up"}, "startTime": {"soon"}}, url.Values{"startTime": {"2031-05-20T15:00:00Z"}}, "startTime must be", "An appointment, confirmed, 2031-05-20 15:00 UTC"},
		{ofHighLevel, "opportunity", url.Values{"name": {""}}, url.Values{"name": {"Whitening"}, "pipelineStageId": {"Contacted"}, "monetaryValue": {"480"}}, "name should not be empty", "An opportunity, open, in the stage Contacted, worth 480"},
		{ofHighLevel, "message", url.Values{"message": {""}}, url.Values{"message": {"Thursday?"}}, "message should not be empty", "A message from the contact"},
		{ofUserCom, "event", url.Values{"name": {""}}, url.Values{"name": {"booked"}}, "may not be blank", "An event, "},
	} {
		form := v.open(one.contact + "/" + one.kind + "/new")
		for name, values := range one.wrong {
			form[name] = values
		}
		if status, page, _ := v.do(one.contact+"/"+one.kind+"/new", form); status != 422 || !strings.Contains(page, one.refused) {
			t.Errorf("%s: %d %s", one.kind, status, page)
		}
		for name, values := range one.right {
			form[name] = values
		}
		status, page, _ := v.do(one.contact+"/"+one.kind+"/new", form)
		if status != 200 || !strings.Contains(page, one.says) {
			t.Fatalf("%s: %d %s", one.kind, status, page)
		}
		_, rest, _ := strings.Cut(page, `action="`+one.contact+"/"+one.kind+"/")
		id, _, _ := strings.Cut(rest, "/delete")
		if one.kind == "appointment" {
			form := v.open(one.contact + "/appointment/" + id)
			form.Set("appointmentStatus", "noshow")
			if status, page, _ := v.do(one.contact+"/appointment/"+id, form); status != 200 || !strings.Contains(page, "An appointment, noshow, 2031") {
				t.Errorf("missed: %d %s", status, page)
			}
			one.says = "An appointment, "
		}
		if status, page, _ := v.do(one.contact+"/"+one.kind+"/"+id+"/delete", url.Values{}); status != 200 || strings.Contains(page, one.says) {
			t.Errorf("%s was not deleted: %d %s", one.kind, status, page)
		}
	}
}
