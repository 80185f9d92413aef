package templates

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"couplet/internal/flow"
)

// ScheduleWords says when a flow looks by itself: "Every 5 minutes", "Every day at 02:00".
func ScheduleWords(s flow.Schedule) string {
	if d := s.Every.D(); d > 0 {
		return every(d)
	}
	if s.Cron == "" {
		return "When you run it"
	}
	text := cronWords(strings.Fields(s.Cron))
	if text == "" {
		text = "By the cron line " + s.Cron
	}
	if s.TimeZone != "" && strings.Contains(text, ":") {
		text += ", " + s.TimeZone
	}
	return text
}

func every(d time.Duration) string {
	for _, unit := range []struct {
		d         time.Duration
		one, many string
	}{{24 * time.Hour, "day", "days"}, {time.Hour, "hour", "hours"}, {time.Minute, "minute", "minutes"}, {time.Second, "second", "seconds"}} {
		if d%unit.d != 0 {
			continue
		}
		if n := int(d / unit.d); n > 1 {
			return "Every " + Number(n) + " " + unit.many
		}
		return "Every " + unit.one
	}
	return "Every " + d.String()
}

// cronWords puts the usual cron lines into words, "" for one that is not usual.
func cronWords(f []string) string {
	if len(f) != 5 || f[2] != "*" || f[3] != "*" {
		return ""
	}
	minute, exact := number(f[0], 59)
	hour, once := number(f[1], 23)
	day, weekly := number(f[4], 7)
	switch {
	case exact && once && weekly:
		return fmt.Sprintf("Every %s at %02d:%02d", time.Weekday(day%7), hour, minute)
	case f[4] == "1-5" && exact && once:
		return fmt.Sprintf("On weekdays at %02d:%02d", hour, minute)
	case f[4] != "*":
		return ""
	case exact && once:
		return fmt.Sprintf("Every day at %02d:%02d", hour, minute)
	case exact && f[1] == "*":
		return "Every hour"
	case exact && minute == 0 && strings.HasPrefix(f[1], "*/"):
		if n, ok := number(f[1][2:], 23); ok && n > 1 {
			return fmt.Sprintf("Every %d hours", n)
		}
	case f[1] == "*" && strings.HasPrefix(f[0], "*/"):
		if n, ok := number(f[0][2:], 59); ok && n > 1 {
			return fmt.Sprintf("Every %d minutes", n)
		}
	case f[0] == "*" && f[1] == "*":
		return "Every minute"
	}
	return ""
}

func number(text string, most int) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n <= most
}
