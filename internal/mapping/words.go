package mapping

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/runes"
	change "golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"couplet/internal/connector"
)

// How many words of a name count, and how many letters of each.
const wordsMost, wordLong = 8, 32

// SearchWords are what a record is found by, with blanks between them: the words of its name as [Spoken] gives them, and its email, phone
// and domain as they are keys.
func SearchWords(name string, keys map[string]string) string {
	words := Spoken(name)
	for _, kind := range []string{string(connector.Email), string(connector.Phone), connector.DomainKey} {
		if k := keys[kind]; k != "" && !strings.ContainsFunc(k, unicode.IsSpace) {
			words = append(words, k)
		}
	}
	return strings.Join(words, " ")
}

// Spoken are the words of a text in small letters without their accents, each once: "Zoë O'Neill-Díaz" is zoe, o, neill, diaz. Of a
// long text they are the first.
func Spoken(s string) (words []string) {
	if r := []rune(s); len(r) > 2000 {
		s = string(r[:2000])
	}
	plain, _, err := change.String(change.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), strings.ToLower(Plain(s)))
	if err != nil {
		return nil
	}
	seen := map[string]bool{}
	for word := range strings.FieldsFuncSeq(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		if r := []rune(word); len(r) > wordLong {
			word = string(r[:wordLong])
		}
		if seen[word] {
			continue
		}
		seen[word] = true
		if words = append(words, word); len(words) == wordsMost {
			break
		}
	}
	return words
}

// PhoneStarts are what the number that a text is, or begins, begins with in E.164, for each country that a number without
// prefix may be of; nothing for a text that is no number.
func PhoneStarts(text string, regions []string) (starts []string) {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	if len(digits) < 4 || strings.Trim(text, "0123456789+-() ./") != "" {
		return nil
	}
	add := func(s string) {
		if !slices.Contains(starts, s) {
			starts = append(starts, s)
		}
	}
	for _, region := range regions {
		if whole := E164(text, region); whole != "" {
			add(whole)
		}
	}
	switch {
	case strings.HasPrefix(text, "00"):
		add("+" + digits[2:])
	case strings.HasPrefix(text, "+"):
		add("+" + digits)
	default:
		for _, region := range regions {
			add(fmt.Sprint("+", phonenumbers.GetCountryCodeForRegion(region)) + strings.TrimLeft(digits, "0"))
		}
		add("+" + digits) // the prefix of a country without its sign
	}
	return starts
}
