package mapping

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

var (
	dateForm = Setting{Name: "form", Label: "Written as", Kind: "choice", Needed: true, Help: "Whether 3/4 is the third of April or the fourth of March cannot be guessed.",
		Choices: []Choice{{"dmy", "31.12.2026 (day first)"}, {"mdy", "12/31/2026 (month first)"}, {"ymd", "2026-12-31"}}}
	zoneSetting = Setting{Name: "zone", Label: "Time zone", Kind: "zone", Help: "Type a city and choose, such as Europe/Warsaw. Empty: the one of the account."}
	mark        = Setting{Name: "decimal", Label: "Decimal sign", Kind: "choice", Default: ".", Choices: []Choice{{".", "point: 1,234.50"}, {",", "comma: 1.234,50"}}}
	yesWord     = Setting{Name: "yes", Label: "Word for yes", Kind: "line", Needed: true, Default: "Yes"}
	noWord      = Setting{Name: "no", Label: "Word for no", Kind: "line", Needed: true, Default: "No"}
	table       = Setting{Name: "table", Label: "Values", Kind: "table", Needed: true, Example: "Gold = VIP"}
)

var valueKinds = []StepKind{
	{Name: "read_date", Title: "Text to date", Icon: "calendar", Group: groupValue, Help: "A date that is written as text becomes a date. On the way back it is written as it was.",
		Settings: []Setting{dateForm}, make: func(s settings) (stage, error) {
			return stage{get: valued(func(v string) (Value, error) { return readDate(s["form"], v) }), put: valued(func(v string) (Value, error) { return writeDate(s["form"], v) }),
				loses: "A date that was written another way comes back in this one."}, nil
		}},
	{Name: "write_date", Title: "Date to text", Icon: "calendar-days", Group: groupValue, Help: "A date is written the way that people read it. On the way back it becomes a date.",
		Settings: []Setting{dateForm}, make: func(s settings) (stage, error) {
			return stage{get: onDay(func(v string) (Value, error) { return writeDate(s["form"], v) }), put: valued(func(v string) (Value, error) { return readDate(s["form"], v) })}, nil
		}},
	{Name: "read_time", Title: "Text to date and time", Icon: "calendar-clock", Group: groupValue, Help: "A date with a time of day becomes a point in time, in the time zone that is chosen.",
		Settings: []Setting{dateForm, zoneSetting}, make: func(s settings) (stage, error) {
			zone, err := zoned(s["zone"])
			return stage{get: timed(func(r *Rule, v string) (Value, error) { return readTime(s["form"], v, r.orZone(zone)) }),
				put: timed(func(r *Rule, v string) (Value, error) { return writeTime(s["form"], v, r.orZone(zone)) }), loses: "Seconds are not kept."}, err
		}},
	{Name: "write_time", Title: "Date and time to text", Icon: "clock", Group: groupValue, Help: "A point in time is written as a date with a time of day, in the time zone that is chosen.",
		Settings: []Setting{dateForm, zoneSetting}, make: func(s settings) (stage, error) {
			zone, err := zoned(s["zone"])
			return stage{get: timed(func(r *Rule, v string) (Value, error) { return writeTime(s["form"], v, r.orZone(zone)) }),
				put: timed(func(r *Rule, v string) (Value, error) { return readTime(s["form"], v, r.orZone(zone)) }), loses: "Seconds are not kept."}, err
		}},
	{Name: "read_number", Title: "Text to number", Icon: "binary", Group: groupValue, Help: "“€ 1.234,50” becomes the number 1234.5.",
		Settings: []Setting{mark}, make: func(s settings) (stage, error) {
			return stage{get: valued(func(v string) (Value, error) { return readNumber(s["decimal"], v) }),
				put: valued(func(v string) (Value, error) {
					if _, err := readNumber(".", v); err != nil {
						return nil, err
					}
					return strings.ReplaceAll(v, ".", s["decimal"]), nil
				}), loses: "Signs around the number, and those between thousands, do not come back."}, nil
		}},
	{Name: "write_number", Title: "Number to text", Icon: "decimals-arrow-right", Group: groupValue, Help: "A number is written with the decimal sign and the number of decimals that are chosen.",
		Settings: []Setting{mark, {Name: "decimals", Label: "Decimals", Kind: "number", Default: "2", Needed: true}}, make: func(s settings) (stage, error) {
			n, err := wholeNumber(s, "decimals", 0)
			return stage{get: valued(func(v string) (Value, error) {
				x, err := readNumber(".", v)
				if err != nil {
					return nil, err
				}
				return strings.ReplaceAll(strconv.FormatFloat(x.(float64), 'f', min(n, 12), 64), ".", s["decimal"]), nil
			}), put: valued(func(v string) (Value, error) { return readNumber(s["decimal"], v) }), loses: "What has more decimals is rounded."}, err
		}},
	{Name: "multiply", Title: "Multiply", Icon: "asterisk", Group: groupValue, Help: "A number times a factor: 100 makes cents of an amount. On the way back it is divided.",
		Settings: []Setting{{Name: "factor", Label: "Factor", Kind: "line", Needed: true, Example: "100"}}, make: func(s settings) (stage, error) {
			by, err := readNumber(".", s["factor"])
			if err != nil || by == 0.0 {
				return stage{}, fmt.Errorf("%q is no number other than 0", s["factor"])
			}
			times := func(f float64) func(*Rule, Value) (Value, error) {
				return valued(func(v string) (Value, error) {
					x, err := readNumber(".", v)
					if err != nil {
						return nil, err
					}
					return tidyNumber(x.(float64) * f), nil
				})
			}
			return stage{get: times(by.(float64)), put: times(1 / by.(float64)), loses: "What has more than nine decimals is rounded."}, nil
		}},
	{Name: "read_yes_no", Title: "Words to yes or no", Icon: "toggle-right", Group: groupValue, Help: "Two words become yes and no.",
		Settings: []Setting{yesWord, noWord}, make: func(s settings) (stage, error) {
			return stage{get: valued(func(v string) (Value, error) { return readWord(s, v) }), put: valued(func(v string) (Value, error) { return writeWord(s, v) }),
				loses: "Large and small letters come back as you wrote the words."}, distinct(s)
		}},
	{Name: "write_yes_no", Title: "Yes or no to words", Icon: "toggle-left", Group: groupValue, Help: "Yes and no become two words of your own.",
		Settings: []Setting{yesWord, noWord}, make: func(s settings) (stage, error) {
			return stage{get: valued(func(v string) (Value, error) { return writeWord(s, v) }), put: valued(func(v string) (Value, error) { return readWord(s, v) })}, distinct(s)
		}},
	{Name: "map_values", Title: "Value map", Icon: "table-columns-split", Group: groupValue, Help: "Each value on one side has its counterpart on the other, as choices have.",
		Settings: []Setting{table, {Name: "others", Label: "Other values", Kind: "choice", Default: "stop", Choices: []Choice{{"stop", "wait for a person"}, {"keep", "arrive as they are"}, {"drop", "do not arrive"}}}},
		make:     mapValues},
	{Name: "look_up", Title: "Look-up table", Icon: "table-2", Group: groupValue, Help: "Values become others by a table; several may become the same.",
		Settings: []Setting{table, {Name: "otherwise", Label: "Where the table has nothing", Kind: "line", Help: "Empty: nothing arrives."}},
		make: func(s settings) (stage, error) {
			there, _, err := parseTable(s["table"], false)
			return stage{get: valued(func(v string) (Value, error) {
				if out, ok := there[Element(v)]; ok {
					return out, nil
				}
				return s["otherwise"], nil
			}), loses: "What was looked up cannot be told from what it became."}, err
		}},
	{Name: "if_empty", Title: "If empty, use…", Icon: "square-dashed", Group: groupValue, Help: "Where both sides have nothing, the side that is filled gets a value of your own. It replaces nothing that is there, and never comes back.",
		Settings: []Setting{{Name: "use", Label: "Use", Kind: "line", Needed: true, Example: "Unknown"}}, make: func(s settings) (stage, error) {
			return stage{fills: true, get: func(r *Rule, v Value) (Value, error) {
					switch {
					case !Empty(v):
						return v, nil
					case len(r.writes[r.from.Other()]) > 1:
						return splitName(r, s["use"])
					}
					return s["use"], nil
				}, put: func(_ *Rule, v Value) (Value, error) { return v, nil },
					loses: fmt.Sprintf("What is empty becomes “%s” on the other side, and stays empty where it came from.", s["use"])},
				errIf(strings.TrimSpace(s["use"]) == "", "there is nothing to use; write a word, or take the step out")
		}},
}

