package sandbox_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"couplet/internal/sandbox"
	pretend "couplet/internal/sandbox/highlevel"
	"couplet/internal/sandbox/kit"
)

func TestCompaniesAreEditedOnTheirPages(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off"})
	v := visit(t, s).enter()
	for system, one := range map[string]interface {
		Companies() []kit.Company
		Add(kit.Person) string
		Join(contact, company string)
	}{"highlevel": s.HighLevel, "usercom": s.UserCom} {
		base := "/companies/" + system
		form := v.open(base + "/new")
		form.Set("city", "Gdynia")
		if status, page, _ := v.do(base+"/new", form); status != 422 || !strings.Contains(page, "name") {
			t.Fatal(system, status, page)
		}
		form.Set("name", "Acme <Ltd>")
		if status, page, at := v.do(base+"/new", form); status != 200 || at.Path != "/companies" || !strings.Contains(page, "Acme &lt;Ltd&gt;") {
			t.Fatal(system, status, at, page)
		}
		all := one.Companies()
		if len(all) != 1 || all[0].City != "Gdynia" || all[0].Made.IsZero() {
			t.Fatalf("%s: %+v", system, all)
		}
		one.Join(one.Add(kit.Person{First: "Anna", Last: "Nowak", Email: "a@example.com"}), all[0].ID)
		if members := one.Companies()[0].Members; len(members) != 1 || members[0] != "Anna Nowak" {
			t.Error(system, members)
		}
		form = v.open(base + "/" + all[0].ID)
		form.Set("email", "hello@acme.example")
		if status, page, _ := v.do(base+"/"+all[0].ID, form); status != 200 || !regexp.MustCompile(`hello@acme\.example`).MatchString(page) {
			t.Error(system, status, page)
		}
		if status, _, _ := v.do(base+"/"+all[0].ID+"/delete", url.Values{}); status != 200 || len(one.Companies()) != 0 {
			t.Error(system, status, one.Companies())
		}
		if status, _, _ := v.do(base+"/"+all[0].ID, nil); status != 404 {
			t.Error(system, status)
		}
	}
}

func TestEveryCompanyTrapIsSet(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off", Contacts: 100, Seed: 1})
	names := [2]map[string]int{{}, {}}
	members := 0
	for i, list := range [][]kit.Company{s.HighLevel.Companies(), s.UserCom.Companies()} {
		for _, one := range list {
			names[i][one.Name]++
			if i == 0 {
				members += len(one.Members)
			}
		}
	}
	for name, want := range map[string][2]int{
		"Nordwind Logistik": {1, 0}, "NORDWIND  logistik": {0, 1}, "Harbor Supply": {2, 1}, "Blue Kite": {1, 0}, "Blue Kite LLC": {0, 1},
		"Sunrise Bakery": {1, 0}, "Sunrise Bakeries": {0, 1}, "Only in HighLevel": {1, 0}, "Only in User.com": {0, 1},
	} {
		if got := [2]int{names[0][name], names[1][name]}; got != want {
			t.Errorf("%s is there %v times, want %v", name, got, want)
		}
	}
	both, left, right := 0, 0, 0
	for name := range names[0] {
		if names[1][name] > 0 {
			both++
		} else {
			left++
		}
	}
	for name := range names[1] {
		if names[0][name] == 0 {
			right++
		}
	}
	if both < 10 || left < 3 || right < 10 || members < 20 {
		t.Errorf("%d companies on both sides, %d and %d on one, %d members", both, left, right, members)
	}
}

func TestTheCompaniesOfAPersonAreEditedOnTheirPage(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off"})
	v := visit(t, s).enter()
	acme := s.HighLevel.AddCompany(pretend.SeededCompany{Name: "Acme"})
	a := s.HighLevel.Add(kit.Person{First: "Anna", Email: "a@example.com"})
	form := v.open("/highlevel/" + a)
	form.Set("businessId", "Acme")
	if status, page, _ := v.do("/highlevel/"+a, form); status != 200 {
		t.Fatal(status, page)
	}
	if held, _ := s.HighLevel.Get("contacts", a); held["businessId"] != acme {
		t.Error(held)
	}
	if _, err := s.UserCom.Create("attributes", map[string]any{"name": "company_name", "value_type": "string", "content_type": "clientuser"}); err != nil {
		t.Fatal(err)
	}
	b := s.UserCom.Add(kit.Person{First: "Anna", Email: "a@example.com"})
	for _, names := range []string{"Acme, Bolt", "Bolt", ""} {
		form = v.open("/usercom/" + b)
		form.Set("companies", names)
		if status, page, _ := v.do("/usercom/"+b, form); status != 200 {
			t.Fatal(status, page)
		}
		if got := v.open("/usercom/" + b).Get("companies"); got != names {
			t.Errorf("they are %q, want %q", got, names)
		}
	}
}
