package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/labstack/echo/v4"
)

// Forms that change what is kept as a whole, and has no revision of its own, name what they showed. So nobody takes back unseen what
// a colleague saved meanwhile: the form comes back with what is kept now and what was typed, and is sent again.

const (
	seenField = "seen"
	clashText = "Nothing was saved yet. What you typed is in the form; press its button again to put it in place of that. It says now: "
)

// seenOf names a state of what is kept.
func seenOf(values ...any) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // of strings, numbers and maps of strings only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// outdated reports whether a form was made of another state than that which is kept now.
func outdated(c echo.Context, now string) bool {
	seen := c.FormValue(seenField)
	return seen != "" && seen != now
}
