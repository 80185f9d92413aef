package script

import (
	"regexp"
	"strings"
)

// tooManySteps is how the language says that its steps are used up.
const tooManySteps = "Starlark computation cancelled: too many steps"

// wordings turn what the language says into a person's words. The first that fits is taken; $1 is a part as it stands, %1 the
// name of a type, #1 a sign of the grammar. What none fits is told as the language tells it.
var wordings = []struct {
	says *regexp.Regexp
	told string
}{
	// Grammar.
	{saying(`got (.+), want primary expression`), "here stands #1, where a value belongs"},
	{saying(`got (.+) after expression, want EOF`), "here stands #1, which does not belong here"},
	{saying(`got (.+), want (.+)`), "here stands #1, where #2 belongs"},
	{saying(`unexpected (?:EOF|newline) in string`), "a text is not closed; end it with the same quotation mark"},
	{saying(`unindent does not match any outer indentation level`), "the line begins at a depth at which no line before it begins; indent it like the lines it belongs to"},
	{saying(`unexpected input character (.+)`), "the sign $1 means nothing here"},
	{saying(`excessive nesting`), "too much stands in each other here"},
	{saying(`(.+) not in a loop`), "“$1” belongs into a loop"},
	{saying(`return statement not within a function`), "“return” belongs into a function"},
	{saying(`required parameter may not follow optional`), "a parameter without a value stands behind one that has one; swap them"},
	{saying(`duplicate parameter: (.+)`), "“$1” is a parameter twice"},
	// Names.
	{saying(`undefined: (\S+) \(did you mean (\S+)\?\)`), "there is no “$1”; “$2” is there"},
	{saying(`undefined: (\S+)`), "there is no “$1”"},
	{saying(`(?:local|global) variable (\S+) referenced before assignment`), "“$1” has no value yet"},
	{saying(`(\S+) has no \.(\S+) field or method \(did you mean \.(\S+)\?\)`), "%1 has no “$2”; “$3” is there"},
	{saying(`(\S+) has no \.(\S+) field or method`), "%1 has no “$2”"},
	{saying(`load statement within .+|load not implemented by this application`), "a script can load nothing"},
	// Values.
	{saying(`key "(.*)" not in dict`), "there is no key “$1”; get(\"$1\") gives None where there is none"},
	{saying(`key (.+) not in dict`), "there is no key $1; get($1) gives None where there is none"},
	{saying(`(?:\S+ )?index (-?\d+) out of range: empty (\S+)`), "there is no place $1: it is empty"},
	{saying(`(\S+) index (-?\d+) out of range \[-(\d+):-?\d+\]`), "there is no place $2: it has $3, and the first is 0"},
	{saying(`unknown binary op: (\S+) in (\S+)`), "“in” cannot look for %1 in %2"},
	{saying(`unknown binary op: string \+ (\S+)`), "+ cannot join a text and %1; write str(…) around that"},
	{saying(`unknown binary op: (\S+) \+ string`), "+ cannot join %1 and a text; write str(…) around the first"},
	{saying(`unknown binary op: (\S+) (\S+) (\S+)`), "“$2” does not work on %1 and %3"},
	{saying(`unknown unary op: (\S+) (\S+)`), "“$1” does not work on %2"},
	{saying(`(\S+) (<|<=|>|>=) (\S+) not implemented`), "“$2” cannot compare %1 with %3"},
	{saying(`unhandled index operation (\S+)\[(\S+)\]`), "%1 has no places to look at with […]"},
	{saying(`(?:\S+: )?(\S+) value is not iterable`), "%1 has no members to go through"},
	{saying(`(\S+) value does not support item assignment`), "nothing can be put into %1"},
	{saying(`len: value of type (\S+) has no len`), "%1 has no length"},
	{saying(`int: invalid literal with base 10: (.*)`), "“$1” is no whole number"},
	{saying(`invalid float literal: (.*)`), "“$1” is no number"},
	{saying(`(?:floored|floating-point) division by zero|(?:integer|floating-point) modulo by zero`), "it divides by zero"},
	{saying(`excessive repeat .+|repeat count .+ too large|shift count too large.*`), "that becomes too large"},
	{saying(`unhashable(?: type)?: (\S+)`), "%1 cannot be a key; use a text"},
	{saying(`(?:\S+: )?cannot .+ frozen .+`), "what stands outside of functions cannot be changed in them; make it in run"},
	{saying(`too (many|few) values to unpack \(got (\d+), want (\d+)\)`), "$2 values are taken apart into $3 names"},
	// Functions.
	{saying(`invalid call of non-function \((\S+)\)`), "%1 is no function and cannot be called"},
	{saying(`function (\S+) called recursively`), "“$1” calls itself, which a script may not; use a loop"},
	{saying(`function (\S+) missing \d+ arguments? \((.+)\)`), "“$1” is not given $2"},
	{saying(`function (\S+) accepts no arguments \((\d+) given\)`), "“$1” takes nothing and is given $2"},
	{saying(`function (\S+) accepts (?:at most )?(\d+) positional arguments? \((\d+) given\)`), "“$1” takes $2 and is given $3"},
	{saying(`function (\S+) got an unexpected keyword argument (\S+)`), "“$1” has no parameter “$2”"},
	{saying(`(\S+): got (\S+), want (\S+)`), "“$1” is given %2 and takes %3"},
	{saying(`(\S+): for parameter (\S+): got (\S+), want (\S+)`), "“$1” is given %3 for “$2” and takes %4"},
	{saying(`(\S+): missing argument for (\S+)`), "“$1” is not given “$2”"},
	// Ends.
	{saying(`(?s)fail: (.*)`), "it says: $1"},
	{saying(tooManySteps), "it made 10 million steps and was stopped; look for a loop that does not end"},
}

func saying(s string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + s + `)$`) }

// types are the names of the language for kinds of values, in words.
var types = map[string]string{"string": "a text", "int": "a whole number", "float": "a number", "bool": "True or False", "NoneType": "None", "list": "a list", "dict": "a dict",
	"tuple": "a tuple", "set": "a set", "bytes": "bytes", "function": "a function", "builtin_function_or_method": "a function", "callable": "a function", "iterable": "a list", "range": "a range", "module": "a module"}

func typeInWords(of string) string {
	if words, ok := types[strings.Trim(of, ",;")]; ok {
		return words
	}
	return "a value of type " + of
}

// signs are the names of the language for what its grammar is made of, in words.
var signs = map[string]string{"newline": "the end of the line", "end of file": "the end of the script", "EOF": "the end of the script", "indent": "a line that is indented", "outdent": "a line that is no longer indented",
	"identifier": "a name", "int literal": "a number", "float literal": "a number", "string literal": "a text", "bytes literal": "bytes", "illegal token": "something that means nothing"}

func signInWords(of string) string {
	if words, ok := signs[of]; ok {
		return words
	}
	return "“" + strings.Trim(of, "'`") + "”"
}

var part = regexp.MustCompile(`[$%#][1-9]`)

// inWords is what the language says in a person's words.
func inWords(says string) string {
	for _, w := range wordings {
		found := w.says.FindStringSubmatch(says)
		if found == nil {
			continue
		}
		told := part.ReplaceAllStringFunc(w.told, func(p string) string {
			text := found[p[1]-'0']
			switch p[0] {
			case '%':
				return typeInWords(text)
			case '#':
				return signInWords(text)
			}
			return cut(text)
		})
		return told
	}
	return cut(says)
}

// cut is the beginning of a text that may be long.
func cut(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
