package mapping

import (
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connector"
)

// near is the end of the sentence about a field that is not there: the one that was most likely meant, "" when none is.
func near(name string, have []connector.Field) string {
	if f, ok := nearest(name, have); ok {
		return fmt.Sprintf("; did you mean %q?", f.Name)
	}
	return ""
}

// nearest is the field that was most likely meant by a name.
func nearest(name string, have []connector.Field) (connector.Field, bool) {
	n := bare(name)
	for _, alike := range []func(f connector.Field) bool{
		func(f connector.Field) bool { return bare(f.Name) == n || strings.EqualFold(f.Label, name) },
		func(f connector.Field) bool { return slip(bare(f.Name), n) },
		func(f connector.Field) bool {
			return strings.HasPrefix(bare(f.Name), n) || strings.HasPrefix(n, bare(f.Name))
		},
	} {
		if i := slices.IndexFunc(have, alike); i >= 0 {
			return have[i], true
		}
	}
	return connector.Field{}, false
}

// bare is a name without what people write in different ways.
func bare(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", " ", "", "-", "").Replace(name))
}

// slip reports whether two names differ by one slip of a finger: a letter too many, too few, another one, or two swapped.
func slip(x, y string) bool {
	a, b := []rune(x), []rune(y)
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 3 || len(b) > len(a)+1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(b) > len(a) {
		return slices.Equal(a[i:], b[i+1:])
	}
	if i == len(a) || slices.Equal(a[i+1:], b[i+1:]) {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}
