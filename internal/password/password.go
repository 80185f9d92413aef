// Package password is the one place where passwords are judged, hashed and checked, for the pages and for the commands.
//
// # What may be counted on
//
//   - A hash is argon2id with the numbers of [params]; it says its numbers itself, so hashes made with others still check.
//   - At most four hashes are made or checked at once, because each takes 64 MB; whoever comes later waits, until the
//     context ends.
//   - Checking takes as long when there is no such account: give [Check] an empty hash.
//   - [Problem] is why a new password is not taken, in words for the person.
package password

import (
	"context"
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// params are those that RFC 9106, section 4, recommends where 64 MB is what can be spent.
var params = &argon2id.Params{Memory: 64 << 10, Iterations: 3, Parallelism: 4, SaltLength: 16, KeyLength: 32}

// nobody is the hash of a password that was never known to anybody, with the numbers of params.
const nobody = "$argon2id$v=19$m=65536,t=3,p=4$Y291cGxldC1ub2JvZHkxMQ$lqsCPxmRnt0Bf0jpyGQOvCyJ1sSIZYb8Tuo0k9zMiIc"

// atOnce has a place for each hash that may be made or checked at once.
var atOnce = make(chan struct{}, 4)

// Least is how many characters a password has at least, most how many bytes at most: longer texts would only cost time.
const (
	Least = 12
	most  = 1024
)

// Hash makes the hash of a password.
func Hash(ctx context.Context, password string) (hash string, err error) {
	err = inTurn(ctx, func() (err error) {
		hash, err = argon2id.CreateHash(password, params)
		return err
	})
	return hash, err
}

// Check reports whether a password is the one of a hash. "" is the hash of an account that does not exist: the answer is
// no, and comes no sooner.
func Check(ctx context.Context, password, hash string) (ok bool, err error) {
	if len(password) > most {
		return false, nil
	}
	known := hash != ""
	if !known {
		hash = nobody
	}
	err = inTurn(ctx, func() (err error) {
		ok, err = argon2id.ComparePasswordAndHash(password, hash)
		return err
	})
	return ok && known, err
}

func inTurn(ctx context.Context, fn func() error) error {
	select {
	case atOnce <- struct{}{}:
		defer func() { <-atOnce }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return fn()
}

// common are passwords of 12 characters or more that are tried first by whoever guesses, one a line, in small letters.
//
//go:embed common.txt
var common string

// Problem says why a password is not taken for a person, "" when it is.
func Problem(password, email string) string {
	small := strings.ToLower(strings.TrimSpace(password))
	switch {
	case utf8.RuneCountInString(password) < Least:
		return "A password has 12 characters or more. Four plain words are easy to keep."
	case len(password) > most:
		return "That is longer than a password can be here. Take at most 1,000 characters."
	case small == strings.ToLower(strings.TrimSpace(email)):
		return "Your email is not a secret. Take another password."
	case few(small), listed(small):
		return "This is one of the passwords that are guessed first. Take another one, four plain words for instance."
	}
	return ""
}

// listed reports whether a password is on the list, with or without what is not a letter or digit.
func listed(small string) bool {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, small)
	for line := range strings.Lines(common) {
		if line = strings.TrimSpace(line); line != "" && (line == small || line == bare) {
			return true
		}
	}
	return false
}

// few reports whether a password is made of so few different characters that it is soon guessed.
func few(small string) bool {
	seen := map[rune]bool{}
	for _, r := range small {
		seen[r] = true
	}
	return len(seen) < 4
}
