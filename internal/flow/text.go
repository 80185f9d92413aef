package flow

import (
	"fmt"
	"regexp"
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

var percent = regexp.MustCompile(`^(-?[0-9]+(?:\.[0-9]+)?) ?%$`)

// ParseShare reads a share as a flow file writes it: "5%", "0.5%".
func ParseShare(s string) (Share, error) {
	m := percent.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not a share; write a number with %%, for instance 5%%", s)
	}
	f, err := strconv.ParseFloat(m[1]+"e-2", 64) // exact, where a division by 100 is not
	return Share(f), err
}

// String is the share in percent, with as few digits as give the same share again.
func (s Share) String() string {
	whole, rest, _ := strings.Cut(strconv.FormatFloat(float64(s), 'f', -1, 64), ".")
	rest += "00"[min(len(rest), 2):]
	sign, digits := "", strings.TrimLeft(whole+rest[:2], "0")
	if strings.HasPrefix(whole, "-") {
		sign, digits = "-", strings.TrimLeft(whole[1:]+rest[:2], "0")
	}
	if digits == "" {
		digits = "0"
	}
	if len(rest) > 2 {
		digits += "." + rest[2:]
	}
	return sign + digits + "%"
}

// MarshalText writes the share as in a flow file.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Share) UnmarshalText(text []byte) (err error) {
	*s, err = ParseShare(string(text))
	return err
}
