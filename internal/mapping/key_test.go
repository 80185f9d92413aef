package mapping

import (
	"testing"

	"couplet/internal/connector"
)

func TestADomainIsAKeyOnlyWhereItStandsAlone(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"acme.example": "acme.example", "https://www.Acme.example/": "acme.example", " http://acme.example ": "acme.example", "https://acme.example:8443": "acme.example",
		"shop.acme.example": "shop.acme.example", "www.acme.example.": "acme.example", "https://żółw.example": "żółw.example",
		"https://facebook.com/acme": "", "acme.example/en": "", "acme.example?x=1": "", "https://acme.example/#top": "", "acme": "", "": "", "n/a": "", "-": "",
		"ftp://acme.example": "", "hello@acme.example": "", "localhost": "", "192.0.2.1": "", "ask us": "", "http://": "", "https://[::1]/": "", "www.com": "www.com",
	} {
		if got := Domain(given); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}

func TestNamesAreKeysWithTheirLegalForms(t *testing.T) {
	t.Parallel()
	fields := []connector.Field{{Name: "n", Type: connector.Text, Match: connector.NameKey}}
	key := func(name string) string { return Keys(fields, connector.Fields{"n": name}, "")[connector.NameKey] }
	for _, same := range [][2]string{{"Acme  Ltd", " ACME ltd"}, {"Caf\u00e9", "Cafe\u0301"}, {"Straße", "STRASSE"}} {
		if (key(same[0]) == key(same[1])) != (same[0] != "Straße") { // case folding is not spelling
			t.Errorf("%q is %q, %q is %q", same[0], key(same[0]), same[1], key(same[1]))
		}
	}
	for _, other := range []string{"Acme", "Acme LLC", "Acme Ltd."} {
		if key(other) == key("Acme Ltd") {
			t.Errorf("%q passes for Acme Ltd", other)
		}
	}
	if len(Keys(fields, connector.Fields{"n": "  "}, "")) != 0 {
		t.Error("a blank name is a key")
	}
}

func TestAWebsiteInAFieldOfTheAccountsOwnIsAKeyWhereItIsPaired(t *testing.T) {
	t.Parallel()
	a := []connector.Field{{Name: "website", Type: connector.Text, Match: connector.DomainKey, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes}}
	b := []connector.Field{{Name: "site", Type: connector.Text, Custom: true, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes},
		{Name: "other", Type: connector.Text, Custom: true, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes}}
	m, problems := Compile([]Row{{A: Names{"website"}, B: Names{"site"}}}, a, b, Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := Keys(m.Keyed([2][]connector.Field{a, b})[1], connector.Fields{"site": "https://acme.example", "other": "https://else.example"}, "")
	if b[0].Match != "" || len(got) != 1 || got[connector.DomainKey] != "acme.example" {
		t.Error(got)
	}
}
