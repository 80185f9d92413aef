package highlevel

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
)

// strs is a list of strings out of decoded JSON or Go values.
func strs(v any) []string {
	switch list := v.(type) {
	case []string:
		return slices.Clone(list)
	case []any:
		out := make([]string, 0, len(list))
		for _, item := range list {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return []string{}
}

var nanp = regexp.MustCompile(`^\+1[2-9]\d{9}$`)

// e164 is how phones are answered; without a + the location's country is assumed
// (section 4.2 [U]). What is not a phone at all is refused.
func (c *CRM) e164(phone string) (string, bool) {
	phone = strings.TrimSpace(phone)
	if phone == "" || nanp.MatchString(phone) {
		return phone, true
	}
	number, err := phonenumbers.Parse(phone, c.location.Country)
	if err != nil {
		return "", false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}

var birthdayForm = regexp.MustCompile(`^(\d{4}|\d{1,2})([-/._])(\d{1,2})([-/._])(\d{4}|\d{1,2})(T.*)?$`)

// parseBirthday reads the 8 patterns of section 4.2: Y-M-D or M-D-Y with / - . _
func parseBirthday(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	m := birthdayForm.FindStringSubmatch(s)
	if m == nil || m[2] != m[4] {
		return "", false
	}
	year, month, day := m[1], m[3], m[5]
	if len(year) != 4 {
		month, day, year = m[1], m[3], m[5]
	}
	t, err := time.Parse("2006-1-2", year+"-"+strings.TrimLeft(month, "0")+"-"+strings.TrimLeft(day, "0"))
	return t.Format(time.DateOnly), err == nil
}