// valued lifts a change of a text that may fail.
func valued(f func(string) (Value, error)) func(*Rule, Value) (Value, error) {
	return func(_ *Rule, v Value) (Value, error) { return f(strings.TrimSpace(text(v))) }
}

// timed is valued with the rule at hand, for its time zone.
func timed(f func(*Rule, string) (Value, error)) func(*Rule, Value) (Value, error) {
	return func(r *Rule, v Value) (Value, error) { return f(r, strings.TrimSpace(text(v))) }
}

// onDay takes the day of a point in time, in the zone of the account, before anything else.
func onDay(f func(string) (Value, error)) func(*Rule, Value) (Value, error) {
	return timed(func(r *Rule, v string) (Value, error) {
		if d, ok := dated(v, r.place()); ok {
			v = d
		}
		return f(v)
	})
}

var forms = map[string][]string{
	"dmy": {"02.01.2006", "2.1.2006", "02/01/2006", "2/1/2006", "02-01-2006", "2-1-2006"},
	"mdy": {"01/02/2006", "1/2/2006", "01.02.2006", "1.2.2006", "01-02-2006", "1-2-2006"},
	"ymd": {"2006-01-02", "2006-1-2", "2006/01/02", "2006/1/2", "2006.01.02", "2006.1.2"},
}

