package mapping

import "couplet/internal/connector"

// Trip is a value that goes to the other side and back.
type Trip struct {
	// Before is where it began, After what the other side would hold, Back what would come back from there.
	Before, After, Back Value
	// Lost says that what comes back is not what it was. Problem is why it cannot go, or not come back.
	Lost    bool
	Problem string
	// Filled says that nothing went, that the other side gets something for it, and that nothing comes back: from then on the two differ.
	Filled bool
}

// Trip sends a value from a side to the other one, and what arrives there back again. It reports false where nothing can be
// said: the pair does not go both ways, nothing is there and nothing is used for it, or it is about other records or people.
func (r *Rule) Trip(from connector.Side, v Value) (t Trip, ok bool) {
	to := from.Other()
	if r.Direction != Both || Empty(v) && !r.Fills(to) || r.Kind == Consent || r.Kind == Set && len(r.stages) > 0 || r.isLinked() || r.isStaff() {
		return t, false
	}
	t.Before, t.Filled = v, Empty(v)
	out, err := r.Convert(to, v)
	if err != nil {
		t.Problem, t.Lost = err.Error(), true
		return t, true
	}
	t.After = r.kept(to, out)
	if t.Filled { // the source stays empty (see the step if_empty)
		t.Lost = !Empty(t.After)
		return t, t.Lost
	}
	if t.Back, err = r.Convert(from, t.After); err != nil {
		t.Problem, t.Lost = err.Error(), true
		return t, true
	}
	t.Lost = !r.Same(from, v, t.Back)
	return t, true
}

// kept is what a side keeps of a value: no more characters than it is known to.
func (r *Rule) kept(side connector.Side, v Value) Value {
	switch v := v.(type) {
	case string:
		if len(r.longest[side]) == 1 {
			short, _ := r.shorten(side, 0, v)
			return short
		}
	case Parts:
		out := make(Parts, len(v))
		for i := range v {
			if out[i] = v[i]; i < len(r.longest[side]) {
				out[i], _ = r.shorten(side, i, v[i])
			}
		}
		return out
	}
	return v
}
