package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// members is a world with a flow of companies and one of contacts that keeps in step which company each belongs to.
type members struct {
	*world
	companies, contacts flow.Flow
}

func newMembers(t *testing.T) *members {
	t.Helper()
	m := &members{world: firms(t, sandbox.Options{})}
	m.companies = m.flow
	f, err := flow.Resolve(flow.FlowSpec{Name: "contacts", Template: "contact-sync"})
	if err != nil {
		t.Fatal(err)
	}
	f.ID, f.Workspace, f.Connections, f.Enabled, f.Region, f.Version = "flow_test", ws, m.companies.Connections, true, "US", 1
	f.Retry, f.Approval = m.companies.Retry, m.companies.Approval
	f.Map = append(f.Map, mapping.Row{A: mapping.Names{"businessId"}, B: mapping.Names{"companies"}})
	m.contacts = f
	return m
}

func (m *members) as(f flow.Flow) *world { m.flow = f; return m.world }

func (m *members) sync(f flow.Flow) engine.Run { m.t.Helper(); return m.as(f).run(engine.Done) }

// company makes a company on both sides.
func (m *members) company(name string) (a, b string) {
	m.t.Helper()
	a = m.as(m.companies).add(engine.A, fields{"name": name})
	m.sync(m.companies)
	return a, m.partner(engine.A, a)
}

// person makes a person on both sides.
func (m *members) person(email string, of fields) (a, b string) {
	m.t.Helper()
	typed := fields{"email": email}
	for k, v := range of {
		typed[k] = v
	}
	a = m.as(m.contacts).add(engine.A, typed)
	m.sync(m.contacts)
	m.pass(time.Hour)
	return a, m.partner(engine.A, a)
}

// belongs fails unless the two show these companies; those of User.com by id, the first joined in front.
func (m *members) belongs(a, b, inA, inB string) {
	m.t.Helper()
	m.as(m.contacts)
	got := [2]string{fmt.Sprint(m.shows(engine.A, a, "businessId")), fmt.Sprint(m.all(engine.B)[b].Fields["companies"])}
	for side, want := range [2]string{inA, inB} {
		if want == "" {
			want = "<nil>"
		}
		if got[side] != want {
			m.t.Errorf("side %d: belongs to %s, want %s", side, got[side], want)
		}
	}
}

func TestTheCompanyOfAContactGoesOverEitherWay(t *testing.T) {
	t.Parallel()
	m := newMembers(t)
	a1, b1 := m.company("Acme")
	a2, b2 := m.company("Bolt")
	a, b := m.person("ada@example.com", fields{"businessId": a1, "companyName": "Acme"})
	m.belongs(a, b, a1, b1)
	m.want(engine.B, b, fields{"company_name": "Acme"}) // the simple choice stays
	m.quiet()

	c := m.as(m.contacts).add(engine.B, fields{"email": "cid@example.com"})
	m.box.UserCom.Join(c, b2)
	m.sync(m.contacts)
	m.belongs(m.partner(engine.B, c), c, a2, b2)
	m.quiet()

	m.edit(engine.A, a, fields{"businessId": a2}) // User.com knows no way out of the first one
	r := m.sync(m.contacts)
	m.belongs(a, b, a2, b1+","+b2)
	if r.To[engine.B].Updated != 1 || m.base(a, "businessId").Rule != "changed_a" {
		t.Errorf("%+v, %+v", r.To, m.base(a, "businessId"))
	}
	m.quiet()

	m.pass(time.Hour)
	m.box.UserCom.Part(b, b2)
	m.sync(m.contacts)
	m.belongs(a, b, a1, b1)
	m.quiet()
}

func TestWhoJoinsAFurtherCompanyHasNotMoved(t *testing.T) {
	t.Parallel()
	m := newMembers(t)
	a1, b1 := m.company("Acme")
	_, b2 := m.company("Bolt")
	a, b := m.person("ada@example.com", fields{"businessId": a1})
	m.box.UserCom.Join(b, b2)
	m.sync(m.contacts)
	m.belongs(a, b, a1, b1+","+b2)
	m.quiet()
	m.pass(time.Hour)
	m.box.UserCom.Part(b, b1) // what is left counts
	m.sync(m.contacts)
	m.belongs(a, b, m.as(m.companies).partner(engine.B, b2), b2)
	m.as(m.contacts).quiet()
}

