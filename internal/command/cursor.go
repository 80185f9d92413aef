package command

import (
	"encoding/base64"
	"strings"
)

// NoCursor is a place in a list that does not come from a list.
var NoCursor = &Refusal{Kind: NotMeant, What: "the cursor is none of this list", Request: "begin without one, then take next from each answer"}

// cursor is a place in a list of several parts as one word, in which nothing is to be read.
func cursor(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\x00")))
}

// cursorIn takes a cursor of n parts apart; the parts of "" are empty.
func cursorIn(text string, n int) ([]string, error) {
	if text == "" {
		return make([]string, n), nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	parts := strings.Split(string(plain), "\x00")
	if err != nil || len(parts) != n {
		return nil, NoCursor
	}
	return parts, nil
}

// rest leaves out the places before that of a pair. They come ordered by the ids of their pairs.
func rest(places []Place, pair string) []Place {
	for len(places) > 0 && places[0].Pair.ID < pair {
		places = places[1:]
	}
	return places
}
