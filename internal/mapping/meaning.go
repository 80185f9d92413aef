package mapping

import (
	"slices"
	"strings"
	"unicode"
)

// meanings are names that say the same, each line under the word that stands for all of them.
var meanings = func() map[string]string {
	out := map[string]string{}
	for word, names := range map[string]string{
		"email":         "e mail, email address, e mail address, mail, mail address",
		"phone":         "phone number, telephone, telephone number, tel, mobile, mobile number, mobile phone, cell, cell phone, phone no",
		"firstname":     "first name, given name, forename, name first",
		"lastname":      "last name, surname, family name, name last",
		"name":          "full name, complete name",
		"company":       "company name, business, business name, organisation, organization, organisation name, organization name, firm, employer",
		"postalcode":    "postal code, post code, postcode, zip, zip code, zipcode, plz",
		"birthdate":     "birthday, date of birth, birth date, dob, born",
		"street":        "street address, address, address 1, address line 1, address1, street 1",
		"city":          "town, locality",
		"state":         "region, province, state province, county",
		"timezone":      "time zone, tz",
		"website":       "web site, url, homepage, home page, web page, web address, site, site url",
		"score":         "lead score, rating",
		"source":        "lead source, origin, first source",
		"nocontact":     "do not disturb, do not disturb all channel, dnd, do not contact, unsubscribed, unsubscribe, opt out, opted out",
		"language":      "lang, locale",
		"gender":        "sex",
		"jobtitle":      "job title, position, job",
		"lifetimevalue": "lifetime value, total spent, ltv, customer lifetime value",
		"tag":           "label",
		"note":          "comment, remark",
	} {
		for name := range strings.SplitSeq(names, ", ") {
			out[name] = word
		}
	}
	return out
}()

// meant is a name reduced to what it means: words without their endings, synonyms by one word.
func meant(name string) string {
	words := strings.Join(wordsOf(name), " ")
	if word, ok := meanings[words]; ok {
		return word
	}
	return words
}

// fillers say nothing about what a field holds.
var fillers = map[string]bool{"contact": true, "person": true, "people": true, "user": true, "customer": true, "client": true, "the": true, "of": true, "field": true, "s": true}

// wordsOf are the words of a field's name: "companyName", "company_name" and "Company name" have the same. Fillers go,
// unless nothing else is left.
func wordsOf(name string) []string {
	var all []string
	word := []rune{}
	end := func() {
		if len(word) > 0 {
			all = append(all, singular(strings.ToLower(string(word))))
			word = word[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && unicode.IsLower(runes[i-1]),
			unicode.IsDigit(r) && i > 0 && unicode.IsLetter(runes[i-1]):
			end()
		}
		word = append(word, r)
	}
	end()
	var kept []string
	for i, w := range all {
		// "of" stands inside of names that have a meaning as a whole: date of birth.
		if !fillers[w] || w == "of" && i > 0 && i < len(all)-1 {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return all
	}
	return kept
}

func singular(w string) string {
	if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is") {
		return w[:len(w)-1]
	}
	return w
}

// reduced is a name as names are compared.
type reduced struct {
	bare, meant string
	words       []string
}

func reduce(name string) reduced {
	return reduced{bare(name), meant(name), slices.Compact(slices.Sorted(slices.Values(wordsOf(name))))}
}

// alike is the share of words that two names have in common, from 0 to 1. Words are sorted and each is there once.
func alike(a, b []string) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both, i, j = both+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	if all := len(a) + len(b) - both; all > 0 {
		return float64(both) / float64(all)
	}
	return 0
}