func TestAContactWaitsForItsCompanyWithThatFieldAlone(t *testing.T) {
	t.Parallel()
	m := newMembers(t)
	m.company("Acme")
	late := m.as(m.companies).add(engine.A, fields{"name": "Late"})
	a := m.as(m.contacts).add(engine.A, fields{"email": "ada@example.com", "businessId": late})
	r := m.sync(m.contacts)
	b := m.partner(engine.A, a)
	if b == "" || r.Status != engine.Done {
		t.Fatalf("the record was held: %+v", r)
	}
	m.belongs(a, b, late, "")
	told := false
	for _, e := range m.entries(r, "") {
		for _, f := range e.Fields {
			told = told || f.Rule == "link_unknown_b"
		}
	}
	if !told {
		t.Errorf("nothing tells of it: %+v", m.entries(r, ""))
	}
	m.edit(engine.A, a, fields{"phone": phoneA}) // all the rest goes on
	m.sync(m.contacts)
	m.want(engine.B, b, fields{"phone_number": phoneA})
	m.quiet()
	m.sync(m.companies)
	m.pass(time.Minute)
	m.sync(m.contacts) // nothing about the contact changed, and its company has a partner now
	m.belongs(a, b, late, m.as(m.companies).partner(engine.A, late))
	m.as(m.contacts).quiet()
}

func TestWithoutAFlowOfCompaniesWhatToDoIsSaid(t *testing.T) {
	t.Parallel()
	m := newMembers(t)
	firm := m.as(m.companies).add(engine.A, fields{"name": "Acme"})
	m.as(m.contacts).add(engine.A, fields{"email": "ada@example.com", "businessId": firm})
	r := m.sync(m.contacts)
	if r.To[engine.B].Created != 1 {
		t.Errorf("%+v", r.To)
	}
	pair := m.pair()
	hints, err := m.st.Problems(t.Context(), ws, pair.ID, engine.Place{Side: -1}, 10)
	if err != nil || len(hints) != 1 || !strings.Contains(hints[0].Problem, "make one of template company-sync") {
		t.Errorf("%+v, %v", hints, err)
	}
}

func TestWhoIsTakenOutOfACompanyStaysInItWhereNobodyCanTakeThemOut(t *testing.T) {
	t.Parallel()
	for _, blank := range []mapping.Blank{mapping.Keep, mapping.Clear} {
		m := newMembers(t)
		m.contacts.Blank = blank
		a1, b1 := m.company("Acme")
		a, b := m.person("ada@example.com", fields{"businessId": a1})
		m.edit(engine.A, a, fields{"businessId": nil, "phone": phoneA})
		want := engine.Done
		if blank == mapping.Clear {
			want = engine.DoneWithProblems
		}
		r := m.as(m.contacts).run(want)
		m.belongs(a, b, "", b1)
		m.want(engine.B, b, fields{"phone_number": phoneA})
		failed := m.entries(r, engine.ResultFailed)
		if blank == mapping.Clear && (len(failed) != 1 || !strings.Contains(failed[0].Reason, "by hand")) {
			t.Errorf("told as %+v", failed)
		}
		m.quiet()

		// The other way it is one call.
		c, d := m.person("cid@example.com", fields{"businessId": a1})
		m.box.UserCom.Part(d, b1)
		m.sync(m.contacts)
		m.belongs(c, d, map[mapping.Blank]string{mapping.Keep: a1}[blank], "")
		m.quiet()
	}
}

func TestAMembershipWhoseAnswerIsLostIsNotDoubledOrLost(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"timeout", "after"} {
		m := newMembers(t)
		a1, b1 := m.company("Acme")
		a2, b2 := m.company("Bolt")
		a, b := m.person("ada@example.com", fields{"businessId": a1})
		c, d := m.person("cid@example.com", fields{"businessId": a1})
		m.edit(engine.A, a, fields{"businessId": a2})
		m.box.UserCom.Part(d, b1)
		m.box.UserCom.Join(d, b2)
		m.fault(fault, .3)
		for range 4 {
			m.as(m.contacts)
			_, _ = m.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: m.contacts, Trigger: "manual", Look: true})
			m.pass(time.Minute)
		}
		m.calm()
		m.sync(m.contacts)
		m.belongs(a, b, a2, b1+","+b2)
		m.belongs(c, d, a2, b2)
		m.quiet()
	}
}
