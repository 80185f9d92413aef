package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"couplet/internal/sandbox/highlevel"
	"couplet/internal/sandbox/kit"
)

// rates are the limits of both sides; a zero limit is off.
type rates struct{ highlevel, daily, usercom kit.Limit }

// parseRates reads --rate-limits: the vendors' own ("real", highlevel.md section
// 10, usercom.md section 5), none ("off"), or the same number a second on both.
func parseRates(s string) (rates, error) {
	switch s {
	case "", "real":
		return rates{highlevel.RealRate, highlevel.RealDaily, kit.Limit{Max: 10, Window: time.Second}}, nil
	case "off":
		return rates{}, nil
	}
	number, ok := strings.CutSuffix(s, "/s")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 {
		return rates{}, fmt.Errorf("rate limits %q: want real, off or a number a second like 50/s", s)
	}
	limit := kit.Limit{Max: n, Window: time.Second}
	return rates{highlevel: limit, usercom: limit}, nil
}
