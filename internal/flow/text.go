package flow

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseDuration reads a time span as a flow file writes it: "30s", "5m", "6h", "1h30m".
func ParseDuration(s string) (Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time span; write a number with s, m or h, for instance 5m", s)
	}
	return Duration(d), nil
}

// String is the shortest way to write the span: "5m" where the standard library says "5m0s".
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalText writes the span as in a flow file.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}

// ParseShare reads a share as a flow file writes it: "5%", "0.5%".
func ParseShare(s string) (Share, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !percent || err != nil || f != f {
		return 0, fmt.Errorf("%q is not a share; write a number with %%, for instance 5%%", s)
	}
	return Share(f / 100), nil
}

// String is the share in percent, with as few digits as give the same share again.
func (s Share) String() string {
	for digits := 1; ; digits++ {
		text := strconv.FormatFloat(float64(s)*100, 'g', digits, 64)
		f, _ := strconv.ParseFloat(text, 64)
		if f/100 == float64(s) || digits == 17 {
			return strconv.FormatFloat(f, 'f', -1, 64) + "%"
		}
	}
}

// MarshalText writes the share as in a flow file.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Share) UnmarshalText(text []byte) (err error) {
	*s, err = ParseShare(string(text))
	return err
}
