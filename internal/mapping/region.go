package mapping

import (
	"slices"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"couplet/internal/connector"
)

// Region is a country that phone numbers without a prefix may belong to.
type Region struct {
	// Code is its two letters (ISO 3166), Name what it is called in English, Prefix what is dialled before its numbers.
	Code, Name string
	Prefix     int
}

// Regions are all countries that phone numbers are known of, by name.
var Regions = sync.OnceValue(func() []Region {
	names := display.English.Regions()
	var all []Region
	for code := range phonenumbers.GetSupportedRegions() {
		r, err := language.ParseRegion(code)
		if err != nil {
			continue
		}
		all = append(all, Region{Code: code, Name: names.Name(r), Prefix: phonenumbers.GetCountryCodeForRegion(code)})
	}
	slices.SortFunc(all, func(x, y Region) int { return strings.Compare(x.Name, y.Name) })
	return all
})

// KnownRegion reports whether phone numbers of a country, by its two letters, are known.
func KnownRegion(code string) bool { return phonenumbers.GetSupportedRegions()[code] }

// Called is what a record is called: its name, else its first and last name, else its email or phone. "" when it shows
// none of them.
func Called(have []connector.Field, f connector.Fields) string {
	by := map[string]string{}
	for _, field := range have {
		v := strings.TrimSpace(text(f[field.Name]))
		if field.Custom || v == "" {
			continue
		}
		for _, n := range []string{field.Label, field.Name} {
			if m := meant(n); by[m] == "" {
				by[m] = v
			}
		}
	}
	if both := strings.TrimSpace(by["firstname"] + " " + by["lastname"]); by["name"] == "" && both != "" {
		return both
	}
	for _, m := range []string{"name", "email", "phone"} {
		if by[m] != "" {
			return by[m]
		}
	}
	return ""
}
