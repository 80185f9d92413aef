package connection

import "strings"

// Mask shows enough of a key to tell it from another one and too little to use it: the prefix that its kind has in
// common, and the last four characters of a key that is long enough to spare them.
func Mask(token string) string {
	token = strings.TrimSpace(token)
	if token == "" {
		return ""
	}
	prefix := ""
	if i := strings.IndexByte(token, '-'); i > 0 && i <= 4 {
		prefix = token[:i+1]
	}
	if len(token)-len(prefix) < 16 {
		return prefix + "…"
	}
	return prefix + "…" + token[len(token)-4:]
}
