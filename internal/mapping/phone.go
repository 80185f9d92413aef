package mapping

import (
	"strings"
	"sync"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// PhoneKey is the number in E.164 with its extension kept apart, its bare digits when it is no number, or the text itself when it has none.
func PhoneKey(s, region string) string {
	if e := E164(s, region); e != "" {
		return e
	}
	digits := strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return c
		}
		return -1
	}, s)
	if digits == "" {
		return "?" + lowered(strings.TrimSpace(s))
	}
	return "?" + digits
}

// E164 is the number in E.164 (";ext=" added when there is an extension), "" when it is no valid number.
func E164(s, region string) string {
	if region == "" {
		region = "US"
	}
	if len(s) > 64 {
		return parse(number{s, region}) // nobody's number, and not worth remembering
	}
	return phones.get(number{s, region}, parse)
}

func parse(in number) string {
	n, err := phonenumbers.Parse(in.text, in.region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return ""
	}
	out := phonenumbers.Format(n, phonenumbers.E164)
	if ext := n.GetExtension(); ext != "" {
		out += ";ext=" + ext
	}
	return out
}

// phones remembers what numbers came to. A number is compared half a dozen times while its record is worked on, and
// making sense of it costs more than everything else that is done with a field.
var phones memory

type number struct{ text, region string }

// memory keeps the last answers of a pure function: at least as many as half holds, at most twice as many.
type memory struct {
	mu         sync.Mutex
	young, old map[number]string
}

const half = 10_000

func (m *memory) get(in number, f func(number) string) string {
	m.mu.Lock()
	out, ok := m.young[in]
	if !ok {
		if out, ok = m.old[in]; ok {
			m.put(in, out)
		}
	}
	m.mu.Unlock()
	if ok {
		return out
	}
	out = f(in)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(in, out)
	return out
}

// put lets the older half go when the younger one is full.
func (m *memory) put(in number, out string) {
	if len(m.young) >= half || m.young == nil {
		m.young, m.old = map[number]string{}, m.young
	}
	in.text = strings.Clone(in.text) // it may be a piece of a whole page
	m.young[in] = out
}
