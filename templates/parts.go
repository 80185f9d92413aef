package templates

import (
	"fmt"
	"strings"
)

func nodeRadius(state string) string {
	if state == Running {
		return "4"
	}
	return "6.5"
}

// tickPath draws what stands in the node of a bracket, whose middle is at m.
func tickPath(state string, m float64) string {
	switch state {
	case InStep:
		return fmt.Sprintf("m12.4 %.1f 1.9 1.9 3.4-3.9", m+.2)
	case Attention:
		return fmt.Sprintf("M15 %.1fv3.4M15 %.1fv.01", m-3.1, m+3.1)
	case Failed:
		return fmt.Sprintf("m12.9 %.1f 4.2 4.2m0-4.2-4.2 4.2", m-2.1)
	case Off:
		return fmt.Sprintf("M13.4 %.1fv4.8m3.2-4.8v4.8", m-2.4)
	}
	return ""
}

func saidIcon(bad bool) string {
	if bad {
		return "circle-alert"
	}
	return "check"
}

// otherTheme is the one that a press of the button gives: dark, unless it is dark already.
func otherTheme(theme string) string {
	if theme == "dark" {
		return "light"
	}
	return "dark"
}

// Count is a number with its noun: "1 record", "1,204 records".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Number writes a whole number with commas.
func Number(n int) string {
	s := fmt.Sprint(n)
	neg := strings.TrimLeft(s, "-")
	var b strings.Builder
	b.WriteString(s[:len(s)-len(neg)])
	for i, r := range neg {
		if i > 0 && (len(neg)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
