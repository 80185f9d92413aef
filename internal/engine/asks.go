package engine

import (
	"context"
	"encoding/json"
)

// loadOpen reads what is open about links: the updates whose outcome nobody stored, and the fields that wait for a person.
func (s *session) loadOpen(ctx context.Context, v *view, links []string) error {
	if len(links) == 0 {
		return nil
	}
	if err := into(v.sending)(s.e.Store.Sendings(ctx, s.ws, links)); err != nil {
		return err
	}
	return into(v.asks)(s.e.Store.Asks(ctx, s.ws, links))
}

// asked reports whether a field that a person is to decide waits already, and whether it does with just these values. A record that
// comes up again, be it in the same run, is not left to a person once more.
func (j job) asked(f *FieldPlan) (waits, same bool) {
	v, waits := j.asks[f.Rule.Key]
	if !waits || f.Order != nil { // an answer that does not fit is asked for again
		return waits, false
	}
	was, errWas := json.Marshal(v)
	is, errIs := json.Marshal(f.Before)
	return true, errWas == nil && errIs == nil && string(was) == string(is)
}
