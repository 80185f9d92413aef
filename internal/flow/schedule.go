package flow

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"time"
	_ "time/tzdata" // a zone must load on a machine that has no zone files

	"github.com/robfig/cron/v3"

	"couplet/internal/mapping"
)

// cronFields are the standard five; names like @daily and a zone inside the line are not taken, because the file has
// its own words for both.
var cronFields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// Next is the first time after a moment at which the flow looks by itself, zero for never. Flows of the same interval
// are spread over it: each begins at its own part of it, which depends on jitterKey (the flow's id) alone, so that
// neither a restart nor another machine moves it. A cron line means exactly the minute it says.
func (s Schedule) Next(after time.Time, jitterKey string) time.Time {
	if s.Every > 0 {
		return nextInterval(s.Every.D(), after, jitterKey)
	}
	c, zone, err := s.cron()
	if err != nil {
		return time.Time{}
	}
	return nextCron(c, zone, !wildHour(s.Cron), after)
}

func nextInterval(every time.Duration, after time.Time, jitterKey string) time.Time {
	h := fnv.New64a()
	h.Write([]byte(jitterKey))
	offset := time.Duration(h.Sum64() % uint64(every))
	next := after.Add(-offset).Truncate(every).Add(offset)
	for !next.After(after) {
		next = next.Add(every)
	}
	return next
}

func (s Schedule) cron() (cron.Schedule, *time.Location, error) {
	if s.Cron == "" {
		return nil, nil, errors.New("there is no cron line")
	}
	if strings.Contains(s.Cron, "=") {
		return nil, nil, fmt.Errorf("%q holds a time zone; write it as time_zone", s.Cron)
	}
	c, err := cronFields.Parse(s.Cron)
	if err != nil {
		return nil, nil, fmt.Errorf("%q is not a cron line (%s); write minute hour day month weekday, for instance \"*/5 * * * *\"", s.Cron, err)
	}
	zone, err := s.zone()
	return c, zone, err
}

// zone is the schedule's time zone, UTC where it says none. "Local" would mean another time on each machine.
func (s Schedule) zone() (*time.Location, error) {
	if why := mapping.BadZone(s.TimeZone); why != "" {
		return nil, errors.New(why)
	}
	return time.LoadLocation(s.TimeZone)
}

// wildHour reports whether a cron line means every hour, or every so many hours.
func wildHour(line string) bool {
	fields := strings.Fields(line)
	return len(fields) > 1 && strings.HasPrefix(fields[1], "*")
}

// nextCron follows the old rule of cron for the two nights on which clocks change: what falls into the hour that is
// skipped happens at the end of it, and what names an hour happens once although that hour comes twice.
func nextCron(c cron.Schedule, zone *time.Location, once bool, after time.Time) time.Time {
	for {
		next := c.Next(after.In(zone))
		if next.IsZero() {
			return next
		}
		if end, skipped := skippedBefore(c, after.In(zone), next); skipped {
			return end
		}
		if !once || !repeated(next) {
			return next
		}
		after = next
	}
}

// skippedBefore finds the first time between after and next at which clocks jump over a moment the line asks for.
func skippedBefore(c cron.Schedule, after, next time.Time) (time.Time, bool) {
	for {
		_, end := after.ZoneBounds()
		if end.IsZero() || !end.Before(next) {
			return time.Time{}, false
		}
		wallBefore, wallAfter := wall(end.Add(-1)).Add(1), wall(end)
		if c.Next(wallBefore.Add(-time.Second)).Before(wallAfter) {
			return end, true
		}
		after = end
	}
}

// wall is what a clock on the wall shows, as a time of UTC where no hour is skipped.
func wall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// repeated reports whether clocks showed the same time already before they were turned back.
func repeated(t time.Time) bool {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return false
	}
	back := wall(start.Add(-1)).Add(1).Sub(wall(start))
	return back > 0 && t.Sub(start) < back
}

// Delay is how long to wait before an attempt is repeated, attempt counting from 0: full jitter over
// rand(0, min(Max, Base·2^attempt)). rnd yields numbers from 0 to 1.
func (r Retry) Delay(attempt int, rnd func() float64) time.Duration {
	most := math.Min(float64(r.Max), float64(r.Base)*math.Pow(2, float64(max(attempt, 0))))
	return time.Duration(rnd() * most)
}
