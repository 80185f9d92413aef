package store

import (
	"fmt"

	"couplet/db"
	"couplet/internal/engine"
)

// The bases of a link nearly all come from the same moment of the same run, and there is one per field and linked pair:
// they are by far the most of what is stored. So each origin is written once and fields point at it.

type baseDoc struct {
	From []origin          `json:"from"`
	Of   map[string][3]any `json:"of"` // value on side a, value on side b, place in From
	// Swing is that of the few fields which have one.
	Swing map[string]*engine.Swing `json:"swing,omitempty"`
}

type origin struct {
	Run  string `json:"run"`
	Rule string `json:"rule"`
	At   int64  `json:"at"`
}

// packBase is the document of bases, "" for none.
func packBase(bases map[string]engine.Base) any {
	if len(bases) == 0 {
		return ""
	}
	d := baseDoc{Of: make(map[string][3]any, len(bases))}
	places := make(map[origin]int, 1)
	for field, b := range bases {
		o := origin{b.Run, b.Rule, b.At}
		place, known := places[o]
		if !known {
			place = len(d.From)
			places[o] = place
			d.From = append(d.From, o)
		}
		d.Of[field] = [3]any{b.V[0], b.V[1], place}
		if b.Swing != nil {
			if d.Swing == nil {
				d.Swing = map[string]*engine.Swing{}
			}
			d.Swing[field] = b.Swing
		}
	}
	return db.Doc(d)
}

// bases scans what packBase wrote.
type bases struct{ into *map[string]engine.Base }

func (b bases) Scan(src any) error {
	var d baseDoc
	if err := db.JSON(&d).Scan(src); err != nil || len(d.Of) == 0 {
		return err
	}
	all := make(map[string]engine.Base, len(d.Of))
	for field, v := range d.Of {
		place, ok := v[2].(float64)
		if !ok || int(place) < 0 || int(place) >= len(d.From) {
			return fmt.Errorf("the base of %s has no origin", field)
		}
		o := d.From[int(place)]
		all[field] = engine.Base{V: [2]any{v[0], v[1]}, Run: o.Run, Rule: o.Rule, At: o.At, Swing: d.Swing[field]}
	}
	*b.into = all
	return nil
}
