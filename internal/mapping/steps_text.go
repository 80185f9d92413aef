package mapping

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/runes"
	change "golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// texts lifts a change of a text to what a pair may hold: one text, the parts of a name, a list.
func texts(f func(string) string) func(*Rule, Value) (Value, error) {
	all := func(in []string) []string {
		out := make([]string, len(in))
		for i, s := range in {
			out[i] = f(s)
		}
		return out
	}
	return func(_ *Rule, v Value) (Value, error) {
		switch v := v.(type) {
		case Parts:
			return Parts(all(v)), nil
		case []string:
			return all(v), nil
		}
		return f(text(v)), nil
	}
}

// tidied is a stage that brings texts into a form: doing it twice is doing it once, so both ways do the same.
func tidied(loses string, f func(string) string) (stage, error) {
	return stage{get: texts(f), put: texts(f), loses: loses}, nil
}

// oneWay is a stage that cannot be taken back.
func oneWay(loses string, f func(string) string) (stage, error) {
	return stage{get: texts(f), loses: loses}, nil
}

func wholeNumber(s settings, name string, least int) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s[name]))
	if err != nil || n < least || n > 100000 {
		return 0, fmt.Errorf("%q is no whole number of %d or more", s[name], least)
	}
	return n, nil
}

const (
	groupText  = "Texts"
	groupName  = "Names, phones and addresses"
	groupValue = "Dates, numbers and choices"
	groupList  = "Lists and several fields"
	groupOwn   = "Your own rule"
)

// kinds of steps, in the order of choice.
var kinds = slices.Concat(textKinds, valueKinds, listKinds)

