package sandbox

import (
	"time"

	"couplet/internal/sandbox/highlevel"
	"couplet/internal/sandbox/kit"
	"couplet/internal/sandbox/usercom"
)

// companyTrap is one known difficulty among companies: how each side spells what it has. Nobody belongs to these.
type companyTrap struct {
	name  string
	sides [2][]usercom.SeededCompany
}

// firm is one company of a trap.
func firm(name, email string) usercom.SeededCompany {
	return usercom.SeededCompany{Name: name, Email: email, City: "Boston", Country: "United States", Made: time.Date(2024, 2, 1, 9, 0, 0, 0, time.UTC)}
}

var companyTraps = []companyTrap{
	{"one name, in other letters and with other spaces", [2][]usercom.SeededCompany{
		{firm("Nordwind Logistik", "")}, {firm("NORDWIND  logistik", "")}}},
	{"a name that two of HighLevel hold", [2][]usercom.SeededCompany{
		{firm("Harbor Supply", ""), firm("Harbor Supply", "")}, {firm("Harbor Supply", "")}}},
	{"a legal form on one side only", [2][]usercom.SeededCompany{
		{firm("Blue Kite", "")}, {firm("Blue Kite LLC", "")}}},
	{"other names, and one e-mail", [2][]usercom.SeededCompany{
		{firm("Sunrise Bakery", "hello@sunrise.example.com")}, {firm("Sunrise Bakeries", "hello@sunrise.example.com")}}},
	{"one side only", [2][]usercom.SeededCompany{
		{firm("Only in HighLevel", "")}, {firm("Only in User.com", "")}}},
}

// fillCompanies makes companies in HighLevel out of what its contacts call their business, with those contacts in them: two
// of three, so that User.com, where people of a company always belong to one, has some that HighLevel lacks. contacts are
// the ids by the number of the person.
func (s *Sandbox) fillCompanies(p People, contacts map[int]string) {
	var names []string
	of := map[string][]kit.Person{}
	for _, one := range p.HighLevel {
		if one.Company == "" {
			continue
		}
		if of[one.Company] == nil {
			names = append(names, one.Company)
		}
		of[one.Company] = append(of[one.Company], one)
	}
	for i, name := range names {
		if i%3 == 2 {
			continue
		}
		var members []string
		for _, one := range of[name] {
			members = append(members, contacts[one.N])
		}
		first := of[name][0]
		s.HighLevel.AddCompany(highlevel.SeededCompany{Name: name, City: first.City, Country: "United States", Made: first.Created}, members...)
	}
	if len(p.Children) == 0 {
		return
	}
	for _, trap := range companyTraps {
		for _, f := range trap.sides[0] {
			s.HighLevel.AddCompany(highlevel.SeededCompany{Name: f.Name, Email: f.Email, City: f.City, Country: f.Country, Made: f.Made})
		}
		for _, f := range trap.sides[1] {
			s.UserCom.AddCompany(f)
		}
	}
}
