package mapping

import (
	"strings"
	"testing"
)

func TestARecordIsFoundByTheWordsThatPeopleSay(t *testing.T) {
	t.Parallel()
	keys := map[string]string{"email": "zoe@example.test", "phone": "+12025550177", "name": "zoe o'neill", "domain": "example.test"}
	for name, want := range map[string]string{
		"Zoë O'Neill-Díaz zoe":           "zoe o neill diaz zoe@example.test +12025550177 example.test",
		"":                               "zoe@example.test +12025550177 example.test",
		"<p>Call <b>back</b>&nbsp;5</p>": "call back 5 zoe@example.test +12025550177 example.test",
		"ＭＩＹＡ 山田":                        "miya 山田 zoe@example.test +12025550177 example.test",
	} {
		if got := SearchWords(name, keys); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := SearchWords("", map[string]string{"email": `"a b"@example.test`}); got != "" {
		t.Errorf("a word has a blank: %q", got)
	}
	if got := Spoken(strings.Repeat("abcdefghi ", 3) + strings.Repeat("x", 99) + " 1 2 3 4 5 6 7 8 9"); len(got) != wordsMost || len(got[1]) != wordLong {
		t.Errorf("%q", got)
	}
}

func TestAPhoneIsFoundHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"(202) 555-0177": "+12025550177 +492025550177 +2025550177", "+1 202 555 0177": "+12025550177", "001 202.555.0177": "+12025550177", "2025550177": "+12025550177 +492025550177 +2025550177",
		"030 901820": "+4930901820 +130901820 +030901820", "(202) 555": "+49202555 +1202555 +202555", "+4930": "+4930", "00493": "+493", "0309": "+1309 +49309 +0309",
		"123": "", "ada": "", "202 five": "", "+": "",
	} {
		if got := strings.Join(PhoneStarts(text, []string{"US", "DE"}), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
