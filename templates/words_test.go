package templates

import "testing"

func TestCapitalLeavesAnEmailAsItIs(t *testing.T) {
	for text, want := range map[string]string{"": "", "one of them": "One of them", "ann@example.com decided": "ann@example.com decided"} {
		if got := Capital(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