func readDate(form, s string) (Value, error) {
	for _, f := range append(forms[form], time.DateOnly) {
		if d, err := time.Parse(f, s); err == nil {
			return d.Format(time.DateOnly), nil
		}
	}
	return nil, fmt.Errorf("%q is not a date written as %s", s, forms[form][0])
}

func writeDate(form, s string) (Value, error) {
	d, err := time.Parse(time.DateOnly, day(s))
	if err != nil {
		return nil, fmt.Errorf("%q is not a date", s)
	}
	return d.Format(forms[form][0]), nil
}

func readTime(form, s string, zone *time.Location) (Value, error) {
	for _, f := range append(forms[form], time.DateOnly) {
		for _, clock := range []string{" 15:04", " 15:04:05", "T15:04", "T15:04:05", " 3:04 PM", ""} {
			if at, err := time.ParseInLocation(f+clock, s, zone); err == nil {
				return at.UTC().Format(time.RFC3339), nil
			}
		}
	}
	if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return at.UTC().Format(time.RFC3339), nil
	}
	return nil, fmt.Errorf("%q is not a date and time written as %s 15:04", s, forms[form][0])
}

func writeTime(form, s string, zone *time.Location) (Value, error) {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a point in time", s)
	}
	return at.In(zone).Format(forms[form][0] + " 15:04"), nil
}

// zoned is the zone of that name, nil for none.
func zoned(name string) (*time.Location, error) {
	if name = strings.TrimSpace(name); name == "" {
		return nil, nil
	}
	if !KnownZone(name) {
		near := NearZone(name)
		if near != "" {
			near = "; perhaps you mean " + near
		}
		return nil, fmt.Errorf("%q is no time zone%s", name, near)
	}
	return time.LoadLocation(name)
}

func (r *Rule) orZone(zone *time.Location) *time.Location {
	if zone != nil {
		return zone
	}
	return r.place()
}

// readNumber reads the number in a text; signs around it, and between thousands, go.
func readNumber(decimal, s string) (Value, error) {
	kept := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || strings.ContainsRune("-.,e", c) {
			return c
		}
		return -1
	}, strings.TrimSpace(s))
	thousands := map[string]string{".": ",", ",": "."}[decimal]
	kept = strings.ReplaceAll(strings.ReplaceAll(kept, thousands, ""), decimal, ".")
	n, err := strconv.ParseFloat(kept, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return nil, fmt.Errorf("%q is not a number", s)
	}
	return n, nil
}

func tidyNumber(n float64) float64 { return math.Round(n*1e9) / 1e9 }

func distinct(s settings) error {
	if Element(s["yes"]) == Element(s["no"]) {
		return errors.New("yes and no have the same word")
	}
	return nil
}

func readWord(s settings, v string) (Value, error) {
	switch Element(v) {
	case Element(s["yes"]):
		return true, nil
	case Element(s["no"]):
		return false, nil
	}
	return nil, fmt.Errorf("%q is neither %q nor %q", v, s["yes"], s["no"])
}

func writeWord(s settings, v string) (Value, error) {
	b, err := strconv.ParseBool(strings.ToLower(v))
	if err != nil {
		return nil, fmt.Errorf("%q is neither true nor false", v)
	}
	return map[bool]string{true: s["yes"], false: s["no"]}[b], nil
}

// mapValues is a table that works both ways.
func mapValues(s settings) (stage, error) {
	there, back, err := parseTable(s["table"], true)
	st := stage{loses: "Large and small letters come back as the table has them."}
	if len(back) < len(there) {
		st.loses = "Values that become the same come back as the first of them."
	}
	if s["others"] == "drop" {
		st.loses = "Values that the table does not name do not arrive."
	}
	through := func(t map[string]string) func(*Rule, Value) (Value, error) {
		return valued(func(v string) (Value, error) {
			switch out, ok := t[Element(v)]; {
			case ok:
				return out, nil
			case s["others"] == "keep":
				return v, nil
			case s["others"] == "drop":
				return nil, nil
			}
			return nil, fmt.Errorf("the value map has nothing for %q", v)
		})
	}
	st.get, st.put = through(there), through(back)
	return st, err
}
