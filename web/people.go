package web

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"couplet/internal/store"
	"couplet/templates"
)

// What forms about people ask for is judged here: each function gives the sentence that stands beside the field, "" when
// the value is right.

// mostName is how many characters a name of a person or a workspace has at most.
const mostName = 80

func nameProblem(name, what string) string {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "Give " + what + "."
	case n > mostName:
		return "That is longer than 80 characters. Take a shorter one."
	case strings.ContainsFunc(name, unicode.IsControl):
		return "There is a character in it that cannot be shown. Type it again."
	}
	return ""
}

func emailProblem(email string) string {
	a, err := mail.ParseAddress(email)
	_, host, _ := strings.Cut(email, "@")
	if err != nil || a.Address != email || len(email) > 254 || !strings.Contains(strings.Trim(host, "."), ".") {
		return "This is no email address. It looks like ana@example.com."
	}
	return ""
}

func typed(c echo.Context, name string) string { return strings.TrimSpace(c.FormValue(name)) }

// focusFirst puts the cursor into the first field that is wrong, and reports whether one is. Passwords do not come back,
// so one that was right has to be typed again.
func focusFirst(fields ...*templates.TextField) (wrong bool) {
	for _, f := range fields {
		if f.Error != "" && !wrong {
			f.Focus, wrong = true, true
		}
	}
	for _, f := range fields {
		if wrong && f.Type == "password" && f.Error == "" {
			f.Hint = "Type your password again."
		}
	}
	return wrong
}

// isLast reports whether a member is the only owner.
func isLast(all []store.User, u store.User) bool {
	for _, o := range all {
		if o.ID != u.ID && o.Role == string(owner) {
			return false
		}
	}
	return u.Role == string(owner)
}
