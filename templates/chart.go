package templates

import (
	"fmt"
	"strconv"
	"time"
)

// Bar is what was done within one hour.
type Bar struct {
	// At is the beginning of the hour.
	At                       time.Time
	Updated, Created, Failed int
}

// Records are those that were brought into step.
func (b Bar) Records() int { return b.Updated + b.Created }

// all is the height of a bar.
func (b Bar) all() int { return b.Updated + b.Created + b.Failed }

// Bars are the hours of a chart, the oldest first; the last is the one that is under way.
type Bars []Bar

// Sum adds the hours up.
func (bs Bars) Sum() (sum Bar) {
	for _, b := range bs {
		sum.Updated, sum.Created, sum.Failed = sum.Updated+b.Updated, sum.Created+b.Created, sum.Failed+b.Failed
	}
	return sum
}

// Success is the share of records that went through, in words; "" when there were none.
func (bs Bars) Success() string {
	sum := bs.Sum()
	switch {
	case sum.all() == 0:
		return ""
	case sum.Failed == 0:
		return "100 %"
	}
	share := 1000 * sum.Records() / sum.all() // rounded down: 100 % means that nothing failed
	return strconv.FormatFloat(float64(share)/10, 'f', 1, 64) + " %"
}

func (bs Bars) tallest() (most Bar) {
	for _, b := range bs {
		if b.all() > most.all() {
			most = b
		}
	}
	return most
}

// sentence says what a chart shows.
func (bs Bars) sentence(c Clock) string {
	sum := bs.Sum()
	if sum.all() == 0 {
		return "Nothing was done in the last 24 hours."
	}
	most := bs.tallest()
	text := "Records per hour in the last 24 hours: " + Number(sum.Updated) + " updated, " + Number(sum.Created) + " created, " + Number(sum.Failed) + " failed. "
	return text + "Busiest at " + c.Hour(most.At) + " with " + Count(most.all(), "record", "records") + "."
}

// exactly says one bar in numbers.
func (b Bar) exactly(c Clock) string {
	return c.Hour(b.At) + ", " + Number(b.Updated) + " updated, " + Number(b.Created) + " created, " + Number(b.Failed) + " failed"
}

// A block is a rectangle of a chart.
type block struct{ class, x, y, w, h string }

func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// The measures of the small chart.
const (
	sparkWide, sparkHigh = 120.0, 28.0
	sparkLeast           = 1.5
)

// spark is one bar of the small chart.
func (bs Bars) spark(i int) block {
	step := sparkWide / float64(len(bs))
	b, most := bs[i], bs.tallest().all()
	h, class := sparkLeast, "zero"
	if n := b.all(); n > 0 {
		h, class = max(2.5, (sparkHigh-1)*float64(n)/float64(most)), ""
		switch {
		case b.Failed > 0:
			class = "bad"
		case i == len(bs)-1:
			class = "now"
		}
	}
	return block{class, px(step * float64(i)), px(sparkHigh - h), px(step * .68), px(h)}
}

// The measures of the large chart: its foot is where bars stand, its top is the highest line.
const (
	chartWide          = 724.0
	chartFoot, chartUp = 150.0, 145.0
	chartGap           = 1.5
	leastFailed        = 5.0 // one failure among hundreds must be seen
)

// scale is the number at the top of the large chart: a round one.
func (bs Bars) scale() int {
	most := max(bs.tallest().all(), 4)
	for unit := 1; ; unit *= 10 {
		for _, step := range []int{4, 10, 20} {
			if n := step * unit; n >= most {
				return n
			}
		}
	}
}

// stack is one bar of the large chart, from its foot up.
func (bs Bars) stack(i int) (out []block) {
	step := (chartWide - 4) / float64(len(bs))
	x, w, y := px(4+step*float64(i)), px(step*.73), chartFoot
	for _, part := range []struct {
		class string
		n     int
		least float64
	}{{"u", bs[i].Updated, 1}, {"c", bs[i].Created, 1}, {"f", bs[i].Failed, leastFailed}} {
		if part.n == 0 {
			continue
		}
		h := max(part.least, chartUp*float64(part.n)/float64(bs.scale()))
		if y < chartFoot {
			y -= chartGap
		}
		y -= h
		out = append(out, block{part.class, x, px(y), w, px(h)})
	}
	return out
}

// ticks are the hours written below the large chart: every fourth, and "now".
func (bs Bars) ticks(c Clock) (out []string) {
	for i := 0; i < len(bs)-1; i += 4 {
		out = append(out, c.Hour(bs[i].At)[:2])
	}
	return append(out, "now")
}

func chartLines() string {
	return fmt.Sprintf("M0 %sH724M0 %sH724", px(chartFoot-chartUp), px(chartFoot-chartUp/2))
}
