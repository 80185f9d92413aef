package mapping

import (
	"fmt"

	"couplet/internal/connector"
)

// Along is what becomes of one value by steps, where it is not a pair of two fields that they stand in: forwards only. region
// is the country of phone numbers without prefix, zone the time zone of dates; both may be empty.
func Along(steps []Step, v Value, region, zone string) (Value, error) {
	r := &Rule{region: region, zone: ZoneOf(zone), from: connector.A, Direction: AToB, writes: [2][]string{{"value"}, {"value"}}}
	v = clean(v)
	for _, s := range steps {
		if err := CheckAlone(s); err != nil {
			return nil, err
		}
		k, _ := StepKindNamed(s.Do)
		set, _ := k.settle(s.With) // checked above
		st, _ := k.make(set)
		if Empty(v) && !st.fills {
			continue
		}
		out, err := st.get(r, v)
		if err != nil {
			return nil, err
		}
		v = out
	}
	return v, nil
}

// CheckAlone is CheckStep for a step that works on one value.
func CheckAlone(s Step) error {
	if err := CheckStep(s); err != nil {
		return err
	}
	k, _ := StepKindNamed(s.Do)
	set, _ := k.settle(s.With)
	if st, _ := k.make(set); st.many || st.pair {
		return fmt.Errorf("step %s works on several fields, and here is one value", s.Do)
	}
	return nil
}
