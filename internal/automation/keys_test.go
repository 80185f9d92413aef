package automation

import "testing"

func TestNoKeyOfAnAddressIsStored(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://example.com/a?b=c%20d":                      "https://example.com/a?b=c%20d",
		"https://example.com/a?api_key=abc&b=c":              "https://example.com/a?api_key=…&b=c",
		"https://example.com/a?access_token=x&access_token=": "https://example.com/a?access_token=…&access_token=…",
		"https://ann:pw@example.com/a":                       "https://…@example.com/a",
	} {
		if got := withoutKeys(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