var textKinds = []StepKind{
	{Name: "trim", Title: "Trim spaces", Icon: "scissors", Group: groupText, Help: "Spaces before and after the value go.",
		make: func(settings) (stage, error) {
			return stage{get: texts(strings.TrimSpace), put: texts(strings.TrimSpace)}, nil
		}},
	{Name: "single_spaces", Title: "Single spaces", Icon: "space", Group: groupText, Help: "Several spaces in a row become one, also line breaks.",
		make: func(settings) (stage, error) {
			return tidied("Line breaks and double spaces are not kept.", func(s string) string { return strings.Join(strings.Fields(s), " ") })
		}},
	{Name: "lowercase", Title: "Lower case", Icon: "case-lower", Group: groupText, Help: "Capital letters become small ones.",
		make: func(settings) (stage, error) { return stage{get: texts(lower), put: texts(lower)}, nil }},
	{Name: "uppercase", Title: "Upper case", Icon: "case-upper", Group: groupText, Help: "Small letters become capitals.",
		make: func(settings) (stage, error) { return tidied("Small letters are not kept.", strings.ToUpper) }},
	{Name: "title_case", Title: "Title case", Icon: "case-sensitive", Group: groupText, Help: "Each word begins with a capital, where it is all small or all capital: ADA LOVELACE becomes Ada Lovelace, and McDonald stays.",
		make: func(settings) (stage, error) { return tidied("Words in capitals only are not kept so.", titled) }},
	{Name: "sentence_case", Title: "First letter large", Icon: "a-large-small", Group: groupText, Help: "The first letter becomes a capital, the rest stays.",
		make: func(settings) (stage, error) {
			return tidied("A small first letter is not kept.", func(s string) string {
				for i, c := range s {
					return s[:i] + string(unicode.ToUpper(c)) + s[i+len(string(c)):]
				}
				return s
			})
		}},
	{Name: "replace", Title: "Replace", Icon: "replace", Group: groupText, Help: "A piece of text becomes another, wherever it stands. On the way back the other becomes the piece.",
		Settings: []Setting{{Name: "find", Label: "Find", Kind: "line", Needed: true, Example: "St."}, {Name: "with", Label: "Put in its place", Kind: "line", Help: "Leave it empty to take the piece out."}},
		make: func(s settings) (stage, error) {
			there, back := strings.NewReplacer(s["find"], s["with"]), strings.NewReplacer(s["with"], s["find"])
			if s["with"] == "" {
				return oneWay("What is taken out does not come back.", there.Replace)
			}
			return stage{get: texts(there.Replace), put: texts(back.Replace), loses: "Where the new text stood already, it becomes the old one on the way back."}, nil
		}},
	{Name: "prefix", Title: "Put before", Icon: "arrow-left-to-line", Group: groupText, Help: "A text goes before the value. On the way back it is taken off.",
		Settings: []Setting{{Name: "text", Label: "Text", Kind: "line", Needed: true, Example: "…"}},
		make: func(s settings) (stage, error) {
			return stage{get: texts(func(v string) string { return s["text"] + v }), put: texts(func(v string) string { return strings.TrimPrefix(v, s["text"]) })}, nil
		}},
	{Name: "suffix", Title: "Put after", Icon: "arrow-right-to-line", Group: groupText, Help: "A text goes after the value. On the way back it is taken off.",
		Settings: []Setting{{Name: "text", Label: "Text", Kind: "line", Needed: true, Example: "…"}},
		make: func(s settings) (stage, error) {
			return stage{get: texts(func(v string) string { return v + s["text"] }), put: texts(func(v string) string { return strings.TrimSuffix(v, s["text"]) })}, nil
		}},
	{Name: "truncate", Title: "Cut to length", Icon: "ruler", Group: groupText, Help: "No more than so many characters are kept.",
		Settings: []Setting{{Name: "length", Label: "Characters", Kind: "number", Needed: true, Default: "40"}},
		make: func(s settings) (stage, error) {
			n, err := wholeNumber(s, "length", 1)
			return stage{get: texts(func(v string) string { return first(v, n) }), put: texts(func(v string) string { return v }),
				loses: fmt.Sprintf("What is longer than %d characters is cut.", n)}, err
		}},
	{Name: "extract", Title: "Take by pattern", Icon: "regex", Group: groupText, Help: "What a pattern (a regular expression) finds is kept: its first group, or all of it. Where it finds nothing, nothing is kept.",
		Settings: []Setting{{Name: "pattern", Label: "Pattern", Kind: "pattern", Needed: true, Example: ".+", Help: "For example #(\\d+) for the digits after a #."}},
		make: func(s settings) (stage, error) {
			re, err := regexp.Compile(s["pattern"])
			if err != nil {
				return stage{}, errors.New(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
			}
			return oneWay("Only what the pattern finds arrives.", func(v string) string {
				found := re.FindStringSubmatch(v)
				switch len(found) {
				case 0:
					return ""
				case 1:
					return found[0]
				}
				return found[1]
			})
		}},
	{Name: "digits", Title: "Digits only", Icon: "hash", Group: groupText, Help: "Everything but digits goes.",
		make: func(settings) (stage, error) {
			return tidied("Everything but digits is lost.", func(s string) string {
				return strings.Map(func(c rune) rune {
					if c < '0' || c > '9' {
						return -1
					}
					return c
				}, s)
			})
		}},
	{Name: "plain_letters", Title: "Plain letters", Icon: "languages", Group: groupText, Help: "Accents go: José becomes Jose.",
		make: func(settings) (stage, error) { return tidied("Accents are lost.", bareLetters) }},
	{Name: "strip_html", Title: "Plain text", Icon: "remove-formatting", Group: groupText, Help: "Formatting (HTML) becomes plain text; lists and links are written out.",
		make: func(settings) (stage, error) {
			return stage{get: texts(Plain), put: texts(Markup), loses: "Formatting is not kept."}, nil
		}},
	{Name: "to_html", Title: "Formatted text", Icon: "code-xml", Group: groupText, Help: "Plain text becomes formatted text (HTML): lines become paragraphs.",
		make: func(settings) (stage, error) {
			return stage{get: texts(Markup), put: texts(Plain), loses: "Formatting that was added over there does not come back."}, nil
		}},

	{Name: "split_name", Title: "Split name", Icon: "split", Group: groupName, Help: "First and last name on one side are one name on the other.",
		make: func(settings) (stage, error) {
			return stage{get: joinName, put: splitName, pair: true, loses: "The first word becomes the first name, so a first name of two words is split after the first."}, nil
		}},
	{Name: "first_word", Title: "First word", Icon: "chevron-first", Group: groupName, Help: "The first word is kept: a first name out of a whole one.",
		make: func(settings) (stage, error) {
			return oneWay("Only the first word arrives.", func(s string) string { return words(s, 0, 1) })
		}},
	{Name: "last_word", Title: "Last word", Icon: "chevron-last", Group: groupName, Help: "The last word is kept: a last name out of a whole one.",
		make: func(settings) (stage, error) {
			return oneWay("Only the last word arrives.", func(s string) string { return words(s, -1, 0) })
		}},
	{Name: "other_words", Title: "All but the first word", Icon: "chevrons-right", Group: groupName, Help: "Everything after the first word is kept.",
		make: func(settings) (stage, error) {
			return oneWay("The first word is lost.", func(s string) string { return words(s, 1, 0) })
		}},
	{Name: "e164", Title: "International phone", Icon: "phone", Group: groupName, Help: "A phone number is written with + and its country. What is no phone number stays as it is.",
		Settings: []Setting{{Name: "country", Label: "Country of numbers without one", Kind: "line", Help: "Two letters, US or DE. Empty: the country of the flow."}},
		make: func(s settings) (stage, error) {
			country := strings.ToUpper(strings.TrimSpace(s["country"]))
			if country != "" && !KnownRegion(country) {
				return stage{}, fmt.Errorf("%q is no country of two letters", s["country"])
			}
			f := func(r *Rule, v Value) (Value, error) { return e164(country, r, v) }
			return stage{get: f, put: f}, nil
		}},
	{Name: "email", Title: "Clean email", Icon: "at-sign", Group: groupName, Help: "Spaces, mailto: and a name around the address go, and capitals become small.",
		make: func(settings) (stage, error) { return tidied("A name beside the address is lost.", cleanEmail) }},
}

func titled(s string) string {
	out := strings.Fields(s)
	for i, w := range out {
		if w == strings.ToUpper(w) || w == strings.ToLower(w) {
			out[i] = cases.Title(language.Und).String(w)
		}
	}
	return strings.Join(out, " ")
}

func first(s string, n int) string {
	if c := []rune(s); len(c) > n {
		return strings.TrimRightFunc(string(c[:n]), unicode.IsSpace)
	}
	return s
}

// words are those of a text from one to before another; 0 for the end, and -1 counts from there.
func words(s string, from, to int) string {
	all := strings.Fields(s)
	if from < 0 {
		from = max(0, len(all)+from)
	}
	if to == 0 || to > len(all) {
		to = len(all)
	}
	if from >= to {
		return ""
	}
	return strings.Join(all[from:to], " ")
}

func bareLetters(s string) string {
	out, _, err := change.String(change.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	if err != nil {
		return s
	}
	return out
}

func cleanEmail(s string) string {
	s = strings.TrimSpace(s)
	if i, j := strings.LastIndex(s, "<"), strings.LastIndex(s, ">"); i >= 0 && j > i {
		s = s[i+1 : j]
	}
	s = strings.TrimSpace(s)
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s, _, _ = strings.Cut(s[7:], "?")
	}
	return lowered(strings.Trim(strings.TrimSpace(s), ".,;:\"'"))
}
